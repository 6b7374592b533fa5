"""`tandem contract diff`: what it can be asked, what it says, and with which exit code."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.contract_project import INVOICE, REQUIRED, Project

UNTOLD = "Apps that read `Invoice` were told that `number` is always there, and may not find it."


def _json(project: Project, *arguments: str) -> Any:
    return json.loads(project.call("diff", *arguments, "--json")[1])


def test_unchanged_contracts_are_compatible(contracts: Project) -> None:
    assert contracts.call("diff") == (0, "Compatible: nothing changed for those who use the API.\n", "")


def test_new_field_is_told_and_fails_nothing(contracts: Project) -> None:
    contracts.add_a_field()
    code, out, err = contracts.call("diff", "invoice")
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "Invoices"
    assert out.splitlines()[1].startswith(
        "  note      GET /v1/invoices and 2 more: `Invoice.reminder_date` is new and optional  contracts/invoice/"
    )
    assert out.splitlines()[-1] == "Compatible: 1 change that breaks nobody."


def test_breaking_change_says_who_where_and_what_instead(contracts: Project) -> None:
    contracts.break_readers()
    code, out, err = contracts.call("diff", "invoice")
    lines = out.splitlines()
    assert (code, err) == (1, "")
    line = (contracts.folder / INVOICE).read_text().split(REQUIRED.replace("number, ", ""))[0].count("\n") + 1
    assert f"`Invoice.number` may now be missing  contracts/invoice/openapi.yaml:{line}" in lines[1]
    assert lines[2].strip() == UNTOLD
    assert lines[3].strip().startswith("Instead: Keep sending it")
    assert lines[-1] == "Breaking: 1 change breaks apps."


def test_json_has_what_a_machine_decides_by(contracts: Project) -> None:
    contracts.break_readers()
    contracts.add_a_field()
    said = _json(contracts, "invoice@1.0.0", "invoice")
    assert (said["breaking"], said["summary"]) == (True, {"breaking": 1, "warning": 0, "note": 1, "waived": 0})
    assert said["contracts"] == [{"title": "Invoices", "base": "invoice@1.0.0", "revision": "invoice"}]
    worst = said["findings"][0]
    assert worst["rule"] == "property-became-optional"
    assert worst["who"] == ["clients reading"]
    assert worst["operations"] == ["GET /v1/invoices", "POST /v1/invoices", "GET /v1/invoices/{invoice_id}"]
    assert worst["place"]["file"] == INVOICE
    assert worst["place"]["pointer"] == "/components/schemas/Invoice/required"
    assert (worst["before"], worst["after"], worst["subject"]) == ("required", "optional", "number")
    assert worst["said"].endswith(UNTOLD)
    assert worst["waived"] is None


def test_every_way_to_name_the_same_two_contracts_gives_the_same(contracts: Project) -> None:
    contracts.break_readers()
    fingerprints = {
        tuple(one["fingerprint"] for one in _json(contracts, *sides)["findings"])
        for sides in (
            ("invoice",),
            (),
            ("main",),
            ("main", "invoice"),
            ("main:invoice",),
            ("main:contracts/invoice",),
            ("main:contracts/invoice", "contracts/invoice"),
            ("HEAD:contracts/invoice/openapi.yaml", INVOICE),
            ("invoice@1.0.0",),
            ("contracts/invoice/released/1.0.0.yaml", INVOICE),
        )
    }
    assert len(fingerprints) == 1
    assert len(fingerprints.pop()) == 1


def test_two_git_refs_are_compared_service_by_service(contracts: Project) -> None:
    contracts.break_readers()
    contracts.commit()
    assert contracts.call("diff", "HEAD~1", "HEAD")[0] == 1
    assert contracts.call("diff", "HEAD", "HEAD~1")[0] == 0
    said = _json(contracts, "HEAD~1", "HEAD")
    assert said["findings"][0]["place"]["file"] == "HEAD:contracts/invoice/openapi.yaml"
    assert len(said["contracts"]) == 5


def test_service_that_is_new_or_gone_at_a_git_ref_is_told(contracts: Project) -> None:
    before = (contracts.folder / "contracts/manifest.yaml").read_text()
    head, _, rest = before.partition("  invoice:\n    owner")
    assert rest
    (contracts.folder / "contracts/manifest.yaml").write_text(head)
    code, out, _ = contracts.call("diff", "main")
    assert code == 1
    assert "Invoices\n  breaking  `GET /v1/invoices` is gone" in out
    contracts.commit()
    (contracts.folder / "contracts/manifest.yaml").write_text(before)
    code, out, _ = contracts.call("diff", "main")
    assert (code, "Invoices\n  note      `GET /v1/invoices` is new" in out) == (0, True)


def test_service_that_was_never_released_breaks_nobody(contracts: Project) -> None:
    for file in (contracts.folder / "contracts/card/released").iterdir():
        file.unlink()
    code, out, _ = contracts.call("diff", "card")
    assert (code, "`GET /v1/cards` is new" in out) == (0, True)


def test_shared_change_is_told_once(contracts: Project) -> None:
    contracts.edit("contracts/common/schemas.yaml", "required: [amount, currency]", "required: [amount]")
    told = [one for one in _json(contracts)["findings"] if one["place"]["file"] == "contracts/common/schemas.yaml"]
    assert [one["contracts"] for one in told] == [["Accounts", "Transactions", "Invoices"]]
    assert "GET /v1/accounts" in told[0]["operations"]
    assert "POST /v1/invoices" in told[0]["operations"]


def test_warning_fails_only_when_wished(contracts: Project) -> None:
    contracts.edit(
        INVOICE, "        - name: status\n          in: query\n", "        - name: state\n          in: query\n"
    )
    assert contracts.call("diff", "invoice")[0] == 0
    code, out, _ = contracts.call("diff", "invoice", "--fail-on", "warning")
    assert (code, out.splitlines()[-1]) == (1, "Compatible: 1 warning, 1 change that breaks nobody.")


def test_today_decides_what_has_ended(contracts: Project) -> None:
    old = "      operationId: listInvoices\n"
    contracts.edit(INVOICE, old, f"{old}      deprecated: true\n      x-sunset: '2027-06-30'\n")
    contracts.commit()
    text = (contracts.folder / INVOICE).read_text()
    (contracts.folder / INVOICE).write_text(
        text.replace("    get:\n      operationId: listInvoices", "    x-gone:\n      a: b")
    )
    assert contracts.call("diff", "main:invoice", "--today", "2027-06-29")[0] == 1
    assert contracts.call("diff", "main:invoice", "--today", "2027-06-30")[0] == 0


@pytest.mark.parametrize(
    ("format", "begins", "holds"),
    [
        ("text", "Invoices\n  breaking  ", UNTOLD),
        ("markdown", "<!-- tandem contract diff -->\n## Contracts: Breaking: 1 change breaks apps", "**Invoices**"),
        ("html", "<!doctype html>", "Apps that read “invoice” were told that “number” is always there"),
        ("json", "{", '"breaking": true'),
    ],
)
def test_every_format_can_be_printed_or_written_to_a_file(
    contracts: Project, format: str, begins: str, holds: str
) -> None:
    contracts.break_readers()
    contracts.add_a_field()
    code, printed, _ = contracts.call("diff", "invoice", "--format", format)
    file = contracts.folder / "told"
    assert contracts.call("diff", "invoice", "--format", format, "--output", str(file)) == (
        1,
        f"Wrote {file}. Breaking: 1 change breaks apps, 1 change that breaks nobody.\n",
        "",
    )
    assert (code, file.read_text().strip()) == (1, printed.strip())
    assert printed.startswith(begins)
    assert holds in printed


def test_page_needs_nothing_else_and_takes_no_markup_from_a_contract(contracts: Project) -> None:
    contracts.add_a_field()
    contracts.edit(INVOICE, "        reminder_date:", "        '<img src=x onerror=y>':")
    contracts.edit(INVOICE, "{$ref: '#/components/schemas/Period'}", "{$ref: '#/components/schemas/<b>'}")
    _, page, _ = contracts.call("diff", "invoice", "--format", "html")
    assert "<img" not in page
    assert "<b>" not in page
    assert "Parts that could not be followed" in page
    assert "http://" not in page.replace("http://www.w3.org", "")
    assert "<script src" not in page


def test_waived_change_is_on_the_page_with_who_waived_it(contracts: Project) -> None:
    contracts.break_readers()
    fingerprint = _json(contracts, "invoice")["findings"][0]["fingerprint"]
    (contracts.folder / "contracts/waivers.yaml").write_text(
        f"waivers:\n  - fingerprint: {fingerprint}\n    change: number may be missing\n    until: '2027-06-30'\n"
        "    because: All apps moved\n    owner: invoices-team\n"
    )
    code, page, _ = contracts.call("diff", "invoice", "--format", "html", "--today", "2027-06-29")
    assert (code, "invoices-team, until 2027-06-30: All apps moved" in page) == (0, True)
    code, page, _ = contracts.call("diff", "invoice", "--format", "html", "--today", "2027-07-01")
    assert (code, "ended on 2027-06-30" in page) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nope.yaml", "card"), "nope.yaml: there is no such file.\n"),
        (("invoise",), "There is no service, file or git ref 'invoise'. Did you mean `invoice`?\n"),
        (("invoice@1.0.1",), "There is no release of invoice '1.0.1'. Did you mean `1.0.0`?\n"),
        ((INVOICE,), f"Compare {INVOICE} with what? tandem contract diff {INVOICE} REVISION\n"),
        (("main:contracts/nope", "card"), "main:contracts/nope: there is no such contract.\n"),
        (("nope:contracts/card", "card"), "has no contracts at git ref 'nope': "),
        (("card", "card", "card"), "See `tandem contract diff --help`.\n"),
        (("card", "--formt", "json"), "No such option: --formt. Did you mean '--format'?"),
        (("card", "--format", "pdf"), "See `tandem contract diff --help`.\n"),
        (("card", "--today", "soon"), "See `tandem contract diff --help`.\n"),
        (("--", "--output=x:contracts/card", "card"), "has no contracts at git ref '--output=x'"),
    ],
)
def test_what_cannot_be_compared_is_trouble_and_no_verdict(
    contracts: Project, arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = contracts.call("diff", *arguments)
    assert (code, out) == (2, "")
    assert said in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[1]", "is not an OpenAPI document"),
        ("swagger: '2.0'", "is Swagger 2.0; convert it to OpenAPI 3 first"),
        ("a: [", "is not valid YAML"),
        ("{" * 3000, "is not valid YAML"),
    ],
)
def test_document_that_cannot_be_read_is_trouble(contracts: Project, text: str, said: str) -> None:
    (contracts.folder / "bad.yaml").write_text(text)
    code, out, err = contracts.call("diff", "card", "bad.yaml")
    assert (code, out) == (2, "")
    assert err.startswith(f"{contracts.folder}/bad.yaml:")
    assert said in err


def test_part_that_cannot_be_followed_is_named(contracts: Project) -> None:
    contracts.edit(INVOICE, "{$ref: '#/components/schemas/Period'}", "{$ref: '#/components/schemas/Perod'}")
    _, out, _ = contracts.call("diff", "invoice")
    assert "cannot be followed  contracts/invoice/openapi.yaml:" in out
    assert "$ref '#/components/schemas/Perod' names nothing" in out


def test_two_files_need_no_project(tmp_path: Path, contracts: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path.parent / f"{tmp_path.name}-elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert contracts.call("diff", str(contracts.folder / INVOICE), str(contracts.folder / INVOICE))[0] == 0
    code, _, err = contracts.call("diff")
    assert (code, err.startswith("There is no Tandem project here")) == (2, True)


def test_file_of_a_git_ref_may_refer_to_any_folder(contracts: Project) -> None:
    folder = contracts.folder / "specs"
    folder.mkdir()
    schema = "{$ref: '../shared/thing.yaml'}"
    answers = f"{{'200': {{description: ok, content: {{application/json: {{schema: {schema}}}}}}}}}"
    (folder / "a.yaml").write_text(
        f"openapi: 3.1.0\ninfo: {{title: A, version: '1'}}\npaths: {{/a: {{get: {{responses: {answers}}}}}}}\n"
    )
    (contracts.folder / "shared").mkdir()
    (contracts.folder / "shared/thing.yaml").write_text("type: string\n")
    contracts.commit()
    (contracts.folder / "shared/thing.yaml").write_text("type: integer\n")
    said = _json(contracts, "main:specs/a.yaml")
    assert (said["breaking"], said["defects"]) == (True, [])


def test_what_takes_long_shows_how_far_it_is(contracts: Project) -> None:
    parent, child = pty.openpty()
    code = (
        "import threading\nfrom tandem.cli.progress import progress\n"
        "with progress('Comparing', 'operations') as step:\n"
        "    step(3, 7)\n"
        "    [one.join() for one in threading.enumerate() if isinstance(one, threading.Timer)]\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=child, env={**os.environ, "TERM": "xterm"}) as process:
        os.close(child)
        said = b""
        while chunk := _read(parent):
            said += chunk
        process.wait(20)
    os.close(parent)
    assert b"Comparing" in said
    assert b"3/7" in said


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""
