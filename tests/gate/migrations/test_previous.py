from __future__ import annotations

from tandem.gate.migrations.previous import run_tests
from tests.gate.migrations.revisions import FIRST, revise
from tests.gate.world import Project


def test_tests_that_do_not_end_are_told_and_ended(notices: Project) -> None:
    folder = notices.folder / "tests" / "services" / "notice"
    folder.mkdir(parents=True)
    (folder / "test_notice.py").write_text("import threading\ndef test_hangs():\n    threading.Event().wait()\n")
    notices.tag("v1")
    outcome = run_tests(notices.subject(since="v1"), lambda: None, patience_seconds=0.5)
    assert (outcome.failed, outcome.said) == (None, "its tests did not end within 0.5 s")


def test_release_before_meets_the_new_revisions_and_its_own_code(notices: Project) -> None:
    revise(notices, 1, "expand", FIRST)
    (notices.folder / "services" / "notice" / "rules.py").write_text("AGE = 'before'\n")
    folder = notices.folder / "tests" / "services" / "notice"
    folder.mkdir(parents=True)
    (folder / "test_notice.py").write_text(
        "from pathlib import Path\n"
        "def test_world():\n"
        "    assert 'before' in Path('services/notice/rules.py').read_text()\n"
        "    assert Path('services/notice/migrations/notice_0002.py').exists()\n"
    )
    notices.tag("v1")
    (notices.folder / "services" / "notice" / "rules.py").write_text("AGE = 'after'\n")
    revise(notices, 2, "expand", "SELECT 1")
    assert run_tests(notices.subject(since="v1"), lambda: None).failed == ()


def test_schema_that_breaks_every_test_is_known_after_a_few(notices: Project) -> None:
    folder = notices.folder / "tests" / "services" / "notice"
    folder.mkdir(parents=True)
    (folder / "test_notice.py").write_text("".join(f"def test_{n}():\n    assert False\n" for n in range(9)))
    notices.tag("v1")
    failed = run_tests(notices.subject(since="v1"), lambda: None).failed
    assert failed == tuple(f"tests/services/notice/test_notice.py::test_{n}" for n in range(5))
