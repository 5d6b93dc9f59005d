"""Answers that become datasets: through the door of the bank, with where they come from, and no more open than that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction

from madang.access import Person, Thing, as_close, can, check
from madang.bank import Dataset
from madang.bank.ids import is_valid_id
from madang.bank.seen import SeenBank, thing_of
from madang.formats import export
from madang.intake.receipt import Receipt
from madang.intake.record import Made
from madang.messages import MadangError
from madang.web.audit.models import Entry
from madang.web.audit.record import locked_head, record
from madang.web.sql.actions import answers, ask
from madang.web.sql.answers import bank_columns
from madang.web.sql.models import Asked, Derived
from madang.web.sql.states import ANSWERED
from madang.workspace import Workspace

_WHAT = "sql.derive"


def derive(ws: Workspace, asked: Asked, dataset: str, title: str, description: str, *, by: Person) -> Receipt:
    """Make a dataset of an answer. Whoever may not read one of its inputs may not read it, whatever becomes of their cards.

    Raises MadangError: access_denied, sql_derived_exists, sql_derived_truncated, sql_derived_empty, dataset_id_invalid, sql_title.
    """
    check(by, "create", Thing("workspace"))
    title, dataset = " ".join(title.split()), dataset.strip().lower()
    if not title:
        raise MadangError("sql_title")
    if not is_valid_id(dataset):
        raise MadangError("dataset_id_invalid", dataset=dataset)
    if dataset in ws.bank:
        raise MadangError("sql_derived_exists", dataset=dataset)
    card = {"title": title[:200], "description": description.strip()[:5_000], **_kept_as_close(ws, asked, by)}
    receipt = _deposited(ws, asked, dataset, card, by)
    if receipt.verdict != "refused":
        _remember(asked, receipt.dataset, receipt.version, by)
    return receipt


def again(ws: Workspace, derived: Derived, *, by: Person) -> Receipt | Asked:
    """Ask anew what a dataset was made of, and deposit the answer as its next version; the failed query where it has none.

    Raises MadangError: access_denied, dataset_missing, sql_derived_truncated, sql_derived_empty.
    """
    check(by, "deposit", thing_of(ws.bank[derived.dataset]))
    asked = ask(ws, derived.sql, derived.values, by=by, kept=True)
    if asked.state != ANSWERED:
        return asked
    ws.bank.change_card(  # before anybody reads what comes of them
        derived.dataset,
        lambda card: {**card, "made_of": sorted({*(card.get("made_of") or ()), *_inputs(asked)})},
        by=by.id,
        at=ws.clock(),
    )
    receipt = _deposited(ws, asked, derived.dataset, {}, by)
    if receipt.verdict != "refused":
        _remember(asked, receipt.dataset, receipt.version, by)
    return receipt


def behind(ws: Workspace, derived: Derived) -> list[str]:
    """The inputs of a made dataset that have a newer version than the one it was made of."""
    return [each.dataset for each in inputs_of(ws, derived.inputs) if each.is_behind]


@dataclass(frozen=True)
class Input:
    """What a made dataset was made of: `newest` is its live version now, None where it is gone."""

    dataset: str
    title: str
    version: int
    newest: int | None

    @property
    def is_behind(self) -> bool:
        return self.newest is not None and self.newest != self.version


def inputs_of(ws: Workspace, told: Sequence[Mapping[str, Any]]) -> list[Input]:
    """Inputs as they stand now."""
    found = []
    for each in told:
        there = ws.bank[each["dataset"]] if each["dataset"] in ws.bank else None  # noqa: SIM401 - no mapping
        latest = there.latest if there else None
        title = str(there.card["title"]) if there else str(each["dataset"])
        found.append(Input(str(each["dataset"]), title, int(each["version"]), latest.n if latest else None))
    return found


@dataclass(frozen=True)
class Shown:
    """The question that a dataset answers, for who may read it and all that it was made of."""

    dataset: str
    title: str
    sql: str
    values: Mapping[str, str]
    inputs: list[Input]
    by: str
    at: datetime
    version: int

    @property
    def is_behind(self) -> bool:
        return any(each.is_behind for each in self.inputs)


def shown(ws: Workspace, dataset: str, *, by: Person) -> Shown:
    """The question a dataset was made of. Raises MadangError("dataset_missing"), also where `by` may not read one of its
    inputs or where it was not made of a question."""
    found = SeenBank(ws.bank, by).may("read", dataset)
    version, derived = found.latest, Derived.objects.filter(dataset=dataset).first()
    sql = str(version.facts.get("sql") or "") if version else ""
    told: list[Mapping[str, Any]] = list(version.facts.get("inputs") or ()) if version else []
    if derived is not None and sql in ("", derived.sql):  # asked since with the same answer, or edited
        sql, told = derived.sql, derived.inputs
    unread = [
        each for each in told if each["dataset"] in ws.bank and not _reads(ws, by, str(each["dataset"]))
    ]
    if version is None or not sql or unread:
        raise MadangError("dataset_missing", dataset=dataset)
    values = derived.values if derived is not None and derived.sql == sql else {}
    title = str(found.card["title"])
    return Shown(dataset, title, sql, values, inputs_of(ws, told), version.by, version.at, version.n)


def _reads(ws: Workspace, by: Person, dataset: str) -> bool:
    return can(by, "read", thing_of(ws.bank[dataset]))


def _kept_as_close(ws: Workspace, asked: Asked, by: Person) -> dict[str, Any]:
    """What the card has to say so that nobody reads in the answer what he may not read in its inputs, now and later."""
    names = _inputs(asked)
    own = Thing("dataset", steward=next(iter(sorted(by.posts)), ""))
    made = as_close(own, [thing_of(ws.bank[name]) for name in names])
    return {"access": made.access, "steward": made.steward, "readers": sorted(made.readers), "made_of": names}


def _inputs(asked: Asked) -> list[str]:
    return sorted({str(each["dataset"]) for each in asked.inputs})


def _deposited(ws: Workspace, asked: Asked, dataset: str, card: dict[str, Any], by: Person) -> Receipt:
    if asked.truncated:
        raise MadangError("sql_derived_truncated")
    kept = answers(ws).path(asked.id)
    if not kept.is_file():
        raise MadangError("sql_answer_missing")
    if not asked.rows or not asked.columns:
        raise MadangError("sql_derived_empty")
    made = Made(asked.sql, tuple((each["dataset"], each["version"]) for each in asked.inputs), card)
    with TemporaryDirectory(prefix="madang-") as folder:
        file = Path(folder) / f"{dataset}.parquet"
        export([kept], bank_columns(asked.columns), "parquet", file, title=dataset, places=False)
        return ws.deposit(file, dataset, by=by.id, once=True, made=made)[0]


def finish(ws: Workspace, dataset: Dataset) -> None:
    """Remember what the newest version of a dataset was made of, where the process that made it was killed before that."""
    version = dataset.latest if dataset.card.get("made_of") else None
    if version is None or version.kind != "deposit" or not version.facts.get("sql"):
        return
    if Entry.objects.filter(what=_WHAT, thing=f"dataset:{dataset.id}", detail__version=version.n).exists():
        return
    kept = Asked.objects.filter(by=version.by, sql=version.facts["sql"], state=ANSWERED)
    if (asked := kept.order_by("-at").first()) is not None:
        ws.renewed(dataset.id)
        _remember(asked, dataset.id, version.n, Person(version.by, via="work"))


@transaction.atomic
def _remember(asked: Asked, dataset: str, n: int | None, by: Person) -> None:
    locked_head()
    known = Entry.objects.filter(what=_WHAT, thing=f"dataset:{dataset}", detail__query=str(asked.id))
    if known.exists():  # the runner, or the page, was quicker
        return
    kept = {"sql": asked.sql, "values": asked.values, "by": by.id, "inputs": asked.inputs, "at": asked.at}
    Derived.objects.update_or_create(dataset=dataset, defaults=kept)
    told = {"inputs": asked.inputs, "query": str(asked.id), "version": n}
    record(by, _WHAT, f"dataset:{dataset}", detail=told)
