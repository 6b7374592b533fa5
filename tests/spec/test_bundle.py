"""All contracts as one document say what each says alone."""

from pathlib import Path
from typing import Any

from tandem.kit.contract import read
from tandem.spec.bundle import bundle_all, to_yaml, without_security
from tandem.spec.manifest import load_manifest
from tests.spec.test_manifest import contract, entry, load

CONTRACTS = Path(__file__).parents[2] / "contracts"


def with_schema(document: dict[str, Any], path: str, **schemas: Any) -> dict[str, Any]:
    """`document` whose one answer is of the first of these schemas."""
    schema = {"$ref": f"#/components/schemas/{next(iter(schemas))}"}
    document["paths"][path]["get"]["responses"] = {"200": {"content": {"application/json": {"schema": schema}}}}
    return {**document, "components": {"schemas": schemas}}


def bundled(folder: Path, card: dict[str, Any], loan: dict[str, Any]) -> dict[str, Any]:
    load(folder, {"title": "Bank", "services": {"card": entry("card"), "loan": entry("loan")}}, card=card, loan=loan)
    return bundle_all(folder)


def answer(document: dict[str, Any], path: str) -> Any:
    return document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]


def test_ours_have_every_operation_once() -> None:
    manifest = load_manifest(CONTRACTS)
    paths = bundle_all(CONTRACTS)["paths"]
    ids = [item[method]["operationId"] for item in paths.values() for method in item if method != "parameters"]
    assert sorted(ids) == sorted(o.id for one in manifest.services.values() for o in one.contract.operations)
    assert len(ids) == len(set(ids))


def test_components_of_one_name_and_another_meaning_stand_side_by_side(tmp_path: Path) -> None:
    card = with_schema(contract(("getCard", "/card")), "/card", Status={"enum": ["frozen"]})
    loan = with_schema(contract(("getLoan", "/loan")), "/loan", Status={"enum": ["paid"]})
    document = bundled(tmp_path, card, loan)
    assert answer(document, "/card") == {"$ref": "#/components/schemas/Status"}
    assert answer(document, "/loan") == {"$ref": "#/components/schemas/loan.Status"}
    assert document["components"]["schemas"] == {"Status": {"enum": ["frozen"]}, "loan.Status": {"enum": ["paid"]}}


def test_component_that_needs_a_renamed_one_is_renamed_too(tmp_path: Path) -> None:
    outer = {"properties": {"status": {"$ref": "#/components/schemas/Status"}}}
    card = with_schema(contract(("getCard", "/card")), "/card", Outer=outer, Status={"enum": ["frozen"]})
    loan = with_schema(contract(("getLoan", "/loan")), "/loan", Outer=outer, Status={"enum": ["paid"]})
    schemas = bundled(tmp_path, card, loan)["components"]["schemas"]
    assert schemas["Outer"] == outer
    assert schemas["loan.Outer"]["properties"]["status"] == {"$ref": "#/components/schemas/loan.Status"}


def test_scopes_that_contracts_describe_themselves_stand_together_in_one_token(tmp_path: Path) -> None:
    def token(scope: str, *callers: str) -> dict[str, Any]:
        flows = {"clientCredentials": {"tokenUrl": "/token", "scopes": {scope: "See"}}}
        return {"type": "oauth2", "flows": flows, "x-callers": {kind: [scope] for kind in callers}}

    card = {
        **contract(("getCard", "/card")),
        "components": {"securitySchemes": {"token": token("cards:read", "support")}},
    }
    own = token("loans:read", "support", "customer")
    loan = {**contract(("getLoan", "/loan")), "components": {"securitySchemes": {"token": own}}}
    schemes = bundled(tmp_path, card, loan)["components"]["securitySchemes"]
    assert list(schemes) == ["token"]
    assert schemes["token"]["flows"]["clientCredentials"]["scopes"] == {"cards:read": "See", "loans:read": "See"}
    assert schemes["token"]["x-callers"] == {"support": ["cards:read", "loans:read"], "customer": ["loans:read"]}


def test_component_of_one_name_and_one_meaning_stands_once(tmp_path: Path) -> None:
    card = with_schema(contract(("getCard", "/card")), "/card", Money={"type": "string"})
    loan = with_schema(contract(("getLoan", "/loan")), "/loan", Money={"type": "string"})
    assert bundled(tmp_path, card, loan)["components"]["schemas"] == {"Money": {"type": "string"}}


def test_what_a_contract_asks_for_as_a_whole_its_operations_ask_for(tmp_path: Path) -> None:
    card = {**contract(("getCard", "/card")), "security": [{"token": ["cards:read"]}]}
    del card["paths"]["/card"]["get"]["security"]
    document = bundled(tmp_path, card, contract(("getLoan", "/loan"), scope="loans:read"))
    assert document["paths"]["/card"]["get"]["security"] == [{"token": ["cards:read"]}]
    assert document["paths"]["/loan"]["get"]["security"] == [{"token": ["loans:read"]}]


def test_mock_asks_for_no_token() -> None:
    document = bundle_all(CONTRACTS)
    opened = without_security({**document, "security": [{"token": []}]})
    assert '"security"' not in str(opened).replace("'", '"')
    assert opened["paths"].keys() == document["paths"].keys()
    assert opened["components"] == document["components"]


def test_yaml_is_read_back_as_it_was(tmp_path: Path) -> None:
    shared = {"a": 1}
    document = {"digits": "0917", "no": "no", "å": ["1.0", "-x", "+46"], "one": shared, "two": shared, "none": None}
    path = tmp_path / "bundle.yaml"
    path.write_text(to_yaml(document), encoding="utf-8")
    assert read(path).data == document
    assert "&" not in path.read_text(encoding="utf-8")
