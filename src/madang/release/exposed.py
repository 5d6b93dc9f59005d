"""What a decision shows of columns that are personal now, whatever the version said of them when it was made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from madang.bank import Bank, Version
from madang.bank.seen import personal_now
from madang.declarations.standard import DatasetColumn
from madang.messages import MadangError
from madang.release.decision import COARSE, Decision


def columns_now(bank: Bank, version: Version) -> tuple[DatasetColumn, ...]:
    """The columns of a version of `bank`; those that are personal now say so."""
    found = personal_now(bank, version.dataset.id, version.n)
    return tuple(
        replace(each, privacy="personal") if each.privacy == "none" and each.name in found else each
        for each in version.columns
    )


def exposed(decision: Decision, columns: Iterable[DatasetColumn]) -> DatasetColumn | None:
    """A personal one of `columns` that is shown as it is or nearly so, counted by or chosen by; None where there is none."""
    named = {each.column for each in decision.rows}
    named |= {name for name, how in decision.columns.items() if how.is_exact}
    if decision.table:
        named |= {name for dim in decision.table.dims for name in (dim.column, dim.label)}
        named |= {name for each in decision.table.measures for name in (each.column, each.contributors)}
    return next((each for each in columns if each.name in named and each.privacy != "none"), None)


def check_exposed(decision: Decision, columns: Iterable[DatasetColumn]) -> None:
    """Raises MadangError where a decision shows a column that is personal: release_personal_step where it is a number in
    steps that are too small, else release_personal_column."""
    if found := exposed(decision, columns):
        how = decision.columns.get(found.name)
        if how is not None and how.step:
            raise MadangError("release_personal_step", column=found.label or found.name, least=COARSE)
        raise MadangError("release_personal_column", column=found.label or found.name)


def starred(decision: Decision, columns: Iterable[DatasetColumn]) -> tuple[str, ...]:
    """The personal ones of `columns` that a decision masks: these whole, others only where a number or a name shows."""
    masked = {name for name, how in decision.columns.items() if how.how == "mask"}
    return tuple(each.name for each in columns if each.name in masked and each.privacy != "none")


def weakly_starred(
    published: Version, of: Version, decision: Decision, now: Iterable[DatasetColumn]
) -> DatasetColumn | None:
    """A column that `published` has masked as one that is not personal, and that is personal `now`; `of` is the version
    it was made from."""
    whole = {*(published.facts["release"].get("starred") or ()), *starred(decision, of.columns)}
    columns = list(now)
    return next((c for c in columns if c.name in starred(decision, columns) and c.name not in whole), None)
