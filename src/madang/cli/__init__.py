"""The command line: ``madang …``. One module per group of commands."""

from __future__ import annotations

import click

from madang import __version__
from madang.cli.korean import speak_korean

speak_korean()  # before the options are made: they keep what click said then

from madang.cli import (  # noqa: E402
    areas,
    card,
    change,
    collect,
    declared,
    deposit,
    feed,
    keep,
    living,
    look,
    people,
    release,
    runs,
    sample,
    source,
    up,
    why,
    work,
)
from madang.cli.common import Failing  # noqa: E402


@click.group(
    cls=Failing,
    help="마당(Madang): 구청 파일을 검사된 판으로 쌓고, 모든 숫자를 원본 행까지 따라갑니다.",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.option(
    "--workspace",
    "-w",
    type=click.Path(file_okay=False),
    envvar="MADANG_WORKSPACE",
    default="workspace",
    show_default=True,
    help="작업 공간 폴더 (환경 변수 MADANG_WORKSPACE).",
)
@click.version_option(__version__, message="madang %(version)s")
@click.pass_context
def main(context: click.Context, workspace: str) -> None:
    """Entry point of ``madang``."""
    context.obj = workspace


for module in (
    deposit,
    look,
    card,
    areas,
    change,
    source,
    collect,
    runs,
    declared,
    living,  # whose `runs` takes the place of the plain one
    why,
    keep,
    sample,
    feed,
    people,
    release,
    up,
    work,
):
    for command in module.COMMANDS:
        main.add_command(command)
