import orjson
import pytest

from tandem.kit import problems
from tandem.kit.problems import Complaint, Conflict, Problem, Unauthorized, Unavailable


class CardNotFound(problems.NotFound):
    title = "Card not found"


def test_problem_is_rendered_as_rfc_9457_says() -> None:
    problem = CardNotFound("There is no card crd_1.", [Complaint("path", "card_id", "is unknown")])
    assert orjson.loads(problem.render("req-1")) == {
        "type": "/problems/card-not-found",
        "title": "Card not found",
        "status": 404,
        "detail": "There is no card crd_1.",
        "request_id": "req-1",
        "errors": [{"in": "path", "pointer": "card_id", "message": "is unknown"}],
    }


def test_problem_without_complaints_has_no_errors() -> None:
    assert "errors" not in Conflict("It is frozen.").document("req-1")


def test_headers_that_a_status_needs_are_there() -> None:
    assert Unauthorized("Send a token.").headers == {"www-authenticate": "Bearer"}
    assert Unavailable("Try again.").headers == {"retry-after": "1"}


@pytest.mark.parametrize(
    "kind", [kind for kind in vars(problems).values() if isinstance(kind, type) and issubclass(kind, Problem)]
)
def test_each_kind_has_its_own_status_and_title(kind: type[Problem]) -> None:
    problem = kind("Something.")
    assert 400 <= problem.status <= 599
    assert problem.type.startswith("/problems/")
    assert problem.title
    assert "Something." in str(problem)
