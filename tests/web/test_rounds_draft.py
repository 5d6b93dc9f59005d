"""Making a round ready: one form for everything, saved as a whole, and what could not be saved is not lost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from madang.web.rounds.form import columns_of
from madang.web.rounds.models import Round
from madang.workspace import Workspace
from web.round_helper import COLUMNS, RoundOfTwo
from web_page import Page

pytestmark = pytest.mark.slow


class Draft:
    """A round that Alice is making; 복지과 and 도로과 could be asked."""

    def __init__(self, signed_in: Any) -> None:
        self.alice = signed_in("steward", posts=["기획과 데이터팀"], username="alice")
        for name, department in (("bora", "복지과"), ("chul", "도로과")):
            signed_in("official", department=department, username=name)
        self.due = f"{timezone.localtime() + timedelta(days=7):%Y-%m-%dT%H:%M}"
        self.url = self.alice.post("/rounds/new/", {"title": "위원회 현황", "due_at": self.due})["Location"]

    @property
    def round(self) -> Round:
        return Round.objects.get()

    def save(self, **said: Any) -> Any:
        """Press 저장하기 with these changes to the page."""
        filled = Page(self.alice.get(self.url)).filled(f"{self.url}settings/")
        return self.alice.post(f"{self.url}settings/", {**filled, **said})

    @property
    def asked(self) -> set[str]:
        return {part.department.name for part in self.round.parts.all()}


@pytest.fixture
def draft(own_city: Workspace, signed_in: Any) -> Draft:
    return Draft(signed_in)


def test_one_save_keeps_texts_columns_and_departments(draft: Draft) -> None:
    departments = [RoundOfTwo.department("복지과")]
    told = draft.save(why="지방자치법", needs_signature="on", department=departments, **COLUMNS)
    assert told["Location"] == draft.url
    made = draft.round
    assert (made.why, made.needs_signature, made.state) == ("지방자치법", True, "draft")
    assert [column.label for column in columns_of(made.columns)] == ["위원회명", "위원수", "설치일", "구분"]
    assert draft.asked == {"복지과"}


def test_the_page_saved_as_it_stands_changes_nothing(draft: Draft) -> None:
    draft.save(
        why="지방자치법", nothing_allowed="on", department=[RoundOfTwo.department("복지과")], **COLUMNS
    )
    before = Round.objects.values().get()
    draft.save()
    assert Round.objects.values().get() == before
    assert draft.asked == {"복지과"}


def test_the_page_has_one_form_that_saves(draft: Draft) -> None:
    page = Page(draft.alice.get(draft.url))
    assert [form.action for form in page.tree.forms if form.action.startswith(draft.url)] == [
        f"{draft.url}settings/"
    ]


def test_what_cannot_be_saved_is_shown_again_as_it_was_written(draft: Draft) -> None:
    twice = {**COLUMNS, "label-1": "위원회명"}
    answer = draft.save(why="까닭은 이렇다", department=[RoundOfTwo.department("도로과")], **twice)
    page = Page(answer)
    assert answer.status_code == 400
    assert "‘위원회명’이 두 번" in page.texts(".told")[0]
    again = page.filled(f"{draft.url}settings/")
    assert (again["why"], again["label-1"], again["unit-1"]) == (["까닭은 이렇다"], ["위원회명"], ["명"])
    assert again["department"] == [str(RoundOfTwo.department("도로과"))]
    assert (draft.round.why, draft.asked) == ("", set())  # all or nothing


def test_a_draft_without_columns_may_wait_but_not_open(draft: Draft) -> None:
    draft.save(why="나중에", department=[RoundOfTwo.department("복지과")])
    assert (draft.round.why, draft.asked) == ("나중에", {"복지과"})
    draft.save(do="open")
    assert draft.round.state == "draft"


def test_opening_says_what_was_sent_and_what_was_only_made(draft: Draft) -> None:
    departments = [RoundOfTwo.department(name) for name in ("복지과", "도로과")]
    draft.save(department=departments, do="open", **COLUMNS)
    page = Page(draft.alice.get(draft.url))
    (told,) = page.find(".told")
    assert "good" in told.get("class").split()
    assert "2곳에 마당 알림" in told.text_content()
    assert "링크가 나갔습니다" not in page.text


def test_the_links_page_tells_who_has_no_account(draft: Draft, signed_in: Any) -> None:
    from madang.web.accounts.models import Department
    from madang.web.audit.models import Entry

    empty = Department.objects.create(name="새로 생긴 과")
    departments = [RoundOfTwo.department("복지과"), empty.pk]
    draft.save(department=departments, do="open", **COLUMNS)
    page = Page(draft.alice.get(f"{draft.url}links/"))
    told = {row[0]: row[2] for row in page.rows("content")}
    assert told == {"복지과": "계정이 있어 받음", "새로 생긴 과": "받을 사람 없음"}
    links = [each.text_content() for each in page.find("code")]
    assert len(set(links)) == 2
    for each in links:
        assert draft.alice.get(each.removeprefix("http://127.0.0.1")).status_code == 200
    assert Entry.objects.filter(what="round.addresses", thing=f"round:{draft.round.key}").exists()
