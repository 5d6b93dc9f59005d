"""What people do at the SQL desk: ask, cancel, save, share, and make a table of an answer."""

from __future__ import annotations

import difflib
import hashlib
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from madang.access import Person, Thing, check
from madang.engine import locked
from madang.engine.locked import Answer, Limits, LockedTable
from madang.engine.locked_slots import slot
from madang.messages import MadangError
from madang.web.audit.record import record
from madang.web.sql.answers import Answers
from madang.web.sql.models import Asked, Saved, SavedText
from madang.web.sql.parameters import bound
from madang.web.sql.states import ANSWERED, CANCELLED, FAILED, RUNNING
from madang.web.sql.tables import DeskTable, mentioned, still_seen, tables_of
from madang.workspace import Workspace

LIMITS = Limits()
AT_A_TIME, OF_ONE = 3, 2  # queries of everybody, of one person
_WAIT_S = 5.0
_LOOK_S = 0.4  # between looks at whether it was cancelled
_KEPT = timedelta(days=365)  # of the history
_DESK = Thing("workspace")


def ask(
    ws: Workspace,
    sql: str,
    values: Mapping[str, str],
    *,
    by: Person,
    number: UUID | None = None,
    kept: bool = False,
) -> Asked:
    """Run a query over what `by` may read, and keep its answer or what went wrong; what was asked is recorded first.

    `number` is what it can be cancelled by. `kept`: it is no text of `by` but what a dataset was made of, which whoever
    may deposit there may ask again. Raises MadangError: access_denied.
    """
    if not kept:
        check(by, "query", _DESK)
    tables = mentioned(ws.bank, by, sql)
    asked = _begun(sql, values, tables, by, number)
    try:
        answer = _answered(ws, asked, tables, values)
    except MadangError as error:
        return _ended(
            asked,
            CANCELLED if error.code == "sql_cancelled" else FAILED,
            error=_closer(ws, by, error, tables),
        )
    asked.columns = answers(ws).keep(asked.id, answer)
    read = set(answer.tables)
    asked.inputs = [_input(table) for table in tables if not read.isdisjoint(table.names)]
    asked.seconds, asked.rows, asked.truncated = answer.seconds, answer.table.num_rows, answer.truncated
    return _ended(asked, ANSWERED)


@transaction.atomic
def _begun(
    sql: str, values: Mapping[str, str], tables: list[DeskTable], by: Person, number: UUID | None
) -> Asked:
    Asked.objects.filter(by=by.id, at__lt=timezone.now() - _KEPT).delete()
    asked = Asked(by=by.id, sql=sql, values=dict(values), inputs=[_input(table) for table in tables])
    asked.seen = {table.dataset: table.mark for table in tables}
    if number is not None and not Asked.objects.filter(pk=number).exists():
        asked.id = number
    asked.save(force_insert=True)
    digest = hashlib.sha256(sql.encode("utf-8", "replace")).hexdigest()
    told = {"tables": asked.inputs, "sha256": digest, "sql": sql[:20_000], "query": str(asked.id)}
    record(by, "sql.ask", ", ".join(table.dataset for table in tables), detail=told)
    return asked


def _answered(ws: Workspace, asked: Asked, tables: list[DeskTable], values: Mapping[str, str]) -> Answer:
    text, typed = bound(asked.sql, values)
    places = ws.folder / "cache" / "sql" / "places"
    own = places / hashlib.sha256(asked.by.encode()).hexdigest()[:16]
    with slot(own, OF_ONE), slot(places, AT_A_TIME, wait_s=_WAIT_S):
        given: dict[str, LockedTable] = {}
        for table in tables:
            handed = table.locked(ws.folder / "cache" / "sql" / "tables")
            given |= dict.fromkeys(table.names, handed)
        return locked.ask(text, given, LIMITS, parameters=typed, cancelled=_watch(asked))


def _watch(asked: Asked) -> Callable[[], bool]:
    """Whether somebody cancelled, looked up a few times a second."""
    last = time.monotonic()

    def cancelled() -> bool:
        nonlocal last
        if time.monotonic() - last < _LOOK_S:
            return False
        last = time.monotonic()
        return Asked.objects.filter(pk=asked.pk, cancel=True).exists()

    return cancelled


