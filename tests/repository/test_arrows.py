"""Rooms, their arrows and their lines in ARCHITECTURE.md say the same."""

from __future__ import annotations

import ast
import re
import tomllib

from repository_files import ROOT, files, named

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CONTRACTS = {each["id"]: each for each in PYPROJECT["tool"]["importlinter"]["contracts"]}


def rooms() -> set[str]:
    """The rooms of src/madang: folders, and modules beside the front door."""
    inside = {path.relative_to(ROOT / "src/madang").parts[0] for path in files(under="src/madang/")}
    return {name.removesuffix(".py") for name in inside} - {"__init__", "__main__", "py.typed"}


def imports(path: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_room_has_a_line_in_the_architecture_and_the_other_way_round() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    described = set(re.findall(r"^\| `(\w+)/?(?:\.py)?` \|", text, re.MULTILINE))
    assert described == rooms()


def test_every_room_with_code_stands_in_a_layer() -> None:
    layers = {
        room.strip(" ()") for layer in CONTRACTS["arrows"]["layers"] for room in re.split(r"[|:]", layer)
    }
    assert layers == rooms() - {"content"}


def test_all_of_the_core_is_kept_from_django() -> None:
    kept = {name.removeprefix("madang.") for name in CONTRACTS["no-django"]["source_modules"]}
    assert kept == rooms() - {"web", "cli", "content"}


def test_the_command_line_imports_the_web_where_it_needs_the_sites_own_records_only() -> None:
    guilty = [
        named(path)
        for path in files(".py", under="src/madang/cli/")
        if path.stem not in ("up", "work", "people")
        and any(re.match(r"(madang\.web|django)\b", name) for name in imports(named(path)))
    ]
    assert guilty == []


def test_content_is_found_by_being_there_and_imported_by_nobody() -> None:
    guilty = [named(path) for path in files(".py", under="src/") if "madang.content" in imports(named(path))]
    assert guilty == []


def test_the_layers_are_those_of_the_design() -> None:
    order = [layer.replace("(", "").replace(")", "") for layer in CONTRACTS["arrows"]["layers"]]
    assert order == [
        "web | cli",
        "workspace",
        "formats | find",
        "release",
        "runs | collect",
        "results | intake",
        "bank",
        "declarations | engine",
        "access | places | privacy | methods | samplecity",
        "messages",
    ]
