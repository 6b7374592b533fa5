"""`python -m tandem.kit serve NAME` runs a service, here and in a container; `migrate NAME` brings its schema up.

`canary NAME URL` says whether what runs at the URL keeps the contract of this release.
"""

import asyncio
import os
import sys

from tandem.kit.canary import judge
from tandem.kit.contract import ContractError, load_contract
from tandem.kit.database_tls import database_tls
from tandem.kit.migrations import MigrationError, migrate
from tandem.kit.outside import database_url, tokens
from tandem.kit.problems import Unavailable
from tandem.kit.server import PortTaken, StartFailed, run
from tandem.kit.settings import REPOSITORY, BadSetting, ServiceSettings, load_settings

_USAGE = "usage: python -m tandem.kit (serve|migrate) SERVICE, or canary SERVICE URL"
# An image is of one service and knows its name.
_SERVICE = "TANDEM_SERVICE"


def main(arguments: list[str], package: str = "services") -> int:
    if len(arguments) == 1 and _SERVICE in os.environ:
        arguments = [*arguments, os.environ[_SERVICE]]
    match arguments:
        case ["serve", name]:
            run(name, package)
        case ["migrate", name]:
            settings = load_settings(name, package)
            folder = REPOSITORY.joinpath(*package.split("."), name, "migrations")
            for revision in migrate(asyncio.run(database_url(settings)), folder, tls=database_tls(settings)):
                print(f"{name}: applied {revision}")
        case ["canary", name, url]:
            return 0 if asyncio.run(_judge(load_settings(name, package), name, url)) else 1
        case _:
            print(_USAGE, file=sys.stderr)
            return 2
    return 0


async def _judge(settings: ServiceSettings, name: str, url: str) -> bool:
    """Raises Unavailable, without a token."""
    source = tokens(settings)
    await source.open()
    try:
        contract = load_contract(settings.contracts / name / "openapi.yaml")
        return await judge(contract, url, source.authorization() or "", print)
    finally:
        await source.close()


def explained(arguments: list[str], package: str = "services") -> int:
    """Runs `main`; what a user can put right is one sentence and 1, a bug stays a traceback."""
    try:
        return main(arguments, package)
    except (BadSetting, ContractError, MigrationError, PortTaken, StartFailed, Unavailable) as error:
        print(error, file=sys.stderr)
    except ModuleNotFoundError as error:
        missing = (error.name or "").removeprefix(f"{package}.")
        if missing not in (*arguments[1:], os.environ.get(_SERVICE)):
            raise
        print(f"There is no service called {missing} in services/.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(explained(sys.argv[1:]))
