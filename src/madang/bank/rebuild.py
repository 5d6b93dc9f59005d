"""A dataset's table built anew beside the live one, and put in its place in one step."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path

import duckdb

from madang.bank.dataset import Dataset, Version
from madang.bank.durable import fsync_folder


def rebuild(
    dataset: Dataset,
    versions: list[Version],
    scans: dict[tuple[Path, ...], str],
    stone_id: str,
    con: duckdb.DuckDBPyConnection | None = None,
) -> None:
    """A new table of `versions`; files in `scans` are written anew by that query, others move in as they are."""
    home = dataset.table.new_home()
    written: dict[
        tuple[Path, ...], list[Path]
    ] = {}  # a rollback shares the files of the version it went back to
    for version in versions:
        files = tuple(version.files)
        if files not in written:
            written[files] = _write(home, files, scans.get(files), con)
        erased = {"erased": stone_id} if files in scans else {}
        meta = {**version.commit.meta, **_facts_hash(version, stone_id), **erased}
        dataset.table.append_copy(home, written[files], version.n, meta)
    old = dataset.table.link.resolve()
    dataset.table.point_to(home, replace=True)
    shutil.rmtree(old)
    fsync_folder(old.parent)


def _write(
    home: Path, files: tuple[Path, ...], query: str | None, con: duckdb.DuckDBPyConnection | None
) -> list[Path]:
    if query is None or con is None:
        for path in files:
            os.link(path, home / path.name)
        return [home / path.name for path in files]
    target = home / f"part-{secrets.token_hex(8)}.parquet"
    con.execute(f"COPY ({query}) TO '{_escape(target)}' (FORMAT parquet, COMPRESSION zstd)")
    return [target]


def _facts_hash(version: Version, stone_id: str) -> dict[str, str]:
    """The hash of facts that this erasure has rewritten; those of others stay what they were."""
    path = version.dataset.deposit_folder(version.deposit_id) / "facts.json"
    if not stone_id or version.dataset.facts(version.deposit_id).get("erased") != stone_id:
        return {}
    return {"facts": hashlib.sha256(path.read_bytes()).hexdigest()}


def scan(files: list[Path]) -> str:
    """SQL that reads Parquet files."""
    return "read_parquet([" + ", ".join(f"'{_escape(path)}'" for path in files) + "])"


def _escape(path: Path) -> str:
    return str(path).replace("'", "''")
