"""``madang collect``: fetches from sources by hand, or all whose time has come (for cron)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from madang.bank.durable import SEOUL
from madang.cli.common import REFUSED, by_option, echo_json, echo_table, json_option, opened, progress
from madang.collect.history import GOOD, History, Run
from madang.collect.origin import Origin, load_origin, load_origins
from madang.messages import text
from madang.workspace import Workspace, actor


@click.command(
    help="수집원에서 자료를 받아 입고합니다. ID가 없으면 수집원과 그 상태를 봅니다. 수집원은 content/collect/<ID>.toml에 적습니다."
)
@click.argument("origin_id", metavar="[ID]", required=False)
@click.option(
    "--due", "only_due", is_flag=True, help="때가 된 수집원을 모두 한 번씩 받습니다 (cron에서 부를 때)."
)
@by_option
@json_option
@click.pass_context
def collect(
    context: click.Context, origin_id: str | None, only_due: bool, by: str | None, as_json: bool
) -> None:
    """Run one origin, those that are due, or show all."""
    workspace = opened(context)
    if origin_id and only_due:
        raise click.UsageError(text("collect_one_or_due"))
    if origin_id is None and not only_due:
        _show(workspace, as_json)
        return
    found, broken = (
        ([load_origin(workspace.folder, origin_id)], []) if origin_id else load_origins(workspace.folder)
    )
    for error in broken:
        click.echo(f"✕ {error}", err=True)
    if only_due:
        now = workspace.clock()
        from madang.collect.run import due

        found = [origin for origin in found if due(origin, workspace.folder, now)]
    runs = [_run(workspace, origin, by or actor(), as_json) for origin in found]
    if as_json:
        echo_json([run.to_json() for run in runs])
    if broken or any(run.outcome not in GOOD for run in runs):
        context.exit(REFUSED)


def _run(workspace: Workspace, origin: Origin, by: str, quiet: bool) -> Run:
    from madang.collect.run import collect as run_one

    with progress(origin.title, quiet=quiet) as show:
        run = run_one(origin, workspace, by=by, tell=lambda done, total, step: show(done, total)).run
    if not quiet:
        click.secho(f"{origin.title}: {text(f'collect_was_{run.outcome}')}", bold=True)
        for receipt in run.receipts:
            click.echo(
                f"  {receipt['dataset']}@{receipt['version'] or '-'}  {receipt['rows'] or 0:,}  {receipt['file']}"
            )
        for note in (note for each in run.evidence for note in each.get("notes", ())):
            click.echo(f"  · {note['text']}")
        if run.error:
            click.echo(f"  {run.reason}", err=True)
    return run


def _show(workspace: Workspace, as_json: bool) -> None:
    """All origins: how each stands, when it ran and runs next."""
    found, broken = load_origins(workspace.folder)
    now = workspace.clock()
    rows: list[dict[str, Any]] = []
    for origin in found:
        history = History(workspace.folder, origin.id)
        state = history.state()
        rows.append(
            {
                "id": origin.id, "title": origin.title, "kind": origin.kind, "dataset": origin.dataset,
                "state": history.lamp(origin, now, state), "last": state.started, "next": history.next_run(origin, state),
            }
        )  # fmt: skip
    if as_json:
        echo_json(rows)
    elif rows:
        headers = [text(f"collect_head_{name}") for name in ("id", "title", "state", "last", "next")]
        shown = [
            [r["id"], r["title"], text(f"collect_lamp_{r['state']}"), _at(r["last"]), _at(r["next"])]
            for r in rows
        ]
        echo_table(headers, shown)
    elif not broken:
        click.echo(text("collect_none"))
    for error in broken:
        click.echo(f"✕ {error}", err=True)


def _at(moment: datetime | None) -> str:
    return moment.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M") if moment else "-"


COMMANDS = [collect]
