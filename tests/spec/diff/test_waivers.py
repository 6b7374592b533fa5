"""Waivers as a file: what stands in it, who is named when it is wrong, and when one no longer holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tandem.kit.contract import ContractError
from tandem.spec.diff.since_release import found_since_release, since_release, waiver_complaints
from tandem.spec.diff.waivers import FILE, Waiver, ended, holding, read_waivers, stale, write_waiver

TODAY = date(2027, 1, 15)
LATE = Waiver("bbbbbbbbbbbb", "`Card.number` is gone", date(2027, 6, 30), "The app of May reads it no more", "anna")
SOON = Waiver("aaaaaaaaaaaa", "`Card.state` is gone", date(2027, 1, 15), "Nobody: ever, read # it", "team-card")


def _written(contracts: Path, text: str) -> Path:
    (contracts / FILE).write_text(text)
    return contracts


def _entry(**words: str) -> str:
    entry = {**LATE.as_json(), **words}
    return "waivers:\n- " + "  ".join(f"{name}: '{text}'\n" for name, text in entry.items() if text)


def test_no_file_is_no_waiver(tmp_path: Path) -> None:
    assert read_waivers(tmp_path) == []
    assert waiver_complaints(tmp_path, [], TODAY) == []


@pytest.mark.parametrize("text", ["waivers:\n", "waivers: []\n", "other: 1\n"])
def test_empty_file_is_no_waiver(tmp_path: Path, text: str) -> None:
    assert read_waivers(_written(tmp_path, text)) == []


def test_written_waivers_are_read_again_the_next_to_end_first(tmp_path: Path) -> None:
    write_waiver(tmp_path, LATE)
    write_waiver(tmp_path, SOON)
    assert read_waivers(tmp_path) == [SOON, LATE]
    text = (tmp_path / FILE).read_text()
    assert text.startswith("# Changes that break somebody and were agreed all the same")
    assert "- fingerprint: aaaaaaaaaaaa\n" in text


def test_waiving_again_renews_the_one_there_is(tmp_path: Path) -> None:
    write_waiver(tmp_path, SOON)
    write_waiver(tmp_path, Waiver(SOON.fingerprint, SOON.change, date(2028, 1, 1), "Once more", "bo"))
    assert [(one.until, one.owner) for one in read_waivers(tmp_path)] == [(date(2028, 1, 1), "bo")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", ":1: must be `waivers:`, a list"),
        ("waivers: {a: 1}", ":1: must be `waivers:`, a list"),
        ("waivers:\n- 7", ":2: a waiver needs fingerprint, change, until, because, owner, as text"),
        (_entry(owner=""), ":2: a waiver needs owner, as text"),
        (_entry(because="  "), ":2: a waiver needs because, as text"),
        (_entry(until="soon"), ":4: until 'soon' is no date such as 2027-06-30"),
        (_entry() + _entry().removeprefix("waivers:\n"), ":7: bbbbbbbbbbbb is waived twice; keep one of them"),
    ],
)
def test_what_is_no_waiver_is_named_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ContractError) as caught:
        read_waivers(_written(tmp_path, text))
    assert str(caught.value) == f"{tmp_path / FILE}{said}"


def test_date_without_quotes_is_a_date(tmp_path: Path) -> None:
    assert read_waivers(_written(tmp_path, _entry().replace("'2027-06-30'", "2027-06-30"))) == [LATE]


def test_waiver_holds_on_its_last_day_and_not_after(tmp_path: Path) -> None:
    assert set(holding([SOON, LATE], TODAY)) == {SOON.fingerprint, LATE.fingerprint}
    assert ended([SOON, LATE], TODAY) == []
    assert set(holding([SOON, LATE], date(2027, 1, 16))) == {LATE.fingerprint}
    (said,) = ended([SOON, LATE], date(2027, 1, 16))
    assert "aaaaaaaaaaaa (`Card.state` is gone) ended on 2027-01-15; ask team-card" in said


def test_waiver_for_what_is_not_found_is_stale() -> None:
    assert [one[:40] for one in stale([SOON, LATE], [LATE.fingerprint])] == ["waivers.yaml: the waiver aaaaaaaaaaaa (`"]


def _without_number(contracts: Path) -> Path:
    contract = contracts / "invoice/openapi.yaml"
    text = contract.read_text()
    assert "required: [id, account_id, customer_id, number," in text
    contract.write_text(text.replace("customer_id, number,", "customer_id,", 1))
    return contract


def test_change_since_the_release_can_be_waived(contracts: Path) -> None:
    contract = contracts / "invoice/openapi.yaml"
    assert found_since_release([contract], TODAY) == {}
    (finding,) = found_since_release([_without_number(contracts)], TODAY).values()
    assert finding.rule == "property-became-optional"
    write_waiver(contracts, Waiver(finding.fingerprint, "x", TODAY, "y", "z"))
    write_waiver(contracts, LATE)
    (said,) = waiver_complaints(contracts, [contract], TODAY)
    assert LATE.fingerprint in said


def test_what_breaks_nobody_needs_no_waiver(contracts: Path) -> None:
    contract = contracts / "invoice/openapi.yaml"
    contract.write_text(contract.read_text().replace("operationId: listInvoices", "operationId: listAllInvoices"))
    assert since_release(contract, TODAY).findings != []
    assert found_since_release([contract], TODAY) == {}


def test_what_the_last_release_brought_is_still_no_stale_waiver(contracts: Path) -> None:
    """A pull request that holds the change, the waiver and the release is compared with what was there before."""
    contract = _without_number(contracts)
    (fingerprint,) = found_since_release([contract], TODAY)
    released = contract.parent / "released"
    (released / "2.0.0.yaml").write_text(
        (released / "1.0.0.yaml")
        .read_text()
        .replace("      - customer_id\n      - number\n", "      - customer_id\n", 1)
    )
    assert since_release(contract, TODAY).findings == []
    assert list(found_since_release([contract], TODAY)) == [fingerprint]
    (released / "2.0.1.yaml").write_text((released / "2.0.0.yaml").read_text())
    assert found_since_release([contract], TODAY) == {}


def test_contract_that_was_never_released_has_nothing_to_waive(contracts: Path) -> None:
    contract = _without_number(contracts)
    (contract.parent / "released/1.0.0.yaml").unlink()
    assert since_release(contract, TODAY).findings == []
    assert found_since_release([contract], TODAY) == {}
