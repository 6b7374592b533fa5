"""Whether the new revisions can be applied to a database in use, and whether the release before runs on them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from tandem.gate.migrations import phases, previous, squawk
from tandem.gate.migrations.since import text_at, was_there
from tandem.gate.migrations.statements import NeedsDatabase, Statement, statements
from tandem.gate.stage import Notes
from tandem.gate.subject import Subject
from tandem.gate.verdict import Finding, Verdict, fingerprint
from tandem.kit.migrations.revisions import MigrationError, Revision, load


class MigrationsStage:
    name = "migrations"
    asks = "Can the new revisions be applied while the release before is still running?"

    def run(self, subject: Subject, notes: Notes) -> None:
        notes.stopping_rule = "Every new revision once; the tests of the release before within 120 s."
        try:
            revisions = load(subject.project / "services" / subject.name / "migrations")
        except MigrationError as error:
            notes.judge("revisions", [_unreadable(subject, error)], "")
            return
        notes.judge("revisions", list(_edited(subject, revisions.values())), f"{len(revisions)} follow one another")
        new = [one for one in revisions.values() if _is_new(subject, one)]
        if new:
            _judge_new(subject, notes, new)
        else:
            notes.check("new revisions", Verdict.DID_NOT_LOOK, f"there is none since {subject.since}")
        _ask_previous(subject, notes, new)


def _judge_new(subject: Subject, notes: Notes, new: list[Revision]) -> None:
    names = ", ".join(revision.id for revision in new)
    unsafe: list[Finding] = []
    out_of_phase: list[Finding] = []
    for revision in new:
        notes.progress(revision.id)
        try:
            said = statements(revision)
        except NeedsDatabase as error:
            notes.check(revision.id, Verdict.CANNOT_TELL, f"its SQL cannot be had without a database: {error}")
            continue
        unsafe += _unsafe(subject, revision, said)
        out_of_phase += _out_of_phase(subject, revision, said)
    if subject.since:
        out_of_phase += [_breach(subject, revision, breach) for revision, breach in phases.too_early(new)]
    notes.judge("squawk", unsafe, f"nothing unsafe in {names}")
    notes.judge("phases", out_of_phase, f"{names}: each does what its phase is for")


def _unsafe(subject: Subject, revision: Revision, said: list[Statement]) -> Iterator[Finding]:
    for one in squawk.complaints(revision, said):
        yield Finding(
            fingerprint("migrations", subject.name, revision.id, one.rule, str(one.line)),
            f"{revision.id} ({revision.phase}) is unsafe: {one.said}",
            _where(subject, revision, one.line),
            f"Squawk's rule {one.rule}.",
            one.advice,
            _again(subject),
        )


def _out_of_phase(subject: Subject, revision: Revision, said: list[Statement]) -> Iterator[Finding]:
    for breach in phases.breaches(revision, said):
        yield _breach(subject, revision, breach)


def _breach(subject: Subject, revision: Revision, breach: phases.Breach) -> Finding:
    return Finding(
        fingerprint("migrations", subject.name, revision.id, breach.rule, str(breach.line)),
        f"{revision.id} {breach.said}.",
        _where(subject, revision, breach.line),
        fix=breach.advice,
        replay=_again(subject),
    )


def _unreadable(subject: Subject, error: MigrationError) -> Finding:
    return Finding(
        fingerprint("migrations", subject.name, "unreadable"),
        f"The revisions cannot be used: {str(error).replace(f'{subject.project}/', '')}",
        f"services/{subject.name}/migrations",
        fix="Every revision names itself, the one before it and its phase: expand, backfill or contract.",
        replay=_again(subject),
    )


def _edited(subject: Subject, revisions: Iterable[Revision]) -> Iterator[Finding]:
    """What is in production was applied as it was, and a database that has it refuses another text."""
    for revision in revisions:
        if not subject.since or not revision.path.is_relative_to(subject.project):
            continue
        released = text_at(subject.project, subject.since, revision.path)
        if released is not None and released != revision.path.read_text("utf-8"):
            yield Finding(
                fingerprint("migrations", subject.name, revision.id, "edited"),
                f"{revision.id} was edited after it was released in {subject.since}.",
                _where(subject, revision, None),
                fix="Put it back as it was and write a new revision.",
                replay=f"git diff {subject.since} -- {_where(subject, revision, None)}",
            )


def _is_new(subject: Subject, revision: Revision) -> bool:
    """A kit that is installed and not part of the checkout was judged where it was made."""
    if not revision.path.is_relative_to(subject.project):
        return False
    return not subject.since or text_at(subject.project, subject.since, revision.path) is None


def _ask_previous(subject: Subject, notes: Notes, new: list[Revision]) -> None:
    name = "the release before"
    if not subject.since:
        notes.check(name, Verdict.DID_NOT_LOOK, "there is none: nothing is tagged, and no --since was said")
    elif not new:
        notes.check(name, Verdict.DID_NOT_LOOK, f"its schema is the same: nothing is new since {subject.since}")
    elif not was_there(subject.project, subject.since, Path("services", subject.name)):
        notes.check(name, Verdict.DID_NOT_LOOK, f"there is none: {subject.since} has no service {subject.name} yet")
    elif not subject.limits.runs_previous_tests:
        notes.check(name, Verdict.DID_NOT_LOOK, f"the profile {subject.profile.value} does not run its tests")
    else:
        outcome = previous.run_tests(subject, lambda: notes.progress(f"the tests of {subject.since} on the new schema"))
        if outcome.failed is None:
            notes.check(name, Verdict.CANNOT_TELL, outcome.said)
        else:
            found = [_broken(subject, test, outcome.said) for test in outcome.failed]
            notes.judge(name, found, f"the tests of {subject.since} pass on the new schema")


def _broken(subject: Subject, test: str, said: str) -> Finding:
    return Finding(
        fingerprint("migrations", subject.name, "previous", test),
        f"The release {subject.since} breaks on the new schema: {test.rpartition('::')[2]} fails.",
        test,
        said[-2000:],
        "Let the new schema keep what the release before needs; remove it in a later release.",
        _again(subject),
    )


def _again(subject: Subject) -> str:
    return f"tandem gate {subject.name} --stage migrations" + (f" --since {subject.since}" if subject.since else "")


def _where(subject: Subject, revision: Revision, line: int | None) -> str:
    path = os.path.relpath(revision.path, subject.project)
    return f"{path}:{line}" if line else path
