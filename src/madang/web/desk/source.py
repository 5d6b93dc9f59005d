"""The way from a problem to its cell: the rows of an original around one row, personal values starred."""

from __future__ import annotations

import re
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Dataset
from madang.intake.original import Original, SourceRow, original
from madang.messages import MadangError
from madang.web.desk.edited import added_by, edit_of
from madang.web.desk.pages import ProblemLine, SourcePage
from madang.web.desk.problems import errors_first, hidden_in, known_deposit, line_of, problems_of
from madang.web.desk.whole import whole
from madang.web.shell.masking import masked
from madang.web.shell.workspace import workspace

_NEIGHBOURS = 4
_IN_ROW = 10
_NAMES = re.compile(r"(?:명|명칭|이름)\s*$")
_NOT_ITS_OWN = re.compile(
    r"^(?:시도|시군구|자치구|구|읍면동|행정동|법정동|동|리|.*기관|.*자치단체|.*도로|.*노선|시스템"
    r"|.*(?:구분|유형|종류|분류|업종|업태|코드|법령))\s*명칭?$|(?<!시)설명$"
)


def source_page(dataset_id: str, deposit: str, row: int, column: str = "") -> SourcePage:
    """The rows around `row` of the original of a deposit, with the cell of `column` marked.

    An original that cannot be shown again gives a page that says so, with the problems of the row.
    Raises MadangError: dataset_missing (a row or deposit it does not have, too), snapshot_missing.
    """
    ws = workspace()
    dataset = whole(dataset_id)
    chosen = known_deposit(dataset, deposit)
    receipt, facts = dataset.receipt(chosen), dataset.facts(chosen)
    made = next((each for each in dataset.versions if each.deposit_id == chosen), None)
    if made is not None and (edit := added_by(made, row)) is not None:
        return SourcePage("", "", [], [], row, None, "", 0, _in_row(dataset, chosen, row, column, hidden_in(dataset, facts)),
                          edit=edit, added=True)  # fmt: skip
    snapshot = ws.bank.snapshots.path(str(receipt["sha256"]))
    withheld = ws.bank.snapshots.is_withheld(str(receipt["sha256"]))
    if not snapshot.is_file() and not withheld:
        raise MadangError("snapshot_missing", sha256=str(receipt["sha256"])[:12])
    first = max(1, row - _NEIGHBOURS)
    shown, note = Original([], []), ""
    try:
        if withheld:
            raise MadangError("source_withheld")
        shown = original(snapshot, receipt, facts, first=first, count=row - first + 1 + _NEIGHBOURS)
    except MadangError as error:
        note = str(error)
    header, rows, header_rows = shown.header, shown.rows, receipt.get("header_rows") or []
    found = any(each.number == row for each in rows) or bool(rows and not shown.by_line)
    if not note and not found:
        raise MadangError("dataset_missing", dataset=f"{dataset_id} {row}")
    label, position = _position(facts, column, header)
    hidden = hidden_in(dataset, facts)
    if hidden:
        known = _rows_of_the_table(dataset, chosen, first, row + _NEIGHBOURS)
        places = _open_places(facts, header, hidden)
        width = len(header) or max(places, default=-1) + 1
        rows = [_starred(each, places, width, known, header_rows) for each in rows]
    return SourcePage(
        file=str(receipt.get("file") or ""),
        member=str(receipt.get("member") or ""),
        header=header,
        rows=rows,
        row=row,
        marked=position,
        naming=_naming(header),
        label=label,
        columns=max([len(header), *(len(each.cells) for each in rows)], default=0),
        problems=_in_row(dataset, chosen, row, column, hidden),
        hidden=bool(hidden),
        note=note,
        edit=edit_of(made) if made is not None else None,
    )


def _naming(header: list[str]) -> int:
    """0-based place of the column that says what a row is about: the first name that is not of an area or a kind, else the first column."""
    return next(
        (at for at, label in enumerate(header) if _NAMES.search(label) and not _NOT_ITS_OWN.search(label)), 0
    )


def _position(facts: dict[str, Any], column: str, header: list[str]) -> tuple[str, int | None]:
    """Header and 0-based place in the original of a column, told by its name or its header."""
    places: dict[str, int] = facts.get("places") or {}
    known = next((c for c in facts.get("columns") or () if column in (c["name"], c.get("label"))), None)
    place = places.get(known["name"], places.get(column)) if known else places.get(column)
    label = str((known or {}).get("label") or column)
    if place is None and label in header:  # refused before its columns were known
        place = header.index(label)
    return label, place


def _open_places(facts: dict[str, Any], header: list[str], hidden: set[str]) -> set[int]:
    """0-based places in the original that are known to hold no personal data."""
    columns = {
        str(each["name"]): str(each.get("label") or each["name"]) for each in facts.get("columns") or ()
    }
    at = {name: _position(facts, name, header)[1] for name in {*columns, *(facts.get("places") or ())}}
    private = {name for name in at if hidden & {name, columns.get(name, name)}}
    if any(at[name] is None for name in private):  # made of many cells: those that became rows
        at = {name: place for name, place in at.items() if name in columns}
    closed = {at.get(name) for name in private}
    return {place for place in at.values() if place is not None and place not in closed}


def _rows_of_the_table(dataset: Dataset, deposit: str, first: int, last: int) -> set[int]:
    """Rows of the original that stand in the table just as they are: no note, nothing repaired, no line continued."""
    version = next((each for each in dataset.versions if each.deposit_id == deposit), None)
    around = [("source_row", ">=", first), ("source_row", "<=", last)]
    rows: set[int] = set()
    for path in version.files if version else ():
        rows |= set(pq.read_table(path, columns=["source_row"], filters=around)["source_row"].to_pylist())
    problems = problems_of(dataset, deposit)
    if rows and problems.exists():
        told = pq.read_table(problems, filters=[("row", ">=", first), ("row", "<=", last)])
        rows -= set(told.filter(pc.is_null(told["column"]))["row"].to_pylist())
    return rows


def _starred(
    row: SourceRow, places: set[int], width: int, known: set[int], header_rows: list[int]
) -> SourceRow:
    """A row with only the cells at open `places` readable; wholly starred where its cells may stand elsewhere."""
    if row.number in header_rows:
        return row
    shown = places if row.number in known and len(row.cells) == width else set()
    return SourceRow(row.number, [cell if i in shown else masked(cell) for i, cell in enumerate(row.cells)])


def _in_row(dataset: Dataset, deposit: str, row: int, column: str, hidden: set[str]) -> list[ProblemLine]:
    path = problems_of(dataset, deposit)
    if not path.exists():
        return []
    found = pq.read_table(path, filters=[("row", "=", row)])
    if column:
        found = found.filter(
            pc.or_kleene(pc.equal(found["column"], column), pc.equal(found["label"], column))
        )
    return [line_of(each, hidden) for each in errors_first(found).slice(0, _IN_ROW).to_pylist()]
