"""Personal values are shown as they are only to who may and says why; every time is entered."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import include, path

from madang.web.audit.models import Entry
from madang.web.audit.reason import with_reason
from madang.web.config import urls as site
from madang.web.shell.doors import page
from madang.workspace import Workspace
from made_up_bank import PARKING
from web_page import Page

POST = "교통과 주차관리팀"
AT = f"/tried/{PARKING}/"
WHY = "체납 안내문 발송, 징수과-1234"


@with_reason(lambda request: request.GET.get("personal") == "1")
@page
def rows(request: HttpRequest, dataset: str) -> HttpResponse:
    return HttpResponse(f"shown: {getattr(request, 'reason', '?')}")


urlpatterns = [path("tried/<str:dataset>/", rows, name="tried"), path("", include(site.urlpatterns))]


@pytest.fixture(autouse=True)
def _city(own_city: Workspace) -> Iterator[None]:
    card = own_city.bank[PARKING].card
    own_city.bank.write_card(PARKING, {**card, "steward": POST}, by="x", at=own_city.clock())
    with override_settings(ROOT_URLCONF=__name__):
        yield


def entries() -> list[tuple[str, str, str, str]]:
    return list(
        Entry.objects.filter(what="dataset.read_personal").values_list("by", "thing", "why", "detail__page")
    )


def test_masked_rows_need_no_reason(signed_in: Any) -> None:
    assert signed_in("official").get(AT).content == b"shown: "
    assert entries() == []


def test_a_reason_comes_first_and_every_look_is_entered(signed_in: Any) -> None:
    kim = signed_in("official", posts=[POST], username="kim")
    asked = kim.get(AT + "?personal=1")
    assert Page(asked).texts("h1") == ["개인정보를 보는 까닭"]
    assert b"shown" not in asked.content
    assert entries() == []
    short = kim.post(AT + "?personal=1", {"reason": "업무"})
    assert (short.status_code, "10자 이상" in Page(short).text) == (400, True)
    assert kim.post(AT + "?personal=1", {"reason": WHY}).headers["Location"].endswith("?personal=1")
    for _ in range(2):
        assert kim.get(AT + "?personal=1").content.decode() == f"shown: {WHY}"
    assert entries() == [("kim", PARKING, WHY, "tried")] * 2


def test_the_right_is_asked_even_with_a_reason(signed_in: Any) -> None:
    for roles in (["analyst"], ["executive"], ["steward"]):
        other = signed_in(*roles)
        assert other.get(AT + "?personal=1").status_code == 403
        assert other.post(AT + "?personal=1", {"reason": WHY}).status_code == 403
    kim = signed_in("official", posts=[POST], username="kim")
    kim.post(AT + "?personal=1", {"reason": WHY})
    from madang.web.accounts.models import Holding

    Holding.objects.all().delete()
    assert kim.get(AT + "?personal=1").status_code == 403
    assert entries() == []


def test_a_reason_is_for_one_dataset_and_a_quarter_of_an_hour(
    signed_in: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    kim = signed_in("administrator", username="kim")
    kim.post(AT + "?personal=1", {"reason": WHY})
    other = [each for each in ("새빛시-가로등", "새빛시-도서관") if each != PARKING][0]
    assert b"shown" not in kim.get(f"/tried/{other}/?personal=1").content
    now = time.time()
    monkeypatch.setattr("madang.web.audit.reason.time.time", lambda: now + 16 * 60)
    assert b"shown" not in kim.get(AT + "?personal=1").content
