"""Who lives out of reach of a facility, where, and which place would reach most of them? Straight distances from grid cells."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyproj

from madang.methods.coverage import Coverage, coverage, nearest
from madang.methods.next_sites import next_sites, pairs_within
from madang.results import Cell, Chart, Column, Finding, Layer, Origin, Result, Table, table_of
from madang.runs import Inputs, Range

MOST_NAMED = 1_000  # cells that a way back to rows can name one by one


def run(
    inputs: Inputs,
    *,
    reach_m: Annotated[int, Range(30, 3000)] = 300,
    sites: Annotated[int, Range(1, 20)] = 5,
) -> Result:
    cells = inputs["people"].sql(
        "SELECT source_row, population_persons, lon, lat, dong_code FROM rows ORDER BY source_row"
    )
    facilities = inputs["facilities"].sql("SELECT lon, lat FROM rows")
    east, north = _metres(cells)
    facility_east, facility_north = _metres(facilities)
    told = cells.column("population_persons").to_numpy(zero_copy_only=False).astype(float)
    people = np.nan_to_num(told)
    dongs, area = np.unique(
        cells.column("dong_code").fill_null("").to_numpy(zero_copy_only=False), return_inverse=True
    )

    near = nearest(east, north, facility_east, facility_north)
    found = coverage(near.metres, people, float(reach_m), area, areas=len(dongs))
    here = ~np.isnan(east)
    pairs = pairs_within(east, north, east[here], north[here], float(reach_m))
    following = next_sites(pairs, np.where(found.uncovered_cells, people, 0.0), sites)

    out = cells.column("source_row").to_numpy()[found.uncovered_cells].tolist()
    gap = (("source_row", "in", tuple(out)),) if 0 < len(out) <= MOST_NAMED else ()
    city = _city(
        found, int(np.isnan(told).sum()), int(np.isnan(facility_east).sum()), len(facility_east), gap
    )
    by_dong = _by_dong(found, dongs, _areas(inputs), gap)
    places = _places(following, cells, np.flatnonzero(here), _areas(inputs))
    gaps = _gaps(cells, found, near.metres, told)
    title = inputs["facilities"].parts[0].title
    return Result(
        findings=_findings(title, reach_m, city, by_dong, places),
        tables=(city, by_dong, places, gaps),
        charts=(
            Chart(
                f"{title}에서 {reach_m} m 밖에 사는 주민", "dongs",
                {"mark": "bar", "encoding": {"y": {"field": "dong", "sort": "-x"}, "x": {"field": "uncovered"}}},
            ),
        ),
        layers=(
            Layer("닿지 않는 격자", "gaps", "points", "people"),
            Layer("다음 자리", "places", "points", "gain"),
            Layer("동마다 닿지 않는 비율", "dongs", "areas", "share"),
        ),
        caveats=(
            "직선거리입니다. 실제로 걷는 길은 이보다 길어, 닿지 않는 주민은 여기 적힌 수보다 많을 수 있습니다.",
            "다섯 명이 안 되어 가려진 격자는 0명으로 셉니다. 한 칸에 많아야 네 명입니다.",
            "시 밖의 시설은 자료에 없습니다. 경계에 사는 주민은 더 가까운 시설이 있을 수 있습니다.",
        ),
        method="가장 가까운 시설까지의 직선거리(EPSG:5179). 다음 자리는 남은 주민을 가장 많이 덮는 격자를 하나씩 고릅니다(Nemhauser 등 1978: 가장 좋은 조합의 63 % 이상).",
    )  # fmt: skip


def _metres(rows: pa.Table) -> tuple[Any, Any]:
    """lon, lat (EPSG:4326) as metres east and north (EPSG:5179); NaN where a row has no place."""
    change = pyproj.Transformer.from_crs(4326, 5179, always_xy=True)
    lon, lat = (rows.column(name).to_numpy(zero_copy_only=False).astype(float) for name in ("lon", "lat"))
    east, north = change.transform(lon, lat)
    known = np.isfinite(east) & np.isfinite(north)
    return np.where(known, east, np.nan), np.where(known, north, np.nan)


def _areas(inputs: Inputs) -> dict[str, str]:
    if "areas" not in inputs:
        return {}
    rows = inputs["areas"].arrow("hjd_code", "area_name")
    names = [str(name).split()[-1] for name in rows.column("area_name").to_pylist()]
    return dict(zip(rows.column("hjd_code").to_pylist(), names, strict=True))


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


def _findings(title: str, reach_m: int, city: Table, dongs: Table, places: Table) -> tuple[Finding, ...]:
    found = [
        Finding(
            f"{title}에서 {reach_m} m 밖에 사는 주민은 {{people}} 가운데 {{uncovered}}({{share}})입니다.",
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
