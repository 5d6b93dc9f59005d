"""What a site needs before anybody can sign in: an administrator; in the sample city, made-up people."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import transaction

from madang.access import Person, owner
from madang.messages import MadangError, text
from madang.web.accounts import actions, lockout
from madang.web.accounts.models import Department, Holding, Post, User
from madang.web.accounts.sessions import SessionStore
from madang.web.audit.record import record
from madang.web.shell.workspace import workspace

SAMPLE_PASSWORD = "sample-city"  # good only where settings.MADANG_SAMPLE_LOGINS says so
_SINCE = date(2024, 1, 1)
_ROLES = {
    "administrator": ("한마당", "스마트도시과", ""),
    "steward": ("문가람", "", "주차관리과 공영주차팀"),
    "official": ("오새롬", "위생과", ""),
    "analyst": ("도하람", "스마트도시과", ""),
    "executive": ("백두리", "기획예산과", ""),
}  # role (and login name): name, department, post
_MORE = (
    "기획예산과", "재무과", "세무과", "복지정책과", "노인장애인과", "아동청소년과", "여성가족과", "건강정책과", "교통지도과", "도시계획과",
    "건설과", "하수과", "산림과", "농업정책과", "체육진흥과", "징수과",
    "총무과", "도시재생과", "주거복지과", "일자리정책과", "관광과", "교육지원과", "보육과", "식품안전과", "의약과", "정보통신과", "회계과",
)  # fmt: skip
_DEPARTMENTS = 30
_FAMILY, _GIVEN = (
    "김이박최정강조윤장임한오서신권황안송류홍",
    ("가온", "나래", "다솜", "라온", "마루", "보람", "새벽", "아라", "이든", "하늘"),
)


def ensure_administrator(username: str = "admin") -> tuple[str, str] | None:
    """The login name and one-time password of an administrator made now; None where there is one already."""
    with transaction.atomic():
        known = User.objects.filter(is_active=True, is_sample=False, roles__contains="administrator")
        if known.exists():
            return None
        taken = User.objects.filter(username=username).exists()
        name = f"{username}-{User.objects.count() + 1}" if taken else username
        made, said = actions.add_person(
            username=name, name="관리자", roles=["administrator"], by=owner("madang up")
        )
    return made.username, said


def welcome() -> list[str]:
    """See that somebody can sign in, and say how: the logins of the sample city where its password is good, else the
    one-time password of an administrator that was made now. Old sessions and tries are swept."""
    lockout.sweep()
    SessionStore.clear_expired()
    if settings.MADANG_SAMPLE_LOGINS:
        logins = " ".join(sample_people())
        return [text("sample_logins", password=SAMPLE_PASSWORD, logins=logins)]
    made = ensure_administrator()
    if made is None:
        return []
    return [
        text("first_administrator", username=made[0], password=made[1]),
        text("first_administrator_hint", username=made[0]),
    ]


def sample_people(*, by: Person | None = None) -> list[str]:
    """Make up people for the sample city: thirty departments, the posts its cards name, each with a holder, and a
    login for each role. Returns the login names of the roles. Made once; raises MadangError("not_synthetic").
    """
    opened = workspace()
    if not opened.settings.is_synthetic:
        raise MadangError("not_synthetic")
    if User.objects.filter(is_sample=True).exists():
        return list(_ROLES)
    by = by or owner("madang up")
    stewards = {str(each.card.get("steward") or "") for each in opened.bank.datasets()}
    stewards |= {post for _, _, post in _ROLES.values()}
    names = sorted({name for name in stewards if " " in name})
    with transaction.atomic():
        _departments({name.split()[0] for name in names} | {of for _, of, _ in _ROLES.values() if of})
        for number, name in enumerate(names):
            post = Post.objects.get_or_create(
                name=name, defaults={"department": _of(name), "valid_from": _SINCE}
            )[0]
            if name not in {of for _, _, of in _ROLES.values()}:
                _person(f"steward{number + 1:02d}", _made_up(number), "official steward", _of(name), post)
        for role, (name, department, held) in _ROLES.items():
            post = Post.objects.get(name=held) if held else None
            roles = role if role in ("official", "administrator") else f"official {role}"
            _person(role, name, roles, post.department if post else _of(department), post)
        record(by, "people.make_sample", detail={"people": User.objects.filter(is_sample=True).count()})
    return list(_ROLES)


def is_sample_login(user: User | None, password: str) -> bool:
    """Whether this opens a made-up account; the caller looks whether settings.MADANG_SAMPLE_LOGINS."""
    return user is not None and user.is_sample and user.is_active and password == SAMPLE_PASSWORD


def _departments(named: set[str]) -> None:
    more = [name for name in _MORE if name not in named]
    for name in [*sorted(named), *more][: max(_DEPARTMENTS, len(named))]:
        Department.objects.get_or_create(name=name, defaults={"valid_from": _SINCE})


def _of(name: str) -> Department:
    return Department.objects.get_or_create(name=name.split()[0], defaults={"valid_from": _SINCE})[0]


def _person(username: str, name: str, roles: str, department: Department, post: Post | None) -> None:
    user = User.objects.create_user(
        username, None, name=name, roles=roles, department=department, is_sample=True
    )
    if post:
        Holding.objects.create(user=user, post=post, valid_from=_SINCE)


def _made_up(number: int) -> str:
    return _FAMILY[number % len(_FAMILY)] + _GIVEN[number * 7 % len(_GIVEN)]
