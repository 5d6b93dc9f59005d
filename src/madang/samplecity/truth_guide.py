"""The guide to what was planted, ``truth/README.md``: every truth table and the meaning and unit of its columns.

Told in ``content/samplecity/truths.toml``, beside which a test holds the tables that the layers make.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from madang.samplecity.layers import Layer
from madang.samplecity.words import words

GUIDE = "README.md"
ABOUT = "about"  # the entry that says what a table is; the others are its columns


def write_guide(folder: Path, layers: Iterable[tuple[str, Layer]]) -> None:
    """Write the guide to the truths of `layers` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / GUIDE).write_text("\n".join(_lines(layers)), encoding="utf-8")


def _lines(layers: Iterable[tuple[str, Layer]]) -> Iterator[str]:
    told = words("truths")
    yield f"# {told['title']}\n"
    for paragraph in told["intro"]:
        yield f"{paragraph}\n"
    yield from _table("##", "defects.csv", told["defects"])
    for name, layer in layers:
        tables = told["layers"].get(name, {})
        if tables:
            yield f"## {layer.LABEL}\n"
        for table, columns in tables.items():
            yield from _table("###", f"{name}/{table}.csv", columns)


def _table(level: str, title: str, columns: Mapping[str, str]) -> Iterator[str]:
    yield f"{level} `{title}`\n\n{columns[ABOUT]}\n"
    yield "| 열 | 뜻과 단위 |\n|---|---|"
    yield from (f"| `{name}` | {meaning} |" for name, meaning in columns.items() if name != ABOUT)
    yield ""
