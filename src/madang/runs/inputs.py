"""What an analysis may read: the tables of its roles, by the names of the standard, without personal columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from madang.engine.duck import connect
from madang.engine.tables import DuckTables, Tables, stacked
from madang.messages import MadangError
from madang.privacy import redact_all

if TYPE_CHECKING:
    import ibis

Progress = Callable[[int, int | None, str], None]  # done, of how many (None: not known), doing what
NAMES = ("areas",)  # roles that give names to codes, and no rows of their own
DATASET = "dataset"  # a column that every input has: the id of the dataset that a row is of
# what the bank adds to tables; empty where it did not
ADDED = {
    "source_row": "BIGINT",
    "lon": "DOUBLE",
    "lat": "DOUBLE",
    "dong_code": "VARCHAR",
    "geo_level": "VARCHAR",
}
_IBIS = {"BIGINT": "int64", "DOUBLE": "float64", "VARCHAR": "string"}
_TEMPORARY = Path(gettempdir()) / "madang-runs"


def no_progress(done: int, whole: int | None = None, step: str = "") -> None:
    """Progress that nobody follows."""


@dataclass(frozen=True)
class Part:
    """A version of a dataset. `columns`: name for the analysis -> column of the files; the standard's name where the
    dataset was mapped to it, else the dataset's own. `as_of` is the day the data speak of, ISO."""

    dataset: str
    version: int
    title: str
    as_of: str
    columns: Mapping[str, str]
    files: tuple[Path, ...]
    redacted: Mapping[str, str] = field(
        default_factory=dict
    )  # of free text that is personal: see `Input.texts`
    standard: str = ""  # its id; "" where the dataset follows none

    @property
    def name(self) -> str:
        return f"{self.dataset}@{self.version}"

    def select(self, *, redacted: bool = False) -> str:
        """SQL of its rows by the names for the analysis; `redacted`: with texts that are yet to be."""
        shown = {**self.columns, **(self.redacted if redacted else {})}
        files = ", ".join(_text(path) for path in self.files)
        named = [f"{_quoted(column)} AS {_quoted(name)}" for name, column in shown.items()]
        named += [f"NULL::{kind} AS {name}" for name, kind in ADDED.items() if name not in self.columns]
        listed = ", ".join(named)
        return f"SELECT {listed}, {_text(self.dataset)} AS {DATASET} FROM read_parquet([{files}])"


