"""Indicators at their edges: the period before, a year ago, exactly the target, holes, whole periods, 행정동 without rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.declarations.analysis import Role
from madang.declarations.indicator import Indicator
from madang.messages import MadangError
from madang.methods.series_outlook import series_outlook
from madang.results import Result, sentence
from madang.runs.indicators import judged, measured
from madang.runs.inputs import Input, Inputs, Part

COUNT = Indicator(
    "cases", "민원", "몇 건입니까?", "시험", "행정", "건", 0,
    'SELECT source_row, dataset, "day", area, n FROM cases', "sum(n)", "", 1.0, "month", False,
    (Role("cases", ("x",), "민원", ("day", "area", "n")),), direction="down",
)  # fmt: skip
SHARE = replace(
    COUNT, unit="%", digits=1, numerator="sum(n) FILTER (area = 'A')", denominator="sum(n)", scale=100.0
)
AREAS = replace(COUNT, by_area=True, least=5)
DONGS = {"11": "가동", "12": "나동", "13": "다동", "14": "라동"}


class Row(NamedTuple):
    day: date
    n: int
    area: str | None = None


def result(
    folder: Path,
    indicator: Indicator,
    rows: Sequence[Row],
    as_of: Sequence[str] = ("2026-12-31",),
    earlier: pa.Table | None = None,
) -> Result:
    """What is measured of `rows`; each of `as_of` is the day of a dataset, the rows being those of the first."""
    schema = pa.schema(
        [("day", pa.date32()), ("n", pa.int64()), ("area", pa.string()), ("source_row", pa.int64())]
    )
    columns = {name: name for name in schema.names}
    parts = []
    for number, day in enumerate(as_of):
        told = [{**each._asdict(), "source_row": n} for n, each in enumerate(rows)] if not number else []
        file = folder / f"{number}.parquet"
        pq.write_table(pa.Table.from_pylist(told, schema), file)
        parts.append(Part(f"d{number}", 1, "", day, columns, (file,)))
    found = {"cases": Input("cases", tuple(parts))}
    if indicator.by_area:
        file = folder / "areas.parquet"
        names = [f"서울특별시 종로구 {name}" for name in DONGS.values()]
        pq.write_table(pa.table({"hjd_code": list(DONGS), "area_name": names}), file)
        known = {name: name for name in ("hjd_code", "area_name")}
        found["areas"] = Input("areas", (Part("areas", 1, "", "", known, (file,)),))
    return measured(indicator, Inputs(found), earlier)


def latest(*args: Any, **more: Any) -> dict[str, Any]:
    found: dict[str, Any] = result(*args, **more).table("latest").rows.to_pylist()[0]
    return found


def series(*args: Any, **more: Any) -> list[tuple[str, float | None, str]]:
    rows = result(*args, **more).table("series").rows.to_pylist()
    return [(str(each["start"]), each["value"], each["kind"]) for each in rows]


def monthly(values: Sequence[int], first: int = 2026 * 12) -> list[Row]:
    """A row on the 15th of each month from month number `first` (year * 12 + month - 1), and one that ends it; 0: no row."""
    rows = [
        Row(date((first + n) // 12, (first + n) % 12 + 1, 1), value)
        for n, value in enumerate(values)
        if value
    ]
    return [*rows, Row(rows[-1].day.replace(day=28), 0)]  # not all on the first day: they are days, no months


# before, and a year ago --------------------------------------------------------------------------------------


def test_a_week_is_held_against_the_one_of_the_same_name_364_days_before(tmp_path: Path) -> None:
    monday = date(2026, 6, 1)
    rows = [Row(monday - timedelta(7 * n), 100 + n) for n in range(60)] + [Row(monday + timedelta(6), 0)]
    found = latest(tmp_path, replace(COUNT, time="week"), rows, ["2026-06-07"])
    assert (found["start"], found["value"]) == (monday, 100)
    assert (found["before"], found["change"]) == (101, -1)
    assert (found["last_year"], found["change_year"], found["change_year_size"]) == (152, -52, 52)


def test_a_month_is_held_against_its_own_of_last_year_across_months_that_are_missing(tmp_path: Path) -> None:
    """2025-03: 4 of 8. 2026-02: nothing, and a share of nothing is none. 2026-03: 6 of 8."""
    rows = [Row(date(2025, 1, 1), 9, "A"), Row(date(2025, 3, 2), 4, "A"), Row(date(2025, 3, 2), 4, "B"), Row(date(2025, 4, 9), 1, "A"),
            Row(date(2026, 1, 5), 1, "A"), Row(date(2026, 3, 5), 6, "A"), Row(date(2026, 3, 31), 2, "B")]  # fmt: skip
    told = result(tmp_path, SHARE, rows, ["2026-03-31"])
    (found,) = told.table("latest").rows.to_pylist()
    assert (found["period"], found["value"]) == ("2026년 3월", 75)
    assert [found[name] for name in ("before", "change", "change_size")] == [None] * 3  # not that of January
    february = told.table("series").rows.to_pylist()[-2]
    assert [february[name] for name in ("value", "numerator", "denominator", "rows")] == [None, None, None, 0]
    assert (found["last_year"], found["change_year"]) == (50, 25)
    assert not any("앞달" in sentence(each, told) for each in told.findings)


def test_without_a_period_a_year_ago_there_is_none(tmp_path: Path) -> None:
    rows = [Row(date(2025, 1, 1), 9, "A"), Row(date(2025, 2, 2), 4, "A"), Row(date(2026, 2, 1), 1, "A"), Row(date(2026, 3, 31), 2, "A")]  # fmt: skip
    found = latest(tmp_path, SHARE, rows, ["2026-03-31"])
    assert (found["before"], found["last_year"], found["change_year"]) == (100, None, None)


def test_a_count_of_a_month_without_rows_is_nought_and_is_compared_with(tmp_path: Path) -> None:
    found = latest(tmp_path, COUNT, monthly([3, 0, 5]), ["2026-03-31"])
    assert (found["before"], found["change"]) == (0, 5)


def test_a_month_of_which_only_part_is_known_is_not_compared_with(tmp_path: Path) -> None:
    """The data begin on the second of January."""
    found = latest(tmp_path, COUNT, [Row(date(2026, 1, 2), 7), Row(date(2026, 2, 3), 4)], ["2026-02-28"])
    assert (found["period"], found["before"]) == ("2026년 2월", None)
    found = latest(tmp_path, COUNT, [Row(date(2026, 1, 1), 7), Row(date(2026, 2, 3), 4)], ["2026-02-28"])
    assert (found["period"], found["before"]) == ("2026년 2월", 7)


@pytest.mark.parametrize(
    ("time", "days", "period", "before", "last_year"),
    [
        (
            "quarter",
            ["2025-01-01", "2025-04-01", "2025-10-01", "2026-01-02", "2026-04-30"],
            "2026년 2분기",
            8,
            2,
        ),
        ("year", ["2024-01-01", "2025-05-01", "2026-01-02"], "2026년", 2, 2),
    ],
)
def test_quarters_and_years(
    tmp_path: Path, time: Any, days: list[str], period: str, before: float, last_year: float
) -> None:
    rows = [Row(date.fromisoformat(day), 2**n) for n, day in enumerate(days)]
    found = latest(
        tmp_path, replace(COUNT, time=time), rows, ["2026-12-31" if time == "year" else "2026-06-30"]
    )
    assert (found["period"], found["value"]) == (period, 2 ** (len(days) - 1))
    assert (found["before"], found["last_year"]) == (before, last_year)


@pytest.mark.parametrize(
    ("ages", "last_year"),
    [
        ([365], 1), ([365 - 7], 1), ([365 - 8], None),  # up to a week younger than a year
        ([365 + 92], 1), ([365 + 93], None),  # and three months older
        ([365 + 92, 365 + 1, 300], 2),  # the last of several
    ],
)  # fmt: skip
def test_a_stock_is_held_against_a_day_about_a_year_ago(
    tmp_path: Path, ages: list[int], last_year: float | None
) -> None:
    today = date(2026, 6, 30)
    earlier = pa.table(
        {"period_start": [today - timedelta(age) for age in ages], "value": [n + 1.0 for n in range(len(ages))],
         "numerator": [0.0] * len(ages), "denominator": [None] * len(ages), "rows_count": [1] * len(ages),
         "hjd_code": pa.array([None] * len(ages), pa.string())}
    )  # fmt: skip
    stock = replace(COUNT, time="stock")
    found = latest(tmp_path, stock, [Row(today, 10)], ["2026-06-30"], earlier)
    assert (found["before"], found["last_year"]) == (len(ages), last_year)
    assert found["change_year"] == (None if last_year is None else 10 - last_year)


# against the target ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("direction", "target", "value", "share", "state"),
    [
        ("up", 40, 40, 1, "met"), ("up", 40, 41, 1.025, "met"), ("up", 40, 39, 0.975, "near"),
        ("up", 40, 36, 0.9, "near"), ("up", 40, 35.9, 0.8975, "missed"), ("up", 40, 0, None, "missed"),
        ("up", 0, 0, None, "met"), ("up", -5, -5, None, "met"), ("up", -5, -6, None, "missed"),
        ("down", 40, 40, 1, "met"), ("down", 40, 20, 2, "met"), ("down", 40, 41, 40 / 41, "near"),
        ("down", 36, 40, 0.9, "near"), ("down", 35, 40, 0.875, "missed"), ("down", 0, 0, None, "met"),
        ("down", 0, 1, None, "missed"), ("none", 40, 40, None, "none"), ("up", None, 40, None, "none"),
        ("down", 40, None, None, "none"),
    ],
)  # fmt: skip
def test_exactly_the_target_is_met_and_nine_tenths_of_it_is_near(
    direction: Any, target: float | None, value: float | None, share: float | None, state: str
) -> None:
    found = judged(replace(COUNT, direction=direction, target=target), value)
    assert found == (None if share is None else pytest.approx(share), state)


# whole periods -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lag", "period"), [(0, "3월"), (1, "2월"), (31, "2월"), (32, "1월")]
)  # of the end of March: with a lag of 31 days all of February is known
def test_days_of_a_lag_are_not_told_yet(tmp_path: Path, lag: int, period: str) -> None:
    rows = [Row(date(2026, 1, 1), 1), Row(date(2026, 2, 2), 2), Row(date(2026, 3, 31), 3)]
    assert (
        latest(tmp_path, replace(COUNT, lag_days=lag), rows, ["2026-03-31"])["period"] == f"2026년 {period}"
    )


@pytest.mark.parametrize(("until", "period"), [("earliest", "2월"), ("newest", "4월")])
def test_of_several_datasets_one_tells_until_when(tmp_path: Path, until: Any, period: str) -> None:
    rows = [Row(date(2026, 1, 1), 1), Row(date(2026, 2, 2), 2)]
    days = ["2026-04-30", "2026-02-28"]
    assert latest(tmp_path, replace(COUNT, until=until), rows, days)["period"] == f"2026년 {period}"


def test_a_period_is_whole_on_its_last_day_and_there_on_its_first(tmp_path: Path) -> None:
    rows = [
        Row(date(2026, 1, 1), 1),
        Row(date(2026, 2, 2), 2),
        Row(date(2026, 3, 1), 4),
        Row(date(2026, 4, 1), 8),
    ]
    assert series(tmp_path, COUNT, rows, ["2026-03-01"]) == [
        ("2026-01-01", 1, "잰 값"), ("2026-02-01", 2, "잰 값"), ("2026-03-01", 4, "일부만 있음"),
    ]  # fmt: skip
    assert series(tmp_path, COUNT, rows[:2], ["2026-02-27"])[-1] == ("2026-02-01", 2, "일부만 있음")
    assert series(tmp_path, COUNT, rows[:2], ["2026-02-28"])[-1] == ("2026-02-01", 2, "잰 값")


def test_what_one_dataset_tells_of_days_after_those_of_another_is_kept(tmp_path: Path) -> None:
    rows = [Row(date(2026, 1, 1), 1), Row(date(2026, 2, 2), 2), Row(date(2026, 3, 3), 4)]
    found = result(tmp_path, COUNT, rows, ["2026-03-31", "2026-01-31"])
    kinds = found.table("series").rows.column("kind").to_pylist()
    assert kinds == ["잰 값", "일부만 있음", "일부만 있음"]
    assert found.caveats == ()


def test_rows_of_months_and_not_of_days_tell_all_of_their_month(tmp_path: Path) -> None:
    rows = [Row(date(2026, 1, 1), 1), Row(date(2026, 2, 1), 2)]
    assert series(tmp_path, COUNT, rows, ["2026-02-01"])[-1] == ("2026-02-01", 2, "잰 값")
    assert len(series(tmp_path, COUNT, rows, ["2026-06-30"])) == 2  # later ones are not there, not nought
    with pytest.raises(MadangError, match="민원"):  # of one alone nobody knows: it may be a day
        result(tmp_path, COUNT, rows[:1], ["2026-01-01"])
    rows = [*rows, Row(date(2026, 2, 2), 4)]
    assert series(tmp_path, COUNT, rows, ["2026-02-02"])[-1] == ("2026-02-01", 6, "일부만 있음")


# what comes next ---------------------------------------------------------------------------------------------


def outlook(*args: Any, **more: Any) -> list[dict[str, Any]]:
    rows = result(*args, **more).table("series").rows.to_pylist()
    return [each for each in rows if each["kind"] == "내다봄"]


def shares(percent: Sequence[int | None], last: date = date(2026, 12, 1)) -> list[Row]:
    """By month, the last in that of `last`, so many of a hundred; None: no row."""
    month = last.year * 12 + last.month - len(percent)
    rows = []
    for n, each in enumerate(percent):
        if each is not None:
            day = date((month + n) // 12, (month + n) % 12 + 1, 1)
            rows += [Row(day, each, "A"), Row(day, 100 - each, "B")]
    return rows


# now and then 60, else 100 and never more: 90 or so is to be expected, and one is off by up to 30
UP_AND_DOWN = [60 if each else 100 for each in np.random.default_rng(5).random(40) < 0.25]


@pytest.mark.slow
def test_an_outlook_of_a_share_does_not_pass_a_hundred_nor_that_of_a_count_nought(tmp_path: Path) -> None:
    short = UP_AND_DOWN[:25]
    found = outlook(tmp_path, SHARE, shares(short))
    assert [str(each["start"]) for each in found] == ["2027-01-01", "2027-02-01", "2027-03-01"]
    assert max(each["high"] for each in found) == 100
    free = replace(SHARE, unit="점")  # the same numbers, of which 100 is no bound
    assert max(each["high"] for each in outlook(tmp_path, free, shares(short))) > 100
    few = outlook(tmp_path, SHARE, shares([100 - each for each in short]))
    assert min(each["low"] for each in few) == 0
    over = [*short[:-1], 101]  # a rate that was above 100 may be so again
    assert max(each["high"] for each in outlook(tmp_path, SHARE, shares(over))) > 100


@pytest.mark.slow
def test_what_was_below_nought_may_be_so_again(tmp_path: Path) -> None:
    rows = [each._replace(n=each.n - 90) for each in shares(UP_AND_DOWN[:25]) if each.area == "A"]
    assert min(each["low"] for each in outlook(tmp_path, COUNT, rows)) < 0


def test_a_hole_leaves_too_little_to_say_what_comes(tmp_path: Path) -> None:
    """13 + 12 months are needed: a season and a month, three ahead, nine errors; a hole leaves what is behind it."""
    values: list[int | None] = [*UP_AND_DOWN]
    assert outlook(tmp_path, SHARE, shares(values[:25])) != []
    assert outlook(tmp_path, SHARE, shares(values[:24])) == []
    values[14] = None
    assert len(outlook(tmp_path, SHARE, shares(values))) == 3  # 25 behind it
    values[15] = None
    found = result(tmp_path, SHARE, shares(values))
    assert {each["kind"] for each in found.table("series").rows.to_pylist()} == {"잰 값"}
    assert not any("내다봅니다" in sentence(each, found) for each in found.findings)


def test_an_outlook_reads_nothing_before_a_hole(tmp_path: Path) -> None:
    values: list[int | None] = [1, None, *UP_AND_DOWN[:25]]
    told = [(each["value"], each["low"], each["high"]) for each in outlook(tmp_path, SHARE, shares(values))]
    alone = [
        (each["value"], each["low"], each["high"])
        for each in outlook(tmp_path, SHARE, shares(UP_AND_DOWN[:25]))
    ]
    assert told == [pytest.approx(each) for each in alone]


def test_a_series_with_a_hole_has_no_outlook() -> None:
    y = np.array(UP_AND_DOWN, float)
    y[20] = np.nan
    assert series_outlook(y, 3, 12) is None


# by 행정동 ---------------------------------------------------------------------------------------------------


def dongs(folder: Path, indicator: Indicator, counts: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Of January, in which everything happens on the first and on the last day."""
    rows = [Row(date(2026, 1, 1), n, code) for code, n in counts.items()]
    rows.append(Row(date(2026, 1, 31), 0, next(iter(counts))))
    table = result(folder, indicator, rows, ["2026-01-31"]).table("areas")
    return {each["dong_code"]: each for each in table.rows.to_pylist()}


