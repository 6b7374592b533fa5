import asyncio
import traceback
from collections.abc import Iterator

import pytest

from tandem.kit import context
from tandem.kit.auth.tokens import NullToken, TokenUnreadable
from tandem.kit.context import TIMEOUT_HEADER, RequestContext
from tandem.kit.discovery import FixedAddresses
from tandem.kit.peers import PeerBroken, PeerRefused, PeerUnavailable
from tandem.kit.peers.breaker import BreakerPolicy
from tandem.kit.peers.client import PeerPolicy
from tandem.kit.peers.transport import ConnectionFailed, PeerAnswer, PeerRequest
from tandem.kit.problems import Problem
from tests.kit.peers.desk import CANCEL_CARD, GET_CARD, ISSUE_CARD, Card, Desk, NewCard

CARD = {"id": "crd_1", "version": 1}
TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def request_context(desk: Desk) -> Iterator[RequestContext]:
    """A request that has half a second left."""
    one = RequestContext("request-1", TRACEPARENT, desk.clock.time + 0.5)
    token = context.current.set(one)
    yield one
    context.current.reset(token)


# What is sent


async def test_a_read_is_sent_and_its_answer_typed(desk: Desk) -> None:
    desk.canned.answers("getCard", CARD)
    assert await desk.get_card() == Card(id="crd_1", version=1)
    sent = desk.canned.requests[0]
    assert (sent.url, sent.body) == ("http://card.invalid/v1/cards/crd_1", None)
    assert sent.headers["authorization"] == "Bearer service-token"
    assert sent.headers["accept"] == "application/json"
    assert sent.headers[TIMEOUT_HEADER] == "2000"
    assert sent.headers.keys().isdisjoint({"content-type", "idempotency-key", "if-match"})


async def test_a_write_carries_its_body_and_its_conditions(desk: Desk) -> None:
    desk.canned.answers("issueCard", CARD, 201)
    await desk.issue_card(idempotency_key="key-1", if_match='"3"')
    sent = desk.canned.requests[0]
    assert sent.body == b'{"holder":"Anna"}'
    assert sent.headers["content-type"] == "application/json"
    assert sent.headers["idempotency-key"] == "key-1"
    assert sent.headers["if-match"] == '"3"'


async def test_what_was_set_to_null_is_sent_as_null(desk: Desk) -> None:
    desk.canned.answers("issueCard", CARD, 201)
    await desk.client.call(ISSUE_CARD, Card, body=NewCard(holder="Anna", design=None))
    assert desk.canned.requests[0].body == b'{"holder":"Anna","design":null}'


async def test_an_operation_without_an_answer_gives_none(desk: Desk) -> None:
    desk.canned.answers("cancelCard", status=204)
    await desk.client.call(CANCEL_CARD, None, path={"card_id": "crd_1"})
    assert desk.counted("cancelCard", "ok") == 1


async def test_a_request_passes_on_its_id_its_trace_and_its_time(desk: Desk, request_context: RequestContext) -> None:
    desk.canned.answers("getCard", CARD)
    await desk.get_card()
    headers = desk.canned.requests[0].headers
    assert headers["x-request-id"] == "request-1"
    assert headers["traceparent"].startswith(TRACEPARENT[:36])
    assert headers["traceparent"] != TRACEPARENT
    assert headers[TIMEOUT_HEADER] == "500"


async def test_the_shorter_of_two_times_counts(desk: Desk, request_context: RequestContext) -> None:
    desk.canned.answers("getCard", CARD)
    await desk.get_card(timeout_seconds=0.2)
    assert desk.canned.requests[0].headers[TIMEOUT_HEADER] in ("199", "200")
    await desk.get_card(timeout_seconds=5.0)
    assert desk.canned.requests[1].headers[TIMEOUT_HEADER] == "500"


