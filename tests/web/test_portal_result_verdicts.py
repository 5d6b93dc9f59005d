"""What an open result says of a hidden number in words is hidden with it: on its page, in files, in the interface."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from openpyxl import load_workbook

from madang.workspace import Workspace
from release import found
from release.found import decision, results
from web_page import Page

AT = "/open/results/동의-사람/"
HIDDEN = {"9911051000", "9911055000"}  # 3, and 7 beside it
FEW, MANY = "목표에 못 미침", "목표를 이룸"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Each 행정동 has a target of ten people; a verdict says whether it is met, and stands before all others."""
    judged = f"SELECT if(persons < 10, '{FEW}', '{MANY}') AS state, code AS dong_code"
    code = found.CODE.replace("SELECT code AS dong_code", judged).replace(
        '[Column("dong_code"', '[Column("state", "상태", meaning="verdict"), Column("dong_code"'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(found, "CODE", code)
        ws = found.city(tmp_path_factory.mktemp("verdicts"), patch)
        results(ws).decide(decision(ws.run("dong-people", by="lee")))
    return ws


@pytest.fixture
def anybody(made: Workspace) -> Iterator[Client]:
    with override_settings(MADANG_WORKSPACE=str(made.folder)):
        yield Client(SERVER_NAME="127.0.0.1")


def test_the_page_says_neither_the_number_nor_what_it_is_called(anybody: Client) -> None:
    told = Page(anybody.get(AT))
    assert FEW not in told.text
    lines = told.tree.xpath("//section[@id='table-dongs']//tbody/tr")
    states = [each.xpath("string(td[1])").strip() for each in lines]
    assert sorted(states) == [MANY, MANY, MANY, "비공개", "비공개"]
    assert anybody.get(f"{AT}why/?table=dongs&column=state&row={states.index('비공개')}").status_code == 404
    assert anybody.get(f"{AT}why/?table=dongs&column=state&row={states.index(MANY)}").status_code == 200


def test_nor_do_files_and_the_interface(anybody: Client) -> None:
    lines = list(
        csv.DictReader(io.StringIO(anybody.get(f"{AT}tables/dongs.csv").content.decode("utf-8-sig")))
    )
    assert {(each["행정동코드"] in HIDDEN, each["상태"], each["비고"]) for each in lines} == {
        (True, "", "비공개"), (False, MANY, ""),
    }  # fmt: skip
    for address in ("/open/동의-사람/rows.json", "/open/api/v1/datasets/동의-사람/rows"):
        rows = anybody.get(address).json()["rows"]
        assert {(each["people"], each["state"], each["state_note"]) for each in rows} == {
            (None, None, "비공개"), (40, MANY, None), (50, MANY, None), (60, MANY, None),
        }  # fmt: skip
    sheet = load_workbook(io.BytesIO(b"".join(anybody.get("/open/동의-사람/take/xlsx/"))))  # type: ignore[arg-type]
    cells = [cell for page in sheet.worksheets for row in page.iter_rows(values_only=True) for cell in row]
    assert FEW not in cells
    assert cells.count(MANY) == 3
    assert cells.count("비공개") >= 6


def test_nothing_in_the_open_bank_has_it(made: Workspace) -> None:
    for path in (made.folder / "open").rglob("*"):
        assert not path.is_file() or FEW.encode() not in path.read_bytes()
    (facts,) = (made.folder / "open").rglob("facts.json")
    story = json.loads(facts.read_text("utf-8"))["result"]
    assert story["result"]["tables"][0]["columns"][0]["meaning"] == "verdict"
    assert story["tables"]["dongs"]["state"].count(None) == 2
