"""Copies of a dataset edited and sent back, tables kept in the browser, receipts and marked originals."""

from __future__ import annotations

import io
import json
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from madang.bank import Version
from madang.intake.round_trip import table_of
from madang.intake.round_trip_commit import commit_edits
from madang.release import Releases
from madang.web.audit.models import Entry
from madang.web.deposits import drafts, jobs, tables
from madang.web.deposits.models import Draft
from madang.workspace import Workspace
from web.deposits_helper import at_another_start, work
from web_page import Page

POST = "교통과 주차관리팀"
HEAD = "번호,이름,전화,수량,날짜"
ROWS = [HEAD, *(f"{n},이름{n},010-1234-{5600 + n},{n * 3},2026-01-{n % 28 + 1:02d}" for n in range(1, 31))]


@pytest.fixture
def city(own_city: Workspace) -> Workspace:
    put(own_city, ROWS)
    own_city.bank.write_card("물품", {"title": "물품 대장", "steward": POST}, by="x", at=own_city.clock())
    return own_city


def put(city: Workspace, rows: list[str]) -> None:
    path = city.folder / "물품.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    city.deposit(path, "물품")


@pytest.fixture
def alice(city: Workspace, signed_in: Any) -> Any:
    return signed_in("official", posts=[POST], username="alice")


@pytest.fixture
def charlie(city: Workspace, signed_in: Any) -> Any:
    return signed_in("official", username="charlie")


def live(city: Workspace) -> Version:
    found = city.bank["물품"].latest
    assert found is not None
    return found


def column(city: Workspace, name: str) -> list[Any]:
    return list(table_of(live(city))[name].to_pylist())


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def workbook(browser: Any) -> Any:
    answer = browser.get("/deposits/copy/물품.xlsx")
    assert answer.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(body(answer)))


def send(browser: Any, book: Any) -> Page:
    out = io.BytesIO()
    book.save(out)
    file = SimpleUploadedFile("고친 것.xlsx", out.getvalue())
    there = browser.post("/deposits/files/", {"files": [file]}).url
    assert work() == 1
    return Page(browser.get(there))


def approve(browser: Any, page: Page, lines: list[str], why: str = "현장 확인") -> Any:
    (action,) = {a for a in page.tree.xpath("//form/@action") if a.endswith("/approve/")}
    (shown,) = page.tree.xpath("//input[@name='live']/@value")
    return browser.post(action, {"line": lines, "why": why, "live": shown})


def test_an_edited_copy_is_approved_row_by_row(alice: Any, city: Workspace) -> None:
    book = workbook(alice)
    sheet = book.worksheets[0]
    assert sheet["C2"].value == "0************"  # personal: starred
    sheet["D2"], sheet["D3"], sheet["D4"] = 300, 600, "많이"
    sheet.delete_rows(31)
    page = send(alice, book)
    assert "4개 행이 달라졌습니다" in page.text
    page = Page(alice.get(page.link("바뀐 것 보기")))
    ticked = page.tree.xpath("//input[@name='line'][@checked]/@value")
    assert ticked == ["c0", "c1", "r29"]
    assert "'많이'를 정수로 읽을 수 없습니다" in page.text
    done = approve(alice, page, ["c0", "r29"])
    receipt = Page(alice.get(done.url))
    assert "현장 확인" in receipt.text
    assert (live(city).n, live(city).kind, live(city).by, live(city).rows) == (2, "edit", "alice", 29)
    assert column(city, "수량")[:3] == [300, 6, 9]
    assert column(city, "전화")[0] == "010-1234-5601"
    entry = Entry.objects.get(what="dataset.edit")
    assert (entry.by, entry.thing, entry.why, entry.detail["changed"]) == (
        "alice",
        "dataset:물품",
        "현장 확인",
        1,
    )
    assert Draft.objects.get().edits == {}


