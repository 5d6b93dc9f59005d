"""Files uploaded, reviewed and deposited in the browser, by people who may and by people who may not."""

from __future__ import annotations

import io
import json
import os
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

import made_up_bank
from madang.release import Releases
from madang.web.audit.models import Entry
from madang.web.deposits import actions, store
from madang.web.deposits.models import Upload
from madang.web.work import queue
from madang.web.work.models import Job
from madang.workspace import Workspace
from web.deposits_helper import ROWS, create, patch, seen_of, upload, work
from web_page import Page

POST = "교통과 주차관리팀"


@pytest.fixture
def alice(own_city: Workspace, signed_in: Any) -> Any:
    """May make new datasets."""
    return signed_in("steward", posts=[POST], username="alice")


@pytest.fixture
def charlie(own_city: Workspace, signed_in: Any) -> Any:
    """May put nothing in."""
    return signed_in("official", username="charlie")


def show(browser: Any, key: str) -> Page:
    return Page(browser.get(f"/deposits/{key}/"))


def reviewed(browser: Any, content: str = ROWS, name: str = "물품.csv") -> tuple[str, Page]:
    key = upload(browser, content.encode())
    Upload.objects.filter(key=key).update(name=name)
    assert work() == 1
    return key, show(browser, key)


def confirm(browser: Any, key: str, page: Page, **said: str) -> Page:
    browser.post(f"/deposits/{key}/confirm/", {"seen": seen_of(page), "title": "물품", **said})
    work()
    return show(browser, key)


def test_a_file_is_uploaded_in_pieces_reviewed_and_deposited(alice: Any, own_city: Workspace) -> None:
    key, page = reviewed(alice)
    assert "이렇게 읽었습니다" in page.text
    assert "물품" not in own_city.bank
    assert [each.get("value") for each in page.find("input") if each.get("name", "").startswith("label-")] == [
        "번호", "이름", "수량",
    ]  # fmt: skip
    done = confirm(alice, key, page, steward=POST, access="internal")
    live = own_city.bank["물품"].latest
    assert live is not None
    assert (live.n, live.by, live.rows) == (1, "alice", 3)
    assert own_city.bank["물품"].card["steward"] == POST
    assert own_city.bank.snapshots.path(live.receipt["sha256"]).read_bytes() == ROWS.encode()
    assert "접수증 보기" in done.text
    assert not actions.Place(own_city.folder, key).folder.exists()
    what = list(Entry.objects.filter(by="alice").order_by("number").values_list("what", "thing"))
    assert what == [
        ("deposit.read", f"upload:{key}"), ("deposit.confirm", f"upload:{key}"), ("dataset.deposit", "dataset:물품"),
    ]  # fmt: skip
    receipt = Page(alice.get(done.link("접수증 보기")))
    assert "정상" in receipt.text


def test_a_correction_is_read_again_and_remembered(alice: Any, own_city: Workspace) -> None:
    key, page = reviewed(alice, "제목\n" + ROWS)
    form = {
        "columns": "3",
        "label-0": "번호",
        "type-0": "text",
        "header_rows": "2",
        "dataset": "비품",
        "title": "비품",
    }
    alice.post(f"/deposits/{key}/read/", form)
    assert work() == 1
    page = show(alice, key)
    chosen = page.tree.xpath("//select[@name='type-0']/option[@selected]/@value")
    assert chosen == ["text"]
    confirm(alice, key, page)
    live = own_city.bank["비품"].latest
    assert live is not None
    assert [c.type for c in live.columns] == ["text", "text", "integer"]
    assert "header_rows = [2]" in (own_city.sources / "비품.toml").read_text()


def test_wrong_wishes_are_told_and_change_nothing(alice: Any) -> None:
    key, _ = reviewed(alice)
    assert "좌표계 'EPSG:1'" in Page(alice.post(f"/deposits/{key}/read/", {"crs": "EPSG:1"})).text
    alice.post(f"/deposits/{key}/read/", {"header_rows": "많이"})
    assert Upload.objects.get(key=key).state == "review"


