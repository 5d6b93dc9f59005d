"""A post is handed over with all that hangs on it: sources, rounds, what waits at the door, and the holder's department."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

import people
from madang.access import Person
from madang.collect.origin import Origin, load_origin, save_origin
from madang.collect.rhythm import Rhythm
from madang.web.accounts import handover
from madang.web.accounts.models import Department, Holding, Post, User
from madang.web.audit.models import Entry
from madang.web.deposits.models import Upload
from madang.web.rounds.models import Part, Round
from madang.workspace import Workspace

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
