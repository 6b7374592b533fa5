"""`tandem contract diff`: what changed between two contracts, and whom it breaks."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
import typer

from tandem.cli.console import AsJson, out
from tandem.cli.contract_sides import Pair, Sides
from tandem.cli.progress import Step, progress
from tandem.spec.diff.document import Document
from tandem.spec.diff.findings import Grade, differences
from tandem.spec.diff.markdown import markdown
from tandem.spec.diff.report import Comparison, Report, comparison, report
from tandem.spec.diff.report import as_json as document_of
from tandem.spec.diff.since_release import found_since_release
from tandem.spec.diff.text import lines, verdict
from tandem.spec.diff.waivers import Waiver, ended, holding, read_waivers, stale

Today = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], help="The day that decides what has ended; today when not said.", metavar="DATE"
    ),
]


class Format(StrEnum):
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


class FailOn(StrEnum):
    BREAKING = "breaking"
    WARNING = "warning"


def diff(
    base: Annotated[
        str | None,
        typer.Argument(
            help="A file, a service, a release (card@1.0.0), a git ref with a path (main:contracts/card), or a git ref "
            "for all services. The last releases when nothing is named.",
            show_default=False,
        ),
    ] = None,
    revision: Annotated[
        str | None, typer.Argument(help="The same; what there is now when not named.", show_default=False)
    ] = None,
    *,
    format: Annotated[Format, typer.Option(help="Markdown is for a pull request.")] = Format.TEXT,
    fail_on: Annotated[FailOn, typer.Option(help="The mildest finding that fails.")] = FailOn.BREAKING,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of printing.")] = None,
    today: Today = None,
    as_json: AsJson = False,
) -> None:
    """Say what changed between two contracts: what breaks whom, and what to do instead.

    Exit code 0 compatible, 1 breaking, 2 when it cannot be told. Example: tandem contract diff main:contracts/card card
    """
    day = day_of(today)
    with Sides() as sides:
        pairs = sides.pairs(base, revision)
        waivers = read_waivers(sides.contracts) if sides.contracts else []
        with progress("Comparing", "operations") as step:
            made = report(compared(sides, pairs, holding(waivers, day), day, step))
        made = replace(made, complaints=tuple(_complaints(sides, waivers, made, day)))
        _show(made, Format.JSON if as_json else format, output)
    if made.is_breaking or (fail_on is FailOn.WARNING and made.of(Grade.WARNING)):
        raise typer.Exit(1)


def day_of(today: datetime | None) -> date:
    return (today or datetime.now(UTC)).date()


def compared(
    sides: Sides, pairs: Iterable[Pair], waivers: Mapping[str, Waiver], day: date, step: Step
) -> Iterable[Comparison]:
    for base, revision in pairs:
        documents = Document(base.path), Document(revision.path)
        found = differences(*documents, day, step)
        yield comparison((base.name, revision.name), documents, found, waivers, sides.short)


def _complaints(sides: Sides, waivers: list[Waiver], made: Report, day: date) -> list[str]:
    """What this comparison did not find may be in another contract."""
    missing = [one for one in waivers if one.fingerprint not in {told.finding.fingerprint for told in made.told}]
    known = found_since_release(sides.services.values(), day) if missing else {}
    return [*ended(waivers, day), *stale(missing, known)]


def _show(made: Report, format: Format, output: Path | None) -> None:
    if format is Format.TEXT and output is None:
        for line in lines(made):
            out.print(line, soft_wrap=True)
        return
    text = _written(made, format)
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
        out.print(f"Wrote {output}. {verdict(made)}", markup=False, soft_wrap=True)


def _written(made: Report, format: Format) -> str:
    match format:
        case Format.JSON:
            return orjson.dumps(document_of(made), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE).decode()
        case Format.MARKDOWN:
            return markdown(made)
        case Format.HTML:
            from tandem.cli.contract_diff_page import page

            return page(made)
    return "".join(f"{line.plain}\n" for line in lines(made))
