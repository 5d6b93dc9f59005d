"""Jobs in line: claimed once, kept by a lease, tried again with growing pauses, stopped; the pages of them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.urls import reverse

import people
from madang.access import Person
from madang.messages import MadangError
from madang.web.accounts.people import person_of_user
from madang.web.audit.models import Entry
from madang.web.notices.models import Notice
from madang.web.work import actions, queue, registry
from madang.web.work.models import Job

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
ALICE = Person(
    "alice", "앨리스", frozenset({"steward"}), frozenset({"교통과 주차관리팀"}), frozenset({"교통과"})
)
BOB = Person("bob", "밥", frozenset({"official"}))
ADMIN = Person("root", "관리자", frozenset({"administrator"}))


def middling() -> float:
    return 0.5


@pytest.fixture(autouse=True)
def _kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(running: Any) -> None: ...

    registry._discover()
    kinds = {
        "shops": registry.Kind("shops", nothing, "가게 세기", 600, 3, False),
        "quiet": registry.Kind("quiet", nothing, "조용한 일", 600, 1, True),
    }
    monkeypatch.setattr(registry, "_KINDS", kinds)


def begun(**said: Any) -> Job:
    given: dict[str, Any] = {"by": ALICE, "at": NOON, **said}
    return actions.start("shops", {"year": 2026}, **given)


def claimed(at: datetime = NOON) -> Job:
    job = queue.claim(at)
    assert job is not None
    return job


def test_a_job_keeps_who_asked_as_they_were_then() -> None:
    job = begun(thing="dataset:shops")
    job.refresh_from_db()
    assert job.asked_by() == Person(
        "alice", "앨리스", frozenset({"steward"}), frozenset({"교통과 주차관리팀"}), frozenset({"교통과"}), via="work"
    )  # fmt: skip
    assert (job.state, job.params, job.thing) == ("waiting", {"year": 2026}, "dataset:shops")


def test_rights_that_were_lost_since_are_lost_to_the_job_too() -> None:
    user = people.make("official", "steward", posts=["교통과 주차관리팀"], username="mover")
    job = begun(by=person_of_user(user))
    assert job.asked_by().posts == {"교통과 주차관리팀"}
    user.holdings.all().delete()
    user.roles = "official analyst"
    user.save()
    assert (job.asked_by().roles, job.asked_by().posts) == ({"official"}, frozenset())
    user.is_active = False
    user.save()
    assert job.asked_by().roles == frozenset()


def test_a_kind_that_no_app_declares_is_refused() -> None:
    with pytest.raises(MadangError) as caught:
        actions.start("mow-the-lawn", {}, by=ALICE)
    assert caught.value.code == "job_kind_unknown"


def test_jobs_are_claimed_once_each_in_the_order_they_are_due() -> None:
    late, early = begun(at=NOON - timedelta(minutes=1)), begun(at=NOON - timedelta(minutes=5))
    begun(at=NOON + timedelta(seconds=1))
    found = [queue.claim(NOON) for _ in range(3)]
    assert [job and job.pk for job in found] == [early.pk, late.pk, None]


def test_of_jobs_with_one_key_only_one_is_under_way() -> None:
    first, second = begun(key="collect:rain"), begun(key="collect:rain")
    assert first.pk == second.pk
    job = claimed()
    assert begun(key="collect:rain").pk == job.pk
    assert queue.finish(job, None, NOON)
    assert begun(key="collect:rain").pk != job.pk
    assert begun(key="").pk != begun(key="").pk


def test_what_a_runner_writes_counts_only_while_the_lease_is_its_own() -> None:
    begun()
    slow = claimed()
    assert queue.recover(NOON + timedelta(seconds=queue.LEASE_S + 1), middling) == 1
    quick = claimed(NOON + timedelta(hours=1))
    assert quick.pk == slow.pk
    assert not queue.keep(slow, NOON + timedelta(hours=1))
    assert not queue.finish(slow, "slow", NOON + timedelta(hours=1))
    assert queue.finish(quick, "quick", NOON + timedelta(hours=1))
    assert Job.objects.get().result == "quick"


def test_a_lease_that_is_kept_is_not_taken_for_lost() -> None:
    begun()
    job = claimed()
    assert queue.keep(job, NOON + timedelta(seconds=29))
    assert queue.recover(NOON + timedelta(seconds=31), middling) == 0


def test_pauses_double_and_chance_spreads_them_by_half() -> None:
    assert [queue.wait_s(n, middling) for n in (1, 2, 3)] == [20.0, 40.0, 80.0]  # 20 s * 2^(n-1)
    assert (queue.wait_s(1, lambda: 0.0), queue.wait_s(1, lambda: 1.0)) == (10.0, 30.0)
    assert queue.wait_s(30, middling) == 3600.0


def test_what_may_heal_is_tried_three_times_then_whoever_asked_is_told() -> None:
    begun()
    at = NOON
    for attempt in (1, 2, 3):
        job = claimed(at)
        assert job.attempts == attempt
        queue.fail(job, MadangError("disk_full", path="/tmp"), at, middling, heals=True)
        job.refresh_from_db()
        if attempt < 3:
            assert (job.state, job.run_at) == ("waiting", at + timedelta(seconds=20 * 2 ** (attempt - 1)))
            assert queue.claim(at) is None
            assert not Notice.objects.exists()
        at = job.run_at
    assert job.state == "failed"
    assert "disk" not in job.error
    told = Notice.objects.get()
    assert (told.person, told.code) == ("alice", "notice_job_failed")
    assert job.error in told.sentence


def test_what_was_asked_wrongly_is_not_tried_again() -> None:
    begun()
    job = claimed()
    queue.fail(job, MadangError("folder_missing", path="/x"), NOON, middling, heals=False)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 1)


def test_a_quiet_kind_tells_nobody() -> None:
    actions.start("quiet", {}, by=ALICE, at=NOON)
    queue.fail(claimed(), MadangError("folder_missing", path="/x"), NOON, middling, heals=False)
    assert not Notice.objects.exists()


def test_a_runner_that_ends_puts_its_job_back_without_using_up_an_attempt() -> None:
    begun()
    queue.put_back(claimed(), NOON)
    again = claimed()
    assert again.attempts == 1


def test_waiting_jobs_are_stopped_at_once_running_ones_are_told_and_it_is_on_record() -> None:
    first, second = begun(), begun()
    claimed()
    assert actions.cancel(second.pk, by=ALICE).state == "cancelled"
    running = actions.cancel(first.pk, by=ALICE)
    assert (running.state, queue.told_to_stop(running)) == ("running", True)
    assert list(Entry.objects.order_by("number").values_list("by", "what", "thing")) == [
        ("alice", "work.cancel", f"job:{second.pk}"),
        ("alice", "work.cancel", f"job:{first.pk}"),
    ]


def test_an_orphan_that_somebody_wanted_stopped_is_stopped() -> None:
    job = begun()
    claimed()
    actions.cancel(job.pk, by=ALICE)
    queue.recover(NOON + timedelta(hours=1), middling)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_nobody_stops_or_repeats_the_jobs_of_others_but_an_administrator() -> None:
    job = begun()
    for action in (actions.cancel, actions.repeat):
        with pytest.raises(MadangError) as caught:
            action(job.pk, by=BOB)
        assert caught.value.code == "job_missing"
    assert actions.cancel(job.pk, by=ADMIN).state == "cancelled"
    again = actions.repeat(job.pk, by=ADMIN)
    assert (again.by, again.state, again.params) == ("alice", "waiting", {"year": 2026})


def test_my_jobs_are_mine_and_an_administrator_may_see_all(
    empty_city: Any, signed_in: Callable[..., Any]
) -> None:
    begun(thing="dataset:shops")
    alice = signed_in("steward", username="alice")
    assert "가게 세기" in alice.get("/work/").content.decode()
    bob = signed_in("official", username="bob")
    assert "가게 세기" not in bob.get("/work/?who=all").content.decode()
    root = signed_in("administrator", username="root")
    assert "가게 세기" not in root.get("/work/").content.decode()
    assert "가게 세기" in root.get("/work/?who=all").content.decode()


def test_the_list_asks_again_only_while_something_is_under_way(
    empty_city: Any, signed_in: Callable[..., Any]
) -> None:
    job = begun()
    alice = signed_in("steward", username="alice")
    assert 'hx-trigger="every 2s"' in alice.get("/work/").content.decode()
    assert alice.post(f"/work/{job.pk}/cancel/").status_code == 302
    shown = alice.get(reverse("work:part")).content.decode()
    assert "hx-trigger" not in shown
    assert "다시 하기" in shown


def test_a_stranger_gets_404_for_a_job_and_a_reader_who_is_nobody_must_sign_in(
    empty_city: Any, signed_in: Callable[..., Any], anonymous: Any
) -> None:
    job = begun()
    bob = signed_in("official", username="bob")
    assert bob.post(f"/work/{job.pk}/cancel/").status_code == 404
    assert anonymous.post(f"/work/{job.pk}/cancel/").status_code == 302
    assert Job.objects.get().cancelled_by == ""


def test_notices_reach_whoever_holds_the_post_and_are_seen_for_all_of_them(
    empty_city: Any, signed_in: Callable[..., Any]
) -> None:
    from madang.web.notices.actions import tell

    told = tell(
        "notice_job_failed",
        {"number": 7, "job": "입고", "reason": "까닭"},
        post="교통과 주차관리팀",
        url="/work/",
    )
    holder = signed_in("steward", posts=["교통과 주차관리팀"], username="alice")
    other = signed_in("steward", posts=["문화과 도서관팀"], username="bob")
    assert "‘입고’ 작업(7번)이 실패했습니다. 까닭" in holder.get("/notices/").content.decode()
    assert "까닭" not in other.get("/notices/").content.decode()
    other.post("/notices/seen/", {"upto": told.pk})
    told.refresh_from_db()
    assert told.seen_at is None
    holder.post("/notices/seen/", {"upto": told.pk})
    told.refresh_from_db()
    assert told.seen_by == "alice"


def test_what_was_left_is_finished_each_for_itself_and_what_fails_again_and_again_less_often() -> None:
    asked: list[int] = []

    def finish(thing: int) -> None:
        asked.append(thing)
        if thing == 2 and asked.count(2) < 4:
            raise OSError(5, "damaged")

    looked: list[int] = []

    def things() -> list[int]:
        looked.append(second)
        if len(looked) == 1:
            raise OperationalError("database is locked")
        return [1, 2, 3]

    finisher = registry.Finisher(things, finish)
    tried: list[int] = []
    for second in range(0, 1_800, 5):
        before = asked.count(2)
        finisher(NOON + timedelta(seconds=second))
        if asked.count(2) > before:
            tried.append(second)
    assert (asked.count(1), asked.count(3), asked.count(2), len(looked)) == (1, 1, 4, 2)
    waits = [after - before for before, after in itertools.pairwise(tried)]
    assert waits == [30, 60, 120]
    for second in range(1_800, 7_200, 5):  # what is left later is found, too
        finisher(NOON + timedelta(seconds=second))
    assert [after - before for before, after in itertools.pairwise(looked[2:])] == [1_800, 1_800]
    assert looked[2] == tried[-1] + 1_800


def test_the_runner_does_not_wait_for_all_that_is_looked_at() -> None:
    clock = itertools.count()  # a second for each look at it
    asked: list[int] = []
    finisher = registry.Finisher(lambda: range(5), asked.append, ticks=lambda: float(next(clock)))
    finisher(NOON)
    assert asked == [0, 1]
    for _ in range(3):
        finisher(NOON)
    assert asked == [0, 1, 2, 3, 4]
