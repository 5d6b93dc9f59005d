"""``madang runs keep``, ``living``, ``stop``: results that are computed again when their data change."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from madang.cli.common import by_option, echo_json, echo_table, json_option, opened
from madang.cli.runs import runs as list_or_show
from madang.messages import MadangError, text
from madang.workspace import Workspace, actor

if TYPE_CHECKING:
    from madang.runs.living import Living

_EVERY = ("now", "day", "week", "month", "year")


class _OrShow(click.Group):
    """Commands below one that takes a key: what is none of them is the key of a run, and nothing lists all."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if known else ["show", *args])


@click.group(
    "runs",
    cls=_OrShow,
    help="지금까지의 실행을 보여 줍니다. 열쇠를 주면 그 결과를 보여 줍니다. 결과를 살려 두면 데이터가 바뀔 때 다시 셈합니다.",
)
def runs() -> None:
    """Runs, and those that are kept alive."""


runs.add_command(list_or_show, "show")


@runs.command(
    help="결과를 살려 둡니다. 쓰는 데이터에 새 판이 오면 같은 값으로 다시 셈합니다. 살려 둔 것에 쓰면 주기를 바꿉니다."
)
@click.argument("key")
@click.option(
    "--every",
    type=click.Choice(_EVERY),
    default="now",
    show_default=True,
    help="언제 살펴볼지: 새 판이 오면 바로, 날마다, 매주 월요일, 매달 1일, 해마다 1월 1일.",
)
@by_option
@click.pass_context
def keep(context: click.Context, key: str, every: Any, by: str | None) -> None:
    """Keep a run alive, or change how often."""
    from madang.runs.living import Livings, State, living_of
    from madang.runs.told import whole_key

    ws = opened(context)
    who, at = by or actor(), ws.clock()
    run = ws.ledger[whole_key(ws.ledger, key)]
    livings, made = Livings(ws.folder), living_of(run, ws.ledger, every=every, by=who, via="cli", at=at)
    with livings.alone():
        there = livings.get(made.id)
        if there is not None and not there.stopped:
            livings.save(replace(there, every=every))
            ws.note("run.change_keep", f"run:{run.key}", by=who, living=made.id, every=[there.every, every])
            click.echo(text("living_changed", title=made.title, every=text(f"living_every_{every}")))
            return
        livings.save(replace(made, followers=there.followers if there else ()))
        livings.put(made, State(run=run.key, looked=made.since))
    ws.note("run.keep", f"run:{run.key}", by=who, living=made.id, every=every)
    click.echo(text("living_begun", title=made.title, every=text(f"living_every_{every}"), id=made.id))


@runs.command(help="살려 둔 결과를 보여 줍니다.")
@json_option
@click.pass_context
def living(context: click.Context, as_json: bool) -> None:
    """What is kept alive, and how it stands."""
    from madang.runs.living import Livings

    ws = opened(context)
    found, broken = Livings(ws.folder).all()
    told = [_told(ws, each) for each in found]
    if as_json:
        echo_json(told)
    elif told:
        echo_table(
            ["이름", "분석", "언제", "누가", "상태", "마지막 결과"],
            [[each["id"], each["title"], text(f"living_every_{each['every']}"), each["keeper"],
              text(f"living_state_{each['state']}"), each["run"]] for each in told],
        )  # fmt: skip
        for each in told:
            if each["reason"]:
                click.echo(f"{each['id']}: {each['reason']}")
    elif not broken:
        click.echo(text("living_none"))
    for error in broken:
        click.echo(f"✕ {error}", err=True)


@runs.command(
    help="결과를 더 살려 두지 않습니다. ID는 `madang runs living`이 보여 줍니다. 지금까지의 결과는 남습니다."
)
@click.argument("id_", metavar="ID")
@by_option
@click.pass_context
def stop(context: click.Context, id_: str, by: str | None) -> None:
    """Keep something alive no more."""
    from madang.runs.living import Livings

    ws = opened(context)
    livings = Livings(ws.folder)
    with livings.alone():
        ended = livings[id_]
        last = livings.state(ended).run
        livings.remove(id_)
    ws.note("run.stop", f"run:{last}", by=by or actor(), living=id_)
    click.echo(text("living_ended", title=ended.title))


def _told(ws: Workspace, each: Living) -> dict[str, Any]:
    from madang.runs.living import Livings, is_behind

    state = Livings(ws.folder).state(each)
    reason = ""
    if each.stopped:
        stands, reason = "stopped", text(f"living_stopped_{each.stopped}")
    elif state.error:
        stands, reason = "failed", str(MadangError(state.error["code"], **state.error["params"]))
    else:
        stands = "behind" if is_behind(ws.ledger, state) else "current"
    return {
        "id": each.id, "analysis": each.analysis, "title": each.title, "every": each.every, "keeper": each.keeper,
        "since": each.since, "run": state.run, "state": stands, "reason": reason, "looked": state.looked,
    }  # fmt: skip


COMMANDS = [runs]