def test_the_review_says_what_would_change(alice: Any, own_city: Workspace) -> None:
    key, page = reviewed(alice)
    confirm(alice, key, page, steward=POST)
    _, page = reviewed(alice, ROWS.replace("나루,4", "나루,40") + "4,라온,6\n")
    tally = {
        each.xpath("./dt")[0].text_content(): each.xpath("./dd")[0].text_content()
        for each in page.tree.xpath("//dl[@class='tally']/div")
    }
    assert (tally["더해지는 행"], tally["바뀌는 행"], tally["없어지는 행"]) == ("1", "1", "0")


def test_of_two_officers_the_second_sees_that_the_version_moved(
    alice: Any, own_city: Workspace, signed_in: Any
) -> None:
    bob = signed_in("steward", posts=[POST], username="bob")
    key, page = reviewed(alice)
    confirm(alice, key, page, steward=POST)
    ours, first = reviewed(alice, ROWS + "4,라온,6\n")
    theirs, second = reviewed(bob, ROWS + "5,마루,7\n")
    confirm(alice, ours, first)
    assert "새 판을 넣었습니다" in show(bob, theirs).text
    late = confirm(bob, theirs, second)
    assert "이렇게 읽었습니다" in late.text
    assert own_city.bank["물품"].latest.n == 2  # type: ignore[union-attr]
    bob.post(f"/deposits/{theirs}/read/", {})
    work()
    confirm(bob, theirs, show(bob, theirs))
    assert own_city.bank["물품"].latest.n == 3  # type: ignore[union-attr]


def test_what_was_not_seen_is_not_committed(alice: Any, own_city: Workspace) -> None:
    key, page = reviewed(alice)
    alice.post(f"/deposits/{key}/read/", {"text": "1"})
    work()
    confirm(alice, key, page)  # the page of before
    assert Upload.objects.get(key=key).state == "review"
    assert "물품" not in own_city.bank


def test_a_refused_file_says_why_and_cannot_be_confirmed(alice: Any, own_city: Workspace) -> None:
    key, page = reviewed(alice, "주민등록번호\n" + "900101-1234568\n" * 30)
    assert "이대로는 입고할 수 없습니다" in page.text
    assert "900101-1234568" not in page.text
    confirm(alice, key, page)
    assert "물품" not in own_city.bank


def test_charlie_may_neither_upload_nor_see_what_others_do(
    alice: Any, charlie: Any, own_city: Workspace
) -> None:
    assert create(charlie, "a.csv", 3).status_code == 403
    key = str(create(alice, "a.csv", 3).json()["key"])
    for address in (f"/deposits/{key}/", f"/deposits/{key}/progress/"):
        assert charlie.get(address).status_code == 404
    assert patch(charlie, key, 0, b"abc").status_code == 404
    assert charlie.delete(f"/deposits/uploads/{key}").status_code == 404
    assert charlie.post(f"/deposits/{key}/read/", {}).status_code == 404
    assert "올릴 수 있는 데이터가 없습니다" in Page(charlie.get("/deposits/")).text


def test_a_steward_of_other_data_may_not_put_a_version_into_these(
    alice: Any, own_city: Workspace, signed_in: Any
) -> None:
    key, page = reviewed(alice)
    confirm(alice, key, page, steward=POST)
    dora = signed_in("steward", posts=["보건과 위생팀"], username="dora")
    mine, page = reviewed(dora, ROWS + "4,라온,6\n")
    assert Upload.objects.get(key=mine).error_code == "access_denied"
    assert "나루" not in page.text
    dora.post(f"/deposits/{mine}/read/", {"dataset": "위생"})
    work()
    confirm(dora, mine, show(dora, mine))
    assert own_city.bank["위생"].latest is not None


