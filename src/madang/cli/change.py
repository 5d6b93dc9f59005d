"""Changing and carrying out: ``diff``, ``rollback``, ``export``, ``erase``."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click

from madang.bank.diff import Diff
from madang.cli.common import by_option, echo_json, echo_table, json_option, opened
from madang.declarations.standard import type_word
from madang.messages import MadangError, text

_EXTENSIONS = ("csv", "xlsx", "json", "jsonl", "geojson", "parquet")


@click.command(help="두 판을 견주어 더해진 행, 없어진 행, 바뀐 칸을 봅니다.")
@click.argument("dataset")
@click.argument("a", type=int)
@click.argument("b", type=int)
@click.option("--key", multiple=True, help="행을 맞출 기준 열 (여러 번 쓸 수 있음).")
@click.option(
    "--limit", type=click.IntRange(min=0), default=20, show_default=True, help="목록을 몇 개까지 볼지."
)
@json_option
@click.pass_context
def diff(
    context: click.Context, dataset: str, a: int, b: int, key: tuple[str, ...], limit: int, as_json: bool
) -> None:
    """Compare two versions of a dataset."""
    found = opened(context).diff(dataset, a, b, key=key, limit=limit)
    if as_json:
        echo_json({"dataset": dataset, **asdict(found), "same": found.same})
    else:
        _show(dataset, found, limit)


def _show(dataset: str, found: Diff, limit: int) -> None:
    click.secho(text("diff_title", dataset=dataset, a=found.a, b=found.b), bold=True)
    click.echo(text("diff_key", key=", ".join(found.key) or "-", because=found.key_because))
    if found.same:
        click.echo(text("diff_same"))
        return
    click.echo(
        text(
            "diff_counts",
            added=f"{found.added:,}",
            removed=f"{found.removed:,}",
            changed=f"{found.changed:,}",
        )
    )
    for code, columns in (
        ("diff_columns_added", found.columns_added),
        ("diff_columns_removed", found.columns_removed),
    ):
        if columns:
            click.echo(text(code, columns=", ".join(columns), count=len(columns)))
    for column, (before, after) in found.types_changed.items():
        click.echo(text("diff_type", column=column, before=type_word(before), after=type_word(after)))
    if found.cells:
        click.echo()
        echo_table(
            ["기준", "열", "앞 값", "뒤 값", "앞 행", "뒤 행"],
            [
                [" / ".join(map(str, c.key)), c.column, c.before, c.after, c.row_before, c.row_after]
                for c in found.cells
            ],
            right=(4, 5),
        )
    for title, rows in (("더해진 행", found.rows_added), ("없어진 행", found.rows_removed)):
        if rows:
            click.echo()
            echo_table(
                [title, "원본 행"],
                [[" / ".join("-" if v is None else v for v in r.key), r.row] for r in rows[:limit]],
                right=(1,),
            )


@click.command(help="예전 판으로 되돌립니다. 되돌린 것도 새 판이 되고, 사이의 판은 남습니다.")
@click.argument("dataset")
@click.argument("version", type=int)
@by_option
@json_option
@click.pass_context
def rollback(context: click.Context, dataset: str, version: int, by: str | None, as_json: bool) -> None:
    """Make an old version live again, as a new one."""
    made = opened(context).rollback(dataset, version, by=by)
    if as_json:
        echo_json({"dataset": dataset, "version": made.n, "rollback_to": version, "rows": made.rows})
    else:
        click.echo(text("rolled_back", dataset=dataset, version=version, made=made.n))


@click.command(help="한 판을 파일로 내보냅니다.")
@click.argument("dataset")
@click.option(
    "--format",
    "fmt",
    help="csv(엑셀용), csv-utf8, xlsx, json, jsonl, geojson, parquet (기본: --out의 확장자, 없으면 csv).",
)
@click.option("--version", "number", type=int, help="몇 판을 (기본: 지금 판).")
@click.option("--as-of", help="그날의 판을 (YYYY-MM-DD).")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="파일 이름 (기본: 화면으로).")
@click.option("--force", is_flag=True, help="이미 있는 파일을 덮어씁니다.")
@click.option("--with-source-row", is_flag=True, help="원본 행 번호(source_row)를 첫 열로 넣습니다.")
@click.option(
    "--as-source", is_flag=True, help="원본의 열만 내보냅니다: lon, lat, dong_code, geo_level을 뺍니다."
)
@click.option(
    "--raw", is_flag=True, help="엑셀 수식으로 읽힐 수 있는 글자 앞에 작은따옴표를 붙이지 않습니다."
)
@click.pass_context
def export(
    context: click.Context,
    dataset: str,
    fmt: str | None,
    number: int | None,
    as_of: str | None,
    out: Path | None,
    force: bool,
    with_source_row: bool,
    as_source: bool,
    raw: bool,
) -> None:
    """Write one version to a file or to the standard output."""
    if number is not None and as_of is not None:
        raise click.UsageError(text("version_or_day"))
    if as_of is not None:
        _check_day(as_of)
    fmt = _format(fmt, out)
    if out and out.exists() and not force:
        raise MadangError("out_exists", path=out)
    written = opened(context).export(
        dataset,
        fmt,
        out or sys.stdout.buffer,
        version=number,
        as_of=as_of,
        with_source_row=with_source_row,
        places=not as_source,
        raw=raw,
    )
    if out:
        click.echo(
            text("exported", dataset=dataset, version=written.n, path=out, rows=f"{written.rows:,}"), err=True
        )


def _format(asked: str | None, out: Path | None) -> str:
    """What was asked for, or what the file's extension says; both must agree where the extension is a known one."""
    told = out.suffix.lower().removeprefix(".") if out else ""
    if told not in _EXTENSIONS:
        return asked or "csv"
    if asked and asked.removesuffix("-utf8") != told:
        raise MadangError("out_format", path=out, format=asked)
    return asked or told


