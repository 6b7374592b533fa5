"""What is about the API as a whole is checked against the contracts it speaks of."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tandem.kit.contract import ContractError
from tandem.spec.manifest import Manifest, load_manifest


def contract(*operations: tuple[str, str], scope: str = "all") -> dict[str, Any]:
    """A contract of (operationId, path) pairs."""

    def parameters(path: str) -> list[dict[str, Any]]:
        names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
        return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]

    done = {"204": {"description": "Done."}}
    security = [{"token": [scope]}]
    paths = {
        path: {"get": {"operationId": id_, "security": security, "parameters": parameters(path), "responses": done}}
        for id_, path in operations
    }
    return {"openapi": "3.1.0", "info": {"title": "x", "version": "1.0.0"}, "paths": paths}


CARD = contract(("listCards", "/v1/cards"), ("getCard", "/v1/cards/{card_id}"), scope="cards:read")
LOAN = contract(("getLoan", "/v1/loans/{loan_id}"), scope="loans:read")


def entry(name: str, **more: Any) -> dict[str, Any]:
    return {"owner": f"team-{name}", "audience": "All", "contract": f"{name}.yaml", "database": name, **more}


def load(folder: Path, manifest: Any, **contracts: Any) -> Manifest:
    for name, document in {"card": CARD, "loan": LOAN, **contracts}.items():
        (folder / f"{name}.yaml").write_bytes(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    (folder / "manifest.yaml").write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    return load_manifest(folder)


def services(**entries: Any) -> dict[str, Any]:
    return {"title": "Bank", "services": {"card": entry("card"), "loan": entry("loan"), **entries}}


def test_manifest_knows_who_calls_whom(tmp_path: Path) -> None:
    manifest = load(tmp_path, services(loan=entry("loan", consumes={"card": ["getCard"]})))
    loan = manifest.services["loan"]
    assert (manifest.title, list(manifest.services)) == ("Bank", ["card", "loan"])
    assert (loan.owner, loan.audience, loan.database) == ("team-loan", "All", "loan")
    assert loan.consumes == {"card": ("getCard",)}
    assert [operation.id for operation in loan.contract.operations] == ["getLoan"]


def test_token_of_a_service_may_do_what_it_consumes_and_no_more(tmp_path: Path) -> None:
    manifest = load(tmp_path, services(loan=entry("loan", consumes={"card": ["getCard", "listCards"]})))
    assert manifest.scopes_of("loan") == {"cards:read"}
    assert manifest.scopes_of("card") == frozenset()


def consuming(entry_: Any) -> dict[str, Any]:
    return services(loan=entry("loan", consumes=entry_))


LISTS = "loan: consumes must be lists of operations by service"
OBJECT = "`services:` must be an object of services by name"


@pytest.mark.parametrize(
    ("manifest", "line", "reason"),
    [
        (consuming({"bank": ["getBank"]}), 16, "loan consumes bank, which is none of: card, loan"),
        (consuming({"card": ["getCards"]}), 16, "loan consumes card.getCards, which card's contract does not offer"),
        (consuming({"card": "getCard"}), 15, LISTS),
        (consuming(["card"]), 15, LISTS),
        (services(loan={"owner": "team-loan"}), 10, "loan needs audience, contract, database"),
        (services(loan=None), 10, "loan needs owner, audience, contract, database"),
        ({"title": "Bank"}, 1, OBJECT),
        ({"services": ["card"]}, 2, OBJECT),
        ([], 1, OBJECT),
    ],
)
def test_wrong_manifest_says_file_line_and_reason(tmp_path: Path, manifest: Any, line: int, reason: str) -> None:
    with pytest.raises(ContractError) as refused:
        load(tmp_path, manifest)
    assert str(refused.value) == f"{tmp_path / 'manifest.yaml'}:{line}: {reason}"


def test_missing_contract_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"gone.yaml: there is no such file"):
        load(tmp_path, services(loan={**entry("loan"), "contract": "gone.yaml"}))


@pytest.mark.parametrize("path", ["/v1/cards", "/v1/cards/{number}"])
def test_two_services_that_claim_one_path_are_refused(tmp_path: Path, path: str) -> None:
    loan = contract(("getLoan", "/v1/loans/{loan_id}"), ("listThings", path))
    with pytest.raises(ContractError) as refused:
        load(tmp_path, services(), loan=loan)
    line = (tmp_path / "loan.yaml").read_text().split("\n").index(f'    "{path}": {{') + 1
    reason = f"{path} already belongs to card ({tmp_path / 'card.yaml'}); choose another path"
    assert str(refused.value) == f"{tmp_path / 'loan.yaml'}:{line}: {reason}"


def test_paths_of_one_service_and_paths_of_another_shape_are_no_clash(tmp_path: Path) -> None:
    loan = contract(("getLoan", "/v1/cards/{card_id}/loan"), ("export", "/v1/cards/export"))
    assert load(tmp_path, services(), loan=loan).services["loan"].contract.operations[1].id == "export"
