"""Who works here and what they did: ``people``, ``handover``, ``audit``."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from madang.access import Person, owner
from madang.cli.common import OUR_FAILURE, by_option, echo_json, echo_table, json_option, opened
from madang.messages import MadangError, text
from madang.workspace import Workspace, actor


@contextmanager
def site(context: click.Context, by: str | None) -> Iterator[tuple[Workspace, Person]]:
    """The site's own records of the workspace, and who is at the keyboard."""
    workspace = opened(context)
    os.environ["MADANG_WORKSPACE"] = str(workspace.folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.config.settings")
    from django.conf import settings

    from madang.web.serve import prepare

    if not settings.configured:
        prepare()
    person = owner(by or actor())
    from madang.web.shell.workspace import ASKER

    token = ASKER.set(lambda: person)
    try:
        yield workspace, person
    finally:
        ASKER.reset(token)


@click.group(
    help="사람과 역할을 봅니다. 새 사람을 더하고, 잊은 비밀번호 대신 한 번만 쓰는 비밀번호를 냅니다."
)
def people() -> None:
    """Accounts."""


@people.command("list", help="모든 사람을 봅니다.")
@json_option
@click.pass_context
def listed(context: click.Context, as_json: bool) -> None:
    """Everybody."""
    with site(context, None):
        from madang.web.accounts.models import User

        found = [
            {
                "username": each.username,
                "name": each.name,
                "department": each.department.name if each.department else "",
                "roles": sorted(each.role_set),
                "active": each.is_active,
            }
            for each in User.objects.select_related("department").order_by("username")
        ]
    if as_json:
        echo_json(found)
    else:
        rows = [
            [each["username"], each["name"], each["department"], " ".join(each["roles"])] for each in found
        ]
        echo_table(["아이디", "이름", "부서", "역할"], rows)


@people.command(help="사람을 더하고 한 번만 쓰는 비밀번호를 냅니다.")
@click.argument("username")
@click.option("--name", default="", help="이름.")
@click.option(
    "--role", "roles", multiple=True, default=("official",), show_default=True, help="역할 (여러 번)."
)
@click.option("--department", default="", help="부서.")
@by_option
@click.pass_context
def add(
    context: click.Context, username: str, name: str, roles: tuple[str, ...], department: str, by: str | None
) -> None:
    """A new account."""
    with site(context, by) as (_, person):
        from madang.web.accounts.actions import add_person

        said = add_person(
            username=username, name=name or username, roles=roles, department=department, by=person
        )
        click.echo(text("new_password", username=username, password=said[1]))


@people.command(help="한 번만 쓰는 비밀번호를 새로 내고, 잠금을 풉니다.")
@click.argument("username")
@by_option
@click.pass_context
def reset(context: click.Context, username: str, by: str | None) -> None:
    """A new one-time password."""
    with site(context, by) as (_, person):
        from madang.web.accounts.actions import reset_password
        from madang.web.accounts.models import User

        user = User.objects.filter(username=username).first()
        if user is None:
            raise MadangError("person_missing", username=username)
        said = reset_password(user=user, by=person)
        click.echo(text("new_password", username=username, password=said))


@click.command(
    help="자리 하나가 맡은 것, 할 것, 늦은 것을 봅니다. --to를 주면 그 자리로 넘기고 카드의 담당도 바꿉니다."
)
@click.argument("post")
@click.option("--to", "successor", help="이어받을 자리.")
@click.option("--on", help="언제부터 (YYYY-MM-DD, 기본: 오늘).")
@click.option("--why", default="", help="까닭, 문서번호.")
@by_option
@json_option
@click.pass_context
def handover(
    context: click.Context,
    post: str,
    successor: str | None,
    on: str | None,
    why: str,
    by: str | None,
    as_json: bool,
) -> None:
    """What a post owns, owes and is late with; or pass it on."""
    with site(context, by) as (workspace, person):
        from madang.web.accounts import handover as of

        today = workspace.clock().date()
        if successor:
            changed = of.hand_over(
                post=_post(post), successor=_post(successor), on=_day(on) or today, by=person, why=why
            )
            day = _day(on)
            if day and day > today:
                click.echo(text("handed_over_later", post=post, successor=successor, day=day))
            else:
                click.echo(text("handed_over", post=post, successor=successor, count=len(changed)))
        else:
            _show(of.inventory(_post(post).name, today), as_json)


def _show(found: Any, as_json: bool) -> None:
    if as_json:
        owns = [vars(each) for each in found.owns]
        owes = [vars(each) for each in found.owes]
        late = [each.id for each in found.late]
        echo_json({"post": found.post, "holders": found.holders, "owns": owns, "owes": owes, "late": late})
        return
    click.secho(found.post, bold=True)
    click.echo(", ".join(found.holders) or text("nobody_holds"))
    overdue = {each.id for each in found.late}
    rows = [
        [each.id, each.title, each.as_of or None, "늦음" if each.id in overdue else ""] for each in found.owns
    ]
    echo_table(["데이터", "제목", "기준일", ""], rows)
    if found.owes:
        click.echo()
        echo_table(["할 일", "언제까지"], [[each.what, each.due] for each in found.owes])


@click.command(help="누가 무엇을 왜 했는지 봅니다. --verify는 기록이 온전한지 확인합니다.")
@click.option("--verify", "checks", is_flag=True, help="처음부터 끝까지 이어지는지 확인합니다.")
@click.option("--head", default="", help="전에 적어 둔 머리(번호:해시)가 기록 안에 있는지도 확인합니다.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=30, show_default=True, help="몇 건을 볼지.")
@click.option(
    "--export", "out", type=click.Path(dir_okay=False, path_type=Path), help="모두 CSV나 JSONL로 씁니다."
)
@json_option
@click.pass_context
def audit(
    context: click.Context, checks: bool, head: str, limit: int, out: Path | None, as_json: bool
) -> None:
    """The audit trail."""
    with site(context, None) as (workspace, person):
        from madang.web.audit.record import record
        from madang.web.audit.search import Asked, flat, found, lines
        from madang.web.audit.take_in import take_in

        if checks or head:
            context.exit(_verify(workspace, head, as_json))
        take_in(workspace.journal)
        entries = found(Asked())
        if out:
            with open(out, "x", encoding="utf-8", newline="") as file:
                file.writelines(lines(entries, "csv" if out.suffix == ".csv" else "jsonl"))
            record(person, "audit.export", detail={"file": out.name})
        elif as_json:
            echo_json([flat(each) for each in entries[:limit]])
        else:
            _entries(entries[:limit])


def _verify(workspace: Workspace, head: str, as_json: bool) -> int:
    from madang.web.audit.take_in import take_in
    from madang.web.audit.verify import verify

    finding = verify(workspace.journal, head)
    if finding.error is None and take_in(workspace.journal):
        finding = verify(workspace.journal, head)
    if as_json:
        error = finding.error.code if finding.error else None
        echo_json({"whole": error is None, "entries": finding.entries, "head": finding.head, "error": error})
    elif finding.error:
        click.secho(f"✕ {finding.error}", fg="red", err=True)
    else:
        click.secho(text("audit_whole", entries=finding.entries, head=finding.head), fg="green")
    return OUR_FAILURE if finding.error else 0


def _entries(entries: Any) -> None:
    from django.utils.timezone import localtime

    from madang.web.audit.words import title

    rows = [
        [
            each.number,
            f"{localtime(each.at):%Y-%m-%d %H:%M}",
            each.by,
            title(each.what),
            each.thing,
            each.why or None,
        ]
        for each in entries
    ]
    echo_table(["번호", "언제", "누가", "무엇을", "대상", "왜"], rows, right=(0,))


def _post(name: str) -> Any:
    from madang.web.accounts.models import Post

    found = Post.objects.filter(name=name).first()
    if found is None:
        raise MadangError("post_missing", post=name)
    return found


def _day(said: str | None) -> date | None:
    if not said:
        return None
    try:
        return datetime.strptime(said, "%Y-%m-%d").date()
    except ValueError:
        raise MadangError("day_wrong", value=said) from None


COMMANDS = [people, handover, audit]
