"""Whether the service keeps its promises while it is asked from many sides, and is as fast as it was."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from tandem.gate.load import baseline, journeys, profile
from tandem.gate.load.charts import figures
from tandem.gate.load.exploring import Explored, asking, explore
from tandem.gate.load.journeys import Journey
from tandem.gate.load.judging import Judge, repetitions
from tandem.gate.load.limits import LOAD_LIMITS
from tandem.gate.load.plan import Plan
from tandem.gate.load.running import Locust
from tandem.gate.load.samples import Measured
from tandem.gate.load.statements import Cost, costs, growth, overheard
from tandem.gate.load.yardstick import yardstick
from tandem.gate.service.own import OwnService
from tandem.gate.service.running import Running
from tandem.gate.service.serving import served
from tandem.gate.stage import Notes
from tandem.gate.subject import Subject
from tandem.gate.verdict import Finding, Verdict
from tandem.kit.contract import Contract, Operation

Send: TypeAlias = Callable[[Plan, Path, Running, Callable[[float], None]], Measured]


@dataclass(frozen=True)
class LoadStage:
    """`send` does what a plan says."""

    send: Send = Locust().send
    name: str = "load"
    asks: str = "Is it as fast and as reliable as promised while many ask it, and as fast as it was?"

    def run(self, subject: Subject, notes: Notes) -> None:
        limits, contract = LOAD_LIMITS[subject.profile], subject.service.contract
        notes.stopping_rule = (
            f"{limits.rounds} rounds at {limits.per_second:g} requests a second, each with {limits.reads} of every "
            f"operation that reads and {limits.walks} of every journey, after a warm-up that does not count; "
            f"after {limits.seconds:g} s it cannot tell."
        )
        written = journeys.load(subject.project)
        notes.progress("starting the service")
        # What the stages before did to its data is no longer what the stories tell.
        subject.close()
        running = subject.running()
        notes.progress("looking for data")
        explored = _explored(running, contract, written)
        _ask_database(subject, notes, running, contract, explored)
        with served(yardstick()) as bare:
            plan = profile.plan(contract, running, explored, written, limits, bare)
            _note_unasked(notes, contract, plan, explored)
            self._judge(subject, notes, running, plan)

    def _judge(self, subject: Subject, notes: Notes, running: Running, plan: Plan) -> None:
        judge = self._measured(subject, notes, running, plan)
        notes.measure(*figures(judge))
        _judge_errors(notes, judge)
        before = baseline.find(subject, plan.fingerprint) if subject.url is None else None
        slow, slower = list(judge.slow()), list(judge.slower(before)) if before else []
        if suspects := {operation.id for operation, _ in [*slow, *slower]}:
            notes.progress(f"looking again at {', '.join(sorted(suspects))}")
            again = self._measured(subject, notes, running, plan.only(suspects))
            slow = _confirmed(slow, again.slow())
            slower = _confirmed(slower, again.slower(before)) if before else []
        _judge_speed(notes, judge, [finding for _, finding in slow])
        _judge_baseline(subject, notes, judge, before, [finding for _, finding in slower])

    def _measured(self, subject: Subject, notes: Notes, running: Running, plan: Plan) -> Judge:
        def look(seconds: float) -> None:
            notes.progress(f"{plan.per_second:g} requests a second for {seconds:.0f} s, {len(notes.findings)} findings")

        measured = self.send(plan, subject.folder / "load" / subject.name, running, look)
        enough = LOAD_LIMITS[subject.profile].enough
        return Judge(subject.name, subject.service.contract, plan, measured, enough)


def _explored(running: Running, contract: Contract, written: Sequence[Journey]) -> dict[str, Explored]:
    """By everybody who has a part in it; the neighbour is another customer like the first."""
    callers = [name for name in running.callers if name != "neighbour" or any(one.caller == name for one in written)]
    return {caller: explore(contract, running.url, running.callers[caller]) for caller in callers}


def _judge_errors(notes: Notes, judge: Judge) -> None:
    failing, unsure = judge.failing()
    if not judge.asked:
        notes.check("errors", Verdict.DID_NOT_LOOK, "nothing could be asked")
    elif unsure and not failing:
        notes.check("errors", Verdict.CANNOT_TELL, f"too few requests to tell what is promised: {', '.join(unsure)}")
    else:
        notes.judge("errors", failing, "nothing broke")


def _confirmed(
    first: Iterable[tuple[Operation, Finding]], second: Iterable[tuple[Operation, Finding]]
) -> list[tuple[Operation, Finding]]:
    """What was seen twice: a busy machine is seldom busy at the same place again."""
    seen = {operation.id for operation, _ in second}
    return [(operation, finding) for operation, finding in first if operation.id in seen]


def _judge_speed(notes: Notes, judge: Judge, slow: list[Finding]) -> None:
    undecided = judge.undecided()
    if undecided and not slow:
        why = "too few answers to tell" if judge.measured.finished else "the time was up before there were enough"
        notes.check("speed", Verdict.CANNOT_TELL, f"{why}: {', '.join(undecided)}")
    elif not judge.promised:
        notes.check("speed", Verdict.DID_NOT_LOOK, "nothing could be asked often enough")
    else:
        seldom = sorted(judge.plan.operations - {operation.id for operation, _ in judge.promised})
        rest = f"; asked too seldom to say: {', '.join(seldom)}" if seldom else ""
        notes.judge("speed", slow, f"{len(judge.promised)} operations are as fast as promised{rest}")


def _judge_baseline(
    subject: Subject, notes: Notes, judge: Judge, before: baseline.Baseline | None, slower: list[Finding]
) -> None:
    if subject.url is not None:
        notes.check("baseline", Verdict.DID_NOT_LOOK, "it runs somewhere else, so its speed is another one")
        return
    if before is None:
        notes.check(
            "baseline",
            Verdict.DID_NOT_LOOK,
            "there is none of the same requests yet; the first run that passes is kept",
        )
    else:
        notes.judge("baseline", slower, f"nothing is twice as slow as at {before.commit[:10]}")
    if not notes.findings and not judge.undecided() and (ratios := judge.relative()):
        baseline.keep(subject, judge.plan.fingerprint, ratios)


def _ask_database(
    subject: Subject, notes: Notes, running: Running, contract: Contract, explored: Mapping[str, Explored]
) -> None:
    if not isinstance(running, OwnService):
        notes.check("statements", Verdict.DID_NOT_LOOK, "its database is somebody else's")
        return
    notes.progress("counting statements")
    compared = _compared(running, explored)
    growths = [grown for id_, pair in compared.items() for grown in growth(contract.operation(id_), *pair)]
    if compared:
        said = f"as many for many rows as for few: {', '.join(compared)}"
        notes.judge("statements", list(repetitions(subject.name, growths)), said)
    else:
        notes.check("statements", Verdict.DID_NOT_LOOK, "no operation answers with rows, or there are too few")


def _compared(running: OwnService, explored: Mapping[str, Explored]) -> dict[str, tuple[Cost, Cost]]:
    """Each operation as the first caller who may ask it."""
    compared: dict[str, tuple[Cost, Cost] | None] = {}
    with overheard(running.postgres) as look:
        for caller, one in explored.items():
            with asking(running.url, running.callers[caller]) as client:
                for operation_id in one.answered.keys() - compared.keys():
                    compared[operation_id] = costs(client, one.answered[operation_id], look)
    return {operation_id: pair for operation_id, pair in sorted(compared.items()) if pair is not None}


def _note_unasked(notes: Notes, contract: Contract, plan: Plan, explored: Mapping[str, Explored]) -> None:
    unasked = [operation.id for operation in contract.operations if operation.id not in plan.operations]
    refused = {name: why for one in explored.values() for name, why in one.refused.items()}
    if unasked:
        said = ", ".join(f"{name} ({refused[name]})" if name in refused else name for name in unasked)
        notes.check("reach", Verdict.DID_NOT_LOOK, f"no journey or example sends them: {said}")
    else:
        notes.check("reach", Verdict.PASSED, f"all {len(contract.operations)} operations were asked")
