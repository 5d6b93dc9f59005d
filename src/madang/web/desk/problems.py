"""The way from a problem to the original cell: problem lists of deposits, and the rows they stand in."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Dataset
from madang.intake.original import SourceRow, rows_around
from madang.intake.problems import SCHEMA
from madang.messages import MadangError, text
from madang.web.desk import words
from madang.web.desk.masking import masked
from madang.web.desk.pages import Choice, Mark, ProblemLine, ProblemPage, SourcePage
from madang.web.desk.workspace import workspace

PER_PAGE = 50
_NEIGHBOURS = 4
_IN_ROW = 10
_DECLARED = "row_rule"  # problems of the rules that standards declare
_SEVERITY_ORDER = {"error": 0, "warning": 1, "info": 2}


def problem_page(
    dataset_id: str, deposit: str = "", rule: str = "", column: str = "", page: int = 1
) -> ProblemPage:
    """One page of the problems of a deposit (of the live version's, where none is said), errors first.

    Raises MadangError: dataset_missing, deposit_missing, no_version.
    """
    dataset = workspace().bank[dataset_id]
    chosen = _known_deposit(dataset, deposit)
    receipt = dataset.receipt(chosen)
    path = _file(dataset, chosen)
    table = pq.read_table(path) if path.exists() else SCHEMA.empty_table()
    rules = _rules(table)
    if rule:
        table = _by_rule(table, rule)
    if column:
        table = table.filter(pc.equal(table["column"], column))
    pages = max(1, -(-table.num_rows // PER_PAGE))
    at = min(max(page, 1), pages)
    lines = [_line(each) for each in _sorted(table).slice((at - 1) * PER_PAGE, PER_PAGE).to_pylist()]
    return ProblemPage(
        deposit=chosen,
        file=str(receipt.get("file") or ""),
        version=receipt.get("version"),
        lines=lines,
        rules=rules,
        rule=rule,
        column=column,
        column_label=next((each.label for each in lines if each.label), column),
        total=table.num_rows,
        page=at,
        pages=pages,
    )


def _rules(table: pa.Table) -> list[Choice]:
    """The rules of a problem table, most broken first; those that a standard declares each by its own name."""
    own = pc.equal(table["rule"], _DECLARED)
    groups = table.filter(pc.invert(own)).group_by("rule").aggregate([([], "count_all")]).to_pylist()
    found = [Choice(each["rule"], rule_label(each["rule"]), each["count_all"]) for each in groups]
    declared: dict[str, Choice] = {}
    for each in table.filter(own).group_by("detail").aggregate([([], "count_all")]).to_pylist():
        detail = _detail(each["detail"])
        id = f"{_DECLARED}:{detail.get('rule', '')}"
        before = declared[id].count if id in declared else 0
        declared[id] = Choice(
            id, str(detail.get("label") or rule_label(_DECLARED)), before + each["count_all"]
        )
    return sorted([*found, *declared.values()], key=lambda choice: -choice.count)


def _by_rule(table: pa.Table, rule: str) -> pa.Table:
    code, _, declared = rule.partition(":")
    table = table.filter(pc.equal(table["rule"], code))
    if declared:
        details = [
            each for each in pc.unique(table["detail"]).to_pylist() if _detail(each).get("rule") == declared
        ]
        table = table.filter(pc.is_in(table["detail"], pa.array(details, pa.string())))
    return table


def _detail(written: str | None) -> dict[str, Any]:
    try:
        found = json.loads(written or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _file(dataset: Dataset, deposit: str) -> Path:
    return dataset.deposit_folder(deposit) / "problems.parquet"


def _known_deposit(dataset: Dataset, deposit: str) -> str:
    """`deposit` where the dataset has it, the live version's where none is said; else an error, never a path."""
    if not deposit:
        if dataset.latest is None:
            raise MadangError("no_version", dataset=dataset.id)
        return dataset.latest.deposit_id
    if deposit not in dataset.deposits():
        raise MadangError("dataset_missing", dataset=f"{dataset.id}/{deposit}")
    return deposit


def _sorted(table: pa.Table) -> pa.Table:
    order = pc.index_in(table["severity"], pa.array(list(_SEVERITY_ORDER)))
    keyed = table.append_column("order", order)
    return keyed.sort_by([("order", "ascending"), ("row", "ascending")])


def _line(problem: dict[str, Any]) -> ProblemLine:
    label = str(problem["label"] or problem["column"] or "")
    return ProblemLine(
        row=problem["row"],
        column=str(problem["column"] or ""),
        label=label,
        value=problem["value"],
        rule=str(problem["rule"]),
        severity=words.SEVERITIES.get(str(problem["severity"]), Mark(str(problem["severity"]))),
        sentence=sentence(problem),
    )


def sentence(problem: dict[str, Any]) -> str:
    """What is wrong and what to do, in one or two sentences."""
    detail = _detail(problem["detail"])
    known = {
        "row": problem["row"],
        "column": problem["label"] or problem["column"],
        "value": problem["value"],
    }
    params = {key: value for key, value in {**detail, **known}.items() if value is not None}
    try:
        return text(str(problem["rule"]), **params)
    except KeyError:
        return rule_label(str(problem["rule"]))


def rule_label(code: str) -> str:
    """A rule's short name; its code where it has none."""
    return words.RULES.get(code, code)


# the original ----------------------------------------------------------------------------------------------


def source_page(dataset_id: str, deposit: str, row: int, column: str = "") -> SourcePage:
    """The rows around `row` of the original of a deposit, with the cell of `column` marked.

    Raises MadangError: dataset_missing, snapshot_missing, row_missing.
    """
    ws = workspace()
    dataset = ws.bank[dataset_id]
    chosen = _known_deposit(dataset, deposit)
    receipt, facts = dataset.receipt(chosen), dataset.facts(chosen)
    snapshot = ws.bank.snapshots.path(str(receipt["sha256"]))
    if not snapshot.is_file():
        raise MadangError("snapshot_missing", sha256=str(receipt["sha256"])[:12])
    reading = {"sheet": facts.get("sheet"), **{key: receipt.get(key) for key in ("encoding", "delimiter")}}
    first = max(1, row - _NEIGHBOURS)
    rows = rows_around(snapshot, **reading, first=first, count=row - first + 1 + _NEIGHBOURS)
    if not any(each.number == row for each in rows):
        raise MadangError("dataset_missing", dataset=f"{dataset_id} {row}")
    header_rows = receipt.get("header_rows") or []
    header = rows_around(snapshot, **reading, first=header_rows[-1], count=1)[0].cells if header_rows else []
    label, position = _position(facts, column, header)
    hidden = _personal_places(facts, header)
    return SourcePage(
        file=str(receipt.get("file") or ""),
        member=str(receipt.get("member") or ""),
        header=header,
        rows=[_hide(each, hidden) for each in rows],
        row=row,
        marked=position,
        label=label,
        columns=max([len(header), *(len(each.cells) for each in rows)]),
        problems=_in_row(dataset, chosen, row, column),
        hidden=bool(hidden),
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


def _personal_places(facts: dict[str, Any], header: list[str]) -> set[int]:
    """0-based places of columns with personal data in the original."""
    columns = [each for each in facts.get("columns") or () if each.get("privacy", "none") != "none"]
    places = (_position(facts, str(each["name"]), header)[1] for each in columns)
    return {place for place in places if place is not None}


def _hide(row: SourceRow, places: set[int]) -> SourceRow:
    cells = [masked(cell) if i in places else cell for i, cell in enumerate(row.cells)]
    return SourceRow(row.number, cells)


def _in_row(dataset: Dataset, deposit: str, row: int, column: str) -> list[ProblemLine]:
    path = _file(dataset, deposit)
    if not path.exists():
        return []
    found = pq.read_table(path, filters=[("row", "=", row)])
    if column:
        found = found.filter(
            pc.or_kleene(pc.equal(found["column"], column), pc.equal(found["label"], column))
        )
    return [_line(each) for each in _sorted(found).slice(0, _IN_ROW).to_pylist()]
