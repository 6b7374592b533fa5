"""The kind of a field, from its example."""

from __future__ import annotations

from typing import Any

import pytest

from tests.draft.desk import Desk, thing


def test_example_without_doubt_gives_the_kind(desk: Desk) -> None:
    kinds: dict[str, dict[str, Any]] = {
        "paid on: 2026-11-20": {"type": "string", "format": "date"},
        "email: anna@example.com": {"type": "string", "format": "email", "x-sensitive": True},
        "phone: +46 8 465 004 12": {"type": "string", "x-sensitive": True},
        "months: 24": {"type": "integer"},
        "price: number: 24": {"type": "integer"},
        "ready: yes": {"type": "boolean"},
        "page: https://example.com/a": {"type": "string", "format": "uri"},
        "remark: Anything at all, 24 times": {"type": "string", "maxLength": 200},
        "code: text: 24": {"type": "string"},
        "zip code: 0012": {"type": "string"},
        f"story: {'word ' * 30}": {"type": "string", "maxLength": 2000},
        "rent: 1,200.00 SEK": {"$ref": "schemas.yaml#/components/schemas/Money"},
        "deposit: EUR 1200": {"$ref": "schemas.yaml#/components/schemas/Money"},
        "seen at: 2026-11-20T09:30:00Z": {"$ref": "schemas.yaml#/components/schemas/Instant"},
        "state: one of: open, closed or lost": {"$ref": "#/components/schemas/GadgetState"},
        "card: Card": {"$ref": "schemas.yaml#/components/schemas/CardId"},
        "owner: link to a customer": {"$ref": "schemas.yaml#/components/schemas/CustomerId"},
        "parent: Gadget": {"$ref": "#/components/schemas/GadgetId"},
    }
    desk.draft(thing(*kinds))
    shown = desk.schema("NewGadget")["properties"].values()
    found = [
        {key: str(one[key]).rpartition("/common/")[2] if key == "$ref" else one[key] for key in kind}
        for one, kind in zip(shown, kinds.values(), strict=True)
    ]
    assert found == list(kinds.values())


def test_ambiguous_example_is_asked_with_a_proposal_that_is_none(desk: Desk) -> None:
    proposals = {
        "rent: 12.50": "12.50 SEK",
        "price: 500": "500.00 SEK",
        "fare: 120 kr": "120.00 SEK",
        "toll: 120 €": "120.00 EUR",
        "day: 3/4/2026": "2026-04-03",
        "last day: 11/20/2026": "2026-11-20",
        "started at: 2026-11-20 14:00": "2026-11-20T14:00:00Z",
        "weight: 1,200": "1200",
        "code: 99999999999": "text: 99999999999",
        "state: open or closed": "one of: open, closed",
        "mobile: 070-123 45 67": "+46 70 1234567",
        "kind: card": "link to Card",
    }
    made, asked = desk.take_all(thing(*proposals))
    names = [f"gadget.{one.partition(':')[0].replace(' ', '_')}" for one in proposals]
    assert asked == dict(zip(names, proposals.values(), strict=True))
    assert made.path.exists()


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("rent: 12.00 USD", "`rent` is in USD, which is not a currency here; there are: SEK, EUR, NOK, DKK."),
        (
            "state: one of: open",
            "`state` needs at least two different words after “one of”, for example `one of: open, closed`.",
        ),
        (
            "state: one of: open, open",
            "`state` needs at least two different words after “one of”, for example `one of: open, closed`.",
        ),
        (
            "day: 2026-02-30",
            (
                "`day` has the example 2026-02-30, which is no day or moment that exists; "
                "write 2026-11-20 or 2026-11-20T09:30:00Z."
            ),
        ),
        ("rent: number: much", "`rent` has “much”, which is no whole number."),
        ("rent: 12 SEK; soon", "The examples of `rent` disagree: “12 SEK” is an amount of money, “soon” is text."),
        ("rent", "`rent` has no example; write for example `rent: 1,200.00 SEK — what it is`."),
        ("rent: — how much", "`rent` has no example; write for example `rent: 1,200.00 SEK — what it is`."),
    ],
)
def test_example_that_is_wrong_is_told_with_its_line(desk: Desk, field: str, said: str) -> None:
    assert desk.refusals(thing(field)) == [f"line 5: {said}"]


def test_link_to_nothing_names_what_there_is(desk: Desk) -> None:
    (said,) = desk.refusals(thing("owner: link to a Boat"))
    assert said == (
        "line 5: `owner` is a link to “Boat”, which is no thing; there are: "
        "Account, Card, Customer, Gadget, Invoice, Transaction."
    )


def test_answer_is_read_like_an_example(desk: Desk) -> None:
    desk.draft(thing("price: 500"), {"gadget.price": "number: 500"})
    assert desk.schema("NewGadget")["properties"]["price"]["type"] == "integer"


def test_answer_that_leaves_it_open_is_refused(desk: Desk) -> None:
    said = desk.refusals(thing("price: 500"), {"gadget.price": "500"})
    assert said == ["line 5: The answer leaves open what `price` is; answer for example “500.00 SEK”."]


def test_two_examples_stand_in_two_stories(desk: Desk) -> None:
    desk.draft(thing("size: 1; 2", "note: hello — optional"))
    examples = desk.operation("post", "/v1/gadgets")["requestBody"]["content"]["application/json"]["examples"]
    assert examples == {"healthy": {"value": {"size": 1, "note": "hello"}}, "new_customer": {"value": {"size": 2}}}