def _closer(ws: Workspace, by: Person, error: MadangError, tables: list[DeskTable]) -> MadangError:
    """An error about a name with the names that come close to it: of all tables that the person may read, or of the
    columns of those that were asked, by what they are called in the file too."""
    if error.code == "sql_table_unknown":
        every = [name for table in tables_of(ws.bank, by) for name in table.names]
        near = _near(str(error.params["table"]), {name: name for name in every}) or every[:5]
        return MadangError(error.code, **{**error.params, "tables": ", ".join(near) or "-"})
    if error.code == "sql_column_unknown":
        columns = [column for table in tables for column in table.columns]
        shown = {column.name: f'"{column.name}"' for column in columns}
        shown |= {c.label: f'"{c.name}"({c.label})' for c in columns if c.label and c.label != c.name}
        near = _near(str(error.params["name"]), shown) or list(shown.values())[:5]
        return MadangError(error.code, **{**error.params, "candidates": ", ".join(near) or "-"})
    return error


def _near(wanted: str, shown: Mapping[str, str]) -> list[str]:
    """How the known names closest to `wanted` are shown."""
    return [shown[name] for name in difflib.get_close_matches(wanted, list(shown), n=5, cutoff=0.4)]


def _ended(asked: Asked, state: str, *, error: MadangError | None = None) -> Asked:
    asked.state = state
    if error is not None:
        asked.error_code = error.code
        asked.error_params = {key: str(value) for key, value in error.params.items()}
    asked.save()
    return asked


def _input(table: DeskTable) -> dict[str, Any]:
    return {"dataset": table.dataset, "version": table.version.n}


def answers(ws: Workspace) -> Answers:
    """The kept answers of a workspace."""
    return Answers(ws.folder / "cache" / "sql" / "answers")


def cancel(number: UUID, *, by: Person) -> None:
    """Have one's own running query stopped within a second; what has ended stays as it is."""
    Asked.objects.filter(pk=number, by=by.id, state=RUNNING).update(cancel=True)


@transaction.atomic
def save(
    sql: str, title: str, description: str, shared: bool, *, by: Person, number: int | None = None
) -> Saved:
    """Keep a query, as a new one or as the next text of one's own. Raises MadangError: access_denied, sql_title,
    sql_empty, sql_saved_missing."""
    check(by, "query", _DESK)
    title = " ".join(title.split())[:120]
    if not title:
        raise MadangError("sql_title")
    if not sql.strip():
        raise MadangError("sql_empty")
    saved = Saved(by=by.id) if number is None else editable(number, by=by)
    saved.title, saved.description, saved.shared = title, description.strip()[:5_000], shared
    saved.save()
    last = saved.texts.order_by("-number").first()
    if last is None or last.sql != sql:
        SavedText.objects.create(saved=saved, number=last.number + 1 if last else 1, sql=sql, by=by.id)
    record(by, "sql.save", f"query:{saved.pk}", detail={"title": title, "shared": shared})
    return saved


@transaction.atomic
def remove(number: int, *, by: Person) -> None:
    """Take a saved query out of the lists; its texts stay. Raises MadangError: access_denied, sql_saved_missing."""
    saved = editable(number, by=by)
    saved.removed = True
    saved.save()
    record(by, "sql.remove", f"query:{saved.pk}", detail={"title": saved.title})


def visible(number: int, *, by: Person) -> Saved:
    """A saved query that is one's own or shared. Raises MadangError: access_denied, sql_saved_missing."""
    check(by, "query", _DESK)
    saved = Saved.objects.filter(pk=number, removed=False).first()
    if saved is None or not (saved.shared or saved.by == by.id):
        raise MadangError("sql_saved_missing")
    return saved


def editable(number: int, *, by: Person) -> Saved:
    """A saved query that one may change. Raises MadangError: access_denied, sql_saved_missing."""
    saved = visible(number, by=by)
    check(by, "edit", Thing("query", saved.title, by=saved.by))
    return saved


def own(ws: Workspace, number: UUID, *, by: Person) -> Asked:
    """A query that one asked oneself, of whose inputs one may still read the same columns and rows.

    Raises MadangError: access_denied, sql_answer_missing.
    """
    check(by, "query", _DESK)
    asked = Asked.objects.filter(pk=number, by=by.id).first()
    if asked is None:
        raise MadangError("sql_answer_missing")
    for each in asked.inputs:
        mark = asked.seen.get(each["dataset"], "")
        if not still_seen(ws.bank, by, each["dataset"], each["version"], mark):
            raise MadangError("sql_answer_missing")
    return asked
