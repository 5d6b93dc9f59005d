"""Who lives out of reach of a facility, where, and which place would reach most of them? On foot, or in a straight line."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyproj

from madang.methods.coverage import Coverage, coverage, nearest
from madang.methods.next_sites import Pairs, next_sites, pairs_walking, pairs_within
from madang.methods.travel import Streets, streets, walking_nearest
from madang.results import Cell, Chart, Column, Finding, Layer, Origin, Result, Table, table_of
from madang.runs import Inputs, Range

MOTORWAYS = ("101", "102")  # nobody walks there
REACH_M = {"free-wifi": 100, "cctv": 50, "security-light": 50, "emergency-bell": 100}  # unless it is said
REACH_OF_OTHERS_M = 300  # five minutes on foot
MOST_NAMED = 1_000  # cells that a way back to rows can name one by one


def run(
    inputs: Inputs,
    *,
    reach_m: Annotated[int, Range(30, 3000)] | None = None,
    sites: Annotated[int, Range(1, 20)] = 5,
    way: Literal["walk", "straight"] = "walk",
) -> Result:
    facility = inputs["facilities"].parts[0]
    told_m, reach_m = reach_m, reach_m or REACH_M.get(facility.standard, REACH_OF_OTHERS_M)
    cells = inputs["people"].sql(
        f"SELECT source_row, population_persons, lon, lat, dong_code FROM rows {_once(inputs)} ORDER BY source_row"
    )
    twice = inputs["people"].sql("SELECT count(*) AS n FROM rows").column("n")[0].as_py() - cells.num_rows
    facilities = inputs["facilities"].sql(
        "SELECT source_row, lon, lat, dong_code FROM rows ORDER BY source_row"
    )
    east, north = _metres(cells)
    facility_east, facility_north = _metres(facilities)
    told = cells.column("population_persons").to_numpy(zero_copy_only=False).astype(float)
    people = np.nan_to_num(told)
    dongs, area = np.unique(
        cells.column("dong_code").fill_null("").to_numpy(zero_copy_only=False), return_inverse=True
    )

    on_foot = _streets(inputs) if way == "walk" else None
    metres = _ways(on_foot, np.column_stack([east, north]), np.column_stack([facility_east, facility_north]))
    found = coverage(metres, people, float(reach_m), area, areas=len(dongs))
    here = ~np.isnan(east)
    pairs = _pairs(on_foot, np.column_stack([east, north]), here, found.uncovered_cells, float(reach_m))
    following = next_sites(pairs, np.where(found.uncovered_cells, people, 0.0), sites)

    out = cells.column("source_row").to_numpy()[found.uncovered_cells].tolist()
    gap = (("source_row", "in", tuple(out)),) if 0 < len(out) <= MOST_NAMED else ()
    city = _city(
        found, int(np.isnan(told).sum()), int(np.isnan(facility_east).sum()), len(facility_east), gap
    )
    by_dong = _by_dong(found, dongs, inputs.area_names(), gap)
    places = _places(following, cells, np.flatnonzero(here), inputs.area_names())
    gaps = _gaps(cells, found, metres, told)
    there = _there(facilities, inputs.area_names())
    title = facility.title
    return Result(
        findings=_findings(title, reach_m, on_foot is not None, city, by_dong, places),
        tables=(city, by_dong, places, gaps, there),
        charts=(
            Chart(
                f"{title}에서 {reach_m} m 밖에 사는 주민", "dongs",
                {"mark": "bar", "encoding": {"y": {"field": "dong", "sort": "-x"}, "x": {"field": "uncovered"}}},
            ),
        ),
        layers=(
            Layer("닿지 않는 격자", "gaps", "points", "people"),
            Layer("다음 자리", "places", "points", "gain"),
            Layer(f"지금 있는 {title}", "there", "points"),
            Layer("동마다 닿지 않는 비율", "dongs", "areas", "share"),
        ),
        caveats=(
            *(() if told_m else (f"닿는 거리를 정하지 않아, {title}에 맞추어 {reach_m} m로 보았습니다.",)),
            _said(on_foot, way, metres, people),
            *((f"같은 격자를 두 번 적은 {twice:,}행은 앞의 것만 셌습니다.",) if twice else ()),
            "다섯 명이 안 되어 가려진 격자는 0명으로 셉니다. 한 칸에 많아야 네 명입니다.",
            "시 밖의 시설은 자료에 없습니다. 경계에 사는 주민은 더 가까운 시설이 있을 수 있습니다.",
        ),
        method="가장 가까운 시설까지 걷는 길의 거리(데이크스트라 1959), 길 자료가 없으면 직선거리입니다(EPSG:5179)."
        " 다음 자리는 남은 주민을 가장 많이 덮는 격자를 하나씩 고릅니다(Nemhauser 등 1978: 가장 좋은 조합의 63 % 이상).",
    )  # fmt: skip


def _once(inputs: Inputs) -> str:
    """Every cell of the grid once, where its rows say which they are."""
    if not inputs["people"].has("grid_code"):
        return ""
    return "QUALIFY row_number() OVER (PARTITION BY coalesce(grid_code, source_row::VARCHAR) ORDER BY population_persons IS NULL, source_row) = 1"


def _there(facilities: pa.Table, named: dict[str, str]) -> Table:
    placed = facilities.filter(pc.is_valid(facilities.column("lon")))
    code = pc.fill_null(placed.column("dong_code"), "").combine_chunks().dictionary_encode()
    names = [named.get(each, each) or "동을 알 수 없음" for each in code.dictionary.to_pylist()]
    rows = placed.append_column("dong", pa.array(names, pa.string()).take(code.indices))
    columns = [
        Column("dong", "행정동"), Column("lon", "경도", "number", digits=6), Column("lat", "위도", "number", digits=6),
        Column("source_row", "시설의 행", "integer"),
    ]  # fmt: skip
    return table_of(
        "there", "지금 있는 시설", rows, columns, [Origin("facilities", {"source_row": "source_row"})]
    )


def _metres(rows: pa.Table) -> tuple[Any, Any]:
    """lon, lat (EPSG:4326) as metres east and north (EPSG:5179); NaN where a row has no place."""
    change = pyproj.Transformer.from_crs(4326, 5179, always_xy=True)
    lon, lat = (rows.column(name).to_numpy(zero_copy_only=False).astype(float) for name in ("lon", "lat"))
    east, north = change.transform(lon, lat)
    known = np.isfinite(east) & np.isfinite(north)
    return np.where(known, east, np.nan), np.where(known, north, np.nan)


def _streets(inputs: Inputs) -> Streets | None:
    """The walking network, None where its lists were not chosen."""
    if "nodes" not in inputs or "links" not in inputs:
        return None
    nodes = inputs["nodes"].sql("SELECT node_id, lon, lat FROM rows WHERE lon IS NOT NULL ORDER BY node_id")
    links = inputs["links"].sql(
        f"SELECT from_node_id, to_node_id, length_m FROM rows WHERE coalesce(road_rank, '') NOT IN {MOTORWAYS}"
    )
    one, other, length = (links.column(name).to_numpy(zero_copy_only=False) for name in links.schema.names)
    names = nodes.column("node_id").to_numpy(zero_copy_only=False)
    return streets(names, np.column_stack(_metres(nodes)), one, other, length)


def _ways(on_foot: Streets | None, cells: Any, facilities: Any) -> Any:
    """(cells) metres to the nearest facility, inf where there is no way, NaN for a cell without a place."""
    if on_foot is None:
        return nearest(*cells.T, *facilities.T).metres
    known, placed = ~np.isnan(cells).any(axis=1), ~np.isnan(facilities).any(axis=1)
    metres = np.where(known, np.inf, np.nan)
    if known.any() and placed.any():
        metres[known] = walking_nearest(on_foot.network, cells[known], facilities[placed])[0]
    return metres


def _pairs(on_foot: Streets | None, cells: Any, here: Any, out: Any, reach_m: float) -> Pairs:
    """Cells and the sites (cells with a place) within reach of each other; on foot those out of reach alone."""
    if on_foot is None:
        (x, y), (site_x, site_y) = cells.T, cells[here].T
        return pairs_within(x, y, site_x, site_y, reach_m)
    rows = np.flatnonzero(out)
    found = pairs_walking(on_foot.network, cells[rows], cells[here], reach_m)
    return Pairs(rows[found.cell], found.facility, found.metres, len(cells), found.facilities)


def _said(on_foot: Streets | None, way: str, metres: Any, people: Any) -> str:
    if on_foot is None:
        wanted = "길 자료가 없어 " if way == "walk" else ""
        return f"{wanted}직선거리로 쟀습니다. 실제로 걷는 길은 이보다 길어, 닿지 않는 주민은 여기 적힌 수보다 많을 수 있습니다."
    without = round(float(people[np.isinf(metres)].sum()))
    cut = f" 길이 이어지지 않는 주민 {without:,}명은 닿지 않는다고 셉니다." if without else ""
    return f"걷는 길의 거리입니다. 집과 시설은 가장 가까운 길까지 직선으로 이었습니다. 계단과 언덕, 자료에 없는 골목은 보지 않습니다.{cut}"


def _city(found: Coverage, hidden: int, unplaced: int, facilities: int, gap: Any) -> Table:
    half, reach, more = found.uncovered
    row = {
        "people": round(found.people), "uncovered": round(reach),
        "share": round(100 * float(reach) / found.people, 1) if found.people else None,
        "uncovered_half": round(half), "uncovered_more": round(more), "facilities": facilities - unplaced,
        "unplaced": unplaced, "hidden": hidden,
    }  # fmt: skip
    columns = [
        Column("people", "주민", "integer", "명"), Column("uncovered", "닿지 않는 주민", "integer", "명"),
        Column("share", "닿지 않는 비율", "percent", digits=1),
        Column("uncovered_half", "거리를 절반으로 보면", "integer", "명"),
        Column("uncovered_more", "한 배 반으로 보면", "integer", "명"), Column("facilities", "시설", "integer", "곳"),
        Column("unplaced", "위치를 모르는 시설", "integer", "곳"), Column("hidden", "가려진 격자", "integer", "칸"),
    ]  # fmt: skip
    origins = [
        Origin("people", only=("people", "uncovered_half", "uncovered_more")),
        Origin("people", where=(("population_persons", "null", True),), only=("hidden",)),
        Origin("facilities", where=(("lon", "null", False),), only=("facilities",)),
        Origin("facilities", where=(("lon", "null", True),), only=("unplaced",)),
        Origin("people", where=gap, only=("uncovered", "share")),
    ]
    return table_of("city", "시 전체", [row], columns, origins)


def _by_dong(found: Coverage, dongs: Any, named: dict[str, str], gap: Any) -> Table:
    rows = [
        {
            "dong_code": str(dongs[n]) or None, "dong": named.get(str(dongs[n]), str(dongs[n])) or "동을 알 수 없음",
            "people": round(found.area_people[n]), "uncovered": round(found.area_uncovered[n, 1]),
            "share": round(100 * float(found.area_uncovered[n, 1]) / float(found.area_people[n]), 1)
            if found.area_people[n] else None,
        }
        for n in found.ranked
    ]  # fmt: skip
    columns = [
        Column("dong_code", "행정동코드", "code"), Column("dong", "행정동"), Column("people", "주민", "integer", "명"),
        Column("uncovered", "닿지 않는 주민", "integer", "명"), Column("share", "비율", "percent", digits=1),
    ]  # fmt: skip
    origins = [
        Origin("people", {"dong_code": "dong_code"}, only=("people",)),
        Origin("people", {"dong_code": "dong_code"}, gap, ("uncovered", "share")),
    ]
    return table_of("dongs", "동마다 닿지 않는 주민", rows, columns, origins)


def _places(following: Any, cells: pa.Table, at: Any, named: dict[str, str]) -> Table:
    chosen = cells.take(pa.array(at[following.site], pa.int64()))
    rows = [
        {**row, "place": n, "dong": named.get(row["dong_code"], row["dong_code"]), "gain": round(float(gain))}
        for n, (row, gain) in enumerate(zip(chosen.to_pylist(), following.gain, strict=True), 1)
    ]
    columns = [
        Column("place", "차례", "integer"), Column("dong", "행정동"), Column("gain", "새로 닿는 주민", "integer", "명"),
        Column("lon", "경도", "number", digits=6), Column("lat", "위도", "number", digits=6),
        Column("source_row", "격자의 행", "integer"),
    ]  # fmt: skip
    return table_of(
        "places",
        "다음 자리",
        rows,
        columns,
        [Origin("people", {"source_row": "source_row"}, only=("lon", "lat", "source_row"))],
    )


def _gaps(cells: pa.Table, found: Coverage, metres: Any, told: Any) -> Table:
    out = np.flatnonzero(found.uncovered_cells)
    rows = cells.take(pa.array(out, pa.int64())).select(["source_row", "lon", "lat", "dong_code"])
    rows = rows.append_column("people", pa.array(told[out].astype(np.int64)))
    far = np.where(np.isfinite(metres[out]), np.round(metres[out]), np.nan)
    rows = rows.append_column("metres", pa.array(far, from_pandas=True))
    columns = [
        Column("source_row", "격자의 행", "integer"), Column("lon", "경도", "number", digits=6),
        Column("lat", "위도", "number", digits=6), Column("dong_code", "행정동코드", "code"),
        Column("people", "주민", "integer", "명"), Column("metres", "가장 가까운 시설까지", "number", "m"),
    ]  # fmt: skip
    return table_of("gaps", "닿지 않는 격자", rows, columns, [Origin("people", {"source_row": "source_row"})])


def _findings(
    title: str, reach_m: int, on_foot: bool, city: Table, dongs: Table, places: Table
) -> tuple[Finding, ...]:
    how = "걸어서" if on_foot else "직선거리로"
    found = [
        Finding(
            f"{title}에서 {how} {reach_m} m 밖에 사는 주민은 {{people}} 가운데 {{uncovered}}({{share}})입니다.",
            {name: Cell("city", name) for name in ("people", "uncovered", "share")},
        )
    ]
    if dongs.rows.num_rows and dongs.value(0, "uncovered"):
        found.append(
            Finding(
                "가장 많은 동은 {dong}{으로}, {uncovered}{이} 닿지 않습니다.",
                {"dong": Cell("dongs", "dong"), "uncovered": Cell("dongs", "uncovered")},
            )
        )
    if places.rows.num_rows:
        found.append(
            Finding(
                "다음 한 곳은 {dong}에 두면 {gain}{이} 새로 닿습니다.",
                {"dong": Cell("places", "dong"), "gain": Cell("places", "gain")},
            )
        )
    return tuple(found)
