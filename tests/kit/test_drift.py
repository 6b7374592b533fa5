"""What answers got wrong is kept once, counted, and never without end."""

from itertools import count

from tandem.kit.drift import Drift, header_value


def test_a_sentence_is_kept_once_with_how_often_and_when_it_was_true() -> None:
    ticks = count(10)
    drift = Drift(now=lambda: float(next(ticks)))
    drift.note("card.getCard", ["wrong"])
    drift.note("card.listCards", ["late"])
    drift.note("card.getCard", ["wrong"])
    drift.note("card.getCard", [])

    assert drift.table() == {
        "checked": {"card.getCard": 3, "card.listCards": 1},
        "drift": [
            {"operation": "card.getCard", "sentence": "wrong", "times": 2, "first_at": 10.0, "last_at": 12.0},
            {"operation": "card.listCards", "sentence": "late", "times": 1, "first_at": 11.0, "last_at": 11.0},
        ],
    }


def test_what_is_forgotten_is_gone_and_so_is_the_count() -> None:
    drift = Drift()
    drift.note("card.getCard", ["wrong"])
    drift.forget()
    assert drift.table() == {"checked": {}, "drift": []}


def test_the_table_is_bounded() -> None:
    drift = Drift()
    for number in range(600):
        drift.note("card.getCard", [f"{number}"])
    assert len(drift.table()["drift"]) == 500


def test_a_header_holds_any_sentences() -> None:
    assert header_value(["a\nb", "å"]) == "a b | ?"
    assert len(header_value(["x" * 5000])) == 2000
