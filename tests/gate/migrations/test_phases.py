from __future__ import annotations

from pathlib import Path

import pytest

from tandem.gate.migrations.phases import breaches, too_early
from tandem.gate.migrations.statements import Statement
from tandem.kit.migrations.revisions import Revision


def _revision(phase: str, id_: str = "notice_0002") -> Revision:
    return Revision(id_, (), phase, Path(f"{id_}.py"), "")


@pytest.mark.parametrize(
    ("phase", "sql", "rules"),
    [
        ("expand", "CREATE TABLE a (id text)", []),
        ("expand", "BEGIN", []),
        ("expand", "INSERT INTO a VALUES ('x')", []),
        ("expand", "-- fill it\nupdate a SET b = 1", ["moves-data"]),
        ("expand", "INSERT INTO a SELECT * FROM b", ["moves-data"]),
        ("contract", "DELETE FROM a", ["moves-data"]),
        ("expand", "WITH old AS (SELECT 1) UPDATE a SET b = 1", ["moves-data"]),
        ("backfill", "UPDATE a SET b = 1", []),
        ("backfill", "/* later */ CREATE INDEX i ON a (b)", ["changes-schema"]),
    ],
)
def test_each_phase_does_what_it_is_for(phase: str, sql: str, rules: list[str]) -> None:
    assert [one.rule for one in breaches(_revision(phase), [Statement(sql, 1)])] == rules


def test_removal_comes_a_release_after_what_makes_it_possible() -> None:
    expand, contract = _revision("expand", "notice_0002"), _revision("contract", "notice_0003")
    assert [revision.id for revision, _ in too_early([expand, contract])] == ["notice_0003"]
    assert list(too_early([contract])) == []
    assert list(too_early([contract, expand])) == []
