"""`tandem mock`: the mock server alone, for people who have no backend yet."""

import contextlib
import sys
from pathlib import Path
from typing import Annotated

import typer

from tandem.cli.console import AsJson, out, print_json
from tandem.local.mocks import announced
from tandem.local.node import install_prism, prism_is_installed
from tandem.local.state import Home
from tandem.local.trouble import Refused
from tandem.mock.documents import ContractsFolder, Files, GitRef, Source
from tandem.mock.mock import Mock
from tandem.mock.node import find_node
from tandem.mock.server import DEFAULT_PORT, PortTaken, serve


def mock(
    files: Annotated[
        list[Path] | None, typer.Argument(help="OpenAPI documents; Tandem's own contracts when none is named.")
    ] = None,
    *,
    ref: Annotated[str | None, typer.Option(help="The contracts as a git branch, tag or commit has them.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Where to listen.")] = DEFAULT_PORT,
    auth: Annotated[bool, typer.Option("--auth", help="Refuse calls that carry no token. Any token will do.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer every operation of every contract, with memory and scenarios. Saved files count at once; Ctrl-C stops it.

    Example: tandem mock petstore.yaml --port 4020
    """
    if files and ref:
        raise Refused("Name files or a git ref, not both.")
    home = Home.find()
    node = find_node(home.project)
    if node is not None and not prism_is_installed(home.project):
        install_prism(home.project, node)
    url = f"http://127.0.0.1:{port}"
    try:
        source = _source(home, files, ref)
        with contextlib.ExitStack() as while_running:

            def on_ready(it: Mock) -> None:
                while_running.enter_context(announced(home, url))
                _greet(it, url, as_json=as_json)

            serve(source, home.project, "127.0.0.1", port, auth=auth, on_ready=on_ready)
    except PortTaken as error:
        raise Refused(str(error)) from error


def _source(home: Home, files: list[Path] | None, ref: str | None) -> Source:
    if files:
        return Files(files)
    return GitRef(home.project, ref) if ref else ContractsFolder(home.contracts)


def _greet(it: Mock, url: str, *, as_json: bool) -> None:
    operations, scenarios = it.loaded.operations, it.answering.stories.names
    if as_json:
        print_json(
            {
                "url": url,
                "page": f"{url}/__tandem",
                "operations": len(operations),
                "scenarios": scenarios,
                "engine": it.engine.state,
            }
        )
        sys.stdout.flush()
        return
    first = next((one.path for one in operations if one.method == "GET" and "{" not in one.path), operations[0].path)
    out.print(f"{it.loaded.title}: {len(operations)} operations at {url}, page at {url}/__tandem", soft_wrap=True)
    out.print(f"Scenarios: {', '.join(scenarios)}. For example:", soft_wrap=True)
    out.print(f"curl -s '{url}{first}?scenario={scenarios[0]}'", soft_wrap=True)
    if it.engine.state == "none":
        out.print("There is no Node, so nothing is checked by Prism; `make up` brings one.", soft_wrap=True)
