"""What the officer of a round does: make it, open it, look after it, close it, begin the next."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from madang.access import Person, Thing, can, check, check_into
from madang.access.thing import WORKSPACE
from madang.bank.ids import clean_id, is_valid_id
from madang.bank.seen import thing_of as thing_of_dataset
from madang.messages import MadangError
from madang.web.accounts.models import Department, Post
from madang.web.audit.record import record
from madang.web.notices.actions import tell
from madang.web.rounds import states
from madang.web.rounds.access import check_officer
from madang.web.rounds.form import FormColumn, check_columns, columns_of, write_standard
from madang.web.rounds.links import new_secret
from madang.web.rounds.locks import lock_part, lock_round
from madang.web.rounds.models import Contribution, Part, Round
from madang.workspace import Workspace

REMIND_DAYS = [3, 1, 0]


def make(
    *, by: Person, title: str, due_at: datetime, columns: Sequence[FormColumn] = (), standard: str = "", post: str = "",
) -> Round:  # fmt: skip
    """A new round, not open yet. `standard`: a declared one, whose columns are asked for. Raises MadangError."""
    check(by, "open_round", WORKSPACE)
    if not title.strip():
        raise MadangError("round_untitled")
    if due_at <= timezone.now():
        raise MadangError("round_due_past")
    with transaction.atomic():
        key = f"r{timezone.localdate():%y%m}{secrets.token_hex(3)}"
        made = Round.objects.create(
            key=key, title=" ".join(title.split())[:120], due_at=due_at, made_by=by.id, post=post,
            standard=standard or f"form-{key}", columns=[column.to_json() for column in columns],
            remind_days=REMIND_DAYS, target=clean_id(title.lower())[:100] or key,
        )  # fmt: skip
        record(by, "round.make", f"round:{key}", detail={"title": made.title})
    return made


@transaction.atomic
def change(round_: Round, *, by: Person, **said: object) -> None:
    """Say something else of a round: its texts, its due date, its rules. What is asked stands once it is open."""
    lock_round(round_)
    check_officer(by, round_)
    fixed = {"standard", "target"} & set(said)
    if round_.state == states.CLOSED or (round_.is_open and fixed):
        raise MadangError("round_fixed")
    if "target" in said and not is_valid_id(str(said["target"])):
        raise MadangError("dataset_id_invalid", dataset=said["target"])
    for name, value in said.items():
        setattr(round_, name, value)
    round_.save(update_fields=list(said))
    record(by, "round.change", f"round:{round_.key}", detail={"what": sorted(said)})


@transaction.atomic
def ask_for(round_: Round, columns: Sequence[FormColumn], *, by: Person) -> None:
    """The columns of the form, before the round is open."""
    lock_round(round_)
    check_officer(by, round_)
    if round_.state != states.DRAFT:
        raise MadangError("round_fixed")
    check_columns(columns)
    round_.columns = [column.to_json() for column in columns]
    round_.save(update_fields=["columns"])
    record(by, "round.columns", f"round:{round_.key}", detail={"columns": len(columns)})


@transaction.atomic
def ask_whom(
    round_: Round, departments: Iterable[Department], *, by: Person, posts: Iterable[Post] = ()
) -> None:
    """Which departments answer, or which posts of them. Those asked who have not begun are asked no more."""
    lock_round(round_)
    check_officer(by, round_)
    if round_.state == states.CLOSED:
        raise MadangError("round_fixed")
    wanted = {(post.department_id, post.name) for post in posts}
    wanted |= {(each.pk, "") for each in departments if each.pk not in {d for d, _ in wanted}}
    known = {(part.department_id, part.post): part for part in round_.parts.select_for_update()}
    for (department, post), part in known.items():
        if (department, post) not in wanted and part.state == states.WAITING:
            part.delete()
    before = _rows_before(round_)
    for department, post in wanted - set(known):
        Part.objects.create(
            round=round_, department_id=department, post=post, link_secret=new_secret() if round_.is_open else "",
            rows_before=before.get(department) if round_.previous_id else None,
        )  # fmt: skip
    record(by, "round.departments", f"round:{round_.key}", detail={"departments": round_.parts.count()})


@transaction.atomic
def open_round(ws: Workspace, round_: Round, *, by: Person) -> None:
    """Begin to collect: the form is fixed, each department is told and gets its link.

    Raises MadangError: access_denied, round_fixed, round_no_departments, round_due_past, and what `check_columns` says.
    """
    lock_round(round_)
    check_officer(by, round_)
    may_merge_into(ws, round_, by)
    if round_.state != states.DRAFT:
        raise MadangError("round_fixed")
    if not round_.parts.exists():
        raise MadangError("round_no_departments")
    if round_.due_at <= timezone.now():
        raise MadangError("round_due_past")
    columns = columns_of(round_.columns)
    check_columns(columns)
    if round_.standard.startswith("form-"):
        write_standard(ws, round_.standard, round_.title, columns)
    round_.state, round_.opened_at = states.OPEN, timezone.now()
    round_.save(update_fields=["state", "opened_at"])
    for part in round_.parts.select_related("department"):
        part.link_secret = new_secret()
        part.save(update_fields=["link_secret"])
        _tell(part, "notice_round_open")
    record(by, "round.open", f"round:{round_.key}", detail={"departments": round_.parts.count()})


def may_merge_into(ws: Workspace, round_: Round, by: Person) -> None:
    """Raises MadangError where the person may not write the dataset that a round ends in."""
    there = thing_of_dataset(ws.bank[round_.target]) if round_.target in ws.bank else None
    check_into(by, round_.target, there)
    if there is not None:
        return
    if not can(by, "deposit", Thing("dataset", round_.target, steward=round_.post)):
        raise MadangError("round_post_missing")  # nobody could merge a second time


@transaction.atomic
def extend(part: Part, until: datetime, *, by: Person, why: str = "") -> None:
    """Give one department longer."""
    lock_part(part)
    check_officer(by, part.round)
    if not part.round.is_open:
        raise MadangError("round_fixed")
    part.due_at = until
    part.save(update_fields=["due_at"])
    record(by, "round.extend", _thing(part), why=why, detail={"until": until.isoformat()})


@transaction.atomic
def remind(round_: Round, parts: Iterable[Part], *, by: Person) -> int:
    """Tell departments that have not answered that they are waited for; how many were told."""
    lock_round(round_)
    check_officer(by, round_)
    told = 0
    for part in parts:
        lock_part(part)
        if part.round_id == round_.pk and round_.is_open and part.state not in states.IN:
            _tell(part, "notice_round_late" if part.is_overdue(timezone.now()) else "notice_round_due")
            part.reminded_at = timezone.now()
            part.save(update_fields=["reminded_at"])
            told += 1
    record(by, "round.remind", f"round:{round_.key}", detail={"departments": told})
    return told


@transaction.atomic
def renew_link(part: Part, *, by: Person, revoke: bool = False) -> None:
    """Make every link to a part void; a new one leads there unless `revoke`."""
    lock_part(part)
    check_officer(by, part.round)
    part.link_secret = "" if revoke else new_secret()
    part.save(update_fields=["link_secret"])
    record(by, "round.revoke_link" if revoke else "round.renew_link", _thing(part))


@transaction.atomic
def send_back(part: Part, *, by: Person, why: str) -> None:
    """What a department handed in does not do: it counts no more, and the department is told why."""
    lock_part(part)
    check_officer(by, part.round)
    if not part.round.is_open:
        raise MadangError("round_fixed")
    if not why.strip():
        raise MadangError("round_why_missing")
    part.state, part.reason = states.after(part.state, "send_back"), why.strip()
    part.save(update_fields=["state", "reason"])
    part.contributions.filter(returned_at=None).update(returned_at=timezone.now())
    record(by, "round.send_back", _thing(part), why=why)
    _tell(part, "notice_round_returned", why=why.strip()[:200])


@transaction.atomic
def accept(part: Part, *, by: Person) -> None:
    """The officer takes what was handed in as the department's word."""
    lock_part(part)
    check_officer(by, part.round)
    if part.round.needs_signature and part.state == states.SUBMITTED:
        raise MadangError("round_unsigned")
    part.state = states.after(part.state, "accept")
    part.save(update_fields=["state"])
    record(by, "round.accept", _thing(part))


