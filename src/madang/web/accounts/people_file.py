"""People and posts from a list that an office keeps in Excel or CSV: what would change, then the change."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from madang.access import ROLES, Person
from madang.messages import MadangError
from madang.web.accounts import actions
from madang.web.accounts.models import Post, User
from madang.web.accounts.people import lasting
from madang.web.accounts.words import ROLE_CARDS
from madang.web.shell.language import said

_MOST = 5_000
_COLUMNS = {
    "username": ("아이디", "id", "로그인"), "name": ("이름", "성명"), "department": ("부서", "부서명", "소속"),
    "post": ("담당", "직위", "직위/담당", "자리"), "roles": ("역할", "권한"),
}  # fmt: skip
_BETWEEN = re.compile(r"[,·/;\n]+")


@dataclass
class Row:
    """A row of the list: `state` is new, changed, same or wrong; `told` says what would change or what is wrong."""

    number: int
    username: str
    name: str
    department: str
    post: str
    roles: list[str]
    state: str = "same"
    told: list[str] = field(default_factory=list)


def read_people(content: bytes, file_name: str, *, today: date) -> list[Row]:
    """The rows of a list of people, each with what it would change.

    Raises MadangError: people_file_unreadable, people_file_columns, people_file_long.
    """
    lines = _lines(content, file_name)
    header = [cell.replace(" ", "").casefold() for cell in (lines[0] if lines else [])]
    places = {
        key: next((header.index(word) for word in words if word in header), -1)
        for key, words in _COLUMNS.items()
    }
    missing = [_COLUMNS[key][0] for key in ("username", "name", "department") if places[key] < 0]
    if missing:
        raise MadangError("people_file_columns", columns=", ".join(missing))
    if len(lines) - 1 > _MOST:
        raise MadangError("people_file_long", most=_MOST)
    rows: list[Row] = []
    for number, cells in enumerate(lines[1:], start=2):
        if any(cells):
            got = {key: cells[at].strip() if 0 <= at < len(cells) else "" for key, at in places.items()}
            rows.append(_row(number, got))
    _judge(rows, today)
    return rows


def apply_people(rows: Iterable[Row], *, today: date, by: Person) -> dict[str, str]:
    """Make and change the people of the rows that are new or changed, all or none; the one-time passwords of the
    new ones by login name. Raises MadangError as the actions do."""
    passwords: dict[str, str] = {}
    with transaction.atomic():
        for row in rows:
            if row.state not in ("new", "changed"):
                continue
            user = User.objects.filter(username=row.username).first()
            roles = row.roles or (sorted(user.role_set) if user else ["official"])
            if user is None:
                user, passwords[row.username] = actions.add_person(
                    username=row.username, name=row.name, roles=roles, department=row.department, by=by
                )
            else:
                actions.change_person(user=user, name=row.name, roles=roles, department=row.department, by=by)
            if row.post and row.post not in _held(user, today):
                department = actions.department_named(row.department, by=by)
                if department:
                    post = actions.post_named(row.post, department=department, by=by)
                    actions.give_post(user=user, post=post, valid_from=today, by=by)
    return passwords


def _row(number: int, got: dict[str, str]) -> Row:
    words = {str(card.title): role for role, card in ROLE_CARDS.items()} | {role: role for role in ROLES}
    roles = [part.strip() for part in _BETWEEN.split(got["roles"]) if part.strip()]
    post = got["post"]
    if post and got["department"] and not post.startswith(got["department"]):
        post = f"{got['department']} {post}"  # a list says the team, a post carries its department
    row = Row(number, got["username"], got["name"], got["department"], post, [words.get(r, r) for r in roles])
    unknown = [role for role in row.roles if role not in ROLES]
    if unknown:
        _wrong(row, MadangError("role_unknown", role=", ".join(unknown)))
    if not row.username or row.username.split() != [row.username]:
        _wrong(row, MadangError("person_unnamed"))
    return row


def _judge(rows: list[Row], today: date) -> None:
    known = {
        user.username: user
        for user in User.objects.filter(username__in=[row.username for row in rows]).select_related(
            "department"
        )
    }
    elsewhere = {post.name: post.department.name for post in Post.objects.select_related("department")}
    seen: set[str] = set()
    for row in rows:
        if row.username in seen:
            _wrong(row, MadangError("person_exists", username=row.username))
        seen.add(row.username)
        if row.post and elsewhere.get(row.post, row.department) != row.department:
            _wrong(row, MadangError("post_elsewhere", post=row.post, department=elsewhere[row.post]))
        if row.state == "wrong":
            continue
        user = known.get(row.username)
        row.state = "new" if user is None else _changes(row, user, today)


def _changes(row: Row, user: User, today: date) -> str:
    for before, now in (
        (user.name, row.name),
        (user.department.name if user.department else "", row.department),
        (" ".join(sorted(user.role_set)), " ".join(sorted(row.roles)) or " ".join(sorted(user.role_set))),
    ):
        if before != now:
            row.told.append(f"{before or '-'} → {now or '-'}")
    if row.post and row.post not in _held(user, today):
        row.told.append(f"+ {row.post}")
    return "changed" if row.told else "same"


def _held(user: User, today: date) -> set[str]:
    return set(user.holdings.filter(lasting(today)).values_list("post__name", flat=True))


def _wrong(row: Row, error: MadangError) -> None:
    row.state = "wrong"
    row.told.append(said(error))


def _lines(content: bytes, file_name: str) -> list[list[str]]:
    if content[:2] == b"PK" or file_name.lower().endswith((".xlsx", ".xls")):
        return _sheet(content)
    for encoding in ("utf-8-sig", "cp949"):
        try:
            return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise MadangError("people_file_unreadable")


def _sheet(content: bytes) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        cells = (
            CalamineWorkbook.from_filelike(io.BytesIO(content))
            .get_sheet_by_index(0)
            .to_python(nrows=_MOST + 2)
        )
    except (CalamineError, OSError, ValueError) as error:
        raise MadangError("people_file_unreadable") from error
    return [[_cell(value) for value in row] for row in cells]


def _cell(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
