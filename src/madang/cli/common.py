"""What all commands share: errors as sentences, exit codes, JSON, tables, progress."""

from __future__ import annotations

import json
import os
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

import madang
from madang.intake.raw import Progress, Steps, no_steps
from madang.messages import MadangError, text
from madang.workspace import Workspace

WRONG_USE, REFUSED, OUR_FAILURE = 2, 3, 1

by_option = click.option("--by", help="누가 하는지 (기본: 로그인 이름).")
json_option = click.option("--json", "as_json", is_flag=True, help="기계가 읽는 JSON으로 출력합니다.")


def code_of(error: MadangError) -> int:
    """The exit code of an error: a machine or process that failed is not wrong use."""
    ours = error.about_the_machine or error.code in ("worker_died", "file_failed")
    return OUR_FAILURE if ours else WRONG_USE


class Failing(click.Group):
    """A group whose commands end in a sentence and an exit code, never in a traceback."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except MadangError as error:
            click.echo(f"오류: {error}", err=True)
            context.exit(code_of(error))
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            context.exit(0)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo(text("interrupted"), err=True)
            context.exit(130)
        except Exception as error:
            if os.environ.get("MADANG_DEBUG"):
                raise
            click.echo(text("failure", error=f"{type(error).__name__}: {error}"), err=True)
            context.exit(OUR_FAILURE)


def opened(context: click.Context) -> Workspace:
    """The workspace the command works on."""
    return madang.open(context.find_root().obj)


def echo_json(value: Any) -> None:
    """One JSON value on one line."""
    click.echo(json.dumps(value, ensure_ascii=False, default=str))


def width(shown: str) -> int:
    """Columns a text takes in a terminal; Hangul takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in shown)


def echo_table(headers: Sequence[str], rows: Sequence[Sequence[Any]], *, right: Sequence[int] = ()) -> None:
    """A plain table; columns listed in `right` are right-aligned. Long cells are cut with an ellipsis."""
    shown = [[_cut(_text(cell)) for cell in row] for row in rows]
    widths = [max(map(width, column)) for column in zip(headers, *shown, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = [
            " " * (size - width(cell)) + cell if index in right else cell + " " * (size - width(cell))
            for index, (cell, size) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    click.secho(line(list(headers)), bold=True)
    for row in shown:
        click.echo(line(row))


def _text(cell: Any) -> str:
    if cell is None:
        return "-"
    return (
        f"{cell:,}" if isinstance(cell, int) and not isinstance(cell, bool) else str(cell).replace("\n", " ")
    )


def _cut(shown: str, most: int = 60) -> str:
    while width(shown) > most:
        shown = shown[:-2].rstrip("…") + "…"
    return shown


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Callable[[int, int | None], None]]:
    """A progress line on the error stream; silent where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    seen = -1

    def show(done: int, total: int | None) -> None:
        nonlocal seen
        percent = 0 if not total else min(100, done * 100 // total)
        if percent != seen:
            seen = percent
            click.echo(f"\r{label}  {percent:3d}%" if total else f"\r{label}  {done:,}", err=True, nl=False)

    try:
        yield show
    finally:
        if seen >= 0:
            click.echo("\r" + " " * (width(label) + 8) + "\r", err=True, nl=False)


@contextmanager
def following(label: str, *, quiet: bool) -> Iterator[Steps]:
    """A line on the error stream that says which step of a deposit runs and how far it is; silent where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield no_steps
        return
    shown, told = "", -1

    def line(said: str) -> None:
        nonlocal shown
        blank = " " * max(0, width(shown) - width(said))
        click.echo(f"\r{said}{blank}", err=True, nl=False)
        shown = said

    def begin(step: str) -> Progress:
        nonlocal told
        told = -1
        line(f"{label}  {text(f'step_{step}')}")

        def show(done: int, total: int | None) -> None:
            nonlocal told
            percent = min(100, done * 100 // total) if total else -1
            if percent != told:
                told = percent
                line(f"{label}  {text(f'step_{step}')}  {percent:3d}%")

        return show

    try:
        yield begin
    finally:
        if shown:
            click.echo("\r" + " " * width(shown) + "\r", err=True, nl=False)
