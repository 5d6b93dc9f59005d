"""Open editions: ``release``, ``keys``, ``pack``, ``receive``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from madang.cli.common import REFUSED, by_option, echo_json, echo_table, json_option, opened
from madang.cli.release_run import listed as results_listed
from madang.cli.release_run import results_of
from madang.cli.release_run import run as release_run
from madang.messages import MadangError, text
from madang.workspace import Workspace, actor

if TYPE_CHECKING:
    from madang.bank import Version
    from madang.release.editions import Edition


@click.group(help="개방: 무엇을 밖으로 내보낼지 결정하고, 새로 고치고, 거둡니다.")
def release() -> None:
    """Decisions about what becomes open."""


@release.command("list", help="개방한 자료와 상태를 봅니다.")
@json_option
@click.pass_context
def listed(context: click.Context, as_json: bool) -> None:
    """Every edition."""
    releases = opened(context).releases
    found, unreadable = releases.editions(), releases.unreadable()
    if as_json:
        lost = [
            {"edition": name, "state": "unreadable", "trouble": str(why)} for name, why in unreadable.items()
        ]
        echo_json([*map(_line, found), *lost])
        return
    echo_table(
        ["개방판", "자료", "상태", "판", "문서번호", "결정일"],
        [
            [each.decision.edition, each.decision.dataset, text(f"release_state_{each.state}"), each.version,
             each.decision.document, each.decision.at[:10]]
            for each in found
        ],
        right=(3,),
    )  # fmt: skip
    for each in found:
        if each.trouble:
            click.echo(f"{each.decision.edition}: {each.trouble}")
    for name, why in unreadable.items():
        click.secho(f"{name}: {why}", fg="red")


@release.command(help="한 개방판의 결정 이력을 봅니다.")
@click.argument("edition")
@json_option
@click.pass_context
def show(context: click.Context, edition: str, as_json: bool) -> None:
    """The decisions about one edition."""
    releases = opened(context).releases
    found, history = releases.edition(edition), releases.decisions.history(edition)
    if as_json:
        echo_json({**_line(found), "history": [each.to_json() for each in history]})
        return
    click.secho(f"{edition}  {text(f'release_state_{found.state}')}", bold=True)
    echo_table(
        ["번호", "날짜", "문서번호", "근거", "결정한 곳", "처리한 사람"],
        [[d.number, d.at[:10], d.document, d.ground, d.post, d.by] for d in history],
        right=(0,),
    )


@release.command(help="결정 파일(JSON)대로 개방합니다. --preview는 보기만 합니다.")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--preview", is_flag=True, help="내보내지 않고 무엇이 열릴지 봅니다.")
@by_option
@json_option
@click.pass_context
def decide(context: click.Context, path: Path, preview: bool, by: str | None, as_json: bool) -> None:
    """Publish by a decision that stands in a file."""
    ws = opened(context)
    if not path.is_file():
        raise MadangError("file_missing", path=path)
    try:
        given: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise MadangError("release_broken", reason=str(error)) from error
    if not isinstance(given, dict):
        raise MadangError("release_broken", reason=type(given).__name__)
    from madang.release import Decision

    decision = Decision.from_json({**given, "by": by or actor(), "at": ws.clock().isoformat()})
    if preview:
        made = ws.releases.preview(decision)
        told = {
            "rows": made.table.num_rows,
            "columns": len(made.columns),
            "cells": made.cells,
            "hidden": made.hidden,
        }
        echo_json(told) if as_json else click.echo(text("release_would", edition=decision.edition, **told))
        return
    version = ws.releases.decide(decision)
    ws.note("release.decide", decision.edition, by=by, why=decision.ground, document=decision.document)
    if as_json:
        echo_json({"edition": decision.edition, "version": version.n, **version.facts["release"]})
    else:
        click.echo(
            text("release_done", edition=decision.edition, version=version.n, rows=f"{version.rows:,}")
        )


@release.command(
    help="자료의 새 판을 결정된 대로 개방합니다. 자료를 주지 않으면 모두: 하나를 열지 못해도 나머지를 마저 합니다."
)
@click.argument("dataset", required=False)
@by_option
@click.pass_context
def refresh(context: click.Context, dataset: str | None, by: str | None) -> None:
    """Publish the live versions; of all datasets each for itself."""
    ws = opened(context)
    if dataset:
        done, refused = _refresh(ws, dataset, by), {}
    else:
        done, refused = 0, dict[str, MadangError]()
        for name in sorted({each.decision.dataset for each in ws.releases.editions()}):
            try:
                done += _refresh(ws, name, by)
            except MadangError as error:
                refused[name] = error
        done += _told(ws, results_of(ws).refresh(), by)
    if not done and not refused:
        click.echo(text("release_current"))
    if refused:
        click.echo(text("release_not_refreshed", count=len(refused)), err=True)
        for name, why in refused.items():
            click.echo(f"  {name}: {why}", err=True)
        context.exit(REFUSED)


def _refresh(ws: Workspace, dataset: str, by: str | None) -> int:
    return _told(ws, ws.releases.refresh(dataset), by)


def _told(ws: Workspace, made: Sequence[Version], by: str | None) -> int:
    for version in made:
        ws.note("release.refresh", version.dataset.id, by=by)
        click.echo(
            text("release_done", edition=version.dataset.id, version=version.n, rows=f"{version.rows:,}")
        )
    return len(made)


@release.command(help="개방을 거둡니다. 자료는 사라지고 안내만 남습니다.")
@click.argument("edition")
@click.option("--document", required=True, help="결정 문서번호.")
@click.option("--ground", required=True, help="거두는 사유.")
@click.option("--post", help="결정한 부서 (기본: 개방을 결정한 부서).")
@by_option
@click.pass_context
def withdraw(
    context: click.Context, edition: str, document: str, ground: str, post: str | None, by: str | None
) -> None:
    """Take an edition back."""
    ws = opened(context)
    results = results_of(ws)
    opener = results if edition in results.decisions.editions() else ws.releases
    last = opener.decisions.latest(edition)
    opener.withdraw(edition, by=by or actor(), post=post or last.post, document=document, ground=ground)
    ws.note("release.withdraw", edition, by=by, why=ground, document=document)
    click.echo(text("release_withdrawn", edition=edition))


@release.command(help="자료를 개방할 결정 파일의 본보기를 씁니다. 고쳐서 `release decide`에 주십시오.")
@click.argument("dataset")
@click.pass_context
def draft(context: click.Context, dataset: str) -> None:
    """A decision to begin with: personal columns left out."""
    ws = opened(context)
    version = ws.version(dataset)
    card = version.dataset.card
    columns = {c.name: {"how": "drop" if c.privacy != "none" else "keep"} for c in version.columns}
    from madang.release import Decision

    empty = Decision(
        dataset, dataset, by="-", post=str(card.get("steward") or "-"), at="-", document="-", ground="-",
        licence="kogl-1",
    )  # fmt: skip
    told = replace(empty, places="drop").to_json() | {"columns": columns, "document": "", "ground": ""}
    for name in ("by", "at", "number", "verdict"):
        told.pop(name)
    click.echo(json.dumps(told, ensure_ascii=False, indent=1))


@click.group("keys", help="안쪽과 바깥쪽 사이를 오가는 묶음의 서명 열쇠.")
def key_group() -> None:
    """Keys of bundles."""


@key_group.command("make", help="서명 열쇠를 만듭니다(안쪽에서 한 번). 공개 열쇠만 바깥쪽에 옮깁니다.")
@click.pass_context
def make_keys(context: click.Context) -> None:
    """Make the pair of the inner half."""
    from madang.release import keys

    public = keys.make(opened(context).folder / "keys")
    click.echo(text("keys_made", path=public))


@key_group.command("trust", help="안쪽의 공개 열쇠를 등록합니다(바깥쪽에서).")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def trust(context: click.Context, path: Path) -> None:
    """Install a public key on the outer half."""
    from madang.release import keys

    click.echo(text("keys_trusted", name=keys.trust(opened(context).folder / "keys", path).stem))


@click.command(help="개방판을 서명한 묶음으로 만듭니다(안쪽).")
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--since", type=click.IntRange(min=1), default=None, help="이 번호 묶음 다음에 바뀐 것만.")
@click.pass_context
def pack(context: click.Context, out: Path, since: int | None) -> None:
    """Write a bundle."""
    ws = opened(context)
    releases = ws.releases
    from madang.release.bundle import pack as pack_bundle

    made = pack_bundle(releases.open_bank, releases.decisions, ws.folder / "keys", out, since=since or 0)
    carried = sum(each.carried for each in made.editions)
    ws.note("release.pack", str(made.sequence), editions=len(made.editions))
    click.echo(text("packed", path=out, sequence=made.sequence, editions=len(made.editions), carried=carried))


@click.command(help="서명한 묶음을 들여옵니다(바깥쪽). 모두 들여오거나 아무것도 바꾸지 않습니다.")
@click.argument("bundle", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def receive(context: click.Context, bundle: Path) -> None:
    """Take a bundle in."""
    folder = opened(context).folder
    from madang.release.receive import receive as receive_bundle

    got = receive_bundle(folder, bundle, folder / "keys")
    click.echo(
        text(
            "received", sequence=got.sequence, new=len(got.new), changed=len(got.changed), gone=len(got.gone)
        )
    )
    if got.skipped:
        click.echo(text("received_skipped", numbers=", ".join(map(str, got.skipped))))


def _line(each: Edition) -> dict[str, Any]:
    return {
        "edition": each.decision.edition, "dataset": each.decision.dataset, "state": each.state,
        "version": each.version, "of_version": each.of_version, "document": each.decision.document,
        "trouble": each.trouble,
    }  # fmt: skip


release.add_command(release_run)
release.add_command(results_listed)
COMMANDS = [release, key_group, pack, receive]
