import re

from tandem.kit.ids import new_id


def test_id_is_prefixed_and_of_one_length() -> None:
    assert re.fullmatch(r"acc_[0-9a-hjkmnp-tv-z]{26}", new_id("acc"))


def test_later_ids_sort_after_earlier_ones() -> None:
    first = new_id("acc", now=lambda: 1000.000, randomness=lambda bits: 2**bits - 1)
    later = new_id("acc", now=lambda: 1000.001, randomness=lambda _: 0)
    assert first < later


def test_ids_of_one_moment_differ() -> None:
    assert len({new_id("acc", now=lambda: 1000.0) for _ in range(1000)}) == 1000


def test_id_spells_its_time_and_randomness_out() -> None:
    assert new_id("acc", now=lambda: 0.0, randomness=lambda _: 31) == f"acc_{'0' * 25}z"
    assert new_id("acc", now=lambda: (2**48 - 1) / 1000, randomness=lambda _: 0) == f"acc_7zzzzzzzzz{'0' * 16}"
