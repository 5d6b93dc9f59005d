"""New tables kept by hand: made empty, from a standard or with chosen columns, and filled in the grid."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import transaction

from madang.access import Person, check
from madang.bank import Dataset
from madang.bank.ids import dataset_id, is_valid_id
from madang.declarations.card import Card
from madang.intake.raw import Override
from madang.messages import MadangError
from madang.web.audit.models import Entry
from madang.web.audit.record import record
from madang.web.deposits.rights import WORKSPACE
from madang.workspace import Workspace

MOST_COLUMNS = 60


def make(
    *,
    by: Person,
    ws: Workspace,
    title: str,
    steward: str = "",
    standard: str = "",
    columns: Sequence[tuple[str, str]] = (),
) -> str:
    """Make a dataset with no rows: with the columns of `standard`, or `columns` (header, type). Returns its id.

    It is deposited as a file that has nothing but a header, so it has a version, a receipt and a card like any other;
    outside of the transaction, which everybody else waits for. One that was killed before it was on record is finished by
    making it again. Raises MadangError: access_denied, table_title, table_taken, table_columns, and those of wrong wishes.
    """
    check(by, "create", WORKSPACE)
    title = " ".join(title.split())[:100]
    id_ = dataset_id(title) if title else ""
    if not title or not is_valid_id(id_):
        raise MadangError("table_title")
    if id_ in ws.bank and not _is_half_made(ws.bank[id_], by):
        raise MadangError("table_taken", title=title)
    known = ws.standards.get(standard)
    labels = (
        [c.label for c in known.columns if not c.derived_from] if known else [label for label, _ in columns]
    )
    if (
        not 0 < len(labels) <= MOST_COLUMNS * (4 if known else 1)
        or len(set(labels)) != len(labels)
        or not all(labels)
    ):
        raise MadangError("table_columns", most=MOST_COLUMNS)
    told = Override(
        encoding="utf-8", delimiter=",", header_rows=(1,), standard=known.id if known else "generic",
        types={} if known else dict(columns),
    )  # fmt: skip
    card = Card(
        title=title, steward=steward, standard=known.id if known else None, theme=known.theme if known else ""
    )
    with TemporaryDirectory() as place:
        file = Path(place) / f"{id_}.csv"
        quoted = ('"' + label.replace('"', '""') + '"' for label in labels)
        file.write_text(",".join(quoted) + "\n", encoding="utf-8")
        (receipt,) = ws.deposit(file, id_, override=told, by=by.id, once=True)
        if receipt.verdict == "refused":
            raise MadangError("table_columns", most=MOST_COLUMNS)
    with transaction.atomic():
        record(by, "dataset.create", f"dataset:{id_}", detail={"columns": len(labels), "standard": standard})
        ws.bank.write_card(id_, card.to_json(), by=by.id, at=ws.clock())
    return id_


def _is_half_made(dataset: Dataset, by: Person) -> bool:
    """Whether a person began to make a table that is not on record: nothing stands in it."""
    latest = dataset.latest
    if latest is None or latest.rows or latest.by != by.id:
        return False
    return not Entry.objects.filter(what="dataset.create", thing=f"dataset:{dataset.id}").exists()
