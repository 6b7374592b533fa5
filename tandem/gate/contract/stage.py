"""Whether the contract is good, compatible with what was released, and the one that the service runs with."""

from __future__ import annotations

from datetime import UTC, date, datetime

from tandem.gate.contract import live, written
from tandem.gate.service.own import DoesNotStart
from tandem.gate.stage import Notes
from tandem.gate.subject import Subject
from tandem.gate.verdict import Finding, Verdict, fingerprint
from tandem.local.trouble import Trouble
from tandem.spec.diff.waivers import FILE

_LIVE = ("published", "bound")


class ContractStage:
    name = "contract"
    asks = "Is the contract clean and compatible, and does the service run with it?"

    def __init__(self, today: date | None = None) -> None:
        self._today = today or datetime.now(UTC).date()

    def run(self, subject: Subject, notes: Notes) -> None:
        notes.stopping_rule = "Every check once; a service that is silent for 5 s is trouble."
        notes.progress("linting")
        notes.judge("lint", written.lint(subject), "OpenAPI is valid and every house rule is kept")
        subject.manifest  # noqa: B018 - whatever follows needs it, and what cannot be read is trouble for every stage
        self._compare(subject, notes)
        self._run_it(subject, notes)

    def _compare(self, subject: Subject, notes: Notes) -> None:
        notes.judge("releases", written.releases(subject), "what was released is as it was released")
        notes.progress("comparing with the last release")
        if written.last(subject) is None:
            notes.check("compatible", Verdict.DID_NOT_LOOK, "nothing was released yet, so nobody can be broken")
        else:
            found, said = written.compatible(subject, self._today)
            notes.judge("compatible", found, said)
        if (subject.home.contracts / FILE).exists():
            notes.judge("waivers", written.waivers(subject, self._today), "every waiver holds")
        notes.progress("generating models and peers")
        notes.judge("generated files", written.generated(subject), "models.py and peers.py are fresh")

    def _run_it(self, subject: Subject, notes: Notes) -> None:
        notes.progress("starting the service")
        try:
            running = subject.running()
        except DoesNotStart as error:
            notes.judge("bound", [_not_bound(subject, error)], "")
            notes.check("published", Verdict.DID_NOT_LOOK, "the service does not run")
            return
        except Trouble as error:
            for name in _LIVE:
                notes.check(name, Verdict.TROUBLE, str(error))
            return
        contract = subject.service.contract
        notes.judge("published", live.published(running, contract), "the service shows this contract")
        found = live.bound(running, contract, subject.untested)
        notes.judge("bound", found, f"all {len(contract.operations)} operations are there")


def _not_bound(subject: Subject, error: DoesNotStart) -> Finding:
    return Finding(
        fingerprint("contract", subject.name, "starts"),
        str(error).replace(f"{subject.project}/", ""),
        f"services/{subject.name}",
        fix="Every operation of the contract needs its handler, every revision has to apply; then it starts.",
        replay=f"tandem gate {subject.name} --stage contract",
    )
