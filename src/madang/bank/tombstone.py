"""Tombstones: what remains of an erasure, and what it names."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from madang.bank.durable import read_json, write_json

if TYPE_CHECKING:
    from madang.bank.bank import Bank


@dataclass(frozen=True)
class Tombstone:
    """What remains of an erasure. `column` None: the whole dataset; else rows whose text in `columns` has `digest`."""

    id: str
    dataset: str
    column: str | None  # as it was asked for
    salt: str
    digest: str | None  # SHA-256 of salt + text
    rows: int  # rows erased over all versions
    versions: int
    snapshots: int
    ground: str
    by: str
    at: str
    until: str = ""  # what was committed later than this is no part of the erasure; "": `at`
    columns: tuple[str, ...] = ()  # names of the column in the tables; (): `column`
    originals: tuple[str, ...] = ()  # SHA-256 of the snapshots that went
    unread: tuple[str, ...] = ()  # names of refused files that could not be searched and were kept
    siblings: tuple[str, ...] = ()  # other datasets with a deposit of the same bytes
    made_from: tuple[str, ...] = ()  # datasets made of it: what they hold of the erased rows is not erased
    rounds: tuple[
        str, ...
    ] = ()  # collection rounds it was merged from: the erasure reaches what was handed in there
    last: int = (
        0  # of a whole dataset: the number of its newest version; one that comes again goes on from there
    )

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the column in the tables of all versions; none where the whole dataset is meant."""
        return self.columns or (() if self.column is None else (self.column,))

    def covers(self, at: str) -> bool:
        """Whether something committed `at` (ISO time) was there when the erasure was made."""
        return datetime.fromisoformat(at) <= datetime.fromisoformat(self.until or self.at)

    def condition(self, known: list[str]) -> str | None:
        """SQL that holds for the named rows of a table with the columns `known`; None where it has none of them."""
        mine = [name for name in self.names if name in known]
        return " OR ".join(f"coalesce({self._equals(name)}, false)" for name in mine) or None

    def _equals(self, name: str) -> str:
        quoted = '"' + name.replace('"', '""') + '"'
        return f"sha256('{self.salt}' || {quoted}::VARCHAR) = '{self.digest}'"


def tombstones(bank: Bank) -> list[Tombstone]:
    """All tombstones, oldest first."""
    return [_read(path) for path in sorted((bank.folder / "tombstones").glob("[!.]*.json"))]


def _read(path: Path) -> Tombstone:
    stored: dict[str, Any] = read_json(path)
    lists = {key: tuple(value) for key, value in stored.items() if isinstance(value, list)}
    return Tombstone(**{**stored, **lists})


def keep(bank: Bank, stone: Tombstone) -> None:
    """Write a tombstone; from then on `replay` completes the erasure, whatever happens."""
    folder = bank.folder / "tombstones"
    folder.mkdir(exist_ok=True)
    write_json(folder / f"{stone.id}.json", asdict(stone))


def digest_of(salt: str, value: str) -> str:
    """The keyed hash that stands for an erased value."""
    return hashlib.sha256((salt + value).encode()).hexdigest()
