"""How sure it is that a column holds personal data, from its header, its values, and the columns beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from madang.messages import text
from madang.privacy import headers
from madang.privacy.patterns import KINDS, Kind
from madang.privacy.scan import Hits, Shaped

Verdict = Literal["refuse", "mask", "none"]

REFUSED_SHARE, REFUSED_DISTINCT = 0.01, 5
_FEW, _MANY = 5, 100  # numbers from which a share of a column says something, and says it surely
_NEARLY_ALL = 0.95
_PHONES = ("mobile", "landline", "hotline")
_NUMBERS = ("integer", "number", "percent")
_TYPED = {"number", "percent", "boolean", "date", "datetime", "time", "month", "year", "geometry"}


@dataclass(frozen=True)
class Column:
    """What is known of a column before it is judged. `hints`: other names it has (of its standard)."""

    label: str
    hits: Hits
    type: str = "text"
    hints: tuple[str, ...] = ()
    standard_privacy: str = "none"


@dataclass(frozen=True)
class Finding:
    """A kind of personal data in a column: `count` cells, their `share` of the filled ones, how `sure` (0..1), why.

    `personal`: whether it is of a person rather than of an office or shop. `whole`: the column is nothing else, so
    it is masked whole, however its values are written. Never holds a value.
    """

    kind: Kind
    count: int
    share: float
    sure: float
    because: str
    personal: bool
    whole: bool = False


def exempt(label: str, hits: Hits, *, type: str = "text") -> str:
    """Why the numbers of thirteen digits in a column are not resident numbers, as a Korean clause; "" where they may be."""
    seen = hits.shaped
    if headers.of(label) == "rrn":
        return ""
    if headers.corporate(label):
        return text("privacy_because_corporate_label")
    if type in _NUMBERS and headers.amount(label) and not seen.split and 2 * seen.resident < seen.dated:
        return text("privacy_because_amount", label=label)
    if seen.numbers < _FEW:
        return ""
    for name, valid in (("corporate", seen.corporate), ("barcode", seen.barcode)):
        if valid >= _NEARLY_ALL * seen.numbers:
            return text(f"privacy_because_{name}_checks", valid=f"{valid:,}", of=f"{seen.numbers:,}")
    if headers.article(label) and seen.barcode >= seen.numbers / 2:
        return text("privacy_because_barcode_checks", valid=f"{seen.barcode:,}", of=f"{seen.numbers:,}")
    if _by_chance(seen):
        return text("privacy_because_chance", dated=f"{seen.dated:,}", of=f"{seen.numbers:,}")
    if _moments(label, seen):
        return text("privacy_because_moments")
    if seen.numbers >= 4 * _FEW and seen.gone >= _NEARLY_ALL * seen.dated >= _NEARLY_ALL**2 * seen.numbers:
        return text("privacy_because_serial", of=f"{seen.numbers:,}")
    return ""


def _by_chance(seen: Shaped) -> bool:
    """Of random numbers in one run 365 in 10,000 have a month and a day; of residents' all have."""
    if seen.split:
        return False
    return seen.dated < (0.15 if seen.numbers >= _MANY else 0.5) * seen.numbers


def _moments(label: str, seen: Shaped) -> bool:
    running = seen.numbers >= 4 * _FEW and seen.gone >= 0.05 * seen.dated
    return not seen.split and seen.moments == seen.numbers and (headers.moment(label) or running)


def rrn_verdict(label: str, hits: Hits, *, type: str = "text") -> Verdict:
    """Whether a column makes its table be refused for resident registration numbers, or single cells be masked.

    "refuse": the header says so and not all is masked (scan the column with its `label`), or 1 % of the filled cells
    or five different ones were found. "mask": fewer. "none": none, all masked already, or `exempt`.
    """
    if headers.of(label) == "rrn" and (
        hits.open > hits.cells.get("rrn_masked", 0) or hits.cells.get("rrn", 0)
    ):
        return "refuse"
    count = hits.cells.get("rrn", 0)
    if not count or exempt(label, hits, type=type):
        return "none"
    enough = count >= REFUSED_SHARE * hits.filled or hits.different("rrn") >= REFUSED_DISTINCT
    return "refuse" if enough else "mask"


def judge(column: Column) -> list[Finding]:
    """The kinds of personal data in one column, surest first; [] where there is none. See `judge_table` for names."""
    return judge_table([column])[0]


def judge_table(columns: Sequence[Column]) -> list[list[Finding]]:
    """The findings of every column, in order. What stands beside a column counts: names are believed sooner
    where the table has addresses, telephone numbers or births of persons."""
    labels = [_label(column) for column in columns]
    headed = [headers.of(label) for label in labels]
    persons = any(kind in ("name", "birth", "rrn", "mobile") for kind in headed) or any(
        headers.private(label) for label in labels
    )
    contact = any(headers.address(label) for label in labels) or any(
        kind in ("mobile", "landline") for kind in headed
    )
    return [
        sorted(_findings(column, label, kind, persons, contact), key=lambda found: -found.sure)
        for column, label, kind in zip(columns, labels, headed, strict=True)
    ]


