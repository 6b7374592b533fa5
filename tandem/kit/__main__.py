"""`python -m tandem.kit serve NAME` runs a service, here and in a container; `migrate NAME` brings its schema up."""

import importlib
import sys

from pydantic import ValidationError

from tandem.kit.contract import ContractError
from tandem.kit.migrations import MigrationError, migrate
from tandem.kit.server import PortTaken, run
from tandem.kit.settings import REPOSITORY

_USAGE = "usage: python -m tandem.kit (serve|migrate) SERVICE"


def main(arguments: list[str]) -> int:
    match arguments:
        case ["serve", name]:
            run(name)
        case ["migrate", name]:
            settings = importlib.import_module(f"services.{name}.settings").Settings()
            for revision in migrate(str(settings.database_url), REPOSITORY / "services" / name / "migrations"):
                print(f"{name}: applied {revision}")
        case _:
            print(_USAGE, file=sys.stderr)
            return 2
    return 0


def _explained(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except (ContractError, MigrationError, PortTaken) as error:
        print(error, file=sys.stderr)
    except ValidationError as error:
        for one in error.errors():
            print(f"setting {'.'.join(map(str, one['loc']))}: {one['msg']}", file=sys.stderr)
    except ModuleNotFoundError as error:
        if not str(error.name).startswith("services"):
            raise
        print(f"There is no service called {arguments[1]!r} in services/.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(_explained(sys.argv[1:]))
