"""The door of the bank: a file comes in, each table found in it becomes a version or is refused with a reason."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from time import perf_counter

from madang.bank import Bank
from madang.bank.durable import disk_errors
from madang.bank.ids import clean_id, dataset_id, readable_name, undated, within
from madang.bank.snapshots import Withholding
from madang.declarations import Standard
from madang.declarations.source import source_file
from madang.intake.forms import read_here, read_tables
from madang.intake.layer_parts import bundled, shapefile_in
from madang.intake.learned import Learned, items_of, known_source, remember, told_shown
from madang.intake.outside import tell_outside
from madang.intake.raw import Override, RawTable, Refused, Steps, no_steps
from madang.intake.reading import Reading, earlier
from madang.intake.receipt import Reason, Receipt, Stopped
from madang.intake.record import Deposit, Made, Recorder
from madang.intake.registers import Registers
from madang.intake.screen import Policy, hidden, hidden_name
from madang.intake.settle import Settled, Settler
from madang.intake.use import check_columns, check_labels, check_use, check_wishes, named_reasons
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
    sources: Path | None = None  # what was learned of earlier deposits
    withholding: Withholding = "discard"  # or "seal": an original with resident registration numbers
    registers: Registers | None = None
    personal: Policy = field(
        default_factory=dict
    )  # what a person decided of kinds of personal data, beside what the card says

    @property
    def _recorder(self) -> Recorder:
        return Recorder(self.bank, self.clock, self.withholding, self.registers)

    def deposit(
        self,
        path: Path,
        dataset: str | None = None,
        *,
        override: Override,
        by: str,
        again: bool = True,
        once: bool = False,
        made: Made | None = None,
        steps: Steps = no_steps,
    ) -> list[Receipt]:
        """Deposit one file. Bad files end in receipts with verdict "refused"; only wrong use raises MadangError.

        A shapefile is deposited by its .shp or by its folder, and kept with all its parts.
        `again=False`: bytes that were deposited before under the same reading are not read again. What `override`
        says is remembered for the next deposit of the dataset where the file is taken, unless `once`. `made`: it was
        made of other datasets.
        Raises Stopped, with the receipts of the tables that were done, where the machine failed in between.
        """
        start = perf_counter()
        path = shapefile_in(path) or path
        check_use(path, dataset, override, self.standards)
        name = hidden_name(readable_name(path))
        base_id = dataset or dataset_id(name)
        learned = self._learned(base_id, override)
        register = self.registers.version() if self.registers else ""
        reading = Reading.of(learned.over(override), self.standards, told=override, register=register)
        deposit = Deposit(name, None, base_id, reading, by, start, made=made)
        if path.stat().st_size == 0:
            empty = Refused("file_empty", file=name)
            return [self._recorder.refused(deposit, deposit.base_id, empty)]
        done: list[Receipt] = []
        with bundled(path, self.bank.workshop) as source, self.bank.snapshots.keep(source) as kept:
            deposit = replace(deposit, kept=kept)
            steps("keeping")
            # under the same bytes, what it is made of may be other rows by now
            known = [] if made else earlier(self.bank, base_id, name, kept, reading, live_only=again)
            try:
                if known:
                    deposit = replace(deposit, tables=tuple(receipt["dataset"] for receipt in known))
                    done += [self._recorder.repeated(deposit, receipt) for receipt in known]
                    headers: list[list[str]] = []
                else:
                    headers = self._take(deposit, learned, once, steps, done)
                if not once:
                    self._remember(deposit, headers, done)
            except MadangError as error:
                raise Stopped(error, done) from error
            return done

    def _learned(self, base_id: str, told: Override) -> Learned:
        """What earlier deposits taught, as far as nothing else is `told` now. Raises MadangError where it is unusable."""
        if self.sources is None:
            return Learned()
        learned = Learned.of(known_source(self.sources, base_id), told)
        try:
            check_wishes(learned.over(Override()), self.standards)
        except MadangError as error:
            file = source_file(self.sources, base_id)
            raise MadangError("source_unusable", file=file, reason=error, dataset=base_id) from error
        return learned

    def _remember(self, deposit: Deposit, headers: list[list[str]], done: list[Receipt]) -> None:
        """Keep what was told, where anything came of it."""
        taken = next((receipt for receipt in done if receipt.verdict != "refused"), None)
        if self.sources is not None and taken is not None:
            live = self.bank[taken.dataset].latest
            said = [reason for receipt in done for reason in receipt.reasons]
            said += [Reason.stored(reason) for reason in (live.receipt["reasons"] if live else ())]
            if not headers and live is not None:
                headers = [[column.label for column in live.columns]]
            remember(
                self.sources,
                deposit.base_id,
                _lasting(deposit.reading.told, said),
                headers,
                by=deposit.by,
                at=self.clock(),
                deposit=taken.deposit or "",
                file=deposit.name,
            )

    def _take(
        self, deposit: Deposit, learned: Learned, once: bool, steps: Steps, done: list[Receipt]
    ) -> list[list[str]]:
        """Read the file and settle its tables; `done` gets the receipt of each. Returns the headers of its tables.

        Raises MadangError of the machine."""
        with self.bank.bench() as place:
            tables: list[RawTable] = []
            with self._told(done, deposit, deposit.base_id):
                deposit, learned, tables = _read(deposit, learned, place, steps)
            deposit = replace(deposit, tables=tuple(_table_ids(deposit.base_id, tables)))
            settler = Settler(
                self.bank,
                self.standards,
                place,
                self.threads,
                self.clock().date(),
                self.registers,
                steps,
                self.personal,
            )
            notes = _notes(deposit, learned, tables)
            for table, table_id in zip(tables, deposit.tables, strict=True):
                with self._told(done, deposit, table_id, table):
                    if table.refused is not None:
                        raise table.refused
                    check_columns(table, deposit.name, deposit.reading.told)
                    settled = learned.explained(settler.settle(table, table_id, deposit.reading))
                    told = deposit.reading.told
                    named = named_reasons(table, settled.standard, settled.columns, told.standard is not None)
                    lasting = (
                        ()
                        if once or self.sources is None
                        else _learned_now(told, deposit.base_id, (*named, *settled.reasons))
                    )
                    long = _unpivoted(table, settled)
                    reasons = (*named, *learned.reasons(settled), *notes, *lasting, *long, *settled.reasons)
                    settled = replace(settled, reasons=reasons)
                    steps("committing")
                    done.append(self._recorder.taken(deposit, table, table_id, settled))
                table.stage.unlink(missing_ok=True)
            return [[column.label for column in table.columns] for table in tables]

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


def _read(
    deposit: Deposit, learned: Learned, place: Path, steps: Steps
) -> tuple[Deposit, Learned, list[RawTable]]:
    """The tables of the file, staged, and under which reading. Raises Refused.

    Where what was learned of the places of things does not fit this file, it is read again without that.
    """
    kept, reading = deposit.kept, deposit.reading
    assert kept is not None
    tables: list[RawTable] = []
    try:
        read = read_here if deposit.made else read_tables  # what was written here needs no process of its own
        tables = read(kept.path, deposit.name, place, reading.override, steps("reading"))
    except Refused:
        if not learned.by_place:
            raise
    if learned.by_place and not (tables and learned.fits(tables)):
        for table in tables:
            table.problems.close()
            table.stage.unlink(missing_ok=True)
        learned = learned.without_places()
        deposit = replace(deposit, reading=replace(reading, override=learned.over(reading.told)))
        (place / "again").mkdir()
        override, again = deposit.reading.override, place / "again"
        tables = read_tables(kept.path, deposit.name, again, override, steps("reading"))
    steps("keeping")
    if kept.sha256 and not kept.unchanged:  # asked when both the copy and the reading are done
        raise Refused("file_changing", file=deposit.name)
    if not tables:
        raise Refused("no_table", file=deposit.name)
    tables = _chosen(tables, deposit)
    check_labels(tables, deposit.name, reading.told)
    tell_outside(kept.path, deposit.name, tables)
    return deposit, learned, [hidden(table) for table in tables]


def _chosen(tables: list[RawTable], deposit: Deposit) -> list[RawTable]:
    """Of several tables the one that a person chose. Raises Refused where the file has none of that name."""
    wanted = deposit.reading.override.sheet
    if wanted is None or len(tables) == 1:
        return tables
    found = [table for table in tables if table.member == wanted]
    for table in tables:
        if table not in found:
            table.problems.close()
            table.stage.unlink(missing_ok=True)
    if not found:
        sheets = ", ".join(str(table.member) for table in tables)[:300]
        raise Refused("sheet_missing", file=deposit.name, sheet=wanted, sheets=sheets)
    return found


def _notes(deposit: Deposit, learned: Learned, tables: Sequence[RawTable]) -> tuple[Reason, ...]:
    """What is to be said of what was learned; what did not fit is a problem of the tables too."""
    found = []
    for header in learned.gone(tables):
        told = {"header": header, "quoted": shlex.quote(header), "dataset": deposit.base_id}
        found.append(Reason("learned_header_gone", told))
    if learned.left_out:
        found.append(Reason("learned_not_fitting", {"what": learned.shown(learned.left_out)}))
    for table in (each for each in tables if each.refused is None):
        for reason in found:
            detail = json.dumps(reason.params, ensure_ascii=False)
            table.problems.add(reason.code, severity="warning", detail=detail)
    return tuple(found)


def _unpivoted(table: RawTable, settled: Settled) -> tuple[Reason, ...]:
    """That the file's wide columns became rows: only so can there be more rows than were read."""
    if settled.rows <= table.rows:
        return ()
    return (Reason("rows_unpivoted", {"before": f"{table.rows:,}", "after": f"{settled.rows:,}"}),)


