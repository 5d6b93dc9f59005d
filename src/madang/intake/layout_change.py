"""How the columns of a file differ from those of the live version, said before anything is accepted.

Columns are the same where their headers are (units set aside) or where they are the same column of the standard; their
order says nothing. A column that seems to have got another header is proposed, never renamed silently. What a vanished
column does harm to decides: without a column of the key no row of the two versions can be told to be the same, which
refuses the file; a rule that cannot be checked any more is told.
"""

from __future__ import annotations

import json
import re
import shlex
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import duckdb

from madang.bank import Version
from madang.declarations.headers import normalise, without_unit
from madang.declarations.sql import literal, quote
from madang.declarations.standard import DatasetColumn, Standard
from madang.intake.conform import Conformed
from madang.intake.problems import Severity
from madang.intake.raw import Evidence, Override, RawTable, Refused
from madang.intake.receipt import Reason
from madang.messages import text

_LIKE_HEADER = 0.75  # of two headers, from which one is taken for a new form of the other
_LIKE_VALUES = 0.7  # share of equal values, from which two columns are taken for one
_UNLIKE_VALUES = 0.2  # below which even like headers are not
_TELLING = 5  # distinct values that a column must have to be known by them
_SAMPLE_ROWS, _DISTINCT, _LOOKED_AT = 20_000, 1_000, 30
_NAMED = 10  # columns named in one sentence
_UNIT = re.compile(r"[(\[{]\s*(?:단위\s*:?)?\s*([^()\[\]{}]*?)\s*[)\]}]\s*$")

Pair = tuple[DatasetColumn, DatasetColumn]  # the column as it was, as it is
Likeness = Callable[[DatasetColumn, DatasetColumn], float | None]


@dataclass(frozen=True)
class Likely:
    """A column that seems to have got another header: how alike the headers are, and the values where that is known."""

    before: DatasetColumn
    after: DatasetColumn
    header: float
    values: float | None


@dataclass(frozen=True)
class LayoutChange:
    """What became of the columns. `renamed` have another header and are the same column of the standard."""

    gone: tuple[DatasetColumn, ...]
    new: tuple[DatasetColumn, ...]
    renamed: tuple[Pair, ...]
    likely: tuple[Likely, ...]
    types: tuple[Pair, ...]
    units: tuple[tuple[str, str, str], ...]  # header without its unit, unit before, unit now


def layout_change(
    before: Sequence[DatasetColumn], after: Sequence[DatasetColumn], likeness: Likeness
) -> LayoutChange:
    """Compare two layouts. `likeness` gives the share of values (0 to 1) that two columns share, None: not known."""
    pairs = _pairs(before, after)
    old, new = {id(a) for a, _ in pairs}, {id(b) for _, b in pairs}
    gone = tuple(column for column in before if id(column) not in old)
    come = tuple(column for column in after if id(column) not in new)
    units = [(without_unit(b.label), _unit(a.label), _unit(b.label)) for a, b in pairs]
    return LayoutChange(
        gone,
        come,
        tuple((a, b) for a, b in pairs if without_unit(a.label) != without_unit(b.label)),
        tuple(_likely(gone, come, likeness)),
        tuple((a, b) for a, b in pairs if a.type != b.type and not (_empty(a) or _empty(b))),
        tuple((label, was, now) for label, was, now in units if was and now and was != now),
    )


def tell_change(
    con: duckdb.DuckDBPyConnection,
    live: Version | None,
    now: Conformed,
    standard: Standard | None,
    table: RawTable,
    override: Override,
) -> tuple[Reason, ...]:
    """What is to be said of the layout of a table beside the live version; the same stands in its problems.

    What a person wished for by `override` is not told again. Raises Refused(layout_key_gone).
    """
    if live is None:
        return ()
    change = layout_change(live.columns, now.columns, _likeness(con, live.files, now.files))
    _check_key(live, change, now.columns, standard)
    found: list[tuple[Reason, Severity]] = [
        *_columns(change),
        *_consequences(live, change, standard, override),
    ]
    found += [(Reason("layout_renamed", _names(a, b)), "info") for a, b in change.renamed[:_NAMED]]
    found += [(_proposal(each, standard), "warning") for each in change.likely[:_NAMED]]
    types = [(a, b) for a, b in change.types if not (override.text or b.label in override.types)]
    if types:
        found.append((Reason("layout_types", {"count": len(types), "columns": _types(types)}), "warning"))
    for label, before, after in (*change.units, *_table_units(live, table)):
        code = "layout_unit" if label else "layout_table_unit"
        found.append((Reason(code, {"header": label, "before": before, "after": after}), "warning"))
    for reason, severity in found:
        detail = json.dumps(reason.params, ensure_ascii=False)
        table.problems.add(reason.code, severity=severity, detail=detail)
        table.evidence.append(Evidence("changed", text("changed_since", version=live.n), reason.text(), 1.0))
    return tuple(reason for reason, _ in found)


