"""From a staged table to a version ready to commit: recognised, profiled, conformed, checked, compared with the live one."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from duckdb import DuckDBPyConnection

from madang.bank import Bank, Version
from madang.bank.erase import brought_back
from madang.bank.ids import clean_id, title_of
from madang.declarations import Card, DatasetColumn, Standard
from madang.declarations.headers import normalise
from madang.declarations.sql import literal, quote
from madang.declarations.standard import Privacy
from madang.engine.duck import connect
from madang.intake.conform import Conformed, Located, conform
from madang.intake.conform_plan import Plan, hints, plan_of
from madang.intake.layout_change import tell_change
from madang.intake.layout_totals import take_out_totals
from madang.intake.place_left import why_left
from madang.intake.placing import Decision, decide, in_degrees
from madang.intake.problems import hide_lines
from madang.intake.profile import profile
from madang.intake.quality import check
from madang.intake.quality_report import Quality
from madang.intake.raw import RawTable, Refused, Steps, no_steps
from madang.intake.reading import Reading
from madang.intake.receipt import Reason
from madang.intake.recognise import GENERIC, Recognition, headings, recognise
from madang.intake.registers import UNPLACED, Known, Registers, feeds
from madang.intake.screen import NO_POLICY, NOTHING_FOUND, Policy, Screening
from madang.intake.use import check_mapped, tell_named
from madang.intake.values_evidence import Sample, sample
from madang.privacy import redact

_SAMPLE_ROWS = 2_000
_KEPT_SHARE = 0.5  # of the live version's columns, below which a file is taken for another dataset
_FALL = 0.5  # of the live version's rows, below which the fall is said
_PROVIDER = ("제공기관명", "제공기관코드")  # headers that name it in a table without standard


@dataclass(frozen=True)
class Settled:
    """A table as it will stand in the bank."""

    parquet: list[Path]
    rows: int
    columns: list[DatasetColumn]
    standard: Standard | None
    provider: str | None
    facts: dict[str, Any]
    reasons: tuple[Reason, ...] = field(default=())
    screened: Screening = NOTHING_FOUND
    crs: str | None = None
    located: Located | None = None

    @property
    def located_share(self) -> float | None:
        """The share of rows with a 행정동; None where nothing says where they are, or they are areas themselves."""
        if self.located is None or self.facts["feeds_register"]:
            return None
        return round(self.located.dongs / self.located.rows, 4) if self.located.rows else 0.0

    @property
    def rrn_masked(self) -> bool:
        """Whether the cells of the original hold resident registration numbers, masked in the table."""
        return any("rrn" in kinds for kinds in self.screened.masks.values())

    def card(self, file: str, member: str | None) -> dict[str, Any]:
        """The first card of a dataset: what can be said of it before a person has said anything."""
        title = " ".join(filter(None, [title_of(file), member]))
        standard = self.standard
        return Card(
            title=title[:200].replace("\n", " ") or "이름 없음",
            description=standard.description if standard else "",
            theme=standard.theme if standard else "",
            provider=self.provider or "",
            rhythm_days=standard.rhythm_days if standard else None,
            standard=standard.id if standard else None,
        ).to_json()


@dataclass(frozen=True)
class Settler:
    """Settles the tables of one deposit in the folder `place`."""

    bank: Bank
    standards: dict[str, Standard]
    place: Path
    threads: int
    today: date
    registers: Registers | None = None
    steps: Steps = no_steps
    personal: Policy = field(default_factory=dict)  # goes before what the card says

    def settle(self, table: RawTable, table_id: str, reading: Reading) -> Settled:
        """Turn a staged table into typed Parquet with its problems listed. Raises Refused where it must not replace
        the live version of `table_id`: another provider, other columns, or nothing left."""
        self.steps("examining")
        table = take_out_totals(table)
        live = self.bank[table_id].latest if table_id in self.bank else None
        seen = sample(table)
        recognition = self._recognise(table, seen, reading)
        check_mapped(table, recognition, reading.told.mapping)
        tell_named(table, recognition, reading.override.standard)
        feeding = _feeding(table, seen, recognition.standard)
        con = connect(temp_dir=self.place, threads=self.threads)
        try:
            given = hints(recognition) if recognition.standard else None
            profiled = profile(table, con, reading.override, given, seen)
            plan = _private(plan_of(profiled, recognition), recognition.standard)
            decision = self._decide(table, plan, recognition.standard, seen, con, reading, feeding)
            if decision:
                plan = in_degrees(plan, decision)
                decision.list(table.problems)
            conformed = conform(
                table,
                plan,
                self.place / table.stage.stem,
                con,
                standard=recognition.standard,
                policy={**_policy(live), **self.personal},
                progress=self.steps("conforming"),
                placing=decision.placing if decision else None,
            )
            back = brought_back(con, self.bank, table_id, conformed.files)
            if back:
                stone, rows = back
                raise Refused("erased_again", rows=rows, at=stone.at[:10], ground=stone.ground)
            provider = _provider(con, conformed, recognition.standard)
            reasons = (
                *_compare_with_live(live, table_id, conformed, provider, table),
                *tell_change(con, live, conformed, recognition.standard, table, reading.override),
                *_left_out(table),
                *conformed.screened.reasons(plan.sources),
                *(decision.reasons if decision else ()),
                *_left_behind(conformed.located, table_id, feeding),
            )
            self.steps("checking")
            quality = check(
                conformed.files,
                conformed.columns,
                recognition.standard,
                con,
                table.problems,
                today=self.today,
                previous_as_of=_as_of(live),
                rhythm_days=live.dataset.card.get("rhythm_days") if live else None,
            )
        finally:
            con.close()
        table.problems.close()
        hide_lines(table.problems.path, conformed.columns)
        facts = _facts(table, plan, conformed, recognition, quality, provider, decision, feeding)
        return Settled(
            conformed.files,
            conformed.rows,
            conformed.columns,
            recognition.standard,
            provider,
            facts,
            reasons,
            conformed.screened,
            decision.placing.crs if decision else None,
            conformed.located,
        )

    def _decide(
        self,
        table: RawTable,
        plan: Plan,
        standard: Standard | None,
        seen: Sample,
        con: DuckDBPyConnection,
        reading: Reading,
        feeding: bool,
    ) -> Decision | None:
        """How the rows find their places; what the register of areas is made from is not placed by it."""
        kind = standard.id if standard else None
        if kind in UNPLACED:
            return None
        decision = decide(plan, standard, table, seen, con, self._known, reading.override, feeding=feeding)
        return decision.without_register() if decision and feeding else decision

    def _known(self, recent: bool = False) -> Known | None:
        return self.registers.known(recent=recent) if self.registers else None

    def _recognise(self, table: RawTable, seen: Sample, reading: Reading) -> Recognition:
        labels = [column.label for column in table.columns]
        if reading.override.text:
            return Recognition(None, 1.0)
        return recognise(labels, seen.table(_SAMPLE_ROWS), self.standards, reading.override)


def _private(plan: Plan, standard: Standard | None) -> Plan:
    """Columns that were not mapped but are headed like a personal column of the standard are as personal as that."""
    told: dict[str, Privacy] = {
        normalise(alias): column.privacy
        for column in (standard.columns if standard else ())
        for alias in column.aliases
        if column.privacy != "none"
    }
    if not told:
        return plan

    def privacy(column: DatasetColumn) -> Privacy:
        headed: Privacy = next((told[form] for form in headings(column.label) if form in told), "none")
        return headed if column.privacy == "none" else column.privacy

    columns = [replace(source.column, privacy=privacy(source.column)) for source in plan.sources]
    sources = [replace(source, column=column) for source, column in zip(plan.sources, columns, strict=True)]
    return replace(plan, sources=tuple(sources))


def _provider(con: Any, conformed: Conformed, standard: Standard | None) -> str | None:
    """The body that all rows name as provider; None where they name several or none."""
    if standard:
        by_name = {column.standard: column for column in conformed.columns}
        columns = [by_name[name] for name in standard.provider_columns if name in by_name]
    else:
        by_label = {column.label.strip(): column for column in reversed(conformed.columns)}
        columns = [by_label[label] for label in _PROVIDER if label in by_label]
    if not columns or not conformed.rows:
        return None
    name = quote(columns[0].name)
    paths = ", ".join(literal(str(path)) for path in conformed.files)
    lowest, highest = con.execute(
        f"SELECT min({name})::VARCHAR, max({name})::VARCHAR FROM read_parquet([{paths}])"
    ).fetchone()
    return str(lowest) if lowest is not None and lowest == highest else None


def _compare_with_live(
    live: Version | None, table_id: str, conformed: Conformed, provider: str | None, table: RawTable
) -> tuple[Reason, ...]:
    """Refuse what is plainly another dataset; say what is merely strange."""
    if not conformed.rows:
        if live is not None and live.rows:
            raise Refused("became_empty", dataset=table_id, before=f"{live.rows:,}")
        table.problems.add("no_rows", severity="warning")
        return (Reason("no_rows"),)
    if live is None:
        return ()
    before = {column.label for column in live.columns}
    kept = before & {column.label for column in conformed.columns}
    if len(kept) < _KEPT_SHARE * len(before) and not _same_standard(live, conformed):
        proposal = clean_id(f"{table_id}-2")
        raise Refused(
            "other_columns", dataset=table_id, before=len(before), kept=len(kept), proposal=proposal
        )
    other = live.facts.get("provider")
    if provider and other and provider != other:
        proposal = clean_id(f"{table_id}-{provider}")
        raise Refused("other_provider", dataset=table_id, before=other, after=provider, proposal=proposal)
    if conformed.rows < _FALL * live.rows:
        fell = Reason(
            "rows_fell", {"dataset": table_id, "before": f"{live.rows:,}", "after": f"{conformed.rows:,}"}
        )
        table.problems.add("rows_fell", severity="warning", value=f"{live.rows} → {conformed.rows}",
                           detail=_json(fell.params))  # fmt: skip
        return (fell,)
    return ()


def _left_behind(located: Located | None, dataset: str, feeding: bool) -> tuple[Reason, ...]:
    """Why rows got no 행정동."""
    return why_left(located.rows, located.left, located.missing, dataset) if located and not feeding else ()


def _left_out(table: RawTable) -> tuple[Reason, ...]:
    totals = table.left_out_counts.get("total", 0)
    return (Reason("totals_left_out", {"count": totals}),) if totals else ()


def _same_standard(live: Version, conformed: Conformed) -> bool:
    """Both generations of a form have other headers but the same standard's columns."""
    before = {column.standard for column in live.columns if column.standard}
    after = {column.standard for column in conformed.columns if column.standard}
    return bool(before) and len(before & after) >= _KEPT_SHARE * len(before)


