import pytest

from tandem.local.gateway import LIVE, MOCK, Routing, Target
from tests.local.gateway.edge import OPERATIONS

GET_CARD, ACTIVATE = OPERATIONS[4:]
MINE = Target.parse("http://localhost:9000")


def test_an_operation_goes_where_its_service_goes_unless_said_otherwise() -> None:
    routing = Routing().send_service("card", MOCK).send_operation(ACTIVATE, MINE)
    assert routing.of_operation(GET_CARD) == MOCK
    assert routing.of_operation(ACTIVATE) == MINE
    assert routing.of_operation(OPERATIONS[0]) == LIVE


def test_sending_a_whole_service_forgets_what_was_said_of_its_operations() -> None:
    routing = Routing().send_operation(ACTIVATE, MINE).send_operation(OPERATIONS[0], MOCK).send_service("card", MOCK)
    assert routing.operations == {"invoice.listInvoices": MOCK}


def test_addresses_are_told_by_operation() -> None:
    routing = Routing().send_service("card", MINE).send_operation(GET_CARD, LIVE).send_operation(OPERATIONS[0], MOCK)
    assert routing.addresses(OPERATIONS) == {"card.activateCard": "http://localhost:9000"}


def test_only_what_differs_is_kept() -> None:
    routing = Routing().send_service("card", MOCK).send_operation(ACTIVATE, MOCK)
    assert routing.operations == {}
    assert routing.send_service("card", LIVE) == Routing()


def test_routing_survives_being_written_and_read() -> None:
    routing = Routing().send_service("card", MOCK).send_operation(ACTIVATE, MINE)
    routing = routing.weigh("invoice", {"1.0.0": 90, "1.1.0": 10}, sticky=True)
    assert Routing.load(routing.dump()) == routing
    assert Routing.load("{}") == Routing()


def test_weights_are_taken_back_together_with_their_stickiness() -> None:
    routing = Routing().weigh("invoice", {"1.0.0": 90, "1.1.0": 10}, sticky=True)
    assert routing.weigh("invoice", {}) == Routing()


@pytest.mark.parametrize("weights", [{"1.0.0": 0}, {"1.0.0": 110, "1.1.0": -10}])
def test_weights_that_send_nothing_anywhere_are_refused(weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="must be zero or more, and not all zero"):
        Routing().weigh("invoice", weights)


def test_targets_are_read_as_they_are_written() -> None:
    for text in ("live", "mock", "http://localhost:9000", "http://[::1]:9000", "https://example.test:8443"):
        assert str(Target.parse(text)) == text
    assert Target.parse("http://example.test/").port == 80
    assert Target.parse("https://example.test/").port == 443


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("mocks", "neither `live`, `mock` nor an address"),
        ("ftp://localhost", "neither `live`, `mock` nor an address"),
        ("http://localhost:9000/v2", "more than a host and a port"),
        ("http://localhost:99999", "is not an address: Port out of range"),
        ("http://", "neither"),
    ],
)
def test_a_target_that_cannot_be_reached_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Target.parse(text)
