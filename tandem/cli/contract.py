"""`tandem contract`: work on the contracts and what is generated from them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from tandem.cli import contract_deploy, contract_diff, contract_explain, contract_lint, contract_release, contract_waive
from tandem.cli.console import AsJson, out, print_json
from tandem.cli.contract_files import Services, chosen, reading, short, targets
from tandem.cli.verdict import Verdict
from tandem.kit.contract import ContractError
from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble
from tandem.spec.document import assemble

contract = typer.Typer(
    name="contract",
    no_args_is_help=True,
    help="Contracts: lint, explain, compare, agree on changes, release, generate.",
)
contract.command()(contract_lint.lint)
contract.command(cls=Verdict)(contract_diff.diff)
contract.command()(contract_explain.explain)
contract.command()(contract_waive.waive)
contract.command()(contract_release.release)
contract.command("can-i-deploy", cls=Verdict)(contract_deploy.can_i_deploy)
contract.command()(contract_deploy.deployed)
contract.command()(contract_deploy.consumers)


@contract.command()
def generate(
    services: Services = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say which files are stale.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write models.py and peers.py of services anew from their contracts, and their owners into .github/CODEOWNERS.

    Example: tandem contract generate card
    """
    from tandem.spec.check import stale_files
    from tandem.spec.generate import generated_files
    from tandem.spec.owners import CODEOWNERS, codeowners

    home = Home.find()
    manifest, wanted = chosen(home, services)
    files = {
        path: text
        for service in wanted
        for path, text in generated_files(manifest, service, home.project / "services").items()
    }
    if not services and (home.project / ".github").is_dir():
        files[home.project / CODEOWNERS] = codeowners(manifest)
    stale = stale_files(files)
    if not check:
        for path in stale:
            path.write_text(files[path], encoding="utf-8")
    names = [str(path.relative_to(home.project)) for path in stale]
    if as_json:
        print_json({"stale" if check else "written": names})
    elif not check or not names:
        out.print("\n".join(f"Wrote {name}." for name in names) or "Every generated file is fresh.")
    if check and names:
        raise Refused(f"Stale: {', '.join(names)}. Run `tandem contract generate` and commit what it writes.")


@contract.command()
def bundle(
    name: Annotated[
        str | None, typer.Argument(help="A service, or any OpenAPI file; all services in one document when not named.")
    ] = None,
    *,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of printing.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of YAML.")] = False,
) -> None:
    """One self-contained OpenAPI document, for tools that want a single file.

    Example: tandem contract bundle card --output card.yaml
    """
    from tandem.spec.bundle import bundle_all, to_yaml

    home = Home.find()
    document = _bundled(home, name) if name else bundle_all(home.contracts)
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n" if as_json else to_yaml(document)
    if output:
        output.write_text(text, encoding="utf-8")
        out.print(f"Wrote {output}.")
    else:
        typer.echo(text, nl=False)


def _bundled(home: Home, name: str) -> dict[str, Any]:
    """Other people's documents may be written in ways that ours may not, but not with references that lead nowhere."""
    (target,) = targets(home, [name])
    if target.service:
        return chosen(home, [target.service])[1][0].contract.document
    try:
        with reading(target):
            document = assemble(target.path)
    except ContractError as error:
        raise Trouble(str(error)) from error
    if document.mistakes:
        raise Refused(
            "\n".join(f"{short(one.place.path)}:{one.place.line}: {one.reason}." for one in document.mistakes)
        )
    return document.data


@contract.command()
def check(services: Services = None, *, as_json: AsJson = False) -> None:
    """Say whether contracts are valid OpenAPI, their examples fit, no release was edited, and every waiver holds.

    Example: tandem contract check invoice
    """
    from tandem.spec.check import bundle_complaints, service_complaints
    from tandem.spec.diff.since_release import waiver_complaints
    from tandem.spec.diff.waivers import FILE

    home = Home.find()
    manifest, wanted = chosen(home, services)
    found = {service.name: service_complaints(service) for service in wanted}
    found["all together"] = bundle_complaints(manifest)
    if (home.contracts / FILE).exists():
        every = [service.contract_path for service in manifest.services.values()]
        found["waivers"] = waiver_complaints(home.contracts, every, datetime.now(UTC).date())
    said = {name: [one.replace(f"{home.project}/", "") for one in complaints] for name, complaints in found.items()}
    if as_json:
        print_json(said)
    else:
        for name, complaints in said.items():
            out.print(f"{name}: {'valid' if not complaints else f'{len(complaints)} wrong'}")
            for one in complaints:
                out.print(f"  {one}", markup=False, soft_wrap=True)
    if any(said.values()):
        raise Refused(f"Not as they should be: {', '.join(name for name, complaints in said.items() if complaints)}.")