def test_a_phone_number_in_a_new_row_is_taken_and_shown_starred(alice: Any, city: Workspace) -> None:
    book = workbook(alice)
    sheet = book.worksheets[0]
    sheet.append([31, "새 사람", "010-7777-8888", 5, "2026-02-01"])
    sheet["C2"] = None
    page = Page(alice.get(send(alice, book).link("바뀐 것 보기")))
    assert "010-7777-8888" not in page.text
    assert "0************" in page.text
    assert "가린 칸 1개를 고치거나 지웠지만" in page.text
    assert page.tree.xpath("//input[@name='line'][@checked]/@value") == ["a0"]
    approve(alice, page, ["a0"])
    assert column(city, "전화")[0] == "010-1234-5601"
    assert column(city, "전화")[-1] == "010-7777-8888"


def test_stars_in_a_new_row_are_no_value_and_the_row_says_so(alice: Any, city: Workspace) -> None:
    book = workbook(alice)
    sheet = book.worksheets[0]
    sheet.append([31, "새 사람", "0************", 5, "2026-02-01"])
    page = Page(alice.get(send(alice, book).link("바뀐 것 보기")))
    assert "별표로 가린 값이라" in page.text
    assert not page.tree.xpath("//input[@name='line'][@checked]")
    approve(alice, page, ["a0"])
    assert live(city).n == 1


def test_a_row_added_by_an_edit_leads_to_the_edit(alice: Any, city: Workspace) -> None:
    book = workbook(alice)
    book.worksheets[0].append([31, "새 사람", "010-7777-8888", 5, "2026-02-01"])
    book.worksheets[0]["D2"] = 300
    page = Page(alice.get(send(alice, book).link("바뀐 것 보기")))
    approve(alice, page, ["a0", "c0"], why="빠진 사람을 더함")
    deposit = live(city).deposit_id
    (row,) = column(city, "source_row")[-1:]
    rows = Page(alice.get("/data/물품/rows/"))
    there = next(each for each in rows.tree.xpath("//table//th/a/@href") if each.endswith(f"?row={row}"))
    answer = alice.get(there)
    added = Page(answer)
    assert answer.status_code == 200
    for said in (
        f"더한 {row}행",
        "원본 파일에 없습니다",
        "빠진 사람을 더함",
        "고친 것.xlsx",
        "alice",
        "1판을 고친 2판",
    ):
        assert said in added.text, said
    assert alice.get(added.link("고친 접수증 보기")).status_code == 200
    assert alice.get(added.link("무엇이 바뀌었는지 보기")).status_code == 200
    of_file = Page(alice.get(f"/data/물품/source/{deposit}/?row=2"))
    assert "고친 칸은 아래 원본과 다릅니다" in of_file.text
    assert "이름1" in of_file.text
    third = workbook(alice)  # an edit of the edit: the row is still of the second version
    third.worksheets[0]["D3"] = 600
    page = Page(alice.get(send(alice, third).link("바뀐 것 보기")))
    approve(alice, page, ["c1"], why="다시")
    again = Page(alice.get(f"/data/물품/source/{live(city).deposit_id}/?row={row}"))
    assert "빠진 사람을 더함" in again.text
    version = Page(alice.get("/data/물품/"))
    assert "1판을 파일에서 읽을 때 정한 것입니다" in version.text


def test_a_review_is_kept_by_no_browser_and_leads_back_when_it_is_gone(alice: Any, city: Workspace) -> None:
    book = workbook(alice)
    book.worksheets[0]["D2"] = 300
    send(alice, book)
    number = Draft.objects.get().pk
    assert "no-store" in alice.get(f"/deposits/edits/{number}/")["Cache-Control"]
    gone = alice.get("/deposits/edits/9999/")
    assert gone.status_code == 404
    assert Page(gone).link("올리기로 가기") == "/deposits/"