def _pairs(before: Sequence[DatasetColumn], after: Sequence[DatasetColumn]) -> list[Pair]:
    """Columns that are the same: by header, by column of the standard, by header without unit; by name without one."""
    pairs: list[Pair] = []
    left, right = list(before), list(after)
    by: tuple[Callable[[DatasetColumn], str], ...] = (
        lambda column: normalise(column.label),
        lambda column: column.standard or "",
        lambda column: without_unit(column.label),
        lambda column: "" if column.label else column.name,
    )
    for key in by:
        waiting: dict[str, list[DatasetColumn]] = {}
        for column in right:
            waiting.setdefault(key(column), []).append(column)
        for column in list(left):
            if key(column) and waiting.get(key(column)):
                other = waiting[key(column)].pop(0)
                pairs.append((column, other))
                left = [each for each in left if each is not column]
                right = [each for each in right if each is not other]
    return pairs


def _likely(gone: Sequence[DatasetColumn], new: Sequence[DatasetColumn], likeness: Likeness) -> list[Likely]:
    """Each vanished column with the new one that is most like it, where that is like enough."""
    offers = []
    for a in gone[:_LOOKED_AT]:
        for b in new[:_LOOKED_AT]:
            header = SequenceMatcher(None, normalise(a.label), normalise(b.label)).ratio()
            values = likeness(a, b)
            by_header = header >= _LIKE_HEADER and (values is None or values >= _UNLIKE_VALUES)
            telling = a.type == b.type and (a.type == "text" or header >= 0.3)
            if by_header or (telling and values is not None and values >= _LIKE_VALUES):
                offers.append(Likely(a, b, header, values))
    chosen: list[Likely] = []
    for offer in sorted(offers, key=lambda each: -(each.header + (each.values or 0.0))):
        if not any(offer.before is each.before or offer.after is each.after for each in chosen):
            chosen.append(offer)
    return chosen


def _likeness(con: duckdb.DuckDBPyConnection, before: Sequence[Path], after: Sequence[Path]) -> Likeness:
    """The share of values that two columns have in common, of the fewer distinct ones of the first rows."""
    known: dict[tuple[bool, str], frozenset[str]] = {}

    def values(files: Sequence[Path], column: DatasetColumn, old: bool) -> frozenset[str]:
        if (old, column.name) not in known:
            paths, name = ", ".join(literal(str(path)) for path in files), quote(column.name)
            rows = con.execute(
                f"SELECT DISTINCT CAST(x AS VARCHAR) FROM (SELECT {name} AS x FROM read_parquet([{paths}])"
                f" LIMIT {_SAMPLE_ROWS}) WHERE x IS NOT NULL LIMIT {_DISTINCT}"
            ).fetchall()
            known[old, column.name] = frozenset(row[0] for row in rows)
        return known[old, column.name]

    def likeness(a: DatasetColumn, b: DatasetColumn) -> float | None:
        if "geometry" in (a.type, b.type):
            return None
        was, now = values(before, a, True), values(after, b, False)
        fewer = min(len(was), len(now))
        return len(was & now) / fewer if fewer >= _TELLING else None

    return likeness


