"""Erasure: the one exception to keeping. A person or a table leaves every version, list, and snapshot.

A tombstone stays in ``bank/tombstones``: what was erased is described by a keyed hash, never by the value, so
that `restore` can erase it again from an old backup without anybody having kept it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank.bank import Bank
from madang.bank.dataset import Dataset, Version
from madang.bank.durable import fsync_folder, locked, new_id, read_json, write_json
from madang.engine.duck import connect
from madang.messages import MadangError


@dataclass(frozen=True)
class Tombstone:
    """What remains of an erasure. `column` None: the whole dataset; else rows whose text in `column` has `digest`."""

    id: str
    dataset: str
    column: str | None
    salt: str
    digest: str | None  # SHA-256 of salt + text
    rows: int  # rows erased over all versions
    versions: int
    snapshots: int
    ground: str
    by: str
    at: str


def erase(
    bank: Bank,
    dataset_id: str,
    *,
    column: str | None = None,
    value: str | None = None,
    ground: str,
    by: str,
    at: datetime,
) -> Tombstone:
    """Erase a whole dataset, or its rows in which `column` reads `value`, from every version.

    The table is rebuilt version by version in a new folder, the link is swapped, the old folder deleted; problem
    rows of the erased rows go, and so do the snapshots, which hold the same rows as bytes. Version numbers stay.
    Raises MadangError: dataset_missing, erase_column, erase_nothing.
    """
    column = None if column is None else _name_of(bank[dataset_id], column)
    salt = secrets.token_hex(16)
    digest = None if column is None else _digest(salt, value or "")
    stone = Tombstone(new_id(at), dataset_id, column, salt, digest, 0, 0, 0, ground, by, at.isoformat())
    return _apply(bank, stone, required=True)


def _name_of(dataset: Dataset, column: str) -> str:
    """The column's name in the table, also when it was told by its header in the source."""
    known = [c for version in reversed(dataset.versions) for c in version.columns]
    return next((c.name for c in known if column in (c.name, c.label)), column)


def replay(bank: Bank) -> list[Tombstone]:
    """Erase again whatever the bank's tombstones name (after an old backup was restored)."""
    return [_apply(bank, stone, required=False) for stone in tombstones(bank) if stone.dataset in bank]


def brought_back(
    con: duckdb.DuckDBPyConnection, bank: Bank, dataset_id: str, files: list[Path]
) -> tuple[Tombstone, int] | None:
    """The first tombstone of a dataset that names rows of these Parquet files, and how many; None where none does."""
    names = pq.read_schema(files[0]).names
    for stone in tombstones(bank):
        if stone.dataset == dataset_id and stone.column in names:
            row = con.execute(f"SELECT count(*) FROM {_scan(files)} WHERE {_names(stone)}").fetchone()
            if row and row[0]:
                return stone, int(row[0])
    return None


def tombstones(bank: Bank) -> list[Tombstone]:
    """All tombstones, oldest first."""
    folder = bank.folder / "tombstones"
    return [Tombstone(**read_json(path)) for path in sorted(folder.glob("*.json"))]


def _apply(bank: Bank, stone: Tombstone, *, required: bool) -> Tombstone:
    dataset = bank[stone.dataset]
    with locked(dataset.folder / ".lock"):
        dataset = bank[stone.dataset]
        if stone.column is None:
            done = _erase_all(bank, dataset, stone, required=required)
        else:
            done = _erase_rows(bank, dataset, stone, required=required)
    return done


def _keep(bank: Bank, stone: Tombstone) -> None:
    folder = bank.folder / "tombstones"
    folder.mkdir(exist_ok=True)
    write_json(folder / f"{stone.id}.json", asdict(stone))


def _erase_all(bank: Bank, dataset: Dataset, stone: Tombstone, *, required: bool) -> Tombstone:
    mine = {dataset.receipt(deposit)["sha256"] for deposit in dataset.deposits()}
    others = {
        other.receipt(deposit)["sha256"]
        for other in bank.datasets()
        if other.id != dataset.id
        for deposit in other.deposits()
    }
    rows = sum(version.rows for version in dataset.versions)
    done = replace(stone, rows=rows, versions=len(dataset.versions), snapshots=len(mine - others))
    if required:
        _keep(bank, done)
    for sha256 in mine - others:
        bank.snapshots.remove(sha256)
    grave = bank.folder / f".erased-{secrets.token_hex(4)}"
    os.rename(dataset.folder, grave)
    fsync_folder(bank.folder)
    shutil.rmtree(grave)
    return done


