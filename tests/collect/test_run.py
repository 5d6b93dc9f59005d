"""Runs: one door, nothing half-fetched, the last good version stays, missed runs are made up for once."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from madang.bank.durable import SEOUL
from madang.collect.fetched import Means
from madang.collect.history import History, State
from madang.collect.origin import Origin, load_origin, load_origins, origin_file, save_origin
from madang.collect.origin_api import SHAPES
from madang.collect.rhythm import Rhythm
from madang.collect.run import Done, bury, collect, due
from madang.collect.secret import Secret
from madang.intake.raw import Override
from madang.messages import MadangError
from madang.workspace import Workspace
from tests.collect.conftest import NOON, Clock
from tests.collect.rogue import Rogue, plain

Make = Callable[..., Origin]
ONE = "이름,수\n가나,1\n다라,2\n".encode()
TWO = "이름,수\n가나,1\n다라,2\n마바,3\n".encode()


@pytest.fixture
def city(tmp_path: Path) -> Workspace:
    return Workspace.init(tmp_path / "city", "빈들군")


@pytest.fixture
def run(city: Workspace, means: Means, clock: Clock) -> Callable[[Origin], Done]:
    """Runs an origin in the city, an hour after the last run."""

    def go(origin: Origin) -> Done:
        clock.now += timedelta(hours=1)
        means.place.mkdir(exist_ok=True)
        history = History(city.folder, origin.id)
        live = city.bank[origin.dataset].latest if origin.dataset in city.bank else None
        previous = city.bank.snapshots.path(str(live.receipt["sha256"])) if live else None
        here = replace(means, remembered=history.state().remembered, previous=previous)
        return collect(origin, city, by="collector", means=here)

    return go


def versions(city: Workspace, dataset: str = "shops") -> int:
    return len(city.bank[dataset].versions) if dataset in city.bank else 0


@pytest.mark.slow
def test_a_run_ends_in_a_version_with_receipt_and_evidence(
    city: Workspace, origin: Make, run: Any, rogue: Rogue
) -> None:
    done = run(origin())
    assert (done.run.outcome, done.tell) == ("new", False)
    assert done.run.receipts[0] | {"deposit": ""} == {
        "dataset": "shops", "version": 1, "deposit": "", "verdict": "accepted", "file": "good.csv", "rows": 2, "problems": 0,
    }  # fmt: skip
    assert done.run.evidence[0]["url"] == rogue.url("/good.csv")
    live = city.bank["shops"].latest
    assert live is not None
    assert (live.by, city.bank.snapshots.path(live.receipt["sha256"]).read_bytes()) == ("collector", ONE)
    assert not list((city.folder / "cache").glob("collect/*"))


@pytest.mark.slow
def test_a_new_dataset_is_the_post_s_that_answers_for_the_source(
    city: Workspace, origin: Make, run: Any
) -> None:
    run(origin(steward="교통과 주차관리팀"))
    assert city.bank["shops"].card["steward"] == "교통과 주차관리팀"


@pytest.mark.slow
def test_a_new_dataset_is_called_as_its_source_and_found_so_and_keeps_what_somebody_called_it(
    city: Workspace, origin: Make, run: Any, rogue: Rogue
) -> None:
    """Not "good", as its file is."""
    run(replace(origin(), title="길가 가게 조사"))
    assert city.bank["shops"].card["title"] == "길가 가게 조사"
    assert [hit.id for hit in city.search("길가 가게")] == ["shops"]
    city.write_card("shops", {"title": "가게"})
    run(replace(origin(), title="다른 이름"))
    assert city.bank["shops"].card["title"] == "가게"


@pytest.mark.slow
def test_the_same_file_again_is_not_even_sent(city: Workspace, origin: Make, run: Any, rogue: Rogue) -> None:
    run(origin())
    assert run(origin()).run.outcome == "nothing"
    assert rogue.asked[-1].headers["If-None-Match"] == '"one"'
    assert versions(city) == 1


@pytest.mark.slow
def test_trouble_leaves_the_last_good_version_and_is_told_once(
    city: Workspace, origin: Make, run: Any, rogue: Rogue, clock: Clock
) -> None:
    rogue.says("/shops", ONE, type="text/csv")
    made = origin("/shops", attempts=3, wait_s=60)
    run(made)
    rogue.answers["/shops"] = lambda asked, handler: plain(handler, b"", status=500)
    history = History(city.folder, "made")
    told, waits = [], []
    for _ in range(5):
        done = run(made)
        told.append(done.tell)
        retry_at = history.state().retry_at
        waits.append((retry_at - clock.now).total_seconds() if retry_at else None)
    assert told == [False, False, True, False, False]
    assert waits == [
        60.0,
        120.0,
        None,
        None,
        None,
    ]  # 60 s, doubled; chance in the middle; three attempts in all
    assert history.state().failing_since == NOON + timedelta(hours=2)
    assert history.lamp(made, clock.now) == "failed"
    assert versions(city) == 1
    rogue.says("/shops", TWO, type="text/csv")
    assert run(made).run.outcome == "new"
    assert history.state() == State(clock.now, clock.now, remembered={"url": rogue.url("/shops")})
    assert versions(city) == 2


@pytest.mark.slow
def test_a_file_the_door_refuses_is_a_failure_that_is_not_tried_again(
    city: Workspace, origin: Make, run: Any, rogue: Rogue
) -> None:
    rogue.says("/shops", ONE, "업종,매출,동\n한식,3,4\n".encode(), type="text/csv")
    run(origin("/shops"))
    done = run(origin("/shops"))
    assert (done.run.outcome, done.run.error and done.run.error["code"], done.tell) == (
        "refused",
        "collect_refused",
        True,
    )
    assert History(city.folder, "made").state().retry_at is None
    live = city.bank["shops"].latest
    assert live is not None
    assert live.n == 1


@pytest.mark.slow
def test_what_is_wrong_with_the_request_is_told_at_once(origin: Make, run: Any) -> None:
    done = run(origin("/sign-in"))
    assert (done.run.outcome, done.tell) == ("failed", True)
    assert "로그인 화면" in done.run.reason


@pytest.mark.slow
def test_no_secret_is_written_anywhere(city: Workspace, origin: Make, run: Any) -> None:
    secret = Secret("COLLECT_KEY")
    run(origin(secret=secret))
    for path in ("/denied", "/cut", "/sign-in", "/metadata"):
        run(origin(path, secret=secret))
    kept = [path.read_bytes() for path in (city.folder / "collect").rglob("*") if path.is_file()]
    assert len(kept) >= 2
    assert not [each for each in kept if b"a+b/c" in each or b"a%2Bb" in each]


@pytest.mark.slow
def test_a_folder_is_emptied_through_the_door(city: Workspace, origin: Make, run: Any, means: Means) -> None:
    drop = means.allowed.inbox / "in"
    drop.mkdir()
    (drop / "가게_20261122.csv").write_bytes(ONE)
    (drop / "빈것.csv").write_bytes(b"")
    done = run(origin("in", "folder", dataset=""))
    assert sorted((each["dataset"], each["verdict"]) for each in done.run.receipts) == [
        ("가게", "accepted"),
        ("빈것", "refused"),
    ]
    assert done.run.outcome == "refused"
    assert [path.name for path in (drop / "done").rglob("*.csv")] == ["가게_20261122.csv"]
    assert [path.name for path in (drop / "refused").rglob("*.csv")] == ["빈것.csv"]


def test_a_run_that_is_killed_gives_its_files_back(
    city: Workspace, origin: Make, means: Means, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop = means.allowed.inbox / "in"
    drop.mkdir()
    (drop / "a.csv").write_bytes(ONE)

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(city, "deposit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        collect(origin("in", "folder", dataset=""), city, by="x", means=means)
    assert (drop / "a.csv").exists()


def test_two_runs_of_one_origin_do_not_meet(city: Workspace, origin: Make, means: Means) -> None:
    with History(city.folder, "made").alone(), pytest.raises(MadangError) as caught:
        collect(origin(), city, by="x", means=means)
    assert caught.value.code == "collect_busy"


# schedules --------------------------------------------------------------------------------------------------


def declared(city: Workspace, origin: Origin, at: datetime) -> History:
    os.utime(save_origin(city.folder, origin), (at.timestamp(), at.timestamp()))
    return History(city.folder, origin.id)


def test_the_first_run_comes_when_the_rhythm_asks_and_missed_ones_are_one(
    city: Workspace, origin: Make
) -> None:
    made = origin()  # daily 06:30
    history = declared(city, made, NOON)
    morning = datetime(2026, 11, 23, 6, 30, tzinfo=SEOUL)
    assert history.next_run(made) == morning
    assert not due(made, city.folder, morning - timedelta(minutes=1))
    assert due(made, city.folder, morning)
    a_week_later = morning + timedelta(days=7, hours=3)  # the server was off
    assert due(made, city.folder, a_week_later)
    assert history.lamp(made, a_week_later) == "late"
    history.save(State(started=a_week_later, good_at=a_week_later))
    assert not due(made, city.folder, a_week_later + timedelta(minutes=1))
    assert History(city.folder, "made").next_run(made) == morning + timedelta(days=8)


def test_paused_is_never_due_and_a_retry_comes_before_the_rhythm(city: Workspace, origin: Make) -> None:
    history = declared(city, origin(), NOON)
    history.save(State(started=NOON, failures=1, failing_since=NOON, retry_at=NOON + timedelta(minutes=2)))
    assert due(origin(), city.folder, NOON + timedelta(minutes=2))
    assert history.next_run(origin(paused=True)) is None
    assert history.lamp(origin(paused=True), NOON) == "paused"


def test_lamps(city: Workspace, origin: Make) -> None:
    made = origin(rhythm=Rhythm.of("every 60 minutes"))
    history = declared(city, made, NOON)
    assert history.lamp(made, NOON) == "waiting"
    history.save(State(started=NOON, good_at=NOON))
    lamps = [history.lamp(made, NOON + timedelta(minutes=minutes)) for minutes in (59, 80, 91)]
    assert lamps == ["fresh", "fresh", "late"]  # due at 60, late half a rhythm after that


# declarations -----------------------------------------------------------------------------------------------


def test_a_declaration_is_read_as_it_was_written(city: Workspace, origin: Make) -> None:
    made = replace(
        origin("/x", "api"), steward="안전총괄과 재난상황팀", paused=True, parameters={"a b": '"{today}"'},
        secret=Secret("COLLECT_KEY", "header", "X-Key"), timeout_s=5, most_mb=1, attempts=1, wait_s=7, html=True, settle_s=3,
        api=replace(SHAPES["seoul"], items="x.y", ok=("A",), page_rows=5, confirm=True, distinct=True),
        reading=Override(encoding="cp949", header_rows=(1, 2), text=True, types={"가": "integer"}, mapping={"나": "name"}),
    )  # fmt: skip
    save_origin(city.folder, made)
    assert load_origin(city.folder, "made") == made
    plain_one = origin(
        "sqlite:a.db", "sql", query="SELECT '\"\\' FROM t", secret=Secret("COLLECT_DB", "password", "")
    )
    save_origin(city.folder, plain_one)
    assert load_origin(city.folder, "made") == plain_one


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('kind = "ftp"', "standard_choice"), ('rhythm = "often"', "collect_rhythm"), ('secret = "HOME"', "collect_secret_name"),
        ('secret = "MADANG_SECRET_KEY"', "collect_secret_name"), ('dataset = ""', "collect_dataset"),
        ("timeout_s = 999999", "collect_limits"), ('colour = "red"', "standard_key_unknown"), ('id = "other"', "standard_id"),
        ('api = {shape = "soap"}', "standard_choice"), ('api = {paths = {rows = "x"}}', "standard_key_unknown"),
        ('reading = {types = {a = "money"}}', "standard_choice"),
    ],
)  # fmt: skip
def test_a_declaration_that_is_wrong_says_where(city: Workspace, line: str, code: str) -> None:
    good = {
        "id": '"a"',
        "title": '"가"',
        "kind": '"http"',
        "address": '"http://x"',
        "rhythm": '"daily 06:30"',
        "dataset": '"d"',
    }
    key = line.partition(" = ")[0]
    file = origin_file(city.folder, "a")
    file.parent.mkdir(parents=True)
    file.write_text("\n".join([f"{k} = {v}" for k, v in good.items() if k != key] + [line]))
    with pytest.raises(MadangError) as caught:
        load_origin(city.folder, "a")
    assert caught.value.code == code
    found, broken = load_origins(city.folder)
    assert (found, [each.code for each in broken]) == ([], [code])


@pytest.mark.parametrize("id_", ["../../etc/x", "A", "", "a/b", "." * 3, "가" * 61])
def test_names_that_are_no_names(city: Workspace, id_: str) -> None:
    with pytest.raises(MadangError) as caught:
        load_origin(city.folder, id_)
    assert caught.value.code == "origin_missing"


def test_a_run_that_died_is_found_and_told(city: Workspace, origin: Make) -> None:
    made = origin()
    history = declared(city, made, NOON)
    history.save(State(started=NOON, good_at=NOON - timedelta(days=1), under_way=True))
    with history.alone():
        assert bury(made, city.folder, NOON) is None  # it is under way
    done = bury(made, city.folder, NOON + timedelta(minutes=1))
    assert done is not None
    assert (done.tell, done.run.error and done.run.error["code"]) == (True, "collect_died")
    assert history.lamp(made, NOON + timedelta(minutes=1)) == "failed"
    assert bury(made, city.folder, NOON + timedelta(minutes=2)) is None
