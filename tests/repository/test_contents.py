"""What no file of the repository may hold, and what the documents must."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from repository_files import ROOT, files, named, text_of

# Built from parts, so that this file does not hold what it forbids.
REGISTRY = re.compile(
    r"https?://[^/\s\"']*(?:" + "|".join(["py" + "pi", "npm" + "js", "python" + "hosted"]) + ")"
)
MACHINE = re.compile(r"(?<![\w.~/-])/(?:" + "|".join(["wo" + "rk", "ro" + "ot", "ho" + "me"]) + r")/\w")
UNFINISHED = re.compile(r"\b(?:" + "|".join(["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]) + r")\b")
UNDONE = re.compile("raise NotImplemented" + r"Error|pytest\.mark\." + "xfail")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")


def holding(pattern: re.Pattern[str], *endings: str) -> list[str]:
    """Places (file:line) whose text holds the pattern."""
    places = []
    for path in files(*endings):
        for number, line in enumerate((text_of(path) or "").splitlines(), 1):
            if pattern.search(line):
                places.append(f"{named(path)}:{number}: {line.strip()[:100]}")
    return places


def test_no_registry_host() -> None:
    assert holding(REGISTRY) == []


def test_no_path_of_a_machine() -> None:
    assert holding(MACHINE) == []


def test_nothing_is_marked_unfinished() -> None:
    assert holding(UNFINISHED, ".py", ".ts", ".css", ".html", ".toml", "Makefile") == []
    assert holding(UNDONE, ".py") == []


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        (REGISTRY, "https://files.python" + "hosted.org/x"),
        (REGISTRY, "http://registry.npm" + "js.org/vite"),
        (MACHINE, "open('/ho" + "me/kim/a.csv')"),
        (MACHINE, "cd /ro" + "ot/x"),
        (UNFINISHED, "# TO" + "DO later"),
        (UNDONE, "raise NotImplemented" + "Error"),
    ],
)
def test_the_patterns_find_what_they_are_for(pattern: re.Pattern[str], line: str) -> None:
    assert pattern.search(line)


def test_every_how_to_is_named_in_the_index() -> None:
    index = (ROOT / "docs/README.md").read_text("utf-8")
    missing = [
        named(path) for path in files(".md", under="docs/how-to/") if f"how-to/{path.name}" not in index
    ]
    assert missing == []


def test_decisions_are_numbered_without_gaps() -> None:
    numbers = [int(path.name[:4]) for path in files(".md", under="docs/adr/")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_links_of_the_documents_lead_somewhere() -> None:
    broken = []
    for path in files(".md"):
        for target in LINK.findall(path.read_text("utf-8")):
            if "://" not in target and not (path.parent / target).exists():
                broken.append(f"{named(path)} -> {target}")
    assert broken == []


def glossary() -> list[tuple[str, str]]:
    """Pairs (English identifier, Korean) of GLOSSARY.md."""
    return re.findall(
        r"^\| ([a-z][a-z_ -]*) \| ([^|]*[가-힣][^|]*) \|", (ROOT / "GLOSSARY.md").read_text("utf-8"), re.M
    )


def test_glossary_terms_are_in_order_and_used() -> None:
    terms = [english for english, _ in glossary()]
    assert len(terms) > 20
    assert terms == sorted(set(terms))
    sources: list[Path] = [*files(".py", ".toml", ".html", under="src/"), *files(".md", under="docs/")]
    used = "\n".join(
        text_of(path) or "" for path in [*sources, ROOT / "ARCHITECTURE.md", ROOT / "README.md"]
    ).lower()
    unused = [term for term in terms if not re.search(rf"\b{re.escape(term)}|{term.replace(' ', '_')}", used)]
    assert unused == []
