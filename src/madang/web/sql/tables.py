"""Which tables a person may ask, under which names, and what of them is handed to the query process."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from madang.access import Person, View
from madang.bank import Bank, Dataset, Version
from madang.bank.seen import SeenBank
from madang.declarations.standard import DatasetColumn
from madang.engine.locked import LockedTable
from madang.engine.locked_copies import shown_copy
from madang.messages import MadangError
from madang.web.shell import words

_ADDED = {  # what the bank adds to a table, with its type
    "source_row": "integer", "lon": "number", "lat": "number", "dong_code": "text", "geo_level": "text",
}  # fmt: skip
_POINT = frozenset(("lon", "lat"))  # a point would tell the address that is starred


@dataclass(frozen=True)
class DeskColumn:
    """A column as the desk tells of it; a masked one reads '***' in every row."""

    name: str
    label: str
    type: str
    unit: str
    meaning: str
    masked: bool


@dataclass(frozen=True)
class DeskTable:
    """The live version of a dataset as a table. `names` are those it answers to: its id, and one that needs no quotes."""

    version: Version
    title: str
    view: View
    names: tuple[str, ...]

    @property
    def dataset(self) -> str:
        return self.version.dataset.id

    @property
    def columns(self) -> list[DeskColumn]:
        there = _names_in(self.version.files[0]) if self.version.files else frozenset()
        masked = self._masked
        own = [column for column in self.version.columns if column.type != "geometry"]
        shown = [_shown(column, column.name in masked) for column in own if column.name in there or not there]
        named = {column.name for column in own}
        added = [name for name in _ADDED if name in there and name not in named]
        return [*shown, *(DeskColumn(name, "", _ADDED[name], "", "", name in masked) for name in added)]

    @property
    def mark(self) -> str:
        """The mark of what of it is shown: another one where columns or rows are hidden that were not, or the other way."""
        return mark_of(self.view)

    @property
    def _masked(self) -> frozenset[str]:
        return self.view.masked | _POINT if self.view.masked else frozenset()

    def locked(self, copies: Path) -> LockedTable:
        """What the process gets: the files as they are, or where something is not shown, a copy without it."""
        columns = self.columns
        names = tuple(column.name for column in columns)
        masked = frozenset(column.name for column in columns if column.masked)
        files = tuple(self.version.files)
        if files and (masked or self.view.own_rows):
            there = _names_in(files[0])
            own = self.view.own_values if self.view.own_rows in there else ()
            asked = (
                self.view.own_rows
                if self.view.own_rows in there
                else ("source_row" if self.view.own_rows else "")
            )
            shown = [name for name in names if name not in masked]
            files = (shown_copy(files, shown, copies / self.dataset, own_rows=asked, own_values=own),)
        return LockedTable(files, names, masked, self.title)


def mark_of(view: View) -> str:
    """The mark of a view, to know it again."""
    told = repr((sorted(view.masked), view.own_rows, sorted(view.own_values)))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def still_seen(bank: Bank, person: Person, dataset_id: str, version: int, mark: str) -> bool:
    """Whether `person` may read now exactly what of a version was shown under `mark`."""
    try:
        dataset = SeenBank(bank, person).may("read", dataset_id)
        view = SeenBank(bank, person).view(dataset, dataset.version(version).columns, version=version)
    except MadangError:
        return False
    return mark_of(view) == mark


def tables_of(bank: Bank, person: Person | None) -> list[DeskTable]:
    """Every table that `person` may read, by title. None: a bank of open editions, where all is for everybody."""
    found = [table for dataset in _readable(bank, person) if (table := _table(bank, person, dataset))]
    return sorted(found, key=lambda table: table.title)


def mentioned(bank: Bank, person: Person | None, sql: str) -> list[DeskTable]:
    """Of the tables that `person` may read those whose names stand somewhere in `sql`."""
    text = sql.casefold()
    named = [
        dataset for dataset in _readable(bank, person) if any(name in text for name in names_of(dataset.id))
    ]
    return [table for dataset in named if (table := _table(bank, person, dataset))]


def names_of(dataset_id: str) -> tuple[str, ...]:
    """The names of a dataset in SQL: 새빛시-도서관 has to be quoted, 새빛시_도서관 need not."""
    plain = dataset_id.replace("-", "_")
    return (dataset_id,) if plain == dataset_id else (plain, dataset_id)


def _readable(bank: Bank, person: Person | None) -> Iterator[Dataset]:
    if person is None:
        yield from bank.datasets()
        return
    yield from SeenBank(bank, person).datasets("read")


def _table(bank: Bank, person: Person | None, dataset: Dataset) -> DeskTable | None:
    version = dataset.latest
    if version is None:
        return None
    view = (
        View() if person is None else SeenBank(bank, person).view(dataset, version.columns, version=version.n)
    )
    return DeskTable(version, str(dataset.card["title"]), view, names_of(dataset.id))


def _shown(column: DatasetColumn, masked: bool) -> DeskColumn:
    return DeskColumn(
        column.name,
        column.label.strip(),
        column.type,
        column.unit or "",
        column.description or column.term,
        masked,
    )


@lru_cache(maxsize=4_096)
def _names_in(path: Path) -> frozenset[str]:
    """The columns of a file of a version, which never changes."""
    return frozenset(pq.read_schema(path).names)


def as_json(table: DeskTable) -> dict[str, Any]:
    """What the editor needs to know of a table to complete its names."""
    return {
        "name": table.names[0],
        "dataset": table.dataset,
        "title": table.title,
        "columns": [
            {
                "name": c.name,
                "label": c.label,
                "type": words.TYPES.get(c.type, c.type),
                "unit": c.unit,
                "meaning": c.meaning,
                "masked": c.masked,
            }
            for c in table.columns
        ],
    }
