"""The Locust process: `python -m tandem.gate.load.driving PLAN RESULT`."""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tandem.gate.load import plan as plans
from tandem.gate.load.plan import Plan, Step, Walk
from tandem.gate.load.walking import Known, NothingToSend, request

if TYPE_CHECKING:
    from locust import FastHttpUser
    from locust.contrib.fasthttp import FastHttpSession

_PATIENCE_SECONDS = 10.0
_LOOK_SECONDS = 0.02


class Work:
    """What is left to do, when the next request is due, and what was seen."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.began = time.perf_counter()
        self.rows: list[tuple[float, str, int, float, int]] = []
        self._left = deque(plan.in_order())
        self._walks = 0
        self._name = uuid4().hex
        self._due = self.began

    def next_walk(self) -> tuple[int, Walk, Known] | None:
        """Those that run at the same time start with different things where there are several."""
        if not self._left:
            return None
        nth, walk = self._left.popleft()
        self._walks += 1
        seeds = self.plan.seeds.get(walk.caller) or [{}]
        return nth, walk, Known(dict(seeds[self._walks % len(seeds)]), self._walks, f"{self._name}-{self._walks}")

    def wait_seconds(self) -> float:
        """Takes the next free moment; requests are spread evenly over each second."""
        now = time.perf_counter()
        self._due = max(self._due + 1 / self.plan.per_second, now)
        return self._due - now

    def record(self, operation: str, nth: int, milliseconds: float, status: int) -> None:
        self.rows.append((time.perf_counter() - self.began, operation, nth, milliseconds, status))


def drive(plan: Plan) -> dict[str, Any]:
    """Until everything was sent or the time is up. Locust is imported here: importing it changes the process."""
    import gevent
    from locust.env import Environment

    work = Work(plan)
    environment = Environment(user_classes=[_callers(work)])
    environment.events.request.add_listener(_recorder(work))  # type: ignore[no-untyped-call]
    runner = environment.create_local_runner()
    runner.start(plan.callers, spawn_rate=plan.callers)
    give_up = time.perf_counter() + plan.seconds
    if runner.spawning_greenlet is not None:
        runner.spawning_greenlet.join()
    while runner.user_count and time.perf_counter() < give_up:
        gevent.sleep(_LOOK_SECONDS)
    finished = not runner.user_count
    runner.quit()
    return {"finished": finished, "samples": work.rows}


def _callers(work: Work) -> type[FastHttpUser]:
    import gevent
    from locust import FastHttpUser, task
    from locust.exception import StopUser

    class Caller(FastHttpUser):
        host = work.plan.url
        network_timeout = connection_timeout = _PATIENCE_SECONDS
        max_retries = 0

        @task
        def walk(self) -> None:
            found = work.next_walk()
            if found is None:
                raise StopUser
            nth, walk, known = found
            for step in walk.steps:
                gevent.sleep(work.wait_seconds())
                if not _goes_on(self.client, work.plan, walk.caller, step, known, nth):
                    return

        def on_stop(self) -> None:
            self.client.client.close()

    return Caller


def _goes_on(client: FastHttpSession, plan: Plan, caller: str, step: Step, known: Known, nth: int) -> bool:
    context = {"operation": step.operation, "round": nth}
    try:
        sent = request(plan, caller, step, known)
        answer = client.request(
            sent.method, sent.url, name=step.operation, headers=sent.headers, data=sent.body, context=context
        )
        if not 200 <= (answer.status_code or 0) < 400:
            return step.rarely
        known.learn(step, _lower(answer.headers), answer.text or "")
    except NothingToSend:
        return False
    return True


def _lower(headers: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in (headers or {}).items()}


def _recorder(work: Work) -> Any:
    def record(response_time: float, response: Any, context: dict[str, Any], **_: Any) -> None:
        work.record(context["operation"], context["round"], response_time, response.status_code or 0)

    return record


def main(arguments: list[str]) -> None:
    written, result = map(Path, arguments)
    plan = plans.read(json.loads(written.read_text("utf-8")))
    result.write_text(json.dumps(drive(plan)), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
