"""A declared table (``content/tables/<id>.toml``): one query over datasets of standards, whose answer is a dataset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from madang.declarations.analysis import Role, role_of
from madang.declarations.fields import Fields, bad
from madang.declarations.load import standard_of, toml_of
from madang.declarations.standard import Standard

SHIPPED = Path(__file__).parents[1] / "content" / "tables"
_OWN = ("query", "why", "owner", "inputs", "checks", "origins", "not_for")


@dataclass(frozen=True)
class Check:
    """What has to hold: `violated` is a query over ``made`` (the table) and the inputs whose rows are what breaks it."""

    label: str
    violated: str


@dataclass(frozen=True)
class RowOrigin:
    """Of which rows of an input a row is made: those whose `columns` read as the row's own (ours -> theirs).

    With a `query` over the inputs, of those that its answer names by ``dataset`` and ``source_row`` (and ``role``, where
    there are several inputs); `columns` are then the answer's.
    """

    role: str
    columns: Mapping[str, str]
    where: tuple[tuple[str, str, Any], ...] = ()
    only: tuple[str, ...] = ()
    query: str = ""


@dataclass(frozen=True)
class DeclaredTable:
    """A table that is one `query`, in which the roles of the inputs are its tables.

    It is a standard of its own: its columns, key and rules stand there, and what asks for datasets of a standard can ask
    for this one. `owner` is the post that answers for it.
    """

    standard: Standard
    query: str
    why: str
    inputs: tuple[Role, ...]
    checks: tuple[Check, ...] = ()
    origins: tuple[RowOrigin, ...] = ()
    owner: str = ""
    not_for: tuple[str, ...] = ()
    text: str = ""  # of the file

    @property
    def id(self) -> str:
        return self.standard.id


def load_table(file: Path, *, bind: bool = True) -> DeclaredTable:
    """The table declared in one TOML file. Raises MadangError (codes ``standard_*``, ``analysis_card``)."""
    told = toml_of(file)
    fields = Fields({key: told.pop(key) for key in _OWN if key in told}, file, "")
    standard = standard_of({**told, "made_here": True}, file, bind=bind)
    table = DeclaredTable(
        standard,
        query=fields.text("query", required=True),
        why=fields.text("why"),
        inputs=inputs_of(fields, file),
        checks=tuple(
            Check(each.text("label", required=True), each.text("violated", required=True))
            for each in fields.tables("checks")
        ),
        origins=tuple(_origin(each) for each in fields.tables("origins")),
        owner=fields.text("owner"),
        not_for=fields.texts("not_for"),
        text=file.read_text("utf-8"),
    )
    fields.done()
    _check_origins(table, file)
    return table


def inputs_of(fields: Fields, file: Path) -> tuple[Role, ...]:
    """The inputs declared as ``[inputs.<role>]``, at least one. Raises MadangError("analysis_card", "standard_name" …)."""
    told = fields.free("inputs")
    if not told:
        raise bad("analysis_card", file, "inputs", reason="")
    return tuple(role_of(file, name, each) for name, each in told.items())


def _origin(fields: Fields) -> RowOrigin:
    where = tuple(fields.text_lists("where"))
    return RowOrigin(
        fields.text("role", required=True),
        fields.mapping("columns"),
        tuple(
            (each[0], each[1], each[2] if each[1] != "in" else each[2:]) for each in where if len(each) > 2
        ),
        fields.texts("only"),
        fields.text("query"),
    )


def _check_origins(table: DeclaredTable, file: Path) -> None:
    names = {column.name for column in table.standard.columns}
    roles = {role.name for role in table.inputs}
    for origin in table.origins:
        if origin.role not in roles:
            raise bad("analysis_card", file, "origins.role", reason=origin.role)
        for name in (*origin.columns, *origin.only):
            if name not in names:
                raise bad("analysis_card", file, "origins.columns", reason=name)
