"""What administrators do with people: each act in one transaction with its entry in the audit trail."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils import timezone

from madang.access import ROLES, Person, Thing, check
from madang.messages import MadangError
from madang.web.accounts import lockout
from madang.web.accounts.models import Department, Holding, Post, Session, User
from madang.web.audit.record import record

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another


def one_time_password() -> str:
    """A password to be read out and typed once: 79 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))


def add_person(
    *,
    username: str,
    name: str,
    roles: Iterable[str],
    department: str = "",
    by: Person,
    password: str | None = None,
) -> tuple[User, str]:
    """Make an account; returns it with its one-time password, which is kept nowhere.

    Raises MadangError: access_denied, person_unnamed, person_exists, role_unknown.
    """
    _may(by)
    username = username.strip()
    if not username or username.split() != [username] or len(username) > 150:
        raise MadangError("person_unnamed")
    if User.objects.filter(username__iexact=username).exists():
        raise MadangError("person_exists", username=username)
    said = password or one_time_password()
    with transaction.atomic():
        user = User.objects.create_user(
            username,
            said,
            name=name.strip()[:100],
            roles=_roles(roles),
            department=department_named(department, by=by),
            must_change_password=True,
        )
        record(by, "people.add", username, detail={"roles": user.roles.split(), "department": department})
    return user, said


def change_person(*, user: User, name: str, roles: Iterable[str], department: str = "", by: Person) -> bool:
    """Give a person another name, department or roles; False where nothing is different.

    Raises MadangError: access_denied, role_unknown, last_administrator.
    """
    _may(by)
    before = (user.name, user.roles, user.department.name if user.department else "")
    wanted = (name.strip()[:100], _roles(roles), department.strip())
    if before == wanted:
        return False
    with transaction.atomic():
        if "administrator" not in wanted[1].split():
            _another_administrator(user)
        user.name, user.roles = wanted[0], wanted[1]
        user.department = department_named(department, by=by)
        user.save(update_fields=["name", "roles", "department"])
        record(
            by, "people.change", user.username,
            detail={"roles": [before[1].split(), wanted[1].split()], "department": [before[2], wanted[2]]},
        )  # fmt: skip
    return True


def set_active(*, user: User, active: bool, by: Person) -> None:
    """Close an account, which ends its sessions and keys at once, or open it again.

    Raises MadangError: access_denied, last_administrator.
    """
    _may(by)
    with transaction.atomic():
        if not active:
            _another_administrator(user)
        User.objects.filter(pk=user.pk).update(is_active=active)
        user.is_active = active
        if not active:
            user.tokens.filter(revoked_at=None).update(revoked_at=timezone.now())
            Session.objects.filter(user_id=user.pk).delete()
        record(by, "people.open" if active else "people.close", user.username)


def unlock(*, user: User, by: Person) -> None:
    """Let somebody who was locked out try again."""
    _may(by)
    with transaction.atomic():
        lockout.forgive(user.username)
        lockout.forgive(f"code:{user.pk}")
        record(by, "people.unlock", user.username)


def reset_password(*, user: User, by: Person) -> str:
    """A new one-time password; the old one and all sessions end."""
    _may(by)
    said = one_time_password()
    with transaction.atomic():
        user.set_password(said)
        user.must_change_password = True
        user.save(update_fields=["password", "must_change_password"])
        lockout.forgive(user.username)
        Session.objects.filter(user_id=user.pk).delete()
        record(by, "people.reset_password", user.username)
    return said


def remove_second_factor(*, user: User, by: Person) -> None:
    """Somebody lost the device and the recovery codes."""
    _may(by)
    with transaction.atomic():
        if Authenticator.objects.filter(user=user).delete()[0]:
            record(by, "people.remove_second_factor", user.username, detail={"type": "all"})


def end_sessions(*, user: User, by: Person, but: str = "") -> int:
    """Sign a person out everywhere, but for the session with key `but`; returns how many ended."""
    if by.id != user.username:
        _may(by)
    with transaction.atomic():
        ended = Session.objects.filter(user_id=user.pk).exclude(session_key=but).delete()[0]
        if ended:
            record(by, "people.end_sessions", user.username, detail={"sessions": ended})
    return ended


def give_post(
    *, user: User, post: Post, valid_from: date, valid_until: date | None = None, by: Person
) -> Holding:
    """Let a person hold a post. Raises MadangError: access_denied, days_backwards, holding_overlaps."""
    _may(by)
    if valid_until and valid_until < valid_from:
        raise MadangError("days_backwards")
    same = user.holdings.filter(post=post).exclude(valid_until__lt=valid_from)
    if (same.exclude(valid_from__gt=valid_until) if valid_until else same).exists():
        raise MadangError("holding_overlaps", post=post.name)
    with transaction.atomic():
        made = Holding.objects.create(user=user, post=post, valid_from=valid_from, valid_until=valid_until)
        said = {"post": post.name, "from": valid_from, "until": valid_until}
        record(by, "people.give_post", user.username, detail=said)
    return made


def end_post(*, holding: Holding, on: date, by: Person) -> None:
    """The person holds the post until `on`, that day included; where it has not begun yet, not at all.

    Raises MadangError: access_denied, post_ends_before (it has begun, and after `on`).
    """
    _may(by)
    if on < holding.valid_from <= timezone.localdate():
        raise MadangError("post_ends_before", post=holding.post.name, begun=holding.valid_from, on=on)
    if on < holding.valid_from:
        _take_back(holding, by)
        return
    with transaction.atomic():
        holding.valid_until = on
        holding.save(update_fields=["valid_until"])
        said = {"post": holding.post.name, "until": on}
        record(by, "people.end_post", holding.user.username, detail=said)


