"""Deciding to open, on pages: who may, what is pre-set, what is seen beforehand, what is recorded."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.test import override_settings
from django.utils import timezone

from madang.messages import MadangError
from madang.release import Treatment, exposed
from madang.web.audit.models import Entry
from madang.web.notices.models import Notice
from madang.web.releases import jobs, telling
from madang.web.work import queue
from madang.web.work.registry import kind_of
from madang.web.work.running import Running
from madang.workspace import Workspace
from release import city
from release.test_exposed import find_personal
from web import deposits_helper

POST = "위생과 인허가팀"
DECIDED = {
    "document": "위생과-77",
    "ground": "공공데이터법 제17조",
    "post": POST,
    "licence": "kogl-1",
    "rhythm": "look",
}


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[Workspace]:
    ws, _ = city.made(tmp_path / "city")
    rows = [(f"가게{n}", f"010-{1000 + n}-{2000 + n}", n) for n in range(20)]
    city.deposit(ws, "가게", ["업소명", "휴대전화", "면적"], rows)
    card = {k: v for k, v in ws.bank["가게"].card.items() if k not in ("by", "at")}
    ws.write_card("가게", {**card, "steward": POST, "title": "우리 가게"})
    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        yield ws


@pytest.fixture
def steward(shops: Workspace, signed_in: Callable[..., Any]) -> Any:
    return signed_in("steward", posts=[POST], username="kim")


def filled(ws: Workspace, **more: str) -> dict[str, str]:
    how = {f"how:{c.name}": "keep" if c.privacy == "none" else "drop" for c in ws.bank["가게"].latest.columns}
    return {
        "edition": "가게",
        "title": "우리 가게",
        "kind": "rows",
        "places": "drop",
        **how,
        **DECIDED,
        **more,
    }


def test_only_the_steward_of_a_dataset_decides(
    shops: Workspace, signed_in: Callable[..., Any], steward: Any
) -> None:
    assert steward.get("/releases/new/가게/").status_code == 200
    for other in (signed_in("official", posts=[POST]), signed_in("steward", posts=["교통과 주차관리팀"])):
        assert other.get("/releases/new/가게/").status_code == 403
        assert other.post("/releases/new/가게/", filled(shops, do="decide")).status_code == 403
    assert "가게" not in shops.releases.open_bank


def test_the_form_opens_with_personal_columns_out(shops: Workspace, steward: Any) -> None:
    page = steward.get("/releases/new/가게/").content.decode()
    phone = next(c for c in shops.bank["가게"].latest.columns if c.privacy == "personal")
    choice = page.split(f'name="how:{phone.name}"')[1].split("</select>")[0]
    assert 'value="drop" selected' in choice
    assert 'value="keep"' not in choice
    assert POST in page


def found_personal(ws: Workspace) -> str:
    """A new version says that the name of a shop is personal. Its name."""
    name = next(c.name for c in ws.bank["가게"].latest.columns if c.label == "업소명")
    find_personal(ws, "가게", [name])
    return str(name)


def test_the_form_knows_what_was_found_personal_later(
    shops: Workspace, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = next(c.name for c in shops.bank["가게"].latest.columns if c.label == "업소명")
    monkeypatch.setattr(exposed, "personal_now", lambda bank, dataset, n: frozenset({name}))
    page = steward.get("/releases/new/가게/").content.decode()
    choice = page.split(f'name="how:{name}"')[1].split("</select>")[0]
    assert 'value="drop" selected' in choice
    assert 'value="keep"' not in choice
    page = steward.post("/releases/new/가게/", filled(shops, do="decide"))
    assert page.status_code == 400
    assert "그대로 내보낼 수 없습니다" in page.content.decode()


def test_the_steward_is_told_once_that_an_edition_was_shut(shops: Workspace, steward: Any) -> None:
    steward.post("/releases/new/가게/", filled(shops, do="decide", rhythm="automatic"))
    found_personal(shops)
    for _ in range(2):
        jobs.tell_of_shut(timezone.now())
    told = Notice.objects.get(code="notice_release_shut")
    assert (told.post, told.params, told.url) == (
        POST,
        {"title": "우리 가게"},
        f"/releases/of/{quote('가게')}/",
    )
    assert "우리 가게" in steward.get("/notices/").content.decode()
    page = steward.get("/releases/of/가게/").content.decode()
    assert "개인정보라서" in page
    assert "앞서 연 판은 그대로 있습니다" not in page


def test_a_look_beforehand_publishes_nothing(shops: Workspace, steward: Any) -> None:
    page = steward.post("/releases/new/가게/", filled(shops, do="preview"))
    assert page.status_code == 200
    assert "가게1" in page.content.decode()
    assert "010-1001" not in page.content.decode()
    assert "가게" not in shops.releases.open_bank


@pytest.mark.parametrize("do", ["preview", "decide"])
def test_a_last_day_that_has_passed_is_refused_in_words(shops: Workspace, steward: Any, do: str) -> None:
    page = steward.post("/releases/new/가게/", filled(shops, do=do, until="2020-01-01"))
    assert "개방 기한 2020-01-01이 이미 지났습니다" in page.content.decode()
    assert 'value="2020-01-01"' in page.content.decode()
    assert "가게" not in shops.releases.open_bank


def test_deciding_publishes_and_is_recorded(shops: Workspace, steward: Any) -> None:
    answer = steward.post("/releases/new/가게/", filled(shops, do="decide"))
    assert answer.status_code == 302
    assert len(city.published(shops.releases, "가게")) == 20
    entry = Entry.objects.get(what="release.decide")
    assert (entry.by, entry.thing, entry.why) == ("kim", "가게", "공공데이터법 제17조")
    page = steward.get("/releases/of/가게/").content.decode()
    assert "위생과-77" in page
    assert "개방 중" in page


def test_without_a_document_number_nothing_is_opened(shops: Workspace, steward: Any) -> None:
    page = steward.post("/releases/new/가게/", filled(shops, do="decide", document=" "))
    assert page.status_code == 400
    assert "문서번호" in page.content.decode()
    assert "가게" not in shops.releases.open_bank
    assert not Entry.objects.filter(what="release.decide").exists()


def test_a_new_version_is_published_by_a_button_and_withdrawn_by_another(
    shops: Workspace, steward: Any
) -> None:
    steward.post("/releases/new/가게/", filled(shops, do="decide"))
    city.deposit(shops, "가게", ["업소명", "휴대전화", "면적"], [("새 가게", "010-1-2", 3)] * 9)
    assert "새 판이 기다림" in steward.get("/releases/").content.decode()
    for _ in range(2):  # pressed twice, one job
        steward.post("/releases/of/가게/", {"do": "refresh"})
    assert deposits_helper.work() == 1
    assert len(city.published(shops.releases, "가게")) == 9
    steward.post(
        "/releases/of/가게/", {"do": "withdraw", "document": "위생과-78", "ground": "오류", "post": POST}
    )
    assert "가게" not in shops.releases.open_bank
    assert [entry.what for entry in Entry.objects.filter(what__startswith="release").order_by("number")] == [
        "release.decide", "release.refresh", "release.withdraw",
    ]  # fmt: skip
    assert "거둠" in steward.get("/releases/of/가게/").content.decode()


def test_whoever_may_not_see_a_dataset_does_not_see_its_edition(
    shops: Workspace, steward: Any, signed_in: Callable[..., Any]
) -> None:
    steward.post("/releases/new/가게/", filled(shops, do="decide"))
    card = {k: v for k, v in shops.bank["가게"].card.items() if k not in ("by", "at")}
    shops.write_card("가게", {**card, "access": "restricted"})
    other = signed_in("official")
    assert "우리 가게" not in other.get("/releases/").content.decode()
    assert other.get("/releases/of/가게/").status_code == 404
    assert other.get("/releases/of/없는것/").status_code == 404


def test_a_table_of_counts_can_be_decided_on_the_page(shops: Workspace, steward: Any) -> None:
    people = [(f"99110{51 + n}000", count) for n, count in enumerate([3, 40, 50, 60])]
    city.deposit(shops, "인구", ["동코드", "인구"], people)
    card = {k: v for k, v in shops.bank["인구"].card.items() if k not in ("by", "at")}
    shops.write_card("인구", {**card, "steward": POST})
    wish = {
        **DECIDED,
        "edition": "인구",
        "title": "인구",
        "kind": "table",
        "role:동코드": "area",
        "role:인구": "count",
        "least": "5",
    }
    page = steward.post("/releases/new/인구/", {**wish, "do": "preview"}).content.decode()
    assert "2칸은 비공개" in page
    assert steward.post("/releases/new/인구/", {**wish, "do": "decide"}).status_code == 302


def test_edition_of_a_dataset_is_one_line_for_its_page(shops: Workspace, steward: Any) -> None:
    from madang.web.releases.views import edition_of

    assert edition_of("가게") is None
    steward.post("/releases/new/가게/", filled(shops, do="decide"))
    told = edition_of("가게")
    assert told is not None
    assert (told["words"], told["version"]) == ("개방 중", 1)


def worked(steward: Any, answer: Any) -> tuple[Any, str]:
    """What the page shows that a long look or decision leads to, before and after it is done."""
    address = answer.headers["Location"]
    before = steward.get(address).content.decode()
    assert steward.get(f"{address}?part=1").content.decode().strip().startswith('<div id="under-way"')
    assert deposits_helper.work() == 1
    assert steward.get(f"{address}?part=1").headers["HX-Refresh"] == "true"
    return steward.get(address), before


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_ROWS", 10)


@pytest.mark.usefixtures("long")
def test_what_takes_long_is_looked_at_by_a_job(
    shops: Workspace, steward: Any, signed_in: Callable[..., Any]
) -> None:
    answer = steward.post("/releases/new/가게/", filled(shops, do="preview", title="다른 제목"))
    for other in (signed_in("steward", posts=[POST]), signed_in("official", posts=[POST])):
        assert other.get(answer.headers["Location"]).status_code in (403, 404)
    after, before = worked(steward, answer)
    assert "미리 보는 중" in before
    assert re.search(r'src="/static/assets/work-[^"]+\.js"', before)  # what asks again
    assert "가게1" in after.content.decode()
    assert 'value="다른 제목"' in after.content.decode()
    assert "010-1001" not in after.content.decode()
    assert "가게" not in shops.releases.open_bank


@pytest.mark.usefixtures("long")
def test_what_takes_long_is_decided_by_a_job(shops: Workspace, steward: Any) -> None:
    after, _ = worked(steward, steward.post("/releases/new/가게/", filled(shops, do="decide")))
    assert after.headers["Location"].endswith(f"/releases/of/{quote('가게')}/")
    assert len(city.published(shops.releases, "가게")) == 20
    entry = Entry.objects.get(what="release.decide")
    assert (entry.by, entry.thing, entry.why) == ("kim", "가게", "공공데이터법 제17조")
    city.deposit(shops, "가게", ["업소명", "휴대전화", "면적"], [("새 가게", "010-1-2", 3)] * 19)
    steward.post("/releases/of/가게/", {"do": "refresh"})
    assert len(city.published(shops.releases, "가게")) == 20
    assert deposits_helper.work() == 1
    assert len(city.published(shops.releases, "가게")) == 19


@pytest.mark.usefixtures("long")
def test_a_job_that_may_not_open_says_why_on_the_form(shops: Workspace, steward: Any) -> None:
    """A few alike are found only when the rows are made."""
    name = next(c.name for c in shops.bank["가게"].latest.columns if c.label == "업소명")
    answer = steward.post("/releases/new/가게/", filled(shops, do="decide", **{f"quasi:{name}": "1"}))
    job = queue.claim(timezone.now())
    with pytest.raises(MadangError) as error:
        kind_of(job.kind).run(Running(job), **job.params)
    assert error.value.code == "release_few_alike"
    queue.fail(job, error.value, timezone.now(), lambda: 0.5, heals=False)
    page = steward.get(answer.headers["Location"])
    assert page.status_code == 400
    assert "알아볼 수 있습니다" in page.content.decode()
    assert "가게" not in shops.releases.open_bank


@pytest.mark.usefixtures("long")
def test_a_right_that_ended_in_between_ends_the_job(shops: Workspace, steward: Any) -> None:
    steward.post("/releases/new/가게/", filled(shops, do="decide"))
    card = {k: v for k, v in shops.bank["가게"].card.items() if k not in ("by", "at")}
    shops.write_card("가게", {**card, "steward": "다른 부서"})
    job = queue.claim(timezone.now())
    with pytest.raises(MadangError) as error:
        kind_of(job.kind).run(Running(job), **job.params)
    assert error.value.code == "access_denied"
    assert "가게" not in shops.releases.open_bank


def test_an_empty_list_says_where_to_begin(tmp_path: Path, signed_in: Callable[..., Any]) -> None:
    Workspace.init(tmp_path / "empty", "빈들군")
    with override_settings(MADANG_WORKSPACE=str(tmp_path / "empty")):
        page = signed_in("administrator").get("/releases/").content.decode()
    assert "아직 개방을 결정한 자료가 없습니다" in page
    shutil.rmtree(tmp_path / "empty")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"step": "²"}, "단위 ²"),
        ({"step": "1,000"}, "단위 1,000"),
        ({"step": "1" + "0" * 400}, "단위 10000000"),
        ({"step": "0"}, "단위 0"),
        ({"step": "-5"}, "단위 -5"),
        ({"kind": "table", "least": "²"}, "비공개 기준은 2 이상"),
        ({"kind": "table", "least": "다섯"}, "비공개 기준은 2 이상"),
    ],
)
def test_a_number_of_the_form_that_is_none_is_told(
    shops: Workspace, steward: Any, more: dict[str, str], said: str
) -> None:
    size = next(c.name for c in shops.bank["가게"].latest.columns if c.type == "integer")
    wish = {f"step:{size}" if key == "step" else key: value for key, value in more.items()}
    answer = steward.post(
        "/releases/new/가게/", filled(shops, do="preview", **{f"how:{size}": "band"}, **wish)
    )
    assert answer.status_code == 400
    assert said in answer.content.decode()


def test_a_number_of_the_form_may_be_left_out(shops: Workspace, steward: Any) -> None:
    size = next(c.name for c in shops.bank["가게"].latest.columns if c.type == "integer")
    for step, first in (("", "0~9"), ("5", "0~4"), ("2.5", "0.0~2.5")):
        wish = filled(shops, do="preview", **{f"how:{size}": "band", f"step:{size}": step})
        answer = steward.post("/releases/new/가게/", wish)
        assert answer.status_code == 200
        assert first in answer.content.decode()


@pytest.mark.parametrize("step", [float("inf"), float("nan"), 0.0, -1.0])
def test_no_decision_has_a_step_that_is_none(step: float) -> None:
    with pytest.raises(MadangError, match="단위"):
        Treatment("round", step)


def test_an_edition_whose_records_are_broken_is_told_to_its_steward_and_to_administrators(
    shops: Workspace, signed_in: Callable[..., Any], steward: Any
) -> None:
    steward.post("/releases/new/가게/", {**filled(shops), "do": "decide"})
    (shops.folder / "content" / "releases" / "가게" / "1.json").write_text("{", encoding="utf-8")
    shops.releases.follow("가게")
    telling.tell_shut()
    telling.tell_shut()
    assert [(each.code, each.post) for each in Notice.objects.filter(code="notice_release_unreadable")] == [
        ("notice_release_unreadable", POST)
    ]
    admin = signed_in("administrator", username="root").get("/releases/").content.decode()
    assert "기록을 읽을 수 없어" in admin
    assert "기록을 읽을 수 없어" not in steward.get("/releases/").content.decode()