@dataclass(frozen=True)
class Input:
    """The rows in a role: of one version, or of several one behind the other, where the role takes many."""

    role: str
    parts: tuple[Part, ...]
    tables: Tables = field(default_factory=DuckTables, compare=False, repr=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The names that can be read: a column that one of several parts lacks is empty there."""
        return tuple(dict.fromkeys(name for part in self.parts for name in part.columns))

    @property
    def as_of(self) -> str:
        """The earliest day that its parts speak of, ISO; "" where none is known."""
        return min((part.as_of for part in self.parts if part.as_of), default="")

    def has(self, name: str) -> bool:
        return name in self.columns

    def arrow(self, *names: str) -> pa.Table:
        """These columns (none named: all) as Arrow, and `dataset` where it is named. Raises MadangError("run_column")."""
        self._check(names, self.columns)
        return self._asked(f"SELECT {', '.join(map(_quoted, names or self.columns))} FROM rows")

    def sql(self, query: str, values: Mapping[str, Any] | None = None) -> pa.Table:
        """The answer of DuckDB to a `query` over ``rows``, the table of this input. ``$name`` are `values`."""
        return self._asked(query, values)

    def texts(self, *names: str) -> pa.Table:
        """As `arrow`, and columns of free text that are personal: of these every number that tells of a person is taken out.

        Names of people may still stand in them: tell no text, only words that several letters have.
        Raises MadangError("run_column").
        """
        redacted = {name for part in self.parts for name in part.redacted}
        self._check(names, (*self.columns, *redacted))
        found = self._asked(f"SELECT {', '.join(map(_quoted, names))} FROM rows", redacted=True)
        for place, name in enumerate(names):
            if name in redacted:
                cells = redact_all(found.column(name).cast(pa.string()).combine_chunks())
                found = found.set_column(place, name, cells)
        return found

    def table(self) -> ibis.Table:
        """The rows as an Ibis table, by the names that `sql` has: what is made of it runs on the engine of the workspace,
        DuckDB or Spark, and joins with tables of other roles. Say in what order answers are to come: Spark keeps none.
        """
        import ibis

        parts = []
        for part in self.parts:
            read = self.tables(part.files)
            named = [read[column].name(name) for name, column in part.columns.items()]
            parts.append(read.select([*named, ibis.literal(part.dataset).name(DATASET)]))
        return stacked(parts, {name: _IBIS[kind] for name, kind in ADDED.items()})

    def _asked(
        self, query: str, values: Mapping[str, Any] | None = None, *, redacted: bool = False
    ) -> pa.Table:
        parts = " UNION ALL BY NAME ".join(part.select(redacted=redacted) for part in self.parts)
        with connect(temp_dir=_TEMPORARY) as con:
            con.execute(f"CREATE VIEW rows AS {parts}")
            found: pa.Table = con.execute(query, dict(values or {})).to_arrow_table()
        return found

    def _check(self, names: Sequence[str], there: Sequence[str]) -> None:
        for name in names:
            if name not in (DATASET, *ADDED, *there):
                columns = ", ".join(self.columns)
                raise MadangError("run_column", column=name, dataset=self.parts[0].dataset, columns=columns)


@dataclass(frozen=True)
class Inputs:
    """The inputs of one computation by role, its seed, and how it tells how far it is.

    Reading a role that the card does not declare, or that was left out, raises MadangError("run_role").
    """

    by_role: Mapping[str, Input]
    seed: int = 0
    progress: Progress = field(default=no_progress)
    tables: Tables = field(default_factory=DuckTables, compare=False, repr=False)

    def __getitem__(self, role: str) -> Input:
        if role not in self.by_role:
            raise MadangError("run_role", role=role, roles=", ".join(self.by_role))
        return replace(self.by_role[role], tables=self.tables)

    def __contains__(self, role: str) -> bool:
        return role in self.by_role

    def area_names(self, role: str = "areas") -> dict[str, str]:
        """By its code the name of each 행정동, without the names it stands under; {} where the role was left out."""
        if role not in self:
            return {}
        rows = self[role].arrow("hjd_code", "area_name")
        names = [str(name).split()[-1] for name in rows.column("area_name").to_pylist()]
        return dict(zip(rows.column("hjd_code").to_pylist(), names, strict=True))

    def sql(
        self, query: str, given: Mapping[str, pa.Table] | None = None, values: Mapping[str, Any] | None = None
    ) -> pa.Table:
        """The answer of DuckDB to a declared `query`, in which every role is a table, and so is each of `given`; ``$name``
        are `values`.

        It is one SELECT over copies of the columns that the roles may read; no file is in reach while it runs. Copies and
        answers spill to disk beyond 700 MB. Raises duckdb.Error.
        """
        with connect(temp_dir=_TEMPORARY) as con:
            con.execute("SET TimeZone = 'Asia/Seoul'")
            con.execute("SET python_enable_replacements = false")
            told = con.extract_statements(query)
            if len(told) != 1 or told[0].type != duckdb.StatementType.SELECT:
                raise duckdb.ParserException("a declared query is one SELECT")
            for role, each in self.by_role.items():
                rows = " UNION ALL BY NAME ".join(part.select() for part in each.parts)
                con.execute(f"CREATE TEMP TABLE {_quoted(role)} AS {rows}")
            for name, table in (given or {}).items():
                con.register(name, table)
            con.execute("SET enable_external_access = false")
            con.execute("SET lock_configuration = true")
            found: pa.Table = con.execute(told[0], dict(values or {})).to_arrow_table()
        return found


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(said: object) -> str:
    return "'" + str(said).replace("'", "''") + "'"
