"""The page that says what is done names tests and policies that exist."""

from __future__ import annotations

import re

import pytest

from tests.architecture.project import ROOT

PAGE = (ROOT / "docs/requirements.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("reference", sorted(set(re.findall(r"`(tests/[\w/.]+::\w+)`", PAGE))))
def test_test_that_shows_it_exists(reference: str) -> None:
    file, _, name = reference.partition("::")
    assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)


def test_policies_that_are_named_exist() -> None:
    policies = "".join(path.read_text("utf-8") for path in (ROOT / "infra/policies").glob("*.py"))
    named = re.findall(r"`([a-z0-9]+(?:_[a-z0-9]+){2,})`", PAGE)
    assert len(named) > 10
    assert [name for name in named if f"def {name}(" not in policies] == []


def test_files_and_links_of_the_page_exist() -> None:
    named = re.findall(r"`((?:infra|services)/[\w/]+(?:\.py)?)`", PAGE) + [
        f"docs/{link}" for link in re.findall(r"\]\(([^)]+)\)", PAGE)
    ]
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_row_without_a_test_is_not_there() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and "shown by" not in line]
    assert len(rows) == 20
    assert [row for row in rows if "::" not in row] == []
