"""``madang deposit``: files in, receipts out."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from pathlib import Path
from typing import Any

import click

import madang
from madang.bank.ids import dataset_id
from madang.cli.common import (
    OUR_FAILURE,
    REFUSED,
    by_option,
    echo_json,
    json_option,
    opened,
    progress,
    without_pandas,
)
from madang.intake.raw import Override
from madang.intake.receipt import Receipt
from madang.messages import MadangError, text
from madang.workspace import Workspace

_AT_ONCE = 2
_SIGN = {"accepted": "✓", "accepted_with_problems": "△", "refused": "✕", "unchanged": "="}
_COLOUR = {"accepted": "green", "accepted_with_problems": "yellow", "refused": "red", "unchanged": None}


@click.command(help="파일을 입고합니다. 파일에서 찾은 표마다 접수증이 하나씩 나옵니다.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--all",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="폴더 안의 모든 파일을 입고합니다. 다시 실행하면 이어서 합니다.",
)
@click.option("--as", "dataset", help="데이터 이름 (기본: 파일 이름에서 날짜와 판 표시를 뗀 것).")
@click.option("--standard", help="표준을 지정합니다 (`madang standards`).")
@click.option("--text", "as_text", is_flag=True, help="모든 열을 글자 그대로 둡니다.")
@click.option("--encoding", help="문자 인코딩을 지정합니다 (예: cp949, utf-8).")
@click.option("--delimiter", help="구분자를 지정합니다 (탭은 \\t).")
@click.option("--header-rows", help="머리글 행 번호를 지정합니다 (예: 3 또는 3,4; 없으면 0).")
@click.option("--type", "types", multiple=True, metavar="열=자료형", help="열의 자료형을 지정합니다.")
@by_option
@json_option
@click.pass_context
def deposit(
    context: click.Context,
    paths: tuple[Path, ...],
    folder: Path | None,
    dataset: str | None,
    standard: str | None,
    as_text: bool,
    encoding: str | None,
    delimiter: str | None,
    header_rows: str | None,
    types: tuple[str, ...],
    by: str | None,
    as_json: bool,
) -> None:
    """Deposit files or a folder; exit code 3 where any was refused."""
    if bool(paths) == bool(folder) or (dataset and (folder or len(paths) > 1)):
        raise click.UsageError(text("deposit_usage"))
    workspace = opened(context)
    override = Override(
        encoding=encoding,
        delimiter=delimiter.replace("\\t", "\t") if delimiter else None,
        header_rows=_header_rows(header_rows),
        standard=standard,
        text=as_text,
        types=_types(types),
    )
    if folder:
        receipts = _all(workspace.folder, folder, override, by)
    else:
        receipts = _some(workspace, paths, dataset, override, by, as_json)
    context.exit(_report(receipts, as_json, tell_sum=folder is not None))


def _header_rows(given: str | None) -> tuple[int, ...] | None:
    if given is None:
        return None
    try:
        rows = tuple(int(part) for part in given.split(","))
    except ValueError:
        raise click.UsageError(text("header_rows_usage", given=given)) from None
    return () if rows == (0,) else rows


def _types(given: tuple[str, ...]) -> dict[str, str]:
    pairs = [part.rpartition("=") for part in given]
    if any(not label or not kind for label, _, kind in pairs):
        raise click.UsageError(text("types_usage"))
    return {label: kind for label, _, kind in pairs}


def _some(
    workspace: Workspace,
    paths: tuple[Path, ...],
    dataset: str | None,
    override: Override,
    by: str | None,
    as_json: bool,
) -> Iterator[Receipt]:
    for path in paths:
        with progress(path.name, quiet=as_json) as show:
            receipts = workspace.deposit(path, dataset, override=override, by=by, progress=show)
        yield from receipts


def _all(workspace: Path, folder: Path, override: Override, by: str | None) -> Iterator[Receipt]:
    """Every file of a folder, two at a time; files of one dataset in the order of their names."""
    if not folder.is_dir():
        raise MadangError("folder_missing", path=folder)
    groups: dict[str, list[Path]] = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not _hidden(p.relative_to(folder))):
        groups.setdefault(dataset_id(path.name), []).append(path)
    total = sum(map(len, groups.values()))
    spawn = multiprocessing.get_context("spawn")
    with (
        progress(text("depositing", files=total), quiet=total == 0) as show,
        ProcessPoolExecutor(_AT_ONCE, spawn, initializer=_worker) as pool,
    ):
        waiting = iter(groups.values())
        running: set[Future[list[Receipt]]] = set()
        queues: dict[Future[list[Receipt]], list[Path]] = {}
        done = 0
        try:
            while True:
                while len(running) < _AT_ONCE and (queue := next(waiting, None)):
                    future = pool.submit(_one, workspace, queue[0], override, by)
                    running.add(future)
                    queues[future] = queue[1:]
                if not running:
                    break
                finished, running = wait(running, return_when=FIRST_COMPLETED)
                for future in finished:
                    done += 1
                    show(done, total)
                    rest = queues.pop(future)
                    if rest:
                        follow = pool.submit(_one, workspace, rest[0], override, by)
                        running.add(follow)
                        queues[follow] = rest[1:]
                    yield from future.result()
        except KeyboardInterrupt:
            pool.shutdown(wait=True, cancel_futures=True)
            raise


def _one(workspace: Path, path: Path, override: Override, by: str | None) -> list[Receipt]:
    """One file, in a process of its own."""
    return madang.open(workspace).deposit(path, override=override, by=by, again=False, threads=1)


def _worker() -> None:
    """A process for files. Ctrl-C is for the parent: it lets running files finish and starts no new one."""
    without_pandas()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.parts)


def _report(receipts: Iterator[Receipt], as_json: bool, *, tell_sum: bool) -> int:
    """Print every receipt as it comes; returns the exit code."""
    verdicts: Counter[str] = Counter()
    failures = 0
    for receipt in receipts:
        verdicts[receipt.verdict] += 1
        failures += any(reason.code == "own_failure" for reason in receipt.reasons)
        if as_json:
            echo_json(receipt.to_json())
        else:
            _show(receipt)
    if tell_sum and not as_json:
        sums: dict[str, Any] = {verdict: verdicts[verdict] for verdict in _SIGN}
        click.echo(text("deposit_sum", **sums))
    return OUR_FAILURE if failures else REFUSED if verdicts["refused"] else 0


def _show(receipt: Receipt) -> None:
    name = receipt.file if receipt.member is None else f"{receipt.file} [{receipt.member}]"
    click.secho(f"{_SIGN[receipt.verdict]} {name}", fg=_COLOUR[receipt.verdict], bold=True)
    click.echo("  " + text(f"verdict_{receipt.verdict}", **_numbers(receipt)))
    for reason in receipt.reasons:
        click.echo(f"  - {reason.text()}")
    if receipt.problems and receipt.accepted:
        click.echo("  " + text("see_problems", dataset=receipt.dataset, problems=f"{receipt.problems:,}"))


def _numbers(receipt: Receipt) -> dict[str, Any]:
    standard = text("by_standard", standard=receipt.standard) if receipt.standard else text("no_standard")
    return {
        "dataset": receipt.dataset,
        "version": str(receipt.version),
        "rows": f"{receipt.rows or 0:,}",
        "columns": str(receipt.columns or 0),
        "standard": standard,
        "seconds": f"{receipt.seconds:.1f}",
    }


COMMANDS = [deposit]
