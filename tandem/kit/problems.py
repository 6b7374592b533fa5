"""Errors a caller can act on, each a class that carries its status; rendered as RFC 9457 problem documents."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

MEDIA_TYPE = "application/problem+json"
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True)
class Complaint:
    """One part of a request that is not as the contract says."""

    location: str
    pointer: str
    message: str

    def document(self) -> dict[str, str]:
        return {"in": self.location, "pointer": self.pointer, "message": self.message}


class Problem(Exception):
    """Base of every error a service answers with on purpose; anything else is a bug and a 500."""

    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    headers: Mapping[str, str] = {}

    def __init__(self, detail: str, errors: Sequence[Complaint] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors

    @property
    def type(self) -> str:
        return "/problems/" + _WORD_START.sub("-", type(self).__name__).lower()

    def document(self, request_id: str) -> dict[str, Any]:
        document: dict[str, Any] = {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "request_id": request_id,
        }
        if self.errors:
            document["errors"] = [error.document() for error in self.errors]
        return document

    def render(self, request_id: str) -> bytes:
        return orjson.dumps(self.document(request_id))


class MalformedRequest(Problem):
    status = 400
    title = "The request could not be read"


class Unauthorized(Problem):
    status = 401
    title = "A valid token is needed"
    headers: Mapping[str, str] = {"www-authenticate": "Bearer"}


class Forbidden(Problem):
    status = 403
    title = "The token does not allow this"


class NotFound(Problem):
    status = 404
    title = "There is no such thing"


class MethodNotAllowed(Problem):
    status = 405
    title = "Not possible here"


class Conflict(Problem):
    status = 409
    title = "Not possible in the present state"


class PreconditionFailed(Problem):
    status = 412
    title = "Changed by somebody else"


class ContentTooLarge(Problem):
    status = 413
    title = "The body is too large"


class UnsupportedMediaType(Problem):
    status = 415
    title = "The body is of the wrong kind"


class Unprocessable(Problem):
    status = 422
    title = "The request cannot be followed"


class InvalidRequest(Unprocessable):
    title = "The request does not match the contract"


class PreconditionRequired(Problem):
    status = 428
    title = "Say which version you are changing"


class InternalError(Problem):
    """A bug. The caller is told nothing but the request id; the log has the rest."""


class NotBuilt(Problem):
    """An operation that nobody has written yet, or one of its parameters. The reason stands in the contract or, for a
    whole operation, in the written list of untested ones."""

    status = 501
    title = "Not built yet"

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is promised by the contract and not built yet.")


class Unavailable(Problem):
    status = 503
    title = "Not available just now"
    headers: Mapping[str, str] = {"retry-after": "1"}


class DeadlineExceeded(Problem):
    status = 504
    title = "It took too long"
