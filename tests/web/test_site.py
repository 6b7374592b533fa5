"""The shared look: pages that load it, files that carry it, and colours that everybody can read."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from tandem.web import Site

_BRIGHT = re.compile(r"--([a-z-]+): (#[0-9a-f]{3,6})\b")
GROUNDS = ("ground", "paper", "sunk")
WORDS = ("ink", "quiet", "brand")
TINTED = ("good", "warn", "bad", "calm", "brand")


@pytest.fixture
def templates(tmp_path: Path) -> Path:
    (tmp_path / "hello.html").write_text('{% extends "shell.html" %}{% block main %}{{ text }}{% endblock %}')
    return tmp_path


@pytest.fixture
def stylesheet(templates: Path) -> str:
    asset = Site(templates).asset("tandem.css")
    assert asset is not None
    return asset.body.decode()


def test_a_page_loads_its_assets_under_a_name_that_changes_with_them(templates: Path) -> None:
    site = Site(templates, "/assets")
    style = site.asset("tandem.css")
    assert style is not None

    page = site.render("hello.html", text="Hi")

    assert f'<link rel="stylesheet" href="/assets/tandem.css?{style.digest}">' in page
    assert '<script src="/assets/tandem.js?' in page
    assert "<style>" not in page


def test_a_file_that_stands_alone_carries_its_style(templates: Path) -> None:
    page = Site(templates).render("hello.html", text="Hi")

    assert "--brand: #" in page
    assert "<script" not in page
    assert "stylesheet" not in page


def test_text_is_text_whatever_it_says(templates: Path) -> None:
    page = Site(templates).render("hello.html", text='<script>alert("x")</script>')

    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_a_path_breaks_after_its_slashes_and_stays_text(templates: Path) -> None:
    (templates / "path.html").write_text("{{ path|breakable }}")

    assert Site(templates).render("path.html", path="/a/<b>") == "/<wbr>a/<wbr>&lt;b&gt;"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("`a<b` was 1", "<code>a&lt;b</code> was 1"),
        ("one ` alone", "one ` alone"),
        ("plain <b>", "plain &lt;b&gt;"),
    ],
)
def test_what_stands_between_backticks_is_code(templates: Path, said: str, shown: str) -> None:
    (templates / "said.html").write_text("{{ said|coded }}")

    assert Site(templates).render("said.html", said=said) == shown


def test_what_is_no_asset_is_none(templates: Path) -> None:
    assert Site(templates).asset("../site.py") is None


def test_nothing_is_fetched_from_elsewhere(templates: Path) -> None:
    script = Site(templates).asset("tandem.js")
    assert script is not None
    found = re.findall(r"https?://[^'\" )]+", Site(templates).render("hello.html", text="") + script.body.decode())
    assert set(found) <= {"http://www.w3.org/2000/svg"}


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_every_text_has_the_contrast_of_aa(stylesheet: str, scheme: int) -> None:
    colours = _schemes(stylesheet)[scheme]
    pairs = [
        *product(WORDS, GROUNDS),
        *((one, f"{one}-soft") for one in TINTED),
        *(("ink", f"{one}-soft") for one in TINTED),
        ("quiet", "brand-soft"),
        ("on-brand", "brand"),
    ]

    assert [pair for pair in pairs if _contrast(colours[pair[0]], colours[pair[1]]) < 4.5] == []
    assert [ground for ground in GROUNDS if _contrast(colours["edge"], colours[ground]) < 3] == []


def test_the_contrast_of_black_on_white_is_known() -> None:
    assert round(_contrast("#000", "#ffffff")) == 21
    assert _contrast("#777", "#fff") < 4.5


def _schemes(stylesheet: str) -> list[dict[str, str]]:
    light, _, dark = stylesheet.partition("prefers-color-scheme: dark")
    found = dict(_BRIGHT.findall(light))
    return [found, found | dict(_BRIGHT.findall(dark.partition("*, ::before")[0]))]


def _contrast(one: str, other: str) -> float:
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[start : start + 2], 16) / 255 for start in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
