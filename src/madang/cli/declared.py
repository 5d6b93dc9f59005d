"""``madang tables``, ``indicators``, ``refresh``: what is declared and kept as datasets, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from madang.cli.common import by_option, echo_json, echo_table, json_option, opened
from madang.messages import text

if TYPE_CHECKING:
    from madang.runs.refresh import Refreshed, Standing
    from madang.workspace import Workspace


@click.command(help="정해 둔 표를 보여 줍니다. 이름을 주면 그 물음과 쓰는 데이터를 보여 줍니다.")
@click.argument("table", required=False)
@json_option
@click.pass_context
def tables(context: click.Context, table: str | None, as_json: bool) -> None:
    """List the declared tables, or tell one."""
    ws = opened(context)
    found = [each for each in _standing(ws, indicators=False) if table in (None, each.declared.card.id)]
    _listed(ws, found, table, as_json)


@click.command(help="지표를 보여 줍니다. 이름을 주면 지금 값과 쓰는 데이터를 보여 줍니다.")
@click.argument("indicator", required=False)
@json_option
@click.pass_context
def indicators(context: click.Context, indicator: str | None, as_json: bool) -> None:
    """List the indicators with their newest value, or tell one."""
    ws = opened(context)
    found = [each for each in _standing(ws, indicators=True) if indicator in (None, each.declared.card.id)]
    _listed(ws, found, indicator, as_json)


@click.command(
    help="쓰는 데이터에 새 판이 있는 표와 지표를 다시 만듭니다. 이름을 주지 않으면 모두 봅니다. "
    "하나가 안 되어도 나머지는 만듭니다."
)
@click.argument("names", nargs=-1)
@click.option("--again", is_flag=True, help="새 판이 없어도 다시 만듭니다.")
@by_option
@json_option
@click.pass_context
def refresh(
    context: click.Context, names: tuple[str, ...], again: bool, by: str | None, as_json: bool
) -> None:
    """Make what is behind."""
    done = opened(context).refresh(*names, again=again, by=by)
    if as_json:
        echo_json([_told(each) for each in done])
    else:
        for each in done:
            click.echo(_line(each))
        if not done:
            click.echo(text("refresh_nothing"))
    context.exit(1 if any(each.error for each in done) else 0)


def _standing(ws: Workspace, *, indicators: bool) -> list[Standing]:
    from madang.access import owner
    from madang.workspace import actor

    refresher, person = ws.refresher, owner(actor())
    found = [
        refresher.standing(each, by=person)
        for each in refresher.declared()
        if each.is_indicator == indicators
    ]
    for error in ws.declarations.broken:
        click.echo(text("declared_broken", reason=str(error)), err=True)
    return found


def _listed(ws: Workspace, found: list[Standing], name: str | None, as_json: bool) -> None:
    from madang.messages import MadangError

    if name is not None and not found:
        raise MadangError("declared_missing", name=name)
    if as_json:
        lines = [_json(ws, each) for each in found]
        echo_json(lines[0] if name is not None else lines)
    elif name is not None:
        _shown(found[0])
    else:
        echo_table(
            ["이름", "제목", "값", "기준일", "", "데이터"],
            [[each.declared.card.id, each.declared.card.title, each.answer, each.as_of or "", _state(each), each.declared.dataset]
             for each in found],
        )  # fmt: skip


def _state(each: Standing) -> str:
    if each.run is None:
        return text("declared_never")
    return text("run_behind") if each.behind else ""


def _shown(each: Standing) -> None:
    from madang.results import sentence

    card = each.declared.card
    click.echo(f"{card.title}\n{card.question}\n{card.why}\n")
    if each.run is None:
        click.echo(text("declared_make", name=card.id))
    else:
        for finding in each.run.result.findings:
            click.echo(f"· {sentence(finding, each.run.result)}")
        click.echo("\n" + text("declared_run", run=each.run.key, dataset=each.declared.dataset))
    for told in card.not_for:
        click.echo(f"! {told}")
    click.echo(f"\n{each.declared.query.strip()}")


def _json(ws: Workspace, each: Standing) -> dict[str, Any]:
    card, declared = each.declared.card, each.declared
    told: dict[str, Any] = {
        "id": card.id, "title": card.title, "theme": card.theme, "question": card.question, "dataset": declared.dataset,
        "rhythm_days": declared.rhythm_days, "run": each.run.key if each.run else None,
        "as_of": each.as_of.isoformat() if each.as_of else None, "behind": list(each.behind), "query": declared.query,
    }  # fmt: skip
    if declared.is_indicator:
        told |= {"unit": ws.declarations.indicators[card.id].unit, "latest": each.latest}
    return told


def _told(each: Refreshed) -> dict[str, Any]:
    return {
        "id": each.id, "title": each.title, "run": each.run.key if each.run else None, "verdict": each.verdict,
        "error": str(each.error) if each.error else None,
    }  # fmt: skip


def _line(each: Refreshed) -> str:
    if each.error:
        return text("refresh_failed", id=each.id, title=each.title, reason=str(each.error))
    return text("refresh_done", id=each.id, title=each.title)


COMMANDS = [tables, indicators, refresh]
