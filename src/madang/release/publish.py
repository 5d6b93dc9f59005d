"""Into the open bank: a version that holds what was decided and nothing else of how it came to be."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from madang.bank import Bank, Dataset, Version
from madang.bank.describe import as_of
from madang.bank.durable import disk_errors, fsync_folder, locked, read_json, write_json
from madang.bank.rebuild import rebuild
from madang.declarations.card import Card
from madang.declarations.standard import DatasetColumn
from madang.messages import Language, text
from madang.release.decision import Decision

PROBLEMS = pa.schema(
    [
        ("row", pa.int64()),
        *((name, pa.string()) for name in "column label value rule severity detail".split()),
    ]
)
NOTICES = ".withdrawn"
# withdrawn  by a decision, or by an erasure       narrowing  while earlier versions are being closed
# personal   it shows a column that is personal now
# unreadable what was decided about it cannot be read: its data stay, and it opens again with the record
Shut = Literal["withdrawn", "narrowing", "personal", "unreadable"]
_GROUNDS = {
    "narrowing": "release_narrowing",
    "personal": "release_shut_personal",
    "unreadable": "release_shut_unreadable",
}


@dataclass(frozen=True)
class Made:
    """What is to be published: rows with `source_row`, columns, and what the edition's page says of hidden cells.

    `starred` are columns that were masked as personal ones are: cell by cell, whatever is in them.
    """

    table: pa.Table
    columns: tuple[DatasetColumn, ...]
    cells: int = 0
    hidden: int = 0
    starred: tuple[str, ...] = ()


def publish(
    open_bank: Bank,
    version: Version,
    decision: Decision,
    made: Made,
    at: datetime,
    closed: Collection[int] = (),
    first: int = 1,
) -> Version:
    """Commit an edition; returns its version, the live one where nothing is different. One without versions begins at
    the number `first`.

    Earlier versions by the decisions `closed` go, and all earlier ones where the edition had been taken back. From
    before the first of them goes until all are gone a notice stands that says which: stopped half-way, the edition is
    shut, and whatever is published next closes them.
    """
    open_bank.folder.mkdir(parents=True, exist_ok=True)
    before = _versions(open_bank, decision.edition)
    gone = tell_narrowing(open_bank, version, decision, at, closed)
    done = _committed(open_bank, version, decision, made, at, first)
    if gone:
        _leave_only(done.dataset, {done.n, *(each.n for each in before if each.n not in gone)})
        forget_copies(open_bank.folder.parent, [decision.edition])
    notice(open_bank, decision.edition).unlink(missing_ok=True)
    return open_bank[decision.edition].version(done.n)


def tell_narrowing(
    open_bank: Bank, version: Version, decision: Decision, at: datetime, closed: Collection[int]
) -> list[int]:
    """Which versions of an edition have to go before a decision about `version` holds; a notice shuts the edition until
    they are gone, where there are any."""
    gone = _closing(open_bank, decision.edition, _versions(open_bank, decision.edition), closed)
    if gone:
        title = decision.title or str(version.dataset.card["title"])
        tell_shut(open_bank, decision, title=title, kind="narrowing", closes=gone, at=at)
    return gone


def _versions(open_bank: Bank, edition: str) -> list[Version]:
    return open_bank[edition].versions if edition in open_bank else []


def _closing(
    open_bank: Bank, edition: str, before: Collection[Version], closed: Collection[int]
) -> list[int]:
    """Which of the versions that are there have to go: those by `closed`, and those that a notice speaks of."""
    told = told_of(open_bank, edition)
    if told is None:
        return [each.n for each in before if decided(each) in closed]
    if told.get("kind") != "narrowing":
        return [each.n for each in before]
    return [each.n for each in before if each.n in told["closes"] or decided(each) in closed]


def decided(version: Version) -> int:
    """By which decision a version of an edition was published."""
    return int(version.facts["release"]["decision"])


def _committed(
    open_bank: Bank, version: Version, decision: Decision, made: Made, at: datetime, first: int
) -> Version:
    card = _card(version, decision)
    with open_bank.bench() as bench:
        path, problems = bench / "rows.parquet", bench / "problems.parquet"
        pq.write_table(made.table.replace_schema_metadata(None), path, compression="zstd")
        pq.write_table(PROBLEMS.empty_table(), problems)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        release = _told(version, decision, made)
        live = open_bank[decision.edition].latest if decision.edition in open_bank else None
        if live and live.receipt["sha256"] == digest and live.facts["release"] == release:
            return live
        done = open_bank.commit(
            decision.edition, [path], receipt=_receipt(decision, made, digest, at), facts=_facts(version, made, release),
            problems=problems, by=decision.post, at=at, kind="release", card=card,
            first=first,
        )  # fmt: skip
    known = {key: value for key, value in done.dataset.card.items() if key not in ("by", "at")}
    if known != json.loads(json.dumps(card)):
        open_bank.write_card(decision.edition, card, by=decision.post, at=at)
    return done


def _leave_only(dataset: Dataset, numbers: Collection[int]) -> None:
    """Of an edition only these versions stay, under their numbers, and its newest card; nothing of the others."""
    with disk_errors(dataset.folder), locked(dataset.folder / ".lock"):
        kept = [each for each in dataset.versions if each.n in numbers]
        rebuild(dataset, kept, {}, "")
        known = {each.deposit_id for each in kept}
        for path in (dataset.folder / "deposits").iterdir():
            if path.name not in known:
                shutil.rmtree(path)
        cards = sorted((dataset.folder / "cards").glob("[0-9]*.json"), key=lambda path: int(path.stem))
        for path in cards[:-1]:
            path.unlink()
        for home in ("cards", "deposits"):
            fsync_folder(dataset.folder / home)


def _told(version: Version, decision: Decision, made: Made) -> dict[str, Any]:
    """The lineage that everybody may read: no person, no file."""
    rule = decision.table
    told: dict[str, Any] = {
        "dataset": version.dataset.id, "version": version.n, "decision": decision.number,
        "document": decision.document, "ground": decision.ground, "post": decision.post,
        "decided_on": decision.at[:10], "licence": decision.licence, "until": decision.until,
        "places": decision.places, "cells": made.cells, "hidden": made.hidden,
        "least": rule.least if rule else None, "fewest": rule.fewest if rule else None,
        "measures": [measure.called for measure in rule.measures] if rule else [],
        "dims": [dim.column for dim in rule.dims] if rule else [],
        "rows": [asdict(each) for each in decision.rows], "starred": list(made.starred),
    }  # fmt: skip
    read: dict[str, Any] = json.loads(json.dumps(told))
    return read


def _facts(version: Version, made: Made, release: dict[str, Any]) -> dict[str, Any]:
    day = as_of(version)
    return {
        "columns": [asdict(column) for column in made.columns],
        "standard": version.facts.get("standard"),
        "release": release,
        "quality": {"freshness": {"as_of": day.isoformat() if day else None}},
        "left_out": [],
    }


def _receipt(decision: Decision, made: Made, digest: str, at: datetime) -> dict[str, Any]:
    return {
        "file": f"{decision.edition}.parquet", "member": None, "sha256": digest, "verdict": "accepted",
        "rows": made.table.num_rows, "columns": len(made.columns), "problems": 0, "reasons": [], "standard": None,
        "personal_data": {}, "by": decision.post, "at": at.isoformat(),
    }  # fmt: skip


def _card(version: Version, decision: Decision) -> dict[str, Any]:
    card = version.dataset.card
    return Card(
        title=decision.title or card["title"],
        description=decision.description or card.get("description", ""),
        theme=card.get("theme", ""),
        steward=card.get("steward", ""),
        provider=card.get("provider", ""),
        licence=decision.licence,
        access="public",
        rhythm_days=card.get("rhythm_days"),
        keywords=tuple(card.get("keywords", ())),
        known_defects=tuple(card.get("known_defects", ())),
        not_for=tuple(card.get("not_for", ())),
    ).to_json()


# gone -------------------------------------------------------------------------------------------------------


def notice(open_bank: Bank, edition: str) -> Path:
    """Where it stands that an edition was withdrawn."""
    return open_bank.folder / NOTICES / f"{edition}.json"


def told_of(open_bank: Bank, edition: str) -> dict[str, Any] | None:
    """What the notice of an edition says; None where it has none."""
    path = notice(open_bank, edition)
    return dict(read_json(path)) if path.exists() else None


def tell_shut(
    open_bank: Bank,
    decision: Decision,
    *,
    title: str,
    at: datetime,
    kind: Shut = "withdrawn",
    ground: str = "",
    closes: Collection[int] = (),
) -> None:
    """Leave word that an edition is shut: when, why, by which post and which decision.

    `ground` is what somebody wrote; where nobody did, `kind` stands for the words (`ground_of`). `closes` are the
    versions that go in a narrowing.
    """
    said = {"post": decision.post, "document": decision.document, "ground": ground}
    tell_of(
        open_bank, decision.edition, kind=kind, at=at, title=title, closes=sorted(closes),
        decision=decision.number, **said,
    )  # fmt: skip


def tell_of(open_bank: Bank, edition: str, *, kind: Shut, at: datetime, **said: Any) -> None:
    """Leave word that an edition is shut, as `tell_shut`, with as much as is known."""
    path = notice(open_bank, edition)
    path.parent.mkdir(parents=True, exist_ok=True)
    nothing = {"title": edition, "post": "", "document": "", "ground": "", "closes": [], "decision": 0}
    write_json(path, {**nothing, **said, "edition": edition, "kind": kind, "at": at.isoformat()})


def ground_of(told: Mapping[str, Any], language: Language = "ko") -> str:
    """Why an edition is shut, by its notice, in words."""
    code = _GROUNDS.get(str(told.get("kind")))
    return text(code, language) if code else str(told["ground"])


def notices(open_bank: Bank) -> list[dict[str, Any]]:
    """What is told of editions that are shut, by id."""
    return [read_json(path) for path in sorted((open_bank.folder / NOTICES).glob("[!.]*.json"))]


def forget_copies(folder: Path, editions: Iterable[str]) -> None:
    """Remove what the public pages of the workspace in `folder` keep of editions to answer quickly."""
    cache = folder / "cache"
    for edition in editions:
        for kind in ("open-rows", "open-tiles"):
            shutil.rmtree(cache / kind / edition, ignore_errors=True)
    for index in cache.glob("open-search.db*"):
        index.unlink(missing_ok=True)
