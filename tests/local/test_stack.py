"""A start that fails: one reason, and nothing left of what had been started."""

import os
from pathlib import Path

import pytest

from tandem.local.postgres import Server, free_port
from tandem.local.processes import Identity
from tandem.local.stack import Stack
from tandem.local.state import Home
from tandem.local.trouble import Refused, Trouble
from tandem.spec.manifest import load_manifest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / ".tandem", REPOSITORY)
    home.create()
    return home


class Witness(Stack):
    """Notes every process that ever ran."""

    def __init__(self, home: Home) -> None:
        self.seen: dict[int, Identity] = {}
        super().__init__(home, load_manifest(home.contracts), {"gateway": free_port(), "mock": free_port()})

    def _remember(self) -> None:
        for unit in self.units.values():
            if unit.running and (identity := unit.running.identity):
                self.seen[identity.pid] = identity
        super()._remember()


def left(stack: Witness) -> list[Identity]:
    return [identity for identity in stack.seen.values() if identity.alive]


async def test_no_node_is_one_sentence_and_nothing_is_left_running(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(home.folder))
    monkeypatch.setattr("tandem.mock.node._wheel_node", lambda project: None)
    stack = Witness(home)
    with pytest.raises(Refused, match=r"^The mock server needs Node 20 or newer"):
        await stack.up()
    assert left(stack) == []
    assert Server(home.postgres, 0, "", home.logs / "log").pid is None
    assert home.read_state()["processes"] == {}
    assert home.read_state()["supervisor"] is None


async def test_service_that_ends_at_its_start_stops_the_others(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANDEM_RESPONSE_SHARE", "lots")
    stack = Witness(home)
    with pytest.raises(Trouble, match=r"^\w+ did not start: ended with code 1, saying: .*RESPONSE_SHARE"):
        await stack.up()
    assert stack.seen
    assert left(stack) == []
    assert os.listdir(home.logs)
