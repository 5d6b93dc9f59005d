"""Opening that is stopped half-way, and what others do meanwhile: nothing waits, nothing is done twice, all is said."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import override_settings
from django.utils import timezone

from madang.access import Person
from madang.bank import Bank
from madang.release import Decision, Releases, Treatment, editions
from madang.web.audit.models import Entry
from madang.web.releases import actions, jobs
from madang.web.work import queue
from madang.web.work.registry import kind_of
from madang.web.work.running import Running
from madang.workspace import Workspace
from release import city
from web.deposits_helper import at_another_start
from web.test_releases import filled

POST = "위생과 인허가팀"
KIM = Person("kim", roles=frozenset({"steward"}), posts=frozenset({POST}))
WITHDRAWN = {"post": POST, "document": "위생과-9", "ground": "오류"}


class Killed(BaseException):
    """The process ends here."""


def killed(*_: object, **__: object) -> None:
    raise Killed


def locked(*_: object, **__: object) -> None:
    raise OperationalError("database is locked")


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[Workspace]:
    ws, _ = city.made(tmp_path / "city")
    city.deposit(ws, "가게", ["업소명", "면적"], [(f"가게{n}", n) for n in range(20)])
    card = {k: v for k, v in ws.bank["가게"].card.items() if k not in ("by", "at")}
    ws.write_card("가게", {**card, "steward": POST, "title": "우리 가게"})
    with override_settings(MADANG_WORKSPACE=str(ws.folder)):
        yield ws


@pytest.fixture
def steward(shops: Workspace, signed_in: Callable[..., Any]) -> Any:
    return signed_in("steward", posts=[POST], username="kim")


def wish(ws: Workspace, **more: Any) -> Decision:
    kept = {column.name: Treatment() for column in ws.bank["가게"].latest.columns}
    return city.decision("가게", "가게", columns=kept, **{"by": "kim", "post": POST, **more})


def said() -> list[tuple[str, str]]:
    entries = Entry.objects.filter(what__startswith="release").order_by("number")
    return [(entry.what, entry.by) for entry in entries]


def numbers(ws: Workspace) -> list[int]:
    return [each.number for each in ws.releases.decisions.history("가게")]


def versions(ws: Workspace) -> list[int]:
    return [each.n for each in ws.releases.open_bank["가게"].versions]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite has one writer")
@pytest.mark.parametrize("act", ["decide", "refresh", "withdraw"])
def test_others_write_while_something_is_opened(
    shops: Workspace, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """A second connection, as of somebody who signs in, does not wait for the work."""
    wrote: list[bool] = []
    if act != "decide":
        actions.decide(by=KIM, decision=wish(shops))
        city.deposit(shops, "가게", ["업소명", "면적"], [("새 가게", 3)] * 9)
    real: Any = getattr(Releases, act)

    def work(*args: Any, **more: Any) -> Any:
        other = sqlite3.connect(
            str(connection.settings_dict["NAME"]), timeout=0.1, uri=True, isolation_level=None
        )
        try:
            other.execute("BEGIN IMMEDIATE")
            other.execute("ROLLBACK")
            wrote.append(True)
        finally:
            other.close()
        return real(*args, **more)

    monkeypatch.setattr(Releases, act, work)
    {
        "decide": lambda: actions.decide(by=KIM, decision=wish(shops)),
        "refresh": lambda: actions.refresh(by=KIM, edition="가게"),
        "withdraw": lambda: actions.withdraw(by=KIM, edition="가게", **WITHDRAWN),
    }[act]()
    assert wrote == [True]
    assert said()[-1] == (f"release.{act}", "kim")


@pytest.mark.parametrize("ends_at", ["publish", "record"])
def test_a_decision_that_was_killed_is_finished_by_the_next_attempt(
    shops: Workspace, steward: Any, monkeypatch: pytest.MonkeyPatch, ends_at: str
) -> None:
    monkeypatch.setattr(jobs, "_ROWS", 10)
    steward.post("/releases/new/가게/", filled(shops, do="decide", once="a1"))
    job = queue.claim(timezone.now())
    with monkeypatch.context() as broken:
        broken.setattr(actions, "tell", killed)
        if ends_at == "publish":
            broken.setattr(editions, "publish", killed)
        with pytest.raises(Killed):
            kind_of(job.kind).run(Running(job), **job.params)
    assert (numbers(shops), said()) == ([1], [])
    told = kind_of(job.kind).run(Running(job), **job.params)
    assert told == {"edition": "가게", "version": 1}
    assert (numbers(shops), versions(shops), said()) == ([1], [1], [("release.decide", "kim")])
    assert Entry.objects.get(what="release.decide").detail["number"] == 1
    assert kind_of(job.kind).attempts > 1


def test_the_form_sent_again_after_a_kill_makes_no_second_decision(
    shops: Workspace, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = steward.get("/releases/new/가게/").content.decode()
    once = page.split('name="once" value="')[1].split('"')[0]
    sent = filled(shops, do="decide", once=once)
    with monkeypatch.context() as broken:
        broken.setattr(actions, "tell", killed)
        with pytest.raises(Killed):
            steward.post("/releases/new/가게/", sent)
    assert steward.post("/releases/new/가게/", sent).status_code == 302
    assert (numbers(shops), versions(shops), said()) == ([1], [1], [("release.decide", "kim")])
    steward.post("/releases/new/가게/", {**sent, "title": "다른 제목"})
    assert (numbers(shops), len(said())) == ([1, 2], 2)


def test_what_was_killed_and_is_never_tried_again_is_said_by_the_runner(
    shops: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(actions, "tell", killed)
        with pytest.raises(Killed):
            actions.decide(by=KIM, decision=wish(shops))
    shops.releases.decide(wish(shops, by="operator"))  # at the command line, which says so itself
    finish = at_another_start(jobs.finish)
    for _ in range(2):
        finish(timezone.now())
    assert said() == [("release.decide", "kim")]
    assert Entry.objects.get().via == "work"


def test_what_cannot_be_said_now_is_said_later_and_stops_nobody_else(
    shops: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One edition whose decisions cannot be read, and a database that is locked once."""
    with monkeypatch.context() as broken:
        broken.setattr(actions, "tell", killed)
        with pytest.raises(Killed):
            actions.decide(by=KIM, decision=wish(shops))
    damaged = shops.folder / "content" / "releases" / "가가"
    damaged.mkdir()
    (damaged / "1.json").write_text("{}", encoding="utf-8")
    finish, now = at_another_start(jobs.finish), timezone.now()
    with monkeypatch.context() as broken:
        broken.setattr(actions, "locked_head", locked)
        finish(now)
    assert said() == []
    finish(now + timedelta(seconds=1))  # not at once again
    assert said() == []
    finish(now + timedelta(minutes=1))
    assert said() == [("release.decide", "kim")]
    assert finish.left == ["가가"]


