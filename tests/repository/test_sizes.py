"""The house stays small: limits of file, function and test file."""

from __future__ import annotations

import ast
from pathlib import Path

from repository_files import files, named

SOURCE, SOURCE_STOP = 300, 500
FUNCTION, FUNCTION_STOP = 35, 80
TEST = 600
LONGER = 0.1  # the share of files or functions that may pass the first limit, each for a reason

PROGRAM = (".py", ".ts", ".css", ".html")


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def functions(source: str) -> list[tuple[str, int]]:
    """Name and length of each function; a docstring does not count, it is there to be read."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            first = node.body[0]
            if ast.get_docstring(node) is not None:
                length -= (first.end_lineno or first.lineno) - first.lineno + 1
            found.append((f"{node.name}:{node.lineno}", length))
    return found


def test_no_source_file_passes_the_hard_stop() -> None:
    sources = files(*PROGRAM, under="src/") + files(*PROGRAM, under="frontend/")
    sizes = {named(path): lines(path) for path in sources}
    assert sizes
    assert {name: size for name, size in sizes.items() if size > SOURCE_STOP} == {}
    longer = {name: size for name, size in sizes.items() if size > SOURCE}
    assert len(longer) <= LONGER * len(sizes), f"split some of these by idea: {longer}"


def test_no_function_passes_the_hard_stop() -> None:
    found = [
        (f"{named(path)} {name}", length)
        for path in files(".py", under="src/")
        for name, length in functions(path.read_text("utf-8"))
    ]
    assert found
    assert [each for each in found if each[1] > FUNCTION_STOP] == []
    longer = [each for each in found if each[1] > FUNCTION]
    assert len(longer) <= LONGER * len(found), f"these do more than one thing: {longer}"


def test_no_test_file_is_too_long() -> None:
    sizes = {named(path): lines(path) for path in files(".py", under="tests/")}
    assert {name: size for name, size in sizes.items() if size > TEST} == {}


def test_a_docstring_does_not_count() -> None:
    body = "    x = 1\n" * 10
    assert functions(f"def f():\n{body}") == [("f:1", 11)]
    assert functions(f'def f():\n    """One.\n\n    Two.\n    """\n{body}') == [("f:1", 11)]
