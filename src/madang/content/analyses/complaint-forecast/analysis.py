"""How many complaints will come, of what, where and to whom, and what will be out of the ordinary? Back-tested as it is told."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.messages import MadangError
from madang.methods.alert_record import AlertScore, Record, Rule, alert_score, record
from madang.methods.alerts import Alert, alerts
from madang.methods.outlook import Outlook, outlook
from madang.methods.reconcile import hierarchy
from madang.results import Cell, Chart, Column, Finding, Origin, Result, Table, table_of
from madang.runs import Inputs, Range

ORIGINS = 60  # times that the past is foretold again
RULE = Rule()
AHEAD = {"week": (4, 52), "month": (3, 12)}  # periods ahead, periods of a year
SURE, WATCH, UNTRIED = "알림", "지켜볼 것", "지켜볼 것 (드물게 뚜렷함)"
OTHER, NOWHERE = "그 밖", "동 모름"
UNITS = {"week": "주", "month": "달"}
WHY = {"season": "이맘때 늘 많음", "growth": "해마다 늘어남", "level": "요즘 부쩍 늘어남"}
LEVELS = {
    (): "시 전체",
    ("category",): "분야",
    ("dong",): "동",
    ("department",): "부서",
    ("category", "dong", "department"): "분야와 동",
}


def run(
    inputs: Inputs,
    *,
    step: Literal["week", "month"] = "week",
    least: Annotated[int, Range(10, 1000)] = 30,
) -> Result:
    rows = _letters(inputs)
    if not rows.num_rows:
        raise MadangError("forecast_rows", rows=0, needed=1)
    days = rows.column("day").to_numpy(zero_copy_only=False).astype("datetime64[D]")
    letters = rows.column("letters").to_numpy()
    period, starts = _periods(days, step)
    category = _common(rows.column("category"), letters, least)
    dong = _named(inputs, rows.column("dong_code"))
    known = period >= 0
    pairs, of = np.unique(np.char.add(np.char.add(category[known], "\t"), dong[known]), return_inverse=True)
    horizon, season = AHEAD[step]
    count = len(starts) - horizon
    counts = np.zeros((len(pairs), count))
    np.add.at(counts, (of, period[known]), letters[known])
    keys = {
        "category": [str(each).split("\t")[0] for each in pairs],
        "dong": [str(each).split("\t")[1] for each in pairs],
    }
    first = _departments(category, rows.column("department"), letters)
    keys["department"] = [first[each] for each in keys["category"]]
    tree = hierarchy(keys, [(), ("category",), ("dong",), ("department",)])
    found = outlook(
        tree,
        counts,
        horizon=horizon,
        season=season,
        origins=ORIGINS,
        seed=inputs.seed,
        progress=inputs.progress,
    )
    months = (starts + 3).astype("datetime64[M]").astype(int) % 12 + 1
    past = record(found, months, RULE)
    warned = alerts(found, months, past, RULE)

    whole, next_, alert = _whole(found, starts), _next(found, starts, least), _alerts(warned, starts)
    unit = UNITS[step]
    tested, reliable = _score(past, unit), _reliable(past)
    return Result(
        findings=_findings(found, past, whole, alert, tested, unit),
        tables=(whole, alert, next_, _quality(found), tested, reliable),
        charts=(
            _line(whole, horizon, unit),
            Chart(
                "말한 확률만큼 왔습니까", "reliable",
                {"mark": "bar", "encoding": {"y": {"field": "step"}, "x": {"field": "came"}}},
            ),
        ),
        caveats=(
            "구간은 지난 예측이 틀린 만큼 넓습니다. 건수가 적은 칸일수록 구간을 보십시오.",
            "넘을 확률은 지난 예측이 그렇게 말했을 때 실제로 온 만큼 고친 것입니다. 요즘 부쩍 늘어난 것은 이어지기보다 가라앉는 때가 많습니다.",
            "부서는 분야마다 가장 많이 맡은 부서로 봅니다. 조직이 바뀌면 어긋납니다.",
            "접수하는 길이 바뀐 때가 자료에 있으면 예측도 흔들립니다.",
        ),
        method="계절 그대로, 지수평활, 세타, 아리마, 간헐 수요 가운데 지난 자료로 고르고, MinT(위크라마수리야 등 2019)로 합을 맞춥니다. 알림의 확률은 베타 보정(쿨 등 2017)으로 고칩니다.",
    )  # fmt: skip


def _letters(inputs: Inputs) -> pa.Table:
    """How many letters came on a day, of a category, to a department, from a dong."""
    rows = inputs["letters"].table()
    rows = rows.filter(rows.received_at.notnull()).mutate(day=rows.received_at.date())
    keys = ["day", "category", "department", "dong_code"]
    return rows.group_by(keys).agg(letters=rows.count()).order_by(keys).to_pyarrow()


def _periods(days: Any, step: str) -> tuple[Any, Any]:
    """The period of each day, whole ones that end with the last day counted back (-1: before them), and the first days
    of all periods and of those ahead."""
    horizon, _ = AHEAD[step]
    last = days.max()
    if step == "week":
        weeks = int((last - days.min()).astype(int) + 1) // 7
        starts = last + 1 - 7 * weeks + 7 * np.arange(weeks + horizon)
        return np.maximum((days - starts[0]).astype(int) // 7, -1), starts
    month = days.astype("datetime64[M]")
    end = month.max() if (last + 1).astype("datetime64[M]") > month.max() else month.max() - 1
    first = month.min() + (1 if days.min() > month.min().astype("datetime64[D]") else 0)
    number = int((end - first).astype(int)) + 1
    at = (month - first).astype(int)
    return np.where((at >= 0) & (at < number), at, -1), (first + np.arange(number + horizon)).astype(
        "datetime64[D]"
    )


def _texts(cells: Any, empty: str) -> Any:
    return pc.fill_null(cells, empty).to_numpy(zero_copy_only=False).astype(str)


def _common(cells: Any, letters: Any, least: int) -> Any:
    """Categories, the rare ones together."""
    names, of = np.unique(_texts(cells, OTHER), return_inverse=True)
    return np.where(np.bincount(of, letters)[of] >= least, names[of], OTHER)


def _named(inputs: Inputs, codes: Any) -> Any:
    told = _texts(codes, "")
    named = {"": NOWHERE, **inputs.area_names()}
    kinds, of = np.unique(told, return_inverse=True)
    return np.array([named.get(str(each), str(each)) for each in kinds])[of]


def _departments(category: Any, cells: Any, letters: Any) -> dict[str, str]:
    """Of each category the department that had most of its letters."""
    told, found = _texts(cells, "부서 모름"), {}
    for each in np.unique(category):
        names, of = np.unique(told[category == each], return_inverse=True)
        found[str(each)] = str(names[np.bincount(of, letters[category == each]).argmax()])
    return found


def _whole(found: Outlook, starts: Any) -> Table:
    known = found.history.shape[1]
    rows = [
        {
            "period": str(starts[n]),
            "letters": float(found.history[0, n]),
            "low": None,
            "high": None,
            "kind": "온 것",
        }
        for n in range(max(0, known - 2 * found.season), known)
    ]
    rows += [
        {"period": str(starts[known + n]), "letters": round(float(found.mean[0, n]), 1),
         "low": float(found.intervals.lower[0][0, n]), "high": float(found.intervals.upper[0][0, n]), "kind": "예보"}
        for n in range(found.mean.shape[1])
    ]  # fmt: skip
    columns = [
        Column("period", "시작하는 날", "date"), Column("letters", "민원", "number", "건", 0),
        Column("low", "80 % 구간 아래", "number", "건"), Column("high", "위", "number", "건"), Column("kind", "구분"),
    ]  # fmt: skip
    return table_of("whole", "시 전체", rows, columns, [Origin("letters")])


def _line(whole: Table, horizon: int, unit: str) -> Chart:
    """What came and what will, with how far it may be otherwise."""
    ahead = whole.rows.num_rows - horizon
    x, band = {"field": "period"}, {"y": {"field": "low"}, "y2": {"field": "high"}}
    return Chart(
        f"지난{unit}에 {{came}} 온 민원이 다음 {unit}에는 {{next}} 올 것으로 보입니다", "whole",
        {"layer": [{"mark": "area", "encoding": {"x": x, **band}}, {"mark": "line", "encoding": {"x": x, "y": {"field": "letters"}}}]},
        f"{unit}마다 온 민원을 이은 선입니다. {{since}}부터 시작해 {{ahead}}부터는 예보이고, 그 둘레의 띠가 80 % 구간입니다. "
        f"지난{unit}에는 {{came}}, 다음 {unit}에는 {{next}}({{low}}–{{high}})입니다.",
        {"came": Cell("whole", "letters", ahead - 1), "next": Cell("whole", "letters", ahead),
         "low": Cell("whole", "low", ahead), "high": Cell("whole", "high", ahead),
         "since": Cell("whole", "period"), "ahead": Cell("whole", "period", ahead)},
    )  # fmt: skip


def _next(found: Outlook, starts: Any, least: int) -> Table:
    known = found.history.shape[1]
    rows = []
    for node, labels in enumerate(found.tree.labels):
        level = found.tree.levels[int(found.tree.level[node])]
        if len(level) == 1 or found.mean[node].sum() >= 1:
            for n in range(found.mean.shape[1]):
                last_year = found.history[node, known + n - found.season]
                rows.append(
                    {"level": LEVELS[level], "name": " · ".join(labels[:2]) or "시 전체", "period": str(starts[known + n]),
                     "letters": round(float(found.mean[node, n]), 1), "low": float(found.intervals.lower[0][node, n]),
                     "high": float(found.intervals.upper[0][node, n]), "last_year": float(last_year)}
                )  # fmt: skip
    columns = [
        Column("level", "무엇의"), Column("name", "이름"), Column("period", "시작하는 날", "date"),
        Column("letters", "예보", "number", "건", 1), Column("low", "80 % 구간 아래", "number", "건"),
        Column("high", "위", "number", "건"), Column("last_year", "작년 같은 때", "number", "건"),
    ]  # fmt: skip
    return table_of("next", "다음에 올 것", rows, columns)


def _alerts(warned: tuple[Alert, ...], starts: Any) -> Table:
    first = len(starts) - max((each.ahead for each in warned), default=0)
    schema = pa.schema(
        [("name", pa.string()), ("level", pa.string()), ("period", pa.string()), ("probability", pa.float64()),
         ("letters", pa.float64()), ("low", pa.float64()), ("high", pa.float64()), ("usual", pa.float64()),
         ("grade", pa.string()), ("tried", pa.int64()), ("came", pa.int64()), ("why", pa.string()), ("lately", pa.float64()),
         ("expected", pa.float64())]
    )  # fmt: skip
    rows = [
        {"name": " · ".join(each.labels[:2]) or "시 전체", "level": LEVELS[each.level], "period": str(starts[first + each.ahead - 1]),
         "probability": round(100 * each.probability), "letters": round(each.mean, 1), "low": each.lower_80, "high": each.upper_80,
         "usual": round(each.threshold, 1), "grade": SURE if each.sure else UNTRIED if each.untried else WATCH, "tried": each.tried, "came": each.came, "why": WHY[each.reasons.main], "lately": each.reasons.lately,
         "expected": round(each.reasons.expected, 1)}
        for each in warned
    ]  # fmt: skip
    columns = [
        Column("name", "무엇이"), Column("level", "무엇의"), Column("period", "시작하는 날", "date"),
        Column("probability", "넘을 확률", "percent"), Column("letters", "예보", "number", "건", 1),
        Column("low", "80 % 구간 아래", "number", "건"), Column("high", "위", "number", "건"),
        Column("usual", "이만큼 넘으면 많은 것", "number", "건", 1), Column("grade", "알림인지"),
        Column("tried", "지난날 비슷하게나 더 높게 말한 것", "integer", "번"), Column("came", "그 가운데 온 것", "integer", "번"), Column("why", "까닭"),
        Column("lately", "최근에 온 것", "number", "건"), Column("expected", "최근에 올 만했던 것", "number", "건", 1),
    ]  # fmt: skip
    names = [each.name for each in columns]
    note = (
        f"{100 * RULE.probability:.0f} %를 넘고 지난날 그런 말이 그만큼 맞았으면 알림, 나머지는 지켜볼 것입니다. "
        "지난날에 드물 만큼 뚜렷한 것은 확률을 더 높게 말하지 못해, 적힌 확률이 가장 낮게 본 것입니다."
    )
    return table_of(
        "alerts", "여느 때보다 많을 것", pa.Table.from_pylist(rows, schema).select(names), columns, note=note
    )


def _quality(found: Outlook) -> Table:
    rows = [
        {"level": LEVELS[each.level], "series": each.series, "mase": round(each.mase, 2), "naive": round(each.naive_mase, 2),
         "cover_80": round(100 * float(np.mean(each.coverage[80]))), "cover_95": round(100 * float(np.mean(each.coverage[95]))),
         "bias": round(100 * each.bias_share, 1)}
        for each in found.quality
    ]  # fmt: skip
    columns = [
        Column("level", "무엇의"), Column("series", "수열", "integer", "개"), Column("mase", "오차 (MASE)", "number", digits=2),
        Column("naive", "작년 그대로의 오차", "number", digits=2), Column("cover_80", "80 % 구간이 맞힌", "percent"),
        Column("cover_95", "95 % 구간이 맞힌", "percent"), Column("bias", "치우침", "percent", digits=1),
    ]  # fmt: skip
    return table_of(
        "quality",
        "지난 예측은 얼마나 맞았습니까",
        rows,
        columns,
        note=f"{len(found.origins)}번 과거로 돌아가 그때까지의 자료로 예측하고 견주었습니다.",
    )


def _score(past: Record, unit: str) -> Table:
    """How warnings, what was worth a look, and warnings of the forecast alone would have fared."""

    def percent(value: float) -> float | None:
        return None if np.isnan(value) else round(100 * value)

    def row(kind: str, score: AlertScore) -> dict[str, Any]:
        return {
            "kind": kind, "warned": score.warned, "right": score.right, "precision": percent(score.precision),
            "events": score.events, "foreseen": score.foreseen, "recall": percent(score.recall),
            "lead": None if np.isnan(score.lead) else round(score.lead, 1),
        }  # fmt: skip

    sure, watch = (f"{100 * each:.0f} % 넘게" for each in (RULE.probability, RULE.watch))
    rows = [
        row(f"{SURE} ({sure})", alert_score(past, RULE.probability)),
        row(f"{WATCH}까지 ({watch})", alert_score(past, RULE.watch)),
        row(f"고치지 않은 확률로 ({sure})", alert_score(past, RULE.probability, plain=True)),
    ]
    columns = [
        Column("kind", "무엇을"), Column("warned", "말한 것", "integer", "번"), Column("right", "그 가운데 맞은 것", "integer", "번"),
        Column("precision", "맞은 비율", "percent"), Column("events", "실제로 많았던 것", "integer", "번"),
        Column("foreseen", "미리 안 것", "integer", "번"), Column("recall", "미리 안 비율", "percent"),
        Column("lead", "얼마나 먼저", "number", unit, 1),
    ]  # fmt: skip
    kinds = {"kind": pa.string(), "precision": pa.float64(), "recall": pa.float64(), "lead": pa.float64()}
    schema = pa.schema([(each.name, kinds.get(each.name, pa.int64())) for each in columns])
    times = int(past.judged.sum())
    note = f"{times}번 과거로 돌아가, 그때까지 배운 것만으로 말했다면 어땠을지 셌습니다."
    return table_of(
        "score", "지난 알림은 얼마나 맞았습니까", pa.Table.from_pylist(rows, schema), columns, note=note
    )


def _reliable(past: Record) -> Table:
    rows = [
        {"step": f"{10 * (at := min(int(said * 10), 9))}–{10 * at + 10} %", "said": round(100 * said, 1),
         "came": round(100 * came, 1), "cases": count}
        for said, came, count in alert_score(past, RULE.probability).reliability
    ]  # fmt: skip
    columns = [
        Column("step", "말한 확률"), Column("said", "말한 확률의 평균", "percent", digits=1),
        Column("came", "실제로 온 비율", "percent", digits=1), Column("cases", "말한 것", "integer", "번"),
    ]  # fmt: skip
    return table_of("reliable", "말한 확률만큼 왔습니까", rows, columns)


def _findings(
    found: Outlook, past: Record, whole: Table, alert: Table, tested: Table, unit: str
) -> tuple[Finding, ...]:
    at = whole.rows.num_rows - found.mean.shape[1]
    first = Finding(
        f"다음 {unit}({{period}}부터)에는 민원이 {{letters}} 올 것으로 봅니다(80 % 구간 {{low}}–{{high}}).",
        {name: Cell("whole", name, at) for name in ("period", "letters", "low", "high")},
    )
    if past.mending is None:
        return first, Finding(
            "지난 자료가 짧거나 드물어 여느 때보다 많을 확률을 말하지 못합니다. 그래서 아무것도 알리지 않습니다."
        )
    told = 0 if tested.value(0, "warned") else 1
    if not tested.value(0, "events"):
        third = Finding("지난 자료가 짧아, 알림이 얼마나 맞을지는 시험하지 못했습니다.")
    elif not tested.value(told, "warned"):
        third = Finding("지난 자료로 시험했을 때는 알릴 만한 것이 없었습니다.")
    else:
        third = Finding(
            f"지난 자료로 시험했을 때 {'지켜보라 한' if told else '알린'} {{warned}} 가운데 {{right}} 맞았고, "
            "실제로 많았던 {events} 가운데 {foreseen}{을} 미리 알았습니다.",
            {name: Cell("score", name, told) for name in ("warned", "right", "events", "foreseen")},
        )
    return first, _second(alert), third


def _second(alert: Table) -> Finding:
    """What will be out of the ordinary."""
    grades = alert.rows.column("grade").to_pylist()
    if not grades:
        return Finding("여느 때보다 많이 올 것으로 보이는 분야나 동은 없습니다.")
    if SURE in grades:
        at, lead, about = grades.index(SURE), "여느 때보다 많을 것은", "넘을 확률 {probability}."
    elif grades[0] == UNTRIED:
        at, lead = 0, "알릴 만큼 확실한 것은 없습니다. 지켜볼 것은"
        about = (
            "넘을 확률은 적어도 {probability}(이만큼 뚜렷한 것은 지난날에 드물어 더 높게 말하지 못합니다)."
        )
    else:
        at, lead, about = 0, "알릴 만큼 확실한 것은 없습니다. 지켜볼 것은", "넘을 확률 {probability}."
    names = ("name", "period", "letters", "usual", "probability", "why")
    return Finding(
        f"{lead} '{{name}}'입니다: {{period}}부터 {{letters}}, 많다고 보는 {{usual}}{{을}} {about} 까닭: {{why}}.",
        {name: Cell("alerts", name, at) for name in names},
    )