def test_a_name_that_is_hidden_is_refused_as_one_of_somebody_elses(
    alice: Any, own_city: Workspace, signed_in: Any
) -> None:
    """By the page, by its correction and by a name of a file that leads there: one answer, word by word."""
    key, page = reviewed(alice)
    confirm(alice, key, page, steward=POST)
    made = Upload.objects.get(key=key).receipts[0]["dataset"]
    dora = signed_in("steward", posts=["보건과 위생팀"], username="dora")

    def refused() -> tuple[str, ...]:
        by_name, shown = reviewed(dora, ROWS)
        own = upload(dora, ROWS.encode(), "위생.csv")
        work()
        told = dora.post(f"/deposits/{own}/read/", {"dataset": made}, follow=True)
        found = Upload.objects.get(key=by_name)
        return found.error_code, found.error, Page(told).text.replace(own, "KEY")

    theirs = refused()
    card = {**own_city.bank[made].card, "access": "restricted"}
    own_city.bank.write_card(made, card, by="root", at=own_city.clock())
    assert dora.get(f"/data/{made}/").status_code == 404
    assert refused() == theirs
    assert theirs[0] == "access_denied"


def test_a_broken_upload_goes_on_where_it_stopped(alice: Any, own_city: Workspace) -> None:
    key = str(create(alice, "물품.csv", len(ROWS.encode()), "물품|1").json()["key"])
    data = ROWS.encode()
    assert patch(alice, key, 0, data[:10]).headers["Upload-Offset"] == "10"
    again = create(alice, "물품.csv", len(data), "물품|1").json()
    assert (again["key"], again["offset"]) == (key, 10)
    head = alice.head(f"/deposits/uploads/{key}")
    assert (head.headers["Upload-Offset"], head.headers["Upload-Length"]) == ("10", str(len(data)))
    for offset in (0, 11, 5):
        assert patch(alice, key, offset, data[10:]).status_code == 409
    assert patch(alice, key, 10, data[10:] + b"more").status_code == 409
    assert patch(alice, key, 10, data[10:]).status_code == 204
    assert actions.place_of(own_city, Upload.objects.get(key=key)).data.read_bytes() == data


def test_pieces_sizes_and_quota_are_bounded(alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("madang.web.deposits.receiving.PIECE_MOST", 100)
    monkeypatch.setattr("madang.web.deposits.actions.FILE_MOST", 1_000)
    monkeypatch.setattr("madang.web.deposits.actions.PERSON_MOST", 1_500)
    assert [create(alice, "a.csv", size).status_code for size in (0, -1, 1_001, 900)] == [400, 400, 400, 201]
    refused = create(alice, "b.csv", 900)
    assert (refused.status_code, refused.json()["code"]) == (400, "upload_quota")
    key = str(create(alice, "c.csv", 500).json()["key"])
    assert patch(alice, key, 0, b"x" * 101).status_code == 413
    assert alice.patch(f"/deposits/uploads/{key}", b"x", content_type="text/plain").status_code == 413
    assert alice.post("/deposits/uploads/", b"[1]", content_type="application/json").status_code == 400


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\자료\\물품.csv", "물품.csv"),
        ("<script>alert(1)</script>.csv", "script>.csv"),
        ("가\x00나\u202e.csv", "가나.csv"),
        ("900101-1234568.csv", "******-*******.csv"),
        ("...", "file"),
    ],
)
def test_names_are_hostile(alice: Any, told: str, kept: str) -> None:
    assert create(alice, told, 3).json()["name"] == kept
    assert "<script>alert" not in alice.get("/deposits/").content.decode()


def test_uploads_lie_where_only_this_account_reads(alice: Any, own_city: Workspace) -> None:
    key = str(create(alice, "../a.csv", 3).json()["key"])
    folder = own_city.folder / "uploads"
    assert [oct(os.stat(p).st_mode & 0o777) for p in (folder, folder / key, folder / key / "data")] == [
        "0o700", "0o700", "0o600",
    ]  # fmt: skip


def test_without_javascript_a_form_sends_whole_files(alice: Any, own_city: Workspace) -> None:
    files = [SimpleUploadedFile("하나.csv", ROWS.encode()), SimpleUploadedFile("둘.csv", b"a,b\n1,2\n2,3\n")]
    assert alice.post("/deposits/files/", {"files": files}).url == "/deposits/"
    assert work() == 2
    assert sorted(Upload.objects.values_list("name", "state")) == [
        ("둘.csv", "review"),
        ("하나.csv", "review"),
    ]
    assert list((own_city.folder / "uploads").glob(".form-*")) == []
    alice.post("/deposits/files/", {})
    assert "올릴 파일을 고르십시오" in Page(alice.get("/deposits/")).text


