"""What the cloud and the rest of the tree have to spell alike, though neither can import the other."""

from __future__ import annotations

import json
import re
from itertools import product as pairs

import pytest

from infra.data.purposes import PURPOSES
from infra.product import CONTRACTS, load_product
from infra.service import ports
from infra.stages import STAGES
from tests.infra.policies.estates import estate_of

ROOT = CONTRACTS.parent
SERVICES = load_product().services


def test_variables_of_a_task_are_settings_of_the_kit() -> None:
    settings = (ROOT / "tandem/kit/settings.py").read_text("utf-8")
    known = {f"TANDEM_{name}" for name in re.findall(r'_shared\("(\w+)"\)', settings)}
    for task, container in estate_of("production").containers():
        told = {variable["name"] for variable in container["environment"]}
        assert told <= known, task.name
        secret = {one["name"] for one in container["secrets"]}
        login = {f"{container['name'].upper()}_DATABASE_URL", "TANDEM_DATABASE_CA"}
        assert secret == (login if container["name"] in SERVICES else set())


def test_addresses_of_peers_are_those_of_the_manifest() -> None:
    for _, container in estate_of("production").containers():
        told = {variable["name"]: variable["value"] for variable in container["environment"]}
        if container["name"] in SERVICES:
            assert set(json.loads(told["TANDEM_PEERS"])) == set(SERVICES[container["name"]].consumes)


def test_services_that_keep_files_may_read_them() -> None:
    keeping = {
        path.parent.name for path in (ROOT / "services").glob("*/app.py") if "keeps_files=True" in path.read_text()
    }
    assert keeping == {reader for purpose in PURPOSES for reader in purpose.readers}


@pytest.mark.parametrize(
    "line",
    [
        "USER 10001:10001",
        f"EXPOSE {ports.PUBLIC} {ports.ADMIN} {ports.BALANCED}",
        'ENTRYPOINT ["python3", "-m", "tandem.kit"]',
        'VOLUME ["/tmp"]',
    ],
)
def test_image_is_what_tasks_expect(line: str) -> None:
    assert line in (ROOT / "services/Dockerfile").read_text("utf-8").splitlines()


def test_paths_lead_to_the_service_whose_contract_has_them() -> None:
    for asked, owner in pairs(SERVICES.values(), SERVICES.values()):
        for operation in asked.operations:
            path = re.sub(r"\{\w+\}", "x_1", operation.path)
            leads = any(re.fullmatch(pattern, path) for pattern in owner.path_patterns)
            assert leads == (asked is owner), (path, owner.name)


def test_patterns_are_what_a_load_balancer_takes() -> None:
    for service in SERVICES.values():
        assert len(service.path_patterns) <= 5
        assert all(len(pattern) <= 128 for pattern in service.path_patterns)


def test_stages_have_addresses_of_their_own() -> None:
    assert len({stage.cidr for stage in STAGES.values()}) == len(STAGES)
