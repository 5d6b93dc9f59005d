"""``madang release run``, ``results``: what an analysis found, opened to everybody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from madang.cli.common import by_option, echo_json, echo_table, json_option, opened
from madang.messages import MadangError, text
from madang.workspace import actor

if TYPE_CHECKING:
    from madang.release.result_decision import Carried
    from madang.release.results import OpenResults
    from madang.workspace import Workspace


@click.command(
    "run",
    help="분석의 결과를 개방합니다. 작은 사람 수는 가리고, 그런 숫자가 든 문장은 내보내지 않습니다. --preview는 보기만 합니다.",
)
@click.argument("key")
@click.option("--as", "edition", required=True, help="개방 이름. 주소가 됩니다: /open/results/이름/")
@click.option("--document", required=True, help="결정 문서번호.")
@click.option("--ground", required=True, help="법적 근거나 공개 사유.")
@click.option("--post", required=True, help="결정한 부서나 자리. 개방 화면에 나옵니다.")
@click.option("--licence", required=True, help="이용허락 조건: kogl-1, cc-by …")
@click.option("--title", default="", help="제목 (기본: 분석의 제목).")
@click.option(
    "--people",
    multiple=True,
    metavar="표.항목=모집단",
    help="사람을 센 항목과 무엇을 센 것인지. 단위가 명, 세대면 적지 않아도 지킵니다.",
)
@click.option(
    "--without", multiple=True, metavar="표", help="열지 않을 표. 그 숫자가 든 문장도 나가지 않습니다."
)
@click.option(
    "--with-rows",
    multiple=True,
    metavar="표",
    help="열려 있지 않은 데이터의 행이 그대로 든 표 가운데, 그것을 알고 여는 표.",
)
@click.option(
    "--least",
    type=click.IntRange(min=2),
    default=5,
    show_default=True,
    help="이보다 작은 사람 수는 가립니다.",
)
@click.option("--until", default="", help="개방 기한 (YYYY-MM-DD).")
@click.option("--restricted-ground", default="", help="제한 자료로 낸 결과일 때 제한을 푸는 근거.")
@click.option("--preview", is_flag=True, help="내보내지 않고 무엇이 열릴지 봅니다.")
@by_option
@json_option
@click.pass_context
def run(
    context: click.Context,
    /,
    key: str,
    by: str | None,
    preview: bool,
    as_json: bool,
    people: tuple[str, ...],
    **said: Any,
) -> None:
    """Publish a run."""
    from madang.release.result_decision import ResultDecision
    from madang.runs.told import whole_key

    ws = opened(context)
    decision = ResultDecision(
        run=whole_key(ws.ledger, key), by=by or actor(), at=ws.clock().isoformat(), people=_pairs(people), **said
    )  # fmt: skip
    results = results_of(ws)
    if preview:
        made = results.preview(decision)
        story = made.story
        would = text(
            "release_result_would", edition=decision.edition, findings=len(story.result.findings),
            tables=len(story.result.tables), gone=story.findings_withheld, hidden=story.cells_hidden,
        )  # fmt: skip
        _tell(story, decision.edition, as_json, would, made.leaving)
        return
    version = results.decide(decision)
    ws.note(
        "release.decide",
        decision.edition,
        by=by,
        why=decision.ground,
        document=decision.document,
        run=decision.run,
    )
    from madang.release.result_story import Story

    done = text("release_done", edition=decision.edition, version=version.n, rows=f"{version.rows:,}")
    _tell(Story.from_json(version.facts["result"]), decision.edition, as_json, done)


@click.command("results", help="개방한 분석 결과와 상태를 봅니다.")
@json_option
@click.pass_context
def listed(context: click.Context, as_json: bool) -> None:
    """Every open result."""
    from madang.release.result_narrowed import restricted_since

    ws = opened(context)
    found = results_of(ws).results()
    closed = {each.decision.edition: restricted_since(ws.bank, each.decision) for each in found}
    if as_json:
        echo_json([
            {"edition": each.decision.edition, "run": each.decision.run, "state": each.state, "version": each.version,
             "stale": each.stale, "document": each.decision.document, "restricted": closed[each.decision.edition],
             "unknown": [one.table for one in each.unknown]} for each in found
        ])  # fmt: skip
        return
    echo_table(
        ["개방 이름", "실행", "상태", "문서번호", "결정일", ""],
        [
            [each.decision.edition, each.decision.run[:8], text(f"release_state_{each.state}"), each.decision.document,
             each.decision.at[:10], ", ".join([text("run_behind")] * each.stale + [text("release_result_restricted")] * bool(closed[each.decision.edition])
             + [text("release_result_unknown")] * bool(each.unknown))]
            for each in found
        ],
    )  # fmt: skip


def results_of(ws: Workspace) -> OpenResults:
    """The open results of a workspace."""
    from madang.release.results import OpenResults

    return OpenResults(ws.releases, ws.ledger, ws.declarations.indicators)


def _tell(story: Any, edition: str, as_json: bool, done: str, carried: Sequence[Carried] = ()) -> None:
    from madang.results import sentence

    sentences = [sentence(each, story.result) for each in story.result.findings]
    if as_json:
        echo_json({
            "edition": edition, "run": story.run, "findings": sentences, "tables": [each.id for each in story.result.tables],
            "findings_withheld": story.findings_withheld, "cells_hidden": story.cells_hidden,
            "rows_of": [{"table": each.table, "title": each.title, "dataset": each.dataset, "columns": each.columns} for each in carried],
        })  # fmt: skip
        return
    for each in sentences:
        click.echo(f"· {each}")
    for one in carried:
        code = "release_result_carries" if one.columns else "release_result_unchecked"
        told: dict[str, Any] = {"table": one.table, "title": one.title, "dataset": one.dataset}
        click.echo(text(code, **told, columns=", ".join(one.columns)))
    click.echo(done)


def _pairs(said: tuple[str, ...]) -> dict[str, str]:
    for each in said:
        if "=" not in each or "." not in each.partition("=")[0]:
            raise MadangError("run_pair", said=each)
    return {name.strip(): value.strip() for name, _, value in (each.partition("=") for each in said)}
