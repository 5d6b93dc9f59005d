"""An old result leads to its newer answer, two are compared by their answers first, analyses of closed data say so.

Planted: of 30 bakeries 7 closed, of 20 cafés 9; a newer list of cafés says 12 of 23.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from madang.bank.made_of import Lineage
from madang.runs import Run
from madang.runs import analysis as analyses
from madang.web.runs import sides
from madang.workspace import Workspace
from runs.made import CARD, CODE, analysis, shops
from web.deposits_helper import work
from web.shops_site import AT, FILLED, shops_site
from web_page import Page

pytestmark = pytest.mark.slow
CHART = """, (Chart("폐업이 가장 많은 업태는 {kind}입니다", "closed", {"mark": "bar", "encoding": {"y": {"field": "business_type"},
    "x": {"field": "closed"}}}, cells={"kind": Cell("closed", "business_type")}),), caveats="""
DRAWN = CODE.replace("import Cell,", "import Cell, Chart,").replace(", caveats=", CHART)


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(analyses, "SHIPPED", tmp_path / "shipped")
    return analysis(tmp_path / "shipped", code=DRAWN).parent


@pytest.fixture
def ws(tmp_path: Path, shipped: Path) -> Iterator[Workspace]:
    with shops_site(tmp_path) as made:
        yield made


@pytest.fixture
def kim(ws: Workspace, signed_in: Callable[..., Any]) -> Any:
    return signed_in("official", username="kim")


def made(browser: Any, **said: Any) -> str:
    """The address of a result over what is live now."""
    browser.post(AT, {**FILLED, **said})
    work()
    return str(browser.post(AT, {**FILLED, **said})["Location"])


def newer(ws: Workspace, tmp_path: Path, closed: int = 12, open_: int = 11, day: str = "") -> None:
    file = shops(tmp_path / f"카페{day}.csv", "카페", closed, open_)
    ws.deposit(file, "cafes", standard="licence", by="lee")


def compared(one: str, other: str) -> str:
    return f"{one}compare/{other.strip('/').split('/')[-1]}/"


# a newer answer ---------------------------------------------------------------------------------------------


def test_an_old_result_leads_to_the_newest_answer_and_to_the_comparison(
    kim: Any, ws: Workspace, tmp_path: Path
) -> None:
    newer(ws, tmp_path, 10, 10, "_20261031")
    old, other = made(kim), made(kim, **{"p-least": "2"})
    newer(ws, tmp_path, day="_20261120")
    assert "더 새로운 답" not in Page(kim.get(old)).text  # nobody asked again yet
    new = made(kim)
    page = Page(kim.get(old))
    (notice,) = page.texts(".behind")
    assert (
        notice == "더 새로운 답이 있습니다: 2026-11-20 데이터로 한 결과 보기 · 견주기"
    )  # and no button to ask once more
    assert page.link("2026-11-20 데이터로 한 결과 보기") == new
    assert kim.get(page.link("견주기")).status_code == 200
    assert page.link("견주기") == compared(old, new)
    for address in (new, other):  # the newest itself; one that asked something else
        assert "더 새로운 답" not in Page(kim.get(address)).text


def test_a_newer_answer_that_is_behind_itself_says_both(kim: Any, ws: Workspace, tmp_path: Path) -> None:
    old = made(kim)
    newer(ws, tmp_path)
    new = made(kim)
    assert Page(kim.get(old)).link("카페 새 판으로 한 결과 보기") == new  # of the same day
    newer(ws, tmp_path, 13, 11)
    page = Page(kim.get(old))
    assert page.link("카페 새 판으로 한 결과 보기") == new
    assert "새 데이터로 다시 실행" in page.texts(".behind button")


def test_nobody_is_led_to_an_answer_that_he_may_not_read(
    kim: Any, ws: Workspace, tmp_path: Path, signed_in: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the newer version something personal was found that was read as harmless: what was made of it is closed."""
    old = made(kim)
    newer(ws, tmp_path)
    new = made(kim)
    known = Lineage.personal

    def personal(lineage: Lineage, dataset: str, version: int) -> Any:
        return known(lineage, dataset, version) | (
            {"closed_on"} if (dataset, version) == ("cafes", 2) else set()
        )

    monkeypatch.setattr(Lineage, "personal", personal)
    assert kim.get(new).status_code == 404
    page = kim.get(old)
    assert page.status_code == 200
    assert new not in page.content.decode()
    boss = signed_in("administrator", username="boss")
    assert Page(boss.get(old)).link("카페 새 판으로 한 결과 보기") == new


# two answers ------------------------------------------------------------------------------------------------


def test_two_results_begin_with_their_answers_and_mark_what_differs(
    kim: Any, ws: Workspace, tmp_path: Path
) -> None:
    newer(ws, tmp_path, 10, 10, "_20261031")
    old = made(kim)
    newer(ws, tmp_path, day="_20261120")
    new = made(kim)
    page = Page(kim.get(compared(new, old)))
    first, second = page.texts(".sides .answer")
    assert (first, second) == ("카페가 가장 많이, 10 곳 닫았습니다.", "카페가 가장 많이, 12 곳 닫았습니다.")
    assert page.texts(".sides mark") == ["10 곳", "12 곳"]
    assert [each.xpath("./a/@href") for each in page.find(".sides mark")] == [
        [f"{old}why/?table=closed&column=closed&row=0"],
        [f"{new}why/?table=closed&column=closed&row=0"],
    ]
    assert page.texts("h2")[:3] == [
        "앞의 답: 2026-10-31 데이터",
        "뒤의 답: 2026-11-20 데이터",
        "무엇을 달리 물었습니까",
    ]