def test_a_dong_without_rows_is_there_with_nought_and_of_a_share_with_nothing(tmp_path: Path) -> None:
    found = dongs(tmp_path, AREAS, {"11": 30, "12": 40, "99": 50})
    assert {code: (each["name"], each["value"], each["rows"], each["hidden"]) for code, each in found.items()} == {
        "11": ("가동", 30, 2, ""), "12": ("나동", 40, 1, ""), "13": ("다동", 0, 0, ""), "14": ("라동", 0, 0, ""),
        "99": ("99", 50, 1, ""),
    }  # fmt: skip
    half = replace(AREAS, numerator="sum(n) / 2", denominator="sum(n)", scale=100.0, unit="%")
    found = dongs(tmp_path, half, {"11": 30, "12": 40})
    assert {code: (each["value"], each["numerator"], each["rows"]) for code, each in found.items()} == {
        "11": (50, 15, 2), "12": (50, 20, 1), "13": (None, None, 0), "14": (None, None, 0),
    }  # fmt: skip


def test_exactly_the_least_is_shown_and_one_less_is_hidden_with_another(tmp_path: Path) -> None:
    """4 alone is the whole less the others: 8 is hidden with it, and 12 of two could be 0 and 12 to 12 and 0."""
    shown = {"11": 5, "12": 8, "13": 30, "14": 40}
    assert {each["hidden"] for each in dongs(tmp_path, AREAS, shown).values()} == {""}
    found = dongs(tmp_path, AREAS, {**shown, "11": 4})
    assert {code: each["numerator"] for code, each in found.items()} == {
        "11": None,
        "12": None,
        "13": 30,
        "14": 40,
    }
    assert {code for code, each in found.items() if each["hidden"] == "숨김"} == {"11", "12"}
    assert [found[code][name] for code in ("11", "12") for name in ("value", "rows")] == [None] * 4


