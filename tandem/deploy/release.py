"""A release put into a stage, the one before brought back, the one that runs followed or stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from tandem.deploy.away import Away
from tandem.deploy.definition import Definition
from tandem.deploy.documents import Deployment, Revision, last_part
from tandem.deploy.ecs import Ecs
from tandem.deploy.follower import Follower, Time
from tandem.deploy.notices import Told
from tandem.deploy.outcome import Ending, Outcome
from tandem.deploy.target import image_by_digest
from tandem.deploy.watching import Tell
from tandem.local.trouble import Refused

Today = Callable[[], datetime]
# Clocks of laptops are off by seconds.
_SLACK = timedelta(minutes=1)
_MOST_NAMED = 5
_RUN_ON_ONE_SCHEMA = 2


@dataclass
class Releases:
    ecs: Ecs
    time: Time
    tell: Tell
    today: Today = lambda: datetime.now(UTC)

    def deploy(self, image: str) -> Outcome:
        target = self.ecs.target
        image_by_digest(image)
        before = self._free()
        running, newest = self.ecs.definition(before.task_definition), self.ecs.newest()
        same_settings = self.ecs.release(running, image) == self.ecs.release(newest, image)
        if running.image_of(target.service) == image and same_settings:
            return Outcome(Ending.NOTHING_TO_DO, target, f"{target} runs {image} already.")
        release = self.ecs.register(newest, image)
        changed = "" if same_settings else f", with the settings of {newest.name}"
        self.tell(Told(f"Deploying {target}: {image} as {release.name}, in place of {running.name}{changed}."))
        return self._start(release)

    def rollback(self, revision: str | None = None, *, schema_fits: bool = False) -> Outcome:
        """Raises Refused past the release before the latest that was tried, unless somebody knows that it fits."""
        target = self.ecs.target
        now = self._free()
        wanted = self._before(now) if revision is None else self._named(revision)
        definition = self.ecs.definition(wanted.task_definition)
        if wanted.task_definition == now.task_definition:
            return Outcome(Ending.NOTHING_TO_DO, target, f"{target} runs {definition.name} already.")
        if not schema_fits:
            self._check_schema(wanted)
        what = f"revision {last_part(wanted.arn)} ({definition.name}, {definition.image_of(target.service)})"
        self.tell(Told(f"Rolling {target} back to {what}."))
        return self._start(definition)

    def follow(self) -> Outcome:
        running = self._running()
        return Follower(self.ecs, self.time, self.tell).follow(lambda: running.arn)

    def stop(self) -> Outcome:
        running = self._running()
        return Follower(self.ecs, self.time, self.tell).take_back(lambda: running.arn)

    def _start(self, definition: Definition) -> Outcome:
        asked_at = self.today() - _SLACK
        known = {one.arn for one in self.ecs.since(asked_at)}
        begun = partial(self._begun, definition, asked_at, known)
        follower = Follower(self.ecs, self.time, self.tell)
        try:
            self.ecs.start(definition)
        except Away as away:
            raise Away(f"{away} Whether it began all the same, `{self.ecs.target.follow}` tells.") from away
        except KeyboardInterrupt:
            return follower.take_back(begun)
        return follower.follow(begun)

    def _begun(self, definition: Definition, asked_at: datetime, known: set[str]) -> str | None:
        """Ours, and not that of a colleague who was as fast."""
        for one in self.ecs.since(asked_at):
            if one.arn not in known and self.ecs.revision(one.revision).task_definition == definition.arn:
                return one.arn
        return None

    def _free(self) -> Revision:
        """What runs now. Raises Refused while another deployment is on its way."""
        current = self.ecs.current()
        for running in self.ecs.unfinished():
            raise Refused(self._occupied(running))
        return current

    def _occupied(self, running: Deployment) -> str:
        target = self.ecs.target
        minutes = max(0, round((self.today() - running.created_at).total_seconds() / 60))
        revision = self.ecs.revision(running.revision)
        release = self.ecs.definition(revision.task_definition)
        return (
            f"A deployment of {target} is running already: {release.name}, registered by {release.registered_by}, "
            f"started {minutes} min ago. Follow it with `{target.follow}`, or take it back with `{target.stop}`."
        )

    def _running(self) -> Deployment:
        self.ecs.current()
        running = self.ecs.unfinished()
        if not running:
            raise Refused(f"No deployment of {self.ecs.target} is running.")
        return running[0]

    def _before(self, now: Revision) -> Revision:
        """The latest that was deployed before and was something else."""
        for arn in self.ecs.succeeded():
            found = self.ecs.revision(arn)
            if found.task_definition != now.task_definition:
                return found
        raise Refused(f"Nothing but what runs now was ever deployed to {self.ecs.target}; there is no way back.")

    def _check_schema(self, wanted: Revision) -> None:
        """A gate runs the release before on the new schema, and none that is older."""
        latest: list[str] = []
        for arn in self.ecs.tried():
            definition = self.ecs.revision(arn).task_definition
            if definition not in latest:
                latest.append(definition)
            if wanted.task_definition in latest:
                return
            if len(latest) == _RUN_ON_ONE_SCHEMA:
                break
        raise Refused(
            f"Revision {last_part(wanted.arn)} is older than the release before {last_part(latest[0])}, whose "
            "migrations stay. No gate has run it on that schema: deploy a mended release, or say --schema-fits when "
            "you know that it does."
        )

    def _named(self, revision: str) -> Revision:
        known = self.ecs.succeeded()
        for arn in known:
            if revision in {arn, last_part(arn)}:
                return self.ecs.revision(arn)
        some = ", ".join(last_part(arn) for arn in known[:_MOST_NAMED])
        raise Refused(f"{self.ecs.target} never ran a revision {revision}. The latest that it ran: {some or 'none'}.")