def _label(column: Column) -> str:
    """The header, or the first of the other names that names a kind where the header names none."""
    names = (column.label, *column.hints)
    return next((name for name in names if headers.of(name)), column.label)


def _findings(column: Column, label: str, headed: Kind | None, persons: bool, contact: bool) -> list[Finding]:
    hits, found = column.hits, []
    if not hits.filled:
        return []
    for kind in KINDS:
        count = hits.cells.get(kind, 0)
        if kind == "name":
            name = _name(column, label, headed, persons, contact)
            found += [name] if name else []
        elif count and (column.type not in _TYPED or kind == "rrn"):
            if kind == "rrn" and (why := exempt(label, hits, type=column.type)):
                found.append(Finding(kind, count, count / hits.filled, 0.0, why, False))
                continue
            found.append(_number(column, label, headed, kind, count, persons))
    if (
        headed
        and headed not in ("name", "landline", "mobile", "email")
        and headed not in {f.kind for f in found}
    ):
        found += _headed(column, label, headed)
    return found


def _number(
    column: Column, label: str, headed: Kind | None, kind: Kind, count: int, persons: bool
) -> Finding:
    share = count / column.hits.filled
    said = headed == kind or (headed in _PHONES and kind in _PHONES)
    street = kind == "vehicle" and not said and headers.address(label)  # 516로 2946
    declared = bool(column.hints) and column.standard_privacy == "none"  # by a standard, as nobody's
    body = _of_a_body(kind, label, persons, declared) and (
        column.standard_privacy == "none" or kind == "hotline"
    )
    code = "body" if body else "street" if street else "label" if said else "values"
    because = text(
        f"privacy_because_{code}",
        label=label,
        kind=text(f"privacy_kind_{kind}"),
        count=f"{count:,}",
        of=f"{column.hits.filled:,}",
    )
    sure = 0.1 if street else _sure(kind, said, share)
    return Finding(kind, count, share, sure, because, not (body or street), whole=said and share >= 0.5)


def _of_a_body(kind: Kind, label: str, persons: bool, declared: bool) -> bool:
    """Whether such a number is an office's or a shop's; a mobile is somebody's, wherever it stands.

    Where nothing in the table speaks of persons a landline is a body's, an address only in a `declared` column.
    """
    if kind == "hotline":
        return True
    if kind not in ("landline", "email") or headers.private(label):
        return False
    return headers.of_a_body(label) or ((kind == "landline" or declared) and not persons)


# How sure a number of a kind is by its pattern alone: what else is written so.
_ALONE: dict[Kind, float] = {
    "rrn": 0.95, "rrn_masked": 0.95, "licence": 0.9, "passport": 0.7, "card": 0.9, "account": 0.8, "mobile": 0.95,
    "landline": 0.85, "hotline": 0.9, "email": 0.98, "vehicle": 0.7,
}  # fmt: skip


def _sure(kind: Kind, said: bool, share: float) -> float:
    alone = _ALONE[kind]
    return round(1 - (1 - alone) * (0.2 if said else 1.0) * (0.6 if share >= 0.5 else 1.0), 3)


def _headed(column: Column, label: str, kind: Kind) -> list[Finding]:
    """The header names a kind, the values show none of its usual forms: taken by its word where it is no body's."""
    hits = column.hits
    if kind == "rrn" and not hits.open or headers.corporate(label):
        return []
    sure = {"birth": 0.9, "insurance": 0.8, "account": 0.8}.get(kind, 0.5)
    because = text("privacy_because_only_label", label=label, kind=text(f"privacy_kind_{kind}"))
    return [Finding(kind, hits.filled, 1.0, sure, because, True, whole=True)]


def _name(column: Column, label: str, headed: Kind | None, persons: bool, contact: bool) -> Finding | None:
    hits = column.hits
    count = hits.cells.get("name", 0)
    if column.type not in ("text",):
        return None
    share = count / hits.filled
    if headed == "name":
        sure = round(min(0.99, 0.5 + 0.5 * share), 3) if count else 0.3
        because = text("privacy_because_name_label", label=label, count=f"{count:,}", of=f"{hits.filled:,}")
        return Finding(
            "name", max(count, 1), max(count, 1) / hits.filled, sure, because, sure >= 0.5, whole=True
        )
    if column.label.strip() or share < 0.9 or not (persons and contact) or hits.different("name") < _FEW:
        return None
    because = text("privacy_because_name_values", count=f"{count:,}", of=f"{hits.filled:,}")
    return Finding("name", count, share, 0.6, because, True, whole=True)
