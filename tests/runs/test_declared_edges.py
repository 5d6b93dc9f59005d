"""Declared tables and indicators where it is easy to be wrong: days, several datasets, other people's data, other hands."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import duckdb
import pytest

from madang.access import Person, owner
from madang.results import Cell
from madang.runs.inputs import Input, Inputs, Part
from madang.runs.register import register_of
from madang.runs.scoreboard import scoreboard
from madang.runs.why import behind
from madang.workspace import Workspace
from runs.declared_city import INDICATOR, PEOPLE, TABLE, declared_city, people

STAFF = Person("kim", roles=frozenset({"official"}))
STOCK = (
    INDICATOR.replace('time = "month"', 'time = "stock"')
    .replace("""strptime(month || '-01', '%Y-%m-%d')::DATE AS "day", """, "")
    .replace(
        "WHERE age_from IS NOT NULL", "WHERE age_from IS NOT NULL AND month = (SELECT max(month) FROM people)"
    )
)
EVENTS = """
label = "{label}"
question = "며칠에 몇 건입니까?"
why = "시험"
theme = "안전"
unit = "건"
direction = "down"
target = 0.0
rows = "SELECT source_row, dataset, closed_on AS \\"day\\" FROM shops WHERE closed_on IS NOT NULL"
[measure]
numerator = "count(*)"
[by]
time = "month"
[inputs.shops]
standard = "licence"
label = "가게"
columns = ["closed_on"]
many = true
"""


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    return declared_city(tmp_path)


def own(ws: Workspace, name: str, told: str) -> Workspace:
    (ws.folder / "content" / "indicators" / f"{name}.toml").write_text(told, encoding="utf-8")
    return Workspace.open(ws.folder)


def events(path: Path, days: list[str]) -> Path:
    """A register of shops that closed on these days; its name says that it is of the last day of its month."""
    header = "번호,개방자치단체코드,관리번호,인허가일자,영업상태구분코드,영업상태명,폐업일자,소재지전화,사업장명,업태구분명"
    rows = [
        f"{n},3000000,가-{n:04d},2015-03-02,03,폐업,{day},02-123-{n:04d},가게 {n},제과점"
        for n, day in enumerate(days, 1)
    ]
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def measured(ws: Workspace, name: str) -> dict[str, object]:
    (made,) = ws.refresh(name)
    assert made.error is None, str(made.error)
    return dict(made.run.result.table("latest").rows.to_pylist()[0])


def months(ws: Workspace, name: str) -> dict[str, tuple[object, object]]:
    (made,) = ws.refresh(name, again=True)
    rows = made.run.result.table("series").rows.to_pylist()
    return {str(row["start"])[:7]: (row["value"], row["kind"]) for row in rows}


def test_a_result_that_cannot_be_read_takes_no_other_with_it(ws: Workspace) -> None:
    (made,) = ws.refresh("young-share")
    assert made.run is not None
    (made.run.folder / "result.json").write_text("{", encoding="utf-8")
    board = scoreboard(ws.refresher, by=owner("lee"), today=date(2026, 3, 1))
    (line,) = [each for each in board.lines if each.indicator.id == "young-share"]
    assert line.state == "unmeasured"
    assert made.run.key in line.standing.trouble


def test_a_query_reads_the_columns_of_its_roles_and_writes_nothing(ws: Workspace) -> None:
    version = ws.bank["people"].latest
    files = tuple(version.files)
    before = files[0].read_bytes()
    inputs = Inputs({"people": Input("people", (Part("people", 1, "", "", {"month": "month"}, files),))})
    assert inputs.sql("SELECT * FROM people LIMIT 1").schema.names[:1] == ["month"]
    assert "sex" not in inputs.sql("SELECT * FROM people LIMIT 1").schema.names
    for hostile in (
        f"COPY (SELECT 1 AS gone) TO '{files[0]}' (FORMAT parquet, USE_TMP_FILE false)",
        f"SELECT 1; COPY (SELECT 1 AS gone) TO '{files[0]}' (FORMAT parquet, USE_TMP_FILE false); SELECT 1",
        f"SELECT sex FROM read_parquet('{files[0]}')",
        "SET VARIABLE p = 1; SELECT 1",
    ):
        with pytest.raises(duckdb.Error):
            inputs.sql(hostile)
    assert files[0].read_bytes() == before


def test_the_last_whole_month_is_told_by_the_dataset_that_ends_first(ws: Workspace, tmp_path: Path) -> None:
    ws = own(ws, "events", EVENTS.format(label="닫은 가게"))
    for name, last in (
        ("가_20260630", ["2026-06-11"] * 3),
        ("나_20260831", ["2026-06-11", "2026-07-12", "2026-08-30"]),
    ):
        ws.deposit(
            events(tmp_path / f"{name}.csv", ["2026-05-02", *last]), name[0], standard="licence", by="lee"
        )
    assert measured(ws, "events")["period"] == "2026년 6월"
    assert months(ws, "events")["2026-07"][1] == "일부만 있음"


def test_months_without_an_event_are_nought_until_the_day_the_data_speak_of(
    ws: Workspace, tmp_path: Path
) -> None:
    ws = own(ws, "events", EVENTS.format(label="닫은 가게"))
    ws.deposit(
        events(tmp_path / "가_20261031.csv", ["2026-05-02", "2026-05-20", "2026-08-03"]),
        "가",
        standard="licence",
        by="lee",
    )
    latest = measured(ws, "events")
    assert (latest["period"], latest["value"], latest["state"]) == ("2026년 10월", 0.0, "이룸")


def test_a_day_to_come_is_left_out_and_told(ws: Workspace, tmp_path: Path) -> None:
    ws = own(ws, "events", EVENTS.format(label="닫은 가게"))
    ws.deposit(
        events(tmp_path / "가_20261031.csv", ["2026-08-03", "2026-10-30", "2062-09-02"]),
        "가",
        standard="licence",
        by="lee",
    )
    (made,) = ws.refresh("events")
    assert made.run.result.table("latest").value(0, "period") == "2026년 10월"
    assert made.run.result.table("series").rows.num_rows < 10
    assert any("1행은 셈하지 않았습니다" in each for each in made.run.result.caveats)


def test_a_stock_of_nothing_is_nought(ws: Workspace) -> None:
    told = STOCK.replace("sum(n) FILTER (age_from < 5)", "count(*)").replace('denominator = "sum(n)"\n', "")
    ws = own(ws, "none", told.replace("WHERE age_from", "WHERE age_from > 200 AND age_from"))
    assert measured(ws, "none")["value"] == 0.0


def test_a_stock_goes_on_from_what_was_measured_and_each_day_leads_to_its_own_rows(
    ws: Workspace, tmp_path: Path
) -> None:
    ws = own(ws, "stock", STOCK)
    assert measured(ws, "stock")["numerator"] == 44 + 8 + 4
    more = {"2026-03": dict.fromkeys(PEOPLE["2026-01"], (50, 50))}
    ws.deposit(
        people(tmp_path / "주민등록인구.csv", more), "people", standard="resident-population", by="lee"
    )
    (made,) = ws.refresh("stock")
    series = made.run.result.table("series").rows.to_pylist()
    assert [(str(row["start"]), row["numerator"]) for row in series] == [
        ("2026-02-28", 56.0),
        ("2026-03-31", 150.0),
    ]
    assert made.run.result.table("latest").value(0, "change") == pytest.approx(50 - 100 * 56 / 310)
    assert behind(made.run, Cell("series", "value", 0), ws.bank) == []
    assert behind(made.run, Cell("series", "value", 1), ws.bank)[0].total == 6
    kept = ws.table("indicator-stock").to_pyarrow().to_pylist()
    assert len({(str(row["period_start"]), row["hjd_code"]) for row in kept}) == len(kept) == 2 * (1 + 3)
    assert ws.refresh("stock") == []


def test_a_stock_does_not_carry_numbers_of_data_that_it_no_longer_reads(
    ws: Workspace, tmp_path: Path
) -> None:
    ws = own(ws, "stock", STOCK)
    ws.refresh("stock")
    ws.write_card("people", {"title": "주민", "access": "restricted", "steward": "인구과"})
    more = {"2026-03": dict.fromkeys(PEOPLE["2026-01"], (50, 50))}
    ws.deposit(people(tmp_path / "다른인구.csv", more), "others", standard="resident-population", by="lee")
    ws.write_card("others", {"title": "다른 주민", "access": "internal", "steward": "인구과"})
    (made,) = ws.refresh("stock")
    assert {each.dataset for each in made.run.inputs} == {"others"}
    assert made.run.result.table("series").rows.num_rows == 1


def test_what_could_not_be_made_is_told_to_who_may_read_what_it_reads(ws: Workspace, tmp_path: Path) -> None:
    ws.write_card("people", {"title": "주민", "access": "restricted", "steward": "인구과"})
    too_many = {"2026-01": {**PEOPLE["2026-01"], "1111053000": (10, 101)}}
    ws.deposit(
        people(tmp_path / "주민등록인구.csv", too_many), "people", standard="resident-population", by="lee"
    )
    ws.refresh("old-people")
    (declared,) = [each for each in ws.refresher.declared() if each.id == "tables/old-people"]
    assert "101" in ws.refresher.standing(declared, by=owner("lee")).trouble
    assert "101" not in ws.refresher.standing(declared, by=STAFF).trouble
    ws.erase("people", column="area_name", value="서울특별시 종로구 사직동", ground="요청", by="lee")
    assert "101" not in (ws.folder / "runs" / ".newest" / "tables.old-people.json").read_text("utf-8")


def test_another_version_made_live_is_not_taken_for_the_newest(ws: Workspace, tmp_path: Path) -> None:
    ws.refresh("old-people")
    more = PEOPLE | {"2026-03": dict.fromkeys(PEOPLE["2026-01"], (50, 50))}
    ws.deposit(
        people(tmp_path / "주민등록인구.csv", more), "people", standard="resident-population", by="lee"
    )
    ws.refresh("old-people")
    ws.rollback("old-people", 1, by="lee")
    (declared,) = [each for each in ws.refresher.declared() if each.id == "tables/old-people"]
    assert ws.refresher.standing(declared, by=owner("lee")).behind == ("old-people",)
    assert len(ws.refresh("old-people")) == 1
    assert len(ws.table("old-people").to_pyarrow()) == 9
    ws.erase("old-people", ground="요청", by="lee")
    assert [each.verdict for each in ws.refresh("old-people")] == ["accepted"]


def test_what_somebody_deposited_is_not_overwritten(ws: Workspace, tmp_path: Path) -> None:
    mine = tmp_path / "old.csv"
    mine.write_text("가,나\n1,2\n", encoding="utf-8")
    ws.deposit(mine, "old-people", by="lee")
    (made,) = ws.refresh("old-people")
    assert made.error is not None
    assert made.error.code == "declared_taken"
    assert ws.bank["old-people"].latest.n == 1


def test_the_register_tells_nothing_of_closed_datasets_but_that_they_are_there(ws: Workspace) -> None:
    ws.write_card("people", {"title": "주민", "access": "restricted", "steward": "인구과"})
    (row,) = register_of(ws.bank, ws.standards, (), ws.clock().date()).to_pylist()
    told = {name for name, value in row.items() if value is not None}
    assert told == {"row_id", "standard", "access", "is_open", "has_steward", "freshness", "checked_on"}
    assert row["standard"] == "-"
    assert "people" not in json.dumps(row, default=str)


def test_a_declared_table_says_what_it_reads_and_nobody_else_sees_more(ws: Workspace) -> None:
    (declared,) = [each for each in ws.refresher.declared() if each.id == "tables/old-people"]
    ws.refresh("old-people")
    assert ws.refresher.standing(declared, by=STAFF).run is not None
    ws.write_card("people", {"title": "주민", "access": "restricted", "steward": "인구과"})
    closed = ws.refresher.standing(declared, by=STAFF)
    assert (closed.run, closed.is_closed) == (None, True)
    assert TABLE in (ws.folder / "content" / "tables" / "old-people.toml").read_text("utf-8")


def test_what_is_wrong_with_a_declaration_is_told_with_its_file(ws: Workspace) -> None:
    own = ws.folder / "content" / "indicators"
    (own / "sick.toml").write_text(INDICATOR.replace("age_from,", "age_since,", 1), encoding="utf-8")
    (own / "lost.toml").write_text(INDICATOR.replace('"resident-population"', '"resident-popluation"'), encoding="utf-8")  # fmt: skip
    told = {each.id: each.error for each in Workspace.open(ws.folder).refresh("sick", "lost")}
    sick, lost = told["indicators/sick"], told["indicators/lost"]
    assert sick is not None
    assert lost is not None
    assert "indicators/sick.toml" in str(sick)
    assert "age_since" in str(sick)
    assert (lost.code, lost.params["standard"]) == ("standard_missing", "resident-popluation")
