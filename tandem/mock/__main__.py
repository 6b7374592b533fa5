"""`python -m tandem.mock [FILE...]`: the mock alone, as the local runtime starts it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tandem.kit.contract import ContractError
from tandem.mock.documents import ContractsFolder, Files, GitRef, Source
from tandem.mock.server import DEFAULT_PORT, PortTaken, serve


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tandem.mock", description=__doc__)
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="OpenAPI documents in place of the contracts"
    )
    parser.add_argument("--project", type=Path, default=Path.cwd(), help="the checkout with contracts/ and mocks/")
    parser.add_argument("--ref", help="the contracts as a git branch, tag or commit has them")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT)
    parser.add_argument("--auth", action="store_true", help="refuse calls without a token")
    parser.add_argument("--live", type=Path, metavar="FILE", help="JSON: the address of each operation that goes live")
    said = parser.parse_args()
    project = said.project.resolve()
    try:
        source = chosen_source(project, said.files, said.ref)
        serve(source, project, said.host, said.port, auth=said.auth, on_ready=lambda _: None, live=said.live)
    except (ContractError, PortTaken) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def chosen_source(project: Path, files: list[Path], ref: str | None) -> Source:
    if files:
        return Files(files)
    return GitRef(project, ref) if ref else ContractsFolder(project / "contracts")


if __name__ == "__main__":
    sys.exit(main())
