"""Terms are read from what packages say of themselves, and kept to the list of pyproject.toml."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from email.message import Message
from importlib.metadata import PackageNotFoundError

import pytest

from tandem.gate.safety.licences import Licences, Terms, expression_of
from tandem.gate.safety.scanner import CouldNotLook
from tests.gate.safety.places import place, write
from tests.gate.world import Project

TERMS = Terms(frozenset({"MIT", "Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0"}), {})
PYPROJECT = '[tool.tandem.licences]\nallowed = ["MIT"]\n[tool.tandem.licences.excused]\nodd = "Seen by Ann."\n'


def package(*headers: tuple[str, str]) -> Message:
    message = Message()
    for name, value in headers:
        message[name] = value
    return message


@pytest.mark.parametrize(
    ("expression", "allowed"),
    [
        ("MIT", True),
        ("GPL-3.0-only", False),
        ("MIT AND Apache-2.0", True),
        ("MIT AND GPL-3.0-only", False),
        ("GPL-3.0-only OR MIT", True),
        ("GPL-3.0-only OR AGPL-3.0-only", False),
        ("MIT OR GPL-3.0-only AND AGPL-3.0-only", True),
        ("(MIT OR GPL-3.0-only) AND AGPL-3.0-only", False),
        ("MIT AND (GPL-3.0-only OR Apache-2.0)", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", True),
        ("GPL-2.0-only", False),
    ],
)
def test_every_part_of_an_and_and_one_of_an_or_must_be_allowed(expression: str, allowed: bool) -> None:
    assert TERMS.allow(expression) is allowed


@pytest.mark.parametrize(
    ("headers", "expression"),
    [
        ([("License-Expression", "mit and apache-2.0")], "MIT AND Apache-2.0"),
        ([("License", "Apache 2.0")], "Apache-2.0"),
        ([("License", "3-Clause BSD License")], "BSD-3-Clause"),
        ([("License", "MIT License\n\nCopyright (c) Somebody")], "MIT"),
        ([("License", "Dual"), ("Classifier", "License :: OSI Approved :: MIT License")], "MIT"),
        (
            [
                ("Classifier", "License :: OSI Approved :: MIT License"),
                ("Classifier", "Programming Language :: Python"),
                ("Classifier", "License :: OSI Approved :: Apache Software License"),
            ],
            "MIT AND Apache-2.0",
        ),
        ([("License", "Ask me"), ("Classifier", "License :: Other/Proprietary License")], None),
        ([], None),
    ],
)
def test_terms_are_read_wherever_a_package_says_them(headers: list[tuple[str, str]], expression: str | None) -> None:
    assert expression_of(package(*headers)) == expression


def looked(project: Project, installed: Mapping[str, Message]) -> list[tuple[str, str, int | None]]:
    def find(name: str) -> Message:
        if name not in installed:
            raise PackageNotFoundError(name)
        return installed[name]

    with ExitStack() as opened:
        return [(one.rule, one.said, one.line) for one in Licences(find).begin(place(project), opened)()]


@pytest.fixture
def locked(notices: Project) -> Project:
    write(notices, "pyproject.toml", PYPROJECT)
    windows = "only-there==1 ; sys_platform == 'win32'"
    write(notices, "requirements/service.txt", f"plain[extra]==1.0 \\\n    --hash=sha256:00\nodd==2\n{windows}\n")
    return notices


def test_package_that_says_nothing_is_named_and_one_that_people_looked_at_is_not(locked: Project) -> None:
    assert looked(locked, {"plain": package(), "odd": package()}) == [
        ("unknown", "plain does not say under which licence it is.", 1)
    ]


def test_package_that_is_not_installed_was_not_looked_at(locked: Project) -> None:
    with pytest.raises(CouldNotLook, match=r"not installed here, so nobody can read their terms: odd$"):
        looked(locked, {"plain": package(("License", "MIT"))})


def test_forbidden_package_is_said_also_when_another_is_missing(locked: Project) -> None:
    assert [rule for rule, *_ in looked(locked, {"plain": package(("License", "AGPL-3.0-only"))})] == ["forbidden"]


def test_without_a_list_or_a_lock_nobody_looks(notices: Project) -> None:
    with pytest.raises(CouldNotLook, match="does not say which licences are allowed"):
        looked(notices, {})
    write(notices, "pyproject.toml", PYPROJECT)
    with pytest.raises(CouldNotLook, match=r"there is no requirements/service\.txt"):
        looked(notices, {})
