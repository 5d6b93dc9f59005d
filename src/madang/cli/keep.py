"""Keeping: ``init``, ``backup``, ``restore``, ``doctor``."""

from __future__ import annotations

from pathlib import Path

import click

from madang.cli.common import OUR_FAILURE, echo_json, json_option, opened, progress
from madang.declarations.settings import Settings
from madang.messages import text
from madang.workspace import Workspace


@click.command(help="작업 공간을 새로 만듭니다.")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--name", help="기관 이름.")
def init(directory: Path, name: str | None) -> None:
    """Make a workspace."""
    made = Workspace.init(directory, name)
    click.echo(text("initialised", path=directory, name=made.settings.name))


@click.command(help="작업 공간을 파일 하나로 백업합니다.")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup(context: click.Context, target: Path) -> None:
    """Write the workspace to one tar file."""
    with progress(text("backing_up"), quiet=False) as show:
        size = opened(context).backup(target, show)
    click.echo(text("backed_up", path=target, size=f"{size / 1e6:,.1f}"))


@click.command(help="백업을 빈 작업 공간에 복원합니다. 그 뒤의 파기는 다시 적용합니다.")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def restore(context: click.Context, source: Path) -> None:
    """Fill an empty workspace from a backup."""
    folder = Path(context.find_root().obj)
    new = not (folder / "madang.toml").exists()  # then its settings come from the backup
    workspace = Workspace(folder.resolve(), Settings(folder.name)) if new else opened(context)
    stones = workspace.restore(source)
    click.echo(text("restored", path=source, datasets=len(workspace.bank.datasets()), stones=len(stones)))


@click.command(
    help="뱅크가 온전한지 살핍니다. --fix는 끝나지 않은 파기를 마치고, 따라 열리지 못한 새 판을 열고, 찌꺼기를 치우고, 검색 색인을 다시 만듭니다."
)
@click.option("--fix", is_flag=True)
@json_option
@click.pass_context
def doctor(context: click.Context, fix: bool, as_json: bool) -> None:
    """Check the bank; exit code 1 where something is wrong."""
    from madang.bank.doctor import examine

    workspace = opened(context)
    swept = []
    if fix:
        workspace.finish_erasures()
        workspace.follow_late()
        swept = workspace.bank.sweep()
    findings = examine(workspace.bank)
    if fix:
        workspace.rebuild_index()
    if as_json:
        echo_json({"findings": [{"code": f.code, "text": f.text()} for f in findings], "swept": len(swept)})
    else:
        for finding in findings:
            click.secho(f"✕ {finding.text()}", fg="red")
        if not findings:
            click.secho(text("healthy", datasets=len(workspace.bank.datasets())), fg="green")
        if fix:
            click.echo(text("swept", count=len(swept)))
    context.exit(OUR_FAILURE if findings else 0)


COMMANDS = [init, backup, restore, doctor]
