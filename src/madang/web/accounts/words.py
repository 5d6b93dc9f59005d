"""Words of people's pages: roles as cards a civil servant can read, scopes of tokens, lock-out."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from madang.access import Person, Role, Thing, Verb, can
from madang.access.thing import WORKSPACE


@dataclass(frozen=True)
class RoleCard:
    """A role in words: what it is called and what it is for. What somebody may do, `abilities` asks the policy."""

    role: str
    title: object
    about: object


ROLE_CARDS: dict[Role, RoleCard] = {
    "resident": RoleCard("resident", lazy("주민"), lazy("개방된 자료를 보는 사람입니다.")),
    "official": RoleCard(
        "official", lazy("부서 담당"), lazy("자료를 찾아 쓰고, 자기 부서의 취합을 채우는 직원입니다.")
    ),
    "steward": RoleCard(
        "steward",
        lazy("데이터 담당"),
        lazy("맡은 자리의 자료를 책임지고, 취합을 열고, 개방을 결정하는 직원입니다."),
    ),
    "analyst": RoleCard("analyst", lazy("분석관"), lazy("볼 수 있는 자료에 질의해 답을 찾는 직원입니다.")),
    "executive": RoleCard(
        "executive",
        lazy("결재권자"),
        lazy("자료와 현황을 보는 간부입니다. 직위가 높다고 더 보이지 않습니다."),
    ),
    "administrator": RoleCard(
        "administrator", lazy("관리자"), lazy("마당을 운영하는 사람입니다. 하는 일이 모두 기록됩니다.")
    ),
}
_ABILITIES: tuple[tuple[object, Verb, str], ...] = (  # words, verb, with what
    (lazy("공개·내부 자료를 보고 내려받기(개인정보는 가려짐)"), "read", "internal"),
    (lazy("맡은 자리나 부서의 제한 자료 보기"), "read", "own restricted"),
    (lazy("남이 맡은 제한 자료 보기(열람하도록 정해진 것은 빼고)"), "read", "restricted"),
    (lazy("자기 부서의 취합 채우기"), "fill", "workspace"),
    (lazy("새 데이터 만들기"), "create", "workspace"),
    (lazy("맡은 자리나 부서의 자료에 새 판 올리기, 카드 고치기, 되돌리기"), "deposit", "own"),
    (lazy("남이 맡은 자료 올리기와 고치기"), "deposit", "internal"),
    (lazy("맡은 자리나 부서의 개인정보를 까닭을 적고 그대로 보기(볼 때마다 기록됨)"), "read_personal", "own"),
    (lazy("맡은 자리나 부서의 자료를 수집하도록 정하기"), "collect", "own"),
    (lazy("맡은 자리나 부서의 자료를 개방하기로 결정하기"), "release", "own"),
    (lazy("취합 열기"), "open_round", "workspace"),
    (lazy("볼 수 있는 자료에 SQL로 질의하기"), "query", "workspace"),
    (lazy("사람, 부서, 자리, 권한 정하기"), "administer", "workspace"),
    (lazy("법에 따라 자료 파기하기"), "erase", "workspace"),
    (lazy("감사 기록 보고 내려받기"), "audit", "workspace"),
)


def abilities(person: Person) -> tuple[list[str], list[str]]:
    """What a person may do today and what not, in words; the policy decides, not this page."""
    own = min(person.posts, default="") or min(person.departments, default="")
    things = {
        "workspace": WORKSPACE,
        "internal": Thing("dataset", "-", steward="-"),
        "restricted": Thing("dataset", "-", access="restricted", steward="-"),
        "own": Thing("dataset", "-", steward=own),
        "own restricted": Thing("dataset", "-", access="restricted", steward=own),
    }
    may: list[str] = []
    may_not: list[str] = []
    for words, verb, what in _ABILITIES:
        (may if can(person, verb, things[what]) else may_not).append(str(words))
    return may, may_not


SCOPES: dict[str, object] = {
    "read": lazy("읽기: 볼 수 있는 자료를 읽습니다"),
    "deposit": lazy("올리기: 맡은 자료의 새 판을 올립니다"),
    "run": lazy("분석: 분석을 실행하고 멈춥니다"),
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
