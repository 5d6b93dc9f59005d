"""What counts of a round, where departments contradict each other, and the merged version."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
from django.db import transaction

from madang.access import Person
from madang.access.thing import narrowed
from madang.bank import Version
from madang.declarations import Card
from madang.declarations.sql import quote
from madang.engine.duck import connect
from madang.intake.merge import BOTH, Conflict, conflicts, gather, keep_decided
from madang.intake.merge_commit import Merge, merge
from madang.messages import MadangError
from madang.web.audit.record import record
from madang.web.rounds.access import check_officer
from madang.web.rounds.actions import may_merge_into
from madang.web.rounds.door import pieces_of, standard_of
from madang.web.rounds.models import Contribution, Decision, Merged, Round
from madang.workspace import Workspace

_PREVIEW = 30


def counting(round_: Round) -> list[Contribution]:
    """The contributions that are merged: the last of each department that stands, signed where that is asked."""
    found = []
    for part in round_.parts.select_related("department"):
        given = part.handed_in
        if given is None or given.is_nothing or (round_.needs_signature and given.signed_at is None):
            continue
        found.append(given)
    return found


@contextmanager
def gathered(ws: Workspace, round_: Round) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session with the table `gathered` of everything that counts."""
    pieces = [piece for given in counting(round_) for piece in pieces_of(ws, given)]
    with TemporaryDirectory(prefix="madang-") as held, connect(temp_dir=Path(held), threads=1) as con:
        gather(con, pieces, standard_of(ws, round_))
        yield con


@dataclass(frozen=True)
class Outlook:
    """What merging would make now: labels and first rows of the table, how many there are, how many are `left_out` by
    what was decided, the keys that several departments handed in, with what was decided of each, and why it cannot be
    merged into the target (None: it can)."""

    labels: list[str]
    rows: list[list[str]]
    total: int
    left_out: int
    conflicts: list[tuple[Conflict, Decision | None]]
    refusal: MadangError | None

    @property
    def undecided(self) -> int:
        return sum(1 for _, decision in self.conflicts if decision is None)


def outlook(ws: Workspace, round_: Round) -> Outlook:
    """What merging would make now."""
    standard = standard_of(ws, round_)
    names = ", ".join(quote(column.name) for column in standard.columns)
    decided = {each.key: each for each in round_.decisions.all()}
    with gathered(ws, round_) as con:
        keep_decided(con, standard, {key: each.keeps for key, each in decided.items()})
        rows = con.execute(
            f"SELECT contributor, {names} FROM kept ORDER BY piece, contribution_row LIMIT {_PREVIEW}"
        ).fetchall()
        counted = "SELECT (SELECT count(*) FROM kept), (SELECT count(*) FROM gathered)"
        total, brought = con.execute(counted).fetchone() or (0, 0)
        found = [(each, decided.get(each.key)) for each in conflicts(con, standard)]
    return Outlook(
        [column.label for column in standard.columns],
        [[_shown(cell) for cell in row] for row in rows],
        int(total),
        int(brought - total),
        found,
        _refusal(ws, round_),
    )


def _shown(cell: Any) -> str:
    """A cell as a preview shows it; "" where there is none."""
    if isinstance(cell, bool):
        return "Y" if cell else "N"
    return "" if cell is None else str(cell)


@transaction.atomic
def decide(round_: Round, key: str, keeps: str, *, by: Person) -> None:
    """Whose row stays of a key that several handed in; BOTH: everybody's."""
    check_officer(by, round_)
    if keeps != BOTH and not round_.parts.filter(department__name=keeps).exists():
        raise MadangError("round_missing", round=round_.key)
    Decision.objects.update_or_create(round=round_, key=key, defaults={"keeps": keeps, "by": by.id})
    record(by, "round.decide", f"round:{round_.key}", detail={"keeps": keeps or "*"})


def merge_round(ws: Workspace, round_: Round, *, by: Person) -> tuple[Version, bool]:
    """Merge what counts into one version of the target; the version and whether it is new.

    Raises MadangError: access_denied, and what `narrowed` and `merge` say.
    """
    check_officer(by, round_)
    may_merge_into(ws, round_, by)
    if (refusal := _refusal(ws, round_)) is not None:
        raise refusal
    given = counting(round_)
    standard = standard_of(ws, round_)
    wanted = Merge(
        round_.target,
        standard,
        tuple(piece for each in given for piece in pieces_of(ws, each)),
        round_.title.replace("/", "-"),
        {"round": round_.key, "title": round_.title, "document_number": round_.document_number},
        _card(round_, standard.id),
    )
    decisions = {each.key: each.keeps for each in round_.decisions.all()}
    version, new = merge(ws.bank, wanted, decisions, by=by.id, at=ws.clock())
    ws.renewed(
        round_.target
    )  # before the entry: killed between them, the round is not merged and is merged again
    with transaction.atomic():
        if new or not round_.merges.filter(version=version.n).exists():
            numbers = [each.number for each in given]
            Merged.objects.create(
                round=round_, version=version.n, rows=version.rows, contributions=numbers, by=by.id
            )
        record(
            by, "round.merge", f"round:{round_.key}",
            detail={"dataset": round_.target, "version": version.n, "rows": version.rows, "new": new},
        )  # fmt: skip
    return version, new


def _refusal(ws: Workspace, round_: Round) -> MadangError | None:
    """Why the round cannot close the dataset it ends in to its departments without opening it to others."""
    if not round_.own_rows_only or round_.target not in ws.bank:
        return None
    try:
        narrowed(ws.bank[round_.target].card, _card(round_, "").to_json())
    except MadangError as error:
        return error
    return None


def is_behind(round_: Round) -> bool:
    """Whether something was handed in, corrected or sent back since the last merging."""
    last = round_.merges.last()
    return last is not None and last.contributions != [each.number for each in counting(round_)]


def _card(round_: Round, standard: str) -> Card:
    own = round_.own_rows_only
    readers = tuple(sorted({part.name for part in round_.parts.select_related("department")})) if own else ()
    return Card(
        title=round_.title,
        description=round_.why,
        steward=round_.post,
        access="restricted" if own else "internal",
        rhythm_days=365,
        standard=standard,
        readers=readers,
        own_rows="contributor" if own else "",
    )
