"""No secret stands in plain text, and each service has one of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.data.clients import CLIENT
from infra.policies.estate import Broken, Estate

_NAMED = re.compile(r"password|passwd|private.?key|secret.?string|token$", re.IGNORECASE)
_LOOKS_SECRET = re.compile(r"://[^/\s:@]+:[^/\s@]+@|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY")
# A place without a password: what the first rotation adds is not in the program.
_PLACE = {"host", "port", "database", "username"}


def nothing_secret_is_in_plain_text(estate: Estate) -> Broken:
    for resource in estate.resources:
        for path, value in _texts(resource.inputs):
            if _LOOKS_SECRET.search(value) or (_NAMED.search(path.rpartition(".")[2]) and not _is_place(value)):
                yield f"{resource.name}: {path} looks like a secret"
    for path, value in _texts(estate.exports):
        if _LOOKS_SECRET.search(value):
            yield f"the output {path} looks like a secret"


def containers_get_secrets_from_their_store(estate: Estate) -> Broken:
    for task, container in estate.containers():
        for variable in container["environment"]:
            if variable["name"].endswith(("_DATABASE_URL", "_PASSWORD", "_TOKEN")):
                yield f"{task.name} is told {variable['name']} in plain text"


def every_service_has_a_login_of_its_own(estate: Estate) -> Broken:
    logins = [json.loads(one.inputs["secretString"]) for one in estate.of("secretsmanager/secretVersion:SecretVersion")]
    given = {(login["username"], login["database"]) for login in logins}
    for service in estate.product.services.values():
        if (service.name, service.database) not in given:
            yield f"{service.name} has no login for {service.database}"


def secrets_are_encrypted_and_rotated(estate: Estate) -> Broken:
    rotated = {
        one.inputs["secretId"]
        for one in estate.of("secretsmanager/secretRotation:SecretRotation")
        if 0 < one.inputs["rotationRules"].get("automaticallyAfterDays", 0) <= 90
    }
    for secret in estate.of("secretsmanager/secret:Secret"):
        # What the identity provider gave out is changed there; services read it anew for each token.
        given = secret.inputs["name"].endswith(f"/{CLIENT}")
        if not secret.inputs.get("kmsKeyId") or not (given or secret.id in rotated):
            yield f"{secret.name} has no key of ours or is not rotated"


def rds_keeps_the_owners_password(estate: Estate) -> Broken:
    for database in estate.of("rds/instance:Instance"):
        if not database.inputs.get("manageMasterUserPassword") or database.inputs.get("password"):
            yield f"{database.name}: the owner's password is in the program's hands"


def _is_place(value: str) -> bool:
    try:
        return set(json.loads(value)) == _PLACE
    except (ValueError, TypeError):
        return False


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield from _texts(one, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for index, one in enumerate(value):
            yield from _texts(one, f"{path}[{index}]")
    elif isinstance(value, str):
        yield path, value


CHECKS = (
    nothing_secret_is_in_plain_text,
    containers_get_secrets_from_their_store,
    every_service_has_a_login_of_its_own,
    secrets_are_encrypted_and_rotated,
    rds_keeps_the_owners_password,
)
