import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from openfeature import api
from openfeature.event import EventDetails, ProviderEvent

from tandem.kit.auth.caller import Caller
from tandem.kit.flags import FlagdFlags, NullFlags, OncePerMinute, open_flags, write_flags

CUSTOMER = Caller("customer", "anna", "cus_1", frozenset())
SUPPORT = Caller("support", "sven", None, frozenset())


def flag(on: bool, **more: Any) -> dict[str, Any]:
    return {"state": "ENABLED", "variants": {"on": True, "off": False}, "defaultVariant": "on" if on else "off", **more}


def definitions(**flags: Any) -> dict[str, Any]:
    return {"flags": flags}


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[dict[str, Any]], FlagdFlags]]:
    every: list[FlagdFlags] = []

    def open_with(document: dict[str, Any]) -> FlagdFlags:
        write_flags(tmp_path / "flags.json", document)
        every.append(FlagdFlags(tmp_path / "flags.json"))
        return every[-1]

    yield open_with
    for flags in every:
        flags.close()


class Changes:
    """Waits for the provider to say that it has read the file again."""

    def __init__(self, path: Path, event: ProviderEvent = ProviderEvent.PROVIDER_CONFIGURATION_CHANGED) -> None:
        self._seen = threading.Event()
        api.get_client(str(path)).add_handler(event, self._handle)

    def _handle(self, details: EventDetails) -> None:
        self._seen.set()

    def wait(self) -> None:
        assert self._seen.wait(5), "the change was not seen"


def test_null_flags_are_the_default_of_the_code() -> None:
    flags = open_flags(None)
    assert isinstance(flags, NullFlags)
    assert flags.on("new-overview") is False
    assert flags.on("new-overview", default=True, caller=CUSTOMER) is True
    flags.close()


def test_flags_are_on_or_off_as_the_file_says(opened: Callable[[dict[str, Any]], FlagdFlags]) -> None:
    flags = opened(definitions(one=flag(True), two=flag(False)))
    assert flags.on("one") is True
    assert flags.on("two", default=True) is False


def test_what_cannot_be_decided_is_the_default(opened: Callable[[dict[str, Any]], FlagdFlags]) -> None:
    flags = opened(
        definitions(
            disabled=flag(True) | {"state": "DISABLED"},
            text={"state": "ENABLED", "variants": {"a": "x"}, "defaultVariant": "a"},
            undecided={"state": "ENABLED", "variants": {"on": True}},
        )
    )
    for name in ("unknown", "disabled", "text", "undecided"):
        assert flags.on(name) is False
        assert flags.on(name, default=True) is True


def test_a_flag_can_be_for_one_customer_or_one_kind(opened: Callable[[dict[str, Any]], FlagdFlags]) -> None:
    by_customer = {"if": [{"==": [{"var": "targetingKey"}, "cus_1"]}, "on", "off"]}
    by_kind = {"if": [{"==": [{"var": "kind"}, "support"]}, "on", "off"]}
    flags = opened(definitions(a=flag(False, targeting=by_customer), b=flag(False, targeting=by_kind)))
    assert [flags.on("a", caller=caller) for caller in (CUSTOMER, SUPPORT, None)] == [True, False, False]
    assert [flags.on("b", caller=caller) for caller in (CUSTOMER, SUPPORT, None)] == [False, True, False]


def test_a_change_of_the_file_is_seen(tmp_path: Path, opened: Callable[[dict[str, Any]], FlagdFlags]) -> None:
    flags = opened(definitions(one=flag(True)))
    changes = Changes(tmp_path / "flags.json")
    write_flags(tmp_path / "flags.json", definitions(one=flag(False)))
    changes.wait()
    assert flags.on("one", default=True) is False


def test_a_broken_file_leaves_the_last_flags_and_recovers(
    tmp_path: Path, opened: Callable[[dict[str, Any]], FlagdFlags]
) -> None:
    path = tmp_path / "flags.json"
    flags = opened(definitions(one=flag(True)))
    trouble = Changes(path, ProviderEvent.PROVIDER_ERROR)
    later = path.stat().st_mtime + 5
    path.write_text("{")
    os.utime(path, (later, later))
    trouble.wait()
    assert flags.on("one") is True
    recovered = Changes(path)
    write_flags(path, definitions(one=flag(False)))
    recovered.wait()
    assert flags.on("one", default=True) is False


@pytest.mark.parametrize("content", [None, "{", '{"flags": 7}'])
def test_an_unreadable_file_at_the_start_means_defaults_until_it_is_mended(
    tmp_path: Path, content: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "flags.json"
    if content is not None:
        path.write_text(content)
    flags = open_flags(path)
    try:
        assert flags.on("one", default=True) is True
        assert flags.on("one") is False
        assert "defaults are used" in caplog.text
        mended = Changes(path)
        write_flags(path, definitions(one=flag(True)))
        mended.wait()
        assert flags.on("one") is True
    finally:
        flags.close()


def test_a_closed_set_of_flags_is_the_default(opened: Callable[[dict[str, Any]], FlagdFlags]) -> None:
    flags = opened(definitions(one=flag(True)))
    flags.close()
    assert flags.on("one") is False


def test_a_rewritten_file_is_always_younger(tmp_path: Path) -> None:
    path = tmp_path / "flags.json"
    write_flags(path, definitions())
    os.utime(path, (4_000_000_000, 4_000_000_000))
    write_flags(path, definitions(one=flag(True)))
    assert path.stat().st_mtime > 4_000_000_000
    assert list(tmp_path.iterdir()) == [path]


def test_a_repeated_complaint_is_logged_once_a_minute() -> None:
    time = [0.0]
    complaints = OncePerMinute(now=lambda: time[0])
    broken, other, quiet = (
        logging.LogRecord("name", level, "file", 1, message, None, None)
        for level, message in ((logging.ERROR, "broken"), (logging.ERROR, "other"), (logging.DEBUG, "looking"))
    )
    assert [complaints.filter(record) for record in (broken, broken, other, quiet, quiet)] == [
        True, False, True, True, True,
    ]  # fmt: skip
    time[0] = 60.0
    assert complaints.filter(broken) is True


def test_without_flags_nothing_heavy_is_imported() -> None:
    program = (
        "import sys; from tandem.kit.flags import open_flags; import tandem.kit.objects; open_flags(None); "
        "sys.exit(', '.join({'grpc', 'openfeature', 'boto3', 'botocore'} & set(sys.modules)) or 0)"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
