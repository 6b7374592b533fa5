"""Live answers held against the contract, also against contracts that Tandem did not write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from tandem.kit import drift
from tandem.kit.contract.departures import Departures, missing_header, unknown_media_type, unknown_status
from tandem.mock.exchange import Answer
from tandem.mock.operations import Operation, Response

_MOST_SENTENCES = 10


class Drift(drift.Drift):
    def __init__(self) -> None:
        super().__init__()
        self._bodies: dict[tuple[Operation, int], Departures] = {}

    def hold(self, operation: Operation, answer: Answer) -> list[str]:
        """What is wrong with a live answer; remembered for the table."""
        where = f"{operation.method} {operation.path}: "
        found = [where + said for said in islice(self._departures(operation, answer), _MOST_SENTENCES)]
        self.note(operation.name, found)
        return found

    def forget_contracts(self) -> None:
        """They changed, so what was said of answers may no longer hold."""
        self.forget()
        self._bodies.clear()

    def _departures(self, operation: Operation, answer: Answer) -> Iterator[str]:
        response = _response(operation, answer.status)
        if response is None:
            yield unknown_status(answer.status, operation.responses)
            return
        if response.media_type is None or (answer.status == 304 and not answer.body):
            return
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != response.media_type:
            yield unknown_media_type(media_type, [response.media_type])
        elif response.is_json:
            yield from self._body(operation, response).of(answer.body)
        for name, header in response.headers.items():
            if isinstance(header, Mapping) and header.get("required") and name not in answer.headers:
                yield missing_header(name)

    def _body(self, operation: Operation, response: Response) -> Departures:
        key, document = (operation, response.status), operation.document
        if key not in self._bodies:
            self._bodies[key] = Departures(document.schema(response.schema), document.sensitive)
        return self._bodies[key]


def _response(operation: Operation, status: int) -> Response | None:
    keys = (str(status), f"{status // 100}XX", f"{status // 100}xx", "default")
    return next((operation.responses[key] for key in keys if key in operation.responses), None)
