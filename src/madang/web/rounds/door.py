"""The door of a round: a department's file is understood like any other file, and held against the form.

Each round has a bank of its own below ``rounds/<key>`` of the workspace, in the form of the data bank: the bytes as
they came, every reading, every problem. Nothing of it stands in the catalogue.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from madang.bank import Bank, Version
from madang.declarations import Standard
from madang.declarations.sql import literal, quote
from madang.declarations.standard import STORAGE
from madang.engine.duck import connect
from madang.intake.deposit import Door
from madang.intake.excel_mark import first_row
from madang.intake.merge import ORIGIN, Piece, gather, write_keys
from madang.intake.raw import Override
from madang.intake.receipt import Receipt
from madang.messages import MadangError
from madang.web.rounds.form import FormColumn, columns_of
from madang.web.rounds.models import Contribution, Part, Round, Upload
from madang.web.rounds.problems import count_problems
from madang.web.rounds.sheet import GUIDE_SHEET, MARK, MARK_SHEET
from madang.web.shell.whole import is_whole
from madang.workspace import Workspace

OWN_SHEETS = (GUIDE_SHEET, MARK_SHEET, "_목록")


@dataclass(frozen=True)
class Checked:
    """What became of one table of a file. `dataset` and `version` are in the bank of the round.

    `skip`: rows that are the example of the form. `mapping`: header and column, "" where it is none of the form.
    `used`: whether it counts; `why` says why not.
    """

    dataset: str
    version: int | None
    sheet: str
    rows: int = 0
    errors: int = 0
    warnings: int = 0
    skip: list[int] = field(default_factory=list)
    mapping: list[list[str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    used: bool = True
    why: str = ""
    sha256: str = ""


def bank_of(ws: Workspace, round_: Round) -> Bank:
    """The bank of a round."""
    return Bank(ws.folder / "rounds" / round_.key)


def standard_of(ws: Workspace, round_: Round) -> Standard:
    """The standard of its form. Raises MadangError("standard_missing")."""
    found = ws.standards.get(round_.standard)
    if found is None:
        raise MadangError("standard_missing", standard=round_.standard)
    return found


def take(
    ws: Workspace, upload: Upload, path: Path, *, by: str, dataset: str = "", threads: int = 2
) -> list[Checked]:
    """Read the file at `path` as the form of its round asks, and say what became of each of its tables.

    Raises MadangError: round_other_form, round_other_department, round_unread (nothing in it could be read).
    """
    part = upload.part
    check_mark(path, part)
    standard = standard_of(ws, part.round)
    door = Door(
        bank_of(ws, part.round),
        {standard.id: standard},
        clock=ws.clock,
        threads=threads,
        withholding=ws.settings.withholding,
        registers=ws.registers,
    )
    told = Override(standard=standard.id, mapping=dict(upload.mapping))
    name = dataset or f"p{part.pk}-{upload.number}"
    receipts = door.deposit(path, name, override=told, by=by, once=True)
    columns = columns_of(part.round.columns)
    members = {receipt.member for receipt in receipts}
    found = [
        _checked(
            door.bank, receipt, standard, columns, len(receipts), _sheet_of(receipt.member or "", members)
        )
        for receipt in receipts
    ]
    if len(found) == 1 and not found[0].used and found[0].version is None:
        raise MadangError("round_unread", file=upload.file, reason=found[0].why)
    return found


def check_mark(path: Path, part: Part) -> None:
    """Raises MadangError where a workbook is the form of another round or of another department."""
    cells = first_row(path, MARK_SHEET)
    if len(cells) < 2 or cells[0] != MARK:
        return
    earlier = {part.round.key, part.round.previous.key if part.round.previous else ""}
    if cells[1] not in earlier:
        raise MadangError("round_other_form", title=part.round.title)
    if len(cells) > 2 and cells[1] == part.round.key and cells[2] not in ("", str(part.pk)):
        raise MadangError("round_other_department", department=part.department.name)


def _sheet_of(member: str, members: Collection[str | None]) -> str:
    """The sheet that a table stands in: the second table of a sheet is called after it, with a number."""
    sheet, dash, number = member.rpartition("-")
    return sheet if dash and is_whole(number) and (sheet in members or sheet in OWN_SHEETS) else member


def _checked(
    bank: Bank, receipt: Receipt, standard: Standard, columns: Sequence[FormColumn], tables: int, sheet: str
) -> Checked:
    own = sheet in OWN_SHEETS and tables > 1
    if own or receipt.version is None:
        why = "" if own else " ".join(reason.text() for reason in receipt.reasons)
        return Checked(receipt.dataset, None, sheet, used=False, why="form" if own else why)
    version = bank[receipt.dataset].version(receipt.version)
    there = {column.standard for column in version.columns if column.standard}
    missing = [each.label for each in standard.missing(there)]
    required = [each for each in standard.columns if each.required] or list(standard.columns)
    fits = 2 * sum(1 for each in required if each.name in there) >= len(required) and bool(there)
    skip = example_rows(version, columns) if fits else []
    errors, warnings = count_problems(version, skip)
    if fits and standard.key:
        _keep_keys(bank, Piece("", 0, version, tuple(skip)), standard)
    labels = {column.name: column.label for column in standard.columns}
    mapping = [
        [column.label, labels.get(column.standard or "", "")]
        for column in version.columns
        if column.label and column.label != ORIGIN
    ]
    return Checked(
        dataset=receipt.dataset,
        version=version.n,
        sheet=sheet,
        rows=version.rows - len(skip),
        errors=errors,
        warnings=warnings,
        skip=skip,
        mapping=mapping,
        missing=missing,
        used=fits or tables == 1,
        why="" if fits or tables == 1 else "other",
        sha256=receipt.sha256 or "",
    )


def keys_file(bank: Bank, table: Mapping[str, Any]) -> Path:
    """Where the keys of a checked table are kept, for comparing it with others'."""
    return bank.folder / "keys" / f"{table['dataset']}@{table['version']}.parquet"


