"""Contract files are read as YAML 1.2, and whatever cannot be read says file, line and reason."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from tandem.kit.contract import ContractError, SourceFile, read

Read: TypeAlias = Callable[[str], SourceFile]


@pytest.fixture
def source(tmp_path: Path) -> Read:
    def source(text: str) -> SourceFile:
        path = tmp_path / "contract.yaml"
        path.write_text(text, encoding="utf-8")
        return read(path)

    return source


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("2026-01-31", "2026-01-31"),
        ("1_000", "1_000"),
        ("=", "="),
        ("+", "+"),
        ("0042", 42),
        ("-7", -7),
        ("+7", 7),
        ("1.", 1.0),
        ("-.5", -0.5),
        ("6e2", 600.0),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'true'", "true"),
        ("!!str 5", "5"),
        ("!mine x", "x"),
        ("{<<: {b: 1}}", {"<<": {"b": 1}}),
    ],
)
def test_plain_value_is_what_yaml_1_2_says(source: Read, text: str, value: Any) -> None:
    found = source(f"a: {text}").data["a"]
    assert (found, type(found)) == (value, type(value))


def test_json_is_yaml(source: Read) -> None:
    assert source('{"a": [1, "b", null, {"c": "\\u00e5"}]}').data == {"a": [1, "b", None, {"c": "å"}]}


def test_empty_file_is_nothing(source: Read) -> None:
    assert source("# only a remark\n").data is None


def test_each_value_knows_its_line(source: Read) -> None:
    found = source("info:\n  title: x\npaths:\n  /v1/a~b:\n    get: {}\ntags:\n- a\n- b: 1\n")
    pointers = ("", "/info/title", "/paths/~1v1~1a~0b/get", "/tags/0", "/tags/1/b")
    assert [found.line_of(pointer) for pointer in pointers] == [1, 2, 5, 7, 8]


def test_what_is_missing_has_the_line_of_its_nearest_parent(source: Read) -> None:
    found = source("info:\n  title: x\nopenapi: 3.1.0\n")
    assert found.line_of("/info/license/name") == 2
    assert found.line_of("/paths") == 1


def test_alias_is_the_same_value_again(source: Read) -> None:
    found = source("a: &x {b: [1]}\nc: *x\n")
    assert found.data == {"a": {"b": [1]}, "c": {"b": [1]}}
    assert found.line_of("/c/b/0") == 1


def test_pointer_names_a_value(source: Read) -> None:
    found = source("a/b: [{c~d: 5}]")
    assert found.at("/a~1b/0/c~0d") == 5
    assert found.at("") == found.data
    for nowhere in ("/a", "/a~1b/1", "/a~1b/x", "/a~1b/0/c~0d/e"):
        with pytest.raises((KeyError, IndexError, ValueError, TypeError)):
            found.at(nowhere)


# A page that says a hundred billion values.
BOMB = "a0: &a0 [1, 2]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12))
JSON_TEXTS = [
    '{"a": {"b": [1, {"c": null}]}, "d": []}',
    '{\n  "a~/b": [\n    1,\n\n    "x, {\\" y",\n    {"c": true, "d": {}}\n  ],\n  "e": -1.5e3\n}\n',
    '\n[[1, [2,\n3]], {"\\u00e5": "\\ud83d\\ude00"}]',
    '"only text"',
    "12",
]


@pytest.mark.parametrize("text", JSON_TEXTS)
def test_json_has_the_lines_that_yaml_gives_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)
    (tmp_path / "a.yaml").write_text("# so that it is read as YAML\n" + text.replace("\\ud83d\\ude00", "😀"))
    as_json, as_yaml = read(tmp_path / "a.json"), read(tmp_path / "a.yaml")
    assert as_json.data == as_yaml.data
    assert as_json.lines == {pointer: line - 1 for pointer, line in as_yaml.lines.items()}


def test_json_of_megabytes_is_read_at_once_and_its_lines_only_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_text(json.dumps({f"field_{n}": [{"name": "x" * 100, "n": n}] for n in range(40_000)}, indent=1))
    assert path.stat().st_size > 5_000_000
    source = read(path)
    assert "lines" not in vars(source)
    assert source.line_of("/field_39999/0/n") == 6 * 40_000 - 1


def test_yaml_that_begins_like_json_is_yaml(source: Read) -> None:
    assert source("{a: 1}").data == {"a": 1}


def test_what_is_nested_as_deeply_as_allowed_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[" * 200 + "]" * 200)
    assert read(tmp_path / "a.json").line_of("/0" * 199) == 1


def test_mark_of_byte_order_is_no_part_of_the_text(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf{"a": 1}')
    assert read(tmp_path / "a.json").data == {"a": 1}


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ('{"a": 1,\n "b": {"c": 1,\n "c": 2}}', 3, "`c` stands twice in one object"),
        ('{"a": 1,\n]', 2, "is not valid JSON: "),
        ('{"a": NaN}', 1, "is not valid JSON: "),
        ('{"a": "\\ud83d"}', 1, "is not valid JSON: "),
        ("", 1, "is not valid JSON: "),
        ('{"a": 1e999}', 1, "is not valid JSON: "),
        pytest.param(f'{{"a": {"1" * 5000}}}', 1, "is not valid JSON: ", id="long number"),
        pytest.param("[" * 201 + "]" * 201, None, "is nested too deeply to be read: more than 200", id="deep"),
        pytest.param("[" * 1020 + "]" * 1020, None, "is nested too deeply to be read", id="very deep"),
        pytest.param("[" * 100_000, None, "is nested too deeply to be read", id="deeper"),
    ],
)
def test_unusable_json_says_where_and_why(tmp_path: Path, text: str, line: int | None, reason: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(ContractError) as refused:
        read(tmp_path / "a.json")
    assert refused.value.line == line
    assert reason in refused.value.reason


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "`a` stands twice in one object"),
        ("x:\n  '1': a\n  1: b\n", 3, "`1` stands twice in one object"),
        ("a:\n  b: &x\n    c: *x\n", 2, "an alias contains itself"),
        ("a: &x [1, *x]\n", 1, "an alias contains itself"),
        ("a: 1\nb: *nobody\n", 2, "is not valid YAML: found undefined alias"),
        ("a: 1\nb: [1, 2\n", 3, "is not valid YAML"),
        ("a: 1\n---\nb: 2\n", 2, "is not valid YAML: but found another document"),
        ("a: 1\n? [b]\n: 2\n", 2, "the name of a field must be plain text"),
        ("a:\n  b: !!int many\n", 2, "is not the number it is marked as"),
        pytest.param(f"a:\n  b: {'1' * 5000}\n", 2, "or too long a one", id="long number"),
        ("a: 1e999\n", 1, "or too long a one"),
        ("a: '\x07'\n", None, "is not valid YAML: unacceptable character"),
        pytest.param("[" * 201 + "]" * 201, None, "is nested too deeply to be read: more than 200", id="deep"),
        pytest.param("[" * 5000 + "]" * 5000, None, "is nested too deeply to be read", id="very deep"),
        pytest.param(BOMB, 1, "is too large once its aliases are written out", id="bomb"),
    ],
)
def test_unusable_file_says_where_and_why(source: Read, text: str, line: int | None, reason: str) -> None:
    with pytest.raises(ContractError) as refused:
        source(text)
    assert refused.value.line == line
    assert reason in refused.value.reason
    assert str(refused.value).startswith(f"{refused.value.path}:{line}: " if line else f"{refused.value.path}: ")


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"gone.yaml: there is no such file"):
        read(tmp_path / "gone.yaml")


def test_folder_and_bytes_that_are_not_text_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ContractError, match=r"cannot be read: .*Is a directory"):
        read(tmp_path)
    (tmp_path / "latin.yaml").write_bytes(b"a: \xe5\n")
    with pytest.raises(ContractError, match=r"latin.yaml: cannot be read: .*utf-8"):
        read(tmp_path / "latin.yaml")
