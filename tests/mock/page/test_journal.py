"""The journal on the page: what was asked, opened and sent again; and what never got an answer."""

from __future__ import annotations

import html

import pytest

from tandem.mock.page.outgoing import Outgoing
from tandem.mock.page.sending import send
from tandem.mock.page.text import MOST_SHOWN, shown_body
from tests.mock.desk import HEALTHY, Desk
from tests.mock.page.reading import PAGE, changed, page, part, plain, status_of, submit

CARD = f"/v1/cards/crd_{HEALTHY}"


async def test_each_request_is_listed_with_time_operation_status_and_why(desk: Desk) -> None:
    await desk.get(CARD)
    await desk.ask("GET", "/v1/cards?limit=9999")

    shown = plain(await page(desk))

    assert "status 422 card.listCards GET / v1/ cards?limit=9999" in shown
    assert "status 200 card.getCard" in shown
    assert shown.index("card.listCards GET") < shown.index("card.getCard GET")


async def test_an_entry_opens_with_request_and_answer_and_without_the_token(desk: Desk) -> None:
    await desk.post(f"{CARD}/freeze", {"reason": "Lost it"}, authorization="Bearer t0ken")
    shown = plain(await part(desk, "entry/1"))

    assert '"reason": "Lost it"' in shown
    assert '"status": "frozen"' in shown
    assert "changed frozen_at, status, status_reason" in shown
    assert "t0ken" not in shown
    assert (
        shown
        == plain((await page(desk, "?entry=1")).partition("data-keep open>")[2].partition("</summary>")[2])[
            : len(shown)
        ]
    )


async def test_an_entry_that_is_gone_is_said(desk: Desk) -> None:
    answer = await desk.ask("GET", f"{PAGE}/page/entry/7", tandem_fragment="1")

    assert answer.status_code == 404
    assert "has no entry '7' any more" in plain(answer.text)
    assert "Nothing was asked" in await page(desk, "?entry=7")


async def test_a_request_is_sent_again_as_it_was(desk: Desk) -> None:
    await desk.ask("GET", "/v1/cards/a%2Fb?scenario=overdue", x_tandem_fault="418", authorization="Bearer t0ken")
    answer = await changed(desk, "replay/1", {})

    assert status_of(answer).startswith("418")
    first, second = reversed(desk.mock.sessions.get("default").journal.entries())
    assert (second.ask.path, second.ask.query) == (first.ask.path, first.ask.query)
    assert second.ask.headers["authorization"] == "Bearer t0ken"
    assert second.ask.path_parameters == {"card_id": "a/b"}


async def test_a_write_is_sent_again_with_its_body(desk: Desk) -> None:
    await desk.ask("POST", f"{CARD}/freeze", {"reason": "Lost"})
    await desk.ask("POST", f"{CARD}/unfreeze")
    answer = await changed(desk, "replay/1", {})

    assert status_of(answer) == "200 OK"
    assert '"status": "frozen"' in html.unescape(answer)


async def test_a_request_to_nowhere_is_sent_again(desk: Desk) -> None:
    await desk.ask("GET", "/nowhere/ö")
    assert status_of(await changed(desk, "replay/1", {})) == "404 Not Found"


async def test_without_script_the_new_entry_opens(desk: Desk) -> None:
    await desk.get(CARD)
    answer = await submit(desk, "replay/1", {})

    assert answer.headers["location"] == f"{PAGE}?entry=2#entry-2"
    assert "Send again request 2" in await page(desk, "?entry=2")


async def test_a_request_too_long_for_the_journal_is_not_sent_again_in_part(desk: Desk) -> None:
    await desk.ask("POST", f"{CARD}/freeze", {"reason": "x" * 20_000})
    answer = await submit(desk, "replay/1", {}, tandem_fragment="1")

    assert answer.status_code == 422
    assert "has not kept the whole body" in plain(answer.text)
    assert "Only its beginning was kept." in plain(await part(desk, "entry/1"))


async def test_of_a_long_journal_the_newest_are_shown_and_the_rest_on_demand(desk: Desk) -> None:
    for _ in range(30):
        await desk.get(CARD)

    assert "Show 5 more" in await page(desk)
    assert (await page(desk, "?journal=all")).count('class="foldable entry"') == 30
    assert (await page(desk, "?entry=1")).count('class="foldable entry"') == 26


async def test_the_journal_is_cleared(desk: Desk) -> None:
    await desk.get(CARD)
    assert "Nothing was asked" in await changed(desk, "reset", {"what": "journal"})


async def test_a_cut_connection_is_no_answer_and_the_journal_says_why(desk: Desk) -> None:
    form = {"path.card_id": "x", "headers": "X-Tandem-Fault: drop"}
    answer = await changed(desk, "try/card.getCard", form)

    assert status_of(answer) == "No answer"
    assert "a dial cut the connection before it" in plain(answer)


async def test_an_answer_that_never_comes_is_waited_for_a_while(desk: Desk) -> None:
    request = Outgoing("GET", CARD, {"X-Tandem-Fault": "timeout"}, b"")
    received = await send(desk.mock, desk.mock.sessions.get("default"), request, patience_seconds=0.01)

    assert received.status is None
    assert received.entry
    assert received.entry.answer.why.endswith("a dial kept it back, so that nothing came")


@pytest.mark.parametrize(
    ("body", "media_type", "text", "note"),
    [
        (b"", "", "", "No body."),
        (b'{"a":1}', "application/json", '{\n  "a": 1\n}', ""),
        (b"{", "application/json", "{", ""),
        (b"\xff\xfe", "image/png", "", "2 bytes of image/png, which is no text."),
        (b"\xff", "", "", "1 bytes of no kind, which is no text."),
        (b"x" * (MOST_SHOWN + 1), "text/csv", "x" * MOST_SHOWN, "Only its beginning is shown; it has 64,001 bytes."),
    ],
)
def test_a_body_of_any_kind_is_text_of_bearable_length(body: bytes, media_type: str, text: str, note: str) -> None:
    shown = shown_body(body, media_type)
    assert (shown.text, shown.note) == (text, note)


def test_a_body_cut_in_the_middle_of_a_letter_is_still_text() -> None:
    shown = shown_body("ö".encode()[:1] + b"", "application/json", is_cut=True)
    assert (shown.text, shown.note) == ("", "Only its beginning was kept.")
