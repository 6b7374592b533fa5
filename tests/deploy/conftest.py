from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tandem.deploy.ecs import Ecs
from tandem.deploy.follower import Time
from tandem.deploy.notices import Notice
from tandem.deploy.release import Releases
from tandem.deploy.target import Target
from tandem.kit.aws.clients import Cloud
from tests.deploy.fake_ecs import REGION, FakeEcs
from tests.deploy.wire import Wire, served

_CLIENTS: dict[str, Any] = {}


@pytest.fixture(scope="session")
def door() -> Iterator[Wire]:
    with served() as wire:
        yield wire


@pytest.fixture
def wire(door: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Wire]:
    """A fake of this test's own, and credentials for it; botocore does not sleep before it asks again."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _seconds: None))
    door.fake = FakeEcs()
    yield door
    assert door.lies == []


@pytest.fixture
def fake(wire: Wire) -> FakeEcs:
    return wire.fake


@dataclass
class Stage:
    """A stage on the fake. Ctrl-C comes when so many seconds have passed."""

    fake: FakeEcs
    url: str
    interrupts: list[float] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.began = self.fake.now

    @property
    def seconds(self) -> float:
        return (self.fake.now - self.began).total_seconds()

    def wait(self, seconds: float) -> None:
        self.fake.advance(seconds)
        if self.interrupts and self.seconds >= self.interrupts[0]:
            del self.interrupts[0]
            raise KeyboardInterrupt

    def releases(self, service: str = "card", stage: str = "uat", url: str | None = None) -> Releases:
        # Making a client takes longer than all that is asked of it.
        clients = {} if url else _CLIENTS
        ecs = Ecs(Cloud(REGION, url or self.url), Target(service, stage, REGION), clients)
        time = Time(now=lambda: self.seconds, wait=self.wait, every_seconds=10)
        return Releases(ecs, time, self.notices.append, today=lambda: self.fake.now)

    @property
    def told(self) -> str:
        return "\n".join(str(one) for one in self.notices)


@pytest.fixture
def stage(wire: Wire, fake: FakeEcs) -> Stage:
    return Stage(fake, wire.url)
