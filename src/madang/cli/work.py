"""``madang work``: does the jobs that pages and schedules put in line."""

from __future__ import annotations

import os
import random

import click

from madang.cli.common import opened
from madang.messages import text


@click.command(help="줄 선 작업(올리기, 수집 등)을 맡아서 합니다. `madang up`은 이것을 하나 함께 띄웁니다.")
@click.option("--once", is_flag=True, help="지금 할 작업을 다 하면 끝냅니다.")
@click.option(
    "--slots", type=click.IntRange(1, 16), default=2, show_default=True, help="한꺼번에 하는 작업의 수."
)
@click.option("--with-parent", type=int, hidden=True, help="이 프로그램이 끝나면 함께 끝냅니다.")
@click.pass_context
def work(context: click.Context, once: bool, slots: int, with_parent: int | None) -> None:
    """Run jobs until told to end."""
    workspace = opened(context)
    os.environ["MADANG_WORKSPACE"] = str(workspace.folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.config.settings")
    from madang.web.serve import prepare

    if with_parent is None:
        prepare()
        click.echo(text("work_started"), err=True)
    else:  # the server has prepared
        import django

        django.setup()
    from madang.web.work.child import end_with_parent
    from madang.web.work.runner import Runner

    if with_parent is not None:
        end_with_parent(with_parent)
    Runner(slots=slots, chance=random.random).run(once=once)
    if with_parent is None:
        click.echo(text("work_ended"), err=True)


COMMANDS = [work]
