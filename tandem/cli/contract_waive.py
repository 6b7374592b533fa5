"""`tandem contract waive`: agree to a change that breaks somebody, until a day."""

from datetime import UTC, date, datetime
from typing import Annotated

import typer

from tandem.cli.console import AsJson, out, print_json
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused
from tandem.spec.diff.names import Plain
from tandem.spec.diff.since_release import found_since_release
from tandem.spec.diff.waivers import FILE, Waiver, write_waiver
from tandem.spec.diff.wording import said
from tandem.spec.lint import contract_paths

_DAY = "%Y-%m-%d"


def waive(
    fingerprint: Annotated[str, typer.Argument(help="Of the change, as `tandem contract diff` shows it.")],
    *,
    until: Annotated[datetime, typer.Option(formats=[_DAY], help="The last day on which it holds.", metavar="DATE")],
    because: Annotated[str, typer.Option(help="Why it is agreed, and how those who break were told.")],
    owner: Annotated[str, typer.Option(help="Who agreed, and is asked when it ends.")],
    as_json: AsJson = False,
) -> None:
    """Agree to a change that breaks those who use an API. It is kept in contracts/waivers.yaml and reviewed like code.

    Example: tandem contract waive 1f2e3d4c5b6a --until 2027-06-30 --because "The app asks for it no more" --owner anna
    """
    home = Home.find()
    today = datetime.now(UTC).date()
    _check_words(until.date(), today, because=because, owner=owner)
    change = _change(home, fingerprint, today)
    waiver = Waiver(fingerprint, change, until.date(), because.strip(), owner.strip())
    write_waiver(home.contracts, waiver)
    if as_json:
        print_json(waiver.as_json())
    else:
        said = f"Waived until {waiver.until}: {change}. Commit contracts/{FILE} with the change."
        out.print(said, markup=False, soft_wrap=True)


def _check_words(until: date, today: date, **words: str) -> None:
    if until < today:
        raise Refused(f"--until {until} is past. A waiver holds until a day to come.")
    for name, text in words.items():
        if not text.strip():
            raise Refused(f"--{name} is empty. Whoever reads the waiver later has only that to go by.")


def _change(home: Home, fingerprint: str, today: date) -> str:
    """What changed, in words. A change that breaks nobody has no waiver."""
    found = found_since_release(contract_paths(home.contracts).values(), today)
    if not found:
        raise Refused("There is nothing to waive: no change since the last releases breaks anybody.")
    return said(found[one_of(fingerprint, found, "change that breaks somebody, with the fingerprint")], Plain({})).what
