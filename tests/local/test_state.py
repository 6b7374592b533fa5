"""The state folder: found, locked, and written so that nobody reads half of it."""

import json
import os
from pathlib import Path

import pytest

from tandem.local.state import AlreadyRunning, Home, Secrets, write_atomically
from tandem.local.trouble import Refused


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "manifest.yaml").write_text("services: {}\n")
    home = Home.find({}, tmp_path)
    home.create()
    return home


def test_home_is_found_from_below(home: Home) -> None:
    below = home.project / "contracts"
    assert Home.find({}, below).folder == home.project / ".tandem"


def test_home_can_be_chosen(home: Home, tmp_path: Path) -> None:
    assert Home.find({"TANDEM_HOME": str(tmp_path / "elsewhere")}, home.project).folder == tmp_path / "elsewhere"


def test_outside_a_project_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"no Tandem project in .* Run this inside a checkout"):
        Home.find({}, tmp_path)


def test_second_runtime_is_refused_while_the_first_holds_the_folder(home: Home) -> None:
    with home.locked():
        with pytest.raises(AlreadyRunning, match=r"already runs .* `tandem down` stops it"), home.locked():
            pass
    with home.locked():
        pass


def test_damaged_state_is_kept_aside_and_forgotten(home: Home) -> None:
    (home.folder / "state.json").write_text('{"ports": {"acc')
    assert home.read_state() == {}
    assert (home.folder / "state.damaged.json").read_text() == '{"ports": {"acc'
    home.write_state({"ports": {"account": 20001}})
    assert home.read_state() == {"ports": {"account": 20001}}


def test_state_of_another_kind_is_forgotten(home: Home) -> None:
    (home.folder / "state.json").write_text("[1]")
    assert home.read_state() == {}


def test_failed_write_leaves_the_old_file_and_no_draft(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write_state({"ports": {"account": 1}})
    target = home.folder / "folder"
    target.mkdir()
    with pytest.raises(OSError, match="irectory"):
        write_atomically(target, "text")
    assert [file.name for file in home.folder.iterdir() if file.name.startswith(".folder")] == []


def test_secrets_are_random_kept_and_private(home: Home) -> None:
    first = Secrets(home).password("account")
    assert len(first) >= 24
    assert Secrets(home).password("account") == first
    assert Secrets(home).password("card") != first
    assert (home.folder / "secrets.json").stat().st_mode & 0o777 == 0o600
    assert Secrets(home).knows("card")
    assert not Secrets(home).knows("invoice")


def test_damaged_secrets_are_refused_with_what_to_do(home: Home) -> None:
    (home.folder / "secrets.json").write_text("{")
    with pytest.raises(Refused, match=r"damaged\. `tandem reset` starts with fresh data"):
        Secrets(home)


def test_flags_are_made_once_and_then_left_alone(home: Home) -> None:
    assert json.loads(home.flags.read_text()) == {"flags": {}}
    home.flags.write_text('{"flags": {"new": {}}}')
    home.create()
    assert "new" in home.flags.read_text()


def test_control_socket_of_a_long_path_is_short_enough_for_the_kernel(tmp_path: Path) -> None:
    deep = Home(tmp_path / ("x" * 120), tmp_path)
    assert len(os.fsencode(deep.control_socket)) < 104
    assert deep.control_socket != Home(tmp_path / ("y" * 120), tmp_path).control_socket
    assert Home(Path("/short"), tmp_path).control_socket == Path("/short/control.sock")
