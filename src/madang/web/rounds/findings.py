"""What a department's own files have wrong: by row, with the cells to mend, and by rule."""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.utils.translation import get_language

from madang.bank import Version
from madang.engine.duck import connect
from madang.intake.marked_original import marked_original
from madang.intake.merge import ORIGIN, rows_shared
from madang.intake.merge_amend import cells_of
from madang.messages import MadangError, text
from madang.web.rounds.door import bank_of, keys_file
from madang.web.rounds.form import columns_of
from madang.web.rounds.models import Contribution, Part, Upload
from madang.web.rounds.problems import problems_of
from madang.web.shell import words
from madang.web.shell.mark import Mark
from madang.workspace import Workspace

_OF_THE_FORM = {
    "required_column_missing": "round_column_missing"
}  # what a standard asks, a round asks by its form
MOST_ROWS = 100  # rows to mend that one page shows


@dataclass(frozen=True)
class Cell:
    """One cell of a row to mend. `name` is that of its field in the page; "" where it is only shown."""

    label: str
    value: str
    name: str = ""
    told: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


@dataclass
class Row:
    """A row with something wrong: where it stands in the department's own file, and its cells."""

    file: str
    sheet: str
    number: int
    severity: Mark
    cells: list[Cell] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


@dataclass
class Findings:
    """Everything wrong in what a department has brought: rows to mend (the first hundred), what is wrong with whole tables,
    how often each rule was broken."""

    rows: list[Row] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)
    by_rule: Counter[str] = field(default_factory=Counter)
    more: int = 0

    @property
    def rules(self) -> list[tuple[str, int]]:
        return [(words.RULES.get(rule, rule), count) for rule, count in self.by_rule.most_common()]


def findings(ws: Workspace, part: Part) -> Findings:
    """What is wrong now in the files of a part."""
    found, bank = Findings(), bank_of(ws, part.round)
    options = {column.name: column.values for column in columns_of(part.round.columns)}
    for upload in part.uploads.filter(current=True):
        for place, table in enumerate(upload.tables):
            if table["used"] and table["version"]:
                version = bank[table["dataset"]].version(table["version"])
                _of_table(found, upload, place, table, version, options)
    return found


def _of_table(
    found: Findings,
    upload: Upload,
    place: int,
    table: dict[str, Any],
    version: Version,
    options: dict[str, Any],
) -> None:
    problems = problems_of(version, table["skip"]).to_pylist()
    found.by_rule.update(str(each["rule"]) for each in problems)
    found.tables += [sentence(each) for each in problems if each["row"] is None]
    by_row: dict[int, list[dict[str, Any]]] = {}
    for each in problems:
        if each["row"] is not None:
            by_row.setdefault(each["row"], []).append(each)
    wanted = list(by_row)[: max(0, MOST_ROWS - len(found.rows))]
    found.more += len(by_row) - len(wanted)
    with TemporaryDirectory(prefix="madang-") as held:
        cells = cells_of(version, wanted, Path(held))
    for row in wanted:
        if row in cells:
            found.rows.append(_row(upload, place, table, version, options, row, by_row[row], cells[row]))


def _row(
    upload: Upload, place: int, table: dict[str, Any], version: Version, options: dict[str, Any],
    row: int, problems: list[dict[str, Any]], cells: dict[str, str],
) -> Row:  # fmt: skip
    worst = "error" if any(each["severity"] == "error" for each in problems) else "warning"
    stood = int(cells.get(ORIGIN) or row)
    made = Row(upload.file, table["sheet"], stood, words.SEVERITIES[worst])
    told: dict[str, list[str]] = {}
    names = {column.name for column in version.columns}
    for each in problems:
        said = sentence({**each, "row": stood})
        if each["column"] in names:
            told.setdefault(each["column"], []).append(said)
        else:
            made.told.append(said)
    for column in version.columns:
        if column.label == ORIGIN or not column.standard:
            continue
        wrong = column.name in told or (not told and bool(made.told))
        name = f"cell-{upload.pk}-{place}-{row}-{column.name}" if wrong else ""
        made.cells.append(
            Cell(
                column.label,
                cells.get(column.name, ""),
                name,
                tuple(told.get(column.name, ())),
                tuple(options.get(column.standard, ())),
            )
        )
    return made


def marked(ws: Workspace, upload: Upload, table: dict[str, Any]) -> bytes:
    """The file of a table, or the table as a workbook, with what is wrong marked. Raises MadangError ``marked_*``."""
    bank = bank_of(ws, upload.part.round)
    version = bank[table["dataset"]].version(table["version"])
    problems = [(each, sentence(each)) for each in problems_of(version, table["skip"]).to_pylist()]
    snapshot = bank.snapshots.path(version.receipt["sha256"])
    if not snapshot.exists():
        raise MadangError("original_not_shown")
    held = io.BytesIO()
    marked_original(snapshot, version.receipt, version.facts, problems, held, title=upload.part.round.title)
    return held.getvalue()


def sentence(problem: dict[str, Any]) -> str:
    """What is wrong and what to do, in the language of the page."""
    try:
        detail = json.loads(problem["detail"] or "{}")
    except ValueError:
        detail = {}
    known = {
        "row": problem["row"],
        "column": problem["label"] or problem["column"],
        "value": problem["value"],
    }
    params = {
        **(detail if isinstance(detail, dict) else {}),
        **{k: v for k, v in known.items() if v is not None},
    }
    rule = _OF_THE_FORM.get(str(problem["rule"]), str(problem["rule"]))
    language = "en" if (get_language() or "ko").startswith("en") else "ko"
    try:
        return text(rule, language, **params)  # type: ignore[arg-type]
    except KeyError:
        return str(words.RULES.get(str(problem["rule"]), str(problem["rule"])))


def shared_rows(ws: Workspace, part: Part) -> tuple[list[int], list[int]]:
    """Rows of this part whose key another department has handed in too, and those that stand in two of its own files:
    its own row numbers, nothing of the others."""
    bank = bank_of(ws, part.round)
    own = [table for upload in part.uploads.filter(current=True) for table in upload.used]
    given = (
        Contribution.objects.filter(round=part.round_id, returned_at=None)
        .exclude(part=part)
        .order_by("number")
    )
    latest = {each.part_id: each for each in given}
    others = [table for each in latest.values() for table in each.tables]
    files = [
        [path for table in tables if (path := keys_file(bank, table)).exists()] for tables in (own, others)
    ]
    if not files[0]:
        return [], []
    with TemporaryDirectory(prefix="madang-") as held, connect(temp_dir=Path(held), threads=1) as con:
        return rows_shared(con, *files)
