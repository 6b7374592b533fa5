"""`tandem down`: stop everything."""

from tandem.cli.console import AsJson, out, print_json
from tandem.local.leftovers import stop
from tandem.local.preflight import check_owner
from tandem.local.state import Home


def down(*, as_json: AsJson = False) -> None:
    """Stop everything that runs here, also what a crash left behind. The data stays for the next `tandem up`.

    Example: tandem down
    """
    home = Home.find()
    check_owner(home.folder)
    stopped = stop(home)
    if as_json:
        print_json({"stopped": stopped})
    elif stopped:
        out.print(f"Stopped {', '.join(stopped)}.")
    else:
        out.print("Nothing was running.")
