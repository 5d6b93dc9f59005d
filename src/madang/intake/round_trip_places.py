"""Places of the rows of a version that were edited, found as its deposit decided; all others keep theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Version
from madang.declarations import DatasetColumn, Standard
from madang.intake.conform_plan import Plan, Source
from madang.intake.place import SCHEMA, Placer, Placing
from madang.intake.place_checks import RULES, list_points
from madang.intake.place_columns import place_columns
from madang.intake.place_digest import PlaceDigest
from madang.intake.problems import ProblemSink
from madang.intake.registers import Registers
from madang.intake.rekey import placing_of
from madang.intake.values import Reading


@dataclass(frozen=True)
class Placed:
    """The table with its places, what facts.json says of them, the share of rows with a 행정동; what the checks of its
    points need, None where it has none."""

    table: pa.Table
    located: dict[str, Any] | None
    share: float | None
    placing: Placing | None = None
    checked: pa.Table | None = None

    @property
    def listed(self) -> tuple[str, ...]:
        """The rules about points that are checked anew."""
        return RULES if self.checked is not None else ()

    def list_points(self, columns: Sequence[DatasetColumn], problems: ProblemSink, place: Path) -> None:
        """Add the points of the table that cannot be right to `problems`, and count them in `located`."""
        if self.checked is None or self.placing is None or self.placing.pair is None:
            return
        path = place / "points.parquet"
        pq.write_table(self.checked, path)
        first = columns[self.placing.pair.x]
        points = list_points([path], self.placing, (first.name, first.label), problems)
        assert self.located is not None
        self.located["points"] = points


def placed_again(
    live: Version,
    table: pa.Table,
    edited: list[int],
    registers: Registers | None,
    standards: Mapping[str, Standard],
) -> Placed:
    """`table` with the places of its rows at the positions `edited` found anew; why rows have none and which points
    cannot be right is told of the whole table."""
    said = live.facts.get("located")
    if not said:
        return Placed(table, None, None)
    placing = _placing(live, registers, standards)
    placer = Placer(placing)
    values = {i: table[column.name].combine_chunks() for i, column in enumerate(live.columns)}
    texts = {i: each for i, each in values.items() if pa.types.is_string(each.type)}
    found, checked = placer.place(table["source_row"].combine_chunks(), texts, values)
    if edited:
        table = _with_places(table, edited, found)
    digest = PlaceDigest()
    digest.add(table)
    dongs = table.num_rows - table["dong_code"].null_count
    levels = Counter(level or "" for level in table["geo_level"].to_pylist())
    located = {
        **said, **(placer.left.to_json() if placing.known is not None else {}), "rows": table.num_rows, "dongs": dongs, "levels": dict(levels), "digest": str(digest),
    }  # fmt: skip
    share = round(dongs / table.num_rows, 4) if table.num_rows else 0.0
    pointed = placing.pair is not None and placing.crs is not None and placing.layer is None
    return Placed(table, located, share, placing, checked if pointed else None)


def _placing(live: Version, registers: Registers | None, standards: Mapping[str, Standard]) -> Placing:
    feeding = live.facts.get("feeds_register")
    known = registers.known() if registers and not feeding else None
    if known is not None:
        return placing_of(live, known, standards)
    said = live.facts["located"]
    plan = Plan(tuple(Source(column, i, Reading(column.type)) for i, column in enumerate(live.columns)))
    standard = standards.get(str((live.facts.get("standard") or {}).get("id") or ""))
    columns = place_columns(plan, standard)
    names = [column.name for column in live.columns]
    pair = next((p for p in columns.pairs if [names[i] for i in p.sources] == said.get("pair")), None)
    shapes = next((i for i, column in enumerate(live.columns) if column.type == "geometry"), None)
    return Placing(columns, None, pair, said.get("crs"), bool(said.get("exchanged")), shapes)


def _with_places(table: pa.Table, edited: list[int], found: list[pa.Array]) -> pa.Table:
    chosen = set(edited)
    mask = pa.array([at in chosen for at in range(table.num_rows)], pa.bool_())
    for name, column in zip(SCHEMA.names, found, strict=True):
        i = table.schema.get_field_index(name)
        if i >= 0:
            new = column.filter(mask).cast(table.schema.field(i).type)
            merged = pc.replace_with_mask(table[name].combine_chunks(), mask, new)
            table = table.set_column(i, table.schema.field(i), merged)
    return table
