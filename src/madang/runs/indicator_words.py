"""What the measure of an indicator says: its tables, its sentences, its pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from madang.declarations.indicator import Indicator
from madang.methods.series_outlook import LEVEL, SeriesOutlook
from madang.results import Cell, Chart, Column, Finding, Layer, Origin, Result, Table, table_of
from madang.results.result import Meaning

LATEST, SERIES, AREAS, AREA_SERIES = "latest", "series", "areas", "area_series"
STATES = {"met": "이룸", "near": "거의 이룸", "missed": "못 미침", "none": "목표 없음"}
KINDS = {"measured": "잰 값", "partial": "일부만 있음", "outlook": "내다봄"}
BEFORE = {"week": "앞주", "month": "앞달", "quarter": "앞 분기", "year": "앞해", "stock": "지난번"}
RATES = ("%", "℃", "점", "배", "km/h")  # of which one says that they are high or low, not many or few
NEXT = {"week": "다음 주", "month": "다음 달", "quarter": "다음 분기", "year": "다음 해"}
ALL_ROWS = (
    "value",
    "denominator",
    "rows",
    "achieved",
    "state",
)  # columns that all rows of a period stand behind


def period(indicator: Indicator, start: date) -> str:
    """A period as it is called: 2026년 6월, 2026년 2분기, 2026년, or a day."""
    if indicator.time == "month":
        return f"{start.year}년 {start.month}월"
    if indicator.time == "quarter":
        return f"{start.year}년 {(start.month + 2) // 3}분기"
    return f"{start.year}년" if indicator.time == "year" else start.isoformat()


def _measure(indicator: Indicator) -> list[Column]:
    """Value, numerator, denominator (where there is one) and rows."""
    below = (
        [Column("denominator", indicator.parts[1] or "분모", "number", digits=0)]
        if indicator.denominator
        else []
    )
    return [
        _value(indicator, "value", indicator.label),
        Column(
            "numerator",
            indicator.parts[0] or "분자",
            "number",
            meaning="difference" if indicator.difference else "",
        ),
        *below,
        Column("rows", "센 행", "integer", "행"),
    ]


def _value(indicator: Indicator, name: str, label: str, *, between: bool = False) -> Column:
    """A column in the unit of the indicator; `between` two of its values."""
    unit = "%p" if between and indicator.unit == "%" else indicator.unit
    meaning: Meaning = "difference" if between or indicator.difference else ""
    return Column(name, label, "number", unit, indicator.digits, meaning)


def latest_table(indicator: Indicator, row: Mapping[str, Any], origins: Sequence[Origin]) -> Table:
    """The newest whole period in one row."""
    columns = [
        Column("period", "기간"), *_measure(indicator), _value(indicator, "target", "목표"),
        Column("achieved", "목표에 견준 정도", "percent"), Column("state", "상태", meaning="verdict"),
        _value(indicator, "before", BEFORE[indicator.time]), _value(indicator, "change", f"{BEFORE[indicator.time]}와 차이", between=True),
        _value(indicator, "change_size", f"{BEFORE[indicator.time]}와 차이의 크기", between=True),
        _value(indicator, "last_year", "지난해 이맘때"), _value(indicator, "change_year", "지난해와 차이", between=True),
        _value(indicator, "change_year_size", "지난해와 차이의 크기", between=True),
        Column("missed_areas", "목표에 못 미친 동", "integer", "곳"), Column("hidden_areas", "숨긴 동", "integer", "곳"),
        Column("unplaced_rows", "동을 모르는 행", "integer", "행"), Column("start", "첫날", "date"),
    ]  # fmt: skip
    achieved = None if row["achieved"] is None else 100 * row["achieved"]
    sizes = {
        f"{name}_size": None if row[name] is None else abs(row[name]) for name in ("change", "change_year")
    }
    return _table(
        LATEST, f"{indicator.label}: 지금", [{**row, **sizes, "achieved": achieved}], columns, origins
    )


def series_table(
    indicator: Indicator, lines: Sequence[Mapping[str, Any]], origins: Sequence[Origin]
) -> Table:
    """The whole by period, with what comes next."""
    columns = [
        Column("period", "기간"), *_measure(indicator), _value(indicator, "target", "목표"),
        _value(indicator, "low", "아래 끝"), _value(indicator, "high", "위 끝"), Column("kind", "종류"), Column("start", "첫날", "date"),
    ]  # fmt: skip
    sparse = [name for name in ("target", "low", "high") if all(line[name] is None for line in lines)]
    columns = [each for each in columns if each.name not in sparse]
    return _table(SERIES, f"{indicator.label}: 기간마다", lines, columns, origins)


def area_tables(
    indicator: Indicator, rows: pa.Table | None, latest: date, origins: Sequence[Origin]
) -> list[Table]:
    """By 행정동: the newest period, lowest first where more is better, and every period."""
    if rows is None:
        return []
    named = rows.rename_columns(
        [
            "dong_code" if name == "area" else "start" if name == "period" else name
            for name in rows.column_names
        ]
    )
    kinds = pc.if_else(named.column("hidden"), "숨김", "")
    named = named.drop_columns(["hidden"]).append_column("hidden", kinds)
    labels = pa.array([period(indicator, each) for each in named.column("start").to_pylist()])
    named = named.append_column("period", labels)
    columns = [Column("name", "행정동"), *_measure(indicator), Column("hidden", "가림"),
               Column("dong_code", "행정동코드", "code"), Column("start", "첫날", "date")]  # fmt: skip
    own = [
        Origin(each.role, {**each.columns, "dong_code": "area"}, only=_there(each, columns), query=each.query)
        for each in origins
    ]
    way = "ascending" if indicator.direction == "up" else "descending"
    now = named.filter(pc.equal(named.column("start"), pa.scalar(latest, pa.date32())))
    now = now.sort_by([("value", way), ("name", "ascending")])
    note = (
        f"{indicator.least}보다 적은 칸은 가리고, 가린 칸을 셈해 낼 수 없도록 다음으로 적은 칸도 가립니다."
        if indicator.least
        else ""
    )
    return [
        table_of(AREAS, f"{indicator.label}: 동마다", now, columns, own, note),
        table_of(AREA_SERIES, f"{indicator.label}: 동과 기간마다", named, [Column("period", "기간"), *columns], own, note),
    ]  # fmt: skip


def _table(
    name: str, title: str, lines: Sequence[Mapping[str, Any]], columns: Sequence[Column], origins: Sequence[Origin]
) -> Table:  # fmt: skip
    types = {"text": pa.string(), "integer": pa.int64(), "date": pa.date32()}
    schema = pa.schema([(each.name, types.get(each.kind, pa.float64())) for each in columns])
    rows = pa.Table.from_pylist([dict(line) for line in lines], schema)
    own = [Origin(each.role, each.columns, only=_there(each, columns), query=each.query) for each in origins]
    return table_of(name, title, rows, columns, own)


def _there(origin: Origin, columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(each.name for each in columns if each.name in origin.only)


# sentences and pictures -------------------------------------------------------------------------------------


def result(
    indicator: Indicator, tables: Sequence[Table], outlook: SeriesOutlook | None, later: int = 0
) -> Result:
    """All of it: the answer first. `later`: rows of days after the one that the data speak of, which are left out."""
    found = {each.id: each for each in tables}
    latest, series = found[LATEST], found[SERIES]
    findings = [_now(indicator, latest), *_changes(indicator, latest, series), *_by_area(indicator, latest, found.get(AREAS)),
                *_next(indicator, series, outlook)]  # fmt: skip
    layers = (Layer(indicator.label, AREAS, "areas", "value"),) if AREAS in found else ()
    return Result(
        tuple(findings), tuple(tables), tuple(_charts(indicator, found)), layers, tuple(_caveats(indicator, outlook, later)),
        _method(indicator),
    ).check()  # fmt: skip


def _cell(name: str) -> Cell:
    return Cell(LATEST, name)


def _now(indicator: Indicator, latest: Table) -> Finding:
    cells = {"period": _cell("period"), "value": _cell("value"), "target": _cell("target")}
    text = f"{{period}}의 {indicator.label}{_of(indicator)} {{value}}입니다."
    state = latest.value(0, "state")
    if state == STATES["none"]:
        return Finding(text, {name: cells[name] for name in ("period", "value")})
    down = indicator.direction == "down"
    told = {
        STATES["met"]: "목표 {target}{을} 이루었습니다.",
        STATES["near"]: "목표 {target}{을} 조금 넘습니다." if down else "목표 {target}에 조금 못 미칩니다.",
        STATES["missed"]: "목표 {target}{을} 넘습니다." if down else "목표 {target}에 못 미칩니다.",
    }
    return Finding(f"{text} {told[str(state)]}", cells)


def _of(indicator: Indicator) -> str:
    """은 or 는 behind its label."""
    last = indicator.label.rstrip(")").strip()[-1]
    has_final = (ord(last) - 0xAC00) % 28 != 0 if "가" <= last <= "힣" else False
    return "은" if has_final else "는"


def _changes(indicator: Indicator, latest: Table, series: Table) -> list[Finding]:
    """Against the period before and a year ago, and whether that is better."""
    told = []
    for name, change, words in (
        ("before", "change", BEFORE[indicator.time]), ("last_year", "change_year", "지난해 이맘때"),
    ):  # fmt: skip
        moved = latest.value(0, change)
        if moved is None or (name == "last_year" and indicator.time == "year"):
            continue
        more, less = (
            ("높아졌습니다", "낮아졌습니다") if indicator.unit in RATES else ("늘었습니다", "줄었습니다")
        )
        same = abs(float(moved)) < 0.5 * 10**-indicator.digits
        way = "같습니다" if same else more if float(moved) > 0 else less
        better = ""
        if way != "같습니다" and indicator.direction != "none":
            better = (
                " 좋아진 것입니다."
                if (float(moved) > 0) == (indicator.direction == "up")
                else " 나빠진 것입니다."
            )
        cells = {"was": _cell(name), "moved": _cell(f"{change}_size")}
        told.append(
            Finding(f"{words} {{was}}에서 {{moved}} {way}.{better}" if way != "같습니다" else f"{words} {{was}}{{과}} {way}.",
                    cells if way != "같습니다" else {"was": _cell(name)})
        )  # fmt: skip
    return told


def _by_area(indicator: Indicator, latest: Table, areas: Table | None) -> list[Finding]:
    if areas is None:
        return []
    told = []
    values = areas.rows.column("value").to_pylist()
    shown = [n for n, each in enumerate(values) if each is not None]
    if len(shown) > 1 and values[shown[0]] != values[shown[-1]]:
        first, last = shown[0], shown[-1]
        most, least = ("높은", "낮은") if indicator.unit in RATES else ("많은", "적은")
        ends = (least, most) if indicator.direction == "up" else (most, least)
        also = [" 등 여러 동" if values.count(values[n]) > 1 else "" for n in (first, last)]
        told.append(
            Finding(
                f"가장 {ends[0]} 동은 {{first}}{also[0]}({{low}}), 가장 {ends[1]} 동은 {{last}}{also[1]}({{high}})입니다.",
                {"first": Cell(AREAS, "name", first), "low": Cell(AREAS, "value", first),
                 "last": Cell(AREAS, "name", last), "high": Cell(AREAS, "value", last)},
            )
        )  # fmt: skip
    if indicator.target is not None and indicator.denominator and latest.value(0, "missed_areas"):
        missed = "목표를 넘은" if indicator.direction == "down" else "목표에 못 미친"
        told.append(Finding(f"{missed} 동이 {{missed}}입니다.", {"missed": _cell("missed_areas")}))
    if latest.value(0, "unplaced_rows"):
        told.append(
            Finding(
                "동을 알 수 없어 동마다의 값에 넣지 못한 것이 {rows}입니다.", {"rows": _cell("unplaced_rows")}
            )
        )
    return told


def _next(indicator: Indicator, series: Table, outlook: SeriesOutlook | None) -> list[Finding]:
    if outlook is None:
        return []
    row = series.rows.num_rows - len(outlook.mean)
    cells = {name: Cell(SERIES, name, row) for name in ("value", "low", "high")}
    text = f"{NEXT[indicator.time]}은 {{value}}쯤으로 내다봅니다({{low}}에서 {{high}} 사이, 열에 여덟은 이 안에 듭니다)."
    return [
        Finding(
            text.replace("다음 주은", "다음 주는")
            .replace("다음 분기은", "다음 분기는")
            .replace("다음 해은", "다음 해는"),
            cells,
        )
    ]


def _charts(indicator: Indicator, found: Mapping[str, Table]) -> list[Chart]:
    """The series with its target and what comes next; the areas."""
    x = {"field": "period", "type": "ordinal"}
    layers: list[dict[str, Any]] = [
        {"mark": "line", "encoding": {"x": x, "y": {"field": "value"}, "color": {"datum": "값"}}}
    ]
    if "low" in found[SERIES].rows.column_names:
        layers.append({"mark": "area", "encoding": {"x": x, "y": {"field": "low"}, "y2": {"field": "high"}}})
    if indicator.target is not None:
        target = {"x": x, "y": {"field": "target"}, "color": {"datum": "목표"}}
        layers.append({"mark": "line", "encoding": target})
    charts = []
    if found[SERIES].rows.num_rows > 1:
        title, cells = (
            f"{indicator.label}: {{period}} {{value}}",
            {"period": _cell("period"), "value": _cell("value")},
        )
        if indicator.target is not None:
            title, cells = f"{title}, 목표 {{target}}", {**cells, "target": _cell("target")}
        charts.append(Chart(title, SERIES, {"layer": layers}, _said(found), cells))
    values = found[AREAS].rows.column("value").to_pylist() if AREAS in found else []
    known = [n for n, each in enumerate(values) if each is not None]
    if len(known) > 1 and 2 * len(known) >= len(values):  # of the others a picture says nothing
        bars = {"mark": "bar", "encoding": {"x": {"field": "name"}, "y": {"field": "value"}}}
        title = f"동마다의 {indicator.label}: {{first}} {{low}}에서 {{last}} {{high}}까지"
        cells = {"first": Cell(AREAS, "name", known[0]), "low": Cell(AREAS, "value", known[0]),
                 "last": Cell(AREAS, "name", known[-1]), "high": Cell(AREAS, "value", known[-1])}  # fmt: skip
        charts.append(
            Chart(title, AREAS, bars, f"행정동 {len(known)}곳의 {indicator.label} 막대 그림", cells)
        )
    return charts


def _said(found: Mapping[str, Table]) -> str:
    series = found[SERIES]
    first, last = series.value(0, "period"), found[LATEST].value(0, "period")
    return f"{first}부터 {last}까지 기간마다 잰 값과 목표의 선 그림"


def _caveats(indicator: Indicator, outlook: SeriesOutlook | None, later: int) -> list[str]:
    told = list(indicator.not_for)
    if later:
        told.append(f"기준일보다 뒤의 날짜가 적힌 {later:,}행은 셈하지 않았습니다.")
    if outlook is not None:
        told.append(f"내다본 값의 구간은 지난 {outlook.origins}번의 예측이 틀린 만큼 넓습니다({LEVEL} %).")
    return told


def _method(indicator: Indicator) -> str:
    scale = f"{indicator.scale:g} × " if indicator.scale != 1 else ""
    below = f" ÷ {indicator.parts[1] or indicator.denominator}" if indicator.denominator else ""
    areas = " 동마다의 값은 같은 셈을 동의 행으로 합니다." if indicator.by_area else ""
    return f"{scale}{indicator.parts[0] or indicator.numerator}{below}.{areas}"
