"""The door of the bank: a file comes in, each table found in it becomes a version or is refused with a reason."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any

from madang.bank import Bank
from madang.bank.durable import disk_errors
from madang.bank.ids import clean_id, dataset_id, is_valid_id
from madang.bank.snapshots import Kept
from madang.declarations import Standard
from madang.intake.kinds import kind_of
from madang.intake.raw import Override, Progress, RawTable, Refused, no_progress
from madang.intake.reading import Reading, earlier
from madang.intake.receipt import Reason, Receipt
from madang.intake.settle import Settled, Settler
from madang.messages import MadangError


@dataclass(frozen=True)
class _File:
    """The file of a deposit: its name as given, its bytes as kept."""

    name: str
    kept: Kept
    base_id: str

    @property
    def sha256(self) -> str:
        return self.kept.sha256


@dataclass(frozen=True)
class Door:
    """Takes files into `bank`. `threads` bounds the work of one deposit; `clock` says what time it is."""

    bank: Bank
    standards: dict[str, Standard]
    clock: Callable[[], datetime]
    threads: int = 2

    def deposit(
        self,
        path: Path,
        dataset: str | None = None,
        *,
        override: Override,
        by: str,
        again: bool = True,
        progress: Progress = no_progress,
    ) -> list[Receipt]:
        """Deposit one file. Bad files end in receipts with verdict "refused"; only wrong use raises MadangError.

        `again=False`: bytes that were deposited before under the same reading are not read again.
        """
        start = perf_counter()
        self._check_use(path, dataset, override)
        if path.stat().st_size == 0:
            name = dataset or dataset_id(path.name)
            return [
                self._refusal(
                    name, path.name, None, Refused("file_empty", file=path.name), override, by, start
                )
            ]
        with self.bank.snapshots.keep(path) as kept:
            file = _File(path.name, kept, dataset or dataset_id(path.name))
            reading = Reading.of(override, self.standards)
            known = earlier(self.bank, file.base_id, kept, reading, live_only=again)
            if known:
                return [self._repeat(receipt, file, reading, by, start) for receipt in known]
            try:
                with disk_errors(self.bank.folder):
                    return self._read_and_settle(file, reading, by, start, progress)
            except Refused as refused:
                return [self._refusal(file.base_id, file.name, kept, refused, override, by, start)]
            except MadangError as error:
                if error.about_the_machine:
                    raise
                told = Refused(error.code, **error.params)
                return [self._refusal(file.base_id, file.name, kept, told, override, by, start)]
            except (
                Exception
            ) as error:  # our own failure: told apart from a bad file, and kept for whoever mends it
                return [self._failure(file, error, override, by, start)]

    def _check_use(self, path: Path, dataset: str | None, override: Override) -> None:
        if not path.exists():
            raise MadangError("file_missing", path=path)
        if not path.is_file():
            raise MadangError("file_not_regular", file=path)
        if not os.access(path, os.R_OK):
            raise MadangError("file_unreadable", file=path)
        if dataset is not None and not is_valid_id(dataset):
            raise MadangError("dataset_id_invalid", dataset=dataset)
        if override.standard not in (None, "generic", *self.standards):
            raise MadangError("standard_missing", standard=override.standard)

    def _read_and_settle(
        self, file: _File, reading: Reading, by: str, start: float, progress: Progress
    ) -> list[Receipt]:
        with self.bank.bench() as place:
            tables = _read(file, place, reading.override, progress)
            if file.sha256 and not file.kept.unchanged:  # asked when both the copy and the reading are done
                raise Refused("file_changing", file=file.name)
            if not tables:
                raise Refused("no_table", file=file.name)
            ids = _table_ids(file.base_id, tables)
            receipts = []
            for table, table_id in zip(tables, ids, strict=True):
                settler = Settler(self.bank, self.standards, place, self.threads, self.clock().date())
                facts = {"file": file.name, "sha256": file.sha256, "file_tables": ids}
                receipts.append(self._settle(settler, table, table_id, file, reading, facts, by, start))
                table.stage.unlink(missing_ok=True)
            return receipts

    def _settle(
        self,
        settler: Settler,
        table: RawTable,
        table_id: str,
        file: _File,
        reading: Reading,
        facts: dict[str, Any],
        by: str,
        start: float,
    ) -> Receipt:
        try:
            settled = settler.settle(table, table_id, reading)
        except Refused as refused:
            return self._refusal(
                table_id,
                file.name,
                file.kept,
                refused,
                reading.override,
                by,
                start,
                table=table,
                facts=facts,
            )
        receipt = self._receipt(table_id, file, table, settled, start)
        at = self.clock()
        facts = {**facts, **settled.facts, "member": table.member, "reading": reading.to_json()}
        live = self.bank[table_id].latest if table_id in self.bank else None
        if live and live.receipt["sha256"] == file.sha256 and _same_reading(live.facts, facts):
            return self._repeat({**receipt.to_json(), "version": live.n}, file, reading, by, start)
        file.kept.settled()  # no version without its bytes
        version = self.bank.commit(
            table_id,
            settled.parquet,
            receipt={**receipt.to_stored(), "by": by, "at": at.isoformat()},
            facts=facts,
            problems=table.problems.path,
            by=by,
            at=at,
        )
        if version.n == 1:
            self.bank[table_id].write_card(settled.card(file.name, table.member), by=by, at=at)
        return replace(receipt, deposit=version.deposit_id, version=version.n)

    def _receipt(
        self, table_id: str, file: _File, table: RawTable, settled: Settled, start: float
    ) -> Receipt:
        problems = table.problems.count
        return Receipt(
            file=file.name,
            member=table.member,
            sha256=file.sha256,
            dataset=table_id,
            verdict="accepted_with_problems" if problems else "accepted",
            rows=settled.rows,
            columns=len(settled.columns),
            problems=problems,
            reasons=settled.reasons,
            standard=settled.standard.id if settled.standard else None,
            encoding=table.encoding,
            delimiter=table.delimiter,
            header_rows=table.header_rows,
            crs=settled.standard.crs if settled.standard else None,
            seconds=round(perf_counter() - start, 3),
        )

    def _repeat(
        self, earlier_receipt: dict[str, Any], file: _File, reading: Reading, by: str, start: float
    ) -> Receipt:
        """The receipt of a file that says nothing new: unchanged, or refused for the same reasons as before."""
        refused = earlier_receipt["verdict"] == "refused"
        receipt = Receipt(
            **{
                **{
                    key: earlier_receipt[key]
                    for key in Receipt.__dataclass_fields__
                    if key in earlier_receipt
                },
                "file": file.name,
                "verdict": "refused" if refused else "unchanged",
                "reasons": tuple(Reason.stored(reason) for reason in earlier_receipt["reasons"])
                if refused
                else (),
                "header_rows": _rows(earlier_receipt["header_rows"]),
                "seconds": round(perf_counter() - start, 3),
                "deposit": None,
            }
        )
        facts = {"file": file.name, "sha256": file.sha256, "reading": reading.to_json()}
        file.kept.settled()
        at = self.clock()
        stored = {**receipt.to_stored(), "same_as": receipt.version, "by": by, "at": at.isoformat()}
        deposit = self.bank.record(receipt.dataset, receipt=stored, facts=facts, problems=None, at=at)
        return replace(receipt, deposit=deposit)

    def _refusal(
        self,
        table_id: str,
        name: str,
        kept: Kept | None,
        refused: Refused,
        override: Override,
        by: str,
        start: float,
        *,
        table: RawTable | None = None,
        facts: dict[str, Any] | None = None,
    ) -> Receipt:
        params = {**refused.params, "file": name} if "file" in refused.params else refused.params
        receipt = Receipt(
            file=name,
            member=table.member if table else None,
            sha256=kept.settled() if kept else None,
            dataset=table_id,
            verdict="refused",
            rows=table.rows if table else None,
            columns=len(table.columns) if table else None,
            problems=table.problems.count if table else 0,
            reasons=(Reason(refused.code, params),),
            encoding=table.encoding if table else None,
            delimiter=table.delimiter if table else None,
            header_rows=table.header_rows if table else None,
            seconds=round(perf_counter() - start, 3),
        )
        problems = None
        if table:
            table.problems.close()
            problems = table.problems.path
        if refused.code == "erased_again":  # neither the bytes nor a list of cells of what must not come back
            self.bank.snapshots.remove(str(receipt.sha256))
            problems = None
        at = self.clock()
        reading = Reading.of(override, self.standards)
        deposit = self.bank.record(
            table_id,
            receipt={**receipt.to_stored(), "by": by, "at": at.isoformat()},
            facts={"file": name, "sha256": receipt.sha256, "reading": reading.to_json(), **(facts or {})},
            problems=problems,
            at=at,
        )
        return replace(receipt, deposit=deposit)

    def _failure(self, file: _File, error: Exception, override: Override, by: str, start: float) -> Receipt:
        said = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        refused = Refused("own_failure", file=file.name, error=said)
        receipt = self._refusal(file.base_id, file.name, file.kept, refused, override, by, start)
        if receipt.deposit:
            trace = self.bank[file.base_id].deposit_folder(receipt.deposit) / "failure.txt"
            trace.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
        return receipt


def _read(file: _File, place: Path, override: Override, progress: Progress) -> list[RawTable]:
    path = file.kept.path
    if kind_of(path, file.name) == "excel":
        from madang.intake.excel import read_excel

        return read_excel(path, place, override, progress)
    from madang.intake.csv_read import read_csv

    return read_csv(path, place, override, progress)


def _table_ids(base_id: str, tables: list[RawTable]) -> list[str]:
    """`ID` for a file that is one table, else `ID-<sheet or member>`; never two alike."""
    if len(tables) == 1:
        return [base_id]
    ids: list[str] = []
    for number, table in enumerate(tables, 1):
        wanted = clean_id(f"{base_id}-{clean_id(table.member or '') or number}")
        ids.append(wanted if wanted not in ids else clean_id(f"{wanted[:110]}-{number}"))
    return ids


def _same_reading(live: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the same bytes were understood the same: what decides is the outcome, not which standards exist."""
    keys = ("override", "reader")
    same = all(live["reading"][key] == new["reading"][key] for key in keys)
    return same and live["standard"] == new["standard"] and live["columns"] == new["columns"]


def _rows(stored: list[int] | None) -> tuple[int, ...] | None:
    return None if stored is None else tuple(stored)
