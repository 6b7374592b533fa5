"""The migrations of a release, run by themselves: one task of its image, with rights and network of the service."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from tandem.deploy.away import Away
from tandem.deploy.definition import Definition
from tandem.deploy.documents import StoppedTask, last_part
from tandem.deploy.ecs import Ecs
from tandem.deploy.follower import Time
from tandem.deploy.notices import TaskStopped, Told
from tandem.deploy.outcome import Ending, Outcome
from tandem.deploy.target import image_by_digest
from tandem.deploy.watching import Tell
from tandem.local.trouble import Trouble

# A backfill takes a quarter of an hour at most, and a task some minutes to come.
_SECONDS = 1800.0


@dataclass
class Migration:
    ecs: Ecs
    time: Time
    tell: Tell

    def run(self, image: str | None = None) -> Outcome:
        """Those of `image`, or of what runs. Ctrl-C leaves the task to its end: a half migration helps nobody."""
        target = self.ecs.target
        definition = self._definition(image)
        self.tell(Told(f"Migrating {target} with {definition.image_of(target.service)}."))
        task = self.ecs.run_once(definition, ["migrate", target.service])
        look = f"`aws ecs describe-tasks --cluster {target.cluster} --tasks {last_part(task)}` tells how it ends."
        try:
            ended = self._wait(task)
        except KeyboardInterrupt:
            return Outcome(Ending.LEFT, target, f"Left the migration of {target}, which goes on: {look}")
        if ended is None:
            return Outcome(
                Ending.LEFT, target, f"The migration of {target} goes on after {_SECONDS / 60:.0f} min: {look}"
            )
        return self._judge(definition, ended)

    def _definition(self, image: str | None) -> Definition:
        if image is not None:
            image_by_digest(image)
        now = self.ecs.definition(self.ecs.current().task_definition)
        if image is None or now.image_of(self.ecs.target.service) == image:
            return now
        return self.ecs.register(self.ecs.newest(), image)

    def _wait(self, task: str) -> StoppedTask | None:
        since = self.time.now()
        while self.time.now() - since <= _SECONDS:
            # A look that AWS did not answer is one look less, and the task goes on meanwhile.
            with suppress(Away):
                ended = self.ecs.ended(task)
                if ended is not None:
                    return ended
            self.time.wait(self.time.every_seconds)
        return None

    def _judge(self, definition: Definition, ended: StoppedTask) -> Outcome:
        target = self.ecs.target
        log = self._log(definition, ended)
        self.tell(TaskStopped(ended, log))
        code = next((one.exit_code for one in ended.containers if one.name == target.service), None)
        if code == 0:
            return Outcome(Ending.DONE, target, f"{target} has the schema of {definition.image_of(target.service)}.")
        why = log[-1] if log else ended.all_said or "nobody says why"
        said = f"The migration of {target} failed with exit code {code}: {why.rstrip('.')}. What runs was not touched."
        return Outcome(Ending.FAILED, target, said)

    def _log(self, definition: Definition, ended: StoppedTask) -> tuple[str, ...]:
        """Empty where it may not be read, or the task never came as far as to write one."""
        try:
            return self.ecs.log(definition, self.ecs.target.service, ended.id)
        except Trouble:
            return ()
