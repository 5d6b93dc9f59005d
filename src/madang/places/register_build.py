"""Composes the register of areas from deposited boundary layers and code lists; what cannot be told is counted and said."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from madang.messages import text
from madang.places.codes import Sido
from madang.places.locate import overlaps
from madang.places.names import squeeze
from madang.places.register import Areas, Register
from madang.places.register_bridge import Bridge, CodeList
from madang.places.register_columns import AreaLayer, Meaning, code_system, understand
from madang.places.sound import sound

__all__ = ["AreaLayer", "CodeList", "build_register"]

_WHOLE = 0.5  # a layer speaks for a 시도 if it has this share of the areas that another has there


@dataclass(frozen=True)
class _Area:
    """One area of one layer. `code`: 10 or 5 digits, None where it could not be told; `unit`: the 시도 it lies in."""

    code: str | None
    name: str
    shape: Any
    as_of: date | None
    source: str
    sgis: str | None
    unit: str


@dataclass(frozen=True)
class _Layer:
    """A layer that was understood. `bridged`: its codes came over names, not from the layer itself."""

    source: str
    as_of: date | None
    level: str
    bridged: bool
    areas: list[_Area]


def build_register(
    layers: Sequence[AreaLayer], lists: Sequence[CodeList], sidos: Iterable[Sido] = ()
) -> Register:
    """The register of 행정동 and 시군구 of all `layers`, named by `lists`; shapes in EPSG:4326.

    Columns are understood by their values. Shapes with codes of Statistics Korea only are bridged to 행정동 by `sidos`,
    the names of the dongs of a 시군구 as a whole, and the name of the dong; what finds no partner keeps its shape and
    no code. Each 시도 comes from one layer: one with codes of its own before a bridged one, then the newest. Notes of the
    register say, in Korean, which layer was left out and why, what was not bridged, and where layers overlap or part.
    """
    table, notes = tuple(sidos), list[str]()
    known = _known(layers, lists, table)
    bridge = Bridge([*lists, *_lists_of(layers, known, table)], table)
    understood = []
    for layer in layers:
        meaning = understand(layer, known, table)
        if meaning.level:
            understood.append(_layer(layer, meaning, bridge))
        else:
            notes.append(text(meaning.why, source=layer.source))
    dongs = _composed([layer for layer in understood if layer.level == "dong"], table, notes)
    sigungus = _sigungus(understood, dongs, bridge, table, notes)
    lost = sum(area.code is None for area in dongs)
    if lost:
        notes.append(text("register_not_bridged", count=lost, of=len(dongs)))
    notes += _seams(dongs)
    sources = {area.source for area in (*dongs, *sigungus)} | {each.source for each in lists}
    return Register(_areas(dongs), _areas(sigungus), tuple(sorted(sources)), tuple(notes))


def _known(layers: Sequence[AreaLayer], lists: Sequence[CodeList], sidos: tuple[Sido, ...]) -> pa.Array:
    """All 10-digit 행정동 codes that lists and layers hold."""
    none = pa.nulls(0, pa.string())
    codes = [each.codes.cast(pa.string()) for each in lists]
    for layer in layers:
        texts = [column.cast(pa.string()) for column in layer.columns.values()]
        codes += [column for column in texts if code_system(column, none, sidos) == "HJD"]
    return (
        pa.concat_arrays([_whole(column) for column in codes]).unique().drop_null() if codes else none_known()
    )


def none_known() -> pa.Array:
    """No codes."""
    return pa.nulls(0, pa.string())


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _lists_of(layers: Sequence[AreaLayer], known: pa.Array, sidos: tuple[Sido, ...]) -> list[CodeList]:
    """Layers with 행정동 codes are code lists too, newest first, asked after the deposited ones."""
    found = []
    for layer in sorted(layers, key=lambda layer: layer.as_of or date.min, reverse=True):
        meaning = understand(layer, known, sidos)
        if meaning.level == "dong" and meaning.hjd.null_count < len(meaning.hjd):
            full = pc.binary_join_element_wise(meaning.above, meaning.name, " ")
            found.append(CodeList(layer.source, meaning.hjd, pc.utf8_trim_whitespace(full)))
    return found


def _layer(layer: AreaLayer, meaning: Meaning, bridge: Bridge) -> _Layer:
    """The areas of a layer: one for each code, valid, with the best name known."""
    names, above = meaning.name.to_pylist(), meaning.above.to_pylist()
    codes, sgis = meaning.hjd.to_pylist(), meaning.sgis.to_pylist()
    bridged = meaning.hjd.null_count == len(meaning.hjd)
    if bridged and meaning.level == "dong":
        codes = bridge.dongs(sgis, names)
    shapes = polygonal(layer.geometry.to_pylist())
    areas: dict[tuple[str | None, str | None, str | None], list[int]] = defaultdict(list)
    for at in range(len(shapes)):
        key = (codes[at], None, None) if codes[at] else (None, sgis[at], names[at])
        areas[key].append(at)
    made = []
    for rows in areas.values():
        at = rows[0]
        shape = shapes[at] if len(rows) == 1 else _polygons(shapely.union_all(shapes[rows]))
        own = " ".join(f"{above[at] or ''} {names[at] or ''}".split())
        name = bridge.names.get(codes[at] or "", own) if meaning.level == "dong" else own
        unit = (sgis[at] or "")[:2] if codes[at] is None else codes[at][:2]
        made.append(_Area(codes[at], name, shape, layer.as_of, layer.source, sgis[at], unit))
    return _Layer(layer.source, layer.as_of, meaning.level, bridged, made)


def polygonal(geometry: Sequence[bytes | None] | NDArray[Any]) -> NDArray[Any]:
    """Shapely polygons of WKB or of any shapes, in two dimensions: repaired where invalid, None where there is no area."""
    held = np.empty(len(geometry), dtype=object)
    held[:] = list(geometry)
    shapes = held if _are_shapes(held) else shapely.from_wkb(held, on_invalid="ignore")
    shapes = sound(shapes)
    made = np.empty(len(held), dtype=object)
    made[:] = [_polygons(shape) for shape in shapely.force_2d(shapes)]
    return made


def _are_shapes(held: NDArray[Any]) -> bool:
    return any(isinstance(each, shapely.Geometry) for each in held)


def _polygons(shape: Any) -> Any:
    """Only what has an area; None for the rest."""
    if shape is None or shape.is_empty or shapely.get_type_id(shape) in (3, 6):
        return None if shape is None or shape.is_empty else shape
    parts = shapely.get_parts(shapely.get_parts(shape))
    faces = parts[shapely.get_type_id(parts) == 3]
    return shapely.union_all(faces) if len(faces) else None


def _units(unit: str, bridged: bool, sidos: tuple[Sido, ...]) -> frozenset[str]:
    """A 시도 as the digits of Statistics Korea, which stay while those of 행정안전부 change; 12 is both 24 and 36."""
    if bridged and any(sido.sgis == unit for sido in sidos):
        return frozenset([unit])
    named = [sido for sido in sidos if unit in (sido.mois, *sido.old) and sido.sgis]
    heirs = [sido for sido in sidos if sido.mois == unit and not sido.sgis]
    older = [sido for heir in heirs for sido in sidos if sido.mois in heir.old and sido.sgis]
    return frozenset(sido.sgis for sido in (*named, *older)) or frozenset([unit])


def _composed(layers: list[_Layer], sidos: tuple[Sido, ...], notes: list[str]) -> list[_Area]:
    """Each 시도 from one layer."""
    shares: dict[tuple[int, frozenset[str]], list[_Area]] = defaultdict(list)
    for at, layer in enumerate(layers):
        for area in layer.areas:
            shares[at, _units(area.unit, layer.bridged and area.code is None, sidos)].append(area)
    most: dict[frozenset[str], int] = defaultdict(int)
    for (_, units), areas in shares.items():
        most[units] = max(most[units], len(areas))

    def rank(key: tuple[int, frozenset[str]]) -> tuple[bool, bool, int]:
        layer = layers[key[0]]
        part = len(shares[key]) < _WHOLE * most[key[1]]
        return part, layer.bridged, -(layer.as_of or date.min).toordinal()

    taken: set[str] = set()
    chosen: list[_Area] = []
    left_out: dict[str, int] = defaultdict(int)
    for key in sorted(shares, key=rank):
        if taken & key[1]:
            left_out[layers[key[0]].source] += len(shares[key])
        else:
            chosen += shares[key]
            taken |= key[1]
    notes += [text("register_left_out", source=source, count=count) for source, count in left_out.items()]
    return chosen


def _sigungus(
    layers: list[_Layer], dongs: list[_Area], bridge: Bridge, sidos: tuple[Sido, ...], notes: list[str]
) -> list[_Area]:
    """시군구 of all dongs and lists, with the shapes of layers of 시군구."""
    names = _sigungu_names(bridge, dongs)
    counterpart = _sigungu_counterparts(layers)
    own = []
    for layer in layers:
        if layer.level == "sigungu":
            told = [
                (area.code or counterpart.get(area.sgis or "") or _by_name(area, names, bridge), area)
                for area in layer.areas
            ]
            areas = [
                replace(area, code=code, name=names.get(code, area.name), unit=code[:2])
                for code, area in told
                if code is not None and area.shape is not None
            ]
            own.append(replace(layer, areas=areas))
    chosen = _composed(own, sidos, notes)
    held = {area.code for area in chosen}
    inhabited = {area.code[:5] for area in dongs if area.code}
    rest = [
        _Area(code, name, None, None, "", None, code[:2])
        for code, name in names.items()
        if code in inhabited - held
    ]
    return chosen + rest


def _sigungu_counterparts(layers: list[_Layer]) -> dict[str, str]:
    """The 시군구 of 행정안전부 for five digits of Statistics Korea, as most of the dongs in it say."""
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for layer in layers:
        for area in layer.areas if layer.level == "dong" else ():
            if area.code and area.sgis:
                votes[area.sgis[:5]][area.code[:5]] += 1
    return {sgis: count.most_common(1)[0][0] for sgis, count in votes.items()}


def _sigungu_names(bridge: Bridge, dongs: list[_Area]) -> dict[str, str]:
    """Full names of 시군구 by their five digits, from lists and from what lies in them; 세종 is 시도 and 시군구 at once."""
    names: dict[str, str] = {}
    for code, name in [*bridge.names.items(), *((area.code or "", area.name) for area in dongs)]:
        words = name.split()
        if code[5:8] not in ("000", "") and len(words) > 1:
            names.setdefault(code[:5], " ".join(words[:-1]))
        elif code[2:5] not in ("000", ""):
            names.setdefault(code[:5], name)
    return names


def _by_name(area: _Area, names: dict[str, str], bridge: Bridge) -> str | None:
    """A 시군구 with a code of Statistics Korea, by its name within its 시도."""
    within = bridge.sido_prefixes((area.sgis or "")[:2])
    key = squeeze(area.name)
    found = [code for code, name in names.items() if code[:2] in within and squeeze(name).endswith(key)]
    current = [code for code in found if code[:2] == found[0][:2]] if found else []
    return current[0] if len(current) == 1 else None


def _seams(areas: list[_Area]) -> list[str]:
    """Where layers of different makers meet: how much they overlap."""
    shapes = np.array([area.shape for area in areas] + [None], dtype=object)[:-1]
    across = overlaps(shapes, np.array([area.source for area in areas]))
    if not len(across):
        return []
    common = shapely.intersection(shapes[across[:, 0]], shapes[across[:, 1]])
    square_km = float(shapely.area(common).sum()) * 111.32 * 111.32 * 0.8
    return [text("register_overlap", count=len(across), area=f"{square_km:.2f}")]


def _areas(areas: list[_Area]) -> Areas:
    shapes = shapely.to_wkb(np.array([area.shape for area in areas] + [None], dtype=object)).tolist()[:-1]
    return Areas.of(
        pa.table(
            {
                "code": pa.array([area.code for area in areas], pa.string()),
                "name": pa.array([area.name for area in areas], pa.string()),
                "shape": pa.array(shapes, pa.binary()),
                "valid_from": pa.array([area.as_of for area in areas], pa.date32()),
                "source": pa.array([area.source for area in areas], pa.string()),
                "sgis": pa.array([area.sgis for area in areas], pa.string()),
            }
        )
    )
