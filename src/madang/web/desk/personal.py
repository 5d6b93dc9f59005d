"""The section on personal data of a dataset's page: what was found and what is done with it, never a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from madang.bank import Version
from madang.declarations.standard import DatasetColumn
from madang.web.shell import words
from madang.web.shell.mark import Mark

_TELLING = ("rrn_outside", "original_withheld", "original_sealed")  # reasons of the receipt


@dataclass(frozen=True)
class Finding:
    """One kind of personal data in one column. `count` and `percent` are None where only the column's name tells it."""

    column: str
    kind: str
    count: int | None
    percent: float | None  # of the cells that have a value
    sure: int | None
    because: str
    done: Mark


@dataclass(frozen=True)
class PersonalData:
    """What is treated as personal, and what was looked at and is not."""

    findings: tuple[Finding, ...]
    kept: tuple[Finding, ...]
    told: tuple[str, ...] = ()  # what became of the original


def personal_data_of(version: Version, columns: Sequence[DatasetColumn]) -> PersonalData | None:
    """The findings of a version's deposit, and its `columns` that are personal by declaration; None without any."""
    found = [_finding(each) for each in version.facts.get("personal_data") or ()]
    treated_columns = {
        each["column"] for each in version.facts.get("personal_data") or () if each["action"] != "keep"
    }
    declared = [
        Finding(
            column.label or column.name,
            "–",
            None,
            None,
            None,
            words.DECLARED_PERSONAL,
            words.ACTIONS["restrict"],
        )
        for column in columns
        if column.privacy != "none" and column.name not in treated_columns
    ]
    told = tuple(
        words.reason(each) for each in version.receipt.get("reasons") or () if each["code"] in _TELLING
    )
    if not (found or declared or told):
        return None
    treated = [each for each in found if each.done is not words.ACTIONS["keep"]]
    kept = [each for each in found if each.done is words.ACTIONS["keep"]]
    return PersonalData((*treated, *declared), tuple(kept), told)


def _finding(stored: dict[str, object]) -> Finding:
    return Finding(
        column=str(stored["label"] or stored["column"]),
        kind=words.said(f"privacy_kind_{stored['kind']}"),
        count=int(str(stored["count"])),
        percent=100 * float(str(stored["share"])),
        sure=round(100 * float(str(stored["sure"]))),
        because=str(stored["because"]),
        done=words.ACTIONS.get(str(stored["action"]), words.ACTIONS["restrict"]),
    )
