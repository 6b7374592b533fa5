"""The fake at the wire: what AWS's own protocols carry, and only in the shapes that botocore's models have."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import botocore.session
from botocore.exceptions import ParamValidationError
from botocore.model import OperationModel
from botocore.validate import validate_parameters

from tests.deploy.fake_ecs import FakeEcs, Refusal

_SESSION = botocore.session.get_session()
_MODELS = {name: _SESSION.get_service_model(name) for name in ("ecs", "logs", "elbv2")}
_TARGETS = {"AmazonEC2ContainerServiceV20141113": "ecs", "Logs_20140328": "logs"}


class NotAws(AssertionError):
    """The fake said what AWS never would."""


def checked(model: OperationModel, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer itself. Raises where it has another shape, or an enumeration another value, than the model."""
    assert model.output_shape is not None
    try:
        validate_parameters(answer, model.output_shape)
    except ParamValidationError as error:
        raise NotAws(f"{model.name}: {error}") from error
    _check_values(model.name, model.output_shape, answer)
    return answer


def _check_values(path: str, shape: Any, value: Any) -> None:
    if shape.type_name == "structure":
        for name, inner in value.items():
            _check_values(f"{path}.{name}", shape.members[name], inner)
    elif shape.type_name == "list":
        for one in value:
            _check_values(path, shape.member, one)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        raise NotAws(f"{path} is {value!r}, which is none of {', '.join(shape.enum)}")


class Wire(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Door)
        self.fake = FakeEcs()
        self.lies: list[str] = []

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever is interrupted hangs up; what the fake itself has wrong is in `lies`."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def served() -> Iterator[Wire]:
    wire = Wire()
    thread = threading.Thread(target=wire.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield wire
    finally:
        wire.shutdown()
        thread.join()
        wire.server_close()


class _Door(BaseHTTPRequestHandler):
    server: Wire
    protocol_version = "HTTP/1.1"
    # An answer in two packets waits 40 ms for the first one's acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        prefix, _, operation = self.headers.get("X-Amz-Target", "").partition(".")
        if prefix:
            self._answer(_TARGETS[prefix], operation, json.loads(text))
        else:
            form = dict(parse_qsl(text))
            self._answer("elbv2", form.pop("Action"), form)

    def _answer(self, api: str, operation: str, asked: dict[str, Any]) -> None:
        model = _MODELS[api].operation_model(operation)
        write = _as_xml if api == "elbv2" else _as_json
        try:
            self._send(200, write(operation, checked(model, self.server.fake.answer(operation, asked))))
        except Refusal as refusal:
            self._send(refusal.status, _refusal(api, refusal))
        except (AssertionError, LookupError) as error:
            self.server.lies.append(f"{operation}: {error!r}")
            self._send(400, _refusal(api, Refusal("FakeIsWrong", str(error))))

    def _send(self, status: int, body: str) -> None:
        content = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/xml" if body.startswith("<") else "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads it."""


def _refusal(api: str, refusal: Refusal) -> str:
    if api == "elbv2":
        said = f"<Code>{refusal.code}</Code><Message>{escape(refusal.message)}</Message>"
        return f"<ErrorResponse><Error>{said}</Error></ErrorResponse>"
    return json.dumps({"__type": refusal.code, "message": refusal.message})


def _as_json(_: str, answer: dict[str, Any]) -> str:
    def timestamp(value: datetime) -> float:
        return value.timestamp()

    return json.dumps(answer, default=timestamp)


def _as_xml(operation: str, answer: dict[str, Any]) -> str:
    inner = "".join(f"<{name}>{_element(value)}</{name}>" for name, value in answer.items())
    result = f"<{operation}Result>{inner}</{operation}Result>"
    return f"<{operation}Response>{result}</{operation}Response>"


def _element(value: Any) -> str:
    if isinstance(value, list):
        return "".join(f"<member>{_element(one)}</member>" for one in value)
    if isinstance(value, dict):
        return "".join(f"<{name}>{_element(inner)}</{name}>" for name, inner in value.items())
    return escape(str(value))
