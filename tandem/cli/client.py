"""`tandem client`: typed clients of the contracts, for TypeScript and for Python."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import typer

from tandem.cli.console import AsJson, out, print_json
from tandem.local.node import needed_node
from tandem.local.state import Home
from tandem.local.suggestions import one_of
from tandem.local.trouble import Refused
from tandem.spec.clients import NodeTools, NotGenerated, Selection, python_client, select, typescript_client
from tandem.spec.manifest import load_manifest

Services = Annotated[list[str] | None, typer.Argument(help="Services; all when none is named.", show_default=False)]
Out = Annotated[Path, typer.Option("--out", help="The folder to write to; made when it is not there.")]
Check = Annotated[bool, typer.Option("--check", help="Write nothing; say which files are stale.")]

client = typer.Typer(name="client", no_args_is_help=True, help="Typed clients: TypeScript on fetch, Python on httpx.")


@client.command()
def ts(services: Services = None, *, out_folder: Out, check: Check = False, as_json: AsJson = False) -> None:
    """Write types.ts and client.ts, which need nothing but a browser or Node.

    Example: tandem client ts --out src/api account card
    """
    home = Home.find()

    def files(selection: Selection) -> Mapping[str, str]:
        tools = NodeTools(needed_node(home.project).program, home.project / "mocks/node_modules")
        try:
            return typescript_client(selection, tools)
        except NotGenerated as error:
            raise Refused(str(error)) from error

    _put(home, services, out_folder, files, check=check, as_json=as_json)


@client.command()
def python(services: Services = None, *, out_folder: Out, check: Check = False, as_json: AsJson = False) -> None:
    """Write a package with the models and an asynchronous client; it needs httpx and pydantic.

    Example: tandem client python --out billing/tandem_api invoice
    """
    _put(Home.find(), services, out_folder, python_client, check=check, as_json=as_json)


def _put(
    home: Home,
    services: list[str] | None,
    folder: Path,
    files: Callable[[Selection], Mapping[str, str]],
    *,
    check: bool,
    as_json: bool,
) -> None:
    manifest = load_manifest(home.contracts)
    chosen = [one_of(name, manifest.services, "service") for name in services or manifest.services]
    wanted = {folder / name: text for name, text in files(select(manifest, chosen)).items()}
    stale = [path for path, text in wanted.items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if not check:
        folder.mkdir(parents=True, exist_ok=True)
        for path in stale:
            path.write_text(wanted[path], encoding="utf-8")
    names = [str(path) for path in stale]
    if as_json:
        print_json({"stale" if check else "written": names})
    elif not check or not names:
        out.print("\n".join(f"Wrote {name}." for name in names) or "Every file of the client is fresh.")
    if check and names:
        raise Refused(f"Stale: {', '.join(names)}. Run the same command without --check and commit what it writes.")
