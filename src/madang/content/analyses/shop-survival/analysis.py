"""How long do shops last, by trade and dong? Kaplan–Meier with delayed entry over the licence registers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.methods.closing_ratios import ClosingRatios, closing_ratios, expected_survival
from madang.methods.licence_lives import Lives, lives, register_start
from madang.methods.survival import YEAR_DAYS, KaplanMeier, SurvivalAt, kaplan_meier
from madang.methods.survival_shrink import shrink
from madang.results import Cell, Chart, Column, Finding, Layer, Origin, Result, Table, table_of
from madang.runs import Input, Inputs, Range

CURVE_YEARS = np.arange(0, 10.5, 0.5)
FEWEST = 50  # shops of a trade that is named in the answer
LEFT_OUT = {
    "no_licence_date": "인허가일이 없음",
    "opened_later": "자료의 날짜보다 나중에 엶",
    "unknown_status": "영업상태를 알 수 없음",
    "no_end_date": "닫았다는데 날짜가 없음",
    "ends_before_it_opens": "열기 전에 닫음",
    "before_register": "자료가 시작되기 전에 닫음",
}


def run(
    inputs: Inputs,
    *,
    years: Annotated[int, Range(1, 10)] = 3,
    opened_since: date | None = None,
    register_since: date | None = None,
    ends: Literal["closed", "all"] = "closed",
) -> Result:
    shops = inputs["shops"]
    rows = shops.sql(
        """SELECT dataset, licensed_on, closed_on, licence_cancelled_on, status_code, dong_code FROM rows
           WHERE $since IS NULL OR licensed_on >= $since ORDER BY dataset""",
        {"since": opened_since},
    )
    began = register_since or _register_since(shops)
    seen = _lives(rows, shops, began)
    ended = seen.closed if ends == "closed" else seen.ended
    ages = [years * YEAR_DAYS]

    trades, trade = np.unique(
        rows.column("dataset").to_numpy(zero_copy_only=False)[seen.rows], return_inverse=True
    )
    whole = kaplan_meier(seen.leave, ended, None, seen.entry, ages=ages)
    by_trade = kaplan_meier(seen.leave, ended, trade, seen.entry, groups=len(trades), ages=ages)
    dongs = rows.column("dong_code").fill_null("").to_numpy(zero_copy_only=False)[seen.rows]
    pairs, pair = np.unique(
        np.char.add(np.char.add(trades[trade].astype(str), "\t"), dongs.astype(str)), return_inverse=True
    )
    parent = np.searchsorted(trades, [each.split("\t")[0] for each in pairs])
    codes = np.unique(dongs[dongs != ""]).astype(str)
    dong = np.where(dongs != "", np.searchsorted(codes, dongs.astype(str)), -1)
    pair_dong = np.zeros(len(pairs), np.int64)
    pair_dong[pair] = dong
    ratios = closing_ratios(seen.leave, ended, trade, dong, seen.entry, trades=len(trades), areas=len(codes))
    by_pair = kaplan_meier(seen.leave, ended, pair, seen.entry, groups=len(pairs), ages=ages)
    expected = expected_survival(by_trade.at, parent, pair_dong, ratios)
    adjusted = _as_unsure(shrink(by_pair.at, by_trade.at, parent, prior=expected).at, by_trade.at, parent)

    named = {part.dataset: part.title for part in shops.parts}
    areas = inputs.area_names()
    where = (("licensed_on", "ge", opened_since.isoformat()),) if opened_since else ()
    city = _city(whole, years, where)
    trade_table = _trades(by_trade, trades, named, where)
    ratio_table = _ratios(ratios, codes, areas, where)
    dong_table = _dongs(adjusted, by_pair, pairs, named, areas, where)
    curves = _curves(seen, ended, trade, trades, named)
    left = table_of(
        "left_out", "세지 않은 행",
        [{"reason": LEFT_OUT[name], "rows": count} for name, count in seen.left_out.items()],
        [Column("reason", "까닭"), Column("rows", "행", "integer", "행")],
        note="자료마다 그 자료의 기준일까지 셉니다. 날짜나 영업상태를 믿을 수 없어 뺀 행은 원본을 고쳐 다시 올리면 들어갑니다.",
    )  # fmt: skip
    return Result(
        findings=_findings(years, city, trade_table, ratio_table),
        tables=(city, trade_table, dong_table, ratio_table, curves, left),
        charts=(_bars(years, trade_table), _lines(curves)),
        layers=(Layer("업종과 나이를 감안해도 많이 닫는 동", "ratios", "areas", "ratio"),),
        caveats=(
            f"폐업은 {began}부터 자료에 있는 것으로 보았습니다. 그 전에 연 가게는 그날부터 지켜본 것으로 셉니다.",
            "지위승계로 주인이 바뀌어도 인허가일은 그대로라, 가게의 생존이지 주인의 생존이 아닙니다.",
            "보정값은 그 칸의 가게가 적어, 시 전체 같은 업종의 생존율에 그 동이 여느 동보다 많이 닫는 정도를 더한 쪽으로 당긴 값입니다.",
        ),
        method="카플란과 마이어(1958)의 생존율, 그린우드 분산의 log-log 95 % 구간, 지연 진입. 적은 칸은 베타-이항으로 당깁니다.",
    )  # fmt: skip


def _lives(rows: pa.Table, shops: Input, began: date | None) -> Lives:
    """The lives of all registers, each until the day that it speaks of."""
    found, at = [], []
    for part in shops.parts:
        mine = np.flatnonzero(pc.equal(rows.column("dataset"), part.dataset).to_numpy(zero_copy_only=False))
        own = rows.take(pa.array(mine))
        opened, closed, cancelled = (
            _days(own, name) for name in ("licensed_on", "closed_on", "licence_cancelled_on")
        )
        status = own.column("status_code").fill_null("").to_numpy(zero_copy_only=False)
        each = lives(
            opened, closed, cancelled, status, extract_on=part.as_of or date.today(), register_since=began or "1900-01-01"
        )  # fmt: skip
        found.append(each)
        at.append(mine[each.rows])
    order = np.argsort(np.concatenate(at), kind="stable")
    left_out = {name: sum(each.left_out[name] for each in found) for name in found[0].left_out}
    return Lives(
        np.concatenate(at)[order], np.concatenate([each.entry for each in found])[order],
        np.concatenate([each.leave for each in found])[order], np.concatenate([each.cause for each in found])[order], left_out,
    )  # fmt: skip


def _as_unsure(at: SurvivalAt, whole: SurvivalAt, parent: Any) -> SurvivalAt:
    """Adjusted cells of a trade in which nobody, or everybody, closed are no surer than the trade itself."""
    told = whole.survival[parent]
    same = at.adjusted & ((told == 0) | (told == 1))
    low, high = whole.low[parent], whole.high[parent]
    return replace(
        at,
        low=np.where(same, np.fmin(at.low, low), at.low),
        high=np.where(same, np.fmax(at.high, high), at.high),
    )


def _register_since(shops: Input) -> date | None:
    """From when the registers, taken together, tell of closings in earnest; else their oldest closing."""
    rows = shops.arrow("licensed_on", "closed_on")
    opened, closed = (_days(rows, name) for name in ("licensed_on", "closed_on"))
    start = register_start(opened, closed, extract_on=shops.as_of or date.today())
    found: date | None = (
        start.day.astype(object) if start.evident else pc.min(rows.column("closed_on")).as_py()
    )
    return found


def _ratios(found: ClosingRatios, codes: Any, areas: dict[str, str], where: tuple[Any, ...]) -> Table:
    rows = [
        {
            "dong_code": str(code), "dong": areas.get(str(code), str(code)), "closed": round(float(found.observed[n])),
            "expected": round(float(found.expected[n]), 1), "ratio": round(float(found.ratio[n]), 2),
            "low": round(float(found.low[n]), 2), "high": round(float(found.high[n]), 2),
        }
        for n, code in enumerate(codes)
    ]  # fmt: skip
    rows.sort(key=lambda row: -float(row["ratio"]))  # type: ignore[arg-type]
    columns = [
        Column("dong_code", "행정동코드", "code"), Column("dong", "행정동"), Column("closed", "닫은 가게", "integer", "곳"),
        Column("expected", "업종과 나이로 볼 때", "number", "곳", 1), Column("ratio", "몇 배", "number", "배", 2),
        Column("low", "95 % 구간 아래", "number", "배", 2), Column("high", "위", "number", "배", 2),
    ]  # fmt: skip
    origin = Origin("shops", {"dong_code": "dong_code"}, (("closed_on", "null", False), *where))
    return table_of("ratios", "업종과 나이를 감안해도 많이 닫는 동", rows, columns, [origin])


def _days(rows: pa.Table, name: str) -> Any:
    return rows.column(name).cast(pa.date32()).to_numpy(zero_copy_only=False).astype("datetime64[D]")


def _numbers(at: SurvivalAt, group: int) -> dict[str, Any]:
    """Survival in per cent with its interval; None where nobody was seen at that age."""

    def percent(values: Any) -> float | None:
        value = float(values[group, 0])
        return None if np.isnan(value) else round(100 * value, 1)

    return {
        "survival": percent(at.survival), "low": percent(at.low), "high": percent(at.high),
        "at_risk": int(at.at_risk[group, 0]), "events": int(at.events[group, 0]),
    }  # fmt: skip


def _percents() -> list[Column]:
    return [
        Column("survival", "생존율", "percent", digits=1),
        Column("low", "95 % 구간 아래", "percent", digits=1),
        Column("high", "위", "percent", digits=1),
        Column("shops", "센 가게", "integer", "곳"),
        Column("at_risk", "그때까지 남은 가게", "integer", "곳"),
        Column("events", "그 전에 닫은 가게", "integer", "곳"),
    ]


def _city(whole: KaplanMeier, years: int, where: tuple[Any, ...]) -> Table:
    row = {**_numbers(whole.at, 0), "shops": int(whole.rows[0])}
    note = (
        f"연 지 {years}년이 안 된 가게는 끝까지 버틸지 아직 모르므로 지켜본 동안만 셉니다. "
        "그래서 생존율은 ‘그때까지 남은 가게’를 ‘센 가게’로 나눈 값이 아닙니다."
    )
    return table_of("city", "시 전체", [row], _percents(), [Origin("shops", {}, where)], note)


def _trades(found: KaplanMeier, trades: Any, named: dict[str, str], where: tuple[Any, ...]) -> Table:
    rows = [
        {
            "dataset": str(each),
            "trade": named[str(each)],
            **_numbers(found.at, n),
            "shops": int(found.rows[n]),
        }
        for n, each in enumerate(trades)
    ]
    rows.sort(key=lambda row: -(row["survival"] or -1))
    columns = [Column("dataset", "데이터", "code"), Column("trade", "업종"), *_percents()]
    return table_of(
        "trades", "업종별 생존율", rows, columns, [Origin("shops", {"dataset": "dataset"}, where)]
    )


def _dongs(
    at: SurvivalAt,
    found: KaplanMeier,
    pairs: Any,
    named: dict[str, str],
    areas: dict[str, str],
    where: tuple[Any, ...],
) -> Table:
    rows = []
    for n, each in enumerate(pairs):
        dataset, dong = str(each).split("\t")
        rows.append(
            {
                "dataset": dataset, "trade": named[dataset], "dong_code": dong or None,
                "dong": areas.get(dong, dong) if dong else "주소를 알 수 없음", **_numbers(at, n),
                "shops": int(found.rows[n]), "adjusted": "보정값" if at.adjusted[n, 0] else "",
            }
        )  # fmt: skip
    rows.sort(key=lambda row: (row["trade"], -(row["survival"] or -1)))
    columns = [
        Column("dataset", "데이터", "code"), Column("trade", "업종"), Column("dong_code", "행정동코드", "code"),
        Column("dong", "행정동"), *_percents(), Column("adjusted", "보정", meaning="verdict"),
    ]  # fmt: skip
    origin = Origin("shops", {"dataset": "dataset", "dong_code": "dong_code"}, where)
    return table_of("dongs", "동과 업종별 생존율", rows, columns, [origin])


def _curves(seen: Lives, ended: Any, trade: Any, trades: Any, named: dict[str, str]) -> Table:
    found = kaplan_meier(
        seen.leave, ended, trade, seen.entry, groups=len(trades), ages=(CURVE_YEARS * YEAR_DAYS).tolist()
    ).at
    large = [n for n in range(len(trades)) if (trade == n).sum() >= FEWEST] or list(range(len(trades)))
    rows = [
        {"dataset": str(trades[n]), "trade": named[str(trades[n])], "year": float(year),
         "survival": None if np.isnan(found.survival[n, k]) else round(100 * float(found.survival[n, k]), 1)}
        for n in large
        for k, year in enumerate(CURVE_YEARS)
    ]  # fmt: skip
    columns = [
        Column("dataset", "데이터", "code"), Column("trade", "업종"), Column("year", "연 뒤", "number", "년", 1),
        Column("survival", "남은 가게", "percent", digits=1),
    ]  # fmt: skip
    return table_of(
        "curves", "해가 갈수록 남은 가게", rows, columns, [Origin("shops", {"dataset": "dataset"})]
    )


def _bars(years: int, trades: Table) -> Chart:
    """How far the trades lie apart."""
    spec = {"mark": "bar", "encoding": {"y": {"field": "trade", "sort": "-x"}, "x": {"field": "survival"}}}
    title = f"{years}년을 버틴 가게의 비율"
    ends = trades.extremes("survival")
    if ends is None or trades.rows.num_rows < 2:
        return Chart(title, "trades", spec)
    best, worst = ends
    return Chart(
        f"{title}은 {{worst}} {{low}}에서 {{best}} {{high}}까지 벌어집니다", "trades", spec,
        f"업종마다 막대 하나가 있고, 길수록 {years}년을 버틴 가게가 많습니다. 맨 위는 {{best}} {{high}}, 맨 아래는 {{worst}} {{low}}입니다.",
        {"best": Cell("trades", "trade", best), "high": Cell("trades", "survival", best),
         "worst": Cell("trades", "trade", worst), "low": Cell("trades", "survival", worst)},
    )  # fmt: skip


def _lines(curves: Table) -> Chart:
    """What is left of each trade in the end."""
    spec = {
        "mark": "line",
        "encoding": {"x": {"field": "year"}, "y": {"field": "survival"}, "color": {"field": "trade"}},
    }
    last = pc.equal(curves.rows.column("year"), CURVE_YEARS[-1])
    at_last = replace(curves, rows=curves.rows.set_column(3, "survival", pc.if_else(last, curves.rows.column("survival"), None)))  # fmt: skip
    ends = at_last.extremes("survival")
    if ends is None or ends[0] == ends[1]:
        return Chart("해가 갈수록 남은 가게의 비율", "curves", spec)
    most, least = ends
    return Chart(
        f"연 지 {CURVE_YEARS[-1]:g}년 뒤 {{most}}{{은}} {{high}}{{이}} 남고 {{least}}{{은}} {{low}}만 남습니다", "curves", spec,
        f"업종마다 선 하나가 100 %에서 시작해 내려갑니다. 연 지 {CURVE_YEARS[-1]:g}년 뒤 가장 높은 선은 {{most}} {{high}}, 가장 낮은 선은 {{least}} {{low}}입니다.",
        {"most": Cell("curves", "trade", most), "high": Cell("curves", "survival", most),
         "least": Cell("curves", "trade", least), "low": Cell("curves", "survival", least)},
    )  # fmt: skip


def _findings(years: int, city: Table, trades: Table, ratios: Table) -> tuple[Finding, ...]:
    first = Finding(
        f"문을 연 가게 가운데 {years}년을 버틴 곳은 {{survival}}입니다 (95 % 구간 {{low}}–{{high}}, 가게 {{shops}}).",
        {name: Cell("city", name) for name in ("survival", "low", "high", "shops")},
    )
    known = [
        n
        for n, row in enumerate(trades.rows.to_pylist())
        if row["survival"] is not None and row["shops"] >= FEWEST
    ]
    if len(known) < 2:
        return (first,)
    best, worst = known[0], known[-1]
    second = Finding(
        f"가게가 {FEWEST}곳 이상인 업종 가운데 가장 오래 가는 것은 {{best}}({{high}}), 가장 빨리 닫는 것은 {{worst}}({{low}})입니다.",
        {"best": Cell("trades", "trade", best), "high": Cell("trades", "survival", best),
         "worst": Cell("trades", "trade", worst), "low": Cell("trades", "survival", worst)},
    )  # fmt: skip
    if not ratios.rows.num_rows or float(ratios.value(0, "low") or 0) <= 1:
        return first, second
    third = Finding(
        "업종과 나이를 감안해도 많이 닫는 동은 {dong}입니다: 여느 동의 {ratio}({low}–{high}), {closed}.",
        {name: Cell("ratios", name) for name in ("dong", "ratio", "low", "high", "closed")},
    )
    return first, second, third
