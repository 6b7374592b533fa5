"""Ports: free ones are found, kept from run to run, and a taken one says by whom."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tandem.local import ports
from tandem.local.ports import PortBook, holder, is_free
from tandem.local.trouble import Refused


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening


def test_port_in_use_is_not_free_and_its_holder_is_named(listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    assert not is_free(port)
    assert f"process {os.getpid()} (" in holder(port)


def test_holder_that_cannot_be_seen_is_another_process(
    listener: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(kind: str) -> None:
        raise psutil.AccessDenied

    monkeypatch.setattr(psutil, "net_connections", denied)
    assert holder(listener.getsockname()[1]) == "another process"


def test_holder_of_a_free_port_is_unknown() -> None:
    assert holder(1) == "another process"


def test_remembered_port_is_used_again(tmp_path: Path) -> None:
    first = PortBook(tmp_path, {})
    port = first.port("account")
    assert first.port("account") == port
    assert PortBook(tmp_path, first.given).port("account") == port


def test_remembered_port_that_is_taken_now_is_replaced(tmp_path: Path, listener: socket.socket) -> None:
    taken = listener.getsockname()[1]
    assert PortBook(tmp_path, {"account": taken}).port("account") != taken


def test_names_of_one_checkout_never_share_a_port(tmp_path: Path) -> None:
    book = PortBook(tmp_path, {"a": 20_001, "b": 20_001})
    assert len({book.port(name) for name in ("a", "b", "c", "d")}) == 4


def test_released_port_is_forgotten(tmp_path: Path) -> None:
    book = PortBook(tmp_path, {})
    book.port("account@2")
    book.release("account@2")
    assert book.given == {}


def test_no_free_port_is_refused_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_COUNT", 3)
    monkeypatch.setattr(ports, "is_free", lambda port: False)
    with pytest.raises(Refused, match="Stop something"):
        PortBook(tmp_path, {}).port("account")
