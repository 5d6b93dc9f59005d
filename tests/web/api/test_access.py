"""Who gets what from the API. Alice's department keeps the restricted dataset, Bob is any official, Carol a resident."""

from __future__ import annotations

import sqlite3
import threading
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from api_city import PARKING, POST, SECRET
from madang.release import Releases
from madang.web.api import jobs
from madang.web.audit.models import Entry
from madang.web.shell import often as limits
from madang.web.work import queue
from madang.web.work.models import Job
from madang.web.work.running import Running
from madang.workspace import Workspace
from web.deposits_helper import work

PATHS = [
    "",
    "/versions",
    "/versions/1",
    "/diff?a=1&b=1",
    "/rows",
    "/rows?group=name",
    "/sketches",
    "/problems",
    "/download",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_restricted_dataset_is_not_there_for_others(program: Any, path: str) -> None:
    secret, nowhere = f"/api/v1/datasets/{quote(SECRET)}{path}", f"/api/v1/datasets/nix{path}"
    bob = program("official")
    there, missing = bob.get(secret), bob.get(nowhere)
    assert there.status_code == missing.status_code == 404
    assert there.json() == {
        **missing.json(),
        "detail": missing.json()["detail"].replace("'nix'", f"'{SECRET}'"),
    }


def test_its_department_reads_it_and_that_is_entered(program: Any) -> None:
    from madang.web.audit.models import Entry

    alice = program("steward", posts=[POST], username="alice")
    assert alice.get(f"/api/v1/datasets/{quote(SECRET)}/rows").status_code == 200
    entry = Entry.objects.filter(what="dataset.read").last()
    assert (entry.by, entry.via, entry.thing) == ("alice", "api", SECRET)


def test_what_is_taken_away_of_it_is_entered_as_taken(program: Any) -> None:
    from madang.web.audit.models import Entry

    alice = program("steward", posts=[POST], username="alice")
    address = f"/api/v1/datasets/{quote(SECRET)}/download"
    column = alice.get(f"/api/v1/datasets/{quote(SECRET)}/rows?limit=1").json()["columns"][0]["name"]
    answer = alice.get(address, {"format": "jsonl", f"{column}.null": "false"})
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content)
    answer.close()
    entry = Entry.objects.get(what="dataset.download")
    assert (entry.by, entry.via, entry.thing) == ("alice", "api", SECRET)
    assert entry.detail == {"version": 1, "form": "jsonl", "filtered_by": [f"{column}.null"]}
    assert alice.get(address, {"format": "jsonl", "nonsense": "1"}).status_code == 400
    alice.get(f"/api/v1/datasets/{quote(PARKING)}/download").close()
    assert Entry.objects.filter(what="dataset.download").count() == 1


def test_lists_counts_facets_and_search_leave_it_out(program: Any) -> None:
    bob, alice = program("official"), program("steward", posts=[POST])
    his, hers = (each.get("/api/v1/datasets").json() for each in (bob, alice))
    assert hers["total"] == his["total"] + 1
    assert SECRET not in str(his)
    assert SECRET in str(hers)
    assert POST not in str(his["facets"])
    for address in (
        "/api/v1/search?q=주민등록",
        "/api/v1/datasets?q=주민등록",
        f"/api/v1/datasets?steward={quote(POST)}",
    ):
        assert SECRET not in bob.get(address).content.decode()
        assert SECRET in alice.get(address).content.decode()


@pytest.mark.parametrize("token", ["", "madang_nix", "nix", "madang_" + "x" * 43])
def test_without_a_token_nothing_is_told(program: Any, token: str) -> None:
    program("official")
    client = Client(SERVER_NAME="127.0.0.1", **({"HTTP_AUTHORIZATION": f"Bearer {token}"} if token else {}))
    for address in ("/api/v1/datasets", f"/api/v1/datasets/{quote(PARKING)}/rows", "/api/v1/me"):
        answer = client.get(address)
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_resident_finds_nothing(program: Any) -> None:
    carol = program("resident")
    assert carol.get("/api/v1/datasets").json()["total"] == 0
    assert carol.get(f"/api/v1/datasets/{quote(PARKING)}/rows").status_code == 404


def test_a_wrong_token_is_nobody_even_beside_a_session(program: Any, signed_in: Any) -> None:
    program("official")
    browser = signed_in("administrator")
    assert browser.get("/api/v1/datasets").status_code == 200
    assert browser.get("/api/v1/datasets", headers={"Authorization": "Bearer madang_nix"}).status_code == 401


def test_a_session_only_reads(program: Any, signed_in: Any) -> None:
    program("official")
    browser = signed_in("administrator")
    sent = browser.post(f"/api/v1/datasets/{quote(PARKING)}/deposits?name=a.csv", b"a,b\n1,2\n", "text/csv")
    assert sent.status_code == 401


