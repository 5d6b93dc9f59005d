"""What goes of a round when rows of the dataset that it was merged into were erased. Its files the bank has erased."""

from __future__ import annotations

from typing import Any

from madang.bank import Bank
from madang.bank.tombstone import Tombstone
from madang.intake.merge import key_sql
from madang.web.rounds.door import bank_of, standard_of
from madang.web.rounds.merging import gathered
from madang.web.rounds.models import Contribution, Round, Upload
from madang.web.work.erasure import on_erase
from madang.workspace import Workspace

_OWN_WORDS = ("", "form", "other")  # of why a table does not count; else it quotes the file


@on_erase
def clear(ws: Workspace, stone: Tombstone) -> bool:
    """What stands of the files in the database follows the bank of the round; decisions on keys that nobody hands in any
    more go; files that waited to be checked are to be brought again."""
    for round_ in Round.objects.filter(key__in=stone.rounds):
        bank = bank_of(ws, round_)
        uploads = Upload.objects.filter(part__round=round_)
        uploads.filter(checking=True).update(checking=False, current=False)
        for upload in uploads:
            upload.tables, upload.failure = _there(bank, upload.tables), _without_values(upload.failure)
            upload.save(update_fields=["tables", "failure"])
        for given in Contribution.objects.filter(round=round_):
            given.tables = _there(bank, given.tables)
            given.rows = sum(table["rows"] for table in given.tables)
            given.save(update_fields=["tables", "rows"])
        _clear_decisions(ws, round_)
    return True


def _there(bank: Bank, tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tables that are still in the bank, with the rows that they have there."""
    kept = []
    for table in tables:
        if table["version"] is None:
            kept.append(table if table["why"] in _OWN_WORDS else {**table, "why": ""})
        elif table["dataset"] in bank:
            version = bank[table["dataset"]].version(table["version"])
            kept.append({**table, "rows": version.rows - len(table["skip"])})
    return kept


def _without_values(failure: dict[str, Any] | None) -> dict[str, Any] | None:
    """Why a file could not be read, without what it quotes of it."""
    return failure and {**failure, "params": dict.fromkeys(failure.get("params") or {}, "…")}


def _clear_decisions(ws: Workspace, round_: Round) -> None:
    if not round_.decisions.exists():
        return
    with gathered(ws, round_) as con:
        key = key_sql(standard_of(ws, round_))
        handed_in = {row[0] for row in con.execute(f"SELECT DISTINCT {key} FROM gathered").fetchall()}
    for decision in round_.decisions.all():
        if decision.key not in handed_in:
            decision.delete()
