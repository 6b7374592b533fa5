"""Templates rendered in the shared look, as pages that load its assets or as one file that needs nothing else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

_HERE = Path(__file__).parent
_KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}
# Nothing inline and nothing from elsewhere: text that slips through as markup still runs nothing.
_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    # `no-referrer` would also take the origin from our own forms, by which they are told from somebody else's.
    "referrer-policy": "same-origin",
}


@dataclass(frozen=True)
class Asset:
    name: str
    body: bytes
    media_type: str

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.body).hexdigest()[:12]


class Site:
    """The pages of one folder of templates. Without `assets_url` each page carries its style in itself."""

    def __init__(self, templates: Path, assets_url: str | None = None) -> None:
        self._assets_url = assets_url
        self._environment = Environment(
            loader=FileSystemLoader([templates, _HERE / "templates"]),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {"breakable": breakable, "coded": coded}
        self._environment.globals |= {"asset_url": self._asset_url, "inlined": self._inlined}

    def render(self, template: str, **values: object) -> str:
        return self._environment.get_template(template).render(**values)

    def asset(self, name: str) -> Asset | None:
        return _ASSETS.get(name)

    def _asset_url(self, name: str) -> str | None:
        """With the digest in it, so that it may be kept for ever."""
        return f"{self._assets_url}/{name}?{_ASSETS[name].digest}" if self._assets_url else None

    def _inlined(self, name: str) -> Markup:
        return Markup(_ASSETS[name].body.decode())  # noqa: S704 - our own stylesheet


def breakable(text: str) -> Markup:
    """A path that breaks after its slashes, where a narrow screen needs it."""
    return Markup("/<wbr>").join(escape(part) for part in text.split("/"))


def coded(text: str) -> Markup:
    """A sentence in which what stands between backticks is code."""
    parts = [escape(part) for part in text.split("`")]
    if len(parts) % 2 == 0:
        return escape(text)
    return Markup("").join(
        part if index % 2 == 0 else Markup("<code>%s</code>") % part for index, part in enumerate(parts)
    )


_ASSETS = {
    path.name: Asset(path.name, path.read_bytes(), _KINDS[path.suffix])
    for path in sorted((_HERE / "static").iterdir())
    if path.suffix in _KINDS
}