def test_a_session_that_owes_a_new_password_is_nobody(program: Any, signed_in: Any) -> None:
    from madang.web.accounts.models import User

    program("official")
    browser = signed_in("official", username="owes")
    assert browser.get("/api/v1/me").status_code == 200
    User.objects.filter(username="owes").update(must_change_password=True)
    assert browser.get("/api/v1/me").status_code == 401


def test_a_revoked_token_ends(program: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.utils import timezone

    from madang.web.accounts.models import ApiToken
    from madang.web.api import caller

    client = program("official")
    assert client.get("/api/v1/me").status_code == 200
    ApiToken.objects.update(revoked_at=timezone.now())
    monkeypatch.setattr(caller, "_known", {})  # two seconds later
    assert client.get("/api/v1/me").status_code == 401


# personal columns ----------------------------------------------------------------------------------------

START = f"/api/v1/datasets/{quote(PARKING)}"
PLANTED = "강마루 제1주차장"


@pytest.fixture
def personal(own_api_city: Workspace, program: Any) -> Any:
    """The same car parks, whose names were declared personal with the live version."""
    import json

    for facts in own_api_city.bank[PARKING].folder.glob("deposits/*/facts.json"):
        said = json.loads(facts.read_text("utf-8"))
        said["columns"][0]["privacy"] = "personal"
        facts.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    with override_settings(MADANG_WORKSPACE=str(own_api_city.folder)):
        yield program("official")


@pytest.mark.parametrize(
    "path", ["/rows", "/rows?format=csv", "/rows?format=ndjson", "/rows?format=arrow", "/sketches", "/problems", "/diff?a=1&b=2",
             "/download?format=csv", "/download?format=json", "/rows?version=1"],
)  # fmt: skip
def test_a_personal_value_is_in_no_answer(personal: Client, path: str) -> None:
    answer = personal.get(START + path)
    assert answer.status_code == 200, answer.content
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert PLANTED.encode() not in body
    assert "들꽃시장".encode() not in body


@pytest.mark.parametrize(
    "question",
    ["prkplce_nm={}", "prkplce_nm.starts=강", "prkplce_nm.null=0", "sort=prkplce_nm", "group=prkplce_nm", "measure=max.prkplce_nm",
     "measure=distinct.prkplce_nm", "주차장명={}", "prkplce_nm.in={}", "group=prkplce_se&sort=prkplce_nm", "lat.gt=37"],
)  # fmt: skip
def test_nor_can_it_be_guessed(personal: Client, question: str) -> None:
    answer = personal.get(f"{START}/rows?{quote(question.format(PLANTED), safe='=&')}&total=true")
    assert answer.status_code == 400
    assert answer.json()["code"] in ("rows_masked", "rows_column")


def test_nor_found_by_searching(personal: Client) -> None:
    assert personal.get(f"{START}/rows?q=강마루&total=true").json()["total"] == 0
    assert personal.get(f"{START}/rows?q=노상&total=true").json()["total"] == 39


# how often -----------------------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_back(
    program: Any, own_api_city: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: 1_000_000.0))
    hasty, calm = program("official"), program("official")
    with override_settings(MADANG_API_PER_MINUTE=50, MADANG_WORKSPACE=str(own_api_city.folder)):
        assert {hasty.get("/api/v1/me").status_code for _ in range(50)} == {200}
        late = hasty.get("/api/v1/me")
        assert (late.status_code, late.json()["code"]) == (429, "api_too_often")
        assert late.headers["Retry-After"] == "21"  # 1,000,000 is 40 s into its minute
        assert calm.get("/api/v1/me").status_code == 200


