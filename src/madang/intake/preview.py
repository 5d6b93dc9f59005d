"""What a deposit would do, before it is done: the same door, before a bank that only takes down what it is told.

The door deposits into a `ScratchBank`: it reads the real one, keeps the bytes, tables and records of this deposit in a
folder of its own and commits nothing. `confirm` then gives the real bank exactly what was taken down, so the receipt
that was shown is the receipt that is kept, and a large file is not read twice. Where anything the outcome hangs on has
changed meanwhile (the file, what was learned, the standards, the register, the live version) it refuses.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from madang.bank.durable import disk_errors, read_json, write_json
from madang.bank.ids import dataset_id, readable_name
from madang.intake.deposit import Door
from madang.intake.original_staged import told_override
from madang.intake.preview_scratch import ScratchBank, Table
from madang.intake.raw import Override, Steps, no_steps
from madang.intake.receipt import Receipt
from madang.intake.record import Deposit, Recorder
from madang.intake.screen import Policy, hidden_name
from madang.messages import MadangError

_FILE = "preview.json"


@dataclass(frozen=True)
class Preview:
    """A file as it was understood, in the folder of its own. `base_id` is the dataset it goes to, `name` the file's;
    `headers` those of its tables, `reading` what it was read under."""

    folder: Path
    name: str
    base_id: str
    sha256: str
    size: int
    told: Override
    personal: dict[str, str]
    reading: dict[str, Any]
    seconds: float
    headers: list[list[str]]
    tables: tuple[Table, ...]

    @property
    def takes(self) -> bool:
        """Whether anything would become a version."""
        return any(table.taken for table in self.tables)

    def problems(self, table: Table) -> Path | None:
        """The problems of a table as Parquet (`problems.SCHEMA`)."""
        return self.folder / table.problems if table.problems else None

    def files(self, table: Table) -> list[Path]:
        """The typed rows of a table, in Parquet."""
        return [self.folder / each for each in table.parquet]

    @classmethod
    def load(cls, folder: Path, *, whole: bool = True) -> Preview:
        """The preview kept in `folder`. Raises MadangError("review_outdated") where it is not `whole`: tables that were
        committed lie in the bank and not here."""
        try:
            said = read_json(folder / _FILE)
            said["tables"] = tuple(
                Table(**{**each, "parquet": tuple(each["parquet"])}) for each in said["tables"]
            )
            said["told"] = told_override(said["told"])
            found = cls(folder, **said)
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise MadangError("review_outdated") from error
        if whole and not all(path.is_file() for table in found.tables for path in found.files(table)):
            raise MadangError("review_outdated")
        return found

    def save(self) -> None:
        """Write preview.json, last and whole: a folder without it is no preview."""
        said = {key: value for key, value in asdict(self).items() if key != "folder"}
        write_json(self.folder / _FILE, said)


class _Rehearsal(Door):
    """The door, that remembers nothing and marks nothing."""

    headers: list[list[str]]

    @property
    def _recorder(self) -> Recorder:
        return Recorder(self.bank, self.clock, self.withholding)

    def _remember(self, deposit: Deposit, headers: list[list[str]], done: list[Receipt]) -> None:
        object.__setattr__(self, "headers", headers)


def preview(
    door: Door,
    path: Path,
    folder: Path,
    dataset: str | None = None,
    *,
    name: str = "",
    override: Override,
    by: str,
    personal: Policy | None = None,
    steps: Steps = no_steps,
) -> Preview:
    """What `door` would make of the file `path`, kept in the new or empty `folder` on the disk of the bank.

    `name` is what the file is called (`path` may be called anything); `personal` what a person decided of kinds of
    personal data, beside the card. Nothing is committed, nothing remembered. A bad file is a table with the verdict
    "refused"; raises MadangError for wrong use only, as `Door.deposit` does.
    """
    start = perf_counter()
    shutil.rmtree(folder, ignore_errors=True)
    with disk_errors(folder):
        folder.mkdir(parents=True, mode=0o700)
    name = hidden_name(readable_name(Path(name or path.name)))
    scratch = ScratchBank(door.bank, folder)
    rehearsal = _Rehearsal(**{**vars(door), "bank": scratch, "personal": dict(personal or {})})
    object.__setattr__(rehearsal, "headers", [])
    base_id = dataset or dataset_id(name)
    with _named(path, name, folder) as file:
        rehearsal.deposit(file, base_id, override=override, by=by, steps=steps)
    for rest in ("bytes", "bench"):
        shutil.rmtree(folder / rest, ignore_errors=True)
    first = scratch.noted[0]
    found = Preview(
        folder, name, base_id, str(first.receipt["sha256"] or ""), path.stat().st_size, override,
        dict(personal or {}), first.facts["reading"], round(perf_counter() - start, 3), rehearsal.headers,
        tuple(scratch.noted),
    )  # fmt: skip
    found.save()
    return found


@contextmanager
def _named(path: Path, name: str, folder: Path) -> Iterator[Path]:
    """The file `path` under its own `name` for as long as the block lasts: a link in a folder made for it."""
    file = folder / "file" / name.replace("/", "_")
    file.parent.mkdir(parents=True)
    os.link(path, file)
    try:
        yield file
    finally:
        shutil.rmtree(file.parent, ignore_errors=True)


def shown(told: Override) -> str:
    """An override as JSON, for a form or a database; `told_override` reads it back."""
    return json.dumps({key: value for key, value in asdict(told).items() if value}, ensure_ascii=False)