def test_a_receipt_names_people(city: Workspace, signed_in: Any) -> None:
    alice = signed_in("official", posts=[POST], username="alice")
    book = workbook(alice)
    book.worksheets[0]["D2"] = 300
    page = Page(alice.get(send(alice, book).link("바뀐 것 보기")))
    receipt = Page(alice.get(approve(alice, page, ["c0"]).url))
    assert "고친 사람 김담당 alice" in receipt.text
    assert "고친 것.xlsx" in receipt.text


def test_a_copy_nobody_edited_says_so(alice: Any, city: Workspace) -> None:
    page = send(alice, workbook(alice))
    assert "마지막 숫자까지 같습니다" in page.text
    assert live(city).n == 1


def test_a_copy_of_an_older_version_is_laid_over_the_live_one(alice: Any, city: Workspace) -> None:
    book = workbook(alice)
    book.worksheets[0]["D2"], book.worksheets[0]["D3"] = 300, 600
    put(city, [ROWS[0], ROWS[1].replace(",3,", ",33,"), *ROWS[2:]])
    page = Page(alice.get(send(alice, book).link("바뀐 것 보기")))
    assert "2판이 되었습니다" in page.text
    assert page.tree.xpath("//input[@name='line'][@checked]/@value") == ["c1"]
    assert "(받을 때 3)" in page.text
    put(city, [*ROWS, "31,새,010-1234-9999,1,2026-01-01"])  # while it is looked at
    approve(alice, page, ["c1"])
    assert live(city).n == 3
    assert Draft.objects.get().state == "open"


def test_a_reason_is_asked(alice: Any, city: Workspace) -> None:
    book = workbook(alice)
    book.worksheets[0]["D2"] = 300
    page = Page(alice.get(send(alice, book).link("바뀐 것 보기")))
    approve(alice, page, ["c0"], why="  ")
    assert live(city).n == 1


