"""Codes of areas say which area they are: in the table, in charts, in answers of the SQL desk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings

import people
from intake.made_up_country import CODES, deposit, made, points, write
from madang.engine import locked
from madang.web.shell.area_names import names_for
from madang.web.sql.models import Asked
from madang.workspace import Workspace
from people import browser
from web_page import Page

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def country(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("named")
    ws = made(folder)
    deposit(
        ws,
        write(
            folder,
            "쉼터.csv",
            ["번호,위도,경도", *(f"{n},{lat:.6f},{lon:.6f}" for n, (lon, lat) in enumerate(points()))],
        ),
    )
    deposit(
        ws,
        write(
            folder, "인구.csv", ["행정동코드,인구", *(f"{code},{n * 10}" for n, code in enumerate(CODES, 1))]
        ),
    )
    return ws


@pytest.fixture(autouse=True)
def _shown(country: Workspace) -> Iterator[None]:
    with override_settings(MADANG_WORKSPACE=str(country.folder)):
        yield
    locked.cool()


def test_a_table_and_a_chart_name_the_areas(db: None) -> None:
    alice = browser(people.make("official"))
    table = Page(alice.get("/data/인구/rows/"))
    assert table.rows("found")[0][1] == "4191051000 가람1동"
    chart = Page(alice.get("/data/쉼터/chart/?by=dong_code"))
    labels = [" ".join(each.text_content().split()) for each in chart.tree.xpath("//figure//tbody//th")]
    assert len(labels) == 12
    assert "가람1동 4191051000" in labels
    assert {"중앙동 1181052000", "중앙동 1183052000"} <= set(labels)  # two of one name stay two


def test_an_answer_in_sql_names_them_too(db: None) -> None:
    ahn = browser(people.make("analyst"))
    ask = {"sql": "SELECT dong_code, count(*) AS n FROM 쉼터 GROUP BY 1 ORDER BY 1"}
    page = Page(ahn.post("/sql/run/", ask, follow=True))
    assert "1181051000 다온동" in page.texts("td")
    asked = Asked.objects.latest("at")
    rows = json.loads(ahn.get(f"/sql/answers/{asked.pk}/rows.json").content)["rows"]
    assert ["다온동 1181051000", 10] in rows


def test_numbers_that_are_no_codes_stay_bare(db: None) -> None:
    assert names_for(["4191051000", None])["4191051000"] == "가람1동"
    assert names_for(["41910510"])["41910510"] == "가람1동"
    assert names_for(["20260101", "20260102"]) == {}  # days
    assert names_for(["4191051000", "가람1동"]) == {}
    assert names_for([]) == {}


def test_without_a_register_nothing_is_named(db: None, tmp_path: Path) -> None:
    with override_settings(MADANG_WORKSPACE=str(Workspace.init(tmp_path / "bare", "빈들군").folder)):
        assert names_for(["4191051000"]) == {}
