"""Some rows of a table as witnesses of where all of them are: their texts and numbers, and the systems of their codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from madang.intake.conform_plan import Plan
from madang.intake.place_arrays import Floats, axes
from madang.intake.place_columns import Pair, PlaceColumns
from madang.intake.raw import Evidence
from madang.intake.receipt import Reason
from madang.intake.registers_known import Known
from madang.intake.values_cells import read_cells
from madang.intake.values_evidence import Sample
from madang.places.codes import clean_codes, detect_system

LOOKED_AT = 5_000  # rows of the sample
_SYSTEMS = {
    "hjd_code": "HJD",
    "bjd_code": "BJD",
    "sigungu_code": "SIGUNGU",
    "sgis_code": "SGIS",
    "area_code": "",
}


@dataclass(frozen=True)
class Witness:
    """Some rows of a table by place in its plan: texts as the file has them, and numbers."""

    plan: Plan
    rows: int
    texts: Mapping[int, pa.Array]
    numbers: Callable[[int], pa.Array]

    @classmethod
    def of(cls, plan: Plan, seen: Sample, con: duckdb.DuckDBPyConnection) -> Witness:
        """From a sample of the staged table. What is read from a part of its cells is read."""
        table = seen.table(LOOKED_AT)
        cells = [table[f"c{source.index}"].combine_chunks() for source in plan.sources]
        texts = {
            place: read_cells(con, [cells[place]], source.reading) if source.reading.extract else cells[place]
            for place, source in enumerate(plan.sources)
        }
        return cls(
            plan,
            table.num_rows,
            texts,
            lambda place: read_cells(con, [cells[place]], plan.sources[place].reading),
        )

    def axes(self, pair: Pair) -> tuple[Floats, Floats]:
        values = {} if pair.written or pair.parts else {each: self.numbers(each) for each in (pair.x, pair.y)}
        return axes(pair, self.texts, values)


def code_systems(
    columns: PlaceColumns, witness: Witness, known: Known | None
) -> tuple[dict[int, str], tuple[Evidence, ...], tuple[Reason, ...]]:
    """The system of each code column: what its values say, else what its header says; and what is to be known of
    codes that the register does not have."""
    if known is None:
        return {}, (), ()
    found: dict[int, str] = {}
    told: list[Evidence] = []
    reasons: list[Reason] = []
    lists = {"HJD": known.dongs, "HJD8": pc.utf8_slice_codeunits(known.dongs, 0, 8)}
    if len(known.register.crosswalk[0]):
        lists["SGIS"] = known.register.crosswalk[0]
    for form, place in columns.codes:
        detected = detect_system(witness.texts[place], lists, known.declared.sidos)
        system = detected.system or _SYSTEMS[form]
        if system:
            found[place] = system
            column = witness.plan.sources[place].column
            told.append(Evidence(f"codes:{column.label}", system, detected.because, round(detected.share, 3)))
            reasons += _changed(column.label, witness.texts[place], system, known)
    return found, tuple(told), tuple(reasons)


def _changed(label_: str, cells: pa.Array, system: str, known: Known) -> list[Reason]:
    """What is to be known of codes that only changes of areas explain."""
    if system not in ("HJD", "HJD8", "SIGUNGU"):
        return []
    codes = clean_codes(cells).unique().drop_null()
    if system == "HJD8":
        codes = pc.binary_join_element_wise(codes, "00", "")
    moves = known.moves(codes)
    found = []
    if moves.unproven:
        code = "code_change_trusted" if known.trust_unverified else "code_change_unverified"
        params = {
            "column": label_,
            "count": f"{moves.unproven_codes:,}",
            "changes": ", ".join(moves.unproven),
        }
        found.append(Reason(code, params))
    if len(moves.split):
        shown = ", ".join(moves.split.slice(0, 5).to_pylist())
        found.append(
            Reason("code_split", {"column": label_, "count": f"{len(moves.split):,}", "codes": shown})
        )
    return found
