"""`tandem contract explain`: a contract in plain words."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markdown import Markdown

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.contract_files import Target, reading, targets
from tandem.kit.contract import ContractError, read
from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble
from tandem.spec.document import as_mapping, assemble
from tandem.spec.explain import Block, Explanation, Heading, Surroundings, as_markdown, as_text, page
from tandem.spec.explain import explain as told

_TEMPLATES = Path(__file__).parent / "templates"


class Format(StrEnum):
    MARKDOWN = "markdown"
    TEXT = "text"
    HTML = "html"


def explain(
    name: Annotated[str, typer.Argument(help="A service, or any OpenAPI file.", show_default=False)],
    *,
    about: Annotated[str, typer.Option(help="Only what has this word in its area, for long contracts.")] = "",
    shape: Annotated[Format, typer.Option("--format", help="How it is written.")] = Format.MARKDOWN,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of printing.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say in plain words what a contract offers, to whom, and within which limits.

    Example: tandem contract explain invoice --format html --output invoice.html
    """
    home = Home.find()
    (target,) = targets(home, [name])
    explanation = _explained(home, target, about)
    if as_json:
        print_json(asdict(explanation))
        return
    blocks = page(explanation)
    if output is None and shape is Format.MARKDOWN and out.is_terminal:
        out.print(Markdown(as_markdown(blocks)))
        return
    text = _written(explanation.title, blocks, shape)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        out.print(f"Wrote {output}.", markup=False)


def _explained(home: Home, target: Target, about: str) -> Explanation:
    try:
        with reading(target):
            document = assemble(target.path)
            explanation = told(document, Surroundings(_stories(home) if target.service else {}), about)
    except ContractError as error:
        raise Trouble(str(error)) from error
    if about and not explanation.groups:
        known = ", ".join(group.name for group in told(document).groups)
        raise Refused(f"Nothing in {document.path.name} is about {about!r}. There are: {known}.")
    return explanation


def _stories(home: Home) -> dict[str, str]:
    path = home.contracts / "scenarios.yaml"
    scenarios = as_mapping(as_mapping(read(path).data).get("scenarios")) if path.exists() else {}
    return {name: str(as_mapping(entry).get("story", "")) for name, entry in scenarios.items()}


def _written(title: str, blocks: list[Block], shape: Format) -> str:
    match shape:
        case Format.MARKDOWN:
            return as_markdown(blocks)
        case Format.TEXT:
            return as_text(blocks)
        case Format.HTML:
            from tandem.web import Site

            contents = [block.text for block in blocks if isinstance(block, Heading) and block.level == 2]
            return Site(_TEMPLATES).render("explanation.html", title=title, blocks=blocks, contents=contents)
