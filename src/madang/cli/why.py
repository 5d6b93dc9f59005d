"""``madang why``: from a number of a run to the rows it was made of, and to the original file."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING, Any

import click

from madang.cli.common import echo_json, echo_table, json_option, opened
from madang.messages import MadangError, text

if TYPE_CHECKING:
    from madang.runs import Run
    from madang.workspace import Workspace

_FEW = 3  # rows of each of several inputs
SHORT = 8  # letters of a key that are shown: more than enough to be one only


@click.command(
    help="'이 숫자는 왜?' 실행의 숫자에서 원본의 행까지 거슬러 갑니다. 표와 항목을 주지 않으면 따라갈 수 있는 숫자를 모두 보여 줍니다. "
    "예: madang why 열쇠 표 항목 0"
)
@click.argument("key")
@click.argument("table", required=False)
@click.argument("column", required=False)
@click.argument("row", type=int, default=0)
@click.option("--original", metavar="데이터:행", help="이 행이 원본 파일에 어떻게 적혀 있는지 봅니다.")
@json_option
@click.pass_context
def why(
    context: click.Context,
    key: str,
    table: str | None,
    column: str | None,
    row: int,
    original: str | None,
    as_json: bool,
) -> None:
    """From a number to its rows."""
    from madang.access import owner
    from madang.results import Cell
    from madang.runs.told import whole_key
    from madang.runs.way import way
    from madang.workspace import actor

    ws = opened(context)
    made = ws.ledger[whole_key(ws.ledger, key)]
    if table is None or column is None:
        _numbers(made, as_json)
        return
    told = way(made, Cell(table, column, row), ws.bank, owner(actor()))
    if original is not None:
        _original(ws, told, original)
    elif as_json:
        echo_json(told)
    else:
        _show(told, made)


def _numbers(made: Run, as_json: bool) -> None:
    """Every number of the sentences, with what to type to follow it."""
    from madang.runs.told import finding_told

    findings = [finding_told(each, made.result) for each in made.result.findings]
    if as_json:
        echo_json(findings)
        return
    for each in findings:
        click.echo(each["sentence"])
        for cell in each["cells"]:
            click.echo(f"  {cell['said']}: {_again(made.key, cell)}")


def _again(key: str, cell: dict[str, Any]) -> str:
    return shlex.join(["madang", "why", key[:SHORT], cell["table"], cell["column"], str(cell["row"])])


def _show(told: dict[str, Any], made: Run) -> None:
    of = ", ".join(f"{each['label']} {each['value']}" for each in told["of"])
    click.secho(f"{told['label']}: {told['number']}{f' ({of})' if of else ''}", bold=True)
    for each in told["sentences"]:
        click.echo(f"· {each}")
    at = made.at[:16].replace("T", " ")
    click.echo(
        text(
            "why_run", title=told["title"], table=told["table_title"], at=at, by=made.by, key=made.key[:SHORT]
        )
    )
    if not told["inputs"]:
        click.echo(text("why_no_rows"))
    several = len(told["inputs"]) > 1
    if several:
        rows = sum(each["count"] or 0 for each in told["inputs"])
        click.echo(text("why_together", datasets=len(told["inputs"]), rows=f"{rows:,}"))
    for each in told["inputs"]:
        click.echo("")
        _input(each, told, _FEW if several else None)


def _input(each: dict[str, Any], told: dict[str, Any], most: int | None) -> None:
    day = text("why_day", day=each["as_of"]) if each["as_of"] else text("why_no_day")
    name = f"{each['title']} ({each['dataset']}@{each['version']}, {day})"
    if each["error"]:
        click.echo(f"{name}\n  {each['error']}")
        return
    click.echo(text("why_rows", name=name, rows=f"{each['count']:,}"))
    click.echo("  " + (" · ".join(each["conditions"]) or text("why_all")))
    if not each["rows"]:
        return
    shown = [column for column in each["columns"] if column["name"] != "source_row"]
    heads = [text("why_row"), *(column["label"] for column in shown)]
    lines = [
        [str(row["source_row"]), *(row[column["name"]] for column in shown)] for row in each["rows"][:most]
    ]
    echo_table(heads, lines, right=(0,))
    if each["count"] > len(lines):
        click.echo(text("run_more_rows", rows=f"{each['count']:,}", shown=len(lines)))
    first = f"{each['dataset']}:{each['rows'][0]['source_row']}"
    command = f"{_again(told['run'], told)} --original {shlex.quote(first)}"
    click.echo(text("why_original", file=each["file"], command=command))


def _original(ws: Workspace, told: dict[str, Any], said: str) -> None:
    """A row of the original, column by column; what is personal, or not known, is starred."""
    from madang.bank.seen import personal_now
    from madang.intake.original import original

    dataset, _, number = said.rpartition(":")
    names = [each["dataset"] for each in told["inputs"]]
    dataset = dataset or (names[0] if len(names) == 1 else "")
    found = next((each for each in told["inputs"] if each["dataset"] == dataset), None)
    if found is None or not (number.isascii() and number.isdigit() and int(number)):
        raise MadangError("why_original_wrong", said=said, datasets=", ".join(names) or "-")
    version = ws.bank[dataset].version(found["version"])
    digest = str(version.receipt.get("sha256"))
    snapshot = ws.bank.snapshots.path(digest)
    if ws.bank.snapshots.is_withheld(digest) or not snapshot.is_file():
        raise MadangError("why_original_gone", dataset=dataset)
    shown = original(snapshot, version.receipt, version.facts, first=int(number), count=1)
    row = next((each for each in shown.rows if each.number == int(number)), None)
    if row is None:
        raise MadangError("why_original_wrong", said=said, datasets=", ".join(names))
    personal = personal_now(ws.bank, dataset, version.n)
    harmless = {each.label for each in version.columns if each.name not in personal}
    heads = [*shown.header, *[""] * (len(row.cells) - len(shown.header))]
    cells = [
        cell if not personal or head in harmless else "***"
        for head, cell in zip(heads, row.cells, strict=False)
    ]
    click.secho(text("why_source", file=found["file"], row=number, deposit=version.deposit_id), bold=True)
    echo_table([text("why_column"), text("why_cell")], list(zip(heads, cells, strict=False)))


COMMANDS = [why]
