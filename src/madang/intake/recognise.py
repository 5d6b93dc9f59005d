"""Which declared standard a table follows, from its headers first and its values second; none is `generic`.

Each header is compared with the aliases of each standard (`declarations.headers`). A header that many public forms
share (위도, 데이터기준일자, 전화번호 …) or that several standards claim says little, a rare one says much. A standard
is recognised when its required columns are there, when enough of it and of the file has been matched, and when it
beats the others; the values decide what headers leave open. Columns that match nothing stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from madang.declarations.standard import Standard, StandardColumn, Type
from madang.intake.raw import Evidence, Override
from madang.intake.recognise_match import Match, Table, headings, match, weigh
from madang.intake.wide import WideHeader
from madang.messages import MadangError, text

GENERIC = "generic"
_RUNNERS = 5  # other standards named in the facts

__all__ = ["GENERIC", "Derived", "Recognition", "Wide", "headings", "recognise"]


@dataclass(frozen=True)
class Derived:
    """A column of the standard that is read out of the cells of another header by the column's `extract`."""

    column: StandardColumn
    index: int


@dataclass(frozen=True)
class Wide:
    """Headers that become rows: each gives literal values to `columns`, its cell goes to `value`."""

    value: StandardColumn
    columns: tuple[StandardColumn, ...]
    headers: tuple[WideHeader, ...]


@dataclass(frozen=True)
class Recognition:
    """What a table was recognised as. `mapping` is by position of the header; what is not in it stays generic.

    `because` has a Korean clause for each mapped position. `runners_up` are (standard id, score), best first.
    """

    standard: Standard | None
    confidence: float
    mapping: dict[int, StandardColumn] = field(default_factory=dict)
    because: dict[int, str] = field(default_factory=dict)
    derived: tuple[Derived, ...] = ()
    wide: Wide | None = None
    evidence: tuple[Evidence, ...] = ()
    runners_up: tuple[tuple[str, float], ...] = ()

    @property
    def hints(self) -> dict[int, Type]:
        """The types that the standard gives, by position: those of mapped columns and of wide cells."""
        wide = {header.index: self.wide.value.type for header in self.wide.headers} if self.wide else {}
        return {index: column.type for index, column in self.mapping.items()} | wide

    @property
    def missing_required(self) -> tuple[StandardColumn, ...]:
        """Required columns of the standard that the table does not have."""
        if self.standard is None:
            return ()
        return self.standard.missing(self.present)

    @property
    def present(self) -> set[str]:
        """Columns of the standard that the table has: mapped, read from the cell of another, or carried by headers."""
        named = {column.name for column in self.mapping.values()} | {
            each.column.name for each in self.derived
        }
        if self.wide:
            named |= {self.wide.value.name, *(column.name for column in self.wide.columns)}
        return named


def recognise(
    labels: Sequence[str],
    sample: pa.Table,
    standards: Mapping[str, Standard],
    override: Override | None = None,
) -> Recognition:
    """The standard that a table with these headers and this `sample` of text cells (c0 … cN) follows.

    An override names the standard (or ``generic``) or the columns of headers, and is obeyed. Raises MadangError
    ``standard_missing`` for a standard that is not declared.
    """
    known = [standard for standard in standards.values() if not standard.made_here]
    table, weights = Table.of(labels, sample), weigh(known)
    wanted, given = (override.standard, override.mapping) if override else (None, {})
    if wanted is not None and wanted != GENERIC and wanted not in standards:
        raise MadangError("standard_missing", standard=wanted)
    if wanted == GENERIC:
        said = Evidence("standard", GENERIC, text("because_person"), 1.0)
        return Recognition(None, 1.0, evidence=(said,))
    if wanted is not None:
        return _told(match(table, standards[wanted], weights, given))
    matches = [match(table, standard, weights, given) for standard in known]
    # a standard of shapes that a table fits goes before one of plain rows that it fits too
    matches.sort(key=lambda each: (each.accepted, bool(each.standard.shape), each.score), reverse=True)
    runners = tuple((each.standard.id, round(each.score, 3)) for each in matches if each.score > 0.05)
    if matches and matches[0].accepted:
        return _recognition(matches[0], labels, runners[1 : _RUNNERS + 1])
    return _generic(labels, matches[0] if matches else None, runners[:_RUNNERS])


def _recognition(found: Match, labels: Sequence[str], runners: tuple[tuple[str, float], ...]) -> Recognition:
    standard = found.standard
    named = sum(1 for label in labels if label.strip())
    needed = [column for column in standard.columns if column.required]
    base = Recognition(
        standard, round(min(1.0, found.score), 3), found.mapping, found.because, _derived(found), _wide(found)
    )
    missing = ", ".join(column.label for column in base.missing_required)
    because = text(
        "because_headers_fit_but" if missing else "because_headers_fit",
        named=named,
        mapped=len(found.mapping) + len(found.wide),
        standard=standard.label,
        required=len(needed),
        missing=missing,
    )
    evidence = (Evidence("standard", standard.id, because, base.confidence),)
    return Recognition(**{**base.__dict__, "evidence": evidence, "runners_up": runners})


def _told(found: Match) -> Recognition:
    told = Evidence("standard", found.standard.id, text("because_person"), 1.0)
    return Recognition(
        found.standard, 1.0, found.mapping, found.because, _derived(found), _wide(found), evidence=(told,)
    )


def _generic(
    labels: Sequence[str], best: Match | None, runners: tuple[tuple[str, float], ...]
) -> Recognition:
    if best is None or best.score <= 0.05:
        because, confidence = text("because_no_standard"), 1.0
    else:
        percent = f"{100 * best.score:.0f}"
        because = text("because_nearest_standard", standard=best.standard.label, percent=percent)
        confidence = round(1 - min(best.score, 0.9), 3)
    return Recognition(
        None, confidence, evidence=(Evidence("standard", GENERIC, because, confidence),), runners_up=runners
    )


def _derived(found: Match) -> tuple[Derived, ...]:
    where = {column.name: index for index, column in found.mapping.items()}
    return tuple(
        Derived(column, where[column.derived_from])
        for column in found.standard.columns
        if column.derived_from in where and column.name not in where
    )


def _wide(found: Match) -> Wide | None:
    unpivot = found.standard.unpivot
    if not found.wide or unpivot is None:
        return None
    given = {name for header in found.wide for name in header.values}
    columns = tuple(column for column in found.standard.columns if column.name in given)
    return Wide(found.standard.column(unpivot.value), columns, found.wide)
