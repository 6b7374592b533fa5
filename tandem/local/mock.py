"""The mock server: Prism, fed with one document made of all contracts."""

import json

from tandem.local import probe
from tandem.local.node import Node, prism_script
from tandem.local.processes import Command
from tandem.local.state import Home, write_atomically
from tandem.spec.bundle import bundle_all, without_security
from tandem.spec.manifest import Manifest


def write_document(home: Home) -> None:
    """The bundle asks for no token: a mock answers whoever calls."""
    document = without_security(bundle_all(home.contracts))
    write_atomically(home.folder / "mock" / "openapi.json", json.dumps(document), mode=0o644)


def command(home: Home, node: Node, port: int) -> Command:
    document = home.folder / "mock" / "openapi.json"
    flags = ["mock", "--host", "127.0.0.1", "--port", str(port), "--verboseLevel", "warn", str(document)]
    return Command(
        name="mock",
        argv=(str(node.program), str(prism_script(home.project)), *flags),
        log=home.logs / "mock.log",
        folder=home.folder,
        # Newer Nodes keep what they compiled there and start in half the time.
        environment={"PATH": str(node.program.parent), "NODE_COMPILE_CACHE": str(home.folder / "mock" / "cache")},
        stop_seconds=3.0,
    )


async def readiness(port: int, path: str) -> list[str]:
    answer = await probe.get(port, path)
    return [] if answer.status == 200 else [f"answers {answer.status} to GET {path}"]


def path_to_ask(manifest: Manifest) -> str:
    """A list is always there; Prism has no path of its own to ask how it is."""
    operations = [one for service in manifest.services.values() for one in service.contract.operations]
    return next((one.path for one in operations if one.method.upper() == "GET" and "{" not in one.path), "/")
