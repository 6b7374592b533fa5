from __future__ import annotations

import pytest

from tandem.scaffold.pieces import DoesNotFit, Module, added, put, with_changes

BEFORE = """\
from a import one


def first() -> int:
    return one()


class Things:
    def get(self) -> None: ...
"""
AFTER = """\
from a import one, two


def first() -> int:
    return two()


@two
def second() -> int:
    return two()


class Things:
    def add(self) -> None: ...

    def get(self) -> None: ...


class More:
    def see(self) -> None: ...
"""


def test_what_is_new_comes_in_its_order_with_its_imports() -> None:
    before, after = Module(BEFORE), Module(AFTER)
    pieces = added(before, after)
    assert [one.key for one in pieces] == [("", "second"), ("Things", "add"), ("", "More")]
    merged = put(BEFORE, pieces, after)
    assert merged.startswith("from a import two\nfrom a import one\n")
    assert merged.index("def first") < merged.index("@two\ndef second") < merged.index("class Things")
    assert merged.index("def add") < merged.index("def get") < merged.index("class More")


def test_first_piece_of_an_empty_file_stands_alone() -> None:
    (piece,) = added(Module(""), Module("def f() -> None: ...\n"))
    assert put("", [piece], Module("def f() -> None: ...\n")) == "def f() -> None: ...\n"


def test_import_stands_below_what_has_to_come_first() -> None:
    after = Module("from a import one\n\n\ndef f() -> None:\n    one()\n")
    ours = '"""About."""\n\nfrom __future__ import annotations\n\nX = 1\n'
    merged = put(ours, added(Module(""), after), after)
    assert merged.startswith('"""About."""\n\nfrom __future__ import annotations\n\nfrom a import one\nX = 1\n')


def test_method_of_an_empty_class_is_put_into_it() -> None:
    after = Module("class Things:\n    X = 1\n\n    def get(self) -> None: ...\n")
    merged = put("class Things:\n    X = 1\n\n\nY = 2\n", added(Module("class Things:\n    X = 1\n"), after), after)
    assert merged == "class Things:\n    X = 1\n\n    def get(self) -> None: ...\n\n\nY = 2\n"


def test_function_that_nobody_touched_changes_with_it() -> None:
    merged = with_changes(BEFORE, Module(BEFORE), Module(AFTER), strict=True)
    assert "    return two()\n" in merged
    assert "import two\n" in merged


@pytest.mark.parametrize("strict", [True, False])
def test_function_that_somebody_made_their_own_does_not_change(strict: bool) -> None:
    ours = BEFORE.replace("return one()", "return one() + 1")
    if strict:
        with pytest.raises(DoesNotFit, match="first would have to change with it, and is yours by now"):
            with_changes(ours, Module(BEFORE), Module(AFTER), strict=True)
    else:
        assert with_changes(ours, Module(BEFORE), Module(AFTER), strict=False) == ours


def test_name_that_is_not_there_is_told() -> None:
    after = Module("def _own() -> None: ...\n\n\ndef f() -> None:\n    _own()\n")
    pieces = [after.pieces["", "f"]]
    with pytest.raises(DoesNotFit, match="it needs _own, which is not here"):
        put("X = 1\n", pieces, after)
