"""Where should so many more facilities go? Exact siting models over the candidate sites, what exists kept in place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyproj

from madang.messages import MadangError
from madang.methods.siting import EquityFloor
from madang.methods.siting_asked import Asked
from madang.methods.siting_evidence import coverage_curve, varied_weights
from madang.methods.siting_result import Model, Siting
from madang.methods.siting_sensitivity import Stability, stability
from madang.methods.travel import DETOUR, Travel, straight, streets, walking
from madang.results import Cell, Chart, Column, Finding, Layer, Origin, Result, Table, table_of
from madang.runs import Inputs, Range

MOTORWAYS = ("101", "102")  # nobody walks there
SECONDS, AGAIN = 60.0, 45.0  # for the choice; for asking again under all changed conditions together
ROOM = 1.3  # what a site serves at most unless said: so many times its even share
UNSURE, RUNS = 0.2, 4  # how far the number of people may be off, and how often that is tried
OFF_M = 500.0  # who lives farther from any street has no way
Goal = Literal["near", "cover", "farthest", "all", "room"]
MODELS: dict[Goal, Model] = {
    "near": "p_median", "cover": "mclp", "farthest": "p_center", "all": "lscp", "room": "capacitated_p_median",
}  # fmt: skip


def run(
    inputs: Inputs,
    *,
    sites: Annotated[int, Range(1, 20)] = 3,
    goal: Goal = "near",
    reach_m: Annotated[int, Range(100, 5000)] = 600,
    way: Literal["walk", "straight"] = "walk",
    least_share: Annotated[int, Range(0, 100)] = 0,
    capacity: Annotated[int, Range(1, 999_999)] | None = None,
) -> Result:
    people = inputs["people"].sql(
        f"SELECT source_row, population_persons, {_old(inputs)} AS old, lon, lat, dong_code FROM rows"
        f" WHERE population_persons > 0 AND lon IS NOT NULL {_once(inputs)} ORDER BY source_row"
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
    floor = _floor(inputs, people, travel, weight, least_share, float(reach_m))
    room = float(capacity or np.ceil(ROOM * weight.sum() / (sites + len(kept))))
    asked = Asked(MODELS[goal], travel.distance_m, weight, sites, float(reach_m), kept, floor, room)
    found = asked.answer(SECONDS, progress=inputs.progress)
    new = [int(site) for site in found.sites if site >= len(kept)]
    lines = None if travel.kind == "straight" else straight(_metres(people), places).distance_m
    firm = stability(
        new,
        _conditions(asked, lines, people.column("old"), candidates.num_rows, inputs.seed),
        AGAIN,
        inputs.progress,
    )

    before = travel.distance_m[:, : len(kept)].min(axis=1, initial=np.inf)
    after = (
        found.distance if goal == "room" else travel.distance_m[:, found.sites].min(axis=1, initial=np.inf)
    )
    chosen = _chosen(found, new, len(kept), candidates, travel, weight, reach_m, firm)
    change = _change(before, after, weight, reach_m, len(kept))
    measured = _measured(travel, len(kept), found)
    return Result(
        findings=_findings(asked, travel, change, chosen, _counted(inputs, len(kept)), firm),
        tables=(
            change, chosen, _again(firm, new, len(kept)), _curve(travel, found, weight, reach_m), measured,
            *([_there(there, inputs.area_names())] if there.num_rows else []), _served(people, after),
        ),
        charts=(
            Chart(
                "자리마다 새로 가까워지는 주민", "chosen",
                {"mark": "bar", "encoding": {"y": {"field": "name", "sort": "-x"}, "x": {"field": "nearer"}}},
            ),
        ),
        layers=(
            Layer("고른 자리", "chosen", "points", "nearer"),
            *([Layer("이미 있는 시설", "there", "points")] if there.num_rows else []),
            Layer("주민의 거리", "served", "points", "metres"),
        ),
        caveats=(
            _said(travel, way), _proof(found, goal), *_left_out(asked, found, travel),
            *_twice(inputs),
            "주민은 사는 격자의 한가운데에 있다고 봅니다. 가려진 격자의 주민은 빠집니다.",
        ),
        method="p-중앙값(하키미 1964), 최대 포괄(처치·르벨 1974), p-중심(하키미 1964), 집합 포괄(토레가스 등 1971), 정원이 있는"
        " p-중앙값(멀비·벡 1984) 가운데 고른 것을 정수계획으로 풉니다. 그 뒤에 조건을 바꾸어 가며 다시 풉니다.",
    )  # fmt: skip


def _old(inputs: Inputs) -> str:
    return "age_65_over_persons" if inputs["people"].has("age_65_over_persons") else "NULL::BIGINT"


def _once(inputs: Inputs) -> str:
    """Every cell of the grid once, where its rows say which they are."""
    if not inputs["people"].has("grid_code"):
        return ""
    return "QUALIFY row_number() OVER (PARTITION BY coalesce(grid_code, source_row::VARCHAR) ORDER BY source_row) = 1"


def _twice(inputs: Inputs) -> list[str]:
    """Rows of cells that were told before."""
    if not inputs["people"].has("grid_code"):
        return []
    found = inputs["people"].sql(
        "SELECT count(grid_code) - count(DISTINCT grid_code) AS n FROM rows WHERE population_persons > 0 AND lon IS NOT NULL"
    )
    twice = found.column("n")[0].as_py()
    return [f"같은 격자를 두 번 적은 {twice:,}행은 앞의 것만 셌습니다."] if twice else []


def _there(existing: pa.Table, named: dict[str, str]) -> Table:
    code = pc.fill_null(existing.column("dong_code"), "").combine_chunks().dictionary_encode()
    names = [named.get(each, each) or "동을 알 수 없음" for each in code.dictionary.to_pylist()]
    rows = existing.append_column("dong", pa.array(names, pa.string()).take(code.indices))
    columns = [
        Column("dong", "행정동"), Column("lon", "경도", "number", digits=6), Column("lat", "위도", "number", digits=6),
        Column("source_row", "시설의 행", "integer"),
    ]  # fmt: skip
    return table_of(
        "there", "이미 있는 시설", rows, columns, [Origin("existing", {"source_row": "source_row"})]
    )


def _floor(
    inputs: Inputs, people: pa.Table, travel: Travel, weight: Any, least_share: int, reach: float
) -> EquityFloor | None:
    """So much of every 행정동 within reach. Raises MadangError (siting_share_impossible) where all candidates cannot."""
    if not least_share:
        return None
    codes = people.column("dong_code").fill_null("").to_numpy(zero_copy_only=False)
    dongs, area = np.unique(codes, return_inverse=True)
    within = np.bincount(area, weight * (travel.distance_m <= reach).any(axis=1))
    best = within / np.bincount(area, weight)
    short = (best < least_share / 100 - 1e-9) & (dongs != "")
    if short.any():
        worst = str(dongs[short][int(best[short].argmin())])
        name = inputs.area_names().get(worst, worst)
        raise MadangError("siting_share_impossible", area=name, areas=int(short.sum()))
    return EquityFloor(np.where(dongs[area] == "", -1, area), least_share / 100, reach)


def _conditions(
    asked: Asked, lines: Any, old: pa.ChunkedArray, candidates: int, seed: int
) -> list[tuple[str, Callable[[float], Siting]]]:
    """What may be otherwise than was said, each as a question."""
    found: list[tuple[str, Asked]] = []
    if asked.model != "lscp":
        found += [("한 곳 덜 둘 때", replace(asked, sites=asked.sites - 1))] if asked.sites > 1 else []
        found += (
            [("한 곳 더 둘 때", replace(asked, sites=asked.sites + 1))] if asked.sites < candidates else []
        )
    for n, weight in enumerate(varied_weights(asked.weight, UNSURE, RUNS, np.random.default_rng(seed)), 1):
        scaled = weight * asked.weight.sum() / weight.sum()
        found.append((f"주민 수가 {UNSURE:.0%}쯤 틀렸을 때 ({n})", replace(asked, weight=scaled)))
    aged = np.nan_to_num(old.to_numpy(zero_copy_only=False).astype(float))
    if aged.any():
        whole = asked.weight.sum() / aged.sum()
        found.append(("65세 이상만 볼 때", replace(asked, weight=aged * whole)))
    if asked.by_reach:
        found += [(f"닿는 거리가 {asked.reach * by:,.0f} m일 때", asked.reaching(by)) for by in (0.75, 1.25)]
    if lines is not None:
        found.append(("직선거리로 잴 때", replace(asked, ways=lines)))
    return [(name, each.answer) for name, each in found]


def _existing(inputs: Inputs) -> pa.Table:
    if "existing" not in inputs:
        none = pa.array([], pa.float64())
        return pa.table({"lon": none, "lat": none})
    return inputs["existing"].sql(
        "SELECT source_row, lon, lat, dong_code FROM rows WHERE lon IS NOT NULL ORDER BY source_row"
    )


def _counted(inputs: Inputs, existing: int) -> str:
    """Of which facility the answer is, as far as the inputs tell, and what of it was counted as being there."""
    if not existing:
        return f"{inputs['candidates'].parts[0].title} 가운데 골랐고, 이미 있는 시설은 세지 않았습니다."
    return f"이미 있는 시설로는 {inputs['existing'].parts[0].title} {existing:,}곳을 셌습니다."


def _metres(rows: pa.Table) -> Any:
    """(rows, 2): lon and lat (EPSG:4326) as metres (EPSG:5179)."""
    change = pyproj.Transformer.from_crs(4326, 5179, always_xy=True)
    return np.column_stack(change.transform(rows.column("lon").to_numpy(), rows.column("lat").to_numpy()))


def _travel(inputs: Inputs, demand: Any, places: Any, way: str) -> Travel:
    if way == "straight" or "nodes" not in inputs or "links" not in inputs:
        return straight(demand, places)
    nodes = inputs["nodes"].sql("SELECT node_id, lon, lat FROM rows WHERE lon IS NOT NULL ORDER BY node_id")
    links = inputs["links"].sql(
        f"SELECT from_node_id, to_node_id, length_m FROM rows WHERE coalesce(road_rank, '') NOT IN {MOTORWAYS}"
    )
    one, other, length = (links.column(name).to_numpy(zero_copy_only=False) for name in links.schema.names)
    net = streets(nodes.column("node_id").to_numpy(zero_copy_only=False), _metres(nodes), one, other, length)
    return walking(net.network, demand, places, snap_limit_m=OFF_M, progress=inputs.progress)


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


def _change(before: Any, after: Any, weight: Any, reach_m: int, existing: int) -> Table:
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
    firm: Stability,
) -> Table:
    metres = travel.distance_m
    served = found.model == "capacitated_p_median"
    rows = []
    for place, site in enumerate(new, 1):
        others = [int(each) for each in found.sites if each != site]
        rest = metres[:, others].min(axis=1, initial=np.inf)
        row = candidates.slice(site - existing, 1).to_pylist()[0]
        nearer = found.assignment == site if served else metres[:, site] < rest
        rows.append(
            {
                **row, "place": place, "name": row["land_name"] or row["site_number"],
                "nearer": round(float(weight[nearer].sum())),
                "firm": round(100 * float(firm.share[place - 1]), 1) if firm.answered else None,
                "added": round(float(weight[(metres[:, site] <= reach_m) & (rest > reach_m)].sum())),
            }
        )  # fmt: skip
    columns = [
        Column("place", "차례", "integer"), Column("name", "후보지"), Column("site_number", "번호", "code"),
        Column("nearer", "맡는 주민" if served else "가장 가까운 시설이 되는 주민", "integer", "명"),
        Column("added", "이 자리만 닿는 주민", "integer", "명"),
        Column("firm", "조건을 바꾸어도 뽑힌 비율", "percent"),
        Column("lon", "경도", "number", digits=6), Column("lat", "위도", "number", digits=6),
        Column("source_row", "후보지의 행", "integer"),
    ]  # fmt: skip
    return table_of(
        "chosen", "고른 자리", rows, columns, [Origin("candidates", {"source_row": "source_row"})]
    )


def _again(firm: Stability, new: list[int], existing: int) -> Table:
    rows = [
        {"condition": each.condition, "of": int((each.sites >= existing).sum()), "kept": int(np.isin(new, each.sites).sum())}
        if each.sites is not None
        else {"condition": each.condition + " (풀지 못함)", "of": None, "kept": None}
        for each in firm.changed
    ]  # fmt: skip
    columns = [
        Column("condition", "바꾼 조건"), Column("of", "그때 고를 자리", "integer", "곳"),
        Column("kept", "그 가운데 그대로인 자리", "integer", "곳"),
    ]  # fmt: skip
    return table_of("again", "조건을 바꾸어도 그대로입니까?", rows, columns, [Origin("people")])


def _measured(travel: Travel, existing: int, found: Siting) -> Table:
    rows: list[dict[str, Any]] = [
        {"what": "길이 없는 주민", "metres": None, "count": round(found.unreachable_weight)}
    ]
    if travel.demand_snap_m is not None and travel.candidate_snap_m is not None:
        rows = [
            {"what": name, "metres": round(float(np.median(snap)), 1), "count": int((snap > OFF_M).sum())}
            for name, snap in (
                ("주민이 사는 격자", travel.demand_snap_m),
                ("이미 있는 시설", travel.candidate_snap_m[:existing]),
                ("후보지", travel.candidate_snap_m[existing:]),
            )
            if len(snap)
        ]
    columns = [
        Column("what", "무엇"), Column("metres", "길까지 직선으로 이은 거리 (가운데값)", "number", "m"),
        Column("count", f"길에서 {OFF_M:.0f} m 넘게 떨어진 곳", "integer", "곳"),
    ]  # fmt: skip
    return table_of("measured", "길에 어떻게 이었습니까?", rows, columns)


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
        return "걷는 길의 거리입니다. 집과 시설은 가장 가까운 길까지 직선으로 이었습니다. 계단과 언덕, 자료에 없는 골목은 보지 않습니다."
    wanted = "길 자료가 없어 " if way == "walk" else ""
    return f"{wanted}직선거리에 {DETOUR}을 곱한 값입니다. 강이나 철길을 건너는 길은 이보다 깁니다."


def _proof(found: Siting, goal: Goal) -> str:
    if found.proven:
        fewer = "이보다 적은 수로는 안 됨을" if goal == "all" else "이보다 나은 조합이 없음을"
        return f"{fewer} 증명했습니다."
    return f"시간 안에 증명하지 못했습니다. 가장 좋은 조합은 이보다 많아야 {found.gap:.1%} 낫습니다."


def _left_out(asked: Asked, found: Siting, travel: Travel) -> list[str]:
    """Whom no candidate reaches, and what else was asked."""
    told = []
    if found.unreachable:
        within = f"{asked.reach:,.0f} m 안에 " if asked.model in ("mclp", "lscp") else "길로 "
        told.append(
            f"후보지를 모두 열어도 {within}닿지 않는 주민이 {found.unreachable_weight:,.0f}명(격자 {found.unreachable:,}칸)"
            " 있습니다. 이들은 자리를 고르는 데 들지 않습니다."
        )
    if asked.model == "capacitated_p_median":
        told.append(
            f"한 곳이 맡는 주민은 많아야 {asked.room:,.0f}명으로 두었습니다. 이미 있는 곳도 같습니다."
        )
    if asked.floor is not None:
        told.append(
            f"모든 행정동에서 주민의 {asked.floor.share:.0%} 이상이 {asked.reach:,.0f} m 안에 들게 골랐습니다."
        )
    return told


def _findings(
    asked: Asked, travel: Travel, change: Table, chosen: Table, counted: str, firm: Stability
) -> tuple[Finding, ...]:
    number = chosen.rows.num_rows
    how = "걷는 길로" if travel.kind == "network" else f"직선거리의 {DETOUR}배로"
    if not number:
        return (Finding(f"새로 두지 않아도 {how} {asked.reach:,.0f} m 안에 모두 닿습니다. {counted}"),)
    shown = min(number, 5)
    names = ", ".join(f"{{site{n}}}" for n in range(shown)) + (f" 등 {number}곳" if number > shown else "")
    first = Finding(
        f"가장 좋은 자리는 {names}입니다. {counted}",
        {f"site{n}": Cell("chosen", "name", n) for n in range(shown)},
    )
    column = {"mclp": "share", "lscp": "share", "p_center": "farthest"}.get(asked.model, "mean")
    told = {"after": Cell("change", column, 1)}
    if asked.existing.size:
        told["before"] = Cell("change", column, 0)
    second = {
        "mean": f"그러면 주민의 평균 거리는 {how} {{after}}가 됩니다.",
        "share": f"그러면 {how} {asked.reach:,.0f} m 안에 사는 주민은 {{after}}가 됩니다.",
        "farthest": f"그러면 가장 먼 주민도 {how} {{after}} 안에 있습니다.",
    }[column]
    found = [first, Finding(second + (" 지금은 {before}입니다." if asked.existing.size else ""), told)]
    if firm.answered:
        most, least = int(firm.share.argmax()), int(firm.share.argmin())
        cells = {"most": Cell("chosen", "name", most), "high": Cell("chosen", "firm", most)}
        who = "{most}{은}" if number == 1 or firm.share[least] < firm.share[most] else "고른 자리마다"
        text = (
            f"조건을 {firm.answered}번 바꾸어 다시 골라 보니 {who} 그 가운데 {{high}}에서 그대로 뽑혔습니다."
        )
        if firm.share[least] < firm.share[most]:
            cells |= {"least": Cell("chosen", "name", least), "low": Cell("chosen", "firm", least)}
            text += " 가장 덜 굳은 {least}{은} {low}에서 뽑혔습니다."
        found.append(Finding(text, cells))
    return tuple(found)
