"""A post is handed over with all that hangs on it: sources, rounds, what waits at the door, and the holder's department."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

import people
from madang.access import Person, can
from madang.bank.seen import thing_of
from madang.collect.origin import Origin, load_origin, save_origin
from madang.collect.rhythm import Rhythm
from madang.web.accounts import handover
from madang.web.accounts.models import Department, Holding, Post, User
from madang.web.accounts.people import person_of_user
from madang.web.audit.models import Entry
from madang.web.deposits.models import Upload
from madang.web.rounds.models import Part, Round
from madang.web.work import jobs
from madang.workspace import Workspace
from web_page import Page

OLD, NEW, BUS = "교통과 주차관리팀", "교통정책과 주차정책팀", "교통과 버스팀"
BOSS = Person("boss", roles=frozenset({"administrator"}))
TODAY = timezone.localdate()


@pytest.fixture
def city(empty_city: Workspace, db: None) -> Workspace:
    """Kim holds the old post, which has a source, looks after a round and owes a part of another."""
    people.make("steward", username="kim", posts=[OLD], department="교통과")
    Post.objects.create(name=NEW, department=Department.objects.create(name="교통정책과"))
    origin = Origin(
        "rain", "강우량", "http", "https://x.go.kr/a.csv", Rhythm.of("daily 06:30"), "rain", steward=OLD
    )
    save_origin(empty_city.folder, origin)
    save_origin(empty_city.folder, Origin(**{**vars(origin), "id": "bus", "steward": BUS}))
    due = {"due_at": timezone.now() + timedelta(days=3), "standard": "s", "made_by": "x"}
    mine = Round.objects.create(key="r1", title="예산", target="a", state="open", post=OLD, **due)
    Round.objects.create(key="r2", title="지난해", target="b", state="closed", post=OLD, **due)
    Part.objects.create(round=mine, department=Department.objects.get(name="교통과"), post=OLD)
    Upload.objects.create(
        key="k" * 32, by="kim", name="새.csv", size=1, state="review", card={"steward": OLD}
    )
    return empty_city


def owed(post: str) -> list[str]:
    return [each.what for each in handover.inventory(post, TODAY, datasets=[]).owes]


def handed_over() -> None:
    old, new = (Post.objects.get(name=name) for name in (OLD, NEW))
    handover.hand_over(post=old, successor=new, on=TODAY, by=BOSS, why="조직개편")


def test_everything_of_the_post_is_its_successors(city: Workspace) -> None:
    told = ["취합 진행: 예산", "취합 제출: 예산", "수집원 돌보기: 강우량", "올린 파일 확인: 새.csv"]
    assert sorted(owed(OLD)) == sorted(told)
    handed_over()
    assert owed(OLD) == []
    assert {"취합 진행: 예산", "수집원 돌보기: 강우량", "올린 파일 확인: 새.csv"} <= set(owed(NEW))
    assert load_origin(city.folder, "rain").steward == NEW
    assert load_origin(city.folder, "bus").steward == BUS
    assert {each.key: each.post for each in Round.objects.all()} == {"r1": NEW, "r2": OLD}
    assert Part.objects.get().post == NEW
    assert Upload.objects.get().card == {"steward": NEW}
    entries = Entry.objects.filter(by="boss", why="조직개편").values_list("what", flat=True)
    assert {"source.change", "round.change", "deposit.change"} <= set(entries)
    before = Entry.objects.count()
    handover.rename_steward(old=OLD, new=NEW, by=BOSS)  # a run that broke off is run again
    assert Entry.objects.count() == before


def test_the_holder_goes_with_the_post(city: Workspace) -> None:
    handed_over()
    assert str(User.objects.get(username="kim").department) == "교통정책과"
    assert Entry.objects.get(what="people.change").detail == {"department": ["교통과", "교통정책과"]}


@pytest.mark.parametrize("why", ["another post there", "another department"])
def test_who_is_held_elsewhere_stays(city: Workspace, why: str) -> None:
    kim = User.objects.get(username="kim")
    if why == "another post there":
        bus = Post.objects.create(name=BUS, department=Department.objects.get(name="교통과"))
        Holding.objects.create(user=kim, post=bus, valid_from=TODAY - timedelta(days=9))
    else:
        kim.department = Department.objects.create(name="감사실")
        kim.save()
    handed_over()
    assert str(User.objects.get(username="kim").department) == ("교통과" if "post" in why else "감사실")


def test_the_new_holder_may_run_the_source(city: Workspace, signed_in: Any) -> None:
    lee = signed_in("steward", posts=[NEW], username="lee")
    assert lee.post("/sources/rain/do/", {"do": "resume"}).status_code == 403
    handed_over()
    assert lee.post("/sources/rain/do/", {"do": "resume"}).status_code == 302


def carded(ws: Workspace, **more: Any) -> None:
    """A dataset of the old post that only its steward and its readers may read."""
    data = ws.folder / "차.csv"
    data.write_text("번호,값\n1,2\n2,3\n", encoding="utf-8")
    ws.deposit(data, "차", by="test")
    ws.write_card("차", {**ws.bank["차"].card, "steward": OLD, "access": "restricted", **more}, by="test")


def readers(ws: Workspace) -> set[str]:
    people_ = {name: person_of_user(User.objects.get(username=name)) for name in ("kim", "lee")}
    return {name for name, person in people_.items() if can(person, "read", thing_of(ws.bank["차"]))}


def day_of_all(day: date) -> None:
    """What was said for a later day was said for `day`."""
    for kind in (Post, Department):
        kind.objects.exclude(successor=None).update(valid_until=day - timedelta(days=1))
    Holding.objects.filter(valid_until__isnull=False).update(valid_until=day - timedelta(days=1))
    Holding.objects.filter(post__name=NEW).update(valid_from=day)


@pytest.mark.parametrize("way", ["post", "department"])
def test_nothing_moves_before_the_day_and_all_of_it_on_the_day(
    city: Workspace, signed_in: Any, way: str
) -> None:
    carded(city, readers=["교통과"])
    people.make("official", username="lee", posts=[NEW])
    later = (TODAY + timedelta(days=30)).isoformat()
    boss = signed_in("administrator", username="boss")
    old, new = (Post.objects.get(name=name) for name in (OLD, NEW))
    if way == "post":
        told = {"successor": new.pk, "on": later, "why": "조직개편"}
        answer = boss.post(f"/accounts/posts/{old.pk}/hand-over/", {**told, "sure": "1"}, follow=True)
    else:
        told = {"into": "교통정책과", "on": later, f"post-{old.pk}": NEW}
        answer = boss.post(f"/accounts/departments/{old.department_id}/pass-on/", told, follow=True)
    assert f"{later}에" in answer.content.decode()
    jobs.carry_over_what_was_passed_on(timezone.now())
    assert readers(city) == {"kim"}
    assert city.bank["차"].card["steward"] == OLD
    assert str(User.objects.get(username="kim").department) == "교통과"
    assert load_origin(city.folder, "rain").steward == OLD
    day_of_all(TODAY)
    jobs.carry_over_what_was_passed_on(timezone.now())
    assert city.bank["차"].card["steward"] == NEW
    assert readers(city) == {"kim", "lee"}
    assert str(User.objects.get(username="kim").department) == "교통정책과"
    assert load_origin(city.folder, "rain").steward == NEW
    entry = Entry.objects.get(what="dataset.edit_card", detail__steward=[OLD, NEW])
    assert (entry.by, entry.why) == ("boss", "조직개편" if way == "post" else "")
    before = Entry.objects.count()
    jobs.carry_over_what_was_passed_on(timezone.now())
    assert Entry.objects.count() == before


def test_what_goes_over_is_shown_before_it_does_and_told_to_who_receives_it(
    city: Workspace, signed_in: Any
) -> None:
    carded(city)
    lee = signed_in("official", posts=[NEW], username="lee")
    boss = signed_in("administrator", username="boss")
    old, new = (Post.objects.get(name=name) for name in (OLD, NEW))
    address = f"/accounts/posts/{old.pk}/hand-over/"
    page = Page(boss.post(address, {"successor": new.pk, "on": TODAY.isoformat(), "why": "조직개편"}))
    for words in (
        "이대로 넘깁니까?",
        "김담당",
        "수집원 돌보기: 강우량",
        "올린 파일 확인: 새.csv",
        "조직개편",
        NEW,
    ):
        assert words in page.text, words
    assert page.tree.xpath("//main//ul/li/a/@href") == ["/data/%EC%B0%A8/"]
    assert not Entry.objects.filter(what="people.succeed_post").exists()
    assert load_origin(city.folder, "rain").steward == OLD
    fields = {
        name: values[0] for name, values in page.filled(address).items() if name != "csrfmiddlewaretoken"
    }
    assert boss.post(address, fields)["Location"] == f"/accounts/posts/{new.pk}/"
    assert load_origin(city.folder, "rain").steward == NEW
    told = Page(lee.get("/notices/"))
    assert f"'{OLD}'의 일을 '{NEW}'이 이어받습니다. 데이터 1개, 할 일 4개. 까닭: 조직개편" in told.text
    assert told.link("살펴보기") == f"/accounts/posts/{new.pk}/"
    boss.post(address, fields)
    assert len(Page(lee.get("/notices/")).find(".notices li")) == 1


def test_a_post_cannot_be_handed_to_itself_not_even_to_look(city: Workspace, signed_in: Any) -> None:
    boss, old = signed_in("administrator"), Post.objects.get(name=OLD)
    assert boss.post(f"/accounts/posts/{old.pk}/hand-over/", {"successor": old.pk}).status_code == 400


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("place", ["record", "_passers"])
def test_a_handing_over_that_was_killed_is_finished_and_on_record(
    city: Workspace, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    carded(city)

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as broken:
        broken.setattr(handover, place, killed if place == "record" else [killed])
        with pytest.raises(Killed):
            handed_over()
    jobs.carry_over_what_was_passed_on(timezone.now())
    assert city.bank["차"].card["steward"] == NEW
    assert load_origin(city.folder, "rain").steward == NEW
    entry = Entry.objects.get(what="dataset.edit_card")
    assert (entry.by, entry.why, entry.thing) == ("boss", "조직개편", "차")
