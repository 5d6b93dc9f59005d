"""``madang deposit``: files in, receipts out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from madang.bank.ids import readable_name
from madang.cli.common import (
    OUR_FAILURE,
    REFUSED,
    WRONG_USE,
    by_option,
    code_of,
    echo_json,
    following,
    json_option,
    opened,
)
from madang.cli.folder import Job, Outcome, deposit_folder, files_of, named
from madang.cli.folder_report import Tally, advancing
from madang.intake.raw import Override
from madang.intake.receipt import Receipt, Stopped
from madang.intake.use import check_wishes
from madang.messages import MadangError, text
from madang.workspace import Workspace

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
@click.option(
    "--type",
    "types",
    multiple=True,
    metavar="열=자료형",
    help="열의 자료형을 지정합니다 (예: 우편번호=text).",
)
@click.option("--crs", help="좌표계를 지정합니다 (예: EPSG:5174).")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="머리글=열",
    help="머리글을 표준의 열에 잇습니다 (오른쪽이 비면 잇지 않습니다).",
)
@click.option("--once", is_flag=True, help="정한 것을 이번만 쓰고 기억하지 않습니다.")
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
    crs: str | None,
    maps: tuple[str, ...],
    once: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Deposit files or a folder; exit code 3 where any was refused."""
    if bool(paths) == bool(folder) or (dataset and (folder or len(paths) > 1)):
        raise click.UsageError(text("deposit_usage"))
    workspace = opened(context)
    override = Override(
        encoding=encoding,
        delimiter=delimiter.replace("\\t", "\t") if delimiter is not None else None,
        header_rows=_header_rows(header_rows),
        standard=standard,
        text=as_text,
        types=_types(types),
        mapping=_mapping(maps),
        crs=_crs(crs),
    )
    report = _Report(workspace, as_json)
    if folder:
        _all(report, folder, Job(workspace.folder, override, by, once))
        report.sum()
    else:
        _some(report, paths, dataset, override, by, once)
    context.exit(report.code)


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


def _mapping(given: tuple[str, ...]) -> dict[str, str]:
    """The column of each header; a header may hold a "=" itself, a column never does."""
    pairs = [part.rpartition("=") for part in given]
    if any(not label for label, _, _ in pairs):
        raise click.UsageError(text("maps_usage"))
    return {label: name.strip() for label, _, name in pairs}


def _crs(given: str | None) -> str | None:
    """The code of a coordinate system as it is written: `5174` and `epsg:5174` are EPSG:5174."""
    if given is None:
        return None
    return f"EPSG:{given}" if given.strip().isdigit() else given.strip().upper()


class _Report:
    """Prints every receipt as it comes, and knows the exit code in the end."""

    def __init__(self, workspace: Workspace, as_json: bool) -> None:
        self.workspace = workspace
        self.as_json = as_json
        self.verdicts: Counter[str] = Counter()
        self.tally = Tally()
        self.codes: set[int] = set()

    @property
    def code(self) -> int:
        """Our own failure goes before a refusal, that before wrong use."""
        return next((code for code in (OUR_FAILURE, REFUSED, WRONG_USE) if code in self.codes), 0)

    def add(self, receipts: Iterable[Receipt]) -> None:
        for receipt in receipts:
            self.verdicts[receipt.verdict] += 1
            if receipt.verdict == "refused":
                ours = any(reason.code == "own_failure" for reason in receipt.reasons)
                self.codes.add(OUR_FAILURE if ours else REFUSED)
            if self.as_json:
                echo_json(receipt.to_json())
            else:
                self._show(receipt)

    def outcome(self, outcome: Outcome) -> None:
        """A file of a folder: its receipts, and what ended it."""
        self.add(outcome.receipts)
        self.tally.add(outcome)
        if outcome.error:
            self.codes.add(code_of(outcome.error))
            click.secho(f"✕ {outcome.path}", fg="red", bold=True, err=True)
            click.echo(f"  {outcome.error}", err=True)

    def sum(self) -> None:
        if not self.as_json:
            sums: dict[str, Any] = {verdict: self.verdicts[verdict] for verdict in _SIGN}
            click.echo(text("deposit_sum", **sums))
            for line in self.tally.lines():
                click.echo(line)

    def _show(self, receipt: Receipt) -> None:
        name = receipt.file if receipt.member is None else f"{receipt.file} [{receipt.member}]"
        click.secho(f"{_SIGN[receipt.verdict]} {name}", fg=_COLOUR[receipt.verdict], bold=True)
        click.echo("  " + text(self._verdict(receipt), **_numbers(receipt)))
        for line in _found(receipt) if receipt.accepted else ():
            click.echo("  " + line)
        for reason in receipt.reasons:
            click.echo(f"  - {reason.text()}")
        if receipt.problems and receipt.accepted:
            click.echo("  " + text("see_problems", dataset=receipt.dataset, problems=f"{receipt.problems:,}"))
        if receipt.deposit:
            click.echo("  " + text("receipt_number", deposit=receipt.deposit))

    def _verdict(self, receipt: Receipt) -> str:
        """The code of the sentence for the verdict; that an original was kept is said only where it is there."""
        if receipt.verdict != "refused":
            return f"verdict_{receipt.verdict}"
        bank = self.workspace.bank
        new = "_new" if bank[receipt.dataset].latest is None else ""
        kept = receipt.sha256 is not None and bank.snapshots.path(receipt.sha256).exists()
        return f"verdict_refused{new}{'' if kept else '_withheld'}"


def _found(receipt: Receipt) -> Iterator[str]:
    """Where the rows are, and which personal data are among them."""
    crs = text("in_crs", crs=receipt.crs) if receipt.crs else ""
    if receipt.located_share is not None:
        placed = round(receipt.located_share * (receipt.rows or 0))
        yield text("receipt_located", placed=f"{placed:,}", rows=f"{receipt.rows or 0:,}", crs=crs)
    elif receipt.crs:
        yield text("receipt_crs", crs=receipt.crs)
    if receipt.personal_data:
        kinds = [
            text("receipt_personal_kind", kind=text(f"privacy_kind_{kind}"), count=f"{count:,}")
            for kind, count in receipt.personal_data.items()
        ]
        yield text("receipt_personal", kinds=", ".join(kinds))


def _some(
    report: _Report,
    paths: tuple[Path, ...],
    dataset: str | None,
    override: Override,
    by: str | None,
    once: bool,
) -> None:
    for path in paths:
        try:
            with following(readable_name(path), quiet=report.as_json) as steps:
                receipts = report.workspace.deposit(
                    path, dataset, override=override, by=by, once=once, steps=steps
                )
        except Stopped as stopped:
            report.add(stopped.receipts)
            raise
        report.add(receipts)


def _all(report: _Report, folder: Path, job: Job) -> None:
    """Every file of a folder; what is skipped is said on the error stream."""
    if not folder.is_dir():
        raise MadangError("folder_missing", path=folder)
    check_wishes(job.override, report.workspace.standards)
    groups = named(folder, files_of(folder, lambda note: click.echo(note, err=True)))
    with advancing(quiet=not groups) as show:
        deposit_folder(job, groups, report.outcome, show)


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
