"""The house rules that no ready-made linter knows. Each yields `(line, what to do)` where it is broken."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.architecture.project import Module
from tests.product import PRODUCT

Broken = Iterator[tuple[int, str]]
Rule = Callable[[Module], Broken]

_EMPTY_NAMES = {"base", "common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}
_MOST_LINES = 400
_LEFT_OVER = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
_REASONED_NOQA = re.compile(r"# noqa: [A-Z0-9, ]+ - \w+")
_ENUMERATED = re.compile(r"\w+(?=[,.]|$)")
_SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|WITH\s+\w+\s+AS\s|TRUNCATE\s|"
    r"(CREATE|ALTER|DROP)\s+(TABLE|INDEX|DATABASE|ROLE)\s)"
)
_SQL_HOMES = (
    "infra/functions/database_login.py",
    "tandem/kit",
    "tandem/local/fill.py",
    "tandem/local/databases.py",
    "tandem/scaffold/storage",
    "loadtests",
    "tests",
)


def names_say_what_is_inside(module: Module) -> Broken:
    for part in (*module.path.parts[:-1], module.path.stem):
        if part.lower() in _EMPTY_NAMES:
            yield 1, f"`{part}` says nothing about what is in it; name the module after its one job"


def files_are_short(module: Module) -> Broken:
    lines = module.text.count("\n")
    if lines > _MOST_LINES and not module.is_generated:
        yield _MOST_LINES, f"the file has {lines} lines; split it by role before {_MOST_LINES}"


def nothing_is_left_to_do(module: Module) -> Broken:
    for line, comment in module.comments.items():
        if found := _LEFT_OVER.search(comment):
            yield line, f"{found[0]}: do it now, or open an issue and take the comment out"


def broad_excepts_have_a_reason(module: Module) -> Broken:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _has_reason(module, node):
            yield node.lineno, "catch what can really happen; at the edge of a process say why in a comment"


def _is_broad(handler: ast.ExceptHandler) -> bool:
    if isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None:
        return False
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        one is None or (isinstance(one, ast.Name) and one.id in {"Exception", "BaseException"}) for one in caught
    )


def _has_reason(module: Module, handler: ast.ExceptHandler) -> bool:
    beside = module.comments.get(handler.lineno, "")
    return bool(_REASONED_NOQA.search(beside)) or handler.lineno + 1 in module.comments


def skips_have_a_reason(module: Module) -> Broken:
    for line, comment in module.comments.items():
        if re.fullmatch(r"#\s*pragma: no (cover|branch)\s*", comment):
            yield line, "a line that no test reaches needs its reason: `# pragma: no cover - why`"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in {"skip", "xfail"} and _dotted(node.value) == "pytest.mark":
            yield node.lineno, "a test that never runs proves nothing: mend it, remove it, or use skipif with a reason"


def tests_do_not_sleep(module: Module) -> Broken:
    """Looking again and again until a deadline is waiting for something, which is another matter."""
    if not module.within("tests"):
        return
    polling = {id(call) for loop in ast.walk(module.tree) if isinstance(loop, ast.While) for call in ast.walk(loop)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and id(node) not in polling and _dotted(node.func) == "time.sleep":
            yield node.lineno, "a test that sleeps is slow or flaky: wait for what should happen, or pass the time in"


def sql_stands_in_repositories(module: Module) -> Broken:
    if module.within(*_SQL_HOMES) or module.path.name == "repository.py" or "migrations" in module.path.parts:
        return
    documentation = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)}
    for node in _constants(module):
        if id(node) not in documentation and isinstance(node.value, str) and _SQL.match(node.value):
            yield node.lineno, "SQL stands in repository.py, in the method that runs it, or in a migration"


def services_are_not_counted(module: Module) -> Broken:
    """Whoever makes a sixth is not to look for all that knew five."""
    if module.within("tests/product.py"):
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            named = {one.value for one in node.elts if isinstance(one, ast.Constant)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            named = set(_ENUMERATED.findall(node.value))
        else:
            continue
        if named.issuperset(PRODUCT):
            yield (
                node.lineno,
                "a checkout may have more: take services from the manifest, or tests/product.py",
            )


def handlers_know_no_status(module: Module) -> Broken:
    """The contract has the status of success, an error class its own."""
    if not (module.within("services") and module.path.name == "handlers.py"):
        return
    compared = {id(one) for node in ast.walk(module.tree) if isinstance(node, ast.Compare) for one in node.comparators}
    for constant in _constants(module):
        is_status = type(constant.value) is int and 200 <= constant.value < 600
        # What a peer answered is compared with a status; that is reading, not deciding, one.
        if is_status and id(constant) not in compared:
            yield constant.lineno, "raise an error class of errors.py, or let the contract's success status stand"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in {
            "http",
            "fastapi",
            "starlette",
        }:
            yield node.lineno, f"a handler does not speak HTTP: `{node.module}` belongs into the kit"


def _constants(module: Module) -> Iterator[ast.Constant]:
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.Constant))


def _dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


RULES: tuple[Rule, ...] = (
    names_say_what_is_inside,
    files_are_short,
    nothing_is_left_to_do,
    broad_excepts_have_a_reason,
    skips_have_a_reason,
    tests_do_not_sleep,
    sql_stands_in_repositories,
    services_are_not_counted,
    handlers_know_no_status,
)
