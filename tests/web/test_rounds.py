"""A round from its opening to the merged version, by the pages: what each may do and what comes out."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from madang.workspace import Workspace
from web.round_helper import BAD, GOOD, HEADER, RoundOfTwo, xlsx
from web_page import Page

pytestmark = pytest.mark.slow


@pytest.fixture
def two(own_city: Workspace, signed_in: Any) -> RoundOfTwo:
    return RoundOfTwo(signed_in)


def text_of(response: Any) -> str:
    return Page(response).text


def merged(city: Workspace) -> list[tuple[Any, ...]]:
    version = Workspace.open(city.folder).bank["위원회-현황"].latest
    assert version is not None
    names = ["name", "members", "kind", "contributor"]
    return [tuple(row.values()) for row in pq.read_table(version.files[0]).select(names).to_pylist()]


def test_a_round_from_form_to_version(two: RoundOfTwo, own_city: Workspace) -> None:
    two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD)})
    assert (two.part("복지과").state, two.part("복지과").rows) == ("ready", 2)
    two.bora.post(f"{two.at('복지과')}submit/")
    two.chul.post(f"{two.at('도로과')}file/", {"file": xlsx(BAD)})
    assert (two.part("도로과").state, two.part("도로과").errors) == ("errors", 1)
    page = text_of(two.chul.get(two.at("도로과")))
    assert "열하나" in page
    assert "3행" in page
    refused = two.chul.post(f"{two.at('도로과')}submit/", follow=True)
    assert "오류가 1건 남아 있습니다" in text_of(refused)
    upload = two.part("도로과").uploads.get()
    field = f"cell-{upload.pk}-0-3-members"
    two.chul.post(f"{two.at('도로과')}mend/", {field: "11", f"was-{field}": "열하나"})
    assert (two.part("도로과").state, two.part("도로과").errors) == ("ready", 0)
    two.chul.post(f"{two.at('도로과')}submit/")
    assert "2곳 가운데 2곳의 4행" in text_of(two.alice.get(f"{two.url}merge/"))
    done = two.alice.post(f"{two.url}merge/", follow=True)
    assert "1판을 만들었습니다. 4행입니다." in text_of(done)
    assert sorted(merged(own_city)) == [
        ("교통안전위원회", 11, "조례", "도로과"), ("노인복지위원회", 12, "법정", "복지과"),
        ("도로명주소위원회", 7, "법정", "도로과"), ("아동위원회", 9, "조례", "복지과"),
    ]  # fmt: skip


def test_the_form_goes_out_and_comes_back_without_its_example(two: RoundOfTwo) -> None:
    sent = two.bora.get(f"{two.at('복지과')}form.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(sent.content))
    sheet = book["작성"]
    assert [cell.value for cell in sheet[1]] == HEADER
    assert [cell.value for cell in sheet[2]] == ["도시계획위원회", "15", "2009-04-01", "법정"]
    assert sheet.protection.sheet
    kinds = {str(each.sqref): each.type for each in sheet.data_validations.dataValidation}
    assert {kinds["B2:B2001"], kinds["C2:C2001"], kinds["D2:D2001"]} == {"whole", "date", "list"}
    assert book["_madang"].sheet_state == "veryHidden"
    for number, row in enumerate(GOOD, 3):
        for place, value in enumerate(row, 1):
            sheet.cell(number, place, value)
    held = io.BytesIO()
    book.save(held)
    two.bora.post(f"{two.at('복지과')}file/", {"file": SimpleUploadedFile("양식.xlsx", held.getvalue())})
    assert (two.part("복지과").state, two.part("복지과").rows) == ("ready", 2)
    assert "모으지 않습니다" not in text_of(two.bora.get(two.at("복지과")))  # all sheets are the form's own
    two.chul.post(f"{two.at('도로과')}file/", {"file": SimpleUploadedFile("양식.xlsx", held.getvalue())})
    assert two.part("도로과").rows == 0  # the form of 복지과
    assert "다른 부서에 나간 양식입니다" in text_of(two.chul.get(two.at("도로과")))


def test_the_form_goes_out_as_a_document(two: RoundOfTwo) -> None:
    sent = two.bora.get(f"{two.at('복지과')}form.hwpx")
    from hwpx import HwpxDocument

    document = HwpxDocument.open(io.BytesIO(sent.content))
    assert [document.tables[0].cell(0, c).text for c in range(4)] == HEADER
    document.close()


def test_files_add_up_or_replace_each_other(two: RoundOfTwo) -> None:
    at = f"{two.at('복지과')}file/"
    two.bora.post(at, {"file": xlsx(GOOD[:1])})
    two.bora.post(at, {"file": xlsx(GOOD[1:]), "mode": "add"})
    assert two.part("복지과").rows == 2
    two.bora.post(at, {"file": xlsx(GOOD[1:]), "mode": "replace"})
    assert two.part("복지과").rows == 1
    two.bora.post(f"{two.at('복지과')}remove/3/")
    assert (two.part("복지과").rows, two.part("복지과").state) == (0, "opened")


def test_headers_that_are_not_understood_are_mapped_by_a_person(two: RoundOfTwo) -> None:
    header = ["모임 이름", "사람", "설치일", "종류"]  # 종류 is another name of 구분
    two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD, header)})
    page = text_of(two.bora.get(two.at("복지과")))
    assert "찾지 못한 필수 항목: 위원수, 위원회명" in page
    two.bora.post(f"{two.at('복지과')}map/1/", {"map-모임 이름": "위원회명", "map-사람": "위원수"})
    assert (two.part("복지과").state, two.part("복지과").errors, two.part("복지과").rows) == ("ready", 0, 2)


def test_a_correction_after_the_merge_makes_a_new_version(two: RoundOfTwo, own_city: Workspace) -> None:
    for who, name, rows in ((two.bora, "복지과", GOOD), (two.chul, "도로과", BAD[:1])):
        who.post(f"{two.at(name)}file/", {"file": xlsx(rows)})
        who.post(f"{two.at(name)}submit/")
    two.alice.post(f"{two.url}merge/")
    corrected = xlsx([["도로명주소위원회", 8, "2012-01-01", "법정"]])
    two.chul.post(f"{two.at('도로과')}file/", {"file": corrected, "mode": "replace"})
    assert two.part("도로과").handed_in.number == 2  # what was handed in stays until the corrected one is
    two.chul.post(f"{two.at('도로과')}submit/", {"partial": "on"})
    board = text_of(two.alice.get(two.url))
    assert "다시 모으십시오" in board
    assert "일부 제출" in board
    two.alice.post(f"{two.url}merge/")
    assert ("도로명주소위원회", 8, "법정", "도로과") in merged(own_city)
    versions = Workspace.open(own_city.folder).bank["위원회-현황"].versions
    told = [[c["contribution"] for c in v.facts["merged"]["contributions"]] for v in versions]
    assert told == [[2, 1], [3, 1]]  # 도로과 stands before 복지과


def test_the_same_row_of_two_departments_is_decided(two: RoundOfTwo, own_city: Workspace) -> None:
    two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD)})
    two.bora.post(f"{two.at('복지과')}submit/")
    two.chul.post(
        f"{two.at('도로과')}file/", {"file": xlsx([["아동위원회", 10, "2015-07-01", "조례"], BAD[0]])}
    )
    told = text_of(two.chul.get(two.at("도로과")))
    assert "다른 부서도 낸 행이 1건 있습니다" in told
    assert "복지과" not in told
    two.chul.post(f"{two.at('도로과')}submit/")
    assert "먼저 정하십시오" in text_of(two.alice.get(f"{two.url}merge/"))
    refused = text_of(two.alice.post(f"{two.url}merge/", follow=True))
    assert "어느 부서의 행을 쓸지" in refused
    before = Page(two.alice.get(f"{two.url}merge/"))
    assert "2곳의 4행" in before.text
    decided = two.alice.post(f"{two.url}merge/", {"key": '["아동위원회"]', "keeps": "복지과"}, follow=True)
    after = Page(decided)
    assert "복지과의 행만 모으기로 정했습니다" in after.text
    assert "2곳의 3행" in after.text
    assert "겹친 행 1행은 정한 대로 뺐습니다" in after.text
    previewed = [row.split()[:2] for row in after.texts("table.cells tr")]
    assert ["복지과", "아동위원회"] in previewed
    assert ["도로과", "아동위원회"] not in previewed
    assert "모든 부서의 행을 두기로" in text_of(
        two.alice.post(f"{two.url}merge/", {"key": '["아동위원회"]', "keeps": ""}, follow=True)
    )
    assert "2곳의 4행" in text_of(two.alice.get(f"{two.url}merge/"))
    two.alice.post(f"{two.url}merge/", {"key": '["아동위원회"]', "keeps": "복지과"})
    two.alice.post(f"{two.url}merge/")
    assert [row for row in merged(own_city) if row[0] == "아동위원회"] == [
        ("아동위원회", 9, "조례", "복지과")
    ]


def test_sign_off_needs_a_second_person(own_city: Workspace, signed_in: Any) -> None:
    two = RoundOfTwo(signed_in, needs_signature="on")
    boss = signed_in("official", department="복지과", username="boss")
    two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD)})
    two.bora.post(f"{two.at('복지과')}submit/")
    assert "0곳의 0행" in text_of(two.alice.get(f"{two.url}merge/"))
    assert "2곳 가운데 1곳 제출, 0곳 결재" in text_of(two.alice.get(two.url))
    assert "결재 대기" in text_of(two.alice.get(two.url))
    assert "스스로 결재할 수 없습니다" in text_of(two.bora.post(f"{two.at('복지과')}sign/", follow=True))
    to_sign = text_of(boss.get(two.at("복지과")))
    assert to_sign.index("김담당 님이 낸 2행을 확인하고") < to_sign.index("1. 양식 받기")
    assert "결재 대기" in text_of(boss.get("/rounds/"))
    boss.post(f"{two.at('복지과')}sign/")
    assert "2곳 가운데 1곳 제출, 1곳 결재" in text_of(two.alice.get(two.url))
    signed = text_of(boss.get(two.at("복지과")))
    assert "김담당 결재." in signed
    assert "boss" not in signed
    assert (two.part("복지과").state, two.part("복지과").handed_in.signed_by) == ("signed", "boss")
    two.alice.post(f"{two.url}act/", {"do": "accept", "part": two.part("복지과").pk})
    assert two.part("복지과").state == "accepted"
    assert "1곳의 2행" in text_of(two.alice.get(f"{two.url}merge/"))


def test_who_may_sign_is_told_and_nobody_else(own_city: Workspace, signed_in: Any) -> None:
    from madang.web.notices.models import Notice

    two = RoundOfTwo(signed_in, needs_signature="on")
    signed_in("official", department="복지과", username="boss")
    signed_in("official", posts=["복지과 노인팀"], username="holder")
    signed_in("resident", department="복지과", username="resident")
    two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD)})
    two.bora.post(f"{two.at('복지과')}submit/")
    told = Notice.objects.filter(code="notice_round_sign")
    assert sorted(told.values_list("person", flat=True)) == ["boss", "holder"]
    assert set(told.values_list("url", flat=True)) == {two.at("복지과")}


def test_a_round_that_would_be_over_when_it_begins_is_not_made(own_city: Workspace, signed_in: Any) -> None:
    from madang.web.rounds.models import Round

    alice = signed_in("steward", posts=["기획과 데이터팀"], username="alice")
    told = alice.post("/rounds/new/", {"title": "지난 취합", "due_at": "2020-01-01T09:00"})
    assert told.status_code == 400
    page = Page(told)
    assert "기한이 이미 지났습니다" in page.text
    assert [each.get("value") for each in page.find("input#title")] == ["지난 취합"]
    assert not Round.objects.exists()


def test_an_address_of_no_round_leads_to_the_list_of_rounds(two: RoundOfTwo) -> None:
    lost = two.alice.get("/rounds/zzz/")
    assert lost.status_code == 404
    assert Page(lost).link("취합 목록") == "/rounds/"


def test_a_column_that_is_missing_is_missed_by_the_form(two: RoundOfTwo) -> None:
    two.bora.post(
        f"{two.at('복지과')}file/",
        {"file": xlsx([["가나", "2010-03-02", "법정"]], ["위원회명", "설치일", "구분"])},
    )
    told = text_of(two.bora.get(two.at("복지과")))
    assert "이 취합의 서식에 있는 '위원수' 항목이 이 파일에 없습니다" in told
    assert "표준이 요구" not in told


def test_sent_back_it_counts_no_more(two: RoundOfTwo) -> None:
    two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD)})
    two.bora.post(f"{two.at('복지과')}submit/")
    two.alice.post(
        f"{two.url}act/", {"do": "return", "part": two.part("복지과").pk, "why": "작년 자료입니다"}
    )
    assert two.part("복지과").handed_in is None
    assert "작년 자료입니다" in text_of(two.bora.get(two.at("복지과")))
    from madang.web.notices.models import Notice

    assert Notice.objects.filter(post="복지과", code="notice_round_returned").count() == 1


def test_nothing_to_hand_in_and_late(two: RoundOfTwo) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from madang.web.rounds.models import Round

    two.bora.post(f"{two.at('복지과')}nothing/", {"note": "위원회가 없음"})
    assert two.part("복지과").state == "nothing"
    Round.objects.update(due_at=timezone.now() - timedelta(hours=1))
    assert "늦음 1곳" in text_of(two.alice.get(two.url))
    two.chul.post(f"{two.at('도로과')}file/", {"file": xlsx(BAD[:1])})
    two.chul.post(f"{two.at('도로과')}submit/")
    assert two.part("도로과").handed_in.is_late
    later = timezone.localtime() + timedelta(days=2)
    two.alice.post(
        f"{two.url}act/", {"do": "extend", "part": two.part("복지과").pk, "until": f"{later:%Y-%m-%dT%H:%M}"}
    )
    assert two.part("복지과").until > timezone.now()


def test_next_year_starts_from_this_year(two: RoundOfTwo) -> None:
    from datetime import date

    from madang.web.accounts.models import Department

    two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD)})
    two.bora.post(f"{two.at('복지과')}submit/")
    two.alice.post(f"{two.url}close/")
    caring = Department.objects.create(name="돌봄과")
    Department.objects.filter(name="복지과").update(successor=caring, valid_until=date(2020, 1, 1))
    after = two.alice.post(f"{two.url}next/", {"title": "2027년 위원회 현황", "due_at": two.due})["Location"]
    page = Page(two.alice.get(after))
    two.alice.post(f"{after}settings/", {**page.filled(f"{after}settings/"), "do": "open"})
    two.url = after
    assert sorted(part.name for part in two.round.parts.all()) == ["도로과", "돌봄과"]
    assert two.part("돌봄과").rows_before == 2
    sent = two.alice.get(f"{two.at('돌봄과')}form.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(sent.content))["작성"]
    assert [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3, max_row=4)] == [
        ["노인복지위원회", 12, "2010-03-02", "법정"], ["아동위원회", 9, "2015-07-01", "조례"],
    ]  # fmt: skip


def test_the_round_leaves_papers(two: RoundOfTwo) -> None:
    two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD)})
    two.bora.post(f"{two.at('복지과')}submit/")
    two.alice.post(f"{two.url}merge/")
    book = openpyxl.load_workbook(io.BytesIO(two.alice.get(f"{two.url}record.xlsx").content))
    assert [cell.value for cell in book["부서"][3]][:3] == ["복지과", "제출함", 2]
    assert [cell.value for cell in book["모은 판"][2]][:1] == [1]
    links = two.alice.get(f"{two.url}addresses.csv")
    assert two.link("복지과") in links.content.decode("utf-8-sig")
    for keys in (links, two.alice.get(f"{two.url}links/")):
        assert keys["Cache-Control"] == "no-store"
    assert "취합 기록" in text_of(two.alice.get(f"{two.url}record/"))


def test_every_step_is_in_the_audit_trail(two: RoundOfTwo) -> None:
    from madang.web.audit.models import Entry
    from madang.web.audit.verify import broken_at

    two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD)})
    two.bora.post(f"{two.at('복지과')}submit/")
    two.alice.post(f"{two.url}merge/")
    done = list(Entry.objects.filter(what__startswith="round.").values_list("what", "by"))
    for step in (
        ("round.open", "alice"),
        ("round.file", "bora"),
        ("round.submit", "bora"),
        ("round.merge", "alice"),
    ):
        assert step in done
    assert broken_at() is None


def test_a_form_file_becomes_the_columns(own_city: Workspace, signed_in: Any) -> None:
    alice = signed_in("steward", username="alice")
    form = xlsx([["가람관", "2020-01-01", 30]], ["시설명", "개관일", "면적(㎡)"], "서식.xlsx")
    made = alice.post("/rounds/new/", {"title": "공공시설", "due_at": "2099-01-01T18:00", "form": form})
    from madang.web.rounds.models import Round

    found = Round.objects.get(key=made["Location"].strip("/").split("/")[-1]).columns
    assert [(c["label"], c["type"], c["unit"], c["example"]) for c in found] == [
        ("시설명", "text", "", "가람관"), ("개관일", "date", "", "2020-01-01"), ("면적", "integer", "㎡", "30"),
    ]  # fmt: skip
    page = alice.get(made["Location"])
    assert page.status_code == 200
    assert [each.get("value") for each in Page(page).find("input") if each.get("name") == "label-0"] == [
        "시설명"
    ]


def test_a_file_comes_back_with_its_wrong_cells_marked(two: RoundOfTwo) -> None:
    two.chul.post(f"{two.at('도로과')}file/", {"file": xlsx(BAD)})
    answer = two.chul.get(f"{two.at('도로과')}marked/1/0/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["Sheet"]
    assert "열하나" in sheet["B3"].comment.text
    assert sheet["B2"].comment is None
    assert two.bora.get(f"{two.at('도로과')}marked/1/0/").status_code == 404


def test_a_large_file_is_checked_by_the_runner(two: RoundOfTwo, monkeypatch: pytest.MonkeyPatch) -> None:
    from types import SimpleNamespace

    from django.conf import settings

    from madang.access import Person
    from madang.web.rounds import views_part
    from madang.web.rounds.jobs import check_large
    from madang.web.work.models import Job

    monkeypatch.setattr(views_part, "_AT_ONCE", 100)
    two.bora.post(f"{two.at('복지과')}file/", {"file": xlsx(GOOD)})
    assert two.part("복지과").state == "checking"
    assert "끝나면 이 화면이 바뀝니다" in text_of(two.bora.get(two.at("복지과")))
    job = Job.objects.get(kind="round-check")
    running = SimpleNamespace(
        workspace=Workspace.open(settings.MADANG_WORKSPACE), by=Person("bora"), progress=lambda *told: None
    )
    check_large(running, **job.params)  # type: ignore[arg-type]
    assert (two.part("복지과").state, two.part("복지과").rows) == ("ready", 2)


def test_reminders_go_out_on_their_days_and_once(two: RoundOfTwo) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from madang.web.notices.models import Notice
    from madang.web.rounds.actions import due_reminders

    two.bora.post(f"{two.at('복지과')}nothing/")
    due = two.round.due_at
    assert due_reminders(due - timedelta(days=5)) == 0
    assert due_reminders(due - timedelta(days=3)) == 1  # 도로과; 복지과 has answered
    assert due_reminders(due - timedelta(days=3)) == 0
    assert due_reminders(due + timedelta(days=1)) == 1
    assert timezone.now() < due
    codes = Notice.objects.filter(post="도로과").order_by("pk").values_list("code", flat=True)
    assert list(codes) == ["notice_round_open", "notice_round_due", "notice_round_late"]