def _as_of(live: Version | None) -> date | None:
    said = ((live.facts.get("quality") or {}).get("freshness") or {}).get("as_of") if live else None
    return date.fromisoformat(said) if said else None


def _feeding(table: RawTable, seen: Sample, standard: Standard | None) -> bool:
    """Whether the register of areas is made from this table too."""
    heads = None
    if table.layer is not None:
        heads = pa.chunked_array(seen.columns[table.layer.column], pa.string()).combine_chunks()
    return feeds(standard.id if standard else None, heads, table.rows)


def _policy(live: Version | None) -> Policy:
    """What the card says is done with each kind of personal data; where it says nothing the default stands."""
    return live.dataset.card.get("personal_data", {}) if live else NO_POLICY


def _json(params: dict[str, Any]) -> str:

    return json.dumps(params, ensure_ascii=False)


def _places(table: RawTable, plan: Plan) -> dict[str, int]:
    """0-based place in the source of each column that has one of its own, and of each wide header by its label."""
    places = {source.column.name: table.first_column + source.index for source in plan.sources}
    headers = plan.wide.headers if plan.wide else ()
    return {**{label: table.first_column + index for index, label, _ in headers}, **places}


def _facts(
    table: RawTable,
    plan: Plan,
    conformed: Conformed,
    recognition: Recognition,
    quality: Quality,
    provider: str | None,
    decision: Decision | None,
    feeding: bool,
) -> dict[str, Any]:
    standard = recognition.standard
    names = [column.name for column in conformed.columns]
    told = decision.evidence if decision else ()
    return {
        "rows": conformed.rows,
        "columns": [asdict(column) for column in conformed.columns],
        "standard": {"id": standard.id, "version": standard.version}
        if standard
        else {"id": GENERIC, "version": None},
        "key": list(standard.key_for(names)) if standard else [],
        "encoding": table.encoding,
        "delimiter": table.delimiter,
        "header_rows": list(table.header_rows),
        "sheet": table.sheet,
        "hidden": table.hidden,
        "places": _places(table, plan),
        "evidence": [asdict(each) for each in (*table.evidence, *recognition.evidence, *told)],
        "runners_up": [list(each) for each in recognition.runners_up],
        "left_out": [{**each, "text": redact(str(each.get("text") or ""))} for each in table.left_out],
        "left_out_counts": dict(Counter(table.left_out_counts)),
        "problems_by_rule": dict(sorted(table.problems.by_rule.items())),
        "provider": provider,
        "located": {**decision.to_json(), **asdict(conformed.located)}
        if decision and conformed.located
        else None,
        "feeds_register": feeding,
        "personal_data": conformed.screened.to_json(plan.sources),
        "quality": quality.to_json(),
    }
