from datetime import UTC, datetime

import pytest

from tandem.kit.context import RequestContext, current
from tandem.kit.database import Database
from tandem.kit.peers import PeerRefused, PeerUnavailable
from tandem.kit.peers.canned import AskedInTransaction
from tandem.kit.peers.transport import ConnectionFailed
from tandem.kit.writing import writing
from tests.kit.peers.desk import Desk


async def test_answers_come_in_order_and_the_last_one_stays() -> None:
    desk = Desk()
    for version in (1, 2):
        desk.canned.answers("getCard", {"id": "crd_1", "version": version})
    assert [(await desk.get_card()).version for _ in range(3)] == [1, 2, 2]
    assert [request.url for request in desk.canned.asked("getCard")] == ["http://card.invalid/v1/cards/crd_1"] * 3


async def test_bytes_are_sent_as_they_are_and_times_as_text() -> None:
    desk = Desk()
    desk.canned.answers("getCard", b'{"id": "crd_1", "version": 1, "more": true}')
    assert (await desk.get_card()).id == "crd_1"
    desk.canned.forget("getCard")
    desk.canned.answers("getCard", {"id": "crd_1", "version": 1, "issued_at": datetime(2026, 11, 15, tzinfo=UTC)})
    assert (await desk.get_card()).id == "crd_1"


async def test_a_refusal_and_a_failure_can_be_prepared() -> None:
    desk = Desk()
    desk.canned.refuses("getCard", 404, "/problems/card-not-found", "There is no card crd_1.")
    with pytest.raises(PeerRefused, match="There is no card crd_1"):
        await desk.get_card()
    desk.canned.fails("issueCard", ConnectionFailed("refused"))
    with pytest.raises(PeerUnavailable):
        await desk.issue_card()


async def test_a_call_nobody_prepared_for_fails_the_test() -> None:
    with pytest.raises(AssertionError, match=r"card\.getCard was called, but no answer is prepared"):
        await Desk().get_card()


async def test_closing_forgets_every_answer() -> None:
    desk = Desk()
    desk.canned.answers("getCard", {"id": "crd_1", "version": 1})
    await desk.canned.close()
    with pytest.raises(AssertionError):
        await desk.get_card()


async def test_a_peer_asked_while_a_transaction_is_open_fails_the_test(database: str) -> None:
    desk, opened = Desk(), Database(database, "loan")
    desk.canned.answers("getCard", {"id": "crd_1", "version": 1})
    await opened.open()
    token = current.set(RequestContext("request-1", "", desk.clock.time + 10))
    async with writing(opened) as connection:
        await desk.get_card()
        await connection.execute("SELECT 1")
        with pytest.raises(AskedInTransaction, match="getCard is asked after the transaction has begun"):
            await desk.get_card()
    assert (await desk.get_card()).id == "crd_1"
    current.reset(token)
    await opened.close()