def test_the_bank_is_written_outside_of_the_transaction_and_once(
    alice: Any, city: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = workbook(alice)
    book.worksheets[0]["D2"] = 300
    page = Page(alice.get(send(alice, book).link("바뀐 것 보기")))
    depth, seen = len(connection.savepoint_ids), []

    def watched(*told: Any, **named: Any) -> Version:
        seen.append(len(connection.savepoint_ids))
        if len(seen) == 1:
            approve(alice, page, ["c0"], why="다른 창")  # a second window is quicker
        return commit_edits(*told, **named)

    monkeypatch.setattr(drafts, "commit_edits", watched)
    approve(alice, page, ["c0"])
    assert seen == [depth, depth]
    assert live(city).n == 2
    assert [entry.why for entry in Entry.objects.filter(what="dataset.edit")] == ["다른 창"]
    assert (Draft.objects.get().state, Draft.objects.get().why) == ("committed", "다른 창")


def test_a_draft_that_cannot_be_finished_holds_up_no_other(
    alice: Any, city: Workspace, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    book = workbook(alice)
    book.worksheets[0]["D2"] = 300
    for _ in range(2):
        send(alice, book)
    one, other = Draft.objects.order_by("pk")
    asked: list[int] = []

    def finished(draft: Draft, ws: Workspace) -> None:
        asked.append(draft.pk)
        if draft.pk == min(one.pk, other.pk):
            raise OSError(5, "damaged")

    monkeypatch.setattr(drafts, "finished", finished)
    finish = at_another_start(jobs.finish)
    finish(timezone.now())
    finish(timezone.now())
    assert sorted(asked) == [one.pk, other.pk]
    assert "could not finish Draft object" in caplog.text


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("place", ["_committed", "renewed"])
@pytest.mark.parametrize("comes_back", ["by the work", "by its page", "by approving again"])
def test_an_approval_that_was_killed_is_finished_and_not_done_twice(
    alice: Any, city: Workspace, monkeypatch: pytest.MonkeyPatch, comes_back: str, place: str
) -> None:
    book = workbook(alice)
    book.worksheets[0]["D2"] = 300
    page = Page(alice.get(send(alice, book).link("바뀐 것 보기")))
    with monkeypatch.context() as patch:
        where = drafts if place == "_committed" else Workspace
        patch.setattr(where, place, lambda *_, **__: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            approve(alice, page, ["c0"])
    followed: list[str] = []
    monkeypatch.setattr(Releases, "follow", lambda _, dataset: followed.append(dataset))
    assert (live(city).n, Draft.objects.get().state) == (2, "open")
    if comes_back == "by the work":
        finish = at_another_start(jobs.finish)
        finish(timezone.now())
        finish(timezone.now())
    elif comes_back == "by its page":
        assert alice.get(f"/deposits/edits/{Draft.objects.get().pk}/").status_code == 200
    else:
        approve(alice, page, ["c0"], why="다시")
    draft = Draft.objects.get()
    assert (draft.state, draft.version, draft.why, live(city).n) == ("committed", 2, "현장 확인", 2)
    assert followed == ["물품"]
    entry = Entry.objects.get(what="dataset.edit")
    assert (entry.by, entry.why, entry.detail["version"]) == ("alice", "현장 확인", 2)
    assert "mark" not in entry.detail


def test_charlie_gets_no_copy_and_sees_no_edits(alice: Any, charlie: Any, city: Workspace) -> None:
    assert charlie.get("/deposits/copy/물품.xlsx").status_code == 403
    assert charlie.get("/deposits/grid/물품/").status_code == 403
    assert charlie.get("/deposits/grid/물품/rows.json").status_code == 403
    grid(alice)
    number = Draft.objects.get().pk
    for address in ("", "save/", "check/", "approve/", "drop/"):
        answer = charlie.get if not address else charlie.post
        assert answer(f"/deposits/edits/{number}/{address}").status_code in (400, 404)


def grid(browser: Any) -> dict[str, Any]:
    page = Page(browser.get("/deposits/grid/물품/"))
    sheet = page.find("#sheet")[0]
    said: dict[str, Any] = browser.get(sheet.get("data-rows")).json()
    return {**said, "save": sheet.get("data-save"), "check": sheet.get("data-check")}


def post(browser: Any, address: str, said: Any) -> Any:
    return browser.post(address, json.dumps(said), content_type="application/json")


def test_the_grid_keeps_a_draft_and_commits_it(alice: Any, city: Workspace) -> None:
    said = grid(alice)
    assert [c["label"] for c in said["columns"]] == HEAD.split(",")
    assert [c["locked"] for c in said["columns"]] == [False, False, True, False, False]
    assert said["rows"][0] == ["1", "이름1", "0************", "3", "2026-01-02"]
    edits = {"cells": {"0": {"수량": "30"}}, "added": [{"번호": "31", "이름": "새"}], "removed": [1]}
    saved = post(alice, said["save"], {"edits": edits, "saved": 0})
    assert saved.json() == {"saved": 1, "changes": 3}
    assert grid(alice)["edits"]["cells"] == {"0": {"수량": "30"}}
    behind = post(alice, said["save"], {"edits": {}, "saved": 0})  # another window
    assert (behind.status_code, behind.json()["code"]) == (409, "draft_moved")
    page = Page(alice.get(f"/deposits/edits/{Draft.objects.get().pk}/"))
    approve(alice, page, page.tree.xpath("//input[@name='line'][@checked]/@value"))
    assert column(city, "번호") == [1, *range(3, 32)]
    assert column(city, "수량")[0] == 30
    assert grid(alice)["edits"] == {}


def test_a_starred_column_is_not_written_by_the_grid(alice: Any, city: Workspace) -> None:
    said = grid(alice)
    post(alice, said["save"], {"edits": {"cells": {"0": {"전화": "0*", "수량": "5"}}}, "saved": 0})
    page = Page(alice.get(f"/deposits/edits/{Draft.objects.get().pk}/"))
    assert "가린 칸 1개를 고치거나 지웠지만" in page.text
    approve(alice, page, ["c0"])
    assert column(city, "전화")[0] == "010-1234-5601"
    assert column(city, "수량")[0] == 5


def test_types_are_checked_on_the_spot(alice: Any) -> None:
    said = grid(alice)
    asked = [["수량", "1,200"], ["수량", "열"], ["날짜", "2026-02-30"], ["이름", "=1+1"], ["없음", "x"]]
    told = post(alice, said["check"], {"cells": asked}).json()["cells"]
    assert [bool(each) for each in told] == [False, True, True, False, False]
    assert "2월 30일은 없습니다" in told[2]
    assert post(alice, said["check"], {"cells": [["x"]]}).status_code == 400
    assert post(alice, said["save"], {"edits": {"cells": {"a": 1}}, "saved": 0}).status_code == 400


def test_a_new_table_is_made_empty_and_filled(city: Workspace, signed_in: Any) -> None:
    dora = signed_in("steward", posts=[POST], username="dora")
    made = dora.post("/deposits/new/", {"title": "비품 대장", "label-0": "번호", "type-0": "integer",
                                        "label-1": "산 날", "type-1": "date", "steward": POST})  # fmt: skip
    assert made.status_code == 302
    found = city.bank["비품-대장"]
    assert (found.card["title"], found.card["steward"], found.latest.rows) == ("비품 대장", POST, 0)  # type: ignore[union-attr]
    page = Page(dora.get(made.url))
    address = page.find("#sheet")[0].get("data-save")
    post(dora, address, {"edits": {"added": [{"번호": "1", "산_날": "2026-3-4"}]}, "saved": 0})
    review = Page(dora.get(f"/deposits/edits/{Draft.objects.get().pk}/"))
    approve(dora, review, ["a0"])
    rows = table_of(city.bank["비품-대장"].latest)  # type: ignore[arg-type]
    assert rows["산_날"].cast(pa.string()).to_pylist() == ["2026-03-04"]
    taken = dora.post("/deposits/new/", {"title": "비품 대장", "label-0": "a"})
    assert "이미 쓰고 있습니다" in Page(taken).text


@pytest.mark.django_db(transaction=True)
def test_a_table_that_was_killed_is_made_by_making_it_again_and_nobody_waits_for_it(
    city: Workspace, signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dora = signed_in("steward", posts=[POST], username="dora")
    told = {"title": "비품 대장", "label-0": "번호", "type-0": "integer", "steward": POST}
    open_transactions: list[bool] = []
    deposit = Workspace.deposit

    def watched(*args: Any, **more: Any) -> Any:
        open_transactions.append(connection.in_atomic_block)
        return deposit(*args, **more)

    monkeypatch.setattr(Workspace, "deposit", watched)
    with monkeypatch.context() as patch:
        patch.setattr(tables, "record", lambda *_, **__: (_ for _ in ()).throw(Killed()))
        with pytest.raises(Killed):
            dora.post("/deposits/new/", told)
    assert dora.post("/deposits/new/", told).status_code == 302
    assert open_transactions == [False, False]
    found = city.bank["비품-대장"]
    assert (found.card["title"], found.card["steward"], len(found.versions)) == ("비품 대장", POST, 1)
    assert Entry.objects.get(what="dataset.create").thing == "dataset:비품-대장"
    assert "이미 쓰고 있습니다" in Page(dora.post("/deposits/new/", told)).text


def test_charlie_makes_no_table(charlie: Any) -> None:
    assert charlie.get("/deposits/new/").status_code == 403
    assert charlie.post("/deposits/new/", {"title": "x", "label-0": "a"}).status_code == 403


def broken(city: Workspace) -> str:
    put(city, [*ROWS[:5], "5,이름5,010-1234-5605,스물,2026-01-06", *ROWS[6:]])
    return live(city).deposit_id


def test_the_original_comes_back_with_its_problems_marked(alice: Any, charlie: Any, city: Workspace) -> None:
    deposit = broken(city)
    address = f"/deposits/receipts/물품/{deposit}/"
    page = Page(alice.get(address))
    book = openpyxl.load_workbook(io.BytesIO(body(alice.get(page.link("문제를 표시한 원본")))))
    sheet = book["자료"]
    assert "정수로 읽을 수 없습니다" in sheet["D6"].comment.text
    assert sheet["C6"].value == "0************"
    unmasked = page.link("가리지 않은 원본")
    for short in ("", "민", "         민         "):
        asked = alice.post(unmasked, {"reason": short})
        assert (asked.status_code, asked["Content-Type"].partition(";")[0]) == (400, "text/html")
    for said in (
        {"why": "민원 확인을 위해 봅니다"},
        {"reason": "민원 확인을 위해 봅니다"},
    ):  # an address gives no reason
        by_address = alice.get(unmasked, said)
        if by_address["Content-Type"].startswith("text/html"):
            continue
        left = openpyxl.load_workbook(io.BytesIO(body(by_address)))
        assert left["자료"]["C6"].value == "0************"
    assert not Entry.objects.filter(what="dataset.read_personal").exists()
    given = alice.post(unmasked, {"reason": "민원 확인을 위해 봅니다"}, follow=True)
    assert given["Cache-Control"] == "no-store"
    assert openpyxl.load_workbook(io.BytesIO(body(given)))["자료"]["C6"].value == "010-1234-5605"
    entry = Entry.objects.get(what="dataset.read_personal")
    assert (entry.why, entry.by, entry.thing) == ("민원 확인을 위해 봅니다", "alice", "물품")
    assert charlie.post(unmasked, {"reason": "궁금해서 봅니다 그냥"}).status_code == 403
    assert charlie.get(unmasked).status_code == 403
    starred = openpyxl.load_workbook(io.BytesIO(body(charlie.get(f"{address}marked.xlsx"))))
    assert starred["자료"]["C6"].value == "0************"
    assert alice.get("/deposits/receipts/물품/../x/").status_code == 404
    assert alice.get("/deposits/receipts/물품/20260101T000000000000-aaaaaa/").status_code == 404


def test_a_restricted_original_that_is_taken_is_on_record(alice: Any, city: Workspace) -> None:
    deposit = broken(city)
    card = city.bank["물품"].card
    marked = f"/deposits/receipts/물품/{deposit}/marked.xlsx"
    assert body(alice.get(marked))
    assert not Entry.objects.filter(what="dataset.download").exists()
    city.write_card("물품", {**card, "access": "restricted", "readers": []})
    assert body(alice.get(marked))
    entry = Entry.objects.get(what="dataset.download")
    assert (entry.by, entry.thing, entry.detail["deposit"], entry.detail["form"]) == (
        "alice", "물품", deposit, "original",
    )  # fmt: skip


def test_the_overview_tells_what_is_late_worse_refused_and_mine(
    alice: Any, charlie: Any, city: Workspace
) -> None:
    broken(city)
    city.deposit(city.folder / "물품.csv", "물품")
    (city.folder / "빈.csv").write_text("", encoding="utf-8")
    city.deposit(city.folder / "빈.csv", "물품")
    page = Page(alice.get("/deposits/"))
    assert "물품 대장" in page.text
    assert "점으로" in page.text  # the quality fell
    assert "빈.csv" in page.text
    assert "공중화장실" not in page.text  # not of her post
    other = Page(charlie.get("/deposits/"))
    assert "물품 대장" not in other.text


def test_versions_name_who_made_them(alice: Any, city: Workspace) -> None:
    book = workbook(alice)
    book.worksheets[0]["D2"] = 300
    page = Page(alice.get(send(alice, book).link("바뀐 것 보기")))
    approve(alice, page, ["c0"])
    rows = Page(alice.get("/data/물품/")).texts("#versions tbody tr")
    assert "김담당" in rows[0]
