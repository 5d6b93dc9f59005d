"""What a column of a result means: a difference counts nobody and may be below 0, a verdict is hidden with its numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from madang.declarations.indicator import load_indicator
from madang.messages import MadangError
from madang.release.relations import found_relations
from madang.release.result_decision import ResultDecision
from madang.release.result_order import by_name
from madang.release.result_small import Around, small, sums_of, tells
from madang.release.result_story import Story, as_rows
from madang.release.result_written import Prepared, emptied_of
from madang.release.results import OpenResults
from madang.results import Cell, Column, Result, sentence, table_of
from madang.workspace import Workspace
from release.city import SAID, Clock
from runs.declared_city import INDICATOR, declared_city, people

# of 0–4 years who came, of 70–74 years who went, by month and 행정동
MOVED = {
    "2026-01": {"1111051500": (40, 60), "1111053000": (100, 90), "1111054000": (120, 97)},  # 260, 247
    "2026-02": {"1111051500": (30, 66), "1111053000": (100, 92), "1111054000": (120, 96)},  # 250, 254
}
CAME = """
label = "들어온 사람"
question = "몇 사람이 들어왔습니까?"
why = "시험"
theme = "인구"
unit = "명"
direction = "up"
rows = \"\"\"
SELECT source_row, dataset, strptime(month || '-01', '%Y-%m-%d')::DATE AS "day", area_code AS area, age_from, population_persons AS n
FROM people WHERE age_from IS NOT NULL
\"\"\"
[measure]
numerator = "sum(n) FILTER (age_from < 5)"
[by]
time = "month"
area = true
[inputs.people]
standard = "resident-population"
label = "주민등록인구"
columns = ["month", "area_code", "age_from", "population_persons"]
"""
NET = CAME.replace(
    'numerator = "sum(n) FILTER (age_from < 5)"',
    'numerator = "sum(n) FILTER (age_from < 5) - sum(n) FILTER (age_from >= 70)"\ndifference = true',
)

SHARE = INDICATOR.replace("target = 20.0", "target = 50.0")


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("moved")
    found = declared_city(folder)
    for name, told in {
        "came": CAME,
        "net": NET,
        "share": SHARE,
        "wrong": NET.replace("difference = true\n", ""),
    }.items():
        (found.folder / "content" / "indicators" / f"{name}.toml").write_text(told, encoding="utf-8")
    found = Workspace.open(found.folder)
    found.clock = Clock()
    found.deposit(
        people(folder / "주민등록인구.csv", MOVED), "people", standard="resident-population", by="lee"
    )
    return found


def opened(ws: Workspace, of: str, least: int = 5) -> Prepared:
    (made,) = ws.refresh(of, by="lee", again=True)
    assert made.run is not None, made.error
    said = ResultDecision(of, made.run.key, **{**SAID, "least": least})
    return OpenResults(ws.releases, ws.ledger, ws.declarations.indicators).preview(said)


def test_fewer_people_than_before_is_no_count_below_nought(ws: Workspace) -> None:
    story = opened(ws, "came").story
    latest = story.result.table("latest").rows.to_pylist()[0]
    assert (latest["value"], latest["before"], latest["change"], latest["change_size"]) == (250, 260, -10, 10)
    told = [sentence(each, story.result).replace("\u202f", "") for each in story.result.findings]
    assert "앞달 260명에서 10명 줄었습니다. 나빠진 것입니다." in told


def test_a_small_difference_of_large_counts_hides_nothing_and_a_small_count_does(ws: Workspace) -> None:
    """10 fewer, with a least of 20: it is said. 30 in a 행정동 with a least of 35: it is not, with all of its row."""
    assert opened(ws, "came", 20).story.cells_hidden == 0
    rows = opened(ws, "came", 35).story.result.table("areas").rows.to_pylist()
    assert next(each for each in rows if each["dong_code"] == "1111051500")["value"] is None


def test_an_earlier_value_that_is_hidden_is_not_said_by_the_newest_period(ws: Workspace) -> None:
    """50 of January are hidden beside 3 of February; 10 fewer than the 60 of March is no few people, nor is a target of 2."""
    series = [{"period": f"{n}월", "value": each} for n, each in enumerate((50, 3, 60, 70), 1)]
    columns = [Column("period", "기간"), Column("value", "사람", "number", "명")]
    around = Around(
        (), lambda entry: None, found_relations(ws.bank), "2026-04", ws.releases.open_bank.workshop,
        ws.declarations.indicators,
    )  # fmt: skip
    for before, is_hidden in ((50, True), (60, False)):
        latest = [
            {
                "period": "4월",
                "value": 70,
                "before": before,
                "last_year": None,
                "target": 2,
                "change": 70 - before,
            }
        ]
        told = [
            *columns, Column("before", "앞달", "number", "명"), Column("last_year", "지난해", "number", "명"),
            Column("target", "목표", "number", "명"), Column("change", "차이", "number", "명", 0, "difference"),
        ]  # fmt: skip
        tables = [table_of("latest", "지금", latest, told), table_of("series", "기간마다", series, columns)]
        said = ResultDecision("r", "run", **{**SAID, "least": 15})
        hidden = small(tables, said, "indicators/came", around).hidden
        assert hidden["series"].tolist() == [True, True, False, False]
        assert hidden["latest"].tolist() == [is_hidden]


def test_who_came_less_who_went_is_below_nought_where_the_indicator_says_that_it_may(ws: Workspace) -> None:
    story = opened(ws, "net").story
    assert story.result.table("latest").value(0, "value") == 250 - 254
    assert {each["value"] for each in story.result.table("areas").rows.to_pylist()} == {-36, 8, 24}
    with pytest.raises(MadangError) as caught:
        opened(ws, "wrong")
    assert caught.value.code == "release_negative"


@pytest.mark.parametrize(("least", "missed"), [(5, 1), (35, None)])
def test_how_many_miss_a_target_does_not_tell_that_a_hidden_one_does(
    ws: Workspace, least: int, missed: int | None
) -> None:
    """Of 96 people 30 are young, of 192 and 216 more than half; with a least of 35 the first is hidden, and another."""
    story = opened(ws, "share", least).story
    assert story.result.table("latest").value(0, "missed_areas") == missed
    assert Story.from_json(json.loads(json.dumps(story.to_json()))).emptied == story.emptied
    cell = Cell("latest", "missed_areas")
    hidden = sum(
        len(rows) * sum(map(tells, story.result.table(of).columns)) for of, rows in story.hidden.items()
    )
    assert (story.withholds(cell), story.cells_hidden - hidden) == (
        (True, 1) if missed is None else (False, 0)
    )
    told = [sentence(each, story.result) for each in story.result.findings]
    assert any("목표에 못 미친 동이" in each for each in told) is (missed == 1)
    assert any("어린이의 몫은" in each for each in told)


@pytest.mark.parametrize(("missed", "withheld"), [(None, {}), (2, {"latest": {"missed_areas"}})])
def test_what_nobody_ever_counted_is_not_withheld(missed: int | None, withheld: dict[str, set[str]]) -> None:
    table = table_of(
        "latest", "지금", [{"missed_areas": missed}], [Column("missed_areas", "미달", "integer")]
    )
    assert emptied_of([table], {("latest", "missed_areas"), ("latest", "other")}) == withheld


def test_beside_an_emptied_column_stands_why() -> None:
    columns = [Column("name", "이름"), Column("n", "수", "integer"), Column("m", "미달", "integer")]
    table = table_of("t", "표", [{"name": "가", "n": 1, "m": None}], columns)
    rows, _ = as_rows(table, np.array([False]), {"m"})
    assert rows.to_pylist() == [{"source_row": 1, "name": "가", "n": 1, "m": None, "m_note": "비공개"}]


@pytest.mark.parametrize("table", ["areas", "area_series"])
def test_either_table_of_areas_tells_of_a_hidden_one(table: str) -> None:
    assert sums_of({table: np.array([True, False])}) == {("latest", "missed_areas")}
    assert sums_of({table: np.array([False, False])}) == frozenset()


def test_a_difference_has_no_few(tmp_path: Path) -> None:
    file = tmp_path / "net.toml"
    file.write_text(NET.replace('unit = "명"', 'unit = "명"\nleast = 5'), encoding="utf-8")
    with pytest.raises(MadangError, match="least") as caught:
        load_indicator(file)
    assert caught.value.code == "analysis_card"


def test_a_verdict_names_no_row(ws: Workspace) -> None:
    """Shops of the same neighbourhood are hidden with its people, whatever is said of these."""
    counts = {"가동": 3, "나동": 40, "다동": 60, "라동": 80}
    dongs = [{"state": "적음" if n < 50 else "많음", "name": name, "n": n} for name, n in counts.items()]
    told = [
        Column("state", "상태", meaning="verdict"),
        Column("name", "동"),
        Column("n", "사람", "integer", "명"),
    ]
    shops = [{"name": name, "shops": 7} for name in counts]
    tables = [
        table_of("dongs", "사람", dongs, told),
        table_of("shops", "가게", shops, [Column("name", "동"), Column("shops", "가게", "integer", "곳")]),
    ]
    around = Around(
        (), lambda entry: None, found_relations(ws.bank), "2026-04", ws.releases.open_bank.workshop, {}
    )
    hidden = small(tables, ResultDecision("r", "run", **SAID), "x", around).hidden
    assert hidden["dongs"].tolist() == hidden["shops"].tolist() == [True, True, False, False]


def test_rows_are_not_put_in_the_order_of_a_verdict() -> None:
    rows = [{"state": "가", "name": "다"}, {"state": "나", "name": "가"}, {"state": "다", "name": "나"}]
    for meaning, order in (("verdict", ["가", "나", "다"]), ("", ["다", "가", "나"])):
        table = table_of("t", "표", rows, [Column("state", "상태", meaning=meaning), Column("name", "이름")])  # type: ignore[arg-type]
        found, _ = by_name(Result((), (table,)), {"t": np.array([True, False, False])})
        assert found.table("t").rows.column("name").to_pylist() == order
