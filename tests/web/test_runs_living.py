"""Results that are kept alive: computed again with the keeper's rights of now, told where they changed, stopped where nobody may.

Planted: of 30 bakeries 7 closed, of 20 cafés 9; a newer list of cafés says 12 of 23.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from madang.bank.durable import SEOUL
from madang.messages import MadangError
from madang.runs import analysis as analyses
from madang.runs.ledger import Ledger
from madang.runs.living import Living, Livings, State
from madang.web.accounts.models import User
from madang.web.audit.models import Entry
from madang.web.notices.models import Notice
from madang.web.runs import living_jobs, living_telling
from madang.web.work.models import Job
from madang.web.work.registry import kind_of
from madang.web.work.running import Running
from madang.workspace import Workspace
from runs.made import CODE, analysis, shops
from web.deposits_helper import work
from web.shops_site import AT, FILLED, shops_site
from web_page import Page

pytestmark = pytest.mark.slow


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(analyses, "SHIPPED", tmp_path / "shipped")
    return analysis(tmp_path / "shipped")


@pytest.fixture
def ws(tmp_path: Path, shipped: Path) -> Iterator[Workspace]:
    with shops_site(tmp_path) as made:
        yield made


@pytest.fixture
def kim(ws: Workspace, signed_in: Callable[..., Any]) -> Any:
    return signed_in("official", username="kim")


def made(browser: Any) -> str:
    """The key of a result over what is live now."""
    browser.post(AT, FILLED)
    work()
    return str(browser.post(AT, FILLED)["Location"]).strip("/").split("/")[-1]


def kept(browser: Any, every: str = "now") -> str:
    key = made(browser)
    answer = browser.post(f"/runs/{key}/keep/", {"every": every, "run": key})
    assert answer["Location"] == f"/runs/{key}/"
    return key


def newer(ws: Workspace, tmp_path: Path, closed: int = 12, open_: int = 11) -> None:
    ws.deposit(shops(tmp_path / "카페.csv", "카페", closed, open_), "cafes", standard="licence", by="lee")


def looked(ws: Workspace, at: datetime | None = None) -> int:
    """What the runner does some times a minute, and the jobs that it begins; how many there were."""
    living_jobs.plan(at or timezone.now())
    return work()


def one(ws: Workspace) -> tuple[Living, State]:
    (living,) = Livings(ws.folder).all()[0]
    return living, Livings(ws.folder).state(living)


def told(username: str) -> list[Notice]:
    return list(Notice.objects.filter(person=username).order_by("pk"))


def test_a_newer_version_is_computed_and_what_changed_is_told_with_both_links(
    kim: Any, ws: Workspace, tmp_path: Path, signed_in: Callable[..., Any]
) -> None:
    key = kept(kim)
    lee = signed_in("official", username="lee")
    living, _ = one(ws)
    assert "김담당 님이 살려 두고 있습니다" in Page(lee.get(f"/runs/{key}/")).text
    lee.post(f"/runs/living/{living.id}/", {"do": "follow"})
    assert looked(ws) == 0
    newer(ws, tmp_path)
    assert looked(ws) == 1
    assert looked(ws) == 0
    after = one(ws)[1].run
    assert after != key
    assert Page(kim.get(f"/runs/{after}/")).rows("table-closed") == [
        ["카페", "23", "12"],
        ["제과점", "30", "7"],
    ]
    for username in ("kim", "lee"):
        (notice,) = told(username)
        assert notice.sentence == (
            "살려 둔 결과 '문 닫은 가게'의 답이 카페의 새 판으로 바뀌었습니다. 지금: 카페가 가장 많이, 12\u202f곳 닫았습니다. "
            "전에는: 카페가 가장 많이, 9\u202f곳 닫았습니다."
        )
        assert (notice.url, notice.also_url) == (f"/runs/{after}/", f"/runs/{after}/compare/{key}/")
    page = Page(lee.get("/notices/"))
    assert page.link("무엇이 달라졌는지 견주기") == f"/runs/{after}/compare/{key}/"
    assert lee.get(page.link("무엇이 달라졌는지 견주기")).status_code == 200
    assert page.link("살펴보기") == f"/runs/{after}/"
    assert "가장 새 결과 보기" in Page(kim.get(f"/runs/{key}/")).text
    entries = Entry.objects.filter(what__startswith="run.").order_by("number")
    assert [(each.what, each.by) for each in entries][-2:] == [("run.keep", "kim"), ("run.renew", "kim")]


def test_nothing_is_told_where_nothing_changed(kim: Any, ws: Workspace, tmp_path: Path) -> None:
    key = kept(kim)
    content = (
        shops(tmp_path / "카페.csv", "카페", 9, 11)
        .read_text("utf-8-sig")
        .replace("02-123-0000", "02-123-9999")
    )
    (tmp_path / "카페.csv").write_text(content, "utf-8-sig")
    ws.deposit(tmp_path / "카페.csv", "cafes", standard="licence", by="lee")
    assert looked(ws) == 1
    assert one(ws)[1].run != key
    assert not Notice.objects.exists()


def test_rows_that_changed_below_the_answer_are_counted(kim: Any, ws: Workspace, tmp_path: Path) -> None:
    kept(kim)
    ws.deposit(shops(tmp_path / "빵집.csv", "제과점", 8, 23), "bakeries", standard="licence", by="lee")
    looked(ws)
    (notice,) = told("kim")
    assert notice.sentence.endswith(
        "빵집의 새 판으로 바뀌었습니다. 답은 그대로이고, ‘업태별 폐업’에서 1행이 달라졌습니다."
    )


@pytest.mark.parametrize(
    ("every", "before", "then"),
    [
        ("day", "2026-11-22T23:59", "2026-11-23T00:01"),
        ("week", "2026-11-29T23:59", "2026-11-30T00:01"),
        ("month", "2026-11-30T23:59", "2026-12-01T00:01"),
        ("year", "2026-12-31T23:59", "2027-01-01T00:01"),
    ],
)
def test_a_rhythm_waits_for_its_day(
    kim: Any, ws: Workspace, tmp_path: Path, every: str, before: str, then: str
) -> None:
    """22 November 2026 is a Sunday; weeks begin on Monday, all by the clock in Korea."""
    kept(kim, every)
    living, state = one(ws)
    at = {
        name: datetime.fromisoformat(said).replace(tzinfo=SEOUL)
        for name, said in (("before", before), ("then", then))
    }
    Livings(ws.folder).put(living, State(state.run, (at["before"] - timedelta(hours=1)).isoformat()))
    newer(ws, tmp_path)
    assert looked(ws, at["before"]) == 0
    assert looked(ws, at["then"]) == 1
    assert len(told("kim")) == 1


def test_a_failure_keeps_the_last_result_and_is_told_once_until_it_works_again(
    kim: Any, ws: Workspace, tmp_path: Path, shipped: Path
) -> None:
    key = kept(kim)
    newer(ws, tmp_path)
    analysis(shipped.parent, code=CODE.replace("    return Result(", "    1 / 0\n    return Result("))
    now = timezone.now()
    for attempt in range(3):
        living_jobs.plan(now + timedelta(days=attempt * 2))
        job = Job.objects.get(state="waiting")
        with pytest.raises(MadangError, match="division"):
            kind_of(job.kind).run(Running(job), **job.params)
        Job.objects.update(state="failed")
        living_jobs.plan(timezone.now() + timedelta(minutes=9))  # not yet again
        assert not Job.objects.filter(state="waiting").exists()
    assert one(ws)[1].run == key
    assert [each.code for each in told("kim")] == ["notice_living_failed"]
    page = Page(kim.get(f"/runs/{key}/"))
    assert "실패" in page.texts("#living .badge")
    assert "division" in page.text
    assert "알림 1" in page.text
    analysis(shipped.parent)
    assert looked(ws, now + timedelta(days=9)) == 1
    failed, changed = told("kim")
    assert failed.resolved_at is not None
    assert changed.code == "notice_living_answer"
    assert "에 풀림" in Page(kim.get("/notices/")).text


@pytest.mark.parametrize("why", ["right", "left"])
def test_a_keeper_who_lost_the_right_or_left_ends_it_and_administrators_hear_of_it(
    kim: Any, ws: Workspace, tmp_path: Path, signed_in: Callable[..., Any], why: str
) -> None:
    boss = signed_in("administrator", username="boss")
    key = kept(kim)
    newer(ws, tmp_path)
    if why == "right":
        ws.write_card("cafes", {"title": "카페", "access": "restricted", "steward": "위생과", "readers": []})
    else:
        User.objects.filter(username="kim").update(is_active=False)
    assert looked(ws) == 0
    assert looked(ws) == 0
    living, state = one(ws)
    assert (living.stopped, state.run) == (why, key)
    assert [each.code for each in told("boss")] == [f"notice_living_{why}"]
    assert len(told("kim")) == (1 if why == "right" else 0)
    assert Entry.objects.get(what="run.stop").why == why
    page = Page(boss.get(f"/runs/{key}/"))
    assert "이 결과를 살려 두기" in page.text
    boss.post(f"/runs/{key}/keep/", {"every": "now", "run": key})
    assert looked(ws) == 1
    assert one(ws)[0].keeper == "boss"


def test_who_may_not_read_an_input_any_more_is_told_nothing(
    kim: Any, ws: Workspace, tmp_path: Path, signed_in: Callable[..., Any]
) -> None:
    boss = signed_in("administrator", username="boss")
    kept(boss)
    living, _ = one(ws)
    kim.post(f"/runs/living/{living.id}/", {"do": "follow"})
    ws.write_card("cafes", {"title": "카페", "access": "restricted", "steward": "위생과", "readers": []})
    newer(ws, tmp_path)
    assert looked(ws) == 1
    assert (len(told("boss")), told("kim")) == (1, [])
    assert "문 닫은 가게" not in Page(kim.get("/runs/living/")).text
    assert kim.post(f"/runs/living/{living.id}/", {"do": "follow"}).status_code == 404


def test_only_the_keeper_and_administrators_change_or_stop_it(
    kim: Any, ws: Workspace, signed_in: Callable[..., Any]
) -> None:
    key = kept(kim)
    address = f"/runs/living/{one(ws)[0].id}/"
    lee, boss = signed_in("official", username="lee"), signed_in("administrator", username="boss")
    assert lee.post(address, {"do": "stop"}).status_code == 404
    assert lee.post(address, {"do": "change", "every": "year"}).status_code == 404
    assert (
        "이미 살려 두고 있습니다"
        in Page(lee.post(f"/runs/{key}/keep/", {"every": "day", "run": key}, follow=True)).text
    )
    kim.post(address, {"do": "change", "every": "month"})
    assert one(ws)[0].every == "month"
    assert boss.post(address, {"do": "stop", "run": key})["Location"] == f"/runs/{key}/"
    assert Livings(ws.folder).all() == ([], [])
    assert [each.code for each in told("kim")] == ["notice_living_ended"]
    resident = signed_in("resident")
    assert resident.get("/runs/living/").status_code == 403
    assert resident.post(f"/runs/{key}/keep/", {"every": "now"}).status_code == 403


class Killed(BaseException):
    """The process ends where this is raised."""


@pytest.mark.parametrize("where", ["computed", "kept", "told", "written"])
def test_a_kill_between_the_steps_leaves_the_last_good_result_and_nothing_is_told_twice(
    kim: Any, ws: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    key = kept(kim)
    newer(ws, tmp_path)
    living_jobs.plan(timezone.now())
    job = Job.objects.get(state="waiting")

    def killed(*_: Any, **__: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        match where:
            case "computed":
                patch.setattr(Ledger, "_computed", killed)
            case "kept":
                patch.setattr(living_telling, "renewed", killed)
            case "told":
                patch.setattr(living_telling, "recovered", killed)
            case "written":
                patch.setattr(living_jobs, "good", killed)
        with pytest.raises(Killed):
            kind_of(job.kind).run(Running(job), **job.params)
    assert one(ws)[1].run == key
    assert one(ws)[1].under_way
    Job.objects.update(state="failed")
    now = timezone.now()
    assert looked(ws, now) == 0  # it is told that it stopped half-way
    assert looked(ws, now + timedelta(minutes=11)) == 1
    state = one(ws)[1]
    assert state.run != key
    assert not state.under_way
    assert sorted(each.code for each in told("kim")) == ["notice_living_answer", "notice_living_failed"]
    assert Entry.objects.filter(what="run.renew").count() == 1


def test_after_an_erasure_it_is_answered_anew_and_what_was_told_of_it_goes(
    kim: Any, ws: Workspace, tmp_path: Path
) -> None:
    from madang.web.work.erasure import clear_copies

    kept(kim)
    newer(ws, tmp_path)
    looked(ws)
    assert [each.code for each in told("kim")] == ["notice_living_answer"]
    ws.erase("cafes", column="사업장명", value="카페 3", ground="시험", by="boss")
    clear_copies(ws)
    assert told("kim") == []
    assert looked(ws) == 1
    assert [each.code for each in told("kim")] == ["notice_living_anew"]
    assert Page(kim.get(f"/runs/{one(ws)[1].run}/")).rows("table-closed")[0] == ["카페", "22", "11"]


def test_one_that_cannot_be_read_holds_up_no_other_and_none_is_begun_twice(
    kim: Any, ws: Workspace, tmp_path: Path
) -> None:
    kept(kim)
    newer(ws, tmp_path)
    (Livings(ws.folder).declared / "0.toml").write_text("every = 1", encoding="utf-8")
    living_jobs.plan(timezone.now())
    living_jobs.plan(timezone.now())
    assert Job.objects.filter(kind="runs.living").count() == 1


def test_the_list_says_how_each_stands(kim: Any, ws: Workspace, tmp_path: Path) -> None:
    assert "살려 둔 결과가 없습니다" in Page(kim.get("/runs/living/")).text
    kept(kim, "year")
    page = Page(kim.get("/runs/living/"))
    assert page.texts(".living-list .badge") == ["최신"]
    assert "해마다 1월 1일" in page.text
    newer(ws, tmp_path)
    assert Page(kim.get("/runs/living/")).texts(".living-list .badge") == ["새 판을 기다림"]
