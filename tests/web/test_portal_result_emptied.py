"""A number that tells of hidden rows is withheld like them: on the page of an open result, in its files, in the interface."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings

from madang.release.result_decision import ResultDecision
from madang.release.results import OpenResults
from madang.workspace import Workspace
from release.city import SAID, Clock
from release.test_result_meanings import MOVED, SHARE
from runs.declared_city import declared_city, people
from web_page import Page

AT = "/open/results/share/"
MISSED = "목표에 못 미친 동"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Of three 행정동 one misses the target; its number is hidden, with another."""
    folder = tmp_path_factory.mktemp("emptied")
    ws = declared_city(folder)
    (ws.folder / "content" / "indicators" / "share.toml").write_text(SHARE, encoding="utf-8")
    ws = Workspace.open(ws.folder)
    ws.clock = Clock()
    ws.deposit(people(folder / "주민등록인구.csv", MOVED), "people", standard="resident-population", by="lee")
    (one,) = ws.refresh("share", by="lee", again=True)
    assert one.run is not None, one.error
    tables = tuple(each.id for each in one.run.result.tables)
    said = ResultDecision("share", one.run.key, **{**SAID, "least": 35}, with_rows=tables)
    OpenResults(ws.releases, ws.ledger, ws.declarations.indicators).decide(said)
    return ws


@pytest.fixture
def anybody(made: Workspace) -> Iterator[Client]:
    with override_settings(MADANG_WORKSPACE=str(made.folder)):
        yield Client(SERVER_NAME="127.0.0.1")


def test_the_page_says_withheld_and_not_that_there_are_no_data(anybody: Client) -> None:
    told = Page(anybody.get(AT))
    heads = [each.split(" (")[0] for each in told.texts("#table-latest th")]
    (row,) = told.rows("table-latest")
    shown = dict(zip(heads, row, strict=True))
    assert shown[MISSED] == "비공개"
    assert shown["동을 모르는 행"] == "0"
    assert anybody.get(f"{AT}why/?table=latest&column=missed_areas&row=0").status_code == 404
    assert anybody.get(f"{AT}why/?table=latest&column=value&row=0").status_code == 200


def test_the_file_says_which_number_is_withheld(anybody: Client) -> None:
    body = anybody.get(f"{AT}tables/latest.csv").content.decode("utf-8-sig")
    (line,) = csv.DictReader(io.StringIO(body))
    assert (line[f"{MISSED} (곳)"], line["비고"]) == ("", f"비공개: {MISSED}")
    body = anybody.get(f"{AT}tables/areas.csv").content.decode("utf-8-sig")
    assert {each["비고"] for each in csv.DictReader(io.StringIO(body))} == {"", "비공개"}
