from __future__ import annotations

import pytest

from tandem.gate.migrations.statements import NeedsDatabase, statements
from tandem.kit.migrations.revisions import read
from tests.gate.migrations.revisions import FIRST, revise
from tests.gate.world import Project


def test_statements_are_those_the_revision_would_run_with_their_lines(notices: Project) -> None:
    revise(notices, 1, "expand", FIRST + ";")
    file = notices.migrations / "notice_0001.py"
    text = file.read_text() + "    op.execute(f\"CREATE TABLE {'a' + 'b'} (id text)\")\n"
    file.write_text(text)
    first, second = statements(read(file))
    assert (first.text, first.line) == (FIRST, text[: text.index(FIRST)].count("\n") + 1)
    assert (second.text, second.line) == ("CREATE TABLE ab (id text)", None)


@pytest.mark.parametrize("broken", ["op.get_bind().execute('SELECT 1').scalar()", "raise KeyError('x')"])
def test_revision_that_needs_a_database_says_so(notices: Project, broken: str) -> None:
    revise(notices, 1, "expand", FIRST)
    file = notices.migrations / "notice_0001.py"
    file.write_text(file.read_text() + f"    {broken}\n")
    with pytest.raises(NeedsDatabase):
        statements(read(file))
