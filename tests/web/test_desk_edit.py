"""The card of a dataset is changed, and an earlier version made live again: by whom, with which trace, and by whom not."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from madang.access import Person
from madang.messages import MadangError
from madang.release import Releases
from madang.web.audit.models import Entry
from madang.web.desk import actions, jobs
from madang.workspace import Workspace
from made_up_bank import PARKING
from web.deposits_helper import at_another_start
from web_page import Page

POST = "교통과 주차관리팀"
STEWARD = Person("alice", roles=frozenset({"steward"}), posts=frozenset({POST}))
OFFICIAL = Person("bob", roles=frozenset({"official"}), departments=frozenset({"교통과"}))
DORA = Person("dora", roles=frozenset({"steward"}), posts=frozenset({"문화과 도서관팀"}))


@pytest.fixture
def city(own_city: Workspace, db: None) -> Workspace:
    card = {**own_city.bank[PARKING].card, "steward": POST}
    own_city.bank.write_card(PARKING, card, by="x", at=own_city.clock())
    return own_city


def mark(city: Workspace) -> str:
    return actions.mark_of(city.bank[PARKING].card)


def rows(city: Workspace, n: int = 0) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    dataset = city.bank[PARKING]
    version = dataset.version(n) if n else dataset.latest
    assert version is not None
    return pa.concat_tables(pq.read_table(path) for path in version.files)


def test_a_version_made_live_again_is_a_new_one_with_its_rows_and_its_trace(city: Workspace) -> None:
    assert not rows(city).equals(rows(city, 1))
    made = actions.roll_back(ws=city, dataset=PARKING, n=1, why=" 2판의 요금이 틀렸습니다 ", by=STEWARD)
    dataset = city.bank[PARKING]
    assert (made, [v.n for v in dataset.versions], dataset.version(3).kind) == (3, [1, 2, 3], "rollback")
    assert dataset.version(3).by == "alice"
    assert rows(city).equals(rows(city, 1))
    entry = Entry.objects.get(what="dataset.rollback")
    assert (entry.by, entry.thing, entry.why, entry.detail) == (
        "alice", PARKING, "2판의 요금이 틀렸습니다", {"to": 1, "version": 3},
    )  # fmt: skip


class Killed(BaseException):
    """The process ends here."""


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.mark.parametrize("place", ["follow", "record"])
def test_a_rollback_that_was_killed_is_on_record_and_editions_follow_it(
    city: Workspace, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    followed: list[str] = []
    with monkeypatch.context() as broken:
        broken.setattr(*((Releases, place) if place == "follow" else (actions, place)), killed)
        with pytest.raises(Killed):
            actions.roll_back(ws=city, dataset=PARKING, n=1, why="잘못 올림", by=STEWARD)
    assert len(city.bank[PARKING].versions) == 3
    city.rollback(PARKING, 2, by="operator")  # at the command line, which says so itself
    monkeypatch.setattr(Releases, "follow", lambda _, dataset: followed.append(dataset))
    finish = at_another_start(jobs.finish)
    finish(timezone.now())
    finish(timezone.now())
    entry = Entry.objects.get(what="dataset.rollback")
    assert (entry.by, entry.via, entry.thing, entry.why) == ("alice", "work", PARKING, "잘못 올림")
    assert entry.detail == {"to": 1, "version": 3}
    assert followed == [PARKING]


@pytest.mark.django_db(transaction=True)
def test_others_can_write_while_the_editions_follow_a_rollback(
    city: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_transactions: list[bool] = []
    monkeypatch.setattr(Releases, "follow", lambda *_: open_transactions.append(connection.in_atomic_block))
    actions.roll_back(ws=city, dataset=PARKING, n=1, why="잘못 올림", by=STEWARD)
    assert open_transactions == [False]


@pytest.mark.parametrize(
    ("by", "n", "why", "code"),
    [
        (OFFICIAL, 1, "까닭", "access_denied"),
        (DORA, 1, "까닭", "access_denied"),
        (STEWARD, 1, "  ", "rollback_reason"),
        (STEWARD, 9, "까닭", "version_missing"),
        (STEWARD, 2, "까닭", "rollback_same"),
    ],
)
def test_what_is_not_rolled_back_leaves_no_trace(
    city: Workspace, by: Person, n: int, why: str, code: str
) -> None:
    with pytest.raises(MadangError) as caught:
        actions.roll_back(ws=city, dataset=PARKING, n=n, why=why, by=by)
    assert caught.value.code == code
    assert len(city.bank[PARKING].versions) == 2
    assert not Entry.objects.filter(what="dataset.rollback").exists()


def test_a_changed_card_stands_beside_the_old_one_and_is_entered(city: Workspace) -> None:
    cards = len(list((city.bank[PARKING].folder / "cards").iterdir()))
    told = {
        "title": "공영주차장",
        "access": "restricted",
        "readers": ["감사실"],
        "steward": "남의 팀",
        "own_rows": "x",
    }
    made = actions.edit_card(ws=city, dataset=PARKING, changes=told, seen=mark(city), by=STEWARD)
    card = city.bank[PARKING].card
    assert (made.title, card["title"], card["access"], card["readers"]) == (
        "공영주차장", "공영주차장", "restricted", ["감사실"],
    )  # fmt: skip
    assert (card["steward"], card["own_rows"], card["by"]) == (
        POST,
        "",
        "alice",
    )  # not what this page changes
    assert len(list((city.bank[PARKING].folder / "cards").iterdir())) == cards + 1
    entry = Entry.objects.get(what="dataset.card")
    assert (entry.by, entry.thing) == ("alice", PARKING)
    assert entry.detail == {"changed": ["access", "readers", "title"], "access": "restricted"}
    with pytest.raises(MadangError) as caught:
        actions.edit_card(ws=city, dataset=PARKING, changes={"title": "x"}, seen=mark(city), by=OFFICIAL)
    assert caught.value.code == "dataset_missing"  # closed to him by now


def test_nothing_changed_is_nothing_written(city: Workspace) -> None:
    before = mark(city)
    actions.edit_card(
        ws=city, dataset=PARKING, changes={"title": city.bank[PARKING].card["title"]}, seen=before, by=STEWARD
    )
    assert mark(city) == before
    assert not Entry.objects.filter(what="dataset.card").exists()


@pytest.mark.parametrize(
    ("by", "changes", "code"),
    [
        (OFFICIAL, {"title": "x"}, "access_denied"),
        (DORA, {"title": "x"}, "access_denied"),
        (STEWARD, {"title": " "}, "card_title"),
        (STEWARD, {"access": "everybody"}, "card_choice"),
        (STEWARD, {"rhythm_days": 0}, "card_days"),
    ],
)
def test_a_card_that_may_not_be_so_is_not_written(
    city: Workspace, by: Person, changes: dict[str, Any], code: str
) -> None:
    before = city.bank[PARKING].card
    with pytest.raises(MadangError) as caught:
        actions.edit_card(ws=city, dataset=PARKING, changes=changes, seen=mark(city), by=by)
    assert caught.value.code == code
    assert city.bank[PARKING].card == before
    assert not Entry.objects.filter(what="dataset.card").exists()


def test_of_two_who_change_a_card_at_once_the_second_is_told(
    city: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second writes after both have looked, and before the first one's lock is taken."""
    seen, real = mark(city), actions.transaction.atomic

    def meanwhile() -> Any:
        monkeypatch.setattr(actions.transaction, "atomic", real)
        actions.edit_card(ws=city, dataset=PARKING, changes={"title": "먼저"}, seen=seen, by=STEWARD)
        return real()

    monkeypatch.setattr(actions.transaction, "atomic", meanwhile)
    with pytest.raises(MadangError) as caught:
        actions.edit_card(ws=city, dataset=PARKING, changes={"title": "나중"}, seen=seen, by=STEWARD)
    assert caught.value.code == "card_moved"
    assert city.bank[PARKING].card["title"] == "먼저"


def test_the_pages_ask_the_same(city: Workspace, signed_in: Any) -> None:
    alice = signed_in("steward", posts=[POST], username="alice")
    bob = signed_in("official", username="bob")
    for address in (f"/data/{PARKING}/versions/1/rollback/", f"/data/{PARKING}/card/"):
        assert alice.get(address).status_code == 200
        assert bob.get(address).status_code == 403
        assert bob.post(address, {"why": "x", "title": "x"}).status_code == 403
    without = alice.post(f"/data/{PARKING}/versions/1/rollback/", {"why": ""})
    assert without.status_code == 400
    done = alice.post(f"/data/{PARKING}/versions/1/rollback/", {"why": "요금이 틀림"}, follow=True)
    assert "1판의 내용이 3판이 되었습니다" in Page(done).text
    old = alice.post(f"/data/{PARKING}/card/", {"title": "x", "seen": "earlier"})
    assert (old.status_code, city.bank[PARKING].card["title"] != "x") == (400, True)