def test_a_form_without_its_token_is_refused(own_city: Workspace) -> None:
    from django.test import Client

    import people

    browser = Client(SERVER_NAME="127.0.0.1", enforce_csrf_checks=True)
    browser.force_login(people.make("administrator", username="root"))
    file = SimpleUploadedFile("하나.csv", ROWS.encode())
    assert browser.post("/deposits/files/", {"files": [file]}).status_code == 403
    assert create(browser, "a.csv", 3).status_code == 403
    assert Upload.objects.count() == 0


def test_a_review_is_not_shown_again_after_it_was_thrown_away(alice: Any, own_city: Workspace) -> None:
    key = upload(alice, ROWS.encode())
    work()
    assert "no-store" in alice.get(f"/deposits/{key}/")["Cache-Control"]
    alice.post(f"/deposits/{key}/drop/")
    gone = alice.get(f"/deposits/{key}/")
    assert (gone.status_code, Page(gone).link("올리기로 가기")) == (404, "/deposits/")
    assert "올리던 파일을 찾을 수 없습니다" in Page(gone).text


def test_old_uploads_expire_and_dropped_ones_go(
    alice: Any, own_city: Workspace, django_capture_on_commit_callbacks: Any
) -> None:
    old, dropped = (str(create(alice, f"{n}.csv", 3).json()["key"]) for n in range(2))
    with django_capture_on_commit_callbacks(execute=True):
        assert alice.delete(f"/deposits/uploads/{dropped}").status_code == 204
    later = Upload.objects.get(key=old).touched_at + actions.UNFINISHED_FOR
    assert actions.expire(own_city, later) == 0
    assert actions.expire(own_city, later + actions.UNFINISHED_FOR) == 1
    assert list((own_city.folder / "uploads").iterdir()) == []


def test_a_piece_passes_through_a_quarter_of_a_megabyte(own_city: Workspace) -> None:
    place = store.Place(own_city.folder, "k")
    place.make(3 << 20)
    asked: list[int] = []
    body = io.BytesIO(b"x" * (3 << 20))

    def read(size: int) -> bytes:
        asked.append(size)
        return body.read(size)

    assert place.append(read, 0, 3 << 20, 3 << 20) == 3 << 20
    assert max(asked) == 1 << 18


