"""Erasure: the one exception to keeping. A person or a table leaves every version, list, and snapshot.

A tombstone stays in ``bank/tombstones``: what was erased is described by a keyed hash, never by the value, so
that `restore` can erase it again from an old backup without anybody having kept it. It is written first: an
erasure that was killed is completed by `replay` (and ``madang doctor --fix``).
"""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank.bank import Bank
from madang.bank.dataset import Dataset, Version
from madang.bank.durable import disk_errors, fsync_folder, locked, new_id, write_json
from madang.bank.erase_refused import clean_refused, refused_with, unread
from madang.bank.made_from import made_from
from madang.bank.rebuild import rebuild, scan
from madang.bank.tombstone import Tombstone, digest_of, keep, tombstones
from madang.engine.duck import connect
from madang.messages import MadangError

__all__ = ["Tombstone", "brought_back", "erase", "pending", "receipt_of", "replay", "tombstones"]


def erase(
    bank: Bank,
    dataset_id: str,
    *,
    column: str | None = None,
    value: str | None = None,
    ground: str,
    by: str,
    at: datetime,
    skip_without: bool = False,
) -> Tombstone:
    """Erase a whole dataset, or its rows in which `column` reads `value`, from every version.

    The column is found in each version by its name, its header in the source, or the column of the standard it was
    mapped to; a version that has it under none of these is refused, or with `skip_without` left as it is. The table
    is rebuilt version by version in a new folder, the link is swapped, the old folder deleted; problem rows of the
    erased rows go, and so do the snapshots, which hold the same rows as bytes. Version numbers stay.
    Where it was merged of a round, a tombstone of no rows is no error: the row may stand in a contribution alone
    (`intake.merge_erase`). Raises MadangError: dataset_missing, erase_column, erase_column_absent, erase_nothing.
    """
    dataset = bank[dataset_id]
    with disk_errors(dataset.folder), locked(dataset.folder / ".lock"):
        dataset = bank[dataset_id]
        columns = () if column is None else _names_of(dataset, column, skip_without)
        salt = secrets.token_hex(16)
        stone = Tombstone(
            id=new_id(at), dataset=dataset_id, column=column, salt=salt,
            digest=None if column is None else digest_of(salt, value or ""),
            rows=0, versions=0, snapshots=0, ground=ground, by=by, at=at.isoformat(),
            until=_newest(dataset, at), columns=columns, made_from=tuple(made_from(bank, dataset_id)),
            rounds=_rounds_of(dataset),
        )  # fmt: skip
        done = _apply(bank, dataset, stone, first=True, value=value)
    if done is None and stone.rounds:
        keep(bank, stone)
        return stone
    if done is None:
        raise MadangError("erase_nothing", dataset=dataset_id)
    return done


def _rounds_of(dataset: Dataset) -> tuple[str, ...]:
    """The rounds whose contributions were merged into any of its versions."""
    told = (version.facts.get("merged") or {} for version in dataset.versions)
    return tuple(sorted({str(each["round"]) for each in told if each.get("round")}))


def _newest(dataset: Dataset, at: datetime) -> str:
    """`at`, or what the dataset holds from a clock that was ahead."""
    times = [_at(dataset, deposit) for deposit in dataset.deposits()]
    times += [version.commit.meta["at"] for version in dataset.versions]
    return max([at, *(datetime.fromisoformat(time) for time in times if time)]).isoformat()


def _at(dataset: Dataset, deposit_id: str) -> str:
    return str(dataset.receipt(deposit_id).get("at") or "")


def _names_of(dataset: Dataset, column: str, skip_without: bool) -> tuple[str, ...]:
    """The column's names in the tables of all versions, told by name, header, or column of the standard."""
    known = {version.n: version.columns for version in dataset.versions}
    everywhere = [c for columns in known.values() for c in columns]
    told = [c for c in everywhere if column in (c.name, c.label, c.standard)]
    standards = {c.standard for c in told if c.standard}
    names = {c.name for c in told} | {c.name for c in everywhere if c.standard in standards}
    if not known:  # everything of it was refused: what is searched are the originals
        return (column,)
    if not names:
        labels = sorted({c.label or c.name for c in everywhere})
        raise MadangError("erase_column", dataset=dataset.id, column=column, columns=", ".join(labels))
    without = [str(n) for n, columns in known.items() if not any(c.name in names for c in columns)]
    if without and not skip_without:
        raise MadangError(
            "erase_column_absent", dataset=dataset.id, column=column, versions=", ".join(without)
        )
    return tuple(sorted(names))


