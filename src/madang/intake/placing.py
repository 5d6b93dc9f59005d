"""Decides how the rows of a table find their places: which columns, which systems of codes and of coordinates."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from madang.declarations.standard import Standard
from madang.intake.conform_plan import Plan, Source
from madang.intake.place_arrays import FORMS, Floats
from madang.intake.place_claims import Placing, claims_of
from madang.intake.place_columns import Pair, place_columns
from madang.intake.placing_witness import LOOKED_AT, Witness, code_systems
from madang.intake.problems import ProblemSink
from madang.intake.raw import Evidence, Layer, Override, RawTable
from madang.intake.receipt import Reason
from madang.intake.registers_known import Known
from madang.intake.values_cells import tidy
from madang.intake.values_evidence import Sample
from madang.intake.values_shapes import parsed
from madang.messages import text
from madang.places.coordinates import KOREA, read_degrees
from madang.places.crs import CANDIDATES, WGS84, is_known, label, normal, to_lonlat
from madang.places.crs_evidence import CrsVerdict, decide_points
from madang.places.crs_layers import decide_layer
from madang.places.crs_verdict import distance_m
from madang.places.sound import CORNERS

_MOST_BYTES = 200_000_000  # of shapes in memory to decide on a layer
_OFF_M = 5.0  # a declared system that is so far off is told
_OFF_TOLD_M = 20.0  # and one that a person named
_NEARLY_ALL = 0.9
_APART_M, _ELSEWHERE_M = 30.0, 50_000.0  # between these, two pairs of coordinates are said to disagree
_FEWEST = 5  # rows that have both
# headers of where something begins and where it ends: two places, not one that was written twice; of Latin letters
# whole words, beside which others, digits and the next word of startLat may stand
_BEGINS = re.compile(r"시작|시점|기점|출발|(?<![a-z])(?:start|begin)(?![a-z])")
_ENDS = re.compile(r"종료|종점|도착|(?<![a-z])end(?![a-z])")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Decision:
    """A placing with what it rests on: evidence for the receipt, what a person should know or be asked."""

    placing: Placing
    verdict: CrsVerdict | None = None
    evidence: tuple[Evidence, ...] = ()
    reasons: tuple[Reason, ...] = ()
    names: tuple[str, ...] = ()  # of the columns, by place in the plan

    def without_register(self) -> Decision:
        """The same coordinates, but no area is looked up for them."""
        reasons = tuple(reason for reason in self.reasons if reason.code != "no_register")
        return replace(self, placing=replace(self.placing, known=None), reasons=reasons)

    def list(self, problems: ProblemSink) -> None:
        """The reasons as problems of the whole table."""
        for reason in self.reasons:
            if reason.code != "no_register":
                problems.add(
                    reason.code, severity="warning", detail=json.dumps(reason.params, ensure_ascii=False)
                )

    def to_json(self) -> dict[str, Any]:
        """What facts.json keeps of it."""
        verdict, placing = self.verdict, self.placing
        return {
            "crs": placing.crs,
            "exchanged": placing.exchanged,
            "pair": [self.names[place] for place in placing.pair.sources] if placing.pair else None,
            "codes": {self.names[place]: system for place, system in placing.systems.items()},
            "register": placing.known.version if placing.known else None,
            "systems": {str(place): system for place, system in placing.systems.items()},
            "scores": [list(score) for score in verdict.scores[:8]] if verdict else [],
            "declared": verdict.declared if verdict else None,
            "declared_off_m": verdict.declared_off_m if verdict else None,
        }


def decide(
    plan: Plan,
    standard: Standard | None,
    table: RawTable,
    seen: Sample,
    con: duckdb.DuckDBPyConnection,
    register: Callable[[bool], Known | None],
    override: Override,
    *,
    feeding: bool = False,
) -> Decision | None:
    """How the rows of a planned table find their places; None where nothing in it says where they are.

    `register` gives the register of areas; it is asked only where there is something to be placed, and told whether
    one of a little earlier will do: for a table that is `feeding` it, in what looks like degrees.
    """
    columns = place_columns(plan, standard)
    shapes = _shapes(plan, table.layer)
    if not columns and shapes is None:
        return None
    witness = Witness.of(plan, seen, con)
    looked = _looked_at(table, table.layer, plan) if shapes is not None and table.layer else None
    known = register(feeding and looked is not None and _degrees(looked[1]))
    systems, evidence, changes = code_systems(columns, witness, known)
    read = frozenset(place for place, source in enumerate(plan.sources) if source.reading.extract)
    placing = Placing(columns, known, layer=shapes, systems=systems, read=read)
    if looked is not None and table.layer is not None:
        decision = _of_layer(placing, table.layer, *looked, override)
    else:
        decision = of_pairs(placing, witness, standard, override.crs)
    reasons = () if known else (Reason("no_register"),)
    return replace(
        decision,
        evidence=(*evidence, *decision.evidence),
        reasons=(*decision.reasons, *changes, *reasons),
        names=tuple(source.column.name for source in plan.sources),
    )


def in_degrees(plan: Plan, decision: Decision) -> Plan:
    """The plan, its shapes read in the coordinate system that was decided."""
    place = decision.placing.layer
    if place is None:
        return plan
    sources = list(plan.sources)
    crs = decision.placing.crs
    read = replace(sources[place].reading, crs=None if crs == WGS84 else crs)
    sources[place] = replace(sources[place], reading=read)
    return replace(plan, sources=tuple(sources))


def _shapes(plan: Plan, layer: Layer | None) -> int | None:
    if layer is None:
        return None
    return next((i for i, source in enumerate(plan.sources) if source.index == layer.column), None)


def _of_layer(
    placing: Placing, layer: Layer, texts: Mapping[int, pa.Array], shapes: Any, override: Override
) -> Decision:
    """The system of a layer: as a person says, by the areas its shapes claim, else as the file declares."""
    if placing.known is None:
        if override.crs:
            return _by_person(placing, override.crs)
        return _without_register(placing, layer.declared, *_corners(shapes))
    expected = _claimed(replace(placing, layer=None), texts, len(shapes))
    if override.crs:
        told = decide_layer(shapes, expected, placing.known.register, normal(override.crs))
        return _by_person(placing, override.crs, told)
    verdict = decide_layer(shapes, expected, placing.known.register, layer.declared)
    return _decided(placing, verdict)


def _degrees(shapes: Any) -> bool:
    """Whether shapes lie in Korea, read as degrees."""
    west, south, east, north = KOREA
    bounds = shapely.total_bounds(shapes)
    return bool(bounds[0] >= west and bounds[1] >= south and bounds[2] <= east and bounds[3] <= north)


def of_pairs(placing: Placing, witness: Witness, standard: Standard | None, crs: str | None) -> Decision:
    """The pair of coordinates that is used: the first whose system is decided, degrees before metres. `crs`: as a
    person said."""
    pairs = [pair for pair in placing.columns.pairs if not pair.written or _reads(pair, witness)]
    if not pairs:
        return Decision(placing)
    expected = _claimed(placing, witness.texts, witness.rows) if placing.known else None
    decisions: list[tuple[Pair, CrsVerdict]] = []
    for pair in pairs:
        x, y = witness.axes(pair)
        declared = WGS84 if pair.degrees else _declared(standard, witness.plan.sources[pair.x])
        if crs and (not pair.degrees or len(pairs) == 1):
            known = placing.known
            found = decide_points(x, y, expected, known.register, normal(crs)) if known else None
            return _by_person(replace(placing, pair=pair), crs, found)
        if placing.known is None:
            alone = _without_register(replace(placing, pair=pair), declared, x, y)
            if alone.placing.crs or pair is pairs[-1]:
                return _told(alone, pair, witness)
            continue
        decisions.append((pair, decide_points(x, y, expected, placing.known.register, declared)))
    pair, verdict = next((each for each in decisions if each[1].crs), decisions[0])
    decided = _told(_decided(replace(placing, pair=pair), verdict), pair, witness)
    others = [each for each in decisions if each[0] is not pair]
    disagreeing = tuple(reason for other in others for reason in _apart(decided, *other, witness))
    return replace(decided, reasons=(*decided.reasons, *disagreeing))


def _reads(pair: Pair, witness: Witness) -> bool:
    """Whether nearly all cells of two text columns are degrees, and not just numbers."""
    for place in (pair.x, pair.y):
        kinds = read_degrees(witness.texts[place]).kind.drop_null()
        forms = pc.is_in(kinds, value_set=pa.array(FORMS))
        good = pc.sum(pc.or_(forms, pc.equal(kinds, "decimal"))).as_py() or 0
        if not len(kinds) or good < _NEARLY_ALL * len(kinds) or not pc.any(forms).as_py():
            return False
    return True


def _told(decision: Decision, pair: Pair, witness: Witness) -> Decision:
    """With the evidence that the form of the file are degrees, minutes and seconds, where they are."""
    if not (pair.written or pair.parts):
        return decision
    x, y = witness.axes(pair)
    hits = int((np.isfinite(x) & np.isfinite(y)).sum())
    code = "degrees_in_parts" if pair.parts else "degrees_as_text"
    because = text(code, hits=f"{hits:,}", of=f"{witness.rows:,}")
    evidence = Evidence("degrees", text("degrees_form"), because, round(hits / max(witness.rows, 1), 3))
    return replace(decision, evidence=(evidence, *decision.evidence))


def two_ends(one: str, other: str) -> bool:
    """Whether of two headers one says where something begins and the other where it ends."""
    parts = [_HUMP.sub(" ", each).casefold() for each in (one, other)]
    return any(_BEGINS.search(a) and _ENDS.search(b) for a, b in (parts, parts[::-1]))


def _apart(decided: Decision, pair: Pair, verdict: CrsVerdict, witness: Witness) -> list[Reason]:
    """How far the places of another pair of coordinates lie from those of the pair that is used."""
    used, plan = decided.placing, witness.plan
    if used.pair is None or used.crs is None:
        return []
    labels = [plan.sources[place].column.label for each in (pair, used.pair) for place in (each.x, each.y)]
    if two_ends(labels[0], labels[2]):
        return []
    lon, lat = _lonlat(*witness.axes(used.pair), used.crs, used.exchanged)
    x, y = witness.axes(pair)
    if verdict.crs:
        ways = [(verdict.crs, verdict.exchanged)]
    else:
        ways = [(each.crs, turned) for each in CANDIDATES if not each.rare for turned in (False, True)]
    west, south, east, north = KOREA
    both = np.isfinite(lon) & np.isfinite(x) & np.isfinite(y) & (x != 0) & (y != 0)
    both &= (lon > west) & (lon < east) & (lat > south) & (lat < north)
    if both.sum() < _FEWEST:
        return []
    metres, crs = min(
        (distance_m(lon[both], lat[both], *_lonlat(x[both], y[both], crs, turned)), crs)
        for crs, turned in ways
    )
    if not _APART_M < metres < _ELSEWHERE_M:
        return []
    params = {
        "other": f"{labels[0]}·{labels[1]}",
        "used": f"{labels[2]}·{labels[3]}",
        "crs": label(crs),
        "metres": f"{metres:,.0f}",
    }
    return [Reason("pairs_disagree", params)]


def _lonlat(x: Floats, y: Floats, crs: str, exchanged: bool) -> tuple[Floats, Floats]:
    return to_lonlat(y, x, crs) if exchanged else to_lonlat(x, y, crs)


def _declared(standard: Standard | None, source: Source) -> str | None:
    """What the standard says of its easting, or the header: "좌표정보x(epsg5174)"."""
    digits = "".join(c for c in source.column.label.casefold().partition("epsg")[2] if c.isdigit())
    if len(digits) in (4, 5):
        return f"EPSG:{digits}"
    return standard.crs if standard else None


def _looked_at(table: RawTable, layer: Layer, plan: Plan) -> tuple[dict[int, pa.Array], Any]:
    """The first rows of a layer, as many as are looked at: texts by place in the plan, and shapes (the sample has none)."""
    places = {
        place: source.index for place, source in enumerate(plan.sources) if source.index != layer.column
    }
    cells: dict[int, list[pa.Array]] = {place: [] for place in places}
    shapes: list[Any] = []
    size = 0
    for batch in table.batches():
        batch = batch.slice(0, LOOKED_AT - len(shapes))
        shapes += batch.column(layer.column + 1).to_pylist()
        size += batch.nbytes
        for place, index in places.items():
            cells[place].append(tidy(batch.column(index + 1)))
        if len(shapes) >= LOOKED_AT or size > _MOST_BYTES:
            break
    texts = {place: pa.concat_arrays(pieces) for place, pieces in cells.items() if pieces}
    found = parsed(pa.array([shape or None for shape in shapes], pa.string()))
    many = shapely.get_num_coordinates(found) > CORNERS
    found[many] = shapely.box(*shapely.bounds(found[many]).T)  # enough to tell degrees from metres
    return texts, found


def _claimed(placing: Placing, texts: Mapping[int, pa.Array], rows: int) -> pa.Array:
    """The area that each row names by codes, names or address: 10 or 5 digits, null where none."""
    claims = claims_of(placing, texts, rows)
    dong = pa.array(claims.dong, mask=claims.dong == 0).cast(pa.string())
    area = pa.array(claims.sigungu, mask=claims.sigungu == 0).cast(pa.string())
    return pc.coalesce(dong, area)


def _decided(placing: Placing, verdict: CrsVerdict) -> Decision:
    crs = verdict.crs
    evidence = Evidence("crs", label(crs) if crs else "", verdict.because, verdict.confidence)
    reasons: list[Reason] = []
    if crs is None:
        systems = ", ".join(label(each) for each in verdict.candidates)
        params = {"because": verdict.because, "systems": systems}
        reasons.append(Reason("crs_asked" if systems else "crs_abroad", params))
    elif verdict.declared_off_m is not None and verdict.declared_off_m > _OFF_M and verdict.declared:
        params = {
            "declared": label(normal(verdict.declared)),
            "metres": f"{verdict.declared_off_m:,.0f}",
            "crs": label(crs),
        }
        reasons.append(Reason("crs_declared_off", params))
    placed = replace(placing, crs=crs, exchanged=verdict.exchanged)
    return Decision(placed, verdict, (evidence,), tuple(reasons))


def _by_person(placing: Placing, crs: str, verdict: CrsVerdict | None = None) -> Decision:
    """The system that a person says; where the rows say another one (`verdict`) that is told, and not changed."""
    named = normal(crs)
    evidence = Evidence("crs", label(named), text("because_person"), 1.0)
    told = replace(placing, crs=named)
    if verdict is None or verdict.crs is None:
        return Decision(told, None, (evidence,))
    if verdict.crs == named:
        return Decision(replace(told, exchanged=verdict.exchanged), verdict, (evidence,))
    off = verdict.declared_off_m
    if off is not None and off <= _OFF_TOLD_M:
        return Decision(told, verdict, (evidence,))
    metres = "-" if off is None else f"{off:,.0f}"
    params = {"told": label(named), "crs": label(verdict.crs), "system": verdict.crs, "metres": metres}
    reason = Reason("crs_told_off", {**params, "because": verdict.because})
    return Decision(told, verdict, (evidence,), (reason,))


def _without_register(placing: Placing, declared: str | None, x: Floats, y: Floats) -> Decision:
    """Degrees of Korea can be told from anything else, and degrees from metres; metres need a register, or somebody's
    word."""
    declared = declared if declared and is_known(declared) else None
    west, south, east, north = KOREA
    there = np.isfinite(x) & np.isfinite(y) & (x != 0) & (y != 0)
    inside = there & (x >= west) & (x <= east) & (y >= south) & (y <= north)
    if there.sum() and inside.sum() >= _NEARLY_ALL * there.sum():
        because = text("crs_by_range", hits=f"{int(inside.sum()):,}", of=f"{int(there.sum()):,}")
        return Decision(replace(placing, crs=WGS84), None, (Evidence("crs", label(WGS84), because, 0.9),))
    round_the_world = there & (np.abs(x) <= 180) & (np.abs(y) <= 90)
    if declared and (normal(declared) != WGS84 or (there.any() and round_the_world.sum() == there.sum())):
        because = text("crs_unproven", crs=label(normal(declared)))
        evidence = Evidence("crs", label(normal(declared)), because, 0.5)
        return Decision(replace(placing, crs=normal(declared)), None, (evidence,))
    return Decision(placing, None, (), (Reason("crs_needs_register"),) if there.any() else ())


def _corners(shapes: Any) -> tuple[Floats, Floats]:
    """A vertex of each shape."""
    bounds = shapely.bounds(shapes)
    return bounds[:, 0], bounds[:, 1]
