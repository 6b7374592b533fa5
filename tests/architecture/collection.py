"""Tests that look like tests and never run."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.project import Module


def uncollected(module: Module) -> Iterator[tuple[int, str]]:
    """`(line, why and what to do)` for each test of a file under tests/ that pytest passes over."""
    collected = module.path.stem.startswith("test_")
    for function, classes, is_nested in _tests(module.tree):
        if not collected:
            yield function.lineno, f"{function.name} stands in a file that is not called test_*.py; rename the file"
        elif is_nested:
            yield function.lineno, f"{function.name} stands inside another function; move it out"
        elif outside := [one for one in classes if not one.name.startswith("Test")]:
            yield function.lineno, f"{function.name} stands in class {outside[0].name}; its name must begin with Test"
        elif made := [one for one in classes if any(getattr(node, "name", "") == "__init__" for node in one.body)]:
            yield function.lineno, f"pytest skips class {made[0].name} because it has __init__; use a fixture"
    yield from _hidden(module.tree)


Found = tuple[ast.FunctionDef | ast.AsyncFunctionDef, list[ast.ClassDef], bool]


def _tests(node: ast.AST, classes: tuple[ast.ClassDef, ...] = (), is_nested: bool = False) -> Iterator[Found]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _tests(child, (*classes, child), is_nested)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
            if child.name.startswith("test_") and not _is_fixture(child):
                yield child, list(classes), is_nested
            yield from _tests(child, classes, is_nested=True)
        else:
            yield from _tests(child, classes, is_nested)


def _is_fixture(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in function.decorator_list)


def _hidden(node: ast.Module | ast.ClassDef) -> Iterator[tuple[int, str]]:
    """A second test of the same name takes the place of the first."""
    seen: dict[str, int] = {}
    for child in node.body:
        if isinstance(child, ast.ClassDef):
            yield from _hidden(child)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and child.name.startswith("test_"):
            if child.name in seen:
                yield seen[child.name], f"{child.name} is hidden by line {child.lineno}; give it a name of its own"
            seen[child.name] = child.lineno
