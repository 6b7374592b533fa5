"""Whether the service keeps its promises while it is asked from many sides, and is as fast as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tandem.gate.figures import Bar, Bars, Line, Lines, Number
from tandem.gate.load import baseline, journeys, profile, statements
from tandem.gate.load import running as locust
from tandem.gate.load.exploring import Explored, asking, explore
from tandem.gate.load.judging import Judge, grown
from tandem.gate.load.limits import LOAD_LIMITS
from tandem.gate.load.plan import YARDSTICK, Plan
from tandem.gate.load.yardstick import yardstick
from tandem.gate.service.own import OwnService
from tandem.gate.service.running import Running
from tandem.gate.service.serving import served
from tandem.gate.stage import Notes
from tandem.gate.subject import Subject
from tandem.gate.verdict import Finding, Verdict
from tandem.kit.contract import Contract, Operation


class LoadStage:
    name = "load"
    asks = "Is it as fast and as reliable as promised while many ask it, and as fast as it was?"

    def run(self, subject: Subject, notes: Notes) -> None:
        limits, contract = LOAD_LIMITS[subject.profile], subject.service.contract
        notes.stopping_rule = (
            f"{limits.rounds} rounds at {limits.per_second:g} requests a second, each with {limits.reads} of every "
            f"operation that reads and {limits.walks} of every journey, after a warm-up that does not count; "
            f"after {limits.seconds:g} s it cannot tell."
        )
        written = journeys.load(subject.project)
        notes.progress("starting the service")
        running = subject.running()
        notes.progress("looking for data")
        explored = {caller: explore(contract, running.url, token) for caller, token in running.callers.items()}
        _ask_database(subject, notes, running, contract, explored)
        with served(yardstick()) as bare:
            plan = profile.plan(contract, running, explored, written, limits, bare)
            _note_unasked(notes, contract, plan, explored)
            judge = _measured(subject, notes, running, plan)
            _judge_promises(subject, notes, running, judge)


def _measured(subject: Subject, notes: Notes, running: Running, plan: Plan) -> Judge:
    def look(seconds: float) -> None:
        notes.progress(f"{plan.per_second:g} requests a second for {seconds:.0f} s, {len(notes.findings)} findings")

    folder = subject.folder / "load" / subject.name
    measured = locust.run(plan, folder, running, look)
    return Judge(subject.name, subject.service.contract, plan, measured, LOAD_LIMITS[subject.profile].enough)


def _judge_promises(subject: Subject, notes: Notes, running: Running, judge: Judge) -> None:
    notes.measure(*_figures(judge))
    failing, unsure = judge.failing()
    if unsure and not failing:
        notes.check("errors", Verdict.CANNOT_TELL, f"too few requests to tell what is promised: {', '.join(unsure)}")
    else:
        notes.judge("errors", failing, "nothing broke")
    before = baseline.find(subject)
    slow = list(judge.slow())
    slower = list(judge.slower(before)) if before else []
    if suspects := {operation.id for operation, _ in [*slow, *slower]}:
        notes.progress(f"looking again at {', '.join(sorted(suspects))}")
        again = _measured(subject, notes, running, judge.plan.only(suspects))
        slow = _confirmed(slow, list(again.slow()))
        slower = _confirmed(slower, list(again.slower(before))) if before else []
    _judge_speed(notes, judge, [finding for _, finding in slow])
    _judge_baseline(subject, notes, judge, before, [finding for _, finding in slower])


def _confirmed(
    first: Sequence[tuple[Operation, Finding]], second: Sequence[tuple[Operation, Finding]]
) -> list[tuple[Operation, Finding]]:
    """What was seen twice: a busy machine is seldom busy at the same place again."""
    seen = {operation.id for operation, _ in second}
    return [(operation, finding) for operation, finding in first if operation.id in seen]


def _judge_speed(notes: Notes, judge: Judge, slow: list[Finding]) -> None:
    undecided = judge.undecided()
    if undecided and not slow:
        notes.check("speed", Verdict.CANNOT_TELL, f"too few answers to tell: {', '.join(undecided)}")
    elif not judge.promised:
        notes.check("speed", Verdict.DID_NOT_LOOK, "nothing could be asked often enough")
    else:
        seldom = sorted(judge.plan.operations - {operation.id for operation, _ in judge.promised})
        rest = f"; asked too seldom to say: {', '.join(seldom)}" if seldom else ""
        notes.judge("speed", slow, f"{len(judge.promised)} operations are as fast as promised{rest}")


def _judge_baseline(
    subject: Subject, notes: Notes, judge: Judge, before: baseline.Baseline | None, slower: list[Finding]
) -> None:
    if before is not None:
        notes.judge("baseline", slower, f"nothing is twice as slow as at {before.commit[:10]}")
    if subject.url is None and not notes.findings and not judge.undecided():
        ratios = {
            operation.id: ratio
            for operation, _ in judge.promised
            if (ratio := judge.measured.relative(operation.id, judge.enough)) is not None
        }
        kept = baseline.keep(subject, ratios)
        if before is None:
            said = "this run is kept as the first" if kept else "and nothing to keep this one for: there is no commit"
            notes.check("baseline", Verdict.DID_NOT_LOOK, f"there is none yet, {said}")
    elif before is None:
        notes.check("baseline", Verdict.DID_NOT_LOOK, "there is none yet; the first run that passes is kept")


def _ask_database(
    subject: Subject, notes: Notes, running: Running, contract: Contract, explored: Mapping[str, Explored]
) -> None:
    name = "statements"
    if not isinstance(running, OwnService):
        notes.check(name, Verdict.DID_NOT_LOOK, "its database is somebody else's")
        return
    notes.progress("counting statements")
    compared, growths = [], []
    with statements.overheard(running.postgres) as look:
        for caller, one in explored.items():
            with asking(running.url, running.callers[caller]) as client:
                for operation_id, answered in one.answered.items():
                    if operation_id not in compared and (pair := statements.costs(client, answered, look)):
                        compared.append(operation_id)
                        growths += statements.growth(contract.operation(operation_id), *pair)
    if compared:
        found = list(grown(subject.name, growths))
        notes.judge(name, found, f"as many for many rows as for few: {', '.join(compared)}")
    else:
        notes.check(name, Verdict.DID_NOT_LOOK, "no operation answers with rows, or there are too few")


def _note_unasked(notes: Notes, contract: Contract, plan: Plan, explored: Mapping[str, Explored]) -> None:
    unasked = [operation.id for operation in contract.operations if operation.id not in plan.operations]
    refused = {name: why for one in explored.values() for name, why in one.refused.items()}
    if unasked:
        said = ", ".join(f"{name} ({refused[name]})" if name in refused else name for name in unasked)
        notes.check("reach", Verdict.DID_NOT_LOOK, f"no journey or example sends them: {said}")
    else:
        notes.check("reach", Verdict.PASSED, f"all {len(contract.operations)} operations were asked")


def _figures(judge: Judge) -> list[Number | Bars | Lines]:
    measured, seconds = judge.measured, judge.measured.over_time()
    asked = sum(sample.operation != YARDSTICK for sample in measured.samples)
    bare = measured.median_of_rounds(YARDSTICK, 0.5, judge.enough)
    bars = tuple(
        Bar(operation.id, min(p95, slo.p95_ms), slo.p95_ms, f"{p95:.1f} of {slo.p95_ms:g} ms")
        for operation, slo in judge.promised
        if (p95 := judge.p95(operation)) is not None
    )
    lines = tuple(
        Line(label, tuple((second[0], second[nth]) for second in seconds))
        for nth, label in ((1, "median"), (2, "95th percentile"), (3, "99th percentile"))
    )
    return [
        Number("requests that count", asked),
        *([Number("a bare answer", round(bare, 2), "ms")] if bare is not None else []),
        Bars("95th percentile of what is promised", bars),
        Lines("Answer times under load", "ms", lines),
    ]