@pytest.mark.parametrize("place", ["ended", "renewed"])
@pytest.mark.parametrize("steward", [POST, ""])
def test_a_deposit_that_was_killed_after_the_bank_is_finished_and_not_done_twice(
    alice: Any, own_city: Workspace, monkeypatch: pytest.MonkeyPatch, steward: str, place: str
) -> None:
    class Killed(BaseException):
        """The process ends here."""

    from madang.web.deposits import jobs

    key, page = reviewed(alice)
    with monkeypatch.context() as patch:
        where = jobs.actions if place == "ended" else Workspace
        patch.setattr(where, place, lambda *_, **__: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            confirm(alice, key, page, steward=steward)
    followed: list[str] = []
    monkeypatch.setattr(Releases, "follow", lambda _, dataset: followed.append(dataset))
    upload_ = Upload.objects.get(key=key)
    assert upload_.state == "committing"
    job = Job.objects.get(pk=upload_.job)
    queue.recover(job.lease_until + timedelta(seconds=1), lambda: 0.5)
    Job.objects.filter(pk=job.pk).update(run_at=timezone.now())
    assert work() == 1
    upload_.refresh_from_db()
    assert (upload_.state, upload_.error) == ("done", "")
    (made,) = upload_.receipts
    dataset = own_city.bank[made["dataset"]]
    assert followed == [dataset.id]
    assert (upload_.state, upload_.error_code, len(dataset.versions)) == ("done", "", 1)
    assert (made["version"], made["deposit"]) == (1, dataset.versions[0].deposit_id)
    assert Entry.objects.filter(what="dataset.deposit", thing=f"dataset:{dataset.id}").count() == 1
    assert len(dataset.deposits()) == 1


def test_a_job_that_was_killed_leaves_the_upload_to_go_on_with(alice: Any) -> None:
    from madang.web.work.models import Job

    key = upload(alice, ROWS.encode())
    Job.objects.filter(thing=f"upload:{key}").update(
        state="failed", error_code="job_died", error_params={"code": "-9"}
    )
    assert "읽지 못했습니다" in show(alice, key).text
    alice.post(f"/deposits/{key}/read/", {})
    work()
    assert "이렇게 읽었습니다" in show(alice, key).text


@pytest.mark.slow
@pytest.mark.parametrize(
    "said", [{"crs": "EPSG:5186"}, {"crs_other": "5186"}, {"crs_other": "GRS80 중부원점(2010)"}]
)
def test_a_coordinate_system_is_taken_as_people_write_it(
    own_city: Workspace, alice: Any, said: dict[str, str]
) -> None:
    key, _ = reviewed(alice)
    alice.post(f"/deposits/{key}/read/", {"dataset": "물품", **said})
    work()
    assert Upload.objects.get(key=key).told["crs"] == "EPSG:5186"
    (chosen,) = [
        each.get("value") for each in show(alice, key).tree.xpath("//select[@name='crs']/option[@selected]")
    ]
    assert chosen == "EPSG:5186"


@pytest.mark.slow
def test_a_name_of_several_coordinate_systems_asks_which(own_city: Workspace, alice: Any) -> None:
    key, _ = reviewed(alice)
    told = {"crs_other": "중부원점", "dataset": "새-물품", "title": "적던 제목", "header_rows": "1"}
    answer = alice.post(f"/deposits/{key}/read/", told)
    page = Page(answer)
    assert answer.status_code == 400
    again = page.filled(f"/deposits/{key}/read/")
    assert {name: again[name] for name in told} == {name: [value] for name, value in told.items()}
    assert "EPSG:5186" in page.texts(".told")[0]
    assert "crs" not in Upload.objects.get(key=key).told


@pytest.mark.slow
def test_a_file_for_a_named_dataset_goes_there(own_city: Workspace, alice: Any, charlie: Any) -> None:
    dataset = made_up_bank.PARKING
    card = own_city.bank[dataset].card
    own_city.bank[dataset].write_card({**card, "steward": POST}, by="kim", at=own_city.clock())
    page = Page(alice.get(f"/deposits/?dataset={dataset}"))
    assert str(card["title"]) in page.texts("h1")[0]
    assert page.filled("/deposits/files/")["dataset"] == [dataset]
    made = alice.post(
        "/deposits/files/", {"files": SimpleUploadedFile("새것.csv", ROWS.encode()), "dataset": dataset}
    )
    assert Upload.objects.get(key=made["Location"].strip("/").split("/")[-1]).dataset == dataset
    key = json.loads(
        alice.post(
            "/deposits/uploads/", json.dumps({"name": "a.csv", "size": 9, "dataset": dataset}),
            content_type="application/json",
        ).content
    )["key"]  # fmt: skip
    assert Upload.objects.get(key=key).dataset == dataset
    theirs = Page(charlie.get(f"/deposits/?dataset={dataset}"))
    assert dataset not in theirs.text  # not his to put anything into


@pytest.mark.slow
def test_late_is_one_figure_on_overview_and_catalogue(own_city: Workspace, signed_in: Any) -> None:
    parking = own_city.bank[made_up_bank.PARKING]  # as of 2026-08-01, deposited on the day of the clock
    parking.write_card({**parking.card, "rhythm_days": 30}, by="kim", at=own_city.clock())
    boss = signed_in("administrator", username="boss")
    catalogue = Page(boss.get("/data/?state=late")).texts("article h2")
    overview = Page(boss.get("/deposits/"))
    (late,) = [each for each in overview.find("section") if each.get("aria-labelledby") == "late-head"]
    listed = [each.text_content() for each in late.xpath(".//ul/li/a")]
    assert sorted(listed) == sorted(catalogue)
    assert parking.card["title"] in listed
    assert late.xpath("string(.//h2/span)") == str(len(catalogue))