def test_few_below_the_line_are_hidden_as_few_above_it_are(tmp_path: Path) -> None:
    """Ten times 3 above 3 below, and 3 above ten times 3 below."""
    whole = replace(AREAS, numerator="sum(n) * 10", denominator="sum(n)")
    found = dongs(tmp_path, whole, {"11": 3, "12": 9, "13": 30, "14": 40})
    assert {code for code, each in found.items() if each["value"] is None} == {"11", "12"}
    part = replace(AREAS, numerator="sum(n)", denominator="sum(n) * 10")
    found = dongs(tmp_path, part, {"11": 3, "12": 9, "13": 30, "14": 40})
    assert {code for code, each in found.items() if each["value"] is None} == {"11", "12"}


def test_what_is_hidden_and_what_has_no_dong_is_counted(tmp_path: Path) -> None:
    wanted = replace(
        AREAS, numerator="sum(n) FILTER (n > 4)", denominator="sum(n)", target=1.0, direction="up", scale=0.5
    )
    rows = [Row(date(2026, 1, 1), n, code) for code, n in {"11": 5, "12": 50, "13": 60, None: 7}.items()]
    rows += [Row(date(2026, 1, 31), 3, "11"), Row(date(2025, 12, 31), 9, None)]
    found = latest(tmp_path, wanted, rows, ["2026-01-31"])
    assert (found["unplaced_rows"], found["hidden_areas"], found["missed_areas"]) == (1, 0, 3)
    found = latest(tmp_path, replace(wanted, target=0.5), rows, ["2026-01-31"])
    assert found["missed_areas"] == 1  # 11: 5 of 8; exactly the target is none that misses it
    found = latest(tmp_path, replace(wanted, target=None), rows, ["2026-01-31"])
    assert found["missed_areas"] is None  # without a target there is none to miss
    hidden = [Row(date(2026, 1, 1), n, code) for code, n in {"11": 1, "12": 50, "13": 60}.items()]
    found = latest(tmp_path, wanted, [*hidden, Row(date(2026, 1, 31), 0, "13")], ["2026-01-31"])
    assert (found["hidden_areas"], found["missed_areas"]) == (2, 1)  # what is hidden is not said to miss it


def test_dongs_miss_a_target_of_shares_only_and_near_is_missed(tmp_path: Path) -> None:
    """Of 가동 all of 100, of 나동 95, of 다동 80; 라동 is empty."""
    rows = [Row(date(2026, 1, 1), n, code) for code, n in {"11": 100, "12": 95, "13": 80}.items()]
    rows += [Row(date(2026, 1, 31), 5, "12"), Row(date(2026, 1, 31), 20, "13")]
    share = replace(
        AREAS, numerator="sum(n) FILTER (n > 20)", denominator="sum(n)", scale=100.0, least=0, direction="up"
    )
    for indicator, missed in (
        (replace(share, target=100.0), 2), (replace(share, target=95.0), 1), (share, None),
        (replace(share, target=100.0, direction="none"), None), (replace(share, target=1.0, denominator=""), None),
        (replace(share, target=1e6, denominator=""), None),
    ):  # fmt: skip
        assert latest(tmp_path, indicator, rows, ["2026-01-31"])["missed_areas"] == missed
