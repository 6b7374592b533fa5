from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tandem.gate.fuzzing.cases import Case, crash_of, keep, load, request_line
from tandem.gate.fuzzing.observed import Failure
from tandem.local.trouble import Refused

_FAILURE = Failure("GET /v1/cards", "not_a_server_error", "ST101", "Server error", "It broke.", "abc", 500, "")


def _crash(folder: Path, name: str, **more: Any) -> Path:
    step = {"method": "GET", "url": "http://127.0.0.1:9/v1/cards?limit=0", "checks": [{"name": "not_a_server_error"}]}
    path = folder / f"{name}.json"
    path.write_text(json.dumps({"operation": "GET /v1/cards", "case_id": name, "sequence": [step], **more}))
    return path


def test_case_that_was_kept_is_found_again(tmp_path: Path) -> None:
    case = Case("0123456789ab", "card", "It broke.", "not_a_server_error", {"sequence": []})
    keep(tmp_path, case)
    assert load(tmp_path, "0123456789ab") == case


def test_case_that_is_not_there_is_refused_with_the_nearest(tmp_path: Path) -> None:
    keep(tmp_path, Case("0123456789ab", "card", "", "", {}))
    with pytest.raises(Refused, match=r"There is no case '0123456789ac'. Did you mean `0123456789ab`\?"):
        load(tmp_path, "0123456789ac")


@pytest.mark.parametrize("text", ["not json", "[]", '{"id": "x"}'])
def test_file_that_is_no_case_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(Refused, match="is not a case that the gate wrote"):
        load(tmp_path, "x")


def test_record_of_the_very_failure_comes_before_one_like_it(tmp_path: Path) -> None:
    like_it, itself = _crash(tmp_path, "xyz"), _crash(tmp_path, "abc")
    found = crash_of(_FAILURE, [like_it, itself])
    assert found is not None
    assert found["case_id"] == "abc"
    found = crash_of(_FAILURE, [like_it])
    assert found is not None
    assert found["case_id"] == "xyz"


def test_record_of_a_sequence_may_be_named_by_another_operation(tmp_path: Path) -> None:
    found = crash_of(_FAILURE, [_crash(tmp_path, "abc", operation="DELETE /v1/cards")])
    assert found is not None
    assert request_line(found) == "GET /v1/cards?limit=0"


def test_record_of_something_else_is_none(tmp_path: Path) -> None:
    assert crash_of(_FAILURE, [_crash(tmp_path, "xyz", operation="GET /v1/accounts")]) is None
    other = {"method": "GET", "url": "", "checks": [{"name": "another"}]}
    assert crash_of(_FAILURE, [_crash(tmp_path, "abc", sequence=[other])]) is None