def _keep_keys(bank: Bank, piece: Piece, standard: Standard) -> None:
    out = keys_file(bank, {"dataset": piece.version.dataset.id, "version": piece.version.n})
    out.parent.mkdir(exist_ok=True)
    with connect(temp_dir=out.parent, threads=1) as con:
        gather(con, [piece], standard)
        write_keys(con, standard, out)


def example_rows(version: Version, columns: Sequence[FormColumn]) -> list[int]:
    """Rows (source_row) that say in every column what the example of the form says; none where it has no example."""
    mapped = {column.standard: column for column in version.columns if column.standard}
    said = [(mapped[c.name], c) for c in columns if c.example and c.name in mapped]
    if len(said) < 2:  # one cell alone may be anybody's
        return []
    same = [
        f"coalesce({quote(own.name)} = TRY_CAST({literal(column.example)} AS {STORAGE[own.type]}), "
        f"TRY_CAST({literal(column.example)} AS {STORAGE[own.type]}) IS NULL)"
        for own, column in said
    ]
    paths = ", ".join(literal(str(path)) for path in version.files)
    with connect(temp_dir=version.dataset.folder, threads=1) as con:
        found = con.execute(
            f"SELECT source_row FROM read_parquet([{paths}]) WHERE {' AND '.join(same)} ORDER BY 1"
        ).fetchall()
    return [int(row) for (row,) in found]


def stored(checked: Sequence[Checked]) -> list[dict[str, Any]]:
    """As an upload keeps them."""
    return [asdict(each) for each in checked]


def pieces_of(ws: Workspace, contribution: Contribution) -> list[Piece]:
    """The tables of a contribution as they are merged."""
    bank = bank_of(ws, contribution.round)
    name = contribution.part.name
    return [
        Piece(
            name, contribution.number, bank[table["dataset"]].version(table["version"]), tuple(table["skip"])
        )
        for table in contribution.tables
    ]