def _check_key(
    live: Version, change: LayoutChange, columns: Sequence[DatasetColumn], standard: Standard | None
) -> None:
    """Raises Refused where a column of the live version's key vanished and the file has no other key."""
    key = set(live.facts.get("key") or ())
    gone = [column for column in change.gone if column.standard in key]
    present = [column.standard for column in columns if column.standard]
    if not gone or (standard and standard.key_for(present)):
        return
    likely = {each.before.name: each.after.label for each in change.likely}
    header = next(
        (likely[column.name] for column in gone if column.name in likely), text("layout_any_header")
    )
    raise Refused(
        "layout_key_gone",
        dataset=live.dataset.id,
        columns=_listed(gone),
        mapping=shlex.quote(f"{header}={gone[0].standard}"),
    )


def _columns(change: LayoutChange) -> list[tuple[Reason, Severity]]:
    gone, new = len(change.gone), len(change.new)
    told = {
        "gone": gone,
        "new": new,
        "gone_columns": _listed(change.gone),
        "new_columns": _listed(change.new),
    }
    if gone and new:
        return [(Reason("layout_gone_and_new", told), "warning")]
    if gone:
        return [(Reason("layout_gone", told), "warning")]
    return [(Reason("layout_new", told), "info")] if new else []


def _consequences(
    live: Version, change: LayoutChange, standard: Standard | None, override: Override
) -> list[tuple[Reason, Severity]]:
    """What cannot be done any more without the columns that vanished."""
    followed = (live.facts.get("standard") or {}).get("id")
    if not standard and any(column.standard for column in live.columns):
        wished = override.text or override.standard is not None
        return [] if wished else [(Reason("layout_standard_lost", {"standard": followed}), "warning")]
    gone = {column.standard: column for column in change.gone if column.standard}
    rules = [rule for rule in (standard.rules if standard else ()) if gone.keys() & set(rule.columns)]
    if not rules:
        return []
    needed = [column for name, column in gone.items() if any(name in rule.columns for rule in rules)]
    params = {
        "columns": _listed(needed),
        "count": len(rules),
        "rules": "; ".join(r.label for r in rules)[:300],
    }
    return [(Reason("layout_rules_unchecked", params), "warning")]


def _proposal(likely: Likely, standard: Standard | None) -> Reason:
    params: dict[str, Any] = {**_names(likely.before, likely.after), "header": f"{100 * likely.header:.0f}"}
    params["values"] = "-" if likely.values is None else f"{100 * likely.values:.0f}"
    if standard and likely.before.standard:
        mapping = shlex.quote(f"{params['after']}={likely.before.standard}")
        return Reason("layout_likely_mapped", {**params, "mapping": mapping})
    return Reason("layout_likely", params)


def _table_units(live: Version, table: RawTable) -> list[tuple[str, str, str]]:
    """The unit said above the table, where it is another one than in the live version."""
    was, now = _said_units(live.facts.get("left_out") or ()), _said_units(table.left_out)
    return [("", was, now)] if was and now and normalise(was) != normalise(now) else []


def _said_units(left_out: Sequence[dict[str, Any]]) -> str:
    return next((str(each["text"]).strip(" ()[]") for each in left_out if each.get("kind") == "unit"), "")


def _unit(label: str) -> str:
    """The unit in brackets behind a header; "" where there is none."""
    if without_unit(label) == normalise(label):
        return ""
    found = _UNIT.search(unicodedata.normalize("NFKC", label))
    return found.group(1) if found else ""


def _empty(column: DatasetColumn) -> bool:
    return bool(column.facts) and column.facts.get("cells", 0) <= column.facts.get("empty", 0)


def _names(before: DatasetColumn, after: DatasetColumn) -> dict[str, Any]:
    return {"before": before.label or before.name, "after": after.label or after.name}


def _types(pairs: Sequence[Pair]) -> str:
    said = [f"{b.label or b.name}({text('type_' + a.type)} → {text('type_' + b.type)})" for a, b in pairs]
    return _cut(said)


def _listed(columns: Sequence[DatasetColumn]) -> str:
    return _cut([column.label or column.name for column in columns])


def _cut(names: Sequence[str]) -> str:
    shown = ", ".join(" ".join(name.split())[:60] for name in names[:_NAMED])
    return shown if len(names) <= _NAMED else text("layout_and_more", shown=shown, more=len(names) - _NAMED)
