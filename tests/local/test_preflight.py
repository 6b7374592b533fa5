"""Bad days before anything is started: one sentence each, with what to do."""

import os
import shutil
import socket
from pathlib import Path

import pytest

from tandem.local import preflight
from tandem.local.preflight import check_disk, check_owner, check_port, check_python, chosen_port
from tandem.local.trouble import Refused


def test_old_python_is_refused_with_how_to_name_another() -> None:
    with pytest.raises(Refused, match=r"Python 3\.9\.2 is too old: Tandem needs 3\.11.*make up PYTHON="):
        check_python((3, 9, 2))
    check_python()


def test_folder_of_another_user_is_refused_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 54_321)
    with pytest.raises(Refused, match=r"belongs to \S+ and you are user \d+\. Run this as .*TANDEM_HOME="):
        check_owner(tmp_path)


def test_own_folder_and_a_new_one_are_fine(tmp_path: Path) -> None:
    check_owner(tmp_path)
    check_owner(tmp_path / "new")


def test_nearly_full_disk_is_refused_with_figures(tmp_path: Path) -> None:
    far_more = shutil.disk_usage(tmp_path).total // 1_000_000
    with pytest.raises(Refused, match=r"nearly full: \d+ MB are free at .* needs \d+ MB\. Free some space"):
        check_disk(tmp_path / "not" / "yet", far_more)
    check_disk(tmp_path, 0)


def test_taken_port_is_refused_by_pid_with_another_to_choose() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        expected = rf"Port {port} \(gateway\) is taken by process {os.getpid()} .*TANDEM_GATEWAY_PORT=\d+"
        with pytest.raises(Refused, match=expected):
            check_port("gateway", port)
    check_port("gateway", port)


@pytest.mark.parametrize("text", ["http", "0", "65536", "-1", "8080.5", "٣"])
def test_port_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused, match=r"TANDEM_MOCK_PORT is .* a port is a number from 1 to 65535"):
        chosen_port("mock", 4010, {"TANDEM_MOCK_PORT": text})


def test_chosen_port_comes_from_the_environment() -> None:
    assert chosen_port("gateway", 8080, {}) == 8080
    assert chosen_port("gateway", 8080, {"TANDEM_GATEWAY_PORT": "9000"}) == 9000


def test_suggested_port_stays_a_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "is_free", lambda port: False)
    with pytest.raises(Refused, match="TANDEM_MOCK_PORT=64535"):
        check_port("mock", 65_535)
