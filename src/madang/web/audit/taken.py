"""Enters what was taken away of restricted datasets."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from madang.bank import Dataset
from madang.bank.seen import thing_of
from madang.engine.rows import Filter
from madang.web.audit.record import record
from madang.web.shell.workspace import asker


def note_taken(dataset: Dataset, form: str, *, filters: Iterable[Filter] = (), **what: object) -> None:
    """The person of this request takes a file of a dataset away, in `form`, of the rows that `filters` leave; nothing is
    entered of a dataset that everybody in the house may read. `what` names the version or the deposit."""
    if thing_of(dataset).access != "restricted":
        return
    filtered_by = sorted({f"{each.column}.{each.operator}" for each in filters})
    with transaction.atomic():
        record(
            asker(), "dataset.download", dataset.id, detail={**what, "form": form, "filtered_by": filtered_by}
        )
