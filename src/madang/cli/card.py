"""The card of a dataset: ``card ID`` shows it, with options it is written anew."""

from __future__ import annotations

from typing import Any

import click

from madang.bank import Dataset
from madang.cli.common import by_option, echo_json, echo_table, json_option, opened
from madang.declarations.card import ACCESS, LICENCES, Card
from madang.messages import MadangError, text
from madang.privacy import POLICY
from madang.workspace import Workspace, actor

_SAID = {  # option -> the words under which it is shown
    "title": "제목", "description": "설명", "steward": "담당", "provider": "제공기관", "theme": "분류", "standard": "표준",
    "licence": "이용허락", "access": "공개 범위", "rhythm_days": "갱신 주기(일)", "keywords": "키워드",
    "known_defects": "알려진 결함", "not_for": "쓰면 안 되는 곳",
}  # fmt: skip


@click.command(
    help="데이터 카드를 봅니다. 옵션을 주면 그 항목을 고친 새 카드를 씁니다. 예전 카드는 남습니다."
)
@click.argument("dataset")
@click.option("--title", help="제목.")
@click.option("--description", help="설명.")
@click.option("--steward", help="담당 (사람이 아니라 자리: 교통과 주차관리팀).")
@click.option("--licence", type=click.Choice(list(LICENCES)), help="이용허락 조건.")
@click.option("--access", type=click.Choice(list(ACCESS)), help="공개 범위: public, internal, restricted.")
@click.option("--rhythm", "rhythm_days", type=click.IntRange(min=0), help="며칠마다 갱신되는지 (0: 모름).")
@click.option("--keyword", "keywords", multiple=True, help="키워드 (여러 번; 앞의 것을 모두 갈음합니다).")
@click.option(
    "--personal",
    multiple=True,
    metavar="종류=처리",
    help="개인정보의 종류를 다음 입고부터 어떻게 할지: keep, restrict, mask. 오른쪽이 비면 처음대로.",
)
@by_option
@json_option
@click.pass_context
def card(
    context: click.Context,
    /,
    dataset: str,
    personal: tuple[str, ...],
    by: str | None,
    as_json: bool,
    **told: Any,
) -> None:
    """Show the card of a dataset, or write a new one."""
    workspace = opened(context)
    found = workspace.bank[dataset]
    changes = {key: value for key, value in told.items() if value not in (None, ())}
    if changes or personal:
        _write(workspace, found, changes, personal, by or actor())
        found = workspace.bank[dataset]
    echo_json({"dataset": dataset, **found.card}) if as_json else _show(found)


def _write(
    workspace: Workspace, found: Dataset, changes: dict[str, Any], personal: tuple[str, ...], by: str
) -> None:
    if "rhythm_days" in changes:
        changes["rhythm_days"] = changes["rhythm_days"] or None
    if "keywords" in changes:
        changes["keywords"] = list(changes["keywords"])

    def changed(card: dict[str, Any]) -> dict[str, Any]:
        known = Card.from_json(card).to_json()
        policy = _policy(found.id, known["personal_data"], personal)
        return Card.from_json({**known, **changes, "personal_data": policy}).to_json()

    workspace.bank.change_card(found.id, changed, by=by, at=workspace.clock())
    workspace.note("dataset.edit_card", found.id, by=by)
    if {"title", "description"} & changes.keys():
        workspace.rebuild_index()


def _policy(dataset: str, known: dict[str, str], personal: tuple[str, ...]) -> dict[str, str]:
    """What is done with personal data, with what was said of it in this command."""
    policy = dict(known)
    for each in personal:
        kind, sign, action = each.partition("=")
        if not sign:
            raise click.UsageError(text("personal_usage", given=each))
        if kind == "rrn":
            raise MadangError("card_rrn", dataset=dataset)
        policy[kind] = action
        if not action and kind in POLICY:
            del policy[kind]
    return policy


def _show(found: Dataset) -> None:
    told = found.card
    click.secho(f"{told['title']}  ({found.id})", bold=True)
    rows = [[said, _shown(key, told.get(key))] for key, said in _SAID.items() if told.get(key)]
    if told.get("by"):
        rows.append(["카드를 쓴 이", f"{told['by']} ({str(told['at'])[:16]})"])
    echo_table(["항목", "값"], rows)
    click.echo()
    said = told.get("personal_data") or {}
    echo_table(
        ["개인정보", "이름", "처리", "누가 정함", "까닭"],
        [
            [text(f"privacy_kind_{kind}"), kind, text(f"privacy_action_{said.get(kind, policy.action)}"),
             "카드" if kind in said else "처음대로", "" if kind in said else policy.reason]
            for kind, policy in POLICY.items()
        ],
    )  # fmt: skip


def _shown(key: str, value: Any) -> str:
    choices = {"licence": LICENCES, "access": ACCESS}.get(key, {})
    return ", ".join(value) if isinstance(value, list) else choices.get(value, str(value))


COMMANDS = [card]