@transaction.atomic
def close(round_: Round, *, by: Person) -> None:
    """End a round: nothing more is taken, links lead nowhere."""
    lock_round(round_)
    check_officer(by, round_)
    if not round_.is_open:
        raise MadangError("round_fixed")
    round_.state, round_.closed_at, round_.closed_by = states.CLOSED, timezone.now(), by.id
    round_.save(update_fields=["state", "closed_at", "closed_by"])
    round_.parts.update(link_secret="")
    record(by, "round.close", f"round:{round_.key}", detail={"departments": round_.parts.count()})


@transaction.atomic
def begin_next(round_: Round, *, by: Person, title: str, due_at: datetime) -> Round:
    """The same again: form, rules and departments of this round, those that ended followed by their successors."""
    check_officer(by, round_)
    own = round_.standard.startswith("form-")
    made = make(
        by=by, title=title, due_at=due_at, columns=columns_of(round_.columns), post=round_.post,
        standard="" if own else round_.standard,
    )  # fmt: skip
    for name in (
        "why",
        "contact",
        "target",
        "remind_days",
        "nothing_allowed",
        "needs_signature",
        "own_rows_only",
    ):
        setattr(made, name, getattr(round_, name))
    if own:
        made.standard = round_.standard  # one form over the years: the dataset keeps its standard
    made.previous = round_
    made.save()
    asked = [(successor(part.department), part.post) for part in round_.parts.select_related("department")]
    ask_whom(made, [department for department, post in asked if not post], by=by, posts=_posts(asked))
    return made