def test_processes_count_together(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place, granted = tmp_path / "asked.db", 0
    for _ in range(100):
        granted += limits.wait_for(place, "t1", 60, now=1_000_000.0) == 0
        monkeypatch.setattr(limits, "_taken", {})  # another process: what this one had taken is lost to it
    assert granted <= 60
    assert limits.wait_for(place, "t1", 60, now=1_000_000.0) == 21
    assert limits.wait_for(place, "t1", 60, now=1_000_020.0) == 0
    assert limits.wait_for(place, "t2", 60, now=1_000_000.0) == 0


def test_a_broken_file_of_counts_stops_nobody(tmp_path: Any) -> None:
    place = tmp_path / "broken.db"
    place.write_bytes(b"no database at all" * 100)
    assert limits.wait_for(place, "x", 60) == 0


def test_a_locked_file_of_counts_is_kept_and_each_process_counts_alone(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_PATIENCE_S", 0.01, raising=False)
    place = tmp_path / "asked.db"
    assert limits.wait_for(place, "z", 60, now=1_000_000.0) == 0
    monkeypatch.setattr(limits, "_taken", {})
    other = sqlite3.connect(place, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    said = [limits.wait_for(place, "x", 10, now=1_000_000.0) for _ in range(30)]
    other.execute("ROLLBACK")
    assert said == [0] * 10 + [21] * 20
    counts = other.execute("SELECT who, count FROM asked").fetchall()
    other.close()
    assert counts == [("z", 1)]
    assert place.is_file()


def test_who_was_refused_is_refused_without_the_file(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    place, asked = tmp_path / "asked.db", []
    more = limits._more
    monkeypatch.setattr(limits, "_more", lambda *given: asked.append(given) or more(*given))
    said = [limits.wait_for(place, "x", 3, now=1_000_000.0) for _ in range(50)]
    assert said == [0] * 3 + [21] * 47
    assert len(asked) == 4  # three handfuls of one, and the first refusal
    assert limits.wait_for(place, "x", 3, now=1_000_020.0) == 0  # the next minute


def test_nobody_waits_for_the_file_of_another(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started, go_on = threading.Event(), threading.Event()

    def slow(place: Any, who: str, *_: Any) -> int:
        if who == "slow":
            started.set()
            assert go_on.wait(10)
        return 1

    monkeypatch.setattr(limits, "_more", slow)
    waits = threading.Thread(target=limits.wait_for, args=(tmp_path / "a.db", "slow", 60))
    waits.start()
    try:
        assert started.wait(10)
        asks = threading.Thread(target=limits.wait_for, args=(tmp_path / "a.db", "quick", 60), daemon=True)
        asks.start()
        asks.join(5)
        assert not asks.is_alive()
    finally:
        go_on.set()
        waits.join(10)


# putting in ----------------------------------------------------------------------------------------------


def test_a_deposit_needs_the_scope_and_the_right(program: Any) -> None:
    address = f"{START}/deposits?name=a.csv"
    reads = program("steward", posts=["데이터정책과 담당"])
    assert reads.post(address, b"a\n1\n", "text/csv").json()["code"] == "api_scope"
    other = program("official", scopes=("read", "deposit"))
    assert other.post(address, b"a\n1\n", "text/csv").status_code == 403
    hidden = other.post(f"/api/v1/datasets/{quote(SECRET)}/deposits?name=a.csv", b"a\n1\n", "text/csv")
    assert hidden.status_code == 403


@pytest.mark.slow
@pytest.mark.parametrize("role", ["official", "steward", "analyst", "executive"])
def test_a_refused_deposit_tells_nothing_of_what_is_hidden(
    program: Any, own_api_city: Workspace, role: str
) -> None:
    """A hidden name is answered as a name of somebody else's; to who may make nothing also as one that is free."""
    other = program(role, posts=["보건과 위생팀"] if role == "steward" else [], scopes=("read", "deposit"))

    def said(dataset: str) -> tuple[int, str]:
        answer = other.post(f"/api/v1/datasets/{quote(dataset)}/deposits?name=a.csv", b"a\n1\n", "text/csv")
        return answer.status_code, answer.content.decode().replace(dataset, "ID").replace(
            quote(dataset), "ID"
        )

    with override_settings(MADANG_WORKSPACE=str(own_api_city.folder)):
        hidden, theirs, free = said(SECRET), said(PARKING), said("아직-없는-자료")
    assert hidden == theirs
    assert hidden[0] == 403
    assert (free == hidden) == (role != "steward")


@pytest.mark.slow
@pytest.mark.parametrize("multipart", [False, True])
def test_a_deposit_becomes_a_version(program: Any, own_api_city: Workspace, multipart: bool) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from madang.web.api.jobs import deposit
    from madang.web.work.models import Job
    from madang.web.work.running import Running
    from madang.web.work.states import RUNNING

    with override_settings(MADANG_WORKSPACE=str(own_api_city.folder)):
        client = program("administrator", scopes=("read", "deposit"), username="root2")
        body = "이름,자리\n가,1\n나,2\n다,3\n".encode()
        address = "/api/v1/datasets/새-목록/deposits"
        if multipart:
            sent = client.post(address, {"file": SimpleUploadedFile("목록.csv", body)})
        else:
            sent = client.post(f"{address}?name=목록.csv", body, "application/octet-stream")
        assert sent.status_code == 202, sent.content
        job = Job.objects.get(pk=sent.json()["job"])
        assert client.get(sent.headers["Location"]).json()["state"] == job.state
        Job.objects.filter(pk=job.pk).update(state=RUNNING)
        job.refresh_from_db()
        job.result = deposit(Running(job), **job.params)
        job.save()
        said = client.get(sent.headers["Location"]).json()
        assert said["receipts"][0]["verdict"].startswith("accepted")
        assert len(client.get("/api/v1/datasets/새-목록/rows").json()["rows"]) == 3
        assert not list((own_api_city.folder / "cache" / "api").iterdir())
        other = program("official")
        assert other.get(sent.headers["Location"]).status_code == 404


@pytest.mark.parametrize(("name", "body", "code"), [("", b"a\n1\n", "api_no_name"), ("a.csv", b"", "api_no_file"), ("../../x", b"a", "api_no_name")])  # fmt: skip
def test_what_cannot_be_taken_in_is_told(program: Any, name: str, body: bytes, code: str) -> None:
    client = program("administrator", scopes=("deposit",))
    answer = client.post(f"{START}/deposits?name={quote(name)}", body, "application/octet-stream")
    assert (answer.status_code, answer.json()["code"]) == (400, code)


# the description -----------------------------------------------------------------------------------------


def test_the_page_and_the_document_are_open_and_name_every_operation(program: Any) -> None:
    program("official")
    anybody = Client(SERVER_NAME="127.0.0.1")
    said = anybody.get("/api/v1/openapi.json").json()
    page = anybody.get("/api/v1/").content.decode()
    assert len(said["paths"]) >= 12
    for address in said["paths"]:
        assert address in page
    assert "<script>" not in page
    assert "style=" not in page


def test_an_address_that_is_none_and_a_method_that_is_none(program: Any) -> None:
    client = program("official")
    assert client.get("/api/v1/nix").json()["code"] == "api_no_address"
    answer = client.delete("/api/v1/datasets")
    assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (405, "api_method", "GET")


def test_a_token_that_was_not_made_for_reading_reads_nothing(program: Any) -> None:
    client = program("administrator", scopes=("deposit",))
    for address in ("datasets", "search?q=x", f"datasets/{quote('me')}"):
        answer = client.get(f"/api/v1/{address}")
        assert (answer.status_code, answer.json()["code"]) == (403, "api_scope"), address
    assert client.get("/api/v1/me").status_code == 200


class Killed(BaseException):
    """The process ends here."""


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.mark.slow
@pytest.mark.parametrize("place", ["follow", "record", "rmtree"])
def test_a_deposit_that_was_killed_is_on_record_and_followed_and_not_done_twice(
    program: Any, own_api_city: Workspace, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    followed: list[str] = []
    with override_settings(MADANG_WORKSPACE=str(own_api_city.folder)):
        client = program("administrator", scopes=("read", "deposit"), username="root3")
        sent = client.post(
            "/api/v1/datasets/새-목록/deposits?name=목록.csv", "이름,자리\n가,1\n".encode(), "text/csv"
        )
        (job,) = Job.objects.filter(kind="api.deposit")
        with monkeypatch.context() as broken:
            where = {"follow": Releases, "record": jobs, "rmtree": jobs.shutil}[place]
            broken.setattr(where, place, killed)
            held = queue.claim(timezone.now())
            with pytest.raises(Killed):
                jobs.deposit(Running(held), **held.params)
        monkeypatch.setattr(Releases, "follow", lambda _, dataset: followed.append(dataset))
        queue.recover(held.lease_until + timedelta(seconds=1), lambda: 0.5)
        Job.objects.filter(pk=job.pk).update(run_at=timezone.now())
        assert work() == 1
        (receipt,) = client.get(sent.headers["Location"]).json()["receipts"]
        dataset = own_api_city.bank["새-목록"]
        (version,) = dataset.versions
        assert (receipt["verdict"], receipt["version"]) == ("accepted", 1)
        assert receipt["deposit"] == version.deposit_id
        assert followed == ["새-목록"]
        entry = Entry.objects.get(what="dataset.deposit")
        assert (entry.by, entry.detail["verdict"], entry.detail["deposit"]) == (
            "root3", "accepted", version.deposit_id,
        )  # fmt: skip
        assert not list((own_api_city.folder / "cache" / "api").iterdir())


def test_a_file_whose_job_has_failed_goes_after_a_day(own_api_city: Workspace, program: Any) -> None:
    with override_settings(MADANG_WORKSPACE=str(own_api_city.folder)):
        client = program("administrator", scopes=("read", "deposit"), username="root4")
        for name in ("가", "나"):
            client.post(f"/api/v1/datasets/{name}/deposits?name={name}.csv", b"a,b\n1,2\n", "text/csv")
        gone, kept = Job.objects.filter(kind="api.deposit").order_by("pk")
        Job.objects.filter(pk=gone.pk).update(state="failed")
        now = timezone.now()
        jobs.clear(now)
        assert len(list((own_api_city.folder / "cache" / "api").iterdir())) == 2
        jobs.clear(now + timedelta(days=2))
        (left,) = (own_api_city.folder / "cache" / "api").iterdir()
        assert str(left) in kept.params["file"]
