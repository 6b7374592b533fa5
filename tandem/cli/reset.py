"""`tandem reset`: back to fresh data."""

import shutil
from typing import Annotated

import typer

from tandem.cli.console import AsJson, out, print_json
from tandem.local.control import NotRunning, ask
from tandem.local.leftovers import clear
from tandem.local.preflight import check_owner
from tandem.local.state import Home

_SECONDS = 120.0


def reset(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be lost, and leave it.")] = False,
    as_json: AsJson = False,
) -> None:
    """Throw away all data of this checkout's databases and begin with the seed data again.

    While Tandem runs it goes on running; while it does not, the next `tandem up` makes the databases anew.

    Example: tandem reset
    """
    home = Home.find()
    check_owner(home.folder)
    if dry_run:
        document: dict[str, object] = {"would_reset": str(home.postgres)}
        said = f"Would throw away the data in {home.postgres} and seed it again. Nothing was done."
    else:
        document, said = _reset(home)
    if as_json:
        print_json(document)
    else:
        out.print(said)


def _reset(home: Home) -> tuple[dict[str, object], str]:
    try:
        document = ask(home, "reset", _SECONDS)
    except NotRunning:
        if home.folder.exists():
            home.create()
            with home.locked():
                clear(home)
                shutil.rmtree(home.postgres, ignore_errors=True)
                (home.folder / "secrets.json").unlink(missing_ok=True)
        return {"reset": True, "seeded": []}, "The data is gone. The next `tandem up` starts with the seed data."
    return {"reset": True, **document}, f"Fresh data in {', '.join(document['seeded'])}."
