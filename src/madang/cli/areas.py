"""Areas: ``areas`` tells what is known of them, ``rekey`` places rows anew when they have changed."""

from __future__ import annotations

from typing import Any

import click

from madang.cli.common import OUR_FAILURE, by_option, code_of, echo_json, echo_table, json_option, opened
from madang.messages import MadangError, text


@click.command(help="아는 행정구역을 봅니다: 어느 파일에서 왔는지, 언제 것인지, 무엇이 빠졌는지.")
@json_option
@click.pass_context
def areas(context: click.Context, as_json: bool) -> None:
    """Show the register of areas."""
    known = opened(context).registers.known()
    if known is None:
        echo_json(None) if as_json else click.echo(text("areas_none"))
        return
    told = known.told()
    if as_json:
        echo_json(told)
        return
    day = told["day"] or text("areas_no_day")
    counts: dict[str, Any] = {key: f"{told[key]:,}" for key in ("dongs", "shaped", "sigungus", "sidos")}
    click.secho(text("areas_title", version=told["version"], day=day, **counts), bold=True)
    click.echo(text("areas_more", legal=f"{told['legal_dongs']:,}", addresses=f"{told['addresses']:,}"))
    click.echo()
    rows = [[each["source"], each["areas"], each["day"]] for each in told["sources"]]
    echo_table(["데이터@판", "행정동", "기준일"], rows, right=(1,))
    for note in told["notes"]:
        click.echo(f"- {note}")


@click.command(help="지역이 바뀐 뒤 데이터의 행정동을 다시 정합니다. 바뀐 것이 있을 때만 새 판이 됩니다.")
@click.argument("dataset", required=False)
@click.option("--all", "every", is_flag=True, help="위치가 있는 데이터를 모두 다시 정합니다.")
@by_option
@json_option
@click.pass_context
def rekey(context: click.Context, dataset: str | None, every: bool, by: str | None, as_json: bool) -> None:
    """Place the rows of one dataset, or of all, by the areas of now; a failure of one does not end the rest."""
    from madang.intake.rekey import placed_datasets

    if bool(dataset) == every:
        raise click.UsageError(text("rekey_usage"))
    workspace = opened(context)
    code = 0
    for name in [dataset] if dataset else list(placed_datasets(workspace.bank)):
        try:
            done = workspace.rekey(name, by=by)
        except MadangError as error:
            if not every or code_of(error) == OUR_FAILURE:
                raise
            click.echo(f"오류: {name}: {error}", err=True)
            code = code_of(error)
            continue
        if as_json:
            echo_json(done.to_json())
            continue
        said = "rekeyed" if done.made else "rekey_same"
        numbers: dict[str, Any] = {"rows": f"{done.rows:,}", "changed": f"{done.changed:,}"}
        click.echo(text(said, dataset=name, version=done.version, **numbers))
        for reason in done.reasons:
            click.echo(f"  {reason.text()}")
    context.exit(code)


COMMANDS = [areas, rekey]