def _erase_rows(bank: Bank, dataset: Dataset, stone: Tombstone, *, required: bool) -> Tombstone:
    """Lists and bytes first, the table last: until the link is swapped a replay finds the rows and starts over."""
    con = connect(temp_dir=bank.workshop)
    try:
        hits = {version: _source_rows(con, version.files, stone) for version in dataset.versions}
        _complain_if_none(dataset, stone, hits, required=required)
        named = {version: rows for version, rows in hits.items() if rows}
        if not named:
            return stone
        bytes_of = {version.receipt["sha256"]: rows for version, rows in named.items()}
        done = replace(
            stone, rows=sum(map(len, named.values())), versions=len(named), snapshots=len(bytes_of)
        )
        if required:
            _keep(bank, done)
        for deposit_id in dataset.deposits():
            rows = bytes_of.get(dataset.receipt(deposit_id)["sha256"])
            if rows:
                _clean_problems(dataset.deposit_folder(deposit_id) / "problems.parquet", rows)
        for sha256 in bytes_of:
            bank.snapshots.remove(sha256)
        _rebuild(con, dataset, stone)
    finally:
        con.close()
    return done


def _complain_if_none(
    dataset: Dataset, stone: Tombstone, hits: dict[Version, list[int] | None], *, required: bool
) -> None:
    if required and all(rows is None for rows in hits.values()):
        known = sorted({c.label or c.name for version in dataset.versions for c in version.columns})
        raise MadangError("erase_column", dataset=dataset.id, column=stone.column, columns=", ".join(known))
    if required and not any(hits.values()):
        raise MadangError("erase_nothing", dataset=dataset.id)


def _source_rows(con: duckdb.DuckDBPyConnection, files: list[Path], stone: Tombstone) -> list[int] | None:
    """Source rows of a version that the tombstone names; None where the version has no such column."""
    names = pq.read_schema(files[0]).names
    if stone.column not in names:
        return None
    found = con.execute(f"SELECT source_row FROM {_scan(files)} WHERE {_names(stone)}").fetchall()
    return [row[0] for row in found]


def _rebuild(con: duckdb.DuckDBPyConnection, dataset: Dataset, stone: Tombstone) -> None:
    home = dataset.table.new_home()
    written: dict[
        tuple[Path, ...], list[Path]
    ] = {}  # a rollback shares the files of the version it went back to
    for version in dataset.versions:
        files = tuple(version.files)
        if files not in written:
            has_column = stone.column in pq.read_schema(files[0]).names
            kept = f"WHERE ({_names(stone)}) IS NOT TRUE" if has_column else ""
            target = home / f"part-{secrets.token_hex(8)}.parquet"
            con.execute(
                f"COPY (FROM {_scan(list(files))} {kept}) TO '{_escape(target)}' (FORMAT parquet, COMPRESSION zstd)"
            )
            written[files] = [target]
        dataset.table.append_copy(
            home, written[files], version.n, {**version.commit.meta, "erased": stone.id}
        )
    old = dataset.table.link.resolve()
    dataset.table.point_to(home, replace=True)
    shutil.rmtree(old)
    fsync_folder(old.parent)


def _clean_problems(path: Path, rows: list[int]) -> None:
    if not path.exists():
        return
    table = pq.read_table(path)

    kept = table.filter(pc.invert(pc.fill_null(pc.is_in(table["row"], pa.array(rows, pa.int64())), False)))
    temporary = path.with_name(".problems.parquet")
    pq.write_table(kept, temporary, compression="zstd")
    os.replace(temporary, path)
    fsync_folder(path.parent)


def _names(stone: Tombstone) -> str:
    column = '"' + str(stone.column).replace('"', '""') + '"'
    return f"sha256('{stone.salt}' || {column}::VARCHAR) = '{stone.digest}'"


def _digest(salt: str, value: str) -> str:
    return hashlib.sha256((salt + value).encode()).hexdigest()


def _scan(files: list[Path]) -> str:
    return "read_parquet([" + ", ".join(f"'{_escape(path)}'" for path in files) + "])"


def _escape(path: Path) -> str:
    return str(path).replace("'", "''")


def receipt_of(stone: Tombstone) -> dict[str, Any]:
    """The tombstone as shown to people: without salt and digest."""
    return {key: value for key, value in asdict(stone).items() if key not in ("salt", "digest")}
