"""``madang analyses``, ``run``, ``runs``: questions that are asked of data, and what was answered."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.cli.common import by_option, echo_json, echo_table, json_option, opened
from madang.messages import MadangError, text

if TYPE_CHECKING:
    from madang.runs import Run


@click.command(help="할 수 있는 분석을 보여 줍니다. 이름을 주면 정할 수 있는 값과 쓰는 데이터를 보여 줍니다.")
@click.argument("analysis", required=False)
@json_option
@click.pass_context
def analyses(context: click.Context, analysis: str | None, as_json: bool) -> None:
    """List analyses, or tell one."""
    from madang.runs.told import analysis_line

    found = opened(context).ledger.analyses
    if analysis:
        _tell(found[analysis], as_json)
        return
    listed = [analysis_line(each) for each in found]
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
    told = text("analysis_tests", tests=", ".join(done.tests), folder=str(done.folder))
    click.echo(told if done.tests else text("analysis_no_tests"))


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
    from madang.runs.told import run_told

    ws = opened(context)
    made = ws.run(analysis, _pairs(said), _pairs(inputs), by=by, seed=seed)
    echo_json(run_told(ws.ledger, made, rows=True)) if as_json else _show(made)


@click.command(help="지금까지의 실행을 보여 줍니다. 열쇠를 주면 그 결과를 보여 줍니다.")
@click.argument("key", required=False)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="파일",
    help="결과를 보고서로 씁니다. 파일 이름의 끝이 형식입니다: .hwpx .docx .xlsx .html",
)
@click.option(
    "--of", default="", metavar="이름", help="이 분석의 실행만 봅니다. tables/이름, indicators/이름도 됩니다."
)
@by_option
@json_option
@click.pass_context
def runs(
    context: click.Context, key: str | None, report: Path | None, of: str, by: str | None, as_json: bool
) -> None:
    """List runs, show one, or write its report."""
    from madang.runs.told import run_line, run_told, whole_key

    ws = opened(context)
    ledger = ws.ledger
    if report and not key:
        raise MadangError("report_of", file=report)
    if key and report:
        click.echo(
            text("report_written", file=str(ws.save_report(ledger[whole_key(ledger, key)], report, by=by)))
        )
        return
    if key:
        made = ledger[whole_key(ledger, key)]
        echo_json(run_told(ledger, made, rows=True)) if as_json else _show(made)
        return
    found = ledger.runs(by=_owner(), of=of)
    if as_json:
        echo_json([run_line(ledger, each) for each in found])
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


def _tell(analysis: Any, as_json: bool) -> None:
    from madang.runs.told import analysis_told

    told = analysis_told(analysis)
    if as_json:
        echo_json(told)
        return
    click.echo(f"{told['title']}\n{told['question']}\n{told['why']}\n")
    echo_table(
        ["값", "뜻", "기본", "고를 수 있는 것"],
        [
            [each["name"], each["label"], _as_said(each["default"]), _may_be(each)]
            for each in told["parameters"]
        ],
    )
    for each in told["parameters"]:
        for value, word in (each["choices"] or {}).items():
            if value != word:
                click.echo(f"  {each['name']}={value}: {word}")
    click.echo("")
    echo_table(
        ["자리", "데이터", "표준"],
        [[each["name"], each["label"], ", ".join(each["standards"])] for each in told["inputs"]],
    )
    for each in told["not_for"]:
        click.echo(f"- {each}")


def _as_said(value: Any) -> Any:
    """A default as ``--set`` takes it."""
    return str(value).lower() if isinstance(value, bool) else value


def _may_be(told: dict[str, Any]) -> str:
    """What a value may be, as ``--set`` takes it."""
    if told["choices"]:
        return " | ".join(told["choices"])
    if told["range"]:
        low, high = (_plain(told["range"][end]) for end in ("low", "high"))
        return f"{low}–{high} {told['unit']}".rstrip()
    return {"yes_no": "true | false", "date": "2026-01-31"}.get(told["kind"], "")


def _plain(number: float) -> str:
    """All its digits, and no exponent."""
    return f"{Decimal(str(number)).normalize():,f}"


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


def _pairs(said: tuple[str, ...]) -> dict[str, str]:
    for each in said:
        if "=" not in each:
            raise MadangError("run_pair", said=each)
    return {name.strip(): value.strip() for name, _, value in (each.partition("=") for each in said)}


def _owner() -> Any:
    from madang.access import owner
    from madang.workspace import actor

    return owner(actor())


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


COMMANDS = [analyses, new, approve, run, runs]
