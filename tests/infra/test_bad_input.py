"""What is wrong is told in one sentence that names the setting, before anything is made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from infra.product import CONTRACTS, load_product
from infra.refusal import Refused
from infra.stages import stage_of
from tests.infra.answers import Zones
from tests.infra.recorder import PARTS, RELEASE, Run, record, recorded, settings_of


def refusal(part: str, changed: dict[str, str | None], stack: str = "dev", zones: Zones = ("a", "b", "c")) -> str:
    """What the part says to other settings. Nothing may be registered by then."""
    settings = {**settings_of(part, "dev"), **changed}
    given = {name: value for name, value in settings.items() if value is not None}
    before = {name: recorded(name, "dev").exports for name in PARTS[: PARTS.index(part)]}
    run: list[Run] = []
    program = import_module(f"infra.{part}.program").build
    with pytest.raises(Refused) as refused:
        record(program, stack, given, before, zones, part, run.append)
    assert run[0].resources == []
    said = str(refused.value)
    assert said.endswith((".", ")."))
    assert "\n" not in said
    return said


def images(**changed: str | None) -> str:
    found: dict[str, Any] = {**json.loads(RELEASE["tandem:images"]), **changed}
    return json.dumps({name: image for name, image in found.items() if image is not None})


@pytest.mark.parametrize(
    ("part", "name", "value", "told"),
    [
        ("foundation", "aws:region", None, "There is no region: set aws:region"),
        ("foundation", "tandem:domain", None, "tandem:domain is not set for the stack dev: it is a domain such as"),
        ("foundation", "tandem:domain", "https://api.example.com", "tandem:domain is 'https://api.example.com', and"),
        ("foundation", "tandem:hosted_zone", "example.com", "tandem:hosted_zone is 'example.com'"),
        ("foundation", "tandem:alert_email", "platform", "tandem:alert_email is 'platform'"),
        ("data", "tandem:second_region", None, "tandem:second_region is not set"),
        ("data", "tandem:second_region", "europe", "tandem:second_region is 'europe'"),
        ("data", "tandem:second_region", "eu-north-1", "tandem:second_region is eu-north-1, where everything stands"),
        ("data", "tandem:restore_from", "snapshot-1", "tandem:restore_from is 'snapshot-1'"),
        ("data", "tandem:organisation", "a/b", "tandem:organisation is 'a/b'"),
        ("service", "tandem:images", None, "tandem:images has no entry for account"),
        ("service", "tandem:images", images(card=None), "tandem:images has no entry for card: it is an image by its"),
        ("service", "tandem:images", images(nobody="x"), "tandem:images has an entry nobody, which is none of: "),
        ("service", "tandem:images", images(card="tandem-card:latest"), "tandem:images.card is 'tandem-card:latest'"),
        ("service", "tandem:images", "latest", "tandem:images should be a map"),
        ("service", "tandem:version", None, "tandem:version is not set"),
        ("service", "tandem:issuer", "http://identity.example.com", "tandem:issuer is 'http://identity.example.com'"),
        ("service", "tandem:jwks", None, "tandem:jwks is not set"),
        ("service", "tandem:token_url", None, "tandem:token_url is not set"),
        ("service", "tandem:traces", "traces:4318", "tandem:traces is 'traces:4318'"),
    ],
)
def test_setting_that_is_missing_or_wrong_is_named(part: str, name: str, value: str | None, told: str) -> None:
    assert refusal(part, {name: value}).startswith(told)


@pytest.mark.parametrize("part", PARTS)
def test_unknown_stage_is_told_with_those_there_are(part: str) -> None:
    with pytest.raises(Refused, match="The stack is called staging, which is no stage: name it dev, uat, production"):
        record(import_module(f"infra.{part}.program").build, "staging", settings_of(part, "dev"), part=part)


def test_stage_in_a_further_region_is_the_same_stage() -> None:
    assert stage_of("production.eu-central-1") is stage_of("production")


@pytest.mark.parametrize("part", PARTS)
def test_region_without_three_zones_is_refused(part: str) -> None:
    assert refusal(part, {}, zones=("a", "b")) == (
        "aws:region is eu-north-1, which has 2 zones; Tandem needs 3, so choose another."
    )


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTRACTS, tmp_path / "contracts"))


def rewritten(file: str, before: str, after: str) -> Callable[[Path], None]:
    def change(contracts: Path) -> None:
        path = contracts / file
        text = path.read_text("utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), "utf-8")

    return change


MANIFEST = "manifest.yaml"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (rewritten(MANIFEST, "    database: card\n", ""), r"manifest.yaml:\d+.*card needs database"),
        (rewritten(MANIFEST, "database: card", "database: ''"), "card names no database; set `database`"),
        (rewritten(MANIFEST, "database: card", "database: invoice"), "invoice and card share the database invoice"),
        (rewritten(MANIFEST, "  card:\n    owner", "  nobody:\n    owner"), r"account consumes card, which is none of"),
        (
            rewritten(MANIFEST, "      card: [listCards]", "      nobody: [x]"),
            r"account consumes nobody, which is none of",
        ),
        (rewritten(MANIFEST, "contract: card/openapi.yaml", "contract: nobody/openapi.yaml"), "nobody/openapi.yaml"),
        (rewritten("events.yaml", "  card.issued:", "  nobody.issued:"), "nobody.issued must begin with a service"),
        (rewritten("card/openapi.yaml", "      x-slo: ", "      x-slow: "), r"contracts/card: \w+ has no x-slo"),
    ],
)
def test_contracts_that_cannot_be_built_are_told(contracts: Path, change: Callable[[Path], None], told: str) -> None:
    change(contracts)
    with pytest.raises(Refused, match=told) as refused:
        load_product(contracts)
    assert "\n" not in str(refused.value)


def test_service_that_nobody_wrote_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="names customer, and there is no services/customer"):
        load_product(CONTRACTS, tmp_path)


def test_service_with_a_name_that_the_cloud_does_not_take_is_refused(contracts: Path, tmp_path: Path) -> None:
    name = "card-and-everything-else"
    rewritten(MANIFEST, "  card:\n    owner", f"  {name}:\n    owner")(contracts)
    rewritten(MANIFEST, "      card: [listCards]", f"      {name}: [listCards]")(contracts)
    events = contracts / "events.yaml"
    events.write_text(events.read_text().replace("  card.", f"  {name}.").replace("[card,", f"[{name},"))
    for service in ("customer", "account", name, "transaction", "invoice"):
        (tmp_path / service).mkdir()
        (tmp_path / service / "app.py").touch()
    with pytest.raises(Refused, match=f"{name} cannot be a name in the cloud; use small letters"):
        load_product(contracts, tmp_path)
