"""Can this version go there? Every answer, and why it is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tandem.spec.deployment.answer import Answer, Candidate, Check, Environment, checks, together
from tandem.spec.deployment.environments import Deployed, read_environments
from tandem.spec.deployment.observed import Call, Observed
from tandem.spec.manifest import load_manifest

TODAY = date(2027, 1, 15)
NUMBER = ("      - customer_id\n      - number\n      - period", "      - customer_id\n      - period")
DOCUMENT = ("/v1/invoices/{invoice_id}/document:", "/v1/invoices/{invoice_id}/pdf:")
WORDS = ("The last day to pay.", "The very last day to pay.")
LIST = ("operationId: listInvoices\n", "operationId: searchInvoices\n")


def _release(contracts: Path, service: str, version: str, *changes: tuple[str, str], base: str = "1.0.0") -> Path:
    folder = contracts / service / "released"
    text = (folder / f"{base}.yaml").read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / f"{version}.yaml").write_text(text)
    return folder / f"{version}.yaml"


def _seen(*calls: tuple[str, str], until: date = TODAY) -> Observed:
    moment = datetime(until.year, until.month, until.day, 8, tzinfo=UTC)
    return Observed(
        datetime(2026, 12, 1, tzinfo=UTC),
        moment,
        tuple(Call(consumer, "invoice", operation, moment, 3) for consumer, operation in calls),
    )


@pytest.fixture
def uat(contracts: Path) -> Environment:
    """Where everything runs as it was first released, and nobody looked who calls."""
    manifest = load_manifest(contracts)
    return Environment("uat", manifest, read_environments(manifest)["uat"], None, TODAY)


def _with(there: Environment, **versions: tuple[str, ...]) -> Environment:
    """The same with other versions of some services; none is not deployed."""
    folder = there.manifest.path.parent
    deployed: Deployed = {
        **there.deployed,
        **{
            service: {
                version: path if (path := folder / service / "released" / f"{version}.yaml").exists() else None
                for version in wanted
            }
            for service, wanted in versions.items()
        },
    }
    return replace(there, deployed=deployed)


def _asked(there: Environment, contract: Path, service: str = "invoice") -> tuple[Answer, list[Check]]:
    found = checks(there, Candidate(service, contract.stem, contract))
    return together(found), found


def _said(found: list[Check], answer: Answer) -> list[str]:
    return [check.said for check in found if check.answer is answer]


def test_what_breaks_nothing_can_go_though_nobody_looked(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(uat, _release(contracts, "invoice", "1.0.1", WORDS))
    assert answer is Answer.YES
    assert [check.said for check in found] == [
        "nothing of invoice 1.0.0 breaks in 1.0.1",
        "account 1.0.0 finds what it uses as before: listInvoices",
        "invoice 1.0.1 finds getBalance in transaction 1.0.0",
    ]


def test_consumer_of_the_manifest_that_breaks_is_named_with_what_it_uses(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(uat, _release(contracts, "invoice", "2.0.0", NUMBER))
    assert answer is Answer.NO
    (check,) = [one for one in found if one.answer is Answer.NO]
    assert check.said == "account 1.0.0 breaks in uat: it uses listInvoices"
    (finding,) = check.breaks
    assert (finding.rule, finding.operations) == ("property-became-optional", ["GET /v1/invoices"])


def test_break_that_no_known_consumer_uses_is_unknown_while_nobody_looked(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(uat, _release(contracts, "invoice", "2.0.0", DOCUMENT))
    assert answer is Answer.CANNOT_TELL
    (said,) = _said(found, answer)
    assert said == (
        "2.0.0 breaks 1 thing, and who uses invoice in uat is not known: no calls were recorded there "
        "(tandem contract consumers uat --import FILE)"
    )
    assert "account 1.0.0 finds what it uses as before: listInvoices" in _said(found, Answer.YES)


def test_record_without_a_call_of_the_service_is_no_proof(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(replace(uat, observed=_seen()), _release(contracts, "invoice", "2.0.0", DOCUMENT))
    assert answer is Answer.CANNOT_TELL
    assert "nobody was seen calling it there" in _said(found, answer)[0]


def test_break_that_nobody_was_seen_to_use_can_go(uat: Environment, contracts: Path) -> None:
    there = replace(uat, observed=_seen(("customer", "listInvoices")))
    answer, found = _asked(there, _release(contracts, "invoice", "2.0.0", DOCUMENT))
    assert answer is Answer.YES
    assert "2.0.0 breaks 1 thing, and nobody else was seen calling invoice between 2026-12-01 and 2027-01-15" in _said(
        found, Answer.YES
    )
    assert "customer finds what it uses as before: listInvoices, 3 calls seen, the last on 2027-01-15" in _said(
        found, Answer.YES
    )


def test_consumer_that_was_only_seen_breaks_as_well(uat: Environment, contracts: Path) -> None:
    there = replace(uat, observed=_seen(("customer", "getInvoiceDocument"), ("customer", "listInvoices")))
    answer, found = _asked(there, _release(contracts, "invoice", "2.0.0", DOCUMENT))
    assert answer is Answer.NO
    assert _said(found, answer) == [
        "customer breaks in uat: it uses getInvoiceDocument, listInvoices, 6 calls seen, the last on 2027-01-15"
    ]


@pytest.mark.parametrize(
    ("until", "wanted"), [(date(2026, 12, 16), Answer.YES), (date(2026, 12, 14), Answer.CANNOT_TELL)]
)
def test_old_record_says_little_about_now(uat: Environment, contracts: Path, until: date, wanted: Answer) -> None:
    there = replace(uat, observed=_seen(("customer", "listInvoices"), until=until))
    answer, found = _asked(there, _release(contracts, "invoice", "2.0.0", DOCUMENT))
    assert answer is wanted
    if wanted is Answer.CANNOT_TELL:
        assert "and calls were last recorded on 2026-12-14" in _said(found, answer)[0]


def test_operation_that_was_never_offered_is_missed(uat: Environment, contracts: Path) -> None:
    there = replace(uat, observed=_seen(("robot", "burnInvoice")))
    answer, found = _asked(there, _release(contracts, "invoice", "1.0.1", WORDS))
    assert answer is Answer.NO
    assert _said(found, answer) == ["robot calls burnInvoice, which invoice 1.0.1 does not offer"]


def test_version_that_runs_there_is_no_change(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(uat, contracts / "invoice/released/1.0.0.yaml")
    assert (answer, found[0].said) == (Answer.YES, "invoice 1.0.0 runs in uat already")


def test_every_version_that_runs_there_is_compared(uat: Environment, contracts: Path) -> None:
    _release(contracts, "invoice", "1.1.0", ("operationId: getInvoiceDocument", "operationId: getPdf"))
    candidate = _release(contracts, "invoice", "1.2.0", ("operationId: getInvoiceDocument", "operationId: getPdf"))
    _, found = _asked(_with(uat, invoice=("1.0.0", "1.1.0")), candidate)
    said = _said(found, Answer.YES)
    assert {"nothing of invoice 1.0.0 breaks in 1.2.0", "nothing of invoice 1.1.0 breaks in 1.2.0"} <= set(said)


def test_version_whose_contract_is_gone_cannot_be_told(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(_with(uat, invoice=("0.9.0",)), contracts / "invoice/released/1.0.0.yaml")
    assert answer is Answer.CANNOT_TELL
    assert _said(found, answer) == ["invoice 0.9.0 runs in uat, and its contract is not among the releases"]


def test_consumer_of_an_unknown_version_cannot_be_told(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(_with(uat, account=("0.9.0",)), _release(contracts, "invoice", "1.0.1", WORDS))
    assert answer is Answer.CANNOT_TELL
    assert _said(found, answer) == ["account 0.9.0 runs in uat, and its contract is not among the releases"]


def test_consumer_that_does_not_run_there_does_not_break(uat: Environment, contracts: Path) -> None:
    there = replace(_with(uat, account=()), observed=_seen(("customer", "getInvoiceDocument")))
    answer, found = _asked(there, _release(contracts, "invoice", "2.0.0", NUMBER))
    assert answer is Answer.YES
    assert not any("account" in check.said for check in found)


def test_first_version_there_is_held_against_the_release_before(uat: Environment, contracts: Path) -> None:
    candidate = _release(contracts, "invoice", "2.0.0", NUMBER)
    answer, found = _asked(_with(uat, invoice=()), candidate)
    assert answer is Answer.NO
    assert found[0].said == "invoice is not in uat yet, so nobody there calls it"
    assert _said(found, answer) == ["account 1.0.0 breaks in uat: it uses listInvoices"]


def test_first_version_of_all_serves_those_who_wait_for_it(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(_with(uat, invoice=()), contracts / "invoice/released/1.0.0.yaml")
    assert (answer, len(found)) == (Answer.YES, 3)


def test_first_version_without_what_others_call_is_refused(uat: Environment, contracts: Path) -> None:
    only = contracts / "invoice/released/1.0.0.yaml"
    only.write_text(only.read_text().replace(*LIST))
    answer, found = _asked(_with(uat, invoice=()), only)
    assert _said(found, Answer.NO) == ["account 1.0.0 calls listInvoices, which invoice 1.0.0 does not offer"]
    assert answer is Answer.NO


def test_peer_that_is_not_there_is_missed(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(_with(uat, transaction=()), contracts / "invoice/released/1.0.0.yaml")
    assert answer is Answer.NO
    assert _said(found, answer) == ["invoice 1.0.0 calls getBalance of transaction, and transaction is not in uat"]


def test_peer_that_offers_less_than_is_called_is_named(uat: Environment, contracts: Path) -> None:
    _release(
        contracts,
        "transaction",
        "0.9.0",
        ("operationId: getBalance\n      summary", "operationId: getSum\n      summary"),
    )
    answer, found = _asked(_with(uat, transaction=("0.9.0",)), contracts / "invoice/released/1.0.0.yaml")
    assert _said(found, answer) == ["invoice 1.0.0 calls getBalance, which transaction 0.9.0 does not offer"]


def test_peer_that_is_too_old_is_named_with_what_is_missed(uat: Environment, contracts: Path) -> None:
    _release(contracts, "transaction", "0.9.0", ("      - remaining\n      - transactions\n", "      - transactions\n"))
    answer, found = _asked(_with(uat, transaction=("0.9.0",)), contracts / "invoice/released/1.0.0.yaml")
    assert _said(found, answer) == ["invoice 1.0.0 was made for a newer transaction than 0.9.0, which runs there"]
    (check,) = [one for one in found if one.answer is Answer.NO]
    assert check.breaks[0].change.subject == "remaining"


def test_peer_of_an_unknown_version_cannot_be_told(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(_with(uat, transaction=("0.1.0",)), contracts / "invoice/released/1.0.0.yaml")
    assert answer is Answer.CANNOT_TELL
    assert _said(found, answer) == ["transaction 0.1.0 runs in uat, and its contract is not among the releases"]


def test_service_that_calls_nobody_finds_everything(uat: Environment, contracts: Path) -> None:
    answer, found = _asked(uat, contracts / "customer/released/1.0.0.yaml", "customer")
    assert (answer, found[-1].said) == (Answer.YES, "customer calls no other service")


def test_what_breaks_is_known_whatever_else_is_not() -> None:
    told = [Check(Answer.YES, ""), Check(Answer.CANNOT_TELL, ""), Check(Answer.NO, "")]
    assert [together(told), together(told[:2]), together(told[:1])] == [Answer.NO, Answer.CANNOT_TELL, Answer.YES]