def _lasting(told: Override, reasons: Iterable[Reason]) -> Override:
    """What is remembered of what was told: not a standard that hardly fits, and not the columns of it; not a coordinate
    system that the rows speak against."""
    codes = {reason.code for reason in reasons}
    told = replace(told, crs=None) if "crs_told_off" in codes else told
    return replace(told, standard=None, mapping={}) if "standard_not_learned" in codes else told


def _learned_now(told: Override, base_id: str, reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    lasting = _lasting(told, reasons)
    said = {"what": told_shown(lasting), "dataset": base_id}
    return (Reason("learned_now", said),) if items_of(lasting) else ()


def _table_ids(base_id: str, tables: list[RawTable]) -> list[str]:
    """`ID` for a file that is one table, else `ID-<sheet or member>` without dates as for files; never two alike.

    Members that differ in nothing but their dates keep them."""
    if len(tables) == 1:
        return [base_id]
    members = [_EXTENSION.sub("", table.member or "") for table in tables]
    plain = [clean_id("/".join(undated(part.lower()) for part in member.split("/"))) for member in members]
    ids: list[str] = []
    for number, (member, without_date) in enumerate(zip(members, plain, strict=True), 1):
        own = without_date if plain.count(without_date) == 1 else clean_id(member)
        wanted = clean_id(f"{base_id}-{own or number}")
        ids.append(wanted if wanted not in ids else clean_id(f"{within(wanted[:110], 230)}-{number}"))
    return ids
