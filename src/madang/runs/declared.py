"""What is declared, not programmed: tables and indicators, as the ledger knows a computation."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar, cast

import pyarrow as pa

from madang.declarations import indicator as indicators
from madang.declarations import table as tables
from madang.declarations.analysis import AnalysisCard
from madang.declarations.indicator import Indicator, load_indicator, load_own_words, with_words
from madang.declarations.standard import Standard
from madang.declarations.table import DeclaredTable, load_table
from madang.messages import MadangError
from madang.results import Result
from madang.runs.analysis import methods_code

TABLES, INDICATORS = "tables/", "indicators/"  # before the id of a declaration: what the ledger calls it
_HERE = Path(__file__).parent
_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class Declared:
    """A computation without parameters, whose declaration is its code. `dataset` is where its table is kept.

    `fixed` are datasets by role that the workspace chose; of others that fit, the newest is read. `values` are what `run`
    is given beside the inputs, and part of its key.
    """

    id: str
    dataset: str
    card: AnalysisCard
    code: str
    run: Callable[..., Result]
    query: str
    rhythm_days: int | None = None
    fixed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def is_indicator(self) -> bool:
        return self.id.startswith(INDICATORS)


class Declarations:
    """The tables and indicators there are: shipped, then those of the workspace's `content`, which win.

    A file that cannot be read is left out and told in `broken`.
    """

    def __init__(self, content: Path) -> None:
        self._content = content
        self.broken: list[MadangError] = []

    @cached_property
    def tables(self) -> dict[str, DeclaredTable]:
        """By id, one that is made of another behind it."""
        return _in_order(self._loaded(load_table, tables.SHIPPED, self._content / "tables"))

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        """By id, in the order of themes and labels, with what the workspace says of them."""
        try:
            words = load_own_words(self._content / "indicators.toml")
        except MadangError as error:
            self.broken.append(error)
            words = {}
        read = self._loaded(load_indicator, indicators.SHIPPED, self._content / "indicators")
        found = [with_words(each, words.get(each.id, {})) for each in read]
        return {each.id: each for each in sorted(found, key=_theme)}

    @cached_property
    def standards(self) -> dict[str, Standard]:
        """Every declared table is a standard."""
        return {each.id: each.standard for each in self.tables.values()}

    def _loaded(self, load: Callable[[Path], _Kind], *folders: Path) -> Iterable[_Kind]:
        files = {file.name: file for folder in folders for file in sorted(folder.glob("*.toml"))}
        found = []
        for file in files.values():
            try:
                known = file.stat()
                found.append(cast("_Kind", _read(load, file, known.st_mtime_ns, known.st_size)))
            except MadangError as error:
                self.broken.append(error)
        return found


@lru_cache(maxsize=1024)
def _read(load: Callable[[Path], object], file: Path, _changed: int, _size: int) -> object:
    """Read and checked once in each process until the file changes: every workspace asks."""
    return load(file)


def table_declared(table: DeclaredTable) -> Declared:
    """A declared table as the ledger computes it."""
    from madang.runs.tables import made

    label = table.standard.label
    card = AnalysisCard(
        table.id, label, table.standard.description or label, table.why, table.inputs, table.standard.theme,
        not_for=table.not_for,
    )  # fmt: skip
    return Declared(
        TABLES + table.id, table.id, card, _hash(table.text, _HERE / "tables.py"), lambda inputs: made(table, inputs),
        table.query, table.standard.rhythm_days,
    )  # fmt: skip


def indicator_declared(indicator: Indicator, earlier: tuple[str, pa.Table | None] = ("", None)) -> Declared:
    """An indicator as the ledger measures it; `earlier`: the name and the rows of its series so far, for a stock."""
    from madang.runs.indicators import measured

    card = AnalysisCard(
        indicator.id, indicator.label, indicator.question, indicator.why, indicator.inputs, indicator.theme,
        not_for=indicator.not_for,
    )  # fmt: skip
    name, rows = earlier
    code = _hash(
        indicator.text + methods_code(), *(_HERE / each for each in ("indicators.py", "indicator_words.py"))
    )
    return Declared(
        INDICATORS + indicator.id, f"indicator-{indicator.id}", card, code,
        lambda inputs, earlier="": measured(indicator, inputs, rows), indicator.rows, indicator.rhythm_days,
        indicator.chosen, {"earlier": name} if name else {},
    )  # fmt: skip


def _hash(told: str, *files: Path) -> str:
    code = hashlib.sha256(told.encode())
    for file in files:
        code.update(file.read_bytes())
    return code.hexdigest()


def _theme(indicator: Indicator) -> tuple[int, str]:
    return indicators.THEMES.index(indicator.theme), indicator.label


def _in_order(found: Iterable[DeclaredTable]) -> dict[str, DeclaredTable]:
    """Tables by id, those of which others are made first; what goes in a circle comes last, as it was found."""
    left: dict[str, DeclaredTable] = {each.id: each for each in found}
    order: dict[str, DeclaredTable] = {}
    while left:
        ready = [
            name for name, each in left.items()
            if not any(standard in left and standard != name for role in each.inputs for standard in role.standards)
        ] or list(left)  # fmt: skip
        order |= {name: left.pop(name) for name in ready}
    return order
