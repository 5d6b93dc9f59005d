"""``madang up``: the workspace on a web page."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

import click

from madang.cli.common import opened
from madang.cli.sample import fill
from madang.messages import text
from madang.samplecity import Setting
from madang.workspace import Workspace


@click.command(help="작업 공간을 웹 페이지로 엽니다.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8000, show_default=True)
@click.option(
    "--sample",
    type=float,
    is_flag=False,
    flag_value=1.0,
    metavar="[규모]",
    help="작업 공간이 없으면 지어낸 도시로 채워 만듭니다 (규모를 주지 않으면 1: 40만 명).",
)
@click.pass_context
def up(context: click.Context, host: str, port: int, sample: float | None) -> None:
    """Serve the catalogue; makes the workspace where there is none."""
    from madang.web.serve import check_free, serve

    folder = Path(context.find_root().obj)
    if sample is not None:
        check_free(host, port)
        if fill(folder, Setting(scale=sample)):
            _again(folder, host, port)
    workspace = opened(context) if (folder / "madang.toml").exists() else Workspace.init(folder)
    name = workspace.settings.name
    click.echo(text("serving_soon", name=name))
    serve(workspace.folder, host=host, port=port, said=text("serving", host=host, port=port, name=name))


def _again(folder: Path, host: str, port: int) -> NoReturn:
    """Become a new process that only serves: the library of tables keeps threads here, and the server forks."""
    sys.stdout.flush()
    sys.stderr.flush()
    command = [sys.executable, "-m", "madang", "-w", str(folder), "up", "--host", host, "--port", str(port)]
    os.execv(sys.executable, command)


COMMANDS = [up]
