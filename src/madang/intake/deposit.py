"""The door of the bank: a file comes in, each table found in it becomes a version or is refused with a reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter

from madang.bank import Bank
from madang.bank.durable import disk_errors
from madang.bank.ids import clean_id, dataset_id, readable_name
from madang.declarations import Standard
from madang.intake.forms import read_tables
from madang.intake.raw import Override, Progress, RawTable, Refused, no_progress
from madang.intake.reading import Reading, earlier
from madang.intake.receipt import Receipt, Stopped
from madang.intake.record import Deposit, Recorder
from madang.intake.settle import Settler
from madang.intake.use import check_columns, check_labels, check_use
from madang.messages import MadangError

_EXTENSION = re.compile(  # of a file in an archive
    r"\.(?:csv|tsv|txt|xlsx?|xlsm|xlsb|ods|jsonl?|geojson|topojson|xml|kml|gpkg|shp|dbf|parquet|hwpx?|zip|gz)(?=/|$)",
    re.I,
)


@dataclass(frozen=True)
class Door:
    """Takes files into `bank`. `threads` bounds the work of one deposit; `clock` says what time it is."""

    bank: Bank
    standards: dict[str, Standard]
    clock: Callable[[], datetime]
    threads: int = 2

    @property
    def _recorder(self) -> Recorder:
        return Recorder(self.bank, self.clock)

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
        Raises Stopped, with the receipts of the tables that were done, where the machine failed in between.
        """
        start = perf_counter()
        check_use(path, dataset, override, self.standards)
        reading = Reading.of(override, self.standards)
        name = readable_name(path)
        deposit = Deposit(name, None, dataset or dataset_id(name), reading, by, start)
        if path.stat().st_size == 0:
            empty = Refused("file_empty", file=name)
            return [self._recorder.refused(deposit, deposit.base_id, empty)]
        with self.bank.snapshots.keep(path) as kept:
            deposit = replace(deposit, kept=kept)
            known = earlier(self.bank, deposit.base_id, name, kept, reading, live_only=again)
            if known:
                deposit = replace(deposit, tables=tuple(receipt["dataset"] for receipt in known))
                return [self._recorder.repeated(deposit, receipt) for receipt in known]
            done: list[Receipt] = []
            try:
                self._take(deposit, progress, done)
            except MadangError as error:
                raise Stopped(error, done) from error
            return done

    def _take(self, deposit: Deposit, progress: Progress, done: list[Receipt]) -> None:
        """Read the file and settle its tables; `done` gets the receipt of each. Raises MadangError of the machine."""
        with self.bank.bench() as place:
            tables: list[RawTable] = []
            with self._told(done, deposit, deposit.base_id):
                tables = _read(deposit, place, progress)
            deposit = replace(deposit, tables=tuple(_table_ids(deposit.base_id, tables)))
            settler = Settler(self.bank, self.standards, place, self.threads, self.clock().date())
            for table, table_id in zip(tables, deposit.tables, strict=True):
                with self._told(done, deposit, table_id, table):
                    if table.refused is not None:
                        raise table.refused
                    check_columns(table, deposit.name, deposit.reading.override)
                    settled = settler.settle(table, table_id, deposit.reading)
                    done.append(self._recorder.taken(deposit, table, table_id, settled))
                table.stage.unlink(missing_ok=True)

    @contextmanager
    def _told(
        self, done: list[Receipt], deposit: Deposit, table_id: str, table: RawTable | None = None
    ) -> Iterator[None]:
        """What goes wrong inside becomes a receipt in `done`; only failures of the machine are raised."""
        try:
            with disk_errors(self.bank.folder):
                yield
        except Refused as refused:
            done.append(self._recorder.refused(deposit, table_id, refused, table))
        except MadangError as error:
            if error.about_the_machine:
                raise
            told = Refused(error.code, **error.params)
            done.append(self._recorder.refused(deposit, table_id, told, table))
        except Exception as error:
            done.append(self._recorder.failed(deposit, table_id, error, table))


def _read(deposit: Deposit, place: Path, progress: Progress) -> list[RawTable]:
    """The tables of the file, staged. Raises Refused."""
    kept, override = deposit.kept, deposit.reading.override
    assert kept is not None
    tables = read_tables(kept.path, deposit.name, place, override, progress)
    if kept.sha256 and not kept.unchanged:  # asked when both the copy and the reading are done
        raise Refused("file_changing", file=deposit.name)
    if not tables:
        raise Refused("no_table", file=deposit.name)
    check_labels(tables, deposit.name, override)
    return tables


def _table_ids(base_id: str, tables: list[RawTable]) -> list[str]:
    """`ID` for a file that is one table, else `ID-<sheet or member>`; never two alike."""
    if len(tables) == 1:
        return [base_id]
    ids: list[str] = []
    for number, table in enumerate(tables, 1):
        member = _EXTENSION.sub("", table.member or "")
        wanted = clean_id(f"{base_id}-{clean_id(member) or number}")
        ids.append(wanted if wanted not in ids else clean_id(f"{wanted[:110]}-{number}"))
    return ids
