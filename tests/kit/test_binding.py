"""A service whose contract and handlers disagree does not start, and says what to do about it."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TypeAlias

import orjson
import pytest

from tandem.kit.binding import bind, functions_of
from tandem.kit.contract import Contract, ContractError, load_contract
from tandem.kit.events.catalogue import EventType
from tests.kit.loan.models import LoanChange, LoanOpened

Handlers: TypeAlias = Callable[[str], ModuleType]
HEARD = [EventType("loan.opened", "A loan was opened.", "loan", "loan_id", ("card",), {})]
GET = "async def get_loan(call, loan_id, limit): ...\n"
CHANGE = "async def change_loan(call, loan_id, body: LoanChange): ...\n"
HEAR = "async def on_loan_opened(call, event: LoanOpened): ...\n"
IMPORTS = "from tests.kit.loan.models import LoanChange, LoanOpened\nfrom json import dumps\n"


@pytest.fixture
def contract(tmp_path: Path) -> Contract:
    loan_id = {"name": "loan_id", "in": "path", "required": True, "schema": {"type": "string"}}
    limit = {"name": "limit", "in": "query", "schema": {"type": "integer"}}
    header = {"name": "If-Match", "in": "header", "schema": {"type": "string"}}
    done = {"204": {"description": "Done."}}
    body = {"content": {"application/json": {"schema": {"type": "object"}}}}
    item = {
        "parameters": [loan_id],
        "get": {"operationId": "getLoan", "parameters": [limit], "responses": done},
        "patch": {"operationId": "changeLoan", "parameters": [header], "requestBody": body, "responses": done},
    }
    path = tmp_path / "openapi.yaml"
    path.write_bytes(orjson.dumps({"paths": {"/loans/{loan_id}": item}}, option=orjson.OPT_INDENT_2))
    return load_contract(path)


@pytest.fixture
def handlers(tmp_path: Path) -> Handlers:
    def handlers(source: str) -> ModuleType:
        path = tmp_path / "handlers.py"
        path.write_text(IMPORTS + source)
        spec = importlib.util.spec_from_file_location("services.loan.handlers", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return handlers


def test_handlers_are_found_by_operation_and_by_event(contract: Contract, handlers: Handlers) -> None:
    bound = bind(contract, HEARD, handlers(GET + CHANGE + HEAR + "def _own(): ...\nNUMBER = 5\n"))
    assert {name: (function.__name__, model) for name, (function, model) in bound.operations.items()} == {
        "getLoan": ("get_loan", None),
        "changeLoan": ("change_loan", LoanChange),
    }
    assert {name: (function.__name__, model) for name, (function, model) in bound.events.items()} == {
        "loan.opened": ("on_loan_opened", LoanOpened)
    }


def test_body_that_may_be_missing_still_has_a_model(contract: Contract, handlers: Handlers) -> None:
    bound = bind(contract, [], handlers(GET + CHANGE.replace("LoanChange", "LoanChange | None")))
    assert bound.operations["changeLoan"][1] is LoanChange


def test_what_a_module_imports_is_not_its_own(handlers: Handlers) -> None:
    assert list(functions_of(handlers(GET))) == ["get_loan"]


@pytest.mark.parametrize(
    ("source", "operation", "reason"),
    [
        (CHANGE, "getLoan", "no handler for getLoan: write `async def get_loan(call, …)` in services/loan/handlers.py"),
        (GET.replace("async ", "") + CHANGE, "getLoan", "services/loan/handlers.py:3: get_loan must be `async def`"),
        (GET.replace(", limit", "") + CHANGE, "getLoan", "get_loan does not take `call` and what the contract sends"),
        (GET.replace("limit", "most") + CHANGE, "getLoan", "missing limit; left over most"),
        (GET.replace("call, loan_id, limit", "") + CHANGE, "getLoan", "missing limit, loan_id; left over nothing"),
        (GET + CHANGE.replace(", body", ", if_match, body"), "changeLoan", "missing nothing; left over if_match"),
        (GET + CHANGE.replace(": LoanChange", ""), "changeLoan", "4: change_loan needs `body: <Model>`"),
        (GET + CHANGE.replace("LoanChange", "dict[str, str]"), "changeLoan", "change_loan needs `body: <Model>`"),
    ],
)  # fmt: skip
def test_operation_that_cannot_be_called_says_where_and_what(
    contract: Contract, handlers: Handlers, source: str, operation: str, reason: str
) -> None:
    with pytest.raises(ContractError) as refused:
        bind(contract, HEARD, handlers(source + HEAR))
    line = contract.path.read_text().split("\n").index(f'        "operationId": "{operation}",') + 1
    assert (refused.value.path, refused.value.line) == (contract.path, line)
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("", None, "no handler for the event loan.opened: write `async def on_loan_opened(call, event)`, or"),
        (HEAR.replace("async ", ""), 5, "on_loan_opened must be `async def`"),
        (HEAR.replace("event:", "data:"), 5, "on_loan_opened does not take `call` and what the contract sends: miss"),
        (HEAR.replace(": LoanOpened", ""), 5, "on_loan_opened needs `event: <Model>`"),
        (HEAR + "\nasync def burn_loan(call): ...", 7, "burn_loan belongs to no operation of"),
    ],
)  # fmt: skip
def test_event_or_function_that_fits_nothing_says_where_and_what(
    contract: Contract, handlers: Handlers, source: str, line: int | None, reason: str
) -> None:
    with pytest.raises(ContractError) as refused:
        bind(contract, HEARD, handlers(GET + CHANGE + source))
    assert (refused.value.path, refused.value.line) == (Path("services/loan/handlers.py"), line)
    assert refused.value.reason.startswith(reason)
