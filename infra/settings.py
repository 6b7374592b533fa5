"""What an operator sets per stack, in Pulumi.<stage>.yaml. What is missing or wrong is told before anything is made."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pulumi

from infra.refusal import Refused

_DOMAIN = (r"([a-z0-9-]+\.)+[a-z]{2,}", "a domain such as api.example.com")
_ZONE = (r"Z[A-Z0-9]{4,31}", "the id of a hosted zone in Route 53, such as Z0123456789ABCDEFGHIJ")
_EMAIL = (r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")
_REGION = (r"[a-z]{2}(-[a-z]+)+-\d", "a region such as eu-central-1")
_URL = (r"https://\S+", "an address that begins with https://")
_IMAGE = (r"\S+@sha256:[0-9a-f]{64}", "an image by its digest: <repository>@sha256:<64 hex digits>")
_VERSION = (r"[0-9A-Za-z][0-9A-Za-z._-]{0,63}", "a version such as 1.4.0 or a commit")
_BACKUP = (r"arn:aws:rds:[a-z0-9-]+:\d{12}:auto-backup:\S+", "the ARN of a copied backup (arn:aws:rds:…:auto-backup:…)")
_ORGANISATION = (r"[A-Za-z0-9][A-Za-z0-9_-]*", "the organisation that the stacks belong to")
Form = tuple[str, str]


def _required(name: str, form: Form) -> str:
    value = pulumi.Config("tandem").get(name)
    if not value:
        said = f"tandem:{name} is not set for the stack {pulumi.get_stack()}: it is {form[1]}"
        raise Refused(f"{said} (pulumi config set tandem:{name} …).")
    return _checked(name, value, form)


def _optional(name: str, form: Form, default: str | None = None) -> str | None:
    value = pulumi.Config("tandem").get(name)
    return _checked(name, value, form) if value else default


def _checked(name: str, value: str, form: Form) -> str:
    if not re.fullmatch(form[0], value):
        raise Refused(f"tandem:{name} is {value!r}, and should be {form[1]}.")
    return value


def _images(names: Sequence[str]) -> dict[str, str]:
    """Exactly one for each: what is set for a service that does not exist is a slip, too."""
    try:
        found = pulumi.Config("tandem").get_object("images") or {}
    except pulumi.ConfigTypeError as error:
        raise Refused("tandem:images should be a map of service and image.") from error
    for name in sorted({*names, *found}):
        if name not in names:
            raise Refused(f"tandem:images has an entry {name}, which is none of: {', '.join(names)}.")
        if not found.get(name):
            said = f"tandem:images has no entry for {name}: it is {_IMAGE[1]}"
            raise Refused(f"{said} (pulumi config set --path tandem:images.{name} …).")
        _checked(f"images.{name}", str(found[name]), _IMAGE)
    return dict(found)


@dataclass(frozen=True)
class FoundationSettings:
    domain: str
    hosted_zone: str
    alert_email: str

    @classmethod
    def load(cls) -> FoundationSettings:
        return cls(
            domain=_required("domain", _DOMAIN),
            hosted_zone=_required("hosted_zone", _ZONE),
            alert_email=_required("alert_email", _EMAIL),
        )


@dataclass(frozen=True)
class DataSettings:
    """`restore_from` is a copy of another region's backups, of which the database is made."""

    second_region: str
    restore_from: str | None

    @classmethod
    def load(cls, region: str) -> DataSettings:
        second = _required("second_region", _REGION)
        if second == region:
            raise Refused(f"tandem:second_region is {second}, where everything stands already; choose another region.")
        return cls(second, _optional("restore_from", _BACKUP))


@dataclass(frozen=True)
class ServiceSettings:
    """`images` are those of the services by name; `issuer`, `jwks` and `token_url` are the identity provider's."""

    images: Mapping[str, str]
    version: str
    issuer: str
    jwks: str
    token_url: str
    traces: str | None

    @classmethod
    def load(cls, services: Iterable[str]) -> ServiceSettings:
        return cls(
            images=_images([*services]),
            version=_required("version", _VERSION),
            issuer=_required("issuer", _URL),
            jwks=_required("jwks", _URL),
            token_url=_required("token_url", _URL),
            traces=_optional("traces", _URL),
        )


def organisation() -> str:
    """Whose stacks the parts look each other up in; `organization` is what a bucket as the backend calls it."""
    return str(_optional("organisation", _ORGANISATION, "organization"))
