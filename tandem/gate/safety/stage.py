"""Whether something dangerous would ship: every scanner once, all at the same time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from tandem.gate.safety.scanner import Answer, CouldNotLook, Place, Scanner, Sighting
from tandem.gate.safety.scanners import SCANNERS
from tandem.gate.stage import Notes
from tandem.gate.subject import Subject
from tandem.gate.verdict import Finding, Verdict, fingerprint


@dataclass(frozen=True)
class SafetyStage:
    scanners: Sequence[Scanner] = SCANNERS
    name: str = "safety"
    asks: str = "Is something dangerous in the code, the packages, the pipeline or the infrastructure?"

    def run(self, subject: Subject, notes: Notes) -> None:
        notes.stopping_rule = "Each scanner once over everything; one that does not answer in time did not look."
        place = Place(subject.name, subject.project, subject.home.folder / "infra" / subject.name)
        with ExitStack() as opened:
            begun = [(scanner, _begun(scanner, place, opened)) for scanner in self.scanners]
            for scanner, answer in begun:
                notes.progress(scanner.name)
                try:
                    findings = list(_findings(subject, scanner, answer()))
                except CouldNotLook as reason:
                    notes.check(scanner.name, Verdict.DID_NOT_LOOK, str(reason))
                else:
                    notes.judge(scanner.name, findings, f"nothing in {scanner.over}")


def _begun(scanner: Scanner, place: Place, opened: ExitStack) -> Answer:
    try:
        return scanner.begin(place, opened)
    except CouldNotLook as reason:
        told = reason

        def unable() -> Sequence[Sighting]:
            raise told

        return unable


def _findings(subject: Subject, scanner: Scanner, seen: Sequence[Sighting]) -> Iterator[Finding]:
    for one in seen:
        yield Finding(
            fingerprint("safety", scanner.name, one.rule, one.path, one.identity),
            f"{scanner.name} ({one.rule}): {one.said}",
            f"{one.path}:{one.line}" if one.line else one.path,
            fix=one.advice,
            replay=f"tandem gate {subject.name} --stage safety",
        )
