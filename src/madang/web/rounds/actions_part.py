"""What a department does with its part of a round: bring files, mend them, hand them in, sign."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from madang.access import Person
from madang.bank import Version
from madang.bank.durable import disk_errors
from madang.bank.ids import file_name, within
from madang.intake.merge_amend import amend, cells_of
from madang.messages import MadangError
from madang.web.audit.record import record
from madang.web.notices.actions import tell
from madang.web.rounds import door, states
from madang.web.rounds.access import check_member, signers
from madang.web.rounds.locks import lock_part
from madang.web.rounds.models import Contribution, Part, Upload
from madang.workspace import Workspace

MOST_BYTES = 50 * 1024**2
MOST_UPLOADS = 200  # of one part
Edits = Mapping[
    tuple[int, int, int, str], str
]  # (upload, table, source row, column) -> what shall stand there


@transaction.atomic
def look_at(part: Part, *, by: Person) -> None:
    """The department has opened its part."""
    check_member(by, part)
    lock_part(part)
    if part.round.is_open and states.may(part.state, "open"):
        part.state, part.opened_at = states.after(part.state, "open"), timezone.now()
        part.save(update_fields=["state", "opened_at"])
        record(by, "round.look", _thing(part))


@transaction.atomic
def receive(part: Part, name: str, size: int, *, by: Person, replace: bool = False) -> Upload:
    """A file comes in; it is checked next. `replace`: instead of what was brought before, else beside it.

    Raises MadangError: round_missing, round_fixed, round_file_large, round_too_many_files.
    """
    _check_open(part, by)
    name = file_name(name)
    if size > MOST_BYTES:
        raise MadangError("round_file_large", file=name, limit=MOST_BYTES // 1024**2)
    last = part.uploads.aggregate(last=Max("number"))["last"] or 0
    if last >= MOST_UPLOADS:
        raise MadangError("round_too_many_files", limit=MOST_UPLOADS)
    if replace:
        part.uploads.filter(current=True).update(current=False)
    _move(part, "receive")
    made: Upload = Upload.objects.create(part=part, number=last + 1, file=name, size=size, by=by.id)
    record(by, "round.file", _thing(part), detail={"file": made.number, "bytes": size, "replace": replace})
    return made


def check_upload(ws: Workspace, upload: Upload, path: Path, *, by: Person) -> None:
    """Hold a received file against the form. What is wrong with it stands in the upload; nothing is raised for it."""
    start = perf_counter()
    try:
        tables, failure = door.stored(door.take(ws, upload, path, by=by.id)), None
    except MadangError as error:
        if error.about_the_machine:
            _checked(upload, [], {"code": error.code, "params": _texts(error)}, start)
            raise
        tables, failure = [], {"code": error.code, "params": _texts(error)}
    _checked(upload, tables, failure, start)


@transaction.atomic
def _checked(
    upload: Upload, tables: list[dict[str, Any]], failure: dict[str, Any] | None, start: float
) -> None:
    """Keep what was found, unless the file is read in another way by now: that reading says what counts."""
    read_as = upload.mapping
    lock_part(upload.part)
    upload.refresh_from_db(fields=["mapping", "current"])
    if upload.mapping != read_as:
        return
    upload.tables, upload.failure, upload.checking = tables, failure, False
    upload.seconds = round(perf_counter() - start, 2)
    upload.current = upload.current and failure is None
    upload.save(update_fields=["tables", "failure", "checking", "seconds", "current"])
    _settle(upload.part)


def map_columns(ws: Workspace, upload: Upload, mapping: Mapping[str, str], *, by: Person) -> None:
    """Read a file again with headers mapped as a person says (header -> column of the form, "" for none); what was said
    of other headers before stays. Raises MadangError: round_missing, round_fixed, round_moved."""
    with transaction.atomic():
        _check_open(upload.part, by)
        upload.refresh_from_db(fields=["mapping", "current", "tables"])
        if not upload.current or not upload.tables:
            raise MadangError("round_moved")
        _move(upload.part, "receive")
        upload.mapping = {**upload.mapping, **mapping}
        upload.save(update_fields=["mapping"])
        record(by, "round.map", _thing(upload.part), detail={"file": upload.number, "columns": len(mapping)})
    snapshot = door.bank_of(ws, upload.part.round).snapshots.path(upload.tables[0]["sha256"])
    with TemporaryDirectory(prefix="madang-") as place:
        path = Path(place) / file_name(upload.file)
        with disk_errors(path):
            shutil.copyfile(snapshot, path)
        check_upload(ws, upload, path, by=by)


def mend(ws: Workspace, part: Part, edits: Edits, *, by: Person, was: Edits | None = None) -> int:
    """Correct cells in the page; how many. The corrected tables are read and checked again, the file stays as it came.

    `was`: what stood in them when the page was shown. Raises MadangError: round_missing, round_fixed,
    amend_cell_missing, round_moved (they read otherwise by now, or somebody else corrected the table meanwhile).
    """
    with transaction.atomic():
        _check_open(part, by)
    tables: dict[tuple[int, int], dict[tuple[int, str], str]] = {}
    for (upload, place, row, column), value in edits.items():
        tables.setdefault((upload, place), {})[row, column] = value
    for (number, place), cells in tables.items():
        upload = part.uploads.filter(pk=number, current=True).first()
        if upload is None or place >= len(upload.tables) or not upload.tables[place]["used"]:
            raise MadangError("amend_cell_missing", row="", column="")
        shown = {
            (row, name): said for (u, p, row, name), said in (was or {}).items() if (u, p) == (number, place)
        }
        _mend_table(ws, upload, place, cells, shown, by)
    return len(edits)


def _mend_table(
    ws: Workspace, upload: Upload, place: int, cells: dict[tuple[int, str], str], shown: dict[tuple[int, str], str], by: Person,
) -> None:  # fmt: skip
    table = upload.tables[place]
    version = door.bank_of(ws, upload.part.round)[table["dataset"]].version(table["version"])
    with TemporaryDirectory(prefix="madang-") as held:
        _check_shown(version, cells, shown, Path(held))
        path = Path(held) / f"{within(Path(upload.file).stem, 200)}_고침.csv"
        amend(version, cells, path)
        again = door.take(ws, upload, path, by=by.id, dataset=table["dataset"])
    with transaction.atomic():
        _check_open(upload.part, by)
        upload.refresh_from_db(fields=["tables", "current", "checking"])
        if not upload.current or upload.checking or upload.tables[place : place + 1] != [table]:
            raise MadangError("round_moved")
        upload.tables[place] = {**door.stored(again)[0], "sheet": table["sheet"]}
        upload.save(update_fields=["tables"])
        _move(upload.part, "receive")
        _settle(upload.part)
        record(by, "round.mend", _thing(upload.part), detail={"file": upload.number, "cells": len(cells)})


def _check_shown(
    version: Version, cells: Mapping[tuple[int, str], str], shown: Mapping[tuple[int, str], str], held: Path
) -> None:
    """Raises MadangError("round_moved") where a cell does not read as the page showed it."""
    there = cells_of(version, sorted({row for row, _ in cells}), held)
    for (row, name), said in shown.items():
        if (row, name) in cells and there.get(row, {}).get(name, "").split() != said.split():
            raise MadangError("round_moved")


@transaction.atomic
def take_away(upload: Upload, *, by: Person) -> None:
    """A file counts no more; its bytes stay."""
    part = upload.part
    _check_open(part, by)
    upload.current = False
    upload.save(update_fields=["current"])
    _move(part, "receive")
    _settle(part)
    record(by, "round.take_away", _thing(part), detail={"file": upload.number})


@transaction.atomic
def submit(part: Part, *, by: Person, partial: bool = False, note: str = "") -> Contribution:
    """Hand in what was brought. With errors left a note has to say why; a new contribution replaces the one before.

    Raises MadangError: round_missing, round_fixed, round_move, round_nothing_brought, round_errors_left.
    """
    _check_open(part, by)
    tables = [table for upload in part.uploads.filter(current=True) for table in upload.used]
    if not tables or not part.rows:
        raise MadangError("round_nothing_brought")
    if part.errors and not note.strip():
        raise MadangError("round_errors_left", errors=part.errors)
    made = _contribute(part, "submit", by, tables=tables, rows=part.rows, errors=part.errors, is_partial=partial, note=note.strip())  # fmt: skip
    if part.round.needs_signature:
        for login in signers(part, made):
            tell(
                "notice_round_sign", {"title": part.round.title, "rows": f"{made.rows:,}"}, to=login,
                thing=_thing(part), url=f"/rounds/{part.round.key}/{part.pk}/",
            )  # fmt: skip
    record(
        by, "round.submit", _thing(part), why=note.strip(), detail={"rows": part.rows, "number": made.number}
    )
    return made


@transaction.atomic
def say_nothing(part: Part, *, by: Person, note: str = "") -> Contribution:
    """The department has nothing to hand in. Raises MadangError: round_nothing_not_allowed, as well as `submit` does."""
    _check_open(part, by)
    if not part.round.nothing_allowed:
        raise MadangError("round_nothing_not_allowed")
    part.uploads.filter(current=True).update(current=False)
    part.rows = part.errors = part.warnings = 0
    made = _contribute(part, "say_nothing", by, is_nothing=True, note=note.strip())
    record(by, "round.nothing", _thing(part), why=note.strip())
    return made


@transaction.atomic
def sign(part: Part, *, by: Person) -> None:
    """A second person of the department puts their name to it. Raises MadangError: round_sign_self, round_sign_link."""
    _check_open(part, by)
    given = part.handed_in
    if by.via == "link":
        raise MadangError("round_sign_link")
    if given is None or given.by == by.id:
        raise MadangError("round_sign_self")
    _move(part, "sign")
    given.signed_by, given.signed_at = by.id, timezone.now()
    given.save(update_fields=["signed_by", "signed_at"])
    record(by, "round.sign", _thing(part), detail={"number": given.number})


def _contribute(
    part: Part, move: str, by: Person, *, tables: Sequence[dict[str, Any]] = (), **said: Any
) -> Contribution:
    round_ = part.round
    part.state, part.reason = states.after(part.state, move), ""
    part.save(update_fields=["state", "reason", "rows", "errors", "warnings"])
    last = round_.contributions.aggregate(last=Max("number"))["last"] or 0
    late = timezone.now() > part.until
    made: Contribution = Contribution.objects.create(
        round=round_, part=part, number=last + 1, tables=list(tables), by=by.id, is_late=late, **said
    )
    tell(
        "notice_round_answer",
        {"department": part.name, "title": round_.title},
        to=round_.made_by,
        thing=_thing(part),
        url=f"/rounds/{round_.key}/",
    )
    return made


def _settle(part: Part) -> None:
    """Count what the files of a part say together, and move it to the state that follows."""
    uploads = list(part.uploads.filter(current=True))
    tables = [table for upload in uploads for table in upload.used]
    part.rows = sum(table["rows"] for table in tables)
    part.errors = sum(table["errors"] for table in tables)
    part.warnings = sum(table["warnings"] for table in tables)
    if any(upload.checking for upload in uploads):
        part.save(update_fields=["rows", "errors", "warnings"])
        return
    move = "empty" if not tables else "fail" if part.errors else "pass"
    part.state = states.after(part.state, move)
    part.save(update_fields=["state", "rows", "errors", "warnings"])


def _move(part: Part, move: str) -> None:
    part.state = states.after(part.state, move)
    part.save(update_fields=["state"])


def _check_open(part: Part, by: Person) -> None:
    """The part as it is now, held until the transaction ends; the right is asked of what it was and what it is."""
    check_member(by, part)
    lock_part(part)
    check_member(by, part)
    if not part.round.is_open:
        raise MadangError("round_fixed")


def _texts(error: MadangError) -> dict[str, str]:
    return {name: str(value) for name, value in error.params.items()}


def _thing(part: Part) -> str:
    return f"round:{part.round.key}/{part.pk}"