@pytest.mark.parametrize("ends_at", ["keep", "erase", "record"])
def test_a_withdrawal_that_was_killed_is_finished_and_not_made_twice(
    shops: Workspace, monkeypatch: pytest.MonkeyPatch, ends_at: str
) -> None:
    actions.decide(by=KIM, decision=wish(shops))
    with monkeypatch.context() as broken:
        if ends_at == "record":
            real = Releases.withdraw

            def withdraw(*args: Any, **more: Any) -> None:
                real(*args, **more)
                broken.setattr(actions, "tell", killed)
                raise Killed

            broken.setattr(Releases, "withdraw", withdraw)
        elif ends_at == "erase":
            broken.setattr(editions, "erase", killed)
        else:
            broken.setattr(editions.Decisions, "keep", killed)
        with pytest.raises(Killed):
            actions.withdraw(by=KIM, edition="가게", **WITHDRAWN)
    done = actions.withdraw(by=KIM, edition="가게", **WITHDRAWN)
    assert (done.number, numbers(shops)) == (2, [1, 2])
    assert "가게" not in Bank(shops.folder / "open")
    assert said() == [("release.decide", "kim"), ("release.withdraw", "kim")]


def test_a_refresh_that_was_killed_is_said_once(
    shops: Workspace, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.decide(by=KIM, decision=wish(shops))
    city.deposit(shops, "가게", ["업소명", "면적"], [("새 가게", 3)] * 19)
    steward.post("/releases/of/가게/", {"do": "refresh"})
    job = queue.claim(timezone.now())
    with monkeypatch.context() as broken:
        broken.setattr(actions, "record", killed)
        with pytest.raises(Killed):
            kind_of(job.kind).run(Running(job), **job.params)
    assert len(said()) == 1
    for _ in range(2):
        kind_of(job.kind).run(Running(job), **job.params)
    assert versions(shops) == [1, 2]
    assert said() == [("release.decide", "kim"), ("release.refresh", "kim")]


def test_a_person_is_told_that_a_half_withdrawn_edition_is_not_refreshed(
    shops: Workspace, steward: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.decide(by=KIM, decision=wish(shops))
    with monkeypatch.context() as broken:
        broken.setattr(editions.Decisions, "keep", killed)
        with pytest.raises(Killed):
            shops.releases.withdraw("가게", by="kim", **WITHDRAWN)
    page = steward.post("/releases/of/가게/", {"do": "refresh"})
    assert page.status_code == 400
    assert "거두다가 멈추었습니다" in page.content.decode()


def test_a_form_sent_again_for_another_dataset_is_not_taken_for_done(shops: Workspace, steward: Any) -> None:
    city.deposit(shops, "다른", ["이름표", "값"], [(f"가{n}", n) for n in range(9)])
    card = {k: v for k, v in shops.bank["다른"].card.items() if k not in ("by", "at")}
    shops.write_card("다른", {**card, "steward": POST})
    sent = filled(shops, do="decide", once="a1")
    assert steward.post("/releases/new/가게/", sent).status_code == 302
    again = steward.post("/releases/new/가게/", sent)
    assert (again.status_code, numbers(shops)) == (302, [1])
    assert steward.post("/releases/new/다른/", sent).status_code == 400
    assert numbers(shops) == [1]
