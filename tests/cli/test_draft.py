"""`tandem draft` as people and machines see it."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tandem.cli.main import run
from tests.architecture.project import ROOT
from tests.draft.desk import LOAN

OPEN = LOAN.replace("1,200.00 SEK", "1,200.00")
ANSWER = "loan.amount: 1200.00 EUR\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def idea(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "contracts").symlink_to(ROOT / "contracts")
    (tmp_path / "pyproject.toml").symlink_to(ROOT / "pyproject.toml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    (tmp_path / "idea.md").write_text(OPEN)
    return tmp_path / "drafts/loans/openapi.yaml"


def test_open_questions_are_listed_where_nobody_can_be_asked(idea: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["draft", "idea.md"]) == 1
    assert capsys.readouterr().err == (
        "1 question is open; nothing was written.\n"
        "  loan.amount (line 7): Is `amount` money, and in which currency? The example 1,200.00 does not say.\n"
        "    proposed: 1200.00 SEK\n"
        "Answer with --answers FILE (a line each, `id: answer`), or take what is proposed: --yes.\n"
    )
    assert not idea.exists()


def test_open_questions_are_json_for_machines(idea: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["draft", "idea.md", "--json"]) == 1
    (question,) = json.loads(capsys.readouterr().out)["questions"]
    assert (question["id"], question["proposal"], question["options"]) == ("loan.amount", "1200.00 SEK", [])


def test_yes_takes_the_proposals_and_says_which(idea: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["draft", "idea.md", "--yes"]) == 0
    said = capsys.readouterr().out
    assert "approveLoan   POST    /v1/loans/{loan_id}/approve  Approve a loan    support" in said
    assert "Is `amount` money, and in which currency? The example 1,200.00 does not say. Taken: 1200.00 SEK." in said
    assert said.endswith("Wrote drafts/loans/openapi.yaml. Try it: tandem mock drafts/loans/openapi.yaml\n")


def test_answers_come_from_a_file(idea: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "answers.yaml").write_text(ANSWER)
    assert run(["draft", "idea.md", "--answers", "answers.yaml", "--out", "here", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["operation"] for one in document["operations"]] == [
        "applyForLoan",
        "listLoans",
        "getLoan",
        "approveLoan",
    ]
    assert Path(document["file"]) == Path("here/openapi.yaml")
    assert "currency: EUR" in Path("here/openapi.yaml").read_text("utf-8")
    assert len(document["decisions"]) == 1


def test_bare_yes_in_a_file_of_answers_is_a_yes(idea: Path, tmp_path: Path) -> None:
    (tmp_path / "idea.md").write_text(LOAN.replace("Apply for a loan", "Open a loan").replace("apply,", "open,"))
    (tmp_path / "answers.yaml").write_text("loan.open.makes: yes\n")
    assert run(["draft", "idea.md", "--answers", "answers.yaml"]) == 0
    assert "operationId: openLoan" in idea.read_text("utf-8")


@pytest.mark.parametrize(("typed", "currency"), [("1200.00 EUR\n", "EUR"), ("\n", "SEK")])
def test_person_at_a_terminal_is_asked(
    idea: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, currency: str
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    assert run(["draft", "idea.md"]) == 0
    assert capsys.readouterr().out.startswith("Line 7: Is `amount` money, and in which currency?")
    assert f"currency: {currency}" in idea.read_text("utf-8")


def test_options_are_shown_with_the_question(
    idea: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "idea.md").write_text(LOAN.replace("Apply for a loan", "Open a loan").replace("apply,", "open,"))
    monkeypatch.setattr("sys.stdin", Terminal(""))
    assert run(["draft", "idea.md"]) == 1
    said = capsys.readouterr()
    assert "a step in the life of one that is there. (yes/no)\n[yes] " in said.out
    assert said.err == "The questions were not answered; nothing was written.\n"
    assert not idea.exists()


def test_mistakes_name_file_and_line(idea: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "idea.md").write_text("# A\n\n## Boat\n\n- size\n- mast\n")
    assert run(["draft", "idea.md"]) == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == "idea.md: line 5: `size` has no example; write for example `size: 1,200.00 SEK — what it is`."
    assert second.startswith("idea.md: line 6: `mast` has no example;")


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ("- one\n", "answers.yaml: has no answers; write lines such as `loan.rent: 500.00 SEK`."),
        ("a: [\n", "answers.yaml: cannot be read as YAML; write lines such as `loan.rent: 500.00 SEK`."),
        (None, "answers.yaml: cannot be read as YAML; write lines such as `loan.rent: 500.00 SEK`."),
    ],
)
def test_answers_that_are_none_are_refused(
    idea: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], answers: str | None, said: str
) -> None:
    if answers is not None:
        (tmp_path / "answers.yaml").write_text(answers)
    assert run(["draft", "idea.md", "--answers", "answers.yaml"]) == 1
    assert capsys.readouterr().err == f"{said}\n"


@pytest.mark.parametrize("name", ["absent.md", "contracts"])
def test_file_that_is_none_is_refused(idea: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert run(["draft", name]) == 1
    assert capsys.readouterr().err == f"{name}: there is no such file.\n"
