"""Where should so many more facilities go? Exact siting models over the candidate sites, what exists kept in place."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyproj

from madang.messages import MadangError
from madang.methods.siting import mclp, p_center, p_median
from madang.methods.siting_evidence import coverage_curve
from madang.methods.siting_result import Siting
from madang.methods.travel import Travel, network, straight, walking
from madang.results import Cell, Chart, Column, Finding, Layer, Origin, Result, Table, table_of
from madang.runs import Inputs, Range

MOTORWAYS = ("101", "102")  # nobody walks there
DETOUR = 1.3
SECONDS = 60.0


def run(
    inputs: Inputs,
    *,
    sites: Annotated[int, Range(1, 20)] = 3,
    goal: Literal["near", "cover", "farthest"] = "near",
    reach_m: Annotated[int, Range(100, 5000)] = 600,
    way: Literal["walk", "straight"] = "walk",
) -> Result:
    people = inputs["people"].sql(
        "SELECT source_row, population_persons, lon, lat, dong_code FROM rows"
        " WHERE population_persons > 0 AND lon IS NOT NULL ORDER BY source_row"
    )
    candidates = inputs["candidates"].sql(
        "SELECT source_row, site_number, land_name, lon, lat FROM rows WHERE lon IS NOT NULL ORDER BY source_row"
    )
    there = _existing(inputs)
    if sites > candidates.num_rows:
        raise MadangError(
            "run_range", parameter="새로 둘 곳", value=sites, low="1", high=str(candidates.num_rows)
        )
    weight = people.column("population_persons").to_numpy().astype(float)
    places = np.vstack([_metres(there), _metres(candidates)])
    travel = _travel(inputs, _metres(people), places, way)
    kept = np.arange(there.num_rows)
    asked: dict[str, Any] = {
        "existing": kept if len(kept) else None,
        "seconds": SECONDS,
        "progress": inputs.progress,
    }
    if goal == "cover":
        found = mclp(travel.distance_m, weight, float(reach_m), sites, **asked)
    else:
        found = (p_median if goal == "near" else p_center)(travel.distance_m, weight, sites, **asked)

    before = travel.distance_m[:, : len(kept)].min(axis=1, initial=np.inf)
    after = travel.distance_m[:, found.sites].min(axis=1, initial=np.inf)
    new = [int(site) for site in found.sites if site >= len(kept)]
    chosen = _chosen(found, new, len(kept), candidates, travel, weight, reach_m)
    change = _change(before, after, weight, reach_m, found, len(kept))
    served = _served(people, after)
    return Result(
        findings=_findings(goal, change, chosen, reach_m, len(kept)),
        tables=(change, chosen, _curve(travel, found, weight, reach_m), served),
        charts=(
            Chart(
                "{name}{이} 가장 많은 주민에게 가장 가까운 시설이 됩니다: {nearer}", "chosen",
                {"mark": "bar", "encoding": {"y": {"field": "name", "sort": "-x"}, "x": {"field": "nearer"}}},
                "고른 자리마다 막대 하나가 있고, 길수록 그 자리가 가장 가까운 시설이 되는 주민이 많습니다. 맨 위는 {name} {nearer}입니다.",
                {name: Cell("chosen", name, (chosen.extremes("nearer") or (0,))[0]) for name in ("name", "nearer")},
            ),
        ),
        layers=(Layer("고른 자리", "chosen", "points", "nearer"), Layer("주민의 거리", "served", "points", "metres")),
        caveats=(_said(travel, way), _proof(found), "주민은 사는 격자의 한가운데에 있다고 봅니다. 가려진 격자의 주민은 빠집니다."),
        method="p-중앙값(하키미 1964), 최대 포괄(처치·르벨 1974), p-중심(하키미 1964) 가운데 고른 것을 정수계획으로 풉니다.",
    )  # fmt: skip


def _existing(inputs: Inputs) -> pa.Table:
    if "existing" not in inputs:
        return pa.table({"lon": pa.array([], pa.float64()), "lat": pa.array([], pa.float64())})
    return inputs["existing"].sql("SELECT lon, lat FROM rows WHERE lon IS NOT NULL")


def _metres(rows: pa.Table) -> Any:
    """(rows, 2): lon and lat (EPSG:4326) as metres (EPSG:5179)."""
    change = pyproj.Transformer.from_crs(4326, 5179, always_xy=True)
    return np.column_stack(change.transform(rows.column("lon").to_numpy(), rows.column("lat").to_numpy()))


def _travel(inputs: Inputs, demand: Any, places: Any, way: str) -> Travel:
    if way == "straight" or "nodes" not in inputs or "links" not in inputs:
        return straight(demand, places, DETOUR)
    nodes = inputs["nodes"].sql("SELECT node_id, lon, lat FROM rows WHERE lon IS NOT NULL ORDER BY node_id")
    links = inputs["links"].sql(
        f"SELECT from_node_id AS a, to_node_id AS b, length_m FROM rows WHERE coalesce(road_rank, '') NOT IN {MOTORWAYS}"
    )
    number = {node: n for n, node in enumerate(nodes.column("node_id").to_pylist())}
    ends = np.array(
        [[number.get(node, -1) for node in links.column(name).to_pylist()] for name in ("a", "b")]
    ).T
    known = (ends >= 0).all(axis=1)
    points = _metres(nodes)
    line = np.hypot(*(points[ends[:, 0]] - points[ends[:, 1]]).T)
    told = links.column("length_m").to_numpy(zero_copy_only=False).astype(float)
    length = np.where(told > 0, told, line)  # a length of 0 or less is a fault of the list
    return walking(network(points, ends[known], length[known]), demand, places, progress=inputs.progress)


def _mean(metres: Any, weight: Any) -> float | None:
    known = np.isfinite(metres)
    return round(float(np.average(metres[known], weights=weight[known])), 1) if known.any() else None


def _state(name: str, metres: Any, weight: Any, reach_m: int) -> dict[str, Any]:
    known = np.isfinite(metres)
    within = round(float(weight[metres <= reach_m].sum()))
    return {
        "when": name, "within": within, "share": round(100 * within / float(weight.sum()), 1), "mean": _mean(metres, weight),
        "farthest": round(float(metres[known].max())) if known.any() else None,
        "without": round(float(weight[~known].sum())),
    }  # fmt: skip


def _change(before: Any, after: Any, weight: Any, reach_m: int, found: Siting, existing: int) -> Table:
    rows = [
        _state("지금" if existing else "시설이 없는 지금", before, weight, reach_m),
        _state("새로 둔 뒤", after, weight, reach_m),
    ]
    columns = [
        Column("when", "언제"), Column("within", f"{reach_m} m 안의 주민", "integer", "명"),
        Column("share", "비율", "percent", digits=1), Column("mean", "평균 거리", "number", "m"),
        Column("farthest", "가장 먼 거리", "number", "m"), Column("without", "길이 없는 주민", "integer", "명"),
    ]  # fmt: skip
    return table_of("change", "무엇이 바뀝니까", rows, columns, [Origin("people")])


def _chosen(
    found: Siting,
    new: list[int],
    existing: int,
    candidates: pa.Table,
    travel: Travel,
    weight: Any,
    reach_m: int,
) -> Table:
    metres = travel.distance_m
    rows = []
    for place, site in enumerate(new, 1):
        others = [int(each) for each in found.sites if each != site]
        rest = metres[:, others].min(axis=1, initial=np.inf)
        row = candidates.slice(site - existing, 1).to_pylist()[0]
        nearer = metres[:, site] < rest
        rows.append(
            {
                **row, "place": place, "name": row["land_name"] or row["site_number"],
                "nearer": round(float(weight[nearer].sum())),
                "added": round(float(weight[(metres[:, site] <= reach_m) & (rest > reach_m)].sum())),
            }
        )  # fmt: skip
    columns = [
        Column("place", "차례", "integer"), Column("name", "후보지"), Column("site_number", "번호", "code"),
        Column("nearer", "가장 가까운 시설이 되는 주민", "integer", "명"),
        Column("added", "이 자리만 닿는 주민", "integer", "명"),
        Column("lon", "경도", "number", digits=6), Column("lat", "위도", "number", digits=6),
        Column("source_row", "후보지의 행", "integer"),
    ]  # fmt: skip
    return table_of(
        "chosen", "고른 자리", rows, columns, [Origin("candidates", {"source_row": "source_row"})]
    )


def _curve(travel: Travel, found: Siting, weight: Any, reach_m: int) -> Table:
    curve = coverage_curve(travel.distance_m, weight, found.sites, float(reach_m))
    rows = [
        {"sites": n, "share": round(100 * float(covered), 1), "mean": round(float(mean), 1)}
        for n, (covered, mean) in enumerate(zip(curve.covered, curve.mean_distance, strict=True), 1)
    ]
    columns = [
        Column("sites", "시설", "integer", "곳"), Column("share", f"{reach_m} m 안의 주민", "percent", digits=1),
        Column("mean", "평균 거리", "number", "m"),
    ]  # fmt: skip
    return table_of("curve", "하나씩 둘 때 (이미 있는 것부터)", rows, columns, [Origin("people")])


def _served(people: pa.Table, after: Any) -> Table:
    metres = pa.array(np.where(np.isfinite(after), np.round(after.astype(float)), np.nan), from_pandas=True)
    rows = people.append_column("metres", metres)
    columns = [
        Column("source_row", "격자의 행", "integer"), Column("population_persons", "주민", "integer", "명"),
        Column("lon", "경도", "number", digits=6), Column("lat", "위도", "number", digits=6),
        Column("dong_code", "행정동코드", "code"), Column("metres", "시설까지", "number", "m"),
    ]  # fmt: skip
    return table_of("served", "격자마다", rows, columns, [Origin("people", {"source_row": "source_row"})])


def _said(travel: Travel, way: str) -> str:
    if travel.kind == "network":
        return "걷는 길의 거리입니다. 길에서 집까지는 직선으로 더했습니다. 계단과 언덕은 보지 않습니다."
    wanted = "길 자료가 없어 " if way == "walk" else ""
    return f"{wanted}직선거리에 {DETOUR}을 곱한 값입니다. 강이나 철길을 건너는 길은 이보다 깁니다."


def _proof(found: Siting) -> str:
    if found.proven:
        return "이보다 나은 조합이 없음을 증명했습니다."
    return f"시간 안에 증명하지 못했습니다. 가장 좋은 조합은 이보다 많아야 {found.gap:.1%} 낫습니다."


def _findings(goal: str, change: Table, chosen: Table, reach_m: int, existing: int) -> tuple[Finding, ...]:
    names = [f"{{site{n}}}" for n in range(chosen.rows.num_rows)]
    cells = {f"site{n}": Cell("chosen", "name", n) for n in range(chosen.rows.num_rows)}
    first = Finding(f"가장 좋은 자리는 {', '.join(names)}입니다.", cells)
    kept = f" (이미 있는 {existing:,}곳에 더해)" if existing else ""
    told = {
        "share": Cell("change", "share", 1),
        "mean": Cell("change", "mean", 1),
        "farthest": Cell("change", "farthest", 1),
    }
    if existing:
        told["before"] = Cell("change", {"near": "mean", "cover": "share", "farthest": "farthest"}[goal], 0)
        was = " 지금은 {before}입니다."
    else:
        was = ""
    second = {
        "near": f"그러면 주민의 평균 거리는 {{mean}}가 됩니다{kept}.",
        "cover": f"그러면 {reach_m} m 안에 사는 주민은 {{share}}가 됩니다{kept}.",
        "farthest": f"그러면 가장 먼 주민도 {{farthest}} 안에 있습니다{kept}.",
    }[goal]
    return first, Finding(second + was, told)
