"""Rows of a dataset placed anew when the areas have changed: from its own table, as a new version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Bank, Version
from madang.declarations import Standard
from madang.intake.conform_plan import Plan, Source
from madang.intake.place import SCHEMA, Placer, Placing
from madang.intake.place_columns import place_columns
from madang.intake.place_digest import PlaceDigest
from madang.intake.place_left import Left, why_left
from madang.intake.placing import of_pairs
from madang.intake.placing_witness import Witness, code_systems
from madang.intake.raw import Evidence
from madang.intake.receipt import Reason
from madang.intake.registers import Registers
from madang.intake.registers_known import Known
from madang.intake.values import Reading
from madang.messages import MadangError

_ROWS = 100_000  # placed at a time
_SAMPLE = 5_000
_OF_PLACES = ("codes:", "crs", "degrees")  # beginnings of the decisions that placing makes


@dataclass(frozen=True)
class Rekeyed:
    """What became of a dataset: `version` is the live one, `made` whether it is new, `changed` the rows with another
    행정동.

    `register` names the register of areas, `located_share` the share of rows with a 행정동. `reasons`: what is to be
    known of its codes.
    """

    dataset: str
    version: int
    register: str
    rows: int
    changed: int
    located_share: float | None
    reasons: tuple[Reason, ...] = ()
    made: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "dataset": self.dataset,
            "version": self.version,
            "register": self.register,
            "rows": self.rows,
            "changed": self.changed,
            "made": self.made,
            "located_share": self.located_share,
            "reasons": [{"code": reason.code, "text": reason.text()} for reason in self.reasons],
        }


@dataclass
class _Counts:
    rows: int = 0
    dongs: int = 0
    changed: int = 0  # rows with another 행정동
    other: int = 0  # rows in which anything else differs
    levels: Counter[str] = field(default_factory=Counter)
    places: PlaceDigest = field(default_factory=PlaceDigest)
    left: Left = field(default_factory=Left)


def placed(version: Version | None) -> bool:
    """Whether the rows of a version have places that come of the register of areas."""
    if version is None or not version.facts.get("located"):
        return False
    return not version.facts.get("feeds_register")


def rekey(
    bank: Bank,
    dataset: str,
    registers: Registers,
    standards: Mapping[str, Standard],
    *,
    by: str,
    at: datetime,
) -> Rekeyed:
    """Place the rows of the live version of `dataset` by the register of now, and commit that as a version of kind
    "rekey" where anything is different; only lon, lat, dong_code and geo_level change.

    Memory is that of 100,000 rows. Problems stay those of the deposit. Raises MadangError: dataset_missing,
    no_version, rekey_unplaced (nothing in it says where its rows are, or the register is made from it),
    rekey_no_register, conflict_moved.
    """
    live = bank[dataset].latest
    if live is None:
        raise MadangError("no_version", dataset=dataset)
    if not placed(live):
        raise MadangError("rekey_unplaced", dataset=dataset)
    known = registers.known()
    if known is None:
        raise MadangError("rekey_no_register")
    placing, evidence, reasons = _placing(live, known, standards)
    with bank.bench() as place:
        counts, files = _write(live, placing, place)
        reasons = (*reasons, *why_left(counts.rows, dataset=dataset, **counts.left.to_json()))
        share = round(counts.dongs / counts.rows, 4) if counts.rows else 0.0
        if not counts.changed and not counts.other:
            return Rekeyed(dataset, live.n, known.version, counts.rows, 0, share, reasons)
        told = {"register": known.version, "of": live.n, "changed": counts.changed}
        made = bank.commit(
            dataset,
            files,
            receipt=_receipt(live, placing, share, reasons, told, by, at),
            facts=_facts(live, placing, counts, evidence, told),
            problems=live.problems_path,
            by=by,
            at=at,
            kind="rekey",
            live_n=live.n,
        )
    return Rekeyed(dataset, made.n, known.version, counts.rows, counts.changed, share, reasons, True)


def placing_of(live: Version, known: Known, standards: Mapping[str, Standard]) -> Placing:
    """How the rows of a version find their places by the areas of now."""
    return _placing(live, known, standards)[0]


def _placing(
    live: Version, known: Known, standards: Mapping[str, Standard]
) -> tuple[Placing, tuple[Evidence, ...], tuple[Reason, ...]]:
    """How the rows find their places: as the deposit decided; what it could not decide is decided now."""
    said = live.facts["located"]
    plan = Plan(tuple(Source(column, i, Reading(column.type)) for i, column in enumerate(live.columns)))
    standard = standards.get(str((live.facts.get("standard") or {}).get("id") or ""))
    columns = place_columns(plan, standard)
    witness = _witness(live, plan)
    systems, evidence, reasons = code_systems(columns, witness, known)
    shapes = next((i for i, column in enumerate(live.columns) if column.type == "geometry"), None)
    placing = Placing(columns, known, layer=shapes, systems=systems)
    if shapes is not None:
        kept = Placing(columns, known, None, said["crs"], said["exchanged"], shapes, systems)
        return kept, evidence, reasons
    names = [source.column.name for source in plan.sources]
    pair = next((p for p in columns.pairs if [names[i] for i in p.sources] == said.get("pair")), None)
    if said["crs"] and pair:
        return (
            Placing(columns, known, pair, said["crs"], said["exchanged"], None, systems),
            (*evidence, *_earlier(live)),
            reasons,
        )
    override = live.facts["reading"]["override"].get("crs")
    decision = of_pairs(placing, witness, standard, override)
    return decision.placing, (*evidence, *decision.evidence), (*reasons, *decision.reasons)


def _earlier(live: Version) -> tuple[Evidence, ...]:
    """What the deposit said of the coordinate system."""
    return tuple(
        Evidence(**each) for each in live.facts["evidence"] if each["decision"] in ("crs", "degrees")
    )


def _witness(live: Version, plan: Plan) -> Witness:
    """The first rows of each group of rows, some thousands in all; shapes are left out."""
    names = [source.column.name for source in plan.sources if source.column.type != "geometry"]
    heads: list[pa.Table] = []
    groups = sum(pq.read_metadata(path).num_row_groups for path in live.files)
    each = max(_SAMPLE // max(groups, 1), 50)
    for path in live.files:
        with pq.ParquetFile(path) as file:
            for number in range(file.num_row_groups):
                batch = next(file.iter_batches(each, row_groups=[number], columns=names), None)
                heads += [] if batch is None else [pa.Table.from_batches([batch])]
    table = pa.concat_tables(heads).slice(0, 2 * _SAMPLE) if heads else pa.table({})
    values = {
        place: table[source.column.name].combine_chunks()
        for place, source in enumerate(plan.sources)
        if source.column.name in table.column_names
    }
    texts = {place: each for place, each in values.items() if pa.types.is_string(each.type)}
    return Witness(plan, table.num_rows, texts, lambda place: values[place])


def _write(live: Version, placing: Placing, place: Path) -> tuple[_Counts, list[Path]]:
    """The table with its places made anew, file by file as it was."""
    placer, counts, files = Placer(placing), _Counts(), []
    counts.left = placer.left
    names = [column.name for column in live.columns]
    for number, path in enumerate(live.files):
        out = place / f"part-{number}.parquet"
        files.append(out)
        with (
            pq.ParquetFile(path) as file,
            pq.ParquetWriter(out, file.schema_arrow, compression="snappy") as to,
        ):
            for batch in file.iter_batches(_ROWS):
                to.write_table(_again(pa.Table.from_batches([batch]), names, placer, counts))
    return counts, files


def _again(table: pa.Table, names: list[str], placer: Placer, counts: _Counts) -> pa.Table:
    values = {i: table[name].combine_chunks() for i, name in enumerate(names)}
    texts = {i: each for i, each in values.items() if pa.types.is_string(each.type)}
    columns, _ = placer.place(table["source_row"].combine_chunks(), texts, values)
    counts.rows += table.num_rows
    counts.dongs += table.num_rows - columns[SCHEMA.get_field_index("dong_code")].null_count
    differ = np.zeros(table.num_rows, bool)
    for name, column in zip(SCHEMA.names, columns, strict=True):
        different = _different(table[name].combine_chunks(), column)
        if name == "dong_code":
            counts.changed += int(different.sum())
        differ |= different
        table = table.set_column(table.schema.get_field_index(name), table.schema.field(name), column)
    counts.other += int(differ.sum())
    for level in columns[SCHEMA.get_field_index("geo_level")].value_counts().to_pylist():
        counts.levels[level["values"] or ""] += level["counts"]
    counts.places.add(table)
    return table


def _different(one: pa.Array, other: pa.Array) -> Any:
    same = pc.or_(pc.fill_null(pc.equal(one, other), False), pc.and_(pc.is_null(one), pc.is_null(other)))
    return np.asarray(pc.invert(same))


def _receipt(
    live: Version,
    placing: Placing,
    share: float,
    reasons: tuple[Reason, ...],
    told: dict[str, Any],
    by: str,
    at: datetime,
) -> dict[str, Any]:
    kept = {key: value for key, value in live.receipt.items() if key not in ("deposit", "dataset", "version")}
    said = [
        {"code": r.code, "text": r.text(), "params": {key: str(value) for key, value in r.params.items()}}
        for r in reasons
    ]
    again = {reason.code for reason in reasons} | _SETTLED
    earlier = [reason for reason in kept["reasons"] if reason["code"] not in again]
    found = {"reasons": [*earlier, *said], "crs": placing.crs, "located_share": share}
    return {**kept, **found, "rekey": told, "by": by, "at": at.isoformat()}


_SETTLED = {
    "no_register", "crs_needs_register", "crs_asked", "crs_abroad", "code_change_unverified", "code_change_trusted", "code_split",
    "places_left",
}  # fmt: skip


def _facts(
    live: Version, placing: Placing, counts: _Counts, evidence: tuple[Evidence, ...], told: dict[str, Any]
) -> dict[str, Any]:
    """The facts of the deposit, but for what is said of places."""
    names = [column.name for column in live.columns]
    located = {
        **live.facts["located"],
        "crs": placing.crs,
        "exchanged": placing.exchanged,
        "register": told["register"],
        "pair": [names[place] for place in placing.pair.sources] if placing.pair else None,
        "codes": {names[place]: system for place, system in placing.systems.items()},
        "rows": counts.rows,
        "dongs": counts.dongs,
        "levels": dict(counts.levels),
        "digest": str(counts.places),
        **counts.left.to_json(),
    }
    kept = [each for each in live.facts["evidence"] if not each["decision"].startswith(_OF_PLACES)]
    stored = [
        {"decision": e.decision, "value": e.value, "because": e.because, "confidence": e.confidence}
        for e in evidence
    ]
    reading = {**live.facts["reading"], "register": told["register"]}
    return {**live.facts, "located": located, "evidence": [*kept, *stored], "reading": reading, "rekey": told}


def placed_datasets(bank: Bank) -> Iterator[str]:
    """Datasets whose live version has places of the register, by name; one that cannot be read is passed over."""
    for each in bank.datasets():
        try:
            if placed(each.latest):
                yield each.id
        except (MadangError, OSError):
            continue
