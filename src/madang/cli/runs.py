"""``madang analyses``, ``run``, ``runs``, ``why``: computations and the way back from their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from madang.cli.common import by_option, echo_json, echo_table, json_option, opened
from madang.messages import MadangError, text

if TYPE_CHECKING:
    from madang.runs import Run
    from madang.workspace import Workspace


@click.command(help="할 수 있는 분석을 보여 줍니다. 이름을 주면 정할 수 있는 값과 쓰는 데이터를 보여 줍니다.")
@click.argument("analysis", required=False)
@json_option
@click.pass_context
def analyses(context: click.Context, analysis: str | None, as_json: bool) -> None:
    """List analyses, or tell one."""
    found = opened(context).ledger.analyses
    if analysis:
        _tell(found[analysis], as_json)
        return
    listed = [{"id": each.id, "title": each.card.title, "question": each.card.question, "origin": each.origin}
              for each in found]  # fmt: skip
    if as_json:
        echo_json(listed)
        return
    echo_table(
        ["이름", "분석", "묻는 것"], [[each["id"], each["title"], each["question"]] for each in listed]
    )
    for error in found.broken:
        click.echo(f"오류: {error}", err=True)


@click.command(
    help="마당에 딸리지 않은 분석을 지금의 코드대로 실행해도 된다고 승인합니다. 코드를 읽은 뒤에 하십시오."
)
@click.argument("analysis")
@by_option
@click.pass_context
def approve(context: click.Context, analysis: str, by: str | None) -> None:
    """Let an analysis of the workspace or of a package run."""
    ws = opened(context)
    done = ws.approve(analysis, by=by)
    click.echo(
        text("analysis_approved", analysis=done.card.title, folder=str(done.folder), hash=done.own_code[:12])
    )


@click.command(help="분석을 실행합니다. 같은 코드, 값, 데이터로 한 적이 있으면 그 결과를 불러옵니다.")
@click.argument("analysis")
@click.option("--set", "said", multiple=True, metavar="이름=값", help="분석의 값. 여러 번 쓸 수 있습니다.")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    metavar="자리=데이터[@판]",
    help="맞는 데이터가 여럿일 때 고릅니다. 없어도 되는 자리는 -로 뺍니다.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="무작위 계산의 시작 값.")
@by_option
@json_option
@click.pass_context
def run(
    context: click.Context,
    analysis: str,
    said: tuple[str, ...],
    inputs: tuple[str, ...],
    seed: int,
    by: str | None,
    as_json: bool,
) -> None:
    """Compute, or recall."""
    ws = opened(context)
    made = ws.run(analysis, _pairs(said), _pairs(inputs), by=by, seed=seed)
    echo_json(_json(made)) if as_json else _show(made)


@click.command(help="지금까지의 실행을 보여 줍니다. 열쇠를 주면 그 결과를 보여 줍니다.")
@click.argument("key", required=False)
@json_option
@click.pass_context
def runs(context: click.Context, key: str | None, as_json: bool) -> None:
    """List runs, or show one."""
    ledger = opened(context).ledger
    if key:
        echo_json(_json(ledger[key])) if as_json else _show(ledger[key])
        return
    found = ledger.runs(by=_owner())
    if as_json:
        echo_json([_told(each) | {"behind": ledger.behind(each)} for each in found])
        return
    stale = {True: text("run_behind"), False: ""}
    echo_table(
        ["열쇠", "분석", "언제", "누가", "초", ""],
        [
            [
                each.key,
                each.title,
                each.at[:16].replace("T", " "),
                each.by,
                each.seconds,
                stale[bool(ledger.behind(each))],
            ]
            for each in found
        ],
        right=(4,),
    )


@click.command(
    help="'이 숫자는 왜?' 실행의 숫자에서 원본의 행까지 거슬러 갑니다. 예: madang why 열쇠 표 항목 0"
)
@click.argument("key")
@click.argument("table", required=False)
@click.argument("column", required=False)
@click.argument("row", type=int, default=0)
@json_option
@click.pass_context
def why(
    context: click.Context, key: str, table: str | None, column: str | None, row: int, as_json: bool
) -> None:
    """From a number to its rows."""
    from madang.results import Cell

    ws = opened(context)
    made = ws.ledger[key]
    if table is None or column is None:
        _numbers(made)
        return
    steps = _steps(ws, made, Cell(table, column, row))
    if as_json:
        echo_json(steps)
        return
    for step in steps["inputs"]:
        click.echo(text("why_input", dataset=step["dataset"], version=step["version"], rows=f"{step['count']:,}",
                        filters=step["filters"] or text("why_all")))  # fmt: skip
        echo_table(step["header"], [line[: len(step["header"])] for line in step["rows"]])
        for cell in step["cells"]:
            click.echo(text("why_source", **cell))


def _steps(ws: Workspace, made: Run, cell: Any) -> dict[str, Any]:
    """The whole way: the number, the run, and for each input its rows with their places in the original file."""
    from madang.results import said
    from madang.runs.why import behind

    inputs = [_input(ws, each) for each in behind(made, cell)]
    table = made.result.table(cell.table)
    shown = said(table.value(cell.row, cell.column), table.column(cell.column), exact=True)
    return {"number": shown, "table": table.title, "run": made.key, "inputs": inputs}


def _input(ws: Workspace, each: Any) -> dict[str, Any]:
    from dataclasses import replace

    from madang.engine.rows import Source, rows
    from madang.engine.rows_address import address

    version, page, count = each.page(ws.bank, _owner())
    named = [column.label for column in page.columns][:6]
    numbers = rows(
        Source(tuple(version.files)), replace(each.query, select=("source_row",)), _all(), version.columns
    )
    cells = [
        {"file": str(version.receipt.get("file")), "row": number, "deposit": version.deposit_id}
        for (number,) in numbers.rows[:3]
    ]
    filters = " ".join(f"{key}={value}" for key, value in address(replace(each.query, limit=100)))
    return {
        "dataset": version.dataset.id, "version": version.n, "count": count, "filters": filters, "header": named,
        "rows": [list(row) for row in page.rows], "cells": cells,
    }  # fmt: skip


def _numbers(made: Run) -> None:
    """Every number of the sentences, with what to type to follow it."""
    from madang.results import parts

    for finding in made.result.findings:
        click.echo("".join(part.text for part in parts(finding, made.result)))
        for part in parts(finding, made.result):
            if part.cell:
                cell = part.cell
                click.echo(f"  {part.text}: madang why {made.key} {cell.table} {cell.column} {cell.row}")


def _tell(analysis: Any, as_json: bool) -> None:
    card = analysis.card
    values = [{"name": each.name, "label": each.label, "default": each.default, "help": each.help,
               "choices": dict(each.choices) if each.choices else None} for each in analysis.parameters]  # fmt: skip
    roles = [{"name": each.name, "label": each.label, "standard": each.standard, "optional": each.optional}
             for each in card.inputs]  # fmt: skip
    if as_json:
        echo_json({"id": card.id, "title": card.title, "question": card.question, "why": card.why,
                   "parameters": values, "inputs": roles, "not_for": list(card.not_for)})  # fmt: skip
        return
    click.echo(f"{card.title}\n{card.question}\n{card.why}\n")
    echo_table(["값", "뜻", "기본"], [[each["name"], each["label"], each["default"]] for each in values])
    click.echo("")
    echo_table(
        ["자리", "데이터", "표준"], [[each["name"], each["label"], each["standard"]] for each in roles]
    )
    for each in card.not_for:
        click.echo(f"- {each}")


def _show(made: Run) -> None:
    from madang.results import said, sentence

    click.echo(f"{made.title} ({made.key})\n")
    for finding in made.result.findings:
        click.echo(f"· {sentence(finding, made.result)}")
    for table in made.result.tables:
        click.echo(f"\n{table.title}")
        lines = [
            [said(line[each.name], each) for each in table.columns]
            for line in table.rows.slice(0, 20).to_pylist()
        ]
        echo_table([each.label for each in table.columns], lines)
        if table.rows.num_rows > len(lines):
            click.echo(text("run_more_rows", rows=f"{table.rows.num_rows:,}", shown=len(lines)))
    for caveat in made.result.caveats:
        click.echo(f"\n! {caveat}")
    read = ", ".join(f"{each.dataset}@{each.version}" for each in made.inputs)
    click.echo(
        "\n"
        + text("run_told", inputs=read, at=made.at[:16].replace("T", " "), by=made.by, seconds=made.seconds)
    )


def _json(made: Run) -> dict[str, Any]:
    from madang.results import sentence

    result = made.result
    return _told(made) | {
        "findings": [sentence(each, result) for each in result.findings],
        "tables": {each.id: each.rows.to_pylist() for each in result.tables},
        "caveats": list(result.caveats),
    }


def _told(made: Run) -> dict[str, Any]:
    return {
        "key": made.key, "analysis": made.analysis, "title": made.title, "parameters": dict(made.parameters),
        "inputs": [{"role": each.role, "name": f"{each.dataset}@{each.version}"} for each in made.inputs], "seed": made.seed,
        "by": made.by, "at": made.at, "seconds": made.seconds,
    }  # fmt: skip


def _pairs(said: tuple[str, ...]) -> dict[str, str]:
    for each in said:
        if "=" not in each:
            raise MadangError("run_pair", said=each)
    return {name.strip(): value.strip() for name, _, value in (each.partition("=") for each in said)}


def _owner() -> Any:
    from madang.access import owner
    from madang.workspace import actor

    return owner(actor())


def _all() -> Any:
    from madang.access import View

    return View()


@click.group(help="새로 만듭니다.")
def new() -> None:
    """Make the beginning of something."""


@new.command("analysis", help="새 분석의 폴더를 만듭니다: 카드, 코드, 아직 실패하는 시험.")
@click.argument("analysis")
@click.option(
    "--standard", default="public-toilet", show_default=True, help="쓰는 데이터의 표준 (madang standards)."
)
@click.pass_context
def new_analysis(context: click.Context, analysis: str, standard: str) -> None:
    """Begin an analysis in the workspace."""
    from madang.runs.begin import begin

    ws = opened(context)
    if standard not in ws.standards:
        raise MadangError("analysis_standard", standard=standard)
    folder = begin(analysis, ws.folder / "content" / "analyses", standard)
    click.echo(text("analysis_begun", folder=str(folder), id=analysis))


COMMANDS = [analyses, new, approve, run, runs, why]
