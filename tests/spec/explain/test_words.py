import pytest

from tandem.spec.explain.words import (
    article,
    clean,
    human,
    listed,
    paragraphs,
    plural,
    sentence,
    sentences,
    singular,
    some,
)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("holder_name", "holder name"),
        ("PaymentIntent", "payment intent"),
        ("HTTPServer", "http server"),
        ("customer_id", "customer"),
        ("customerId", "customer"),
        ("id", "reference"),
        ("redirectUrl", "redirect web address"),
        ("InvoicePDF", "invoice PDF"),
        ("contact-options", "contact options"),
        ("metadata[key]", "metadata key"),
        ("___", "___"),
    ],
)
def test_name_is_written_as_a_person_writes_it(name: str, said: str) -> None:
    assert human(name) == said


@pytest.mark.parametrize(
    ("noun", "nouns"),
    [("card", "cards"), ("company", "companies"), ("day", "days"), ("address", "addresses"), ("box", "boxes"),
     ("contact person", "contact people"), ("branch", "branches"), ("status", "statuses"), ("clause", "clauses")],
)  # fmt: skip
def test_plural_and_singular_lead_to_each_other(noun: str, nouns: str) -> None:
    assert (plural(noun), singular(nouns), singular(noun)) == (nouns, noun, noun)


@pytest.mark.parametrize(
    ("noun", "said"),
    [("card", "a card"), ("account", "an account"), ("user", "a user"), ("unit", "a unit"), ("upload", "an upload"),
     ("an amount", "an amount"), ("text of a kind", "text of a kind"), ("accounts", "accounts")],
)  # fmt: skip
def test_article_is_the_right_one(noun: str, said: str) -> None:
    assert article(noun) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<p>Returns a <a href='x'>list</a> of&nbsp;things.</p>", "Returns a list of things."),
        ("See [the guide](https://example.com/a) for **more**.", "See the guide for more."),
        ("`active` cards; null before that, `null` after.", "“active” cards; empty before that, “empty” after."),
        ("# Heading\n> quoted", "Heading quoted"),
        ("a < b and c > d", "a < b and c > d"),
        ("<" * 3000, "<" * 3000),
    ],
)
def test_marks_of_other_languages_are_taken_out(text: str, said: str) -> None:
    assert clean(text) == said


def test_as_many_sentences_as_fit_are_kept() -> None:
    text = "One two. Three four! Five six? Seven."
    assert sentences(text, 20) == "One two. Three four!"
    assert sentences(text, 1) == "One two."
    assert sentences("x " * 1000, 50).endswith(" …")
    assert sentences("", 50) == ""


def test_headings_tables_and_code_are_no_paragraphs() -> None:
    text = "# About\n\nIt is good.\n\n| a | b |\n|---|---|\n\nFor example:\n\n```\ncurl\n```\n\nThat is all."
    assert paragraphs(text) == ["It is good.", "That is all."]


def test_lists_read_like_english() -> None:
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"], "or")] == [
        "",
        "a",
        "a and b",
        "a, b or c",
    ]
    assert some(["a", "b", "c"], 2) == "a, b and c"
    assert some(["a", "b", "c", "d"], 2) == "a, b and 2 others"


def test_sentence_ends_once() -> None:
    assert [sentence("yes"), sentence("Yes!"), sentence("")] == ["Yes.", "Yes!", ""]
