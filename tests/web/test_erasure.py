"""What the pages keep of erased rows: gone from the rows of the database, from its bytes, and from every file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from madang.access import Person
from madang.web.audit.models import Entry
from madang.web.deposits.models import Draft, Upload
from madang.web.notices.models import Notice
from madang.web.rounds.models import Decision
from madang.web.sql.models import Asked, Derived, Saved, SavedText
from madang.web.work.erasure import DONE, clear_copies, sweep
from madang.web.work.models import Job
from madang.workspace import Workspace
from web.deposits_helper import seen_of, upload, work
from web.round_helper import RoundOfTwo, xlsx
from web_page import Page

POST = "교통과 주차관리팀"
PHONE, OTHER = "010-7391-4826", "010-5555-1234"
ROWS = f"번호,이름,전화\n1,김가람,{PHONE}\n2,이나루,{OTHER}\n"


@pytest.fixture
def city(own_city: Workspace) -> Workspace:
    put(own_city, "명단", ROWS)
    own_city.bank.write_card("명단", {"title": "명단", "steward": POST}, by="x", at=own_city.clock())
    return own_city


def put(city: Workspace, dataset: str, text: str) -> None:
    path = city.folder.parent / f"{dataset}.csv"
    path.write_text(text, encoding="utf-8")
    city.deposit(path, dataset)


def erase(city: Workspace) -> None:
    city.erase("명단", column="전화", value=PHONE, ground="정보주체 요구")


def draft(dataset: str, **more: Any) -> Draft:
    edits = {"cells": {"0": {"이름": PHONE}}, "added": [], "removed": []}
    made: Draft = Draft.objects.create(by="alice", dataset=dataset, base=1, edits=edits, **more)
    return made


def test_drafts_of_the_dataset_are_emptied_and_others_stay(city: Workspace) -> None:
    open_, done = draft("명단"), draft("명단", state="dropped", notes=[{"code": "x", "params": {"a": PHONE}}])
    other = draft("공중화장실")
    erase(city)
    after = draft("명단", upload_name="나중.xlsx")
    assert len(clear_copies(city)) == 1
    for each in (open_, done, other, after):
        each.refresh_from_db()
    assert [each.state for each in (open_, done, other, after)] == ["dropped", "dropped", "open", "open"]
    assert (open_.edits, done.edits, done.notes) == ({}, {}, [])
    assert other.edits["cells"]
    assert after.edits["cells"]


def test_a_review_for_the_dataset_goes_and_one_for_another_stays(city: Workspace, signed_in: Any) -> None:
    alice = signed_in("steward", posts=[POST], username="alice")
    keys = [upload(alice, ROWS.encode(), f"{name}.csv") for name in ("명단", "다른-명단")]
    for key, dataset in zip(keys, ("명단", "다른-명단"), strict=True):
        alice.post(f"/deposits/{key}/read/", {"dataset": dataset})
    work()
    assert seen_of(Page(alice.get(f"/deposits/{keys[0]}/")))
    coming = upload(alice, ROWS.encode(), "오는.csv")
    Upload.objects.filter(key=coming).update(state="coming")
    erase(city)
    clear_copies(city)
    assert set(Upload.objects.values_list("key", flat=True)) == {keys[1], coming}
    assert not (city.folder / "uploads" / keys[0]).exists()
    assert (city.folder / "uploads" / keys[1] / "seen" / "preview.json").exists()
    assert Entry.objects.filter(what="deposit.expire", thing=f"upload:{keys[0]}").count() == 1


def test_an_upload_being_read_is_waited_for(city: Workspace) -> None:
    Upload.objects.create(key="a" * 32, by="alice", name="명단.csv", size=9, state="reading", dataset="명단")
    erase(city)
    assert clear_copies(city) == []
    Upload.objects.update(state="failed")
    assert len(clear_copies(city)) == 1
    assert not Upload.objects.exists()


def test_questions_go_and_saved_texts_lose_the_value(city: Workspace) -> None:
    sql = f"SELECT * FROM \"명단\" WHERE '{OTHER}' <> 전화 AND 전화 = '{PHONE}'"
    saved = Saved.objects.create(title="찾기", by="alice")
    SavedText.objects.create(saved=saved, number=1, sql=sql, by="alice")
    Derived.objects.create(dataset="x", sql="SELECT :t", values={"t": PHONE, "u": OTHER}, by="alice")
    inputs = [{"dataset": "명단", "version": 1}]
    Asked.objects.create(by="alice", sql="SELECT 1", inputs=inputs, state="answered")
    Asked.objects.create(by="alice", sql="SELECT :t", values={"t": PHONE}, state="failed")
    kept = Asked.objects.create(by="alice", sql="SELECT :t", values={"t": OTHER}, state="answered")
    erase(city)
    clear_copies(city)
    assert list(Asked.objects.all()) == [kept]
    assert saved.text.sql == f"SELECT * FROM \"명단\" WHERE '{OTHER}' <> 전화 AND 전화 = '(파기됨)'"
    assert Derived.objects.get().values == {"t": "", "u": OTHER}


def test_ended_jobs_that_speak_of_the_dataset_go_with_their_notices(city: Workspace) -> None:
    def job(**more: Any) -> Job:
        made: Job = Job.objects.create(kind="k", by="alice", run_at=timezone.now(), **more)
        return made

    gone = job(state="failed", params={"dataset": "명단"}, error_params={"value": PHONE})
    kept, waiting = job(state="done", params={"dataset": "대장"}), job(state="waiting", thing="dataset:명단")
    for each in (gone, kept):
        Notice.objects.create(
            person="alice", code="notice_job_failed", params={"number": each.pk, "reason": "x"}
        )
    erase(city)
    clear_copies(city)
    assert set(Job.objects.all()) == {kept, waiting}
    assert [each.params["number"] for each in Notice.objects.all()] == [kept.pk]


def test_an_erasure_is_cleared_once(city: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("madang.web.work.erasure._scrub", lambda: True)
    erase(city)
    assert (sweep(city), sweep(city)) == (1, 0)
    assert Entry.objects.filter(what=DONE).count() == 1


@pytest.mark.slow
def test_a_round_follows_its_bank(own_city: Workspace, signed_in: Any) -> None:
    from madang.web.rounds.merging import merge_round

    asked = RoundOfTwo(signed_in)
    for who, name, rows in ((asked.bora, "복지과", [["노인위원회", 12, "2010-03-02", "법정"], ["갑위원회", 3, "2011-01-01", "조례"]]),
                            (asked.chul, "도로과", [["도로위원회", 7, "2012-01-01", "법정"]])):  # fmt: skip
        who.post(f"{asked.at(name)}file/", {"file": xlsx(rows)}, follow=True)
        who.post(f"{asked.at(name)}submit/")
    round_ = asked.round
    assert round_.contributions.count() == 2
    for key in ('["갑위원회"]', '["도로위원회"]'):
        Decision.objects.create(round=round_, key=key, keeps="", by="alice")
    merge_round(own_city, round_, by=Person("alice", roles=frozenset({"administrator"})))
    own_city.erase("위원회-현황", column="위원회명", value="갑위원회", ground="요구")
    assert len(clear_copies(own_city)) == 1
    assert [each.key for each in Decision.objects.all()] == ['["도로위원회"]']
    assert sorted(each.rows for each in round_.contributions.all()) == [1, 1]
    assert asked.alice.get(asked.url).status_code == 200
    own_city.erase("위원회-현황", ground="기간이 지남")
    clear_copies(own_city)
    assert [each.tables for each in round_.contributions.all()] == [[], []]
    assert asked.alice.get(asked.url).status_code == 200
    assert asked.bora.get(asked.at("복지과")).status_code == 200


PLANT = f"""
import django; django.setup()
from madang.web.deposits.models import Draft, Upload
from madang.web.sql.models import Asked
from madang.web.work.models import Job
from django.db import connection
from django.utils import timezone
import pathlib, os
many = {{str(n): {{"이름": "{PHONE}"}} for n in range(400)}}
Draft.objects.create(by="a", dataset="명단", base=1, edits={{"cells": many}})
Draft.objects.create(by="b", dataset="명단", base=1, edits={{"cells": many}}, state="dropped")
connection.cursor().execute("PRAGMA secure_delete=OFF")  # as SQLite is built elsewhere: what was deleted stays
Draft.objects.filter(by="b").update(edits={{}})
Asked.objects.create(by="a", sql="SELECT 전화 FROM 명단 WHERE 전화 = '{PHONE}'", state="answered")
Job.objects.create(kind="k", by="a", state="done", run_at=timezone.now(), params={{"dataset": "명단"}}, result=["{PHONE}"])
Upload.objects.create(key="k1", by="a", name="명단.csv", size=9, state="failed", dataset="명단")
place = pathlib.Path(os.environ["MADANG_WORKSPACE"]) / "uploads" / "k1"
place.mkdir(parents=True); (place / "data").write_text("{PHONE}")
answers = place.parent.parent / "cache" / "sql" / "answers"
answers.mkdir(parents=True); (answers / "x.parquet").write_text("{PHONE}")
"""


@pytest.mark.slow
def test_the_number_is_in_no_byte_of_the_workspace(tmp_path: Path) -> None:
    ws = Workspace.init(tmp_path / "ws", "가온시")
    put(ws, "명단", ROWS)
    environment = {**os.environ, "MADANG_WORKSPACE": str(ws.folder),
                   "DJANGO_SETTINGS_MODULE": "madang.web.config.settings"}  # fmt: skip
    environment.pop("MADANG_DATABASE_URL", None)

    def run(*command: str) -> None:
        done = subprocess.run(
            [sys.executable, *command], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr + done.stdout

    madang = ("-m", "madang", "-w", str(ws.folder))
    run(*madang, "work", "--once")
    run("-c", PLANT)
    there = holding(ws.folder)
    assert {"db.sqlite3", "uploads/k1/data", "cache/sql/answers/x.parquet"} <= set(there)
    run(*madang, "erase", "명단", "--where", f"전화={PHONE}", "--ground", "정보주체 요구", "--yes")
    run(*madang, "work", "--once")
    assert holding(ws.folder) == []
    assert holding(ws.folder, OTHER)


def holding(folder: Path, text: str = PHONE) -> list[str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return [str(path.relative_to(folder)) for path in files if text.encode() in path.read_bytes()]
