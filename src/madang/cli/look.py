"""Looking: ``datasets``, ``show``, ``problems``, ``search``, ``standards``."""

from __future__ import annotations

import click

from madang.bank.describe import describe_dataset, describe_version, problem_rows
from madang.cli.common import echo_json, echo_table, json_option, opened
from madang.messages import text


@click.command(help="뱅크에 있는 데이터 목록을 봅니다.")
@json_option
@click.pass_context
def datasets(context: click.Context, as_json: bool) -> None:
    """List every dataset with its live version."""
    workspace = opened(context)
    today = workspace.clock().date()
    found = [describe_dataset(dataset, today) for dataset in workspace.bank.datasets()]
    if as_json:
        echo_json(found)
    elif not found:
        click.echo(text("bank_empty"))
    else:
        echo_table(
            ["데이터", "제목", "판", "행", "열", "문제", "품질", "표준", "기준일", "입고일"],
            [
                [d["dataset"], d["title"], d["version"], d["rows"], d["columns"], d["problems"], d["score"],
                 d["standard"], d["as_of"], (d["at"] or "")[:10]]
                for d in found
            ],
            right=(2, 3, 4, 5, 6),
        )  # fmt: skip


@click.command(help="데이터 하나의 카드, 열, 품질, 판을 봅니다.")
@click.argument("dataset")
@click.option("--version", "number", type=int, help="몇 판을 볼지 (기본: 지금 판).")
@json_option
@click.pass_context
def show(context: click.Context, dataset: str, number: int | None, as_json: bool) -> None:
    """Show one dataset: card, columns, quality, versions."""
    workspace = opened(context)
    found = workspace.bank[dataset]
    summary = describe_dataset(found, workspace.clock().date())
    versions = [describe_version(version) for version in found.versions]
    live = (found.version(number) if number else found.latest) if found.versions or number else None
    facts = live.facts if live else {}
    if as_json:
        columns = facts.get("columns", [])
        echo_json(
            {**summary, "card": found.card, "columns_detail": columns, "quality": facts.get("quality"),
             "evidence": facts.get("evidence", []), "left_out": facts.get("left_out_counts", {}), "versions": versions}
        )  # fmt: skip
        return
    click.secho(f"{summary['title']}  ({dataset})", bold=True)
    if live is None:
        click.echo(text("no_version", dataset=dataset))
        return
    receipt = live.receipt
    click.echo(text("show_version", version=live.n, rows=f"{live.rows:,}", columns=len(live.columns), by=live.by,
                    at=f"{live.at:%Y-%m-%d %H:%M}", file=receipt["file"]))  # fmt: skip
    quality = facts.get("quality") or {}
    if quality.get("score") is not None:
        click.echo(
            text(
                "show_quality",
                score=quality["score"],
                wrong=f"{quality['wrong']:,}",
                checked=f"{quality['checked']:,}",
            )
        )
    click.echo()
    echo_table(
        ["열", "원본 머리글", "자료형", "단위", "근거"],
        [[c.name, c.label, c.type, c.unit, c.because] for c in live.columns],
    )
    click.echo()
    echo_table(
        ["판", "만든 때", "누가", "종류", "행", "문제", "파일"],
        [
            [v["version"], v["at"][:16], v["by"], v["kind"], v["rows"], v["problems"], v["file"]]
            for v in versions
        ],
        right=(0, 4, 5),
    )


@click.command(help="입고할 때 찾은 문제를 행, 열, 값, 까닭과 함께 봅니다.")
@click.argument("dataset")
@click.option("--version", "number", type=int, help="몇 판을 볼지 (기본: 지금 판).")
@click.option("--rule", help="한 가지 규칙만 봅니다.")
@click.option("--limit", type=int, default=100, show_default=True, help="몇 행까지 볼지 (0: 모두).")
@json_option
@click.pass_context
def problems(
    context: click.Context, dataset: str, number: int | None, rule: str | None, limit: int, as_json: bool
) -> None:
    """List the problem rows of a version, or of the last refused deposit where there is no version."""
    found = opened(context).bank[dataset]
    rows = problem_rows(found, version=number, rule=rule, limit=limit or None)
    if as_json:
        for row in rows:
            echo_json(row)
        return
    listed = list(rows)
    if not listed:
        click.echo(text("no_problems", dataset=dataset))
        return
    for row in listed:
        click.secho(f"{row['row'] or '-'}행  {row['label'] or '-'}", bold=True, nl=False)
        click.echo(f"  {row['reason']}")
    if limit and len(listed) == limit:
        click.echo(text("more_problems", limit=limit))


@click.command(help="데이터를 찾습니다. 초성, 비슷한 말, 오타도 알아듣습니다.")
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=int, default=20, show_default=True)
@json_option
@click.pass_context
def search(context: click.Context, words: tuple[str, ...], limit: int, as_json: bool) -> None:
    """Search the datasets."""
    hits = opened(context).search(" ".join(words), limit)
    if as_json:
        keys = ("title", "field", "reason", "matched", "score")
        echo_json([{"dataset": h.id, **{key: getattr(h, key) for key in keys}} for h in hits])
    elif not hits:
        click.echo(text("nothing_found", words=" ".join(words)))
    else:
        echo_table(
            ["데이터", "제목", "찾은 곳", "까닭"],
            [
                [h.id, h.title, h.matched, text(f"found_{h.reason}", field=text(f"field_{h.field}"))]
                for h in hits
            ],
        )


@click.command(help="알고 있는 표준을 봅니다.")
@json_option
@click.pass_context
def standards(context: click.Context, as_json: bool) -> None:
    """List the declared standards."""
    found = opened(context).standards.values()
    if as_json:
        echo_json(
            [
                {"id": s.id, "version": s.version, "label": s.label, "public_id": s.public_id, "key": list(s.key),
                 "columns": [{"name": c.name, "label": c.label, "type": c.type, "unit": c.unit,
                              "required": c.required, "aliases": list(c.aliases)} for c in s.columns]}
                for s in found
            ]
        )  # fmt: skip
    else:
        echo_table(
            ["표준", "판", "이름", "공공데이터 번호", "열"],
            [[s.id, s.version, s.label, s.public_id, len(s.columns)] for s in found],
            right=(4,),
        )


COMMANDS = [datasets, show, problems, search, standards]