def successor(department: Department) -> Department:
    """The department that does today what this one did."""
    today, seen = timezone.localdate(), set()
    while department.successor and department.valid_until and department.valid_until < today:
        if department.pk in seen:  # two that followed each other
            break
        seen.add(department.pk)
        department = department.successor
    return department


def parts_before(part: Part) -> list[Part]:
    """The parts of the round before that this department answers for now: its own, and of those it followed."""
    if part.round.previous is None:
        return []
    earlier = part.round.previous.parts.select_related("department")
    return [each for each in earlier if successor(each.department) == part.department]


def _posts(asked: Iterable[tuple[Department, str]]) -> list[Post]:
    names = [post for _, post in asked if post]
    found = []
    for post in Post.objects.filter(name__in=names).select_related("successor", "department"):
        found.append(post.successor if post.successor and post.valid_until else post)
    return found


def _rows_before(round_: Round) -> dict[int, int]:
    """Rows of the round before by department of today."""
    found: dict[int, int] = {}
    if round_.previous is None:
        return found
    for part in round_.previous.parts.select_related("department"):
        handed_in: Contribution | None = part.handed_in
        if handed_in is not None:
            department = successor(part.department).pk
            found[department] = found.get(department, 0) + handed_in.rows
    return found


def _thing(part: Part) -> str:
    return f"round:{part.round.key}/{part.pk}"


def _tell(part: Part, code: str, **more: str) -> None:
    until = timezone.localtime(part.until)
    tell(
        code,
        {"title": part.round.title, "until": f"{until:%Y-%m-%d %H:%M}", **more},
        post=part.post or part.department.name,
        thing=_thing(part),
        url=f"/rounds/{part.round.key}/{part.pk}/",
    )


def due_reminders(now: datetime) -> int:
    """Tell whoever is to be reminded today; how many departments. Once a day for each round."""
    told, today = 0, timezone.localdate(now)
    for round_ in Round.objects.filter(state=states.OPEN).exclude(reminded_on=today):
        with transaction.atomic():
            taken = Round.objects.filter(pk=round_.pk).exclude(reminded_on=today).update(reminded_on=today)
            for part in round_.parts.select_related("department", "round") if taken else ():
                days = (timezone.localdate(part.until) - today) / timedelta(days=1)
                if part.state not in states.IN and (days in round_.remind_days or days == -1):
                    _tell(part, "notice_round_late" if days < 0 else "notice_round_due")
                    told += 1
    return told
