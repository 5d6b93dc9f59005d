"""What the catalogue says of a dataset: its live version, its last deposit, what was erased, what is damaged."""

from __future__ import annotations

import builtins
import io
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from madang.workspace import Workspace
from made_up_bank import PARKING, START
from people import browser
from web_page import Page

ADDRESS = f"/data/{PARKING}/"


def get(address: str) -> Page:
    return Page(browser().get(address))


def card() -> str:
    return next(text for text in get("/data/").texts("article.card") if "공영주차장" in text)


def deposited(city: Workspace, verdict: str) -> None:
    """One more deposit that made no version."""
    receipt = {**city.bank[PARKING].version(2).receipt, "verdict": verdict, "version": None}
    at = START + timedelta(days=60)
    city.bank.record(PARKING, receipt={**receipt, "at": at.isoformat()}, facts={}, problems=None, at=at)


def test_an_unchanged_deposit_does_not_hide_the_problems(own_city: Workspace) -> None:
    deposited(own_city, "unchanged")
    assert "문제 있음" in card()
    assert "변화 없음" not in card()


def test_a_refused_last_deposit_is_said_beside_the_live_version(own_city: Workspace) -> None:
    deposited(own_city, "refused")
    assert "문제 있음" in card()
    assert "마지막 입고 반려" in card()
    assert len(get("/data/?state=refused").texts("article h2")) == 2  # and the street lamps
    assert "마지막 입고 반려" in get(ADDRESS).texts("section.panel")[1]


def test_after_an_erasure_rows_and_changes_are_those_of_the_files(own_city: Workspace) -> None:
    assert "더해짐 1없어짐 1바뀜 3" in get(ADDRESS).rows("versions")[0][6]
    assert "60행, 2판" in card()
    # row 9 of the original, one of the three that changed
    own_city.erase(PARKING, column="주차장명", value="구름재 제1주차장", ground="시험")
    assert "59행, 2판" in card()
    assert "파기 전 진단" in card()
    page = get(ADDRESS)
    assert page.rows("versions")[0][5:] == ["59", "더해짐 1없어짐 1바뀜 2"]
    assert "파기 전 진단" in page.texts("section.panel")[1]


@pytest.mark.parametrize("name", ["receipt.json", "facts.json"])
@pytest.mark.parametrize("left", [None, "{", "[]"])
def test_a_damaged_dataset_does_not_take_the_others_down(
    own_city: Workspace, name: str, left: str | None
) -> None:
    dataset = own_city.bank[PARKING]
    broken = dataset.deposit_folder(dataset.version(2).deposit_id) / name
    broken.unlink()
    if left is not None:
        broken.write_text(left, encoding="utf-8")
    page = get("/data/")
    assert page.status == 200
    assert len(page.texts("article h2")) == 6
    assert "기록이 손상됨" in card()
    assert "관리자에게 알려 백업에서 복원하게 하십시오" in card()
    alone = get(ADDRESS)
    assert alone.status == 503
    assert "관리자에게 알려 백업에서 복원하게 하십시오" in alone.text


def test_an_unchanged_catalogue_opens_no_record_again(
    own_city: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    get("/data/")
    opened: list[str] = []
    true_open = io.open

    def noted(file: Any, *args: Any, **more: Any) -> Any:
        if isinstance(file, str | Path) and str(own_city.bank.folder) in str(file):
            opened.append(str(file))
        return true_open(file, *args, **more)

    monkeypatch.setattr(io, "open", noted)
    monkeypatch.setattr(builtins, "open", noted)
    get("/data/")
    assert opened == []
    monkeypatch.undo()
    dataset = own_city.bank[PARKING]
    dataset.write_card({**dataset.card, "title": "새 이름의 공영주차장"}, by="김새빛", at=START)
    assert "새 이름의 공영주차장" in card()


def test_past_versions_and_comparisons_lead_back(own_city: Workspace) -> None:
    button = f"/data/{quote(PARKING)}/versions/1/rollback/"
    assert get(ADDRESS + "versions/1/").link("1판으로 되돌리기") == button
    assert get(ADDRESS + "compare/?from=1&to=2").link("1판으로 되돌리기") == button
    assert "되돌리기" not in get(ADDRESS + "versions/2/").text
