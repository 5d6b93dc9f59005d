"""The shipped analysis of concentrations: a planted one is found with its areas, none is found where there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import shapely

from madang.messages import MadangError
from madang.release.result_small import tells
from madang.results import Origin, Result, Table, sentence
from madang.results.map_picture import Area, maps_of
from runs.spots import CODES, SIDE, found


def test_a_planted_concentration_is_found_with_its_dongs(tmp_path: Path) -> None:
    planted = {6, 7, 11, 12}
    result = found(tmp_path, [30 if n in planted else 10 for n in range(SIDE * SIDE)])
    first = result.table("clusters").rows.to_pylist()[0]
    assert {int(name.removesuffix("동")) for name in first["dongs"].split(", ")} >= planted
    assert first["p"] == pytest.approx(0.1)  # per cent: one of 1,000
    named = {row["dong"] for row in result.table("dongs").rows.to_pylist() if row["cluster"]}
    assert {f"{n}동" for n in planted} <= named
    borders = {code: Area("", shapely.box(n, 0, n + 1, 1)) for n, code in enumerate(CODES)}
    (layer, rates, _counts) = maps_of(result, borders)
    assert (layer.layer.value, rates.layer.value) == ("cluster", "rate")
    assert {layer.names[n] for n in layer.drawn if layer.steps[n] == 1} == named
    assert [(each.words, each.count) for each in layer.classes.each] == [("1번 묶음", len(named)), ("어느 묶음도 아님", SIDE * SIDE - len(named))]  # fmt: skip
    assert tells(result.table("dongs").column("cluster"))  # withheld with the numbers of its row
    (city,) = result.table("city").rows.to_pylist()
    assert (city["cases"], city["people"], city["elsewhere"]) == (4 * 30 + 21 * 10, 25_000, 3)
    assert "few" not in city
    assert "둘레" in sentence(result.findings[1], result)
    cases = {row["cluster"]: row["cases"] for row in result.table("clusters").rows.to_pylist()}
    assert behind(tmp_path, result, "clusters") == cases


def test_two_concentrations_are_both_told_and_one_of_a_single_dong_is_called_by_its_name(
    tmp_path: Path,
) -> None:
    result = found(tmp_path, [{0: 80, 24: 60}.get(n, 10) for n in range(SIDE * SIDE)], replicates=199)
    told = sentence(result.findings[1], result)
    assert told.startswith("우연으로 보기 어렵게 몰린 곳은 2\u202f곳이고, 가장 뚜렷한 곳은 0동입니다: ")
    rows = result.table("dongs").rows.to_pylist()
    assert [(row["dong"], row["cluster"]) for row in rows[:3]] == [
        ("0동", "1번 묶음"),
        ("24동", "2번 묶음"),
        ("1동", ""),
    ]


def behind(folder: Path, result: Result, table: str) -> dict[int, int]:
    """How many rows of the events stand behind each concentration."""
    return dict(queried(folder, result.table(table), "cases", "cluster, count(*)", "GROUP BY 1"))


def queried(folder: Path, table: Table, column: str, asked: str, ordered: str = "") -> list[tuple[Any, ...]]:
    """What is asked of the rows of the events that stand behind a column by a query."""
    (origin,) = table.origins_of(column)
    with duckdb.connect() as con:
        con.execute(f"""CREATE VIEW events AS SELECT 'events' AS dataset, row_number() OVER () AS source_row, *
                        FROM '{folder}/events.parquet'""")
        return con.execute(f"SELECT {asked} FROM ({origin.query}) {ordered}").fetchall()


_OPERATORS: dict[str, Any] = {
    "eq": pc.equal,
    "in": lambda cells, values: pc.is_in(cells, pa.array(values)),
    "ne": lambda cells, value: pc.fill_null(pc.not_equal(cells, value), True),
    "null": lambda cells, is_null: pc.equal(pc.is_null(cells), is_null),
}


def those(folder: Path, origin: Origin, **of: Any) -> int:
    """How many rows of the events an origin leads to; `of`: what the row of its table says."""
    rows = pq.read_table(folder / "events.parquet")
    assert set(of) == set(origin.columns.values())
    for name, operator, value in (*((name, "eq", value) for name, value in of.items()), *origin.where):
        rows = rows.filter(_OPERATORS[operator](rows[name], value))
    return rows.num_rows


def shops(folder: Path, **said: Any) -> Result:
    """Ten that stand in each dong, thirty in four of them; two hundred that closed, in another corner, and one in each
    dong of which it is not known."""
    standing, closed = {6, 7, 11, 12}, {18, 23}
    status = [["01"] * 9 + ["02"] + ["01"] * (20 if n in standing else 0) + [None]
              + ["03"] * (100 if n in closed else 0) for n in range(SIDE * SIDE)]  # fmt: skip
    days = np.datetime64("2025-01-01") + np.random.default_rng(3).integers(0, 300, sum(map(len, status)))
    cases, every = [len(each) for each in status], [each for dong in status for each in dong]
    return found(folder, cases, days, standard="licence", status=every, replicates=199, **said)


def test_what_stands_is_counted_and_what_closed_is_told(tmp_path: Path) -> None:
    result = shops(tmp_path)
    found_in = {int(name.removesuffix("동")) for name in str(result.table("clusters").value(0, "dongs")).split(", ")}  # fmt: skip
    assert {6, 7, 11, 12} <= found_in
    assert not {18, 23} & found_in
    (city,) = result.table("city").rows.to_pylist()
    # one of nowhere stands; 2 x 100 closed, 25 of unknown state, and two of nowhere that are one or the other
    assert (city["cases"], city["elsewhere"], city["gone"]) == (21 * 10 + 4 * 30, 1, 200 + 25 + 2)
    assert "227곳은 뺐습니다" in result.caveats[0]
    assert "그 뒤에 닫은 곳도 셉니다" in result.caveats[0]
    assert result.table("moments").rows.num_rows
    assert len(result.table("weeks").rows) > 0
    assert result.table("dongs").column("cases").unit == "곳"


def test_the_rows_behind_are_those_that_were_counted(tmp_path: Path) -> None:
    for standing, whole in ((True, 21 * 10 + 4 * 30), (False, 21 * 11 + 4 * 31 + 200)):
        result = shops(tmp_path, standing=standing)
        table = result.table("dongs")
        (origin,) = (each for each in table.origins_of("cases") if each.role == "events")
        for row in table.rows.to_pylist():
            assert those(tmp_path, origin, dong_code=row["dong_code"]) == row["cases"]
        (origin,) = (each for each in result.table("city").origins_of("cases") if each.role == "events")
        assert those(tmp_path, origin) == result.table("city").value(0, "cases") == whole
        assert len(str(origin)) < 200  # no list of all 행정동
        assert queried(tmp_path, result.table("city"), "gone", "count(*)") == [(227,)]
        cases = {row["cluster"]: row["cases"] for row in result.table("clusters").rows.to_pylist()}
        assert behind(tmp_path, result, "clusters") == cases
        moments = {row["cluster"]: row["cases"] for row in result.table("moments").rows.to_pylist()}
        assert behind(tmp_path, result, "moments") == moments  # by the day they began: closed ones, too


def test_all_that_ever_was_is_counted_where_that_is_asked(tmp_path: Path) -> None:
    result = shops(tmp_path, standing=False)
    assert {int(name.removesuffix("동")) for name in str(result.table("clusters").value(0, "dongs")).split(", ")} == {18, 23}  # fmt: skip
    assert "227곳은 그 안에 있습니다" in result.caveats[0]
    (city,) = result.table("city").rows.to_pylist()
    assert (city["elsewhere"], city["gone"]) == (3, 227)


def test_a_dong_without_residents_is_in_no_concentration_and_not_outside_of_all(tmp_path: Path) -> None:
    """Nobody lives in the middle of nine dongs."""
    nine = {6, 7, 8, 11, 12, 13, 16, 17, 18}
    people = [0 if n == 12 else 1000 for n in range(SIDE * SIDE)]
    cases = [40 if n in nine else 10 for n in range(SIDE * SIDE)]
    result = found(tmp_path, cases, people=people, replicates=199, largest_share=50)
    rows = {row["dong"]: row for row in result.table("dongs").rows.to_pylist()}
    assert (rows["12동"]["cluster"], rows["12동"]["rate"]) == (None, None)
    assert (rows["7동"]["cluster"], rows["0동"]["cluster"]) == ("1번 묶음", "")
    counted = {row["cluster"]: row["cases"] for row in result.table("clusters").rows.to_pylist()}
    assert "12동" in str(result.table("clusters").value(0, "dongs")).split(", ")  # inside of the circle
    assert counted[1] == 8 * 40
    assert behind(tmp_path, result, "clusters") == counted


@pytest.mark.parametrize("residents", [0, 2])
def test_events_where_nearly_nobody_lives_are_in_no_rate_and_counted_apart(
    tmp_path: Path, residents: int
) -> None:
    """Ten for each thousand residents, and five thousand in an industrial 행정동; the fixture rounds 4 and 6 tenths down."""
    people = [1000] * 24 + [residents + bool(residents)]
    result = found(tmp_path, [10] * 24 + [5000], people=people, replicates=99)
    city = result.table("city")
    assert (city.value(0, "cases"), city.value(0, "few"), city.value(0, "elsewhere")) == (5240, 5000, 3)
    assert city.value(0, "rate") == 10.0
    counted = {
        name: those(tmp_path, origin)
        for name in ("cases", "few", "rate")
        for origin in city.origins_of(name)
        if origin.role == "events"
    }
    assert counted == {"cases": 5240, "few": 5000, "rate": 240}
    last = result.table("dongs").rows.to_pylist()[-1]
    assert (last["dong"], last["cases"], last["people"]) == ("24동", 5000, residents)
    assert {last[name] for name in ("rate", "low", "high", "raw", "cluster")} == {None}
    assert "주민이 100명이 안 되는 동의 5,000건은" in result.caveats[0]
    assert "천 명마다 10.00\u202f건이고" in sentence(result.findings[0], result)


def test_where_all_are_in_one_place_there_is_no_outside_to_compare_with(tmp_path: Path) -> None:
    result = found(tmp_path, [0] * 24 + [50], replicates=99)
    assert result.table("clusters").value(0, "risk") is None
    told = sentence(result.findings[1], result)
    assert "24동입니다: 고루 퍼졌다면 2.0\u202f건일 것이 50\u202f건이고, 바깥에는 하나도 없습니다." in told


def test_two_of_one_name_are_told_apart_and_what_is_of_other_cities_is_not_behind(tmp_path: Path) -> None:
    names = [f"{'강동' if n % 2 else '강서'}시 {n // 2}동" for n in range(SIDE * SIDE)]
    others = ("9911051000", "9911051000", None)
    result = found(tmp_path, [10] * SIDE * SIDE, names=names, elsewhere=others, replicates=99)
    told = set(result.table("dongs").rows.column("dong").to_pylist())
    assert {"강서시 0동", "강동시 0동", "12동"} <= told
    city = result.table("city")
    assert city.value(0, "elsewhere") == 3
    (origin,) = (each for each in city.origins_of("cases") if each.role == "events")
    assert those(tmp_path, origin) == 250


def test_where_there_is_none_it_says_so(tmp_path: Path) -> None:
    cases = np.random.default_rng(5).poisson(10, SIDE * SIDE).tolist()
    result = found(tmp_path, cases, replicates=199)
    assert "찾지 못했습니다" in sentence(result.findings[1], result)
    assert [each.value for each in result.layers] == ["rate", "cases"]
    rates = {row["dong"]: row["rate"] for row in result.table("dongs").rows.to_pylist()}
    raw = {row["dong"]: row["raw"] for row in result.table("dongs").rows.to_pylist()}
    assert np.std(list(rates.values())) <= np.std(list(raw.values()))


def test_a_planted_fortnight_is_found_where_days_are_known(tmp_path: Path) -> None:
    """Thirty a year in each dong, and in two dongs twenty more in the first fortnight of October."""
    rng = np.random.default_rng(7)
    burst = {6, 7}
    first = np.datetime64("2025-01-01")
    days = [
        first + np.r_[rng.integers(0, 365, 30), rng.integers(273, 287, 20 if n in burst else 0)]
        for n in range(SIDE * SIDE)
    ]
    result = found(tmp_path, [len(each) for each in days], np.concatenate(days), replicates=199)
    (row, *others) = result.table("moments").rows.to_pylist()
    assert {int(name.removesuffix("동")) for name in row["dongs"].split(", ")} >= burst
    assert "2025-09-22" <= row["since"] <= "2025-10-08"
    assert "2025-10-07" <= row["until"] <= "2025-10-22"
    assert row["p"] == pytest.approx(100 / 200)
    assert row["now"] == ""
    cases = {each["cluster"]: each["cases"] for each in (row, *others)}
    assert behind(tmp_path, result, "moments") == cases
    assert all(other["chance"] == "우연일 수 있음" for other in others)
    assert row["since"].replace("-", ". ").replace(" 0", " ")[:4] in sentence(result.findings[-1], result)
    weeks = result.table("weeks").rows.to_pylist()
    assert len(weeks) in (2 * 51, 2 * 52)
    usual, came = (
        sum(each["cases"] for each in weeks if each["kind"] == kind) for kind in ("여느 때라면", "온 것")
    )
    assert usual == pytest.approx(came, abs=3)


def test_days_spread_evenly_are_no_concentration_in_time(tmp_path: Path) -> None:
    days = np.datetime64("2025-01-01") + np.random.default_rng(8).integers(0, 365, 20 * SIDE * SIDE)
    result = found(tmp_path, [20] * SIDE * SIDE, days, replicates=99)
    assert "갑자기 몰린 일은 찾지 못했습니다" in sentence(result.findings[-1], result)


def test_without_days_only_places_are_told(tmp_path: Path) -> None:
    result = found(tmp_path, [20] * SIDE * SIDE, replicates=99)
    assert [table.id for table in result.tables] == ["city", "dongs", "clusters"]
    assert any("언제 몰렸는지는 보지 않았습니다" in caveat for caveat in result.caveats)


@pytest.mark.parametrize("status", ["03", None])
def test_where_none_is_there_any_more_that_is_the_reason(tmp_path: Path, status: str | None) -> None:
    """250 that closed or of which nothing is known, and two of nowhere."""
    cases = [10] * SIDE * SIDE
    with pytest.raises(MadangError) as caught:
        found(tmp_path, cases, standard="licence", status=[status] * 250)
    assert caught.value.code == "hot_spots_closed"
    assert "252곳을 빼고" in str(caught.value)
    assert "‘지금 있는 것만’" in str(caught.value)
    every = found(tmp_path, cases, standard="licence", status=[status] * 250, standing=False, replicates=99)
    assert every.table("city").value(0, "cases") == 250


def test_nothing_at_all_is_told(tmp_path: Path) -> None:
    with pytest.raises(MadangError) as caught:
        found(tmp_path, [0] * SIDE * SIDE)
    assert caught.value.code == "hot_spots_nothing"
