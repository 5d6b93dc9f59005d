"""Where is something concentrated beyond chance? Rates by dong, smoothed, and Kulldorff's scan over their centres."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NamedTuple

import numpy as np
import pyproj

from madang.messages import MadangError
from madang.methods.scan import Cluster, Scan, scan_space
from madang.methods.scan_permutation import scan_permutation
from madang.methods.smoothing import SmoothedRates, smooth_rates
from madang.results import Cell, Chart, Column, Finding, Layer, Origin, Result, Table, table_of
from madang.runs import Inputs, Range

Where = tuple[tuple[str, str, Any], ...]  # of an origin

DAYS = ("received_at", "licensed_on")  # when an event was, by the names of standards
LONGEST = 8  # weeks that something is concentrated at most
SURE = 0.05  # a cluster that chance makes more often is not named
FEWEST = 100  # residents of a dong of which a rate is told: of fewer one event would be a high one
STANDS = ("status_code", "in", ("01", "02"))  # of a licence: it is open, or closed for a while


class Counted(NamedTuple):
    """The events: what they are called, their unit, how many there are by 행정동 and `elsewhere` (by what is said there), which
    rows count, and how many there are of what is there no more (None: rows do not say)."""

    title: str
    unit: str
    dongs: Any
    elsewhere: dict[str | None, int]
    where: Where
    gone: int | None

    @property
    def number(self) -> str:
        return "건수" if self.unit == "건" else "개수"


def run(
    inputs: Inputs,
    *,
    standing: bool = True,
    largest_share: Annotated[int, Range(5, 50)] = 25,
    replicates: Annotated[int, Range(99, 9999)] = 999,
    lately_weeks: Annotated[int, Range(13, 156)] = 52,
) -> Result:
    dongs = inputs["areas"].sql(
        "SELECT hjd_code, area_name, lon, lat FROM rows WHERE lon IS NOT NULL ORDER BY hjd_code"
    )
    codes = dongs.column("hjd_code").to_pylist()
    counted = _counted(inputs, codes, standing)
    people, nowhere = _by_dong(inputs, "people", lambda rows: rows.population_persons.sum(), codes)
    told = np.where(people >= FEWEST, counted.dongs, 0)
    if not told.sum():
        raise _nothing(counted)
    east, north = pyproj.Transformer.from_crs(4326, 5179, always_xy=True).transform(
        dongs.column("lon").to_numpy(), dongs.column("lat").to_numpy()
    )
    found = scan_space(
        told, people, east, north, rng=np.random.default_rng(inputs.seed), max_share=largest_share / 100,
        replicates=replicates, progress=lambda done, whole, step: inputs.progress(done, whole, step),
    )  # fmt: skip

    names = _names(dongs.column("area_name").to_pylist())
    sure = [n for n, each in enumerate(found.clusters) if each.p_value <= SURE and each.relative_risk > 1]
    member = {int(area): n + 1 for n in sure for area in found.clusters[n].areas if people[area] >= FEWEST}
    table = _dongs(counted, codes, names, people, smooth_rates(told, people, coarse=True), member)
    clusters = _clusters(
        counted, found, names, [code if people[n] >= FEWEST else "" for n, code in enumerate(codes)]
    )
    city = _city(counted, codes, told, people, nowhere, len(sure))
    weekly, starts = _by_week(inputs, codes, lately_weeks)
    lately = (
        scan_permutation(
            weekly, east, north, rng=np.random.default_rng(inputs.seed), longest=LONGEST, max_share=largest_share / 100,
            replicates=replicates, progress=lambda done, whole, step: inputs.progress(done, whole, step),
        )
        if weekly.any() else None
    )  # fmt: skip
    moments, weeks = _moments(counted, lately, names, codes, starts, _day(inputs)), _weeks(counted, lately, weekly, starts)  # fmt: skip
    return Result(
        findings=(*_findings(counted, table, clusters, len(sure)), *_when(moments, lately)),
        tables=(city, table, clusters, moments, weeks) if lately else (city, table, clusters),
        charts=(_rates(counted, table), *(_chart(moments) if lately else ())),
        layers=(
            *([Layer("우연으로 보기 어렵게 몰린 곳", "dongs", "areas", "cluster")] if sure else []),
            Layer(f"주민 천 명마다 {counted.title}", "dongs", "areas", "rate"),
            Layer(f"{counted.title} {counted.number}", "dongs", "areas", "cases"),
        ),
        caveats=_caveats(
            counted, int(counted.dongs.sum() - told.sum()), standing, weekly.shape[1] if lately else 0
        ),
        method="경험적 베이즈 비율(마셜 1991, 동 사이의 분산은 9 % 안에서 어림)과 공간 검색 통계량(컬도프 1997, 포아송, 둥근 창), 흩뿌려 보기로 얻은 p. 때는 시공간 순열 검색(컬도프 등 2005).",
    )


def _counted(inputs: Inputs, codes: list[str], standing: bool) -> Counted:
    """All rows; where they say whether what they tell of is still there, and `standing` is wanted, those alone."""
    events = inputs["events"]
    part = events.parts[0]
    every = there = _by_dong(inputs, "events", lambda rows: rows.count(), codes)
    tells = part.standard == "licence" and events.has(STANDS[0])
    if tells:
        there = _by_dong(inputs, "events", lambda rows: rows.count(where=rows[STANDS[0]].isin(STANDS[2])), codes)  # fmt: skip
    cases, elsewhere = there if standing else every
    title = f"지금 있는 {part.title}" if standing else f"닫은 곳까지 센 {part.title}"
    return Counted(
        title if tells else part.title, "건" if part.standard == "letters" else "곳", cases, elsewhere, (STANDS,) if tells and standing else (),
        int(every[0].sum() - there[0].sum()) + sum(every[1].values()) - sum(there[1].values()) if tells else None,
    )  # fmt: skip


def _nothing(counted: Counted) -> MadangError:
    if counted.gone and counted.where and not counted.dongs.any():
        return MadangError("hot_spots_closed", count=f"{counted.gone:,}")
    return MadangError("hot_spots_nothing")


def _by_dong(
    inputs: Inputs, role: str, measure: Callable[[Any], Any], codes: list[str]
) -> tuple[Any, dict[str | None, int]]:
    """A measure by dong in the order of `codes`, and how much of it is elsewhere, by what is said there (None: nothing)."""
    rows = inputs[role].table()
    found = rows.group_by("dong_code").agg(n=measure(rows)).to_pyarrow().to_pylist()
    known = {row["dong_code"]: int(row["n"]) for row in found if row["n"]}
    return np.array([known.pop(code, 0) for code in codes]), known


def _names(areas: list[Any]) -> list[str]:
    """What the 행정동 are called: the last word, or all of them where two would be called alike."""
    last = [str(area).split()[-1] for area in areas]
    return [name if last.count(name) == 1 else str(area) for name, area in zip(last, areas, strict=True)]


def _by_week(inputs: Inputs, codes: list[str], weeks: int) -> tuple[Any, Any]:
    """Cases by dong and week, and the first days of the weeks, which end with the last day; none where days are unknown."""
    rows = inputs["events"].table()
    name = _day(inputs)
    none = np.zeros((len(codes), 0), int), np.zeros(0, "datetime64[D]")
    if not name:
        return none
    rows = rows.mutate(day=rows[name].cast("date")).filter(lambda row: row.day.notnull())
    found = rows.group_by(["dong_code", "day"]).agg(n=rows.count()).to_pyarrow()
    day = found.column("day").to_numpy(zero_copy_only=False).astype("datetime64[D]")
    if not len(day):
        return none
    at = {code: n for n, code in enumerate(codes)}
    dong = np.array([at.get(code, -1) for code in found.column("dong_code").to_pylist()])
    whole = min(weeks, int((day.max() - day.min()).astype(int) + 1) // 7)
    starts = day.max() + 1 - 7 * whole + 7 * np.arange(whole)
    week = (day - (day.max() + 1 - 7 * whole)).astype(int) // 7
    counts = np.zeros((len(codes), whole), int)
    known = (dong >= 0) & (week >= 0)
    np.add.at(counts, (dong[known], week[known]), found.column("n").to_numpy()[known])
    return counts, starts


def _within(codes: list[str], elsewhere: dict[str | None, int], without: tuple[str, ...] = ()) -> Where:
    """That a row is in one of the dongs, but those `without`; by what it is not where that is shorter, as every link has it."""
    not_in = (*(code for code in elsewhere if code is not None), *without)
    if len(not_in) > len(codes) // 2:
        return (("dong_code", "in", tuple(code for code in codes if code not in without)),)
    unknown: Where = (("dong_code", "null", False),) if None in elsewhere else ()
    return (*unknown, *(("dong_code", "ne", code) for code in not_in))


def _city(
    counted: Counted, codes: list[str], told: Any, people: Any, nowhere: dict[str | None, int], sure: int
) -> Table:
    unit = counted.unit
    few = tuple(codes[n] for n in np.flatnonzero(counted.dongs - told))
    row = {
        "cases": int(counted.dongs.sum()), "people": int(people.sum()), "rate": round(1000 * float(told.sum() / people.sum()), 2),
        "clusters": sure, "few": int((counted.dongs - told).sum()), "elsewhere": sum(counted.elsewhere.values()),
        "nowhere": sum(nowhere.values()), "gone": counted.gone,
    }  # fmt: skip
    columns = [
        Column("cases", "모두", "integer", unit), Column("people", "주민", "integer", "명"),
        Column("rate", "주민 천 명마다", "number", unit, 2), Column("clusters", "우연으로 보기 어려운 묶음", "integer", "곳"),
        *([Column("few", "주민이 거의 없는 동의 것", "integer", unit)] if few else []),
        Column("elsewhere", "동을 모름", "integer", unit), Column("nowhere", "동을 모르는 주민", "integer", "명"),
        *([Column("gone", "닫았거나 상태를 모름", "integer", unit)] if counted.gone is not None else []),
    ]  # fmt: skip
    origins = [
        Origin("events", {}, (*_within(codes, counted.elsewhere), *counted.where), ("cases",)),
        Origin("events", {}, (*_within(codes, counted.elsewhere, few), *counted.where), ("rate",)),
        Origin("people", {}, _within(codes, nowhere), ("people", "rate")),
    ]
    if few:
        origins.append(Origin("events", {}, (("dong_code", "in", few), *counted.where), ("few",)))
    if counted.gone is not None:
        gone = f"SELECT 'events' AS role, dataset, source_row FROM events WHERE ({STANDS[0]} IN {STANDS[2]}) IS NOT TRUE"
        origins.append(Origin("events", only=("gone",), query=gone))
    return table_of("city", "시 전체", [row], columns, origins)


def _dongs(
    counted: Counted, codes: list[str], names: list[str], people: Any, rates: SmoothedRates, member: dict[int, int]
) -> Table:  # fmt: skip
    def per_thousand(values: Any, n: int) -> float | None:
        return round(1000 * float(values[n]), 2) if people[n] >= FEWEST and np.isfinite(values[n]) else None

    rows = [
        {
            "dong_code": codes[n], "dong": names[n], "cases": int(counted.dongs[n]), "people": int(people[n]),
            "rate": per_thousand(rates.rate, n), "low": per_thousand(rates.low, n), "high": per_thousand(rates.high, n),
            "raw": per_thousand(rates.raw, n), "cluster": (f"{member[n]}번 묶음" if n in member else "") if people[n] >= FEWEST else None,
        }
        for n in sorted(range(len(codes)), key=lambda n: (member.get(n, len(codes)), -rates.rate[n] if people[n] >= FEWEST else 0.0))
    ]  # fmt: skip
    unit = counted.unit
    columns = [
        Column("dong_code", "행정동코드", "code"), Column("dong", "행정동"), Column("cases", counted.number, "integer", unit),
        Column("people", "주민", "integer", "명"), Column("rate", "주민 천 명마다", "number", unit, 2),
        Column("low", "95 % 범위 아래", "number", unit, 2), Column("high", "위", "number", unit, 2),
        Column("raw", "셈 그대로 천 명마다", "number", unit, 2), Column("cluster", "묶음", meaning="verdict"),
    ]  # fmt: skip
    own = {"dong_code": "dong_code"}
    origins = [
        Origin("events", own, counted.where, ("dong", "cases", "rate", "low", "high", "raw")),
        Origin("people", own, only=("people", "rate", "low", "high", "raw")),
    ]
    order = "우연으로 보기 어려운 묶음에 든 동을 먼저, 나머지는 " if member else ""
    note = f"{order}주민 천 명마다 많은 차례로 적었습니다. 비율은 주민이 적어 흔들리는 몫을 줄인 것입니다."
    return table_of("dongs", "동마다", rows, columns, origins, note)


def _day(inputs: Inputs) -> str:
    """The column that says when an event was; "" where none does."""
    return next((each for each in DAYS if inputs["events"].has(each)), "")


def _inside(
    found: Scan | None, codes: list[str], where: Where, day: str = "", starts: Any = None
) -> list[Origin]:
    """The events in the 행정동 of each concentration, and where there is a `day`, in its weeks."""
    lines = []
    for n, each in enumerate(found.clusters if found else (), 1):
        within = (
            f", DATE '{starts[each.first_period]}', DATE '{starts[each.last_period] + 6}'"
            if day
            else ", NULL, NULL"
        )
        lines += [f"({n}, '{codes[int(area)]}'{within})" for area in each.areas if codes[int(area)].isdigit()]
    if not lines:
        return []
    when = f' AND CAST(events."{day}" AS DATE) BETWEEN inside.since AND inside.until' if day else ""
    asked = "".join(f' AND events."{name}" IN {values}' for name, _in, values in where)
    query = (
        f"SELECT 'events' AS role, events.dataset, events.source_row, inside.cluster FROM events"
        f" JOIN (VALUES {', '.join(lines)}) AS inside (cluster, code, since, until) ON events.dong_code = inside.code{when}{asked}"
    )
    return [Origin("events", {"cluster": "cluster"}, only=("cases",), query=query)]


def _clusters(counted: Counted, found: Scan, names: list[str], codes: list[str]) -> Table:
    rows = [
        {
            "cluster": n, "centre": names[each.centre], "dongs": ", ".join(names[int(area)] for area in each.areas),
            "cases": int(each.cases), "expected": round(float(each.expected), 1),
            "risk": round(float(each.relative_risk), 2) if np.isfinite(each.relative_risk) else None, "p": round(100 * float(each.p_value), 2),
            "chance": "우연으로 보기 어려움" if each.p_value <= SURE else "우연일 수 있음",
        }
        for n, each in enumerate(found.clusters, 1)
    ]  # fmt: skip
    columns = [
        Column("cluster", "차례", "integer"), Column("centre", "한가운데", meaning="verdict"), Column("dongs", "동", meaning="verdict"),
        Column("cases", counted.number, "integer", counted.unit), Column("expected", "고루 퍼졌다면", "number", counted.unit, 1),
        Column("risk", "바깥의 몇 배", "number", "배", 2), Column("p", "우연만으로 이만큼 몰릴 확률(p)", "percent", digits=2), Column("chance", "우연인지", meaning="verdict"),
    ]  # fmt: skip
    return table_of("clusters", "묶음", rows, columns, _inside(found, codes, counted.where))


def _moments(
    counted: Counted, found: Scan | None, names: list[str], codes: list[str], starts: Any, day: str
) -> Table:
    def row(n: int, each: Cluster) -> dict[str, Any]:
        return {
            "cluster": n, "centre": names[each.centre], "dongs": ", ".join(names[int(area)] for area in each.areas),
            "since": str(starts[each.first_period]), "until": str(starts[each.last_period] + 6), "cases": int(each.cases),
            "expected": round(float(each.expected), 1), "times": round(float(each.cases / each.expected), 2),
            "p": round(100 * float(each.p_value), 2), "chance": "우연으로 보기 어려움" if each.p_value <= SURE else "우연일 수 있음",
            "now": "지금도" if each.last_period == len(starts) - 1 else "",
        }  # fmt: skip

    columns = [
        Column("cluster", "차례", "integer"), Column("centre", "한가운데", meaning="verdict"), Column("dongs", "동", meaning="verdict"),
        Column("since", "부터", "date", meaning="verdict"), Column("until", "까지", "date", meaning="verdict"), Column("cases", counted.number, "integer", counted.unit),
        Column("expected", "여느 때라면", "number", counted.unit, 1), Column("times", "여느 때의 몇 배", "number", "배", 2),
        Column("p", "우연만으로 이만큼 몰릴 확률(p)", "percent", digits=2), Column("chance", "우연인지", meaning="verdict"), Column("now", "이어지는지", meaning="verdict"),
    ]  # fmt: skip
    rows = [row(n, each) for n, each in enumerate(found.clusters if found else (), 1)]
    return table_of(
        "moments", "언제 어디에 몰렸습니까", rows, columns, _inside(found, codes, (), day, starts)
    )


def _weeks(counted: Counted, found: Scan | None, counts: Any, starts: Any) -> Table:
    """Week by week what came in the dongs of the likeliest concentration, and their share of what came anywhere."""
    areas = found.clusters[0].areas if found and found.clusters else np.zeros(0, int)
    mine, whole = counts[areas].sum(axis=0), counts.sum(axis=0)
    usual = whole * (mine.sum() / max(whole.sum(), 1))
    rows = [
        {"week": str(start), "kind": kind, "cases": round(float(value), 1)}
        for kind, values in (("온 것", mine), ("여느 때라면", usual))
        for start, value in zip(starts, values, strict=True)
    ]
    columns = [
        Column("week", "시작하는 날", "date"), Column("kind", "무엇"), Column("cases", counted.number, "number", counted.unit, 1)
    ]  # fmt: skip
    return table_of("weeks", "가장 뚜렷하게 몰린 동의 주마다", rows, columns)


def _rates(counted: Counted, dongs: Table) -> Chart:
    top, _least = dongs.extremes("rate") or (0, 0)
    return Chart(
        f"{counted.title}: 주민 천 명마다 {{dong}}{{이}} {{highest}}{{으로}} 가장 많고, 시 전체는 {{rate}}입니다", "dongs",
        {"mark": "bar", "encoding": {"y": {"field": "dong", "sort": "-x"}, "x": {"field": "rate"}}},
        "동마다 막대 하나가 있고, 길수록 주민에 견주어 많습니다. 맨 위는 {dong} {highest}, 시 전체는 {rate}입니다.",
        {"dong": Cell("dongs", "dong", top), "highest": Cell("dongs", "rate", top), "rate": Cell("city", "rate")},
    )  # fmt: skip


def _chart(moments: Table) -> tuple[Chart, ...]:
    if not moments.rows.num_rows:
        return ()
    lines = {
        "mark": "line",
        "encoding": {"x": {"field": "week"}, "y": {"field": "cases"}, "color": {"field": "kind"}},
    }
    where = "{centre}에" if _alone(moments) else "{centre} 둘레에"
    return (Chart(f"{where} 주마다 온 것과 여느 때라면 왔을 것", "weeks", lines, cells={"centre": Cell("moments", "centre")}),)  # fmt: skip


def _when(moments: Table, found: Scan | None) -> tuple[Finding, ...]:
    if found is None:
        return ()
    if not moments.rows.num_rows or float(moments.value(0, "p") or 0) > 100 * SURE:
        return (Finding("어느 때 어느 동에 갑자기 몰린 일은 찾지 못했습니다. 우연으로 볼 만합니다."),)
    cells = {
        name: Cell("moments", name)
        for name in ("centre", "dongs", "since", "until", "cases", "expected", "p")
    }
    still = " 지금도 이어집니다." if moments.value(0, "now") else ""
    told = (
        f"때로 보면 {{since}}부터 {{until}}까지 {_around(moments, cells)}에 몰렸습니다: 여느 때라면 {{expected}}일 것이 {{cases}}이고,"
        f" 우연만으로 이만큼 몰릴 확률은 {{p}}입니다.{still}"
    )
    return (Finding(told, cells),)


def _around(table: Table, cells: dict[str, Cell]) -> str:
    """Where the likeliest concentration is: one 행정동, or those around one."""
    if _alone(table):
        del cells["dongs"]
        return "{centre}"
    return "{centre} 둘레({dongs})"


def _alone(table: Table) -> bool:
    return table.value(0, "dongs") == table.value(0, "centre")


def _caveats(counted: Counted, few: int, standing: bool, weeks: int) -> tuple[str, ...]:
    """`few`: of them in dongs of nearly no residents; `weeks`: how many were looked through for when something came, 0 where
    that was not asked."""
    gone = ""
    if counted.gone:
        gone = f" 닫았거나 영업상태를 알 수 없는 {counted.gone:,}곳은 " + (
            "뺐습니다." if standing else "그 안에 있습니다."
        )
        gone += " 언제 몰렸는지는 문을 연 날로 보므로 그 뒤에 닫은 곳도 셉니다." if weeks and standing else ""
    apart = (
        f" 주민이 {FEWEST}명이 안 되는 동의 {few:,}{counted.unit}은 비율과 묶음에 넣지 않고 따로 셌습니다."
    )
    return (
        f"{counted.title}의 한 행을 하나로 셉니다.{gone}{apart if few else ''}",
        "주민이 적은 동의 비율은 하나둘에도 크게 흔들리므로, 그 몫을 줄인 비율을 앞에 둡니다. 셈 그대로의 비율도 표에 있습니다.",
        f"묶음은 우연으로는 {SURE:.0%}보다 드물게 생기는 것만 말합니다. 묶음의 둘레는 동의 한가운데로 재므로 대략이고, 둥근 창에 든 여느 동도 함께 들어갑니다: 묶음에 든 동 하나하나가 높다는 뜻이 아닙니다.",
        f"언제 몰렸는지는 마지막 {weeks}주만 보고, 늘 많은 동과 모두에게 많은 때는 빼고 봅니다. 길어야 {LONGEST}주입니다."
        if weeks else "날짜나 동을 아는 행이 적어 언제 몰렸는지는 보지 않았습니다.",
        "동을 모르는 행은 세지 않았습니다. 낮에 사람이 모이는 동은 주민에 견주면 높게 나옵니다.",
    )  # fmt: skip


def _findings(counted: Counted, dongs: Table, clusters: Table, sure: int) -> tuple[Finding, ...]:
    top, _least = dongs.extremes("rate") or (0, 0)
    apart = dongs.value(top, "low") is not None  # else they differ no more than chance makes them
    named = {"dong": "dong", "highest": "rate", "low": "low", "high": "high"} if apart else {}
    most = (
        "가장 높은 동은 {dong}({highest}, 95 %로 {low}에서 {high} 사이)입니다."
        if apart
        else "동마다의 차이는 우연을 넘지 않습니다."
    )
    first = Finding(
        f"{counted.title}: 주민 천 명마다 {{rate}}이고, {most}",
        {
            "rate": Cell("city", "rate"),
            **{name: Cell("dongs", column, top) for name, column in named.items()},
        },
    )
    if not sure:
        return first, Finding(
            "우연으로 보기 어렵게 몰린 곳은 찾지 못했습니다. 동마다의 차이는 흔들림으로 볼 만합니다."
        )
    cells = {name: Cell("clusters", name) for name in ("centre", "dongs", "cases", "expected", "risk", "p")}
    outside = "바깥의 {risk}입니다"
    if clusters.value(0, "risk") is None:
        del cells["risk"]
        outside = "바깥에는 하나도 없습니다"
    first_of = ""
    if sure > 1:
        cells["count"] = Cell("city", "clusters")
        first_of = "{count}이고, 가장 뚜렷한 곳은 "
    second = Finding(
        f"우연으로 보기 어렵게 몰린 곳은 {first_of}{_around(clusters, cells)}입니다: 고루 퍼졌다면 {{expected}}일 것이 {{cases}}이고,"
        f" {outside}. 우연만으로 이만큼 몰릴 확률은 {{p}}입니다.",
        cells,
    )
    return first, second