async def test_less_than_a_millisecond_is_still_some_time(desk: Desk) -> None:
    desk.canned.answers("getCard", CARD)
    await desk.get_card(timeout_seconds=0.0005)
    assert desk.canned.requests[0].headers[TIMEOUT_HEADER] == "1"


# How it can fail


async def test_no_time_left_asks_nobody(desk: Desk, request_context: RequestContext) -> None:
    desk.clock.time = request_context.deadline
    with pytest.raises(PeerUnavailable) as raised:
        await desk.get_card()
    assert desk.canned.requests == []
    assert raised.value.outcome == "timeout"


async def test_a_refusal_says_what_the_peer_said(desk: Desk) -> None:
    desk.canned.refuses("getCard", 409, "/problems/card-is-frozen", "The card is frozen.")
    with pytest.raises(PeerRefused) as raised:
        await desk.get_card()
    refused = raised.value
    assert (refused.status, refused.type, refused.detail) == (409, "/problems/card-is-frozen", "The card is frozen.")
    assert not isinstance(refused, Problem)
    assert desk.counted("getCard", "refused") == 1
    assert desk.sleeps == []


@pytest.mark.parametrize("body", [b"upstream says no", b"[]", b""])
async def test_a_refusal_in_another_form_is_still_a_refusal(desk: Desk, body: bytes) -> None:
    desk.canned.answers("getCard", body, 403)
    with pytest.raises(PeerRefused) as raised:
        await desk.get_card()
    assert (raised.value.status, raised.value.type, raised.value.detail) == (403, "about:blank", "")


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (CARD, 206, "status 206 instead of 200"),
        (b"", 302, "status 302 instead of 200"),
        (b"{", 200, "body: json_invalid"),
        ({"id": "crd_1"}, 200, "version: missing"),
        ({"id": 7, "version": "x"}, 200, "id: string_type; version: int_parsing"),
    ],
)
async def test_an_answer_against_the_contract_is_broken(desk: Desk, body: object, status: int, reason: str) -> None:
    desk.canned.answers("getCard", body, status)
    with pytest.raises(PeerBroken) as raised:
        await desk.get_card()
    assert str(raised.value) == f"card.getCard did not answer as its contract says: {reason}"
    assert raised.value.status == 503
    assert reason not in raised.value.detail
    assert desk.counted("getCard", "broken") == 1
    assert desk.sleeps == []


async def test_a_broken_answer_does_not_repeat_its_values(desk: Desk) -> None:
    desk.canned.answers("getCard", {"id": "crd_1", "version": "a secret"})
    with pytest.raises(PeerBroken) as raised:
        await desk.get_card()
    assert "a secret" not in "".join(traceback.format_exception(raised.value))


async def test_no_answer_is_a_503_for_our_own_caller(desk: Desk) -> None:
    desk.canned.fails("issueCard", ConnectionFailed("refused"))
    with pytest.raises(PeerUnavailable) as raised:
        await desk.issue_card()
    assert (raised.value.status, raised.value.type) == (503, "/problems/peer-unavailable")
    assert raised.value.detail == "The card service is not answering just now. Try again shortly."
    assert isinstance(raised.value.__cause__, ConnectionFailed)
    assert desk.counted("issueCard", "unreachable") == 1


async def test_an_unknown_address_is_unavailable() -> None:
    desk = Desk(resolver=FixedAddresses({}))
    with pytest.raises(PeerUnavailable) as raised:
        await desk.issue_card()
    assert "no address for card" in str(raised.value.__cause__)


async def test_no_service_token_is_unavailable() -> None:
    class NoToken(NullToken):
        def authorization(self) -> str | None:
            raise TokenUnreadable("none")

    desk = Desk(tokens=NoToken())
    with pytest.raises(PeerUnavailable):
        await desk.get_card()
    assert desk.counted("getCard", "no_token") == 1


