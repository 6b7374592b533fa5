"""`tandem draft`: from a plain description to a contract that can be tried."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.table import Table

from tandem.cli.console import AsJson, out, print_json
from tandem.cli.contract_files import short
from tandem.draft import Draft, Interview, NotUnderstood, Question, Unanswered
from tandem.draft import draft as drafted
from tandem.local.state import Home
from tandem.local.trouble import Refused


def draft(
    file: Annotated[Path, typer.Argument(help="The description, in Markdown.", show_default=False)],
    *,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Where openapi.yaml goes; below drafts/ if not said.")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option(help="A YAML file with the answers, by the ids of the questions.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take every proposal, and say which.")] = False,
    as_json: AsJson = False,
) -> None:
    """Turn a plain description into a contract, asking where it can be read in two ways.

    Example: tandem draft docs/examples/loans.md --yes
    """
    home = Home.find()
    interview = Interview(_given(answers), None)
    if yes:
        interview.ask = lambda question: _taken(question, interview)
    elif sys.stdin.isatty() and not as_json:
        interview.ask = _asked
    try:
        made = drafted(file, home.contracts, folder, interview)
    except NotUnderstood as error:
        raise Refused("\n".join(f"{short(file)}: {one}" for one in error.mistakes)) from error
    except Unanswered as error:
        raise Refused(_unanswered(error.questions, as_json=as_json)) from error
    except (FileNotFoundError, IsADirectoryError) as error:
        raise Refused(f"{short(file)}: there is no such file.") from error
    _report(made, interview, as_json=as_json)


def _given(answers: Path | None) -> dict[str, str]:
    if answers is None:
        return {}
    try:
        found = yaml.safe_load(answers.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise Refused(
            f"{short(answers)}: cannot be read as YAML; write lines such as `loan.rent: 500.00 SEK`."
        ) from error
    if not isinstance(found, dict):
        raise Refused(f"{short(answers)}: has no answers; write lines such as `loan.rent: 500.00 SEK`.")
    # YAML takes a bare yes or no for a truth value.
    words = {True: "yes", False: "no"}
    return {str(key): words[value] if isinstance(value, bool) else str(value) for key, value in found.items()}


def _taken(question: Question, interview: Interview) -> str:
    interview.decide(question.line, f"{question.text} Taken: {question.proposal}.")
    return question.proposal


def _asked(question: Question) -> str:
    options = f" ({'/'.join(question.options)})" if question.options else ""
    typer.echo(f"Line {question.line}: {question.text}{options}")
    try:
        return input(f"[{question.proposal}] ").strip() or question.proposal
    except EOFError as error:
        raise Refused("The questions were not answered; nothing was written.") from error


def _unanswered(questions: list[Question], *, as_json: bool) -> str:
    if as_json:
        print_json({"questions": [one.as_json() for one in questions]})
    count = f"{len(questions)} {'question is' if len(questions) == 1 else 'questions are'} open; nothing was written."
    listed = [f"  {one.id} (line {one.line}): {one.text}\n    proposed: {one.proposal}" for one in questions]
    return "\n".join(
        [count, *listed, "Answer with --answers FILE (a line each, `id: answer`), or take what is proposed: --yes."]
    )


def _report(made: Draft, interview: Interview, *, as_json: bool) -> None:
    rows = list(_rows(made))
    if as_json:
        print_json({"file": str(made.path), "operations": rows, "decisions": interview.decisions})
        return
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in rows[0]:
        table.add_column(column, no_wrap=column != "what")
    for row in rows:
        table.add_row(*row.values())
    out.print(table)
    out.print()
    if interview.decisions:
        out.print("Taken without being told:", style="bold")
        for one in interview.decisions:
            out.print(f"  {one}", markup=False, soft_wrap=True)
        out.print()
    path = os.path.relpath(made.path)
    out.print(f"Wrote {path}. Try it: tandem mock {path}", markup=False, soft_wrap=True)


def _rows(made: Draft) -> Iterator[dict[str, Any]]:
    for one in made.description.actions:
        yield {
            "operation": one.id,
            "method": one.method.upper(),
            "path": one.path,
            "what": one.said,
            "who may": ", ".join(one.callers),
        }
