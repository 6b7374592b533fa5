import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader

from services.invoice.document import grouped, printable, render
from services.invoice.models import Invoice, InvoiceLine, Money
from tests.services.invoice.story import Story, event, transaction_id


def money(amount: str) -> Money:
    return Money(amount=Decimal(amount), currency="SEK")


def invoice(total: str = "18240.00") -> Invoice:
    return Invoice(
        id="inv_01k9zc6n00000000000000h001",
        account_id="acc_01k9zc6n00000000000000h001",
        customer_id="cus_01k9zc6n00000000000000h001",
        number="2026-000431",
        period="2026-10",
        status="open",
        total=money(total),
        paid=money("0.00"),
        remaining=money(total),
        issued_at=datetime(2026, 10, 31, 23, 5, tzinfo=UTC),
        due_on=datetime(2026, 11, 30, tzinfo=UTC).date(),
        version=1,
    )


def lines(count: int, description: str = "Byggmax Solna") -> list[InvoiceLine]:
    return [
        InvoiceLine(
            transaction_id=transaction_id(place),
            kind="purchase",
            description=f"{description} {place}",
            amount=money("10.00"),
            booked_at=datetime(2026, 10, 1, tzinfo=UTC) + timedelta(minutes=place),
        )
        for place in range(1, count + 1)
    ]


def pages(document: bytes) -> list[str]:
    """The text of each page, read strictly: a damaged file is an error."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(document), strict=True).pages]


async def test_the_document_has_the_facts_the_lines_and_the_total(story: Story) -> None:
    await story.open_account()
    await story.record("18550.00", description="Åhléns Östersund")
    await story.record("310.00", "refund", description="Ahlsell Kista")
    await story.record("60.00", "fee", description="Reminder fee")
    created = (await story.create()).json()

    answer = await story.service.get(f"/v1/invoices/{created['id']}/document")

    assert answer.headers["content-type"] == "application/pdf"
    (text,) = pages(answer.content)
    for expected in ("Invoice 2026-000001", created["account_id"], "2026-10", "2026-12-15", "Total to pay"):
        assert expected in text
    for expected in ("Åhléns Östersund", "18 550.00", "Refund: Ahlsell Kista", "-310.00", "Fee: Reminder fee"):
        assert expected in text
    assert "18 300.00 SEK" in text


async def test_the_document_stays_the_same_when_a_payment_comes(story: Story) -> None:
    created = await story.invoiced()
    path = f"/v1/invoices/{created['id']}/document"
    before = (await story.service.get(path)).content
    await story.pay(created, "400.00")
    story.now += timedelta(days=60)
    assert (await story.service.get(path)).content == before


async def test_lines_stand_in_the_order_they_were_booked(story: Story) -> None:
    await story.open_account()
    for sequence, day in ((1, 20), (2, 5), (3, 12)):
        booked_at = f"2026-10-{day:02d}T08:00:00Z"
        await story.service.deliver(
            "transaction.recorded", **event(sequence, "1.00", booked_at=booked_at, description=f"Day {day}")
        )
    story.ledger_has(3)
    created = (await story.create()).json()
    (text,) = pages((await story.service.get(f"/v1/invoices/{created['id']}/document")).content)
    assert text.index("Day 5") < text.index("Day 12") < text.index("Day 20")


def test_the_same_invoice_gives_the_same_bytes() -> None:
    assert render(invoice(), lines(60)) == render(invoice(), lines(60))


def test_500_lines_run_over_numbered_pages() -> None:
    texts = pages(render(invoice("5000.00"), lines(500)))
    assert len(texts) > 5
    everything = "\n".join(texts)
    assert all(f"Byggmax Solna {place} 10.00" in everything for place in range(1, 501))
    assert all(f"Invoice 2026-000431, page {place}" in text for place, text in enumerate(texts, 1))
    assert all("Date" in text for text in texts)
    assert "5 000.00 SEK" in texts[-1]


def test_a_long_description_is_wrapped_and_complete() -> None:
    words = " ".join(f"word{place}" for place in range(40))
    (text,) = pages(render(invoice(), lines(1, words)))
    assert words in " ".join(text.replace("10.00", "").split())


def test_a_long_word_is_broken_and_complete() -> None:
    word = "Åäö–" * 60
    (text,) = pages(render(invoice(), lines(1, word)))
    assert word in "".join(text.replace("10.00", "").split())


@pytest.mark.parametrize(
    ("description", "printed"),
    [
        ("Åkerlund & Möller ÅÄÖ åäö é ü", "Åkerlund & Möller ÅÄÖ åäö é ü"),
        ("Café “Å” – 5 €", "Café “Å” – 5 €"),
        ("Kawiarnia Święta", "Kawiarnia Swieta"),
        ("Cafe\u0301 Rene\u0301", "Café René"),
        ("x\u0302", "x"),
        ("鮨 Sushi 🍣", "? Sushi ?"),
        ("ﬁka", "fka"),
        ("line\nbreak\ttab\x07bell\x9d", "line break tab bell "),
        ("{nb} pages", "{nb} pages"),
    ],
)
def test_letters_the_font_lacks_become_the_nearest(description: str, printed: str) -> None:
    assert printable(description) == printed
    (text,) = pages(render(invoice(), lines(1, description)))
    assert " ".join(printed.split()) in " ".join(text.split())


@pytest.mark.parametrize(("amount", "text"), [("0.00", "0.00"), ("1234567.80", "1 234 567.80"), ("-310.00", "-310.00")])
def test_amounts_are_grouped_by_thousands(amount: str, text: str) -> None:
    assert grouped(Decimal(amount)) == text
