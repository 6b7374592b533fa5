"""Follows a deployment to its end; takes it back where it is hopeless, or where somebody says so with Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from tandem.deploy.away import Away, Overtaken
from tandem.deploy.course import SCALING, Course, course_of
from tandem.deploy.documents import Seen, last_part
from tandem.deploy.ecs import Ecs
from tandem.deploy.notices import Failing, Told
from tandem.deploy.outcome import Ending, Outcome
from tandem.deploy.reasons import Reason, is_hopeless, why
from tandem.deploy.watching import Tell, Watch
from tandem.local.trouble import Trouble

# A task of ours is ready within a minute of its pull; ten are ECS's own retries, too.
_SCALING_SECONDS = 600.0
_RESTORING_SECONDS = 1200.0
_AWAY_SECONDS = 300.0
_BEGINNING_SECONDS = 120.0
Find = Callable[[], str | None]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Time:
    """The clock and the waiting, so that tests need neither."""

    now: Callable[[], float]
    wait: Callable[[float], None]
    every_seconds: float = 5.0


@dataclass
class Follower:
    ecs: Ecs
    time: Time
    tell: Tell

    def follow(self, find: Find) -> Outcome:
        """To its end. Ctrl-C takes it back; a second one leaves at once."""
        journey = _Journey(self.ecs, self.time, self.tell)
        try:
            journey.find(find)
            return journey.to_the_end()
        except KeyboardInterrupt:
            return self._taking_back(journey, find)

    def take_back(self, find: Find) -> Outcome:
        """At once, as Ctrl-C would while following."""
        return self._taking_back(_Journey(self.ecs, self.time, self.tell), find)

    def _taking_back(self, journey: _Journey, find: Find) -> Outcome:
        target = self.ecs.target
        try:
            self.tell(Told(f"Taking {target} back to what ran before; Ctrl-C again leaves without waiting for it."))
            journey.find(find)
            journey.take_back()
            return journey.to_the_end()
        except KeyboardInterrupt:
            going = "ECS goes on with it" if journey.stopping else "the deployment goes on in ECS, nobody stopped it"
            said = f"Left {target}: {going}. Follow it with `{target.follow}`; `{target.stop}` takes it back."
            return Outcome(Ending.LEFT, target, said)


class _Journey:
    def __init__(self, ecs: Ecs, time: Time, tell: Tell) -> None:
        self._ecs, self._time, self._tell = ecs, time, tell
        self._watch: Watch | None = None
        self._reason: Reason | None = None
        self._scaling_since: float | None = None
        self._back_since: float | None = None
        self.stopping = False
        self._asked = False

    def find(self, find: Find) -> None:
        """ECS names the deployment some seconds after it was asked for."""
        since = self._time.now()
        while self._watch is None:
            arn = self._patiently(find)
            if arn:
                self._watch = Watch(self._ecs, arn, self._tell)
            elif self._time.now() - since > _BEGINNING_SECONDS:
                raise Trouble(self._goes_on("ECS was asked for a deployment and showed none within two minutes."))
            else:
                self._time.wait(self._time.every_seconds)

    def take_back(self) -> None:
        self._asked = True
        self._stop()

    def to_the_end(self) -> Outcome:
        assert self._watch is not None
        while True:
            seen = self._patiently(self._watch.look)
            outcome = self._judge(seen)
            if outcome is not None:
                return outcome
            self._time.wait(self._time.every_seconds)

    def _judge(self, seen: Seen) -> Outcome | None:
        match course_of(seen.deployment):
            case Course.RUNNING:
                self._give_up_if_hopeless(seen)
                return None
            case Course.GOING_BACK:
                return self._going_back(seen)
            case Course.DONE:
                return Outcome(Ending.DONE, self._ecs.target, f"{self._ecs.target} runs the release.", seen)
            case Course.BACK:
                return self._ended(seen, restored=True)
        return self._ended(seen, restored=False if seen.deployment.status == "ROLLBACK_FAILED" else None)

    def _give_up_if_hopeless(self, seen: Seen) -> None:
        if self.stopping:
            return
        if seen.deployment.stage != SCALING or seen.deployment.waiting_hooks:
            self._scaling_since = None
        elif self._scaling_since is None:
            self._scaling_since = self._time.now()
        reason = why(seen)
        late = self._scaling_since is not None and self._time.now() - self._scaling_since > _SCALING_SECONDS
        if late or is_hopeless(seen, reason):
            self._fail(reason or _late(seen))
            self._tell(Told("Not waiting for ECS to see it: taking it back to what ran before."))
            self._stop()

    def _going_back(self, seen: Seen) -> Outcome | None:
        if self._back_since is None:
            self._back_since = self._time.now()
        self._fail_as_seen(seen)
        if self._time.now() - self._back_since > _RESTORING_SECONDS:
            said = f"ECS is still taking {self._ecs.target} back after {_RESTORING_SECONDS / 60:.0f} minutes."
            follow = f"Follow it with `{self._ecs.target.follow}`."
            return Outcome(Ending.FAILED, self._ecs.target, self._with_reason(f"{said} {follow}"), seen, self._reason)
        return None

    def _ended(self, seen: Seen, *, restored: bool | None) -> Outcome:
        self._fail_as_seen(seen)
        target, before = self._ecs.target, last_part(seen.deployment.back_to or seen.deployment.before or "")
        was = f" (revision {before})" if before else ""
        look = f"look at {target.name} in ECS, then `tandem rollback {target.service} --to {target.stage}`."
        said = {
            True: f"What ran before{was} runs again.",
            False: f"ECS could not bring back what ran before{was}: {look}",
            None: f"The deployment was stopped where it stood, and nothing brought back: {look}",
        }[restored]
        if self._asked and self._reason is None:
            return Outcome(Ending.TAKEN_BACK, target, f"{target} was taken back. {said}", seen, None, restored)
        text = self._with_reason(f"{target} was not deployed. {said}")
        return Outcome(Ending.FAILED, target, text, seen, self._reason, restored)

    def _fail_as_seen(self, seen: Seen) -> None:
        if self._reason is None and not self._asked:
            self._fail(why(seen) or _late(seen))

    def _fail(self, reason: Reason) -> None:
        self._reason = reason
        self._tell(Failing(reason))

    def _with_reason(self, said: str) -> str:
        return f"{self._reason} {said}" if self._reason else said

    def _stop(self) -> None:
        assert self._watch is not None
        self.stopping = True
        arn = self._watch.arn
        # Whoever was faster, ECS or a colleague, is seen at the next look.
        if course_of(self._patiently(lambda: self._ecs.deployment(arn))) is Course.RUNNING:
            with suppress(Overtaken):
                self._patiently(lambda: self._ecs.stop(arn))

    def _patiently(self, ask: Callable[[], Answer]) -> Answer:
        """An answer, however often it takes; after some minutes without one, Trouble."""
        since = self._time.now()
        told = False
        while True:
            try:
                return ask()
            except Away as away:
                if self._time.now() - since > _AWAY_SECONDS:
                    raise Trouble(self._goes_on(str(away))) from away
                if not told:
                    self._tell(Told(f"{away} Asking again."))
                    told = True
            except Trouble as trouble:
                raise type(trouble)(self._goes_on(str(trouble))) from trouble
            self._time.wait(self._time.every_seconds)

    def _goes_on(self, said: str) -> str:
        return f"{said} What was started goes on in ECS: see `{self._ecs.target.follow}`."


def _late(seen: Seen) -> Reason:
    deployment = seen.deployment
    return Reason(
        "The release does not come up",
        f"{deployment.running} of {deployment.wanted} tasks ran and AWS said no reason",
        "Look at the events of the service in ECS.",
    )
