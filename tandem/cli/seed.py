"""`tandem seed`: put the believable data in."""

from tandem.cli.console import AsJson, out, print_json
from tandem.local.control import ask
from tandem.local.state import Home

_SECONDS = 120.0


def seed(*, as_json: AsJson = False) -> None:
    """Add what is missing of the seed data. Nothing that is there is changed. `tandem up` has done it once already.

    Example: tandem seed
    """
    document = ask(Home.find(), "seed", _SECONDS)
    if as_json:
        print_json(document)
    else:
        out.print(f"Seeded {', '.join(document['seeded'])}.")
