"""All that is known of a deployment, put together look by look. ECS forgets stopped tasks; this does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from tandem.deploy.away import Away
from tandem.deploy.course import Course, course_of
from tandem.deploy.definition import Definition
from tandem.deploy.documents import Deployment, Revision, Seen, StoppedTask, Unhealthy
from tandem.deploy.ecs import Ecs
from tandem.deploy.notices import Moved, Notice, TaskStopped, Told
from tandem.local.trouble import Trouble

Tell = Callable[[Notice], None]
Asked = TypeVar("Asked")


@dataclass
class Watch:
    ecs: Ecs
    arn: str
    tell: Tell
    _stopped: dict[str, StoppedTask] = field(default_factory=dict)
    _unhealthy: tuple[Unhealthy, ...] = ()
    _log: tuple[str, ...] = ()
    _moved: str = ""
    _kept_out: set[str] = field(default_factory=set)
    _release: tuple[Revision, Definition] | None = None

    def look(self) -> Seen:
        """Raises Away, Trouble or Refused as the adapter does."""
        deployment = self.ecs.deployment(self.arn)
        self._show(deployment)
        if course_of(deployment) is Course.DONE or not deployment.revision:
            return Seen(deployment, tuple(self._stopped.values()), log=self._log)
        revision, definition = self._of_release(deployment)
        self._take_stopped(self.ecs.stopped_tasks(definition.arn, deployment.created_at), definition)
        if deployment.failed_hooks:
            self._take_stopped(self.ecs.failed_steps(definition, deployment.created_at), definition)
        if course_of(deployment) is Course.RUNNING:
            self._unhealthy = self._allowed("the load balancer", partial(self.ecs.unhealthy, revision.target_groups))
        events = self.ecs.events_since(deployment.created_at)
        return Seen(deployment, tuple(self._stopped.values()), self._unhealthy, events, self._log)

    def _of_release(self, deployment: Deployment) -> tuple[Revision, Definition]:
        if self._release is None:
            revision = self.ecs.revision(deployment.revision)
            self._release = revision, self.ecs.definition(revision.task_definition)
        return self._release

    def _show(self, deployment: Deployment) -> None:
        moved = f"{deployment.status} {deployment.stage} {deployment.running} {deployment.traffic}"
        if moved != self._moved:
            self._moved = moved
            self.tell(Moved(deployment))

    def _take_stopped(self, tasks: tuple[StoppedTask, ...], definition: Definition) -> None:
        for task in tasks:
            if task.id in self._stopped:
                continue
            self._stopped[task.id] = task
            log = self._allowed("the logs", partial(self.ecs.log, definition, self.ecs.target.service, task.id))
            self._log = log or self._log
            self.tell(TaskStopped(task, log))

    def _allowed(self, what: str, ask: Callable[[], tuple[Asked, ...]]) -> tuple[Asked, ...]:
        """Who may not see these, or finds none, goes on without."""
        try:
            return ask()
        except Away:
            return ()
        except Trouble as trouble:
            if what not in self._kept_out:
                self._kept_out.add(what)
                self.tell(Told(f"Without {what}: {trouble}"))
            return ()
