"""The indicators and tables that come with Madang, on the made-up city: all are made, and say what one counts by hand."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from madang.access import owner
from madang.declarations import indicator, table
from madang.declarations.indicator import THEMES, Indicator, load_indicator
from madang.declarations.load import SHIPPED, load_standards
from madang.declarations.table import load_table
from madang.messages import MadangError
from madang.results import Cell, Result, sentence
from madang.runs.declared import table_declared
from madang.runs.inputs import Inputs
from madang.runs.refresh import Refreshed
from madang.runs.tables import _checked
from madang.runs.why import behind
from madang.workspace import Workspace
from tests.runs.content_by_hand import BY_HAND, letters, people, shops
from tests.runs.content_city import Files, deposited, written
from tests.runs.declared_pages import PAGE, page

INDICATORS = {each.stem: load_indicator(each) for each in sorted(indicator.SHIPPED.glob("*.toml"))}
TABLES = {each.stem: load_table(each) for each in sorted(table.SHIPPED.glob("*.toml"))}
OF_PEOPLE = {"letters", "grid-population", "vital-events", "households-by-size", "population-by-nationality", "support-shops"}  # fmt: skip
Made = tuple[Files, Workspace, dict[str, Refreshed]]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("city")
    files = written(folder / "files")
    ws = deposited(folder / "ws", files)
    return files, ws, {each.id: each for each in ws.refresh(by="steward")}


def result(made: Made, name: str) -> Result:
    run = made[2][name].run
    assert run is not None, made[2][name].error
    return run.result


def rows(made: Made, name: str) -> pd.DataFrame:
    return result(made, f"tables/{name}").table("rows").rows.to_pandas()


# the declarations themselves --------------------------------------------------------------------------------


def test_there_are_sixty_over_the_nine_themes() -> None:
    assert len(INDICATORS) == 60
    counts = [sum(each.theme == theme for each in INDICATORS.values()) for theme in THEMES]
    assert min(counts) >= 6
    assert max(counts) <= 8
    assert len({each.label for each in INDICATORS.values()}) == 60


def test_they_name_inputs_that_there_are_and_words_for_what_they_count() -> None:
    known = {*load_standards(SHIPPED), *TABLES}
    for each in INDICATORS.values():
        assert {name for role in each.inputs for name in role.standards} <= known, each.id
        assert each.parts[0], each.id
        assert bool(each.parts[1]) == bool(each.denominator), each.id
        assert each.question.endswith("?"), each.id
        assert each.unit, each.id
        assert each.target is None, each.id  # targets are those of a workspace
        if any(role.standard in OF_PEOPLE for role in each.inputs):
            assert each.least >= 5, each.id
    for made_table in TABLES.values():
        assert {name for role in made_table.inputs for name in role.standards} <= known, made_table.id
        assert len(made_table.checks) >= 2, made_table.id
        assert made_table.origins, made_table.id
        assert made_table.not_for, made_table.id


def test_the_page_lists_them_as_they_are() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.runs.declared_pages"


# all of them on the city ------------------------------------------------------------------------------------


@pytest.mark.slow
def test_all_are_made_and_say_a_sentence(made: Made) -> None:
    assert not made[1].declarations.broken
    failed = {name: str(each.error) for name, each in made[2].items() if each.error}
    assert failed == {}
    for name in INDICATORS:
        found = result(made, f"indicators/{name}")
        said = sentence(found.findings[0], found)
        assert INDICATORS[name].label in said
        assert made[1].bank[f"indicator-{name}"].latest is not None
    for name in TABLES:
        assert made[1].bank[name].latest is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", BY_HAND)
def test_an_indicator_is_what_one_counts_by_hand(made: Made, name: str) -> None:
    latest = result(made, f"indicators/{name}").table("latest")
    assert latest.value(0, "value") == pytest.approx(BY_HAND[name](made[0]), rel=1e-9)


@pytest.mark.slow
def test_ageing_by_dong_is_the_planted_one(made: Made) -> None:
    """Shares of September, whose people the truth tells of."""
    september = rows(made, "people-by-dong").query("month == '2026-09'").set_index("hjd_code")
    truth = made[0].truth("people/dongs").set_index("dong_code")
    share = 100 * september["elderly"] / september["people"]
    assert (share - truth["over_65_pct"]).abs().max() < 2.5
    assert abs(september["people"].sum() / truth["residents"].sum() - 1) < 0.02


@pytest.mark.slow
def test_small_cells_are_hidden_everywhere(made: Made) -> None:
    hidden = 0
    for name, told in INDICATORS.items():
        tables = {each.id: each for each in result(made, f"indicators/{name}").tables}
        if not told.least or "area_series" not in tables:
            continue
        cells = tables["area_series"].rows
        hidden += pc.sum(pc.equal(cells.column("hidden"), "숨김")).as_py() or 0
        shown = cells.filter(pc.equal(cells.column("hidden"), ""))
        for column in ("numerator", "denominator") if told.denominator else ("numerator",):
            counts = pc.drop_null(shown.column(column)).to_pylist()
            assert not [count for count in counts if 0 < count < told.least], (name, column)
    assert hidden > 100


# the tables -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_people_by_dong(made: Made) -> None:
    found = rows(made, "people-by-dong")
    october = found[found["month"] == "2026-10"]
    assert october["people"].sum() == people(made[0])
    assert october["children"].sum() == people(made[0], "0|5|10")
    assert (found["men"] + found["women"] == found["people"]).mean() > 0.99
    assert sorted(found["month"].unique())[0] == "2016-12"  # of the table of single years
    assert found.groupby(["month", "hjd_code"]).size().max() == 1


@pytest.mark.slow
def test_people_by_grid(made: Made) -> None:
    grid = made[0].frame("격자인구_100m").drop_duplicates("격자코드")
    found = rows(made, "people-by-grid")
    assert len(found) == len(grid)
    assert found["people"].sum() == pd.to_numeric(grid["총인구수"], errors="coerce").sum()
    cells = made[0].truth("people/grid").set_index("cell_id")["dong_code"]
    dongs = found.dropna(subset=["hjd_code"]).set_index("grid_code")["hjd_code"]
    both = dongs.to_frame().join(cells.groupby(level=0).agg(set).rename("truth"), how="inner")
    assert (
        sum(a in b for a, b in zip(both["hjd_code"], both["truth"], strict=True)) / len(both) > 0.9
    )  # a cell may lie in two


@pytest.mark.slow
def test_facilities_per_head(made: Made) -> None:
    found = rows(made, "facilities-per-head")
    assert found.groupby("kind")["people"].sum().unique().tolist() == [people(made[0])]
    places = made[0].truth("facilities/places")
    truth = places[places["kind"] == "library"].groupby("dong_code").size()
    counted = found[found["kind"] == "도서관"].set_index("hjd_code")["facilities"]
    assert (counted - truth.reindex(counted.index).fillna(0)).abs().sum() <= 2  # one may have moved
    assert found[found["facilities"] == 0]["per_10000"].max() == 0


@pytest.mark.slow
def test_shops_by_trade(made: Made) -> None:
    found, lives = rows(made, "shops-by-trade"), shops(made[0])
    quarter = found[found["quarter"] == "2026년 2분기"].groupby("trade").sum(numeric_only=True)
    assert len(quarter) > 2
    for trade, line in quarter.iterrows():
        own = lives[lives["stem"] == trade]
        there = own["ended"].isna() | (own["ended"] >= "2026-04-01")
        assert line["open_at_start"] == ((own["인허가일자"] < "2026-04-01") & there).sum()
        assert line["opened"] == own["인허가일자"].between("2026-04-01", "2026-06-30").sum()
        assert line["closed"] == own["ended"].between("2026-04-01", "2026-06-30").sum()


@pytest.mark.slow
def test_moves_by_dong(made: Made) -> None:
    """As the file says, and but for its planted slips as the truth does."""
    found = rows(made, "moves-by-dong").set_index(["moved_year", "hjd_code"])
    raw, truth = made[0].frame("전출입_행정동별"), made[0].truth("people/moves").replace({"": None})
    year, movers = (pd.to_numeric(raw[name], errors="coerce") for name in ("연도", "이동자수"))
    for ours, theirs, planted in (
        ("arrived", "전입행정동코드", "to_dong_code"), ("departed", "전출행정동코드", "from_dong_code"),
    ):  # fmt: skip
        told = movers.groupby([year, raw[theirs]]).sum()
        assert (found[ours] == told.reindex(found.index).fillna(0)).all()
        true = truth.groupby(["year", planted])["persons"].sum()
        assert (found[ours] - true.reindex(found.index).fillna(0)).abs().sum() < 0.01 * true.sum()


@pytest.mark.slow
def test_card_sales_by_dong(made: Made) -> None:
    raw = made[0].frame("카드매출_월별")
    raw["sales"] = pd.to_numeric(raw["매출금액"].str.replace(",", ""), errors="coerce")
    found = rows(made, "card-sales-by-dong")
    october = found[found["month"] == "2026-10"]
    assert october["sales_krw"].sum() == raw[raw["기준연월"] == "202610"]["sales"].sum()
    year_ago = october.dropna(subset=["sales_year_ago_krw"]).set_index(["hjd_code", "trade"])[
        "sales_year_ago_krw"
    ]
    then = raw[raw["기준연월"] == "202510"].set_index(["행정동코드", "업종명"])["sales"]
    assert len(year_ago) > 20
    assert (year_ago == then.reindex(year_ago.index)).all()


@pytest.mark.slow
@pytest.mark.parametrize(("name", "column"), [("letters-by-month", "month"), ("letters-by-week", "week")])
def test_letters_by_category(made: Made, name: str, column: str) -> None:
    found, raw = rows(made, name), letters(made[0]).dropna(subset=["접수일시", "민원유형"])
    start = raw["접수일시"].dt.to_period("M" if column == "month" else "W").dt.start_time.dt.date
    counts = raw.groupby([start, "민원유형"]).size()
    told = found.groupby([pd.to_datetime(found[column]).dt.date, "category"])["received"].sum()
    assert told.sum() == len(raw)
    assert (told == counts.reindex(told.index)).all()
    late = (raw["답변일시"].fillna(raw["접수일시"].max()).dt.normalize() > raw["처리기한"]).sum()
    assert found["late"].sum() == late


# checks, and the way back -----------------------------------------------------------------------------------

SPOILED: dict[str, tuple[str, Any]] = {  # a column, and what a mistake would make of it
    "people-by-dong": ("children", lambda old: old + 1),
    "people-by-grid": ("people", lambda old: old * 2),
    "facilities-per-head": ("facilities", lambda old: old + 1),
    "shops-by-trade": ("opened", lambda old: old + 1),
    "moves-by-dong": ("arrived", lambda old: old + 1),
    "card-sales-by-dong": ("sales_krw", lambda old: old * 2),
    "letters-by-week": ("received", lambda old: old * 2),
    "letters-by-month": ("answered", lambda old: old + 5),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SPOILED)
def test_a_check_refuses_a_wrong_table(made: Made, name: str) -> None:
    column, mistake = SPOILED[name]
    good = result(made, f"tables/{name}").table("rows").rows
    cells = [None if each is None else mistake(each) for each in good.column(column).to_pylist()]
    place = good.schema.get_field_index(column)
    wrong = good.set_column(place, column, pa.array(cells, good.schema.field(column).type))
    inputs = Inputs(made[1].ledger.ask(table_declared(TABLES[name]), by=owner("steward")).inputs)
    told = []
    for number in range(len(TABLES[name].checks)):
        _checked(TABLES[name], number, good, inputs)
        try:
            _checked(TABLES[name], number, wrong, inputs)
        except MadangError as error:
            told.append(error.code)
    assert "table_check" in told


@pytest.mark.slow
def test_a_check_that_fails_keeps_the_last_good_version(made: Made) -> None:
    ws = Workspace.open(made[1].folder)
    before = ws.bank["moves-by-dong"].latest
    assert before is not None
    file = ws.folder / "content" / "tables" / "moves-by-dong.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = (table.SHIPPED / file.name).read_text("utf-8")
    file.write_text(text.replace("SELECT moved_year, to_hjd_code AS hjd_code, n AS arrived",
                                 "SELECT moved_year, to_hjd_code AS hjd_code, n + 1 AS arrived"), "utf-8")  # fmt: skip
    try:
        (failed,) = Workspace.open(ws.folder).refresh("moves-by-dong", by="steward")
    finally:
        file.unlink()
    assert failed.error is not None
    assert failed.error.code == "table_check"
    after = ws.bank["moves-by-dong"].latest
    assert after is not None
    assert after.n == before.n


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "column"),
    [("letters-by-month", "received"), ("letters-by-month", "late"), ("letters-by-week", "answered"),
     ("shops-by-trade", "opened"), ("shops-by-trade", "closed"), ("shops-by-trade", "open_at_end"),
     ("facilities-per-head", "facilities")],
)  # fmt: skip
def test_a_cell_leads_to_as_many_rows_as_it_says(made: Made, name: str, column: str) -> None:
    run = made[2][f"tables/{name}"].run
    assert run is not None
    counts = run.result.table("rows").rows.column(column).to_pylist()
    row = counts.index(max(counts))
    way = behind(run, Cell("rows", column, row), made[1].bank)
    assert sum(each.page(made[1].bank, owner("steward"))[2] for each in way) == counts[row] > 0


def _counting(told: Indicator) -> bool:
    return told.numerator.startswith("count(*) FILTER") and told.time != "stock"


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, told in INDICATORS.items() if _counting(told)])
def test_a_count_leads_to_the_rows_it_counts(made: Made, name: str) -> None:
    run = made[2][f"indicators/{name}"].run
    assert run is not None
    way = behind(run, Cell("latest", "numerator", 0), made[1].bank)
    found = sum(each.page(made[1].bank, owner("steward"))[2] for each in way)
    assert found == run.result.table("latest").value(0, "numerator")
