"""Whether the service keeps to its contract whatever is sent to it."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from tandem.gate.figures import Bar, Bars, Line, Lines, Number
from tandem.gate.fuzzing import wording
from tandem.gate.fuzzing.cases import Case, crash_of, keep, request_line
from tandem.gate.fuzzing.command import AS_CUSTOMER, Ran, TimeIsUp, Watch
from tandem.gate.fuzzing.configuration import allowances
from tandem.gate.fuzzing.observed import Failure, Observed
from tandem.gate.stage import Notes
from tandem.gate.subject import Subject
from tandem.gate.verdict import Finding, Verdict, fingerprint
from tandem.kit.contract import Contract

_MOST_SAID = 300


class SchemathesisStage:
    name = "schemathesis"
    asks = "Does the service keep to its contract, whatever is sent to it and by whom?"

    def run(self, subject: Subject, notes: Notes) -> None:
        limits, contract = subject.limits, subject.service.contract
        seconds = _seconds(subject)
        notes.stopping_rule = (
            f"{limits.examples} examples per operation in each of {', '.join(limits.phases)}, the same every time; "
            f"after {seconds:g} s it cannot tell."
        )
        _tell_unseen(notes, contract, subject.untested)
        if all(operation.id in subject.untested for operation in contract.operations):
            return
        notes.progress("starting the service")
        running = subject.running()
        watch = Watch(
            running,
            contract,
            subject.folder / "schemathesis" / subject.name,
            time.monotonic() + seconds,
            subject.untested,
        )
        observed = Observed()
        try:
            as_staff = (f"--phases={','.join(limits.phases)}", f"--max-examples={limits.examples}")
            _ask("as staff", subject, notes, watch, observed, as_staff)
            as_customer = (*AS_CUSTOMER, f"--max-examples={limits.examples_as_customer}")
            _ask("as a customer", subject, notes, watch, observed, as_customer)
            if limits.reaches_everything and subject.url is None:
                _judge_reach(notes, contract, observed, subject.untested)
        finally:
            notes.measure(*_figures(contract, observed))


def _ask(check: str, subject: Subject, notes: Notes, watch: Watch, observed: Observed, options: Sequence[str]) -> None:
    failures, errors = len(observed.failures), len(observed.errors)

    def look() -> None:
        notes.progress(f"{check}: {observed.phase}, {observed.requests} requests, {len(notes.findings)} findings")
        for failure in observed.failures[failures:]:
            notes.find(_finding(subject, failure))

    try:
        ran = watch.run(options, observed, look)
    except TimeIsUp:
        notes.check(check, Verdict.CANNOT_TELL, f"it had not seen everything after {_seconds(subject):g} s")
    else:
        _judge(check, notes, observed.failures[failures:], observed.errors[errors:], ran)
    finally:
        look()
        _keep(subject, watch, observed.failures[failures:])


def _seconds(subject: Subject) -> float:
    asked = [one for one in subject.service.contract.operations if one.id not in subject.untested]
    return subject.limits.seconds_for(len(asked))


def _judge(check: str, notes: Notes, found: Sequence[Failure], errors: Sequence[str], ran: Ran) -> None:
    if found:
        kinds = len({(one.operation, one.code) for one in found})
        notes.check(check, Verdict.FAILED, f"{kinds} {'kind' if kinds == 1 else 'kinds'} of failure")
    elif errors:
        notes.check(check, Verdict.TROUBLE, f"Schemathesis itself met an error: {errors[0][:_MOST_SAID]}")
    elif not ran.passed:
        notes.check(check, Verdict.TROUBLE, f"Schemathesis did not pass it: {ran.said.strip()[-_MOST_SAID:]}")
    else:
        notes.check(check, Verdict.PASSED, "every answer was as the contract says")


def _tell_unseen(notes: Notes, contract: Contract, untested: Mapping[str, str]) -> None:
    if untested:
        said = "; ".join(f"{operation}: {reason}" for operation, reason in untested.items())
        notes.check("not tested", Verdict.DID_NOT_LOOK, f"excused in writing: {said}")
    allowed = list(allowances(contract, untested))
    if unbuilt := [one.operation_id for one in allowed if one.may_be_unbuilt]:
        said = f"by their contract, part of each is not built (501): {', '.join(unbuilt)}"
        notes.check("not built", Verdict.DID_NOT_LOOK, said)
    if shared := [one.operation_id for one in allowed if one.is_shared]:
        said = f"by their contract, whoever is known may see what these show (x-shared): {', '.join(shared)}"
        notes.check("owners", Verdict.DID_NOT_LOOK, said)


def _judge_reach(notes: Notes, contract: Contract, observed: Observed, untested: Mapping[str, str]) -> None:
    tested = [operation for operation in contract.operations if operation.id not in untested]
    missed = [
        operation.id
        for operation in tested
        if not any(200 <= status < 400 for status in observed.statuses[f"{operation.method} {operation.path}"])
    ]
    if missed:
        notes.check("reach", Verdict.CANNOT_TELL, f"never succeeded, so hardly looked at: {', '.join(missed)}")
    else:
        notes.check("reach", Verdict.PASSED, f"all {len(tested)} operations succeeded at least once")


def _finding(subject: Subject, failure: Failure) -> Finding:
    id_ = _id(subject, failure)
    return Finding(
        id_,
        wording.title(failure),
        failure.operation,
        failure.message.strip() + (f"\nCalled as {failure.caller}." if failure.caller else ""),
        wording.fix(failure),
        f"tandem gate replay {id_}" + (f" --url {subject.url}" if subject.url else ""),
    )


def _id(subject: Subject, failure: Failure) -> str:
    return fingerprint("schemathesis", subject.name, failure.operation, failure.check)


def _keep(subject: Subject, watch: Watch, found: Sequence[Failure]) -> None:
    crashes, kept = list(watch.crashes()), set()
    for failure in found:
        id_ = _id(subject, failure)
        if id_ not in kept and (crash := crash_of(failure, crashes)):
            kept.add(id_)
            title = f"{wording.title(failure)} ({request_line(crash)})"
            keep(subject.folder / "cases", Case(id_, subject.name, title, failure.check, crash))


def _figures(contract: Contract, observed: Observed) -> list[Number | Bars | Lines]:
    bars = [
        _bar(operation.method, operation.path, set(operation.responses), observed) for operation in contract.operations
    ]
    tried = [bar for bar in bars if bar.reached]
    seconds = observed.percentiles()
    lines = (
        Line("median", tuple((at, median) for at, median, _ in seconds)),
        Line("95th percentile", tuple((at, p95) for at, _, p95 in seconds)),
    )
    return [
        Number("requests", observed.requests),
        Number("operations answered", len(tried), f"of {len(bars)}"),
        Bars("Statuses of the contract that were seen, by operation", tuple(bars)),
        Lines("Answer times while Schemathesis ran", "ms", lines),
    ]


def _bar(method: str, path: str, documented: set[int], observed: Observed) -> Bar:
    seen = documented & observed.statuses[f"{method} {path}"].keys()
    missed = ", ".join(map(str, sorted(documented - seen)))
    return Bar(f"{method} {path}", len(seen), len(documented), f"not seen: {missed}" if missed else "all seen")
