import re
from pathlib import Path

import pytest

from tests.architecture.project import ROOT

DECISIONS = sorted((ROOT / "docs" / "decisions").glob("0*.md"))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.stem)
def test_a_decision_has_its_four_parts_and_one_line_to_quote(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences", "Alternatives"]
    assert len(re.findall(r"^> \S", text, re.MULTILINE)) == 1
    assert re.search(rf"^# {int(page.name[:4])}\. ", text)
    assert text.count("\n") <= 60, "one page"


def test_the_index_lists_every_decision_once() -> None:
    index = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"\((0\d{3}-[a-z-]+\.md)\)", index) == [page.name for page in DECISIONS]


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "docs/architecture.md",
        "docs/frontend.md",
        "mocks/README.md",
    ],
)
def test_links_of_a_page_lead_somewhere(name: str) -> None:
    page = ROOT / name
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []
