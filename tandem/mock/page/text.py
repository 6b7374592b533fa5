"""Bodies of any kind as text of bearable length."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

import orjson

MOST_SHOWN = 64_000
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


@dataclass(frozen=True)
class Shown:
    """`note` says what the text leaves out."""

    text: str
    note: str = ""


def shown_body(body: bytes, media_type: str, *, is_cut: bool = False) -> Shown:
    if not body:
        return Shown("", "No body.")
    kind = media_type.partition(";")[0].strip().lower()
    try:
        text = body.decode("utf-8", errors="ignore" if is_cut else "strict")
    except UnicodeDecodeError:
        return Shown("", f"{len(body):,} bytes of {kind or 'no kind'}, which is no text.")
    if "json" in kind and not is_cut:
        text = _indented(body) or text
    if len(text) > MOST_SHOWN:
        return Shown(text[:MOST_SHOWN], f"Only its beginning is shown; it has {len(body):,} bytes.")
    return Shown(text, "Only its beginning was kept." if is_cut else "")


def shown_value(value: object) -> Shown:
    if isinstance(value, str):
        return shown_body(value.encode(), "text/plain")
    return shown_body(orjson.dumps(value), "application/json")


def words(described: object) -> str:
    """A description without the HTML that some documents have in it."""
    return unescape(_TAG.sub("", str(described or ""))).strip()


def slug(text: str) -> str:
    """For ids and anchors: what HTML and CSS take without quoting."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text)


def _indented(body: bytes) -> str | None:
    try:
        return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
    except orjson.JSONDecodeError:
        return None
