"""`tandem contract`: work on the contracts and what is generated from them."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from tandem.cli import contract_diff, contract_explain, contract_lint
from tandem.cli.console import AsJson, out, print_json
from tandem.cli.contract_files import reading, short, targets
from tandem.cli.verdict import Verdict
from tandem.kit.contract import ContractError
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused, Trouble
from tandem.spec.document import assemble
from tandem.spec.manifest import Manifest, Service, load_manifest

Services = Annotated[list[str] | None, typer.Argument(help="Services; all when none is named.", show_default=False)]

contract = typer.Typer(
    name="contract", no_args_is_help=True, help="Contracts: lint, explain, check, generate, bundle, release."
)
contract.command()(contract_lint.lint)
contract.command(cls=Verdict)(contract_diff.diff)
contract.command()(contract_explain.explain)


@contract.command()
def generate(
    services: Services = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; say which files are stale.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write models.py and peers.py of services anew from their contracts.

    Example: tandem contract generate card
    """
    from tandem.spec.check import stale_files
    from tandem.spec.generate import generated_files

    home = Home.find()
    manifest, chosen = _chosen(home, services)
    wanted = {
        path: text
        for service in chosen
        for path, text in generated_files(manifest, service, home.project / "services").items()
    }
    stale = stale_files(wanted)
    if not check:
        for path in stale:
            path.write_text(wanted[path], encoding="utf-8")
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
        return _chosen(home, [target.service])[1][0].contract.document
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
    """Say whether contracts are valid OpenAPI, their examples fit, and no released contract was edited.

    Example: tandem contract check invoice
    """
    from tandem.spec.check import bundle_complaints, service_complaints

    home = Home.find()
    manifest, chosen = _chosen(home, services)
    found = {service.name: service_complaints(service) for service in chosen}
    found["all together"] = bundle_complaints(manifest)
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


@contract.command()
def release(services: Services = None, *, as_json: AsJson = False) -> None:
    """Keep contracts as they are now under their version. What was released is never edited.

    Example: tandem contract release card
    """
    from tandem.spec.releases import release as keep

    home = Home.find()
    _, chosen = _chosen(home, services)
    kept = [str(keep(service).relative_to(home.project)) for service in chosen]
    if as_json:
        print_json({"released": kept})
    else:
        out.print("\n".join(f"Released: {name}." for name in kept))


def _chosen(home: Home, names: Sequence[str] | None) -> tuple[Manifest, list[Service]]:
    manifest = load_manifest(home.contracts)
    known = manifest.services
    return manifest, [known[one_of(name, known, "service")] for name in names or known]
