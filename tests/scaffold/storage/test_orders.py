"""What drafts can say beyond the first steps: links, removals that others stand in the way of, and the seed world."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import orjson
import pytest

from tandem.kit.auth.jwks import StaticKeys
from tandem.local.issuer import LocalIssuer
from tandem.local.seed.examples import example_rows
from tests.architecture.project import ROOT
from tests.scaffold.storage.clinic import clinic
from tests.scaffold.storage.desk import Project, project_of, running
from tests.service_under_test import Databases, ServiceUnderTest, customer

DESCRIPTION = """\
# Orders

## Order

- customer: Customer
- note: Ring before noon — optional
- urgent: yes
- state: one of: open, packed, sent
- deposit: 10.00 SEK — optional
- due on: 2026-12-31 — optional

### Actions

- Register an order with customer, note, urgent, deposit and due on
- List orders
- See an order
- Change an order with note, urgent, deposit
- Remove an order
- Pack an order: state becomes packed
- Send an order: state becomes sent
- Remind about an order

### Rules

- Only an open order can be packed
- Only a packed order can be sent

## Line

- order: Order
- text: Bread
- replaces: Line — optional

### Actions

- Add a line
- List lines
- See a line
- Remove a line

## Remark

- line: Line
- words: Too dry

### Actions

- Add a remark
- List remarks
- See a remark

## Who may

- Support: everything
- Customers: see orders, list orders, see lines, list lines, see remarks, list remarks
"""
OWN, OTHER = "cus_01k9zc6n00000000000000h001", "cus_01k9zc6n00000000000000n001"
NOTHING = "lin_01k9zc6n0000000000000000zz"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = project_of(tmp_path_factory.mktemp("project"), "order", DESCRIPTION)
    (unsupported,) = made.write().unsupported
    assert unsupported.operation_id == "remindAboutOrder"
    return made


@pytest.fixture(scope="module")
async def orders(
    project: Project, databases: Databases, issuer: LocalIssuer, keys: StaticKeys
) -> AsyncIterator[ServiceUnderTest]:
    async with running(project, databases, issuer, keys) as service:
        yield service


@pytest.fixture
async def service(orders: ServiceUnderTest) -> ServiceUnderTest:
    await orders.clear()
    return orders


async def _make(service: ServiceUnderTest, path: str, **fields: object) -> str:
    answer = await service.post(path, fields, key=f"a-new-{path.rpartition('/')[2]}")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_what_others_belong_to_is_not_removed(service: ServiceUnderTest) -> None:
    order = await _make(service, "/v1/orders", customer_id=OWN, urgent=True)
    line = await _make(service, "/v1/lines", line_order_id=order, text="Bread")
    refused = await service.delete(f"/v1/orders/{order}")
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/order-in-use")
    assert (await service.delete(f"/v1/lines/{line}")).status_code == 204
    assert (await service.delete(f"/v1/orders/{order}")).status_code == 204
    assert (await service.get(f"/v1/orders/{order}")).status_code == 404


async def test_what_belongs_to_what_belongs_to_somebody_is_theirs(service: ServiceUnderTest) -> None:
    order = await _make(service, "/v1/orders", customer_id=OWN, urgent=False, due_on="2026-12-31")
    line = await _make(service, "/v1/lines", line_order_id=order, text="Bread")
    remark = await _make(service, "/v1/remarks", line_id=line, words="Too dry")
    assert (await service.get(f"/v1/remarks/{remark}", as_=customer(OWN))).status_code == 200
    assert (await service.get(f"/v1/remarks/{remark}", as_=customer(OTHER))).status_code == 404
    assert (await service.get("/v1/remarks", as_=customer(OTHER))).json()["total"] == 0


async def test_what_a_field_leads_to_has_to_be_there(service: ServiceUnderTest) -> None:
    order = await _make(service, "/v1/orders", customer_id=OWN, urgent=True)
    new = {"line_order_id": order, "text": "Bread", "replaces_id": NOTHING}
    refused = await service.post("/v1/lines", new, key="a-line-of-bread")
    assert (refused.status_code, refused.json()["type"]) == (404, "/problems/line-not-found")


async def test_money_that_may_be_missing_is_kept_with_its_currency(service: ServiceUnderTest) -> None:
    order = await _make(service, "/v1/orders", customer_id=OWN, urgent=True)
    path = f"/v1/orders/{order}"
    assert (await service.get(path)).json()["deposit"] is None
    deposit = {"amount": "10.00", "currency": "SEK"}
    changed = await service.patch(path, {"deposit": deposit}, if_match=1)
    assert changed.json()["deposit"] == deposit
    assert (await service.patch(path, {"note": "Ring"}, if_match=2)).json()["deposit"] == deposit


async def test_the_seed_world_is_kept_only_once(service: ServiceUnderTest, project: Project) -> None:
    seed = (project.folder / "services/order/migrations/seed.sql").read_text("utf-8")
    world = example_rows(project.contract)
    stray = {**world["lines"][0], "id": NOTHING, "line_order_id": "ord_01k9zc6n0000000000000000zz"}
    world["lines"].append(stray)
    for _ in range(2):
        await service.pool.execute(seed, orjson.dumps(world).decode())
    orders = (await service.get("/v1/orders", params={"limit": 100})).json()["items"]
    assert sorted(one["id"] for one in orders) == sorted(one["id"] for one in world["orders"])
    assert (await service.get(f"/v1/lines/{NOTHING}")).status_code == 404
    own = (await service.get("/v1/lines", as_=customer(OWN))).json()["items"]
    assert {one["line_order_id"] for one in own} <= {one["id"] for one in orders if one["customer_id"] == OWN}


@pytest.mark.parametrize("written", ["drafted", "foreign"])
def test_what_is_written_keeps_the_house_style(project: Project, tmp_path: Path, written: str) -> None:
    if written == "foreign":
        project = project_of(tmp_path, "clinic", clinic())
        project.write()
    folders = [f"{folder}/{project.name}" for folder in ("services", "tests/services")]
    ours = 'lint.isort.known-first-party = ["tandem", "services", "tests"]'
    config = ("--config", str(ROOT / "pyproject.toml"), "--config", ours)
    for command in (["check", "--quiet"], ["format", "--check", "--quiet"]):
        ruff = [sys.executable, "-m", "ruff", *command, *config, *folders]
        done = subprocess.run(ruff, cwd=project.folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
