"""Words of people's pages: roles as cards a civil servant can read, scopes of tokens, lock-out."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from madang.access import Role


@dataclass(frozen=True)
class RoleCard:
    """A role in words: what it is for, what it may do and what it may not."""

    role: str
    title: object
    about: object
    may: tuple[object, ...]
    may_not: tuple[object, ...]


ROLE_CARDS: dict[Role, RoleCard] = {
    "resident": RoleCard(
        "resident",
        lazy("주민"),
        lazy("개방된 자료를 보는 사람입니다."),
        (lazy("개방하기로 결정된 자료를 보고 내려받습니다."),),
        (lazy("기관 안의 자료는 보지 못합니다."),),
    ),
    "official": RoleCard(
        "official",
        lazy("부서 담당"),
        lazy("자료를 찾아 쓰고, 자기 부서의 취합을 채우는 직원입니다."),
        (
            lazy("공개·내부 자료를 보고 내려받습니다. 개인정보는 가려진 채로 보입니다."),
            lazy("취합 요청을 받아 자기 부서의 자료를 냅니다."),
            lazy("맡은 자리의 자료를 올리고 카드를 고칩니다."),
        ),
        (
            lazy("제한 자료는 맡은 자리나 열람 부서가 아니면 있는지도 보이지 않습니다."),
            lazy("새 데이터를 만들거나 자료를 개방하지 못합니다."),
        ),
    ),
    "steward": RoleCard(
        "steward",
        lazy("데이터 담당"),
        lazy("맡은 자리의 자료를 책임지고, 취합을 열고, 개방을 결정하는 직원입니다."),
        (
            lazy("새 데이터를 만들고 맡은 자료의 새 판을 올립니다."),
            lazy("맡은 자료의 카드를 고치고 앞의 판으로 되돌립니다."),
            lazy("취합을 열고, 맡은 자료의 개방을 결정합니다."),
            lazy("맡은 자료의 개인정보를 까닭을 적고 그대로 볼 수 있습니다. 볼 때마다 기록됩니다."),
        ),
        (
            lazy("맡지 않은 자료는 고치거나 개방하지 못합니다."),
            lazy("자료를 파기하거나 사람의 권한을 바꾸지 못합니다."),
        ),
    ),
    "analyst": RoleCard(
        "analyst",
        lazy("분석관"),
        lazy("볼 수 있는 자료에 질의해 답을 찾는 직원입니다."),
        (
            lazy("볼 수 있는 자료에 SQL로 질의하고 결과를 저장합니다."),
            lazy("공개·내부 자료를 보고 내려받습니다."),
        ),
        (
            lazy("제한 자료와 가려진 개인정보는 질의로도 보지 못합니다."),
            lazy("남의 자료를 올리거나 고치지 못합니다."),
        ),
    ),
    "executive": RoleCard(
        "executive",
        lazy("결재권자"),
        lazy("자료와 현황을 보는 간부입니다."),
        (lazy("공개·내부 자료와 현황을 봅니다."),),
        (
            lazy("제한 자료와 가려진 개인정보는 보지 못합니다."),
            lazy("자료를 고치지 못합니다. 직위가 높다고 더 보이지 않습니다."),
        ),
    ),
    "administrator": RoleCard(
        "administrator",
        lazy("관리자"),
        lazy("마당을 운영하는 사람입니다. 하는 일이 모두 기록됩니다."),
        (
            lazy("사람과 부서, 자리, 권한을 정합니다."),
            lazy("모든 자료를 다루고, 법에 따라 파기합니다."),
            lazy("감사 기록을 보고 내려받습니다."),
        ),
        (lazy("감사 기록을 고치거나 지우지 못합니다."),),
    ),
}
SCOPES: dict[str, object] = {
    "read": lazy("읽기: 볼 수 있는 자료를 읽습니다"),
    "deposit": lazy("올리기: 맡은 자료의 새 판을 올립니다"),
}


def locked_words() -> str:
    """What somebody locked out reads; the same whether there is such an account or not."""
    return _(
        "여러 번 잘못 입력해 잠시 잠겼습니다. %(minutes)s분 뒤에 다시 하거나 관리자에게 풀어 달라고 하십시오."
    ) % {"minutes": settings.MADANG_LOCK_MINUTES}


def role_title(role: str) -> str:
    """A role in Korean."""
    card = ROLE_CARDS.get(role)  # type: ignore[call-overload]
    return str(card.title) if card else role
