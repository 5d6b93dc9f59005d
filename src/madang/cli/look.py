"""Looking: ``datasets``, ``show``, ``problems``, ``search``, ``standards``."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

import click
import pyarrow.parquet as pq

from madang.bank import Dataset
from madang.bank.describe import (
    describe_dataset,
    describe_version,
    problem_count,
    problem_rows,
    problems_file,
)
from madang.cli.common import echo_json, echo_table, json_option, opened
from madang.declarations.points import points
from madang.declarations.standard import Standard
from madang.intake.receipt import Reason
from madang.messages import MadangError, text

_AT_FIRST = 100  # problems on the screen, unless more are asked for


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
            ["데이터", "제목", "판", "행", "열", "문제", "품질", "표준", "기준일", "입고일", "마지막 입고"],
            [
                [d["dataset"], d["title"], d["version"], d["rows"], d["columns"], d["problems"], _score(d["score"]),
                 d["standard"], d["as_of"], (d["at"] or "")[:10],
                 text("last_verdict_refused") if d["last_verdict"] == "refused" else ""]
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
    live = found.latest if number is None else found.version(number)
    facts = live.facts if live else {}
    if as_json:
        columns = facts.get("columns", [])
        echo_json(
            {**summary, "card": found.card, "columns_detail": columns, "quality": facts.get("quality"),
             "evidence": facts.get("evidence", []), "left_out": facts.get("left_out_counts", {}), "versions": versions,
             "places": _places(facts)}
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
                score=_score(quality["score"]),
                wrong=f"{quality['wrong']:,}",
                checked=f"{quality['checked']:,}",
            )
        )
    _tell_places(_places(facts), dataset)
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


_PLACES = ("crs", "register", "rows", "dongs", "levels", "left", "missing", "points")


def _places(facts: dict[str, Any]) -> dict[str, Any] | None:
    """How the rows were placed; None where nothing says where they are, or they are areas themselves."""
    located = None if facts.get("feeds_register") else facts.get("located")
    return {key: located.get(key) for key in _PLACES} if located else None


def _tell_places(told: dict[str, Any] | None, dataset: str) -> None:
    from madang.intake.place_left import why_left

    if told is None:
        return
    rows = told["rows"]
    shares = [
        text("show_level", level=text(f"level_{level or 'none'}"), rows=f"{count:,}")
        for level, count in sorted(told["levels"].items(), key=lambda each: -each[1])
    ]
    register = told["register"] or "-"
    click.echo(text("show_places", rows=f"{rows:,}", dongs=f"{told['dongs']:,}", crs=told["crs"] or "-",
                    register=register, levels=", ".join(shares)))  # fmt: skip
    for reason in why_left(rows, told["left"] or {}, told["missing"] or {}, dataset):
        click.echo(reason.text())


def _score(score: float | None) -> str | None:
    return None if score is None else points(score)


@click.command(
    help="입고할 때 찾은 문제를 행, 열, 값, 까닭과 함께 봅니다. 마지막 입고가 반려되었으면 그 까닭을 봅니다."
)
@click.argument("dataset")
@click.option("--version", "number", type=int, help="몇 판을 볼지 (기본: 지금 판).")
@click.option("--deposit", "deposit_id", help="어느 입고를 볼지: 접수증의 입고 번호.")
@click.option("--rule", help="한 가지 규칙만 봅니다.")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    help="몇 건까지 볼지 (0: 모두; 기본: 화면은 100건, --json은 모두).",
)
@json_option
@click.pass_context
def problems(
    context: click.Context,
    dataset: str,
    number: int | None,
    deposit_id: str | None,
    rule: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """List the problems of the last deposit where that was refused, else those of the live version."""
    if number is not None and deposit_id is not None:
        raise click.UsageError(text("version_or_deposit"))
    found = opened(context).bank[dataset]
    refused = _refused(found, number, deposit_id)
    deposit_id = refused["deposit"] if refused else deposit_id
    reasons = [] if refused is None else [_as_problem(reason) for reason in refused["reasons"]]
    reasons = [row for row in reasons if rule in (None, row["rule"])]
    most = limit if limit is not None else 0 if as_json else _AT_FIRST
    rows = problem_rows(found, version=number, deposit=deposit_id, rule=rule, limit=most or None)
    if as_json:
        some = False
        for row in chain(reasons, rows):
            echo_json(row)
            some = True
    else:
        of = problem_count(found, version=number, deposit=deposit_id, rule=rule)
        some = _print(refused, reasons, rows, most, of)
    if rule and not some:
        _say_rules(dataset, rule, _rules(found, number, deposit_id, refused))
    elif not (some or refused or as_json):
        click.echo(text("no_problems", dataset=dataset))


def _print(
    refused: dict[str, Any] | None,
    reasons: list[dict[str, Any]],
    rows: Iterable[dict[str, Any]],
    most: int,
    of: int,
) -> bool:
    """Problems for people, a column named once, at `most` of all `of` (0: all); whether there were any."""
    if refused:
        click.secho(text("last_refused", file=refused["file"], at=refused["at"][:16]), bold=True)
    for row in reasons:
        click.echo(f"  - {row['reason']}")
    for row in rows:
        label = row["label"] if row["label"] and row["label"] not in row["reason"] else ""
        where = text("in_row", row=row["row"]) if row["row"] else text("in_file")
        click.secho(f"{where}  {label}".rstrip(), bold=True, nl=False)
        click.echo(f"  {row['reason']}")
    if most and of > most:
        click.echo(text("more_problems", limit=f"{most:,}", count=f"{of:,}"))
    return bool(reasons or of)


def _refused(found: Dataset, number: int | None, deposit_id: str | None) -> dict[str, Any] | None:
    """The receipt of the refusal that is asked for: of this deposit, or of the last where nothing else is said."""
    if deposit_id is not None and deposit_id not in found.deposits():
        raise MadangError("deposit_missing", dataset=found.id, deposit=deposit_id)
    if number is not None:
        return None
    receipt = found.receipt(deposit_id) if deposit_id else found.last_receipt()
    return receipt if receipt and receipt["verdict"] == "refused" else None


def _as_problem(reason: dict[str, Any]) -> dict[str, Any]:
    """The reason of a refusal in the keys of a problem."""
    said = Reason.stored(reason).text()
    return {"row": None, "column": None, "label": None, "value": None, "rule": reason["code"], "severity": "error",
            "reason": said}  # fmt: skip


def _rules(
    found: Dataset, number: int | None, deposit_id: str | None, refused: dict[str, Any] | None
) -> list[str]:
    path = problems_file(found, number, deposit=deposit_id)
    there = pq.read_table(path, columns=["rule"])["rule"].unique().to_pylist() if path else []
    return sorted({*there, *(reason["code"] for reason in (refused or {}).get("reasons", ()))})


def _say_rules(dataset: str, rule: str, rules: list[str]) -> None:
    """No problem has this rule: which there are. Raises MadangError for what is no rule at all."""
    told: dict[str, Any] = {"dataset": dataset, "rule": rule, "rules": ", ".join(rules) or "-"}
    try:
        text(rule)
    except KeyError:
        raise MadangError("rule_unknown", **told) from None
    click.echo(text("rule_not_here", **told), err=True)


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


@click.command(help="알고 있는 표준을 봅니다. 이름을 주면 그 표준의 열을 봅니다.")
@click.argument("standard", required=False)
@json_option
@click.pass_context
def standards(context: click.Context, standard: str | None, as_json: bool) -> None:
    """List the declared standards, or the columns of one."""
    known = opened(context).standards
    if standard is not None and standard not in known:
        raise MadangError("standard_missing", standard=standard)
    found = list(known.values()) if standard is None else [known[standard]]
    if as_json:
        told = [_standard_told(each) for each in found]
        echo_json(told if standard is None else told[0])
    elif standard is None:
        echo_table(
            ["표준", "판", "이름", "공공데이터 번호", "열"],
            [[s.id, s.version, s.label, s.public_id, len(s.columns)] for s in found],
            right=(4,),
        )
    else:
        one = found[0]
        click.echo(f"{one.label} ({one.id} {one.version})")
        echo_table(
            ["열", "이름", "자료형", "단위", "꼭 있어야 함", "행의 열쇠", "달리 적는 머리글"],
            [
                [c.name, c.label, text(f"type_{c.type}"), c.unit, "예" if c.required else "", "예" if c.name in one.key else "",
                 ", ".join(c.aliases)]
                for c in one.columns
            ],
        )  # fmt: skip


def _standard_told(s: Standard) -> dict[str, Any]:
    return {
        "id": s.id, "version": s.version, "label": s.label, "public_id": s.public_id, "key": list(s.key),
        "columns": [{"name": c.name, "label": c.label, "type": c.type, "unit": c.unit, "required": c.required,
                     "format": c.format, "term": c.term, "aliases": list(c.aliases)} for c in s.columns],
    }  # fmt: skip


COMMANDS = [datasets, show, problems, search, standards]