def _check_day(day: str) -> None:
    try:
        datetime.strptime(day, "%Y-%m-%d")
    except ValueError:
        raise MadangError("day_unreadable", day=day) from None


@click.command(
    help="데이터 전체나 조건에 맞는 행을 모든 판에서 파기합니다. 되돌릴 수 없고, 파기 기록만 남습니다."
)
@click.argument("dataset")
@click.option("--where", metavar="열=값", help="이 값이 든 행만 파기합니다 (없으면 데이터 전체).")
@click.option("--ground", required=True, help="파기의 근거 (예: 정보주체 요구, 문서번호).")
@click.option("--skip-versions-without", is_flag=True, help="그 열이 없는 판은 그대로 둡니다.")
@click.option("--yes", is_flag=True, help="묻지 않고 파기합니다.")
@by_option
@json_option
@click.pass_context
def erase(
    context: click.Context,
    dataset: str,
    where: str | None,
    ground: str,
    skip_versions_without: bool,
    yes: bool,
    by: str | None,
    as_json: bool,
) -> None:
    """Erase a dataset or some of its rows from every version."""
    from madang.bank.erase import receipt_of

    column, _, value = where.partition("=") if where else (None, "", None)
    if where and (not column or "=" not in where):
        raise click.UsageError(text("where_usage"))
    workspace = opened(context)
    if not yes:
        click.confirm(text("erase_confirm", dataset=dataset, where=where or "전체"), abort=True)
    made = workspace.erase(
        dataset, column=column, value=value, ground=ground, by=by, skip_without=skip_versions_without
    )
    stone = receipt_of(made)
    if as_json:
        echo_json(stone)
    else:
        click.echo(text("erased", **stone))
        if made.unread:
            click.echo(text("erased_unread", files=", ".join(made.unread)))
        if made.made_from:
            click.echo(text("erased_made_from", datasets=", ".join(made.made_from)))
        if made.siblings:
            code = "erased_shared" if column is None else "erased_siblings"
            click.echo(text(code, siblings=", ".join(made.siblings)))


COMMANDS = [diff, rollback, export, erase]
