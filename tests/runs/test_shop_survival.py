"""The shipped analysis of shops: survival as it was planted, what is left out told, every number followed to its rows."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from madang.access import owner
from madang.results import Cell, sentence
from madang.runs import Run
from madang.runs.why import behind
from madang.workspace import Workspace
from runs.made import HEADER

HEADER_OF_PLACES = [*HEADER, "인허가취소일자"]


def licences(path: Path, rows: list[tuple[str, str, str]]) -> Path:
    """Rows of licence day, status and closing day."""
    with open(path, "w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER_OF_PLACES)
        for n, (opened, status, closed) in enumerate(rows, 1):
            name = {"01": "영업/정상", "02": "휴업", "03": "폐업"}[status]
            writer.writerow(
                [n, "3000000", f"{path.stem}-{n:04d}", opened, status, name, closed, "", f"가게 {n}", "", ""]
            )
    return path


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """Bakeries: of 100 opened on one day 40 closed after two years. Cafés: of 80 opened 64 closed after half a year.
    Two bakeries say that they closed and not when."""
    ws = Workspace.init(tmp_path / "w", "시험 도시")
    bakeries = (
        [("2015-01-05", "03", "2017-01-05")] * 40
        + [("2015-01-05", "01", "")] * 60
        + [("2015-01-05", "03", "")] * 2
    )
    cafes = [("2016-03-02", "03", "2016-09-01")] * 64 + [("2016-03-02", "02", "")] * 16
    for name, rows in (("제과점", bakeries), ("카페", cafes)):
        ws.deposit(licences(tmp_path / f"{name}_20240101.csv", rows), standard="licence", by="lee")
    return ws


def asked(ws: Workspace, **said: Any) -> Run:
    return ws.run("shop-survival", {"register_since": "2014-01-01", **said})


def test_survival_is_what_was_planted(ws: Workspace) -> None:
    result = asked(ws).result
    trades = {row["trade"]: row for row in result.table("trades").rows.to_pylist()}
    assert {name: (row["survival"], row["shops"], row["at_risk"], row["events"]) for name, row in trades.items()} == {
        "제과점": (60.0, 100, 60, 40), "카페": (20.0, 80, 16, 64),
    }  # fmt: skip
    assert result.table("city").rows.to_pylist()[0]["survival"] == pytest.approx(100 * 76 / 180, abs=0.05)
    assert trades["카페"]["low"] < 20 < trades["카페"]["high"]
    left = {row["reason"]: row["rows"] for row in result.table("left_out").rows.to_pylist()}
    assert left["닫았다는데 날짜가 없음"] == 2
    assert sum(left.values()) == 2
    said = [sentence(each, result) for each in result.findings]
    assert "42.2\u202f%" in said[0]
    assert (
        said[1]
        == "가게가 50곳 이상인 업종 가운데 가장 오래 가는 것은 제과점(60.0\u202f%), 가장 빨리 닫는 것은 카페(20.0\u202f%)입니다."
    )


def test_shops_that_are_too_young_are_no_survivors_and_it_is_said_why(tmp_path: Path) -> None:
    """Of 100 shops 40 closed after two years; 100 more opened a year before the register speaks. Of all 200 only 60 are known to
    have stayed for three years, 30 %, yet 60 of the 100 that could be watched for so long did."""
    ws = Workspace.init(tmp_path / "w", "시험 도시")
    rows = [("2015-01-05", "03", "2017-01-05")] * 40 + [("2015-01-05", "01", "")] * 60
    young = [("2023-01-02", "01", "")] * 100
    ws.deposit(licences(tmp_path / "제과점_20240101.csv", rows + young), standard="licence", by="lee")
    city = asked(ws).result.table("city")
    (row,) = city.rows.to_pylist()
    assert (row["survival"], row["shops"], row["at_risk"]) == (60.0, 200, 60)
    assert "연 지 3년이 안 된 가게는" in city.note
    assert "연 지 5년이 안 된 가게는" in asked(ws, years=5).result.table("city").note


def test_years_and_days_are_asked_for(ws: Workspace) -> None:
    one = {
        row["trade"]: row["survival"] for row in asked(ws, years=1).result.table("trades").rows.to_pylist()
    }
    assert one == {"제과점": 100.0, "카페": 20.0}
    late = asked(ws, opened_since="2016-01-01").result.table("trades").rows.to_pylist()
    assert [row["trade"] for row in late] == ["카페"]


def test_leaving_out_that_shops_were_seen_late_would_make_survival_look_better(ws: Workspace) -> None:
    """Known from 2016-03-02 on, the half a year of the cafés is whole, the bakeries are watched from their second year."""
    late = {
        row["trade"]: row
        for row in asked(ws, register_since="2016-07-01").result.table("trades").rows.to_pylist()
    }
    assert late["제과점"]["survival"] == 60.0
    assert late["카페"]["survival"] == 20.0


def test_a_register_that_is_older_does_not_cut_the_others(ws: Workspace, tmp_path: Path) -> None:
    """It speaks of 2016-06-30; the closings of the cafés, after that, stay."""
    old = licences(tmp_path / "세탁소_20160630.csv", [("2014-03-03", "01", "")] * 60)
    ws.deposit(old, standard="licence", by="lee")
    result = asked(ws).result
    trades = {row["trade"]: row for row in result.table("trades").rows.to_pylist()}
    assert (trades["카페"]["survival"], trades["카페"]["shops"]) == (20.0, 80)
    assert trades["세탁소"]["survival"] is None  # nobody was watched for three years
    assert sum(row["rows"] for row in result.table("left_out").rows.to_pylist()) == 2


def test_where_nobody_closed_small_cells_are_not_certain(tmp_path: Path) -> None:
    ws = Workspace.init(tmp_path / "w", "시험 도시")
    ws.deposit(
        licences(tmp_path / "약국_20240101.csv", [("2015-01-05", "01", "")] * 12),
        standard="licence",
        by="lee",
    )
    (row,) = ws.run("shop-survival", {"register_since": "2014-01-01"}).result.table("dongs").rows.to_pylist()
    assert (row["survival"], row["high"]) == (100.0, 100.0)
    assert row["low"] < 85


def test_a_number_leads_to_the_rows_of_its_trade(ws: Workspace) -> None:
    run = asked(ws)
    trades = run.result.table("trades").rows.to_pylist()
    row = [each["trade"] for each in trades].index("카페")
    (found,) = behind(run, Cell("trades", "survival", row), ws.bank)
    assert (found.read.dataset, found.filters) == ("카페", ())
    assert found.page(ws.bank, owner("lee"))[2] == 80
