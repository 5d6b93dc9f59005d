"""Declared tables and indicators kept as datasets: computed where an input is newer, committed with what they are made of.

    runs/<key>/                the run, as of every computation
    runs/.newest/<id>.json     which run the dataset holds, written last; why it could not be made when it was tried last

Killed in between, the next refresh recalls the run and commits it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from madang.access import Person, Thing, as_close, can
from madang.bank.bank import Bank
from madang.bank.durable import read_json, write_json
from madang.bank.made_of import Lineage
from madang.declarations.indicator import Indicator
from madang.declarations.standard import Standard
from madang.intake.raw import Override
from madang.intake.receipt import Receipt
from madang.intake.record import Made
from madang.messages import MadangError, text
from madang.results import Cell, said
from madang.runs import register
from madang.runs.declared import Declarations, Declared, indicator_declared, table_declared
from madang.runs.indicator_words import AREA_SERIES, KINDS, LATEST, SERIES
from madang.runs.inputs import NAMES, Progress, no_progress
from madang.runs.ledger import Asked, Ledger, Run
from madang.runs.tables import ROWS

SERIES_STANDARD = "indicator-series"
Deposit = Callable[..., list[Receipt]]


@dataclass(frozen=True)
class Standing:
    """How a declared table or indicator stands: its newest run, which of its inputs have a newer version, and why it could
    not be made when that was tried last. `run` is None where it was never made, or where it `is_closed` to who asks."""

    declared: Declared
    run: Run | None
    behind: tuple[str, ...] = ()
    trouble: str = ""
    is_closed: bool = False

    @property
    def as_of(self) -> date | None:
        """The earliest day that its inputs speak of."""
        days = (
            [each.as_of for each in self.run.inputs if each.as_of and each.role not in NAMES]
            if self.run
            else []
        )
        return date.fromisoformat(min(days)) if days else None

    @property
    def days(self) -> str:
        """The first and the last day that its inputs speak of, as they are read; "" where none is known."""
        known = (
            sorted(each.as_of for each in self.run.inputs if each.as_of and each.role not in NAMES)
            if self.run
            else []
        )
        return "–".join(dict.fromkeys((known[0], known[-1]))) if known else ""

    @property
    def latest(self) -> dict[str, Any] | None:
        """The newest period of an indicator: the cells of its table ``latest``."""
        if self.run is None or not self.declared.is_indicator:
            return None
        found: dict[str, Any] = self.run.result.table(LATEST).rows.to_pylist()[0]
        return found

    @property
    def answer(self) -> str:
        """The value of an indicator, or the rows of a table, as it is read."""
        if self.run is None:
            return ""
        cell = Cell(LATEST, "value") if self.declared.is_indicator else Cell("counted", "rows")
        table = self.run.result.table(cell.table)
        return said(table.value(0, cell.column), table.column(cell.column))


@dataclass(frozen=True)
class Refreshed:
    """What became of one: its run and the verdict on its dataset, or why it could not be made."""

    id: str
    title: str
    run: Run | None = None
    verdict: str = ""
    error: MadangError | None = None


@dataclass(frozen=True)
class Refresher:
    """Makes what is declared. `deposit` is the door of the bank, `standards` are those it knows."""

    ledger: Ledger
    declarations: Declarations
    standards: dict[str, Standard]
    deposit: Deposit
    clock: Callable[[], datetime]
    opened: Callable[[], Collection[str]]

    @property
    def bank(self) -> Bank:
        return self.ledger.bank

    def declared(self) -> Iterator[Declared]:
        """Every table, then every indicator."""
        for table in self.declarations.tables.values():
            yield table_declared(table)
        for indicator in self.declarations.indicators.values():
            yield indicator_declared(indicator)

    def standing(self, declared: Declared, *, by: Person, lineage: Lineage | None = None) -> Standing:
        """How one stands, as a person may see it; `lineage` where many are asked for at once."""
        told, lineage = self._told(declared.id), lineage or Lineage(self.bank.folder)
        run, trouble = self._run(told), self._trouble(told, by, lineage)
        if run is None or not can(by, "read", self.ledger.thing(run, lineage)):
            return Standing(declared, None, trouble="" if run else trouble, is_closed=run is not None)
        try:
            run.result  # noqa: B018 - one that cannot be read takes no page with it
        except MadangError as broken:
            return Standing(declared, None, trouble=str(broken))
        behind = tuple(self.ledger.behind(run))
        if not behind and self._live(declared.dataset) != told.get("version"):
            behind = (declared.dataset,)  # an older version was made live again, or it is gone
        return Standing(declared, run, behind, trouble)

    def _trouble(self, told: Mapping[str, Any], by: Person, lineage: Lineage) -> str:
        """Why it could not be made, to who may read all that it would have been made of."""
        trouble = told.get("trouble")
        if not trouble:
            return ""
        things = [lineage.thing(name) if name in self.bank else None for name in trouble["inputs"]]
        if not can(by, "read", as_close(Thing("run"), things)):
            return text("declared_trouble_closed")
        return str(trouble["said"])

    def refresh(
        self, names: Sequence[str] = (), *, by: Person, again: bool = False, progress: Progress = no_progress
    ) -> list[Refreshed]:
        """Make those of `names` (all; ids, or ids of datasets) whose inputs or declaration are newer than what they hold.

        One that cannot be made is told and stands in nobody's way. Raises MadangError: declared_missing.
        """
        every = list(self.declared())
        wanted = [each for each in every if not names or {each.id, each.dataset, each.card.id} & set(names)]
        known = {name for each in every for name in (each.id, each.dataset, each.card.id)}
        for name in names:
            if name not in known:
                raise MadangError("declared_missing", name=name)
        if any(register.STANDARD in role.standards for each in wanted for role in each.card.inputs):
            self._register(by)
        done = []
        for number, each in enumerate(wanted):
            progress(number, len(wanted), each.card.title)
            made = self._made(each, by, again)
            if made is not None:
                done.append(made)
        progress(len(wanted), len(wanted), "")
        return done

    def _made(self, declared: Declared, by: Person, again: bool) -> Refreshed | None:
        """None where it holds already what it would be made of."""
        title, inputs = declared.card.title, list[str]()
        try:
            self._check_standards(declared)
            asked = self.ledger.ask(declared, by=by)
            inputs += sorted({part.dataset for each in asked.inputs.values() for part in each.parts})
            asked = self._with_earlier(declared, asked, inputs)
            self._check_own(declared)
            newest = self._newest(declared)
            if newest is not None and not again and _same(newest, asked):
                return None
            run = self.ledger.run(asked, by=by.id)
            receipt = self._committed(declared, run, by)
            if receipt.verdict == "refused":
                reasons = " ".join(each.text() for each in receipt.reasons)
                raise MadangError("declared_refused", title=title, reason=reasons)
            told = {"run": run.key, "version": self._live(declared.dataset)}
            write_json(self.ledger.pointer(declared.id), told)
            return Refreshed(declared.id, title, run, receipt.verdict)
        except MadangError as error:
            trouble = {"said": str(error), "inputs": inputs}
            write_json(self.ledger.pointer(declared.id), self._told(declared.id) | {"trouble": trouble})
            return Refreshed(declared.id, title, error=error)

    def _check_standards(self, declared: Declared) -> None:
        """That what it reads can be there at all. Raises MadangError("standard_missing")."""
        for standard in (each for role in declared.card.inputs for each in role.standards):
            if standard not in self.standards:
                raise MadangError("standard_missing", standard=standard)

    def _check_own(self, declared: Declared) -> None:
        """That its dataset is its own, and not one that somebody deposited. Raises MadangError("declared_taken")."""
        live = self.bank[declared.dataset].latest if declared.dataset in self.bank else None
        if live is not None and live.kind == "deposit" and not live.facts.get("run"):
            raise MadangError("declared_taken", title=declared.card.title, dataset=declared.dataset)

    def _with_earlier(self, declared: Declared, asked: Asked, inputs: Sequence[str]) -> Asked:
        """A stock with the series that its dataset holds, where that was made of nothing but what is read now: who may read
        the run is told by what it reads."""
        indicator = self.declarations.indicators.get(declared.card.id) if declared.is_indicator else None
        live = self.bank[declared.dataset].latest if declared.dataset in self.bank else None
        if indicator is None or indicator.time != "stock" or live is None:
            return asked
        if not set(live.dataset.card.get("made_of") or ()) <= set(inputs):
            return asked
        with_it = indicator_declared(indicator, (f"{declared.dataset}@{live.n}", _series_of(live.files)))
        return replace(asked, analysis=with_it, parameters=dict(with_it.values))

    def _live(self, dataset: str) -> int | None:
        """The number of the live version; None where there is none."""
        live = self.bank[dataset].latest if dataset in self.bank else None
        return live.n if live else None

    def _register(self, by: Person) -> None:
        """The register of the bank as it is today; a day has one, unless anything but its day is different."""
        today = self.clock().date()
        rows = register.register_of(self.bank, self.standards, self.opened(), today)
        live = self.bank[register.DATASET].latest if register.DATASET in self.bank else None
        if live is not None and rows.num_rows:
            held = pq.read_table(live.files, columns=rows.column_names).cast(rows.schema)
            if held.sort_by("row_id").equals(rows):
                return
        if rows.num_rows:
            card = {"title": self.standards[register.STANDARD].label, "rhythm_days": 1}
            made = Made(text("register_made"), (), card)
            self._deposited(register.DATASET, self.standards[register.STANDARD], rows, made, by)

    # keeping ------------------------------------------------------------------------------------------------

    def _committed(self, declared: Declared, run: Run, by: Person) -> Receipt:
        indicator = self.declarations.indicators.get(declared.card.id) if declared.is_indicator else None
        standard = self.standards[SERIES_STANDARD if indicator else declared.card.id]
        rows = self._series(declared, indicator, run) if indicator else run.result.table(ROWS).rows
        inputs = tuple(dict.fromkeys((each.dataset, each.version) for each in run.inputs))
        names = sorted({name for name, _ in inputs})
        if declared.dataset in self.bank:  # before anybody reads what comes of them
            self.bank.change_card(
                declared.dataset,
                lambda card: {**card, "made_of": sorted({*(card.get("made_of") or ()), *names})},
                by=by.id, at=self.clock(),
            )  # fmt: skip
        made = Made(declared.query, inputs, self._card(declared, names, by), run.key)
        return self._deposited(declared.dataset, standard, rows, made, by)

    def _deposited(self, dataset: str, standard: Standard, rows: pa.Table, made: Made, by: Person) -> Receipt:
        labels = {each.name: each.label for each in standard.columns}
        with TemporaryDirectory(prefix="madang-") as folder:
            file = Path(folder) / f"{dataset}.parquet"
            pq.write_table(rows.rename_columns([labels[name] for name in rows.column_names]), file)
            override = Override(standard=standard.id)
            return self.deposit(file, dataset, override=override, by=by.id, once=True, made=made)[0]

    def _card(self, declared: Declared, names: Sequence[str], by: Person) -> dict[str, Any]:
        lineage = Lineage(self.bank.folder)
        made = as_close(Thing("dataset"), [lineage.thing(name) for name in names])
        card = declared.card
        title = text("indicator_title", label=card.title) if declared.is_indicator else card.title
        return {
            "title": title, "description": f"{card.question} {card.why}".strip(), "theme": card.theme, "access": made.access,
            "steward": made.steward, "readers": sorted(made.readers), "made_of": list(names),
            "rhythm_days": declared.rhythm_days,
        }  # fmt: skip

    def _series(self, declared: Declared, indicator: Indicator, run: Run) -> pa.Table:
        """The series as it is kept: the whole and every area by period; of a stock with the days measured before."""
        result = run.result
        whole = result.table(SERIES).rows
        keep = pa.array([kind != KINDS["outlook"] for kind in whole.column("kind").to_pylist()])
        parts = [_kept(whole.filter(keep))]
        if any(each.id == AREA_SERIES for each in result.tables):
            parts.append(_kept(result.table(AREA_SERIES).rows))
        rows = pa.concat_tables(parts)
        if (
            indicator.time == "stock"
            and declared.dataset in self.bank
            and (live := self.bank[declared.dataset].latest)
        ):
            before, now = _series_of(live.files), set(_cells(rows))
            old = pa.array([cell not in now for cell in _cells(before)], pa.bool_())
            rows = pa.concat_tables([before.filter(old).select(rows.column_names).cast(rows.schema), rows])
        return rows.sort_by([("period_start", "ascending"), ("hjd_code", "ascending")])

    def _newest(self, declared: Declared) -> Run | None:
        """The run that its dataset holds; None where that is another version now, or it could not be made the last time."""
        told = self._told(declared.id)
        if told.get("trouble") or self._live(declared.dataset) != told.get("version"):
            return None
        return self._run(told)

    def _run(self, told: Mapping[str, Any]) -> Run | None:
        try:
            return self.ledger[str(told["run"])]
        except (KeyError, MadangError):
            return None

    def _told(self, declared: str) -> dict[str, Any]:
        try:
            return dict(read_json(self.ledger.pointer(declared)))
        except (OSError, ValueError):
            return {}


def _same(run: Run, asked: Asked) -> bool:
    """Whether a run holds what is asked; the series of a stock so far is what it was made with and no news."""
    read = {role: sorted(part.name for part in each.parts) for role, each in asked.inputs.items()}
    held: dict[str, list[str]] = {}
    for each in run.inputs:
        held.setdefault(each.role, []).append(f"{each.dataset}@{each.version}")
    return {role: sorted(names) for role, names in held.items()} == read and run.code == asked.analysis.code


def _kept(rows: pa.Table) -> pa.Table:
    """Rows of a result as those of the series."""
    whole = "kind" in rows.column_names
    below, count = "denominator" in rows.column_names, rows.num_rows
    columns = {
        "period_start": rows.column("start").cast(pa.date32()),
        "hjd_code": pa.nulls(count, pa.string()) if whole else rows.column("dong_code").cast(pa.string()),
        "area_name": pa.nulls(count, pa.string()) if whole else rows.column("name").cast(pa.string()),
        "numerator": rows.column("numerator").cast(pa.float64()),
        "denominator": rows.column("denominator").cast(pa.float64())
        if below
        else pa.nulls(count, pa.float64()),
        "value": rows.column("value").cast(pa.float64()),
        "rows_count": rows.column("rows").cast(pa.int64()),
        "note": rows.column("kind" if whole else "hidden").cast(pa.string()),
    }
    return pa.table(columns)


def _cells(rows: pa.Table) -> Iterator[tuple[Any, Any]]:
    """Period and area of each row."""
    return zip(rows.column("period_start").to_pylist(), rows.column("hjd_code").to_pylist(), strict=True)


def _series_of(files: Sequence[Path]) -> pa.Table:
    names = [
        "period_start",
        "hjd_code",
        "area_name",
        "numerator",
        "denominator",
        "value",
        "rows_count",
        "note",
    ]
    return pa.concat_tables([pq.read_table(file, columns=names) for file in files])
