"""Which requests the service answers: asked of it with the ids of the contract's examples and of its own lists."""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx

from tandem.kit.contract import Contract, Operation
from tandem.local.trouble import Trouble

_PATIENCE_SECONDS = 10.0
_MOST_OF_EACH = 8
_PAGE = 100
_PARAMETER = re.compile(r"\{([^}]+)\}")
Record = dict[str, str]


@dataclass(frozen=True)
class Answered:
    """A request that succeeded. `rows` is how many things its answer lists."""

    operation: Operation
    path: str
    query: Mapping[str, str]
    rows: int


@dataclass(frozen=True)
class Explored:
    """`records` are what the service itself has shown: ids that belong together, by the names of parameters."""

    answered: Mapping[str, tuple[Answered, ...]]
    records: tuple[Record, ...]
    refused: Mapping[str, str]


def explore(contract: Contract, url: str, token: str) -> Explored:
    """Raises Trouble when it is not answered."""
    with asking(url, token) as client:
        return _Explorer(contract, client).run()


def asking(url: str, token: str) -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(base_url=url, headers=headers, timeout=_PATIENCE_SECONDS, verify=_certificates())


@cache
def _certificates() -> ssl.SSLContext:
    """To read them takes longer than twenty requests."""
    return httpx.create_ssl_context()


class _Explorer:
    def __init__(self, contract: Contract, client: httpx.Client) -> None:
        self._contract = contract
        self._client = client
        self._guessed = list(_examples(contract))
        self._shown: list[Record] = []
        self._answered: dict[str, tuple[Answered, ...]] = {}
        self._refused: dict[str, str] = {}

    def run(self) -> Explored:
        reads = [operation for operation in self._contract.operations if operation.method == "GET"]
        # What needs nothing shows ids that others need.
        for operation in sorted(reads, key=lambda one: len(_needed(one))):
            self._try(operation)
        return Explored(self._answered, tuple(self._shown), self._refused)

    def _try(self, operation: Operation) -> None:
        found = []
        for record in self._choices(operation):
            path, query = _address(operation, record)
            answer = ask(self._client, path, query)
            if answer.is_success:
                document = _document(answer)
                found.append(Answered(operation, path, query, rows(document)))
                known = {name: record[name] for name in _needed(operation)}
                self._shown += [known | one for one in self._things(operation, path, query, document)]
            else:
                self._refused[operation.id] = f"it answers {answer.status_code}"
            if len(found) == _MOST_OF_EACH:
                break
        if found:
            self._answered[operation.id] = tuple(found)
            self._refused.pop(operation.id, None)

    def _things(self, operation: Operation, path: str, query: Record, document: Any) -> Iterator[Record]:
        """What is on one page as long as there may be, where the contract has pages."""
        if longest := longest_page(operation):
            answer = ask(self._client, path, {**query, "limit": longest})
            document = _document(answer) if answer.is_success else document
        return _records(self._contract, operation.path, document)

    def _choices(self, operation: Operation) -> list[Record]:
        """Those that were shown before those that stand in examples."""
        needed = _needed(operation)
        if not needed:
            return [{}]
        chosen = {
            tuple(record[name] for name in needed): {name: record[name] for name in needed}
            for record in [*self._shown, *self._guessed]
            if all(name in record for name in needed)
        }
        if not chosen:
            self._refused[operation.id] = f"nobody knows a value for {', '.join(needed)}"
        return list(chosen.values())


def ask(client: httpx.Client, path: str, query: Mapping[str, str]) -> httpx.Response:
    """Raises Trouble when it is not answered."""
    try:
        return client.get(quote(path), params=query)
    except httpx.HTTPError as error:
        raise Trouble(f"GET {path} is not answered ({type(error).__name__}).") from error


def longest_page(operation: Operation) -> str | None:
    limits = [parameter for parameter in operation.parameters_in("query") if parameter.name == "limit"]
    return str(limits[0].schema.get("maximum", _PAGE)) if limits else None


def rows(document: Any) -> int:
    """How many objects stand in lists, however deep."""
    if isinstance(document, Mapping):
        return sum(rows(part) for part in document.values())
    if isinstance(document, list):
        return sum(isinstance(one, Mapping) + rows(one) for one in document)
    return 0


def _needed(operation: Operation) -> list[str]:
    required = [parameter.name for parameter in operation.parameters_in("query") if parameter.required]
    return [*_PARAMETER.findall(operation.path), *required]


def _address(operation: Operation, record: Record) -> tuple[str, dict[str, str]]:
    in_path = _PARAMETER.findall(operation.path)
    path = _PARAMETER.sub(lambda found: record[found[1]], operation.path)
    return path, {name: value for name, value in record.items() if name not in in_path}


def _document(answer: httpx.Response) -> Any:
    return answer.json() if "json" in answer.headers.get("content-type", "") else None


def _examples(contract: Contract) -> Iterator[Record]:
    for operation in contract.operations:
        if operation.method == "GET":
            answers = contract.document["paths"][operation.path]["get"]["responses"]
            answer = contract.resolve(answers[str(operation.success.status)])
            for media in answer.get("content", {}).values():
                for example in media.get("examples", {}).values():
                    yield from _records(contract, operation.path, contract.resolve(example).get("value"))


def _records(contract: Contract, path: str, document: Any) -> Iterator[Record]:
    """The ids of each thing that an answer shows; `id` under the name that paths have for it."""
    if not isinstance(document, Mapping):
        return
    items = document.get("items")
    own = _name_of_item(contract, path) if isinstance(items, list) else _last_parameter(path)
    for one in items if isinstance(items, list) else [document]:
        record = {name: value for name, value in one.items() if name.endswith("_id") and isinstance(value, str)}
        if own and isinstance(one.get("id"), str):
            record[own] = one["id"]
        if record:
            yield record


def _name_of_item(contract: Contract, path: str) -> str | None:
    under = re.compile(re.escape(path) + r"/\{([^}/]+)\}")
    return next((found[1] for one in contract.operations if (found := under.match(one.path))), None)


def _last_parameter(path: str) -> str | None:
    last = path.rpartition("/")[2]
    return last[1:-1] if last.startswith("{") else None


def grouped(records: Sequence[Record]) -> list[Record]:
    """What belongs to the same customer put together: what a walk can start with."""
    groups: dict[str, Record] = {}
    for record in records:
        group = groups.setdefault(record.get("customer_id", ""), {})
        for name, value in record.items():
            group.setdefault(name, value)
    return [group for owner, group in groups.items() if owner] or list(groups.values())
