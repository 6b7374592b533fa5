"""Memory of the mock has an end, whatever is done to it."""

from __future__ import annotations

from tandem.mock import journal, memory, session
from tandem.mock.exchange import Answer, Ask
from tandem.mock.journal import Journal
from tandem.mock.memory import Thing, World
from tandem.mock.resources import Collection
from tandem.mock.session import Sessions
from tests.mock.desk import Desk


def a_collection(desk: Desk) -> Collection:
    return desk.mock.loaded.resources.collections["/v1/cards"]


def test_sessions_are_forgotten_the_longest_unused_first() -> None:
    sessions = Sessions()
    for number in range(session.MOST_SESSIONS + 50):
        sessions.get("kept")
        sessions.get(f"s{number}")

    assert len(sessions) == session.MOST_SESSIONS
    assert sessions.get("kept").name == "kept"


async def test_things_beyond_the_bound_push_out_the_oldest(desk: Desk) -> None:
    world, cards = World(), a_collection(desk)
    for number in range(memory.MOST_THINGS + 10):
        world.create(cards, Thing(str(number), {}), 1)

    assert world.find(cards, {}, "9") is None
    assert world.find(cards, {}, "10") is not None


async def test_a_session_that_holds_too_much_is_told(desk: Desk) -> None:
    world = desk.mock.sessions.get("greedy").world("healthy")
    world.create(a_collection(desk), Thing("x", {}), session.MOST_SESSION_BYTES + 1)

    answer = await desk.ask(
        "POST", "/v1/cards/crd_01k9zc6n00000000000000h001/freeze", {"reason": "x"}, x_tandem_session="greedy"
    )

    assert (answer.status_code, answer.json()["title"]) == (400, "This session remembers too much")
    assert (await desk.ask("GET", "/v1/cards", x_tandem_session="greedy")).status_code == 200
    await desk.ask("POST", "/__tandem/reset", x_tandem_session="greedy")
    assert desk.mock.sessions.get("greedy").bytes == 0


async def test_all_sessions_together_hold_no_more_than_their_bound(desk: Desk) -> None:
    sessions, cards = Sessions(), a_collection(desk)
    share = session.MOST_BYTES // 4
    for number in range(6):
        one = sessions.get(f"s{number}")
        one.world("healthy").create(cards, Thing("x", {}), share)
        sessions.check_room(one) if share <= session.MOST_SESSION_BYTES else None

    assert len(sessions) <= 4


def test_the_journal_keeps_the_latest_and_cuts_what_is_long() -> None:
    kept = Journal()
    for number in range(journal.MOST_ENTRIES + 5):
        ask = Ask(None, "POST", f"/{number}", {}, b"", {"authorization": "Bearer secret"}, b"x" * 50_000, "r")
        kept.write(0.0, ask, Answer(200, b"y" * 50_000), 0.1, "healthy")

    entries = kept.entries()
    assert len(entries) == journal.MOST_ENTRIES
    assert entries[0].ask.path == f"/{journal.MOST_ENTRIES + 4}"
    assert len(entries[0].ask.body) == len(entries[0].answer.body) == journal.MOST_BODY_BYTES
    assert entries[0].document()["request"]["headers"] == {"authorization": "…"}


async def test_keys_and_ready_answers_have_their_bounds(desk: Desk) -> None:
    world = World()
    for number in range(memory.MOST_KEYS + 10):
        world.remember("op", str(number), b"", Answer(200, b"12"))
        world.keep(number, Answer(200, b""))

    assert world.answered("op", "9") is None
    assert world.bytes == 2 * memory.MOST_KEYS
    assert len(world.cache) == memory.MOST_CACHED