def replay(bank: Bank) -> list[Tombstone]:
    """Erase again whatever the bank's tombstones name (after an old backup was restored, or a kill).

    What was deposited after an erasure stays. Returns the tombstones that found something.
    """
    done = []
    for stone in tombstones(bank):
        if stone.dataset not in bank:
            continue
        with disk_errors(bank.folder), locked(bank[stone.dataset].folder / ".lock"):
            applied = _apply(bank, bank[stone.dataset], stone, first=False)
        if applied is not None:
            done.append(applied)
    return done


def pending(bank: Bank) -> list[Tombstone]:
    """Tombstones of which something is still there: the erasure was killed, or an old folder was put back."""
    con = connect(temp_dir=bank.workshop)
    try:
        return [stone for stone in tombstones(bank) if stone.dataset in bank and _there(con, bank, stone)]
    finally:
        con.close()


def _there(con: duckdb.DuckDBPyConnection, bank: Bank, stone: Tombstone) -> bool:
    dataset = bank[stone.dataset]
    if stone.column is None:
        return bool(_covered(dataset, stone))
    if refused_with(bank, dataset, stone, None, named=True):
        return True
    live = dataset.table.link.resolve()
    return any(home != live for home in dataset.table.homes.glob("*")) or any(
        _source_rows(con, version.files, stone)
        for version in dataset.versions
        if stone.covers(version.commit.meta["at"])
    )


def brought_back(
    con: duckdb.DuckDBPyConnection, bank: Bank, dataset_id: str, files: list[Path]
) -> tuple[Tombstone, int] | None:
    """The first tombstone of a dataset that names rows of these Parquet files, and how many; None where none does."""
    names = pq.read_schema(files[0]).names
    for stone in tombstones(bank):
        condition = stone.condition(names) if stone.dataset == dataset_id else None
        if condition is not None:
            row = con.execute(f"SELECT count(*) FROM {scan(files)} WHERE {condition}").fetchone()
            if row and row[0]:
                return stone, int(row[0])
    return None


def _apply(
    bank: Bank, dataset: Dataset, stone: Tombstone, *, first: bool, value: str | None = None
) -> Tombstone | None:
    """Erase what `stone` names; None where nothing of it is there. `first`: nobody has written the tombstone yet, and
    `value` is known."""
    if stone.column is None:
        return _erase_all(bank, dataset, stone, first=first)
    return _erase_rows(bank, dataset, stone, first=first, value=value)


def _covered(dataset: Dataset, stone: Tombstone) -> list[str]:
    """The deposits that were there when the erasure was made."""
    return [d for d in dataset.deposits() if stone.covers(_at(dataset, d) or stone.at)]


def _others(bank: Bank, dataset: Dataset, mine: set[str]) -> dict[str, set[str]]:
    """Other datasets with deposits of the bytes in `mine` (SHA-256): id -> which."""
    shared = {
        other.id: mine & {str(other.receipt(deposit)["sha256"]) for deposit in other.deposits()}
        for other in bank.datasets()
        if other.id != dataset.id
    }
    return {dataset_id: hashes for dataset_id, hashes in shared.items() if hashes}


def _erase_all(bank: Bank, dataset: Dataset, stone: Tombstone, *, first: bool) -> Tombstone | None:
    """Originals that a deposit of another dataset, or a later one of this dataset, refers to stay with it."""
    covered = _covered(dataset, stone)
    if not covered:
        return None
    later = [deposit for deposit in dataset.deposits() if deposit not in covered]
    sha256 = {deposit: dataset.receipt(deposit)["sha256"] for deposit in (*covered, *later)}
    mine = {sha256[deposit] for deposit in covered} - {None} - {sha256[deposit] for deposit in later}
    shared = _others(bank, dataset, mine)
    gone = sorted(mine.difference(*shared.values()))
    versions = [version for version in dataset.versions if version.deposit_id in covered]
    done = replace(
        stone, rows=sum(version.rows for version in versions), versions=len(versions), snapshots=len(gone),
        originals=tuple(gone), siblings=tuple(sorted(shared)), last=max((each.n for each in versions), default=0),
    )  # fmt: skip
    if first:
        keep(bank, done)
    for each in gone:
        bank.snapshots.remove(each)
    grave = bank.folder / f".erased-{secrets.token_hex(4)}"
    if later:
        _leave_only(dataset, later, covered, grave)
    else:
        os.rename(dataset.folder, grave)
    fsync_folder(bank.folder)
    shutil.rmtree(grave)
    return done


