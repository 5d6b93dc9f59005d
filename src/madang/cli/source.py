"""What was learned of a dataset's files: ``source show``, ``source forget``."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from madang.cli.common import by_option, echo_json, echo_table, json_option, opened
from madang.declarations.source import BY_HEADER, SETTINGS, Source
from madang.intake.learned import forget as forget_of
from madang.intake.learned import items_of, known_source, known_sources, setting_name, told_shown, value_of
from madang.messages import MadangError, text
from madang.workspace import actor


@click.group(help="담당자가 고쳐 준 것을 기억한 내용을 보거나 지웁니다.")
def source() -> None:
    """What was learned."""


@source.command(
    help="데이터의 파일을 읽을 때 무엇을 기억하는지, 누가 언제 정했는지 봅니다. ID가 없으면 모두 봅니다."
)
@click.argument("dataset", required=False)
@json_option
@click.pass_context
def show(context: click.Context, dataset: str | None, as_json: bool) -> None:
    """Show one source with its history, or all."""
    folder = opened(context).sources
    if dataset is None:
        found = known_sources(folder)
        if as_json:
            echo_json([_as_json(each) for each in found])
        elif not found:
            click.echo(text("sources_none"))
        else:
            echo_table(["데이터", "기억한 것"], [[each.id, told_shown(each)] for each in found])
        return
    known = known_source(folder, dataset)
    if known is None:
        raise MadangError("source_none", dataset=dataset)
    echo_json(_as_json(known)) if as_json else _show(known)


@source.command(
    help="기억한 것을 잊습니다. 아무것도 고르지 않으면 그 데이터에 대해 기억한 것을 모두 잊습니다."
)
@click.argument("dataset")
@click.option("--header", "headers", multiple=True, help="이 머리글에 대해 정한 것만 잊습니다.")
@click.option(
    "--setting",
    "settings",
    multiple=True,
    type=click.Choice([*SETTINGS, *BY_HEADER]),
    help="이 항목만 잊습니다.",
)
@by_option
@click.pass_context
def forget(
    context: click.Context, dataset: str, headers: tuple[str, ...], settings: tuple[str, ...], by: str | None
) -> None:
    """Forget what was told of a dataset's files; the history says so."""
    workspace = opened(context)
    gone = forget_of(
        workspace.sources, dataset, by=by or actor(), at=workspace.clock(), headers=headers, settings=settings
    )
    workspace.note("dataset.forget_reading", dataset, by=by, count=len(gone))
    click.echo(text("source_forgot", dataset=dataset, count=len(gone), what="; ".join(gone)))


def _as_json(known: Source) -> dict[str, Any]:
    return {"dataset": known.id, **{key: value for key, value in asdict(known).items() if key != "id"}}


def _show(known: Source) -> None:
    click.secho(known.id, bold=True)
    rows = []
    for item in items_of(known):
        change = known.change(*item)
        when, who = (change.at[:16], change.by) if change else (text("learned_by_hand"), None)
        rows.append([setting_name(*item), value_of(known, item), when, who, change.file if change else None])
    if rows:
        echo_table(["기억한 것", "값", "언제", "누가", "어느 파일에서"], rows)
    if known.history:
        click.echo()
        echo_table(
            ["때", "누가", "무엇을", "값", "입고"],
            [
                [each.at[:16], each.by, setting_name(each.setting, each.header),
                 text("setting_forgotten") if each.value is None else each.value, each.deposit or None]
                for each in known.history
            ],
        )  # fmt: skip


COMMANDS = [source]
