"""`tandem contract can-i-deploy` and `consumers`: what is asked, what is answered, with which exit code."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.cli.contract_project import Project

NOW = datetime.now(UTC).isoformat()
NUMBER = ("      - customer_id\n      - number\n      - period", "      - customer_id\n      - period")


def _release(project: Project, version: str, change: tuple[str, str]) -> None:
    folder = project.folder / "contracts/invoice/released"
    text = (folder / "1.0.0.yaml").read_text()
    assert change[0] in text
    (folder / f"{version}.yaml").write_text(text.replace(*change))


def _record(project: Project, *operations: str, name: str = "calls.json") -> Path:
    calls = [
        {"consumer": "customer", "service": "invoice", "operation": one, "last_seen": NOW, "count": 4}
        for one in operations
    ]
    path = project.folder / name
    path.write_text(json.dumps({"since": NOW, "until": NOW, "calls": calls}))
    return path


def _asked(project: Project, *arguments: str) -> tuple[int, Any]:
    code, out, err = project.call("can-i-deploy", *arguments, "--json")
    assert err == ""
    return code, json.loads(out)


def test_yes_says_what_was_checked(contracts: Project) -> None:
    code, out, err = contracts.call("can-i-deploy", "invoice", "1.0.0", "--to", "production")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "Yes: invoice 1.0.0 can go to production.",
        "  checked  invoice 1.0.0 runs in production already.",
        "  checked  invoice 1.0.0 finds getBalance in transaction 1.0.0.",
    ]


def test_no_says_who_breaks_where(contracts: Project) -> None:
    _release(contracts, "2.0.0", NUMBER)
    code, out, _ = contracts.call("can-i-deploy", "invoice", "2.0.0", "--to", "uat")
    lines = out.splitlines()
    assert code == 1
    assert lines[0] == "No: invoice 2.0.0 must not go to uat."
    assert lines[1] == "  breaks   account 1.0.0 breaks in uat: it uses listInvoices."
    assert lines[2].startswith(
        "           GET /v1/invoices: `Invoice.number` may now be missing  contracts/invoice/released/2.0.0.yaml:"
    )
    assert lines[3].strip() == "Apps that read `Invoice` were told that `number` is always there, and may not find it."
    assert lines[4].startswith("  unknown  2.0.0 breaks 1 thing, and who uses invoice in uat is not known")


def test_json_has_what_breaks_for_a_machine(contracts: Project) -> None:
    _release(contracts, "2.0.0", NUMBER)
    code, document = _asked(contracts, "invoice", "2.0.0", "--to", "uat")
    assert (code, document["answer"]) == (1, "no")
    (broken,) = [one for one in document["checks"] if one["answer"] == "no"]
    assert broken["breaks"][0]["rule"] == "property-became-optional"
    assert broken["breaks"][0]["place"]["pointer"] == "/components/schemas/Invoice/required"
    assert broken["breaks"][0]["said"].startswith("`Invoice.number` may now be missing. Apps that read")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("invoise", "1.0.0", "--to", "uat"), "There is no service 'invoise'. Did you mean `invoice`?"),
        (("invoice", "1.0.1", "--to", "uat"), "There is no release of invoice '1.0.1'. Did you mean `1.0.0`?"),
        (("invoice", "1.0.0", "--to", "mars"), "There is no environment 'mars'. There are: local, production, uat"),
        (("invoice", "1.0.0", "--to", "uat", "--observed", "bad.json"), "bad.json: is not JSON"),
    ],
)
def test_what_is_not_known_is_never_a_yes(contracts: Project, arguments: tuple[str, ...], said: str) -> None:
    (contracts.folder / "bad.json").write_text("{")
    code, document = _asked(contracts, *arguments)
    assert (code, document["answer"]) == (2, "cannot tell")
    assert document["checks"][0]["said"].startswith(said)
    code, out, _ = contracts.call("can-i-deploy", *arguments)
    assert (code, out.startswith("Cannot tell: ")) == (2, True)
    assert f"  unknown  {said}" in out


def test_version_that_is_not_released_yet_is_told_apart(contracts: Project) -> None:
    contracts.edit("contracts/invoice/openapi.yaml", "version: 1.0.0", "version: 1.1.0")
    code, document = _asked(contracts, "invoice", "1.1.0", "--to", "uat")
    assert (code, document["checks"][0]["said"]) == (
        2,
        "invoice 1.1.0 is not released yet: tandem contract release invoice",
    )


def test_command_that_is_misspelt_is_no_answer(contracts: Project) -> None:
    code, out, err = contracts.call("can-i-deploy", "invoice", "1.0.0")
    assert (code, out) == (2, "")
    assert "--to" in err


def test_what_was_seen_decides_whether_a_break_matters(contracts: Project) -> None:
    _release(contracts, "2.0.0", ("/v1/invoices/{invoice_id}/document:", "/v1/invoices/{invoice_id}/pdf:"))
    arguments = ("invoice", "2.0.0", "--to", "production")
    assert _asked(contracts, *arguments)[0] == 2
    assert _asked(contracts, *arguments, "--observed", str(_record(contracts, "listInvoices")))[0] == 0
    assert contracts.call("consumers", "production", "--import", str(_record(contracts, "getInvoiceDocument")))[0] == 0
    code, document = _asked(contracts, *arguments)
    assert (code, document["answer"]) == (1, "no")


def test_consumers_of_another_environment_are_those_that_were_imported(contracts: Project) -> None:
    code, _, err = contracts.call("consumers", "uat")
    assert (code, err) == (1, "No calls were recorded in uat.\n")
    code, out, _ = contracts.call("consumers", "uat", "--import", str(_record(contracts, "getInvoice")))
    assert code == 0
    assert [line.split()[:4] for line in out.splitlines()[1:]] == [["invoice", "getInvoice", "customer", "4"]]
    code, out, _ = contracts.call("consumers", "uat", "--json")
    assert [one["operation"] for one in json.loads(out)["calls"]] == ["getInvoice"]


def test_consumers_on_this_machine_are_read_from_its_logs(contracts: Project) -> None:
    assert contracts.call("consumers")[0] == 1
    logs = contracts.folder / ".tandem/logs"
    logs.mkdir(parents=True)
    said = {"event": "request", "caller": "service:account", "operation": "listCards", "time": NOW}
    (logs / "card.log").write_text(json.dumps(said) + "\n")
    assert json.loads(contracts.call("consumers", "--json")[1])["calls"][0]["consumer"] == "account"
    code, document = _asked(contracts, "card", "1.0.0", "--to", "local")
    assert (code, document["checks"][0]["said"]) == (0, "card 1.0.0 runs in local already")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("mars",), 1, "There is no environment 'mars'."),
        (("uat", "--import", "bad.json"), 2, "bad.json: must be an object"),
        (("uat", "--import", "none.json"), 2, "No such file or directory at none.json"),
        (("local", "--import", "bad.json"), 1, "is read from its logs; name another environment"),
    ],
)
def test_what_cannot_be_imported_is_said(contracts: Project, arguments: tuple[str, ...], code: int, said: str) -> None:
    (contracts.folder / "bad.json").write_text("[]")
    got, _, err = contracts.call("consumers", *arguments)
    assert (got, said in err) == (code, True), err


def test_version_of_the_tree_is_asked_for_when_none_is_said(contracts: Project) -> None:
    assert contracts.call("can-i-deploy", "invoice", "--to", "uat")[1].startswith("Yes: invoice 1.0.0 can go to uat.")
    code, out, _ = contracts.call("can-i-deploy", "invoise", "--to", "uat")
    assert (code, out.startswith("Cannot tell: invoise to uat.")) == (2, True)


def test_what_was_deployed_is_what_is_asked_about_from_then_on(contracts: Project) -> None:
    _release(contracts, "1.1.0", ("title: Invoices", "title: Bills"))
    assert contracts.call("deployed", "invoice", "1.1.0", "--to", "uat") == (
        0,
        "invoice 1.1.0 runs in uat, says contracts/environments.yaml now.\n",
        "",
    )
    code, document = _asked(contracts, "invoice", "1.1.0", "--to", "uat")
    assert (code, document["checks"][0]["said"]) == (0, "invoice 1.1.0 runs in uat already")
    assert "stands there for uat already" in contracts.call("deployed", "invoice", "1.1.0", "--to", "uat")[1]
    assert contracts.call("deployed", "invoice", "--to", "production")[0] == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("invoice", "1.1.0", "--to", "moon"), "There is no environment moon with services"),
        (("invoise", "--to", "uat"), "Did you mean `invoice`?"),
    ],
)
def test_deployment_that_cannot_be_recorded_is_refused(
    contracts: Project, arguments: tuple[str, ...], said: str
) -> None:
    code, _, err = contracts.call("deployed", *arguments)
    assert (code, said in err) == (1, True)