def _leave_only(dataset: Dataset, later: list[str], covered: list[str], grave: Path) -> None:
    """Somebody deposited into a dataset whose erasure had been killed: only what came later stays."""
    remaining = [version for version in dataset.versions if version.deposit_id in later]
    if remaining:
        rebuild(dataset, remaining, {}, "")
    grave.mkdir()
    if not remaining and dataset.table.exists():
        os.rename(dataset.table.link, grave / "table")
        os.rename(dataset.table.homes, grave / "tables")
    for deposit in covered:
        os.rename(dataset.deposit_folder(deposit), grave / deposit)


def _erase_rows(
    bank: Bank, dataset: Dataset, stone: Tombstone, *, first: bool, value: str | None
) -> Tombstone | None:
    """Lists and bytes first, the table last: until the link is swapped a replay finds the rows and starts over."""
    versions = [v for v in dataset.versions if first or stone.covers(v.commit.meta["at"])]
    con = connect(temp_dir=bank.workshop)
    try:
        hits = {version: _source_rows(con, version.files, stone) for version in versions}
        named = {version: rows for version, rows in hits.items() if rows}
        refused = refused_with(bank, dataset, stone, value, named=bool(named))
        if not named and not refused:
            return None
        rows_of: dict[str, set[int]] = {}
        for version, rows in named.items():
            rows_of.setdefault(version.receipt["sha256"], set()).update(rows)
        done = replace(
            stone, rows=sum(map(len, named.values())), versions=len(named),
            snapshots=len(rows_of) + len(refused), originals=tuple(sorted({*rows_of, *refused, *stone.originals})),
            siblings=tuple(sorted(_others(bank, dataset, {*rows_of, *refused}))),
            unread=tuple(unread(bank, dataset, stone, refused)) if first else stone.unread,
        )  # fmt: skip
        if first:
            keep(bank, done)
        _clean_deposits(dataset, rows_of, stone)
        clean_refused(dataset, refused, stone)
        for sha256 in (*rows_of, *refused):
            bank.snapshots.remove(sha256)
        if not named:
            return done
        scans = {tuple(version.files): _without(version, stone) for version in named}
        rebuild(dataset, dataset.versions, scans, stone.id, con)
    finally:
        con.close()
    return done


def _source_rows(con: duckdb.DuckDBPyConnection, files: list[Path], stone: Tombstone) -> list[int]:
    """Source rows of a version that the tombstone names."""
    condition = stone.condition(pq.read_schema(files[0]).names)
    if condition is None:
        return []
    return [
        row[0] for row in con.execute(f"SELECT source_row FROM {scan(files)} WHERE {condition}").fetchall()
    ]


def _without(version: Version, stone: Tombstone) -> str:
    condition = stone.condition(pq.read_schema(version.files[0]).names)
    return f"FROM {scan(version.files)} WHERE NOT ({condition})"


def _clean_deposits(dataset: Dataset, rows_of: dict[str, set[int]], stone: Tombstone) -> None:
    """Deposits of the touched bytes lose the problems of the erased rows, the texts of rows left out, and the keys that
    a merging had to decide on.

    Traces of own failures go as a whole: what they quote cannot be searched.
    """
    for deposit_id in dataset.deposits():
        folder = dataset.deposit_folder(deposit_id)
        (folder / "failure.txt").unlink(missing_ok=True)
        rows = rows_of.get(dataset.receipt(deposit_id)["sha256"])
        if rows:
            _clean_problems(folder / "problems.parquet", sorted(rows))
            facts = {**dataset.facts(deposit_id), "left_out": [], "erased": stone.id}
            if "merged" in facts:
                facts["merged"] = {**facts["merged"], "decisions": []}
            write_json(folder / "facts.json", facts)


def _clean_problems(path: Path, rows: list[int]) -> None:
    if not path.exists():
        return
    table = pq.read_table(path)
    kept = table.filter(pc.invert(pc.fill_null(pc.is_in(table["row"], pa.array(rows, pa.int64())), False)))
    temporary = path.with_name(".problems.parquet")
    pq.write_table(kept, temporary, compression="zstd")
    os.replace(temporary, path)
    fsync_folder(path.parent)


def receipt_of(stone: Tombstone) -> dict[str, Any]:
    """The tombstone as shown to people: without salt, digest, and what only `replay` needs."""
    inner = ("salt", "digest", "until", "originals", "rounds", "last")
    return {key: value for key, value in asdict(stone).items() if key not in inner}
