"""The Delta table of one dataset: commits that are versions, and their files.

``<dataset>/table`` is a link to a folder under ``<dataset>/tables``; the link is the only pointer, so a first
version appears, and an erasure takes effect, in one step of the file system.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import CommitProperties, DeltaTable, Transaction
from deltalake.exceptions import CommitFailedError
from deltalake.transaction import AddAction

from madang.bank.durable import fsync_file, fsync_folder
from madang.messages import MadangError

_APP = "madang"
# Made with a clock-time column so that later versions may have one (Delta asks for the feature at the table).
_BIRTH_SCHEMA = pa.schema([("source_row", pa.int64()), ("at", pa.timestamp("us"))])
# Without this, log files of old versions are deleted at a checkpoint, and the versions with them.
_CONFIGURATION = {"delta.enableExpiredLogCleanup": "false"}
_TRIES = 20


@dataclass(frozen=True)
class Commit:
    """One version as it stands in the Delta log: its number, the Delta version that carries it, what was written."""

    n: int
    delta_version: int
    meta: dict[str, Any]  # deposit, facts (sha256), kind, by, at (ISO time), …


class Table:
    """The table of the dataset in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.link = folder / "table"
        self.homes = folder / "tables"

    def exists(self) -> bool:
        return self.link.exists()

    def commits(self) -> list[Commit]:
        """Every version, oldest first, read from the log files (never from `history()`)."""
        log = self.link / "_delta_log"
        if not log.is_dir():
            return []
        found = (_commit_of(path) for path in sorted(log.glob("*.json")))
        return [commit for commit in found if commit is not None]

    def files(self, delta_version: int) -> list[Path]:
        """The Parquet files that make up the table at a Delta version."""
        home = self.link.resolve()
        table = DeltaTable(home, version=delta_version)
        return sorted(home / os.path.basename(uri) for uri in table.file_uris())

    def commit(self, parquet: Sequence[Path], meta: dict[str, Any], first: int = 1) -> Commit:
        """Make the next version out of Parquet files, which are moved into the table. One Delta commit.

        `first` is the number of the version where the table has none yet.
        Files already in the table (a rollback) are referred to where they are. Raises MadangError("conflict")
        where other writers keep getting there first.
        """
        if not self.exists() and self._commit_first(parquet, meta, first):
            return self.commits()[-1]
        home = self.link.resolve()
        schema = pq.read_schema(parquet[0])
        adds = [self._place(path, home) for path in parquet]
        fsync_folder(home)
        for _ in range(_TRIES):
            table = DeltaTable(home)
            n = _last_n(table) + 1
            try:
                self._write(table, adds, schema, n, meta)
            except CommitFailedError:
                continue
            fsync_file(_log_file(home, table.version()))
            fsync_folder(home / "_delta_log")
            return Commit(n, table.version(), meta)
        raise MadangError("conflict", dataset=self.folder.name)

    def _commit_first(self, parquet: Sequence[Path], meta: dict[str, Any], first: int) -> bool:
        """Build the table with its first version out of sight, then point to it; False where another was first."""
        home = self.new_home()
        schema = pq.read_schema(parquet[0])
        self._write(DeltaTable(home), [self._place(p, home) for p in parquet], schema, first, meta)
        if self.point_to(home):
            return True
        for path, original in zip(sorted(home.glob("*.parquet")), sorted(parquet), strict=True):
            os.replace(path, original)
        shutil.rmtree(home)
        return False

    def new_home(self) -> Path:
        """A new, empty Delta table beside the live one; nobody sees it before `point_to`."""
        home = self.homes / secrets.token_hex(6)
        home.mkdir(parents=True)
        DeltaTable.create(home, _BIRTH_SCHEMA, configuration=_CONFIGURATION)
        return home

    def append_copy(self, home: Path, parquet: Sequence[Path], n: int, meta: dict[str, Any]) -> None:
        """Write version n into a table being rebuilt (erasure); the files must lie in `home` or be moved there."""
        adds = [self._place(path, home) for path in parquet]
        self._write(DeltaTable(home), adds, pq.read_schema(parquet[0]), n, meta)

    def point_to(self, home: Path, *, replace: bool = False) -> bool:
        """Make `home` the live table; without `replace` only where there is none yet (False otherwise)."""
        _sync_tree(home)
        target = os.path.relpath(home, self.folder)
        if replace:
            temporary = self.folder / f".table-{secrets.token_hex(4)}"
            os.symlink(target, temporary)
            os.replace(temporary, self.link)
        else:
            try:
                os.symlink(target, self.link)
            except FileExistsError:
                return False
        fsync_folder(self.folder)
        return True

    def _place(self, path: Path, home: Path) -> AddAction:
        if path.resolve().parent != home.resolve():
            target = home / f"part-{secrets.token_hex(8)}.parquet"
            fsync_file(path)
            os.replace(path, target)
            path = target
        rows = pq.read_metadata(path).num_rows
        return AddAction(
            path=path.name,
            size=path.stat().st_size,
            partition_values={},
            modification_time=int(path.stat().st_mtime * 1000),
            data_change=True,
            stats=json.dumps({"numRecords": rows}),
        )

    def _write(
        self, table: DeltaTable, adds: list[AddAction], schema: pa.Schema, n: int, meta: dict[str, Any]
    ) -> None:
        table.create_write_transaction(
            adds,
            "overwrite",
            schema,
            commit_properties=CommitProperties(
                custom_metadata={_APP: json.dumps({"n": n, **meta}, ensure_ascii=False)},
                max_commit_retries=0,
                app_transactions=[Transaction(_APP, n)],
            ),
        )

    def sweep(self, older_than: float, *, dry: bool = False) -> list[Path]:
        """Remove files that no version refers to and that were last touched before `older_than` (Unix time).

        Tables that the link does not point to go whatever their age: call this under the dataset's lock.
        """
        live = self.link.resolve() if self.exists() else None
        gone: list[Path] = []
        for home in self.homes.glob("*") if self.homes.is_dir() else []:
            if home != live:
                gone.append(home)
        if live:
            known = {file.name for commit in self.commits() for file in self.files(commit.delta_version)}
            gone += [
                path
                for path in live.glob("*.parquet")
                if path.name not in known and path.stat().st_mtime < older_than
            ]
        for path in gone if not dry else []:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        return gone


def _last_n(table: DeltaTable) -> int:
    return int(table.transaction_version(_APP) or 0)


def _log_file(home: Path, delta_version: int) -> Path:
    return home / "_delta_log" / f"{delta_version:020d}.json"


def _commit_of(path: Path) -> Commit | None:
    """The version that a log file carries; None for a commit that is no version (the birth of the table)."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if '"commitInfo"' in line:
            info = json.loads(line).get("commitInfo", {})
            if _APP in info:
                meta = json.loads(info[_APP])
                return Commit(int(meta.pop("n")), int(path.stem), meta)
    return None


def _sync_tree(home: Path) -> None:
    for path in home.rglob("*"):
        fsync_file(path)
    fsync_folder(home)
    fsync_folder(home.parent)
