"""What the pages of people say: what I may do, and who holds what in a department."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from madang.web.accounts.models import Department, Post
from madang.workspace import Workspace
from web_page import Page

POST = "교통과 주차관리팀"


@pytest.fixture(autouse=True)
def _city(made_up: Workspace) -> Iterator[None]:
    with override_settings(MADANG_WORKSPACE=str(made_up.folder)):
        yield


def told(browser: Any) -> tuple[list[str], list[str]]:
    page = Page(browser.get("/accounts/me/"))
    return page.texts("ul.may li"), page.texts("ul.may-not li")


def has(lines: list[str], words: str) -> bool:
    return any(words in line for line in lines)


@pytest.mark.parametrize(
    ("roles", "posts", "may", "may_not"),
    [
        (
            ["official"],
            [],
            ["공개·내부 자료를", "취합 채우기"],
            ["새 판 올리기", "개방하기로 결정", "SQL", "취합 열기", "파기"],
        ),
        (["official"], [POST], ["새 판 올리기", "까닭을 적고"], ["개방하기로 결정", "새 데이터 만들기"]),
        (
            ["steward"],
            [POST],
            ["새 판 올리기", "개방하기로 결정", "취합 열기", "새 데이터"],
            ["남이 맡은 자료 올리기", "파기", "SQL"],
        ),
        (["steward"], [], ["취합 열기", "새 데이터"], ["새 판 올리기", "개방하기로 결정"]),
        (["executive"], [POST], ["새 판 올리기"], ["개방하기로 결정", "SQL", "남이 맡은 제한 자료"]),
        (["analyst"], [], ["SQL"], ["새 판 올리기", "남이 맡은 제한 자료"]),
        (["steward", "administrator"], [], ["파기", "남이 맡은 자료 올리기", "감사 기록"], []),
        (["resident"], [], [], ["공개·내부 자료를", "취합 채우기", "SQL"]),
    ],
)
def test_my_page_says_what_the_policy_lets_me_do(
    signed_in: Any, roles: list[str], posts: list[str], may: list[str], may_not: list[str]
) -> None:
    can, cannot = told(signed_in(*roles, posts=posts))
    for words in may:
        assert has(can, words), words
        assert not has(cannot, words), words
    for words in may_not:
        assert has(cannot, words), words
        assert not has(can, words), words


def test_a_department_lists_its_posts_with_who_holds_them(signed_in: Any) -> None:
    signed_in("steward", posts=[POST], department="교통과", username="alice")
    boss = signed_in("administrator", username="boss")
    department = Department.objects.get(name="교통과")
    Post.objects.create(name="교통과 빈자리", department=department)
    page = Page(boss.get(f"/accounts/departments/{department.pk}/"))
    posts, people = page.find("ul.rows")
    lines = [" ".join(each.text_content().split()) for each in posts]
    assert len(lines) == 2
    assert "맡은 사람 없음" in next(line for line in lines if "빈자리" in line)
    assert "김담당" in next(
        line for line in lines if "주차관리팀" in line
    )  # what people.make calls everybody
    assert "alice" in people.text_content()
    assert "boss" not in people.text_content()
