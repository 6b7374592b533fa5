"""The version that a change asks for, and what may not be released under any."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tandem.kit.contract import ContractError, load_contract
from tandem.spec.diff.next_release import NextRelease, next_release
from tandem.spec.diff.since_release import found_since_release
from tandem.spec.versions import Step, Version

TODAY = date(2027, 1, 15)
FIRST = Version(1, 0, 0)
CHANGES = {
    "breaks": ("required: [id, account_id, customer_id, number,", "required: [id, account_id, customer_id,"),
    "adds": ("        due_on: {", "        reminder_date: {type: string, format: date}\n        due_on: {"),
    "words": ("description: The last day to pay.", "description: The very last day to pay."),
    "nothing": ("openapi: 3.1.0\n", "openapi: 3.1.0\n# A remark.\n"),
}


@pytest.fixture
def invoice(contracts: Path) -> Path:
    return contracts / "invoice/openapi.yaml"


def _judged(contract: Path, waived: object = ()) -> NextRelease | None:
    assert isinstance(waived, tuple | dict)
    return next_release(load_contract(contract), waived, TODAY)


def _change(contract: Path, *changes: str, version: str = "1.0.0") -> None:
    text = contract.read_text().replace("version: 1.0.0", f"version: {version}", 1)
    for one in changes:
        old, new = CHANGES[one]
        assert old in text
        text = text.replace(old, new, 1)
    contract.write_text(text)


@pytest.mark.parametrize(
    ("changes", "version", "step"),
    [
        (["adds"], "1.1.0", Step.MINOR),
        (["adds", "words"], "1.1.0", Step.MINOR),
        (["words"], "1.0.1", Step.PATCH),
    ],
)
def test_change_says_the_version(invoice: Path, changes: list[str], version: str, step: Step) -> None:
    _change(invoice, *changes)
    assert _judged(invoice) == NextRelease(Version(*map(int, version.split("."))), FIRST, step)


def test_agreed_break_is_a_major_version(invoice: Path) -> None:
    _change(invoice, "breaks", "adds")
    found = _judged(invoice, found_since_release([invoice], TODAY))
    assert found == NextRelease(Version(2, 0, 0), FIRST, Step.MAJOR)
    assert found.because == "it breaks those who use it"
    assert found.as_json() == {"version": "2.0.0", "last": "1.0.0", "step": "major"}


def test_break_that_nobody_agreed_to_is_refused(invoice: Path) -> None:
    _change(invoice, "breaks")
    (fingerprint,) = found_since_release([invoice], TODAY)
    with pytest.raises(ContractError, match=r"nobody agreed: `Invoice\.number` may now be missing") as caught:
        _judged(invoice)
    assert f"({fingerprint})" in str(caught.value)


def test_many_breaks_are_counted(invoice: Path) -> None:
    text = invoice.read_text()
    head, _, rest = text.partition("required: [id, account_id, customer_id, number,")
    invoice.write_text(f"{head}required: [id]{rest.partition(']')[2]}")
    with pytest.raises(ContractError, match=r"may now be missing \(\w+\); and \d more\. Take it back"):
        _judged(invoice)


@pytest.mark.parametrize("changes", [[], ["nothing"]])
def test_nothing_to_say_is_no_release(invoice: Path, changes: list[str]) -> None:
    _change(invoice, *changes)
    assert _judged(invoice) is None


def test_new_version_of_the_same_is_refused(invoice: Path) -> None:
    _change(invoice, version="1.1.0")
    with pytest.raises(ContractError, match=r"openapi.yaml:4: says 1.1.0, and nothing changed since 1.0.0"):
        _judged(invoice)


@pytest.mark.parametrize("version", ["1.1.0", "2.0.0"])
def test_version_that_is_written_already_may_be_a_larger_step(invoice: Path, version: str) -> None:
    _change(invoice, "adds", version=version)
    found = _judged(invoice)
    assert found is not None
    assert str(found.version) == version


@pytest.mark.parametrize("version", ["1.0.1", "1.2.0", "3.0.0", "0.9.0"])
def test_version_that_nobody_would_expect_is_refused(invoice: Path, version: str) -> None:
    _change(invoice, "adds", version=version)
    with pytest.raises(ContractError, match=f"says {version}; after 1.0.0 comes 1.1.0, for it offers something new"):
        _judged(invoice)


def test_first_release_takes_the_version_that_is_written(invoice: Path) -> None:
    (invoice.parent / "released/1.0.0.yaml").unlink()
    _change(invoice, version="0.3.0")
    found = _judged(invoice)
    assert found == NextRelease(Version(0, 3, 0))
    assert (found.because, found.as_json()["step"]) == ("it is the first release", None)


def test_what_is_no_version_is_refused(invoice: Path) -> None:
    _change(invoice, version="next")
    with pytest.raises(ContractError, match="the version 'next' is not three plain numbers"):
        _judged(invoice)


def test_release_of_another_name_is_refused(invoice: Path) -> None:
    (invoice.parent / "released/1.0.0.yaml").rename(invoice.parent / "released/draft.yaml")
    with pytest.raises(ContractError, match=r"draft.yaml: is not named after a version"):
        _judged(invoice)
