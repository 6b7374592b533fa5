"""One JSON object a line, with the ids of the request in hand and without anything that must not be written down."""

from __future__ import annotations

import io
import logging
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import asyncpg
import pytest
import structlog
from pydantic import BaseModel, ValidationError

from tandem.kit.context import RequestContext, current
from tandem.kit.telemetry import logs
from tests.kit.conftest import lines_of

Lines: TypeAlias = Callable[[], list[dict[str, Any]]]
TRACE = "00-" + "a" * 32 + "-" + "b" * 16 + "-01"


@pytest.fixture
def lines(json_log: io.TextIOWrapper, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """What was written, line by line."""
    monkeypatch.setattr(sys, "stdout", json_log)
    logs.configure("card", "7", "test", frozenset({"name", "token"}))
    return lambda: lines_of(json_log)


@pytest.fixture
def request_in_hand() -> Iterator[RequestContext]:
    context = RequestContext("req-1", TRACE, time.monotonic())
    token = current.set(context)
    yield context
    current.reset(token)


def test_line_says_when_who_and_what(lines: Lines) -> None:
    structlog.get_logger().info("card frozen", card_id="crd_1", amount=5)
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line == {
        "service": "card",
        "version": "7",
        "stage": "test",
        "level": "info",
        "event": "card frozen",
        "card_id": "crd_1",
        "amount": 5,
    }


@pytest.mark.usefixtures("request_in_hand")
def test_line_carries_the_ids_of_its_request(lines: Lines) -> None:
    structlog.get_logger().info("a")
    logging.getLogger("a.library").warning("b %s", 5)
    structlog.get_logger().info("c", request_id="of-another")
    first, second, third = lines()
    assert (first["request_id"], first["trace_id"]) == ("req-1", "a" * 32)
    assert (second["request_id"], second["event"], second["level"]) == ("req-1", "b 5", "warning")
    assert third["request_id"] == "of-another"


def test_libraries_write_through_the_same_writer(lines: Lines) -> None:
    logging.getLogger("uvicorn.error").error("port lost")
    logging.getLogger("asyncio").info("ready")
    logging.getLogger("asyncio").debug("unheard")
    assert [(line["event"], line["level"], line["service"]) for line in lines()] == [
        ("port lost", "error", "card"),
        ("ready", "info", "card"),
    ]


def test_sensitive_values_never_appear(lines: Lines) -> None:
    structlog.get_logger().info(
        "seen", name="Anna", body={"name": "Anna", "people": [{"name": "Anna", "age": 5}]}, token="Anna"
    )
    logging.getLogger("a.library").info("seen", extra={"name_of": "x"})
    first, _ = lines()
    assert "Anna" not in str(first)
    assert (first["name"], first["body"]["people"]) == ("***", [{"name": "***", "age": 5}])


def test_line_break_in_a_value_makes_no_second_line(lines: Lines) -> None:
    structlog.get_logger().info("seen", path='/v1\n{"event": "forged"}')
    assert [line["event"] for line in lines()] == ["seen"]


def test_what_json_does_not_know_is_written_as_text(lines: Lines) -> None:
    structlog.get_logger().info("seen", error=ValueError("bad"), moment=time)
    (line,) = lines()
    assert line["error"] == "bad"


def test_error_has_its_kind_and_traceback(lines: Lines) -> None:
    try:
        raise ZeroDivisionError("by nought")
    except ZeroDivisionError as error:
        structlog.get_logger().error("failed", exc_info=error)
        structlog.get_logger().exception("failed")
        structlog.get_logger().error("failed", exc_info=(type(error), error, error.__traceback__))
        logging.getLogger("a.library").exception("failed")
    for line in lines():
        assert line["error"] == "ZeroDivisionError"
        assert "test_error_has_its_kind_and_traceback" in line["traceback"]
        assert line["traceback"].endswith("ZeroDivisionError: by nought")
        assert "exc_info" not in line


def test_no_error_in_hand_is_no_error(lines: Lines) -> None:
    structlog.get_logger().info("fine", exc_info=True)
    (line,) = lines()
    assert not {"error", "traceback", "exc_info"} & line.keys()


NAME = "Anna Andersson"


class Person(BaseModel):
    age: int


def invalid_person() -> ValidationError:
    with pytest.raises(ValidationError) as refused:
        Person.model_validate({"age": NAME})
    return refused.value


def violation() -> asyncpg.PostgresError:
    error = asyncpg.UniqueViolationError('duplicate key value violates unique constraint "people_pkey"')
    error.detail = "Key (name)=(Anna Andersson) already exists."
    return error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (violation(), 'UniqueViolationError: duplicate key value violates unique constraint "people_pkey"'),
        (asyncpg.DataError(f"invalid input for query argument $1: {NAME!r}"), "invalid input for query argument $1"),
        (asyncpg.InvalidTextRepresentationError(f'invalid input syntax for type integer: "{NAME}"'), "integer"),
        (invalid_person(), "ValidationError: age: int_parsing"),
        (ValueError(f"first line\n{NAME}"), "ValueError: first line"),
        (ValueError(), "ValueError: "),
    ],
)  # fmt: skip
def test_error_does_not_repeat_the_values_of_a_row(lines: Lines, error: Exception, said: str) -> None:
    wrapped = RuntimeError("it failed")
    wrapped.__cause__ = error
    structlog.get_logger().error("failed", exc_info=error)
    structlog.get_logger().error("failed", exc_info=wrapped)
    direct, caused = lines()
    assert direct["traceback"].endswith(said)
    assert caused["traceback"].endswith(said)
    assert "RuntimeError: it failed\ncaused by " in caused["traceback"]
    assert "Anna" not in f"{direct}{caused}"


async def test_row_of_postgresql_never_reaches_the_log(lines: Lines, database: str) -> None:
    connection = await asyncpg.connect(database)
    await connection.execute("CREATE TABLE people (name text PRIMARY KEY, age int CHECK (age > 0))")
    await connection.execute("INSERT INTO people VALUES ('Anna', 5)")
    for statement in (
        "INSERT INTO people VALUES ('Anna', 5)",
        "INSERT INTO people VALUES ('Anna B', 0)",
        "SELECT 'Anna'::int",
    ):
        try:
            await connection.execute(statement)
        except asyncpg.PostgresError as error:
            structlog.get_logger().error("failed", exc_info=error)
    await connection.close()
    written = lines()
    assert [line["error"] for line in written] == [
        "UniqueViolationError",
        "CheckViolationError",
        "InvalidTextRepresentationError",
    ]
    assert "Anna" not in "".join(line["traceback"].rpartition("\n")[2] for line in written)