def test_what_tells_two_results_apart_is_said(kim: Any, ws: Workspace) -> None:
    one, other, third = made(kim), made(kim, **{"p-least": "2"}), made(kim, **{"in-shops": ["cafes"]})
    page = Page(kim.get(compared(one, other)))
    assert page.texts(".side .apart") == ["적어도 1 곳", "적어도 2 곳"]
    assert "두 답의 문장이 같습니다." in page.text
    assert not page.find("mark")
    assert Page(kim.get(compared(one, third))).texts(".side .apart") == ["빵집", "빵집 없이"]


def test_two_pictures_stand_side_by_side_on_one_scale(kim: Any, ws: Workspace, tmp_path: Path) -> None:
    old = made(kim)
    newer(ws, tmp_path)
    pictures = Page(kim.get(compared(old, made(kim)))).find("svg.narrow")
    widths = [float(each.xpath(".//rect/@width")[0]) for each in pictures]
    assert len(widths) == 2
    assert widths[0] / widths[1] == pytest.approx(9 / 12, rel=0.001)


def test_results_without_a_common_picture_show_none(kim: Any, shipped: Path) -> None:
    one = made(kim)
    analysis(shipped, code=CODE)
    page = Page(kim.get(compared(one, made(kim))))
    assert not page.find("svg.picture")
    assert len(set(page.texts(".side .apart"))) == 2  # in the same minute, perhaps in the same second
    assert "데이터와 값이 같습니다." in page.text
    assert "셈하는 방법(코드)도 그 사이 바뀌었습니다." in page.text


@pytest.mark.parametrize(
    ("one", "other", "words"),
    [
        ("2026-11-22T15:00:01+09:00", "2026-11-22T16:30:00+09:00", ("2026-11-22 15:00", "2026-11-22 16:30")),
        ("2026-11-22T06:00:01+00:00", "2026-11-22T15:00:59+09:00", ("2026-11-22 15:00:01", "2026-11-22 15:00:59")),
        ("2026-11-22T15:00:01.1+09:00", "2026-11-22T15:00:01.9+09:00", ("먼저 실행함", "나중에 실행함")),
    ],
)  # fmt: skip
def test_two_runs_alike_are_told_apart_by_the_moment(one: str, other: str, words: tuple[str, str]) -> None:
    runs = [Run("a", "x", "x", {}, (), 0, "", "kim", at, 1.0, Path("a")) for at in (one, other)]
    assert sides._apart(*runs, ()) == words


# what cannot be asked ---------------------------------------------------------------------------------------


def test_analyses_of_data_that_nobody_lets_a_person_read_say_so_and_come_last(
    kim: Any, ws: Workspace, shipped: Path, signed_in: Callable[..., Any]
) -> None:
    libraries = (
        CARD.replace('"licence"', '"library"')
        .replace('"인허가 자료"', '"도서관"')
        .replace("업태마다", "도서관은")
    )
    analysis(
        shipped,
        "a-libraries",
        libraries.replace('"licensed_on", "closed_on", "status_code", "business_type"', ""),
    )
    optional = CARD.replace("many = true", "many = true\noptional = true").replace("업태마다", "없어도")
    analysis(shipped, "optional", optional)
    made(kim)
    page = Page(kim.get("/analyses/"))
    assert [each.split()[0] for each in page.texts("h2")] == ["업태마다", "없어도", "도서관은"]
    assert page.texts(".lacks") == ["읽을 수 있는 데이터가 없습니다: 도서관"]
    for dataset in ("bakeries", "cafes"):
        ws.write_card(dataset, {"title": "제한", "access": "restricted", "steward": "위생과", "readers": []})
    page = Page(kim.get("/analyses/"))
    assert page.texts("h2")[0].startswith("없어도")  # it can do without
    assert sorted(page.texts(".lacks")) == [
        "읽을 수 있는 데이터가 없습니다: 도서관",
        "읽을 수 있는 데이터가 없습니다: 인허가 자료",
    ]
    assert len(Page(signed_in("administrator", username="boss").get("/analyses/")).texts(".lacks")) == 1


def test_an_analysis_that_nobody_approved_says_so_and_comes_last(kim: Any, ws: Workspace) -> None:
    analysis(ws.folder / "content" / "analyses", "a-new", CARD.replace("업태마다", "새로"))
    made(kim)
    page = Page(kim.get("/analyses/"))
    assert [each.split()[0] for each in page.texts("h2")] == ["업태마다", "새로"]
    assert page.texts(".lacks") == ["관리자가 아직 승인하지 않아 실행할 수 없습니다."]
    ws.approve("a-new", by="lee")
    assert not Page(kim.get("/analyses/")).texts(".lacks")
