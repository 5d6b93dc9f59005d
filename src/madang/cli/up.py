"""``madang up``: the workspace on a web page."""

from __future__ import annotations

from pathlib import Path

import click

from madang.cli.common import opened
from madang.cli.sample import fill
from madang.messages import text
from madang.workspace import Workspace


@click.command(help="작업 공간을 웹 페이지로 엽니다.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--sample", is_flag=True, help="작업 공간이 비어 있으면 지어낸 도시로 채웁니다.")
@click.pass_context
def up(context: click.Context, host: str, port: int, sample: bool) -> None:
    """Serve the catalogue; makes the workspace where there is none."""
    from madang.web.serve import serve

    folder = Path(context.find_root().obj)
    if sample:
        fill(folder)
    workspace = opened(context) if (folder / "madang.toml").exists() else Workspace.init(folder)
    click.secho(text("serving", host=host, port=port, name=workspace.settings.name), bold=True)
    serve(workspace.folder, host=host, port=port)


COMMANDS = [up]