@transaction.atomic
def _take_back(holding: Holding, by: Person) -> None:
    """The person never held the post: another took its place on the day on which the holding begins, or before."""
    said = {"post": holding.post.name, "from": holding.valid_from, "until": "-"}
    record(by, "people.end_post", holding.user.username, detail=said)
    holding.delete()


def department_named(name: str, *, by: Person, valid_from: date | None = None) -> Department | None:
    """The department of that name, made where there is none; None for no name."""
    _may(by)
    name = name.strip()[:100]
    if not name:
        return None
    with transaction.atomic():
        found, made = Department.objects.get_or_create(name=name, defaults={"valid_from": valid_from})
        if made:
            record(by, "people.add_department", name)
    return found


def post_named(name: str, *, department: Department, by: Person, valid_from: date | None = None) -> Post:
    """The post of that name, made below `department` where there is none. Raises MadangError: post_elsewhere."""
    _may(by)
    name = name.strip()[:150]
    with transaction.atomic():
        found, made = Post.objects.get_or_create(
            name=name, defaults={"department": department, "valid_from": valid_from}
        )
        if made:
            record(by, "people.add_post", name, detail={"department": department.name})
        elif found.department_id != department.pk:
            raise MadangError("post_elsewhere", post=name, department=found.department.name)
    return found


def pass_on(
    *, department: Department, into: Department, on: date, posts: dict[Post, Post], by: Person
) -> None:
    """From day `on` the department is `into`: one of several that merge, or of several into which it is split.

    `posts` says which post takes over from which; its holders hold the new one from that day. What names them follows
    on that day (`handover.carry_over`). Raises MadangError: access_denied, successor_circle.
    """
    _may(by)
    with transaction.atomic():
        _succeed(department, into, on)
        for old, new in posts.items():
            succeed_post(post=old, successor=new, on=on, by=by)
        said = {"into": into.name, "on": on, "posts": {old.name: new.name for old, new in posts.items()}}
        record(by, "people.pass_on", department.name, detail=said)


def succeed_post(*, post: Post, successor: Post, on: date, by: Person, why: str = "") -> None:
    """From day `on` the post is `successor`: who holds the old one then holds the new one. What names it, and the
    departments of its holders, follow on that day (`handover.carry_over`).

    Raises MadangError: access_denied, successor_circle.
    """
    _may(by)
    with transaction.atomic():
        _succeed(post, successor, on)
        for held in post.holdings.exclude(valid_until__lt=on).select_related("user"):
            start, end = max(held.valid_from, on), held.valid_until
            if held.valid_from < on:
                end_post(holding=held, on=on - timedelta(days=1), by=by)
            else:
                _take_back(held, by)
            if not held.user.holdings.filter(post=successor).exclude(valid_until__lt=start).exists():
                give_post(user=held.user, post=successor, valid_from=start, valid_until=end, by=by)
        record(by, "people.succeed_post", post.name, why=why, detail={"successor": successor.name, "on": on})


@transaction.atomic
def move_people(ended: Department | Post, *, by: Person) -> None:
    """Who belongs to a department goes to its successor; who goes from a post to its successor belongs to the department
    of that, where nothing else holds them in the old one."""
    assert ended.successor is not None
    assert ended.valid_until is not None
    if isinstance(ended, Department):
        User.objects.filter(department=ended).update(department=ended.successor_id)
        return
    on, before, then = ended.valid_until + timedelta(days=1), ended.department, ended.successor.department
    if before == then:
        return
    came = User.objects.filter(
        holdings__post=ended.successor, holdings__valid_from__gte=on, department=before
    )
    for user in came.distinct():
        stays = user.holdings.filter(post__department=before).exclude(valid_until__lt=on)
        if not stays.exists():
            user.department = then
            user.save(update_fields=["department"])
            record(by, "people.change", user.username, detail={"department": [before.name, then.name]})


def check_successor(old: Department | Post, new: Department | Post) -> None:
    """Raises MadangError("successor_circle") where `new` is, or in the end becomes, the old one."""
    seen: Department | Post | None = new
    while seen is not None:
        if seen.pk == old.pk:
            raise MadangError("successor_circle", name=old.name, successor=new.name)
        seen = seen.successor


def _succeed(old: Department | Post, new: Department | Post, on: date) -> None:
    check_successor(old, new)
    old.successor, old.valid_until, old.carried_at = new, on - timedelta(days=1), None
    old.save(update_fields=["successor", "valid_until", "carried_at"])


def _may(by: Person) -> None:
    check(by, "administer", Thing("workspace"))


def _roles(said: Iterable[str]) -> str:
    wanted = set(said)
    if unknown := wanted - set(ROLES):
        raise MadangError("role_unknown", role=", ".join(sorted(unknown)))
    return " ".join(role for role in ROLES if role in wanted)


def _another_administrator(user: User) -> None:
    """Never the last one: nobody could open the door again."""
    if "administrator" not in user.role_set:
        return
    others = User.objects.select_for_update().filter(is_active=True, roles__contains="administrator")
    if not others.exclude(pk=user.pk).exists():
        raise MadangError("last_administrator")
