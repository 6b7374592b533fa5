import json
from pathlib import Path

import pytest

from tests.architecture.locks import GROUPS, Pin, declared, differences, read_lock
from tests.architecture.project import ROOT

LOCKS = ROOT / "requirements"


@pytest.mark.parametrize("group", GROUPS)
def test_a_lock_holds_what_its_group_asks_for(group: str) -> None:
    assert differences(declared(group), read_lock(LOCKS / f"{group}.txt")) == []


@pytest.mark.parametrize("name", [*GROUPS, "bootstrap"])
def test_every_package_is_pinned_with_hashes(name: str) -> None:
    lock = read_lock(LOCKS / f"{name}.txt")
    assert lock
    assert [pin.name for pin in lock.values() if not pin.hashes] == []


def test_infra_has_a_lock_of_its_own_with_the_packages_that_read_contracts_as_services_have_them() -> None:
    lock, services = read_lock(LOCKS / "infra.txt"), read_lock(LOCKS / "service.txt")
    assert differences(declared("infra", ROOT / "infra"), lock) == []
    assert [pin.name for pin in lock.values() if not pin.hashes] == []
    shared = ("boto3", "jsonschema-rs", "orjson", "pyyaml")
    assert {name: lock[name].version for name in shared} == {name: services[name].version for name in shared}


@pytest.mark.parametrize(("smaller", "larger"), [("service", "local"), ("local", "dev")])
def test_what_runs_in_production_is_what_was_tested(smaller: str, larger: str) -> None:
    small, large = read_lock(LOCKS / f"{smaller}.txt"), read_lock(LOCKS / f"{larger}.txt")
    assert {name: pin.version for name, pin in small.items()}.items() <= {
        n: p.version for n, p in large.items()
    }.items()


def test_a_lock_names_no_host() -> None:
    """Any mirror serves, and no address of somebody's own network gets into the project."""
    for lock in LOCKS.glob("*.txt"):
        said = [line for line in lock.read_text().splitlines() if "://" in line or "--index-url http" in line]
        assert not said, f"{lock.name}: {said}"
    packages = json.loads((ROOT / "mocks" / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []


def test_a_lock_out_of_step_is_found(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[dependency-groups]\nservice = ["a>=2", "b"]\nlocal = [{include-group = "service"}, "c"]\n'
    )
    lock = {"a": Pin("a", "1.0", asked_for=True), "b": Pin("b", "1.0"), "d": Pin("d", "1.0", asked_for=True)}
    assert differences(declared("local", tmp_path), lock) == [
        "b is not locked: run `make lock`",
        "c is not locked: run `make lock`",
        "d is locked and nobody asks for it: run `make lock`",
        "a 1.0 is locked and a>=2 asked for: run `make lock`",
    ]