class Hanging:
    """Never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def send(self, request: PeerRequest) -> PeerAnswer:
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    async def close(self) -> None: ...


async def test_a_peer_that_hangs_is_given_up_in_time() -> None:
    desk = Desk(transport=Hanging())
    with pytest.raises(PeerUnavailable) as raised:
        await desk.get_card(timeout_seconds=0.01)
    assert raised.value.outcome == "timeout"
    assert desk.counted("getCard", "timeout") == 1
    assert desk.sleeps == []


async def test_a_call_its_caller_gave_up_is_counted_as_that() -> None:
    hanging = Hanging()
    desk = Desk(transport=hanging)
    call = asyncio.ensure_future(desk.get_card())
    await hanging.asked.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert desk.counted("getCard", "cancelled") == 1


async def test_a_mistake_of_our_own_is_counted_as_an_error(desk: Desk) -> None:
    with pytest.raises(ValueError, match="card_id"):
        await desk.client.call(GET_CARD, Card, path={"card_id": ""})
    assert desk.counted("getCard", "error") == 1


# Trying again


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_read_is_tried_again_after_passing_trouble(desk: Desk, status: int) -> None:
    desk.canned.answers("getCard", status=status)
    desk.canned.fails("getCard", ConnectionFailed("reset"))
    desk.canned.answers("getCard", CARD)
    assert (await desk.get_card()).id == "crd_1"
    assert desk.sleeps == [0.025, 0.05]
    assert desk.counted("getCard", "ok") == 1
    assert desk.sample("peer_retries_total", operation="getCard") == 2
    assert desk.sample("peer_request_seconds_sum", operation="getCard") == pytest.approx(0.075)


async def test_each_attempt_is_told_the_time_that_is_left(desk: Desk) -> None:
    desk.canned.answers("getCard", status=503)
    desk.canned.answers("getCard", CARD)
    await desk.get_card(timeout_seconds=1.0)
    times = [int(request.headers[TIMEOUT_HEADER]) for request in desk.canned.requests]
    assert times == [1000, pytest.approx(975, abs=1)]


async def test_two_retries_are_the_most(desk: Desk) -> None:
    desk.canned.answers("getCard", status=503)
    with pytest.raises(PeerUnavailable) as raised:
        await desk.get_card()
    assert raised.value.outcome == "unavailable"
    assert len(desk.canned.requests) == 3


@pytest.mark.parametrize("status", [500, 429])
async def test_trouble_that_stays_is_not_tried_again(desk: Desk, status: int) -> None:
    desk.canned.answers("getCard", status=status)
    with pytest.raises(PeerUnavailable):
        await desk.get_card()
    assert len(desk.canned.requests) == 1


async def test_a_write_is_not_tried_again_without_a_key(desk: Desk) -> None:
    desk.canned.fails("issueCard", ConnectionFailed("reset"))
    with pytest.raises(PeerUnavailable):
        await desk.issue_card()
    assert len(desk.canned.requests) == 1


async def test_a_write_with_a_key_is_tried_again_with_the_same_key(desk: Desk) -> None:
    desk.canned.fails("issueCard", ConnectionFailed("reset"))
    desk.canned.answers("issueCard", CARD, 201)
    await desk.issue_card(idempotency_key="key-1")
    assert [request.headers["idempotency-key"] for request in desk.canned.requests] == ["key-1", "key-1"]


async def test_the_wait_the_peer_asks_for_is_kept(desk: Desk) -> None:
    desk.canned.answers("getCard", status=503, retry_after="1")
    desk.canned.answers("getCard", CARD)
    await desk.get_card()
    assert desk.sleeps == [1.0]


async def test_a_wait_beyond_the_deadline_is_not_begun(desk: Desk, request_context: RequestContext) -> None:
    desk.canned.answers("getCard", status=503, retry_after="1")
    with pytest.raises(PeerUnavailable):
        await desk.get_card()
    assert desk.sleeps == []


@pytest.mark.parametrize("retry_after", ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "", "soon"])
async def test_a_wait_that_is_no_number_is_our_own_choice(desk: Desk, retry_after: str) -> None:
    desk.canned.answers("getCard", status=503, retry_after=retry_after)
    desk.canned.answers("getCard", CARD)
    await desk.get_card()
    assert desk.sleeps == [0.025]


async def test_retries_are_a_share_of_the_requests() -> None:
    policy = PeerPolicy(breaker=BreakerPolicy(consecutive_failures=10_000, failure_share=2.0))
    desk = Desk(policy)
    desk.canned.answers("getCard", status=503)
    for _ in range(200):
        with pytest.raises(PeerUnavailable):
            await desk.get_card()
    retries = len(desk.canned.requests) - 200
    assert 40 <= retries <= 55


# Not asking a peer that does not answer


async def test_a_dead_peer_is_no_longer_asked(desk: Desk) -> None:
    desk.canned.fails("issueCard", ConnectionFailed("refused"))
    for _ in range(8):
        with pytest.raises(PeerUnavailable):
            await desk.issue_card()
    assert len(desk.canned.requests) == 5
    assert desk.counted("issueCard", "unreachable") == 5
    assert desk.counted("issueCard", "open") == 3
    assert desk.sample("peer_breaker_open") == 1


async def test_a_peer_that_recovers_is_asked_again(desk: Desk) -> None:
    desk.canned.fails("issueCard", ConnectionFailed("refused"))
    for _ in range(5):
        with pytest.raises(PeerUnavailable):
            await desk.issue_card()
    desk.canned.forget("issueCard")
    desk.canned.answers("issueCard", CARD, 201)
    desk.clock.time += 2.0
    await desk.issue_card()
    assert desk.sample("peer_breaker_open") == 0


async def test_errors_of_the_peer_count_and_refusals_do_not(desk: Desk) -> None:
    desk.canned.refuses("getCard", 404, "/problems/card-not-found")
    for _ in range(30):
        with pytest.raises(PeerRefused):
            await desk.get_card()
    desk.canned.answers("issueCard", status=500)
    for _ in range(6):
        with pytest.raises(PeerUnavailable):
            await desk.issue_card()
    assert len(desk.canned.asked("issueCard")) == 5


async def test_retries_stop_when_the_breaker_opens() -> None:
    desk = Desk(PeerPolicy(breaker=BreakerPolicy(consecutive_failures=2)))
    desk.canned.answers("getCard", status=503)
    with pytest.raises(PeerUnavailable) as raised:
        await desk.get_card()
    assert raised.value.outcome == "open"
    assert len(desk.canned.requests) == 2


@pytest.mark.parametrize(("timeout_seconds", "outcome"), [(0.06, "open"), (0.04, "timeout")])
async def test_being_late_counts_only_when_there_was_time(timeout_seconds: float, outcome: str) -> None:
    desk = Desk()
    desk.canned.fails("issueCard", TimeoutError())
    for _ in range(5):
        with pytest.raises(PeerUnavailable):
            await desk.issue_card(timeout_seconds=timeout_seconds)
    with pytest.raises(PeerUnavailable) as raised:
        await desk.issue_card(timeout_seconds=timeout_seconds)
    assert raised.value.outcome == outcome


async def test_a_probe_its_caller_gave_up_does_not_block_the_next() -> None:
    hanging = Hanging()
    desk = Desk(PeerPolicy(breaker=BreakerPolicy(consecutive_failures=1, open_seconds=2.0)), transport=hanging)
    with pytest.raises(PeerUnavailable):
        await desk.get_card(timeout_seconds=0.06)
    desk.clock.time += 2.0
    hanging.asked.clear()
    probe = asyncio.ensure_future(desk.get_card())
    await hanging.asked.wait()
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    with pytest.raises(PeerUnavailable) as raised:
        await desk.get_card(timeout_seconds=0.06)
    assert raised.value.outcome == "timeout"
