"""`tandem contract waive`, `check` and `release`: from a change to a version, with what people are told on the way."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.cli.contract_project import INVOICE, Project
from tests.product import PRODUCT

TODAY = datetime.now(UTC).date()
TOMORROW = TODAY + timedelta(days=1)
WAIVERS = "contracts/waivers.yaml"


def _fingerprint(project: Project) -> str:
    """Of the first thing that the invoice contract breaks."""
    return str(json.loads(project.call("diff", "invoice", "--json")[1])["findings"][0]["fingerprint"])


def _waive(project: Project, fingerprint: str, *, until: date = TOMORROW, **words: str) -> tuple[int, str, str]:
    said = {"because": "The app of May reads it no more", "owner": "anna", **words}
    options = [part for name, text in said.items() for part in (f"--{name}", text)]
    return project.call("waive", fingerprint, "--until", str(until), *options)


def test_waived_change_is_shown_as_waived_and_fails_nothing(contracts: Project) -> None:
    contracts.break_readers()
    fingerprint = _fingerprint(contracts)
    code, out, err = _waive(contracts, fingerprint)
    assert (code, err) == (0, "")
    assert out == (f"Waived until {TOMORROW}: `Invoice.number` may now be missing. Commit {WAIVERS} with the change.\n")
    code, out, _ = contracts.call("diff", "invoice")
    assert code == 0
    assert "  waived    GET /v1/invoices and 2 more: `Invoice.number` may now be missing" in out
    assert f"anna, until {TOMORROW}: The app of May reads it no more" in out
    assert out.splitlines()[-1] == "Compatible: 1 waived."
    assert "waivers: valid\n" in contracts.call("check", "card")[1]


def test_waiver_is_what_the_json_says(contracts: Project) -> None:
    contracts.break_readers()
    fingerprint = _fingerprint(contracts)
    told = ("--until", str(TOMORROW), "--because", " why ", "--owner", "anna")
    code, out, _ = contracts.call("waive", fingerprint, *told, "--json")
    assert (code, json.loads(out)) == (
        0,
        {
            "fingerprint": fingerprint,
            "change": "`Invoice.number` may now be missing",
            "until": str(TOMORROW),
            "because": "why",
            "owner": "anna",
        },
    )


def test_unknown_fingerprint_is_refused_with_the_nearest(contracts: Project) -> None:
    contracts.break_readers()
    fingerprint = _fingerprint(contracts)
    code, _, err = _waive(contracts, f"{fingerprint[:-1]}x")
    assert (code, f"Did you mean `{fingerprint}`?" in err) == (1, True)
    assert not (contracts.folder / WAIVERS).exists()


def test_nothing_can_be_waived_where_nothing_breaks(contracts: Project) -> None:
    contracts.add_a_field()
    code, _, err = _waive(contracts, _fingerprint(contracts))
    assert (code, err) == (1, "There is nothing to waive: no change since the last releases breaks anybody.\n")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"because": " "}, "--because is empty."),
        ({"owner": ""}, "--owner is empty."),
        ({"until": TODAY - timedelta(days=1)}, "is past. A waiver holds until a day to come."),
    ],
)
def test_waiver_without_its_words_or_its_time_is_refused(contracts: Project, words: dict[str, str], said: str) -> None:
    contracts.break_readers()
    code, _, err = _waive(contracts, _fingerprint(contracts), **words)  # type: ignore[arg-type]
    assert (code, said in err) == (1, True)
    assert not (contracts.folder / WAIVERS).exists()


def test_waiver_that_ended_is_refused_and_waives_nothing(contracts: Project) -> None:
    contracts.break_readers()
    _waive(contracts, _fingerprint(contracts))
    contracts.edit(WAIVERS, str(TOMORROW), str(TODAY - timedelta(days=1)))
    code, out, err = contracts.call("check", "card")
    assert (code, err) == (1, "Not as they should be: waivers.\n")
    assert "waivers: 1 wrong\n  waivers.yaml: the waiver " in out
    assert "ask anna" in out
    assert contracts.call("diff", "invoice")[0] == 1


def test_waiver_for_a_change_that_was_taken_back_is_refused(contracts: Project) -> None:
    contracts.break_readers()
    _waive(contracts, _fingerprint(contracts))
    contracts.git("checkout", "--", INVOICE)
    code, out, _ = contracts.call("check", "card")
    assert (code, "is for a change that is no longer found; delete it" in out) == (1, True)


def test_addition_is_released_as_a_minor_version_which_the_contract_then_says(contracts: Project) -> None:
    contracts.add_a_field()
    code, out, err = contracts.call("release", "invoice")
    assert (code, err) == (0, "")
    file = "contracts/invoice/released/1.1.0.yaml"
    assert out == f"Released invoice 1.1.0 (minor, for it offers something new and breaks nobody): {file}.\n"
    assert "\n  version: 1.1.0\n" in (contracts.folder / INVOICE).read_text()
    assert (contracts.folder / file).exists()
    assert contracts.call("check", "invoice")[0] == 0
    assert contracts.call("diff", "invoice")[1] == "Compatible: nothing changed for those who use the API.\n"


def test_break_is_released_only_when_it_was_agreed(contracts: Project) -> None:
    contracts.break_readers()
    code, _, err = contracts.call("release", "invoice")
    assert (code, "nobody agreed: `Invoice.number` may now be missing" in err) == (1, True)
    _waive(contracts, _fingerprint(contracts))
    code, out, _ = contracts.call("release", "invoice", "--json")
    assert code == 0
    assert json.loads(out) == {
        "released": ["contracts/invoice/released/2.0.0.yaml"],
        "releases": [{"service": "invoice", "version": "2.0.0", "last": "1.0.0", "step": "major"}],
        "unchanged": [],
    }
    # The branch holds change, waiver and release: what it is compared with is still there.
    assert contracts.call("diff", "main", "invoice")[0] == 0
    assert contracts.call("check", "invoice")[0] == 0


def test_dry_run_releases_nothing(contracts: Project) -> None:
    contracts.add_a_field()
    code, out, _ = contracts.call("release", "--dry-run")
    assert code == 0
    assert out.splitlines()[0].startswith("Would release invoice 1.1.0 (minor, ")
    assert out.splitlines()[1:] == [
        f"{service}: nothing changed since 1.0.0." for service in PRODUCT if service != "invoice"
    ]
    assert not (contracts.folder / "contracts/invoice/released/1.1.0.yaml").exists()
    assert "\n  version: 1.0.0\n" in (contracts.folder / INVOICE).read_text()


def test_nothing_to_release_is_said_kindly(contracts: Project) -> None:
    code, _, err = contracts.call("release", "card")
    assert (code, err) == (1, "There is nothing to release: nothing changed since card 1.0.0.\n")


def test_first_release_needs_no_change(contracts: Project) -> None:
    for file in (contracts.folder / "contracts/card/released").iterdir():
        file.unlink()
    said = "Released card 1.0.0 (it is the first release): contracts/card/released/1.0.0.yaml.\n"
    assert contracts.call("release", "card") == (0, said, "")


def test_contract_that_is_wrong_is_not_released(contracts: Project) -> None:
    contracts.edit("contracts/card/openapi.yaml", "last_four: '4821'", "last_four: '48'")
    code, _, err = contracts.call("release", "card")
    assert (code, "Nothing was released: mend this first." in err) == (1, True)
    assert not (contracts.folder / "contracts/card/released/1.0.1.yaml").exists()


def test_version_that_cannot_be_found_in_the_file_is_left_to_people(contracts: Project) -> None:
    contracts.add_a_field()
    contracts.edit(INVOICE, "  version: 1.0.0\n", "  version: >-\n    1.0.0\n")
    code, _, err = contracts.call("release", "invoice")
    assert (code, err.endswith(": write version: 1.1.0 there by hand, then release again\n")) == (1, True)
    assert not (contracts.folder / "contracts/invoice/released/1.1.0.yaml").exists()


@pytest.mark.parametrize("written", ["{title: Invoices, version: '1.0.0'}", '{"title": "Invoices", "version":"1.0.0"}'])
def test_only_the_version_is_written_however_it_stands_there(contracts: Project, written: str) -> None:
    contracts.add_a_field()
    text = (contracts.folder / INVOICE).read_text()
    head, _, rest = text.partition("info:\n")
    _, servers, rest = rest.partition("servers:\n")
    (contracts.folder / INVOICE).write_text(f"{head}info: {written}\n{servers}{rest}")
    assert contracts.call("release", "invoice")[0] == 0
    assert f"info: {written.replace('1.0.0', '1.1.0')}\n" in (contracts.folder / INVOICE).read_text()
