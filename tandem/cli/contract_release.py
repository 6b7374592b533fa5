"""`tandem contract release`: keep contracts as they are now, under the version that the change asks for."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated

import typer

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.contract_files import Services, chosen, short
from tandem.kit.contract import ContractError
from tandem.local.state import Home
from tandem.local.trouble import Refused
from tandem.spec.diff.next_release import NextRelease, next_release
from tandem.spec.diff.waivers import holding, read_waivers
from tandem.spec.manifest import Service
from tandem.spec.releases import release as keep
from tandem.spec.releases import set_version


def release(
    services: Services = None,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be released.")] = False,
    as_json: AsJson = False,
) -> None:
    """Keep contracts as they are now, under the version that the change asks for. What was released is never edited.

    A change that breaks somebody is a major version, and has to be waived; an addition is a minor one; other words are
    a patch. Example: tandem contract release card
    """
    home = Home.find()
    _, wanted = chosen(home, services)
    today = datetime.now(UTC).date()
    waived = holding(read_waivers(home.contracts), today)
    judged = [(service, next_release(service.contract, waived, today)) for service in wanted]
    ready = [(service, found) for service, found in judged if found is not None]
    unchanged = [service for service, found in judged if found is None]
    if not ready:
        names = ", ".join(f"{service.name} {service.contract.version}" for service in unchanged)
        raise Refused(f"There is nothing to release: nothing changed since {names}.")
    _check_valid([service for service, _ in ready])
    files = [] if dry_run else [_released(service, found) for service, found in ready]
    if as_json:
        told = [{"service": service.name, **found.as_json()} for service, found in ready]
        print_json({"released": files, "releases": told, "unchanged": [service.name for service in unchanged]})
        return
    for service, found in ready:
        out.print(_line(service, found, "Would release" if dry_run else "Released"), markup=False, soft_wrap=True)
    for service in unchanged:
        out.print(f"{service.name}: nothing changed since {service.contract.version}.", markup=False)


def _check_valid(services: Collection[Service]) -> None:
    """A release cannot be mended afterwards."""
    from tandem.spec.check import contract_complaints

    wrong = [said for service in services for said in contract_complaints(service.contract_path)]
    if wrong:
        raise Refused("\n".join([*wrong, "Nothing was released: mend this first."]))


def _released(service: Service, found: NextRelease) -> str:
    if service.contract.version != str(found.version):
        service = set_version(service, found.version)
    if service.contract.version != str(found.version):
        path = service.contract_path
        raise ContractError(path, None, f"write version: {found.version} there by hand, then release again")
    return short(keep(service))


def _line(service: Service, found: NextRelease, done: str) -> str:
    step = f"{found.step}, for " if found.step else ""
    file = short(service.contract_path.parent / "released" / f"{found.version}.yaml")
    return f"{done} {service.name} {found.version} ({step}{found.because}): {file}."
