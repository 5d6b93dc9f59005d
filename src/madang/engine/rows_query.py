"""What is asked of the rows of a table, as plain frozen values; nothing here touches data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol, get_args

from madang.messages import MadangError

# eq equal (an empty cell never is)   ne anything else, empty cells too   in one of several
# lt le gt ge below, at most, above, at least (numbers, days, texts)   null empty (True) or not (False)
# contains a part of a text, capitals or not   starts its beginning, as written
Operator = Literal["eq", "ne", "lt", "le", "gt", "ge", "in", "null", "contains", "starts"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
# count of rows, or of the cells of a column that are not empty; the others are of a column
Kind = Literal["count", "distinct", "sum", "mean", "min", "max", "median"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Value = str | int | float | bool | tuple[str | int | float | bool, ...]

MOST_ROWS = 10_000  # of one page
DEFAULT_ROWS = 100
MOST_OFFSET = 10_000_000
MOST_FILTERS, MOST_SORTS, MOST_GROUPS, MOST_MEASURES = 30, 5, 5, 20
MOST_VALUES = 1_000  # of an `in`
MOST_LETTERS, MOST_WORDS = 200, 8  # of a search
NUMBERS = ("integer", "number", "percent", "year")


class Column(Protocol):
    """What rows need to know of a column; `madang.declarations.standard.DatasetColumn` is one."""

    @property
    def name(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def privacy(self) -> str: ...


@dataclass(frozen=True)
class Field:
    """A column of an answer. A `masked` one holds starred texts, whatever its type says."""

    name: str
    label: str
    type: str = "text"
    unit: str | None = None
    privacy: str = "none"
    masked: bool = False


@dataclass(frozen=True)
class Filter:
    """Rows whose `column` (its name) stands in this relation to `value`, which is of the column's type.

    Days are ISO texts. "in" takes a tuple, "null" True or False.
    """

    column: str
    operator: Operator
    value: Value


@dataclass(frozen=True)
class Sort:
    """By a column, or in groups also by a measure's name ("count", "sum.fee"). Empty cells stand last either way."""

    column: str
    down: bool = False


@dataclass(frozen=True)
class Measure:
    """One number per group: Measure("count"), Measure("sum", "fee")."""

    kind: Kind
    column: str = ""

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.column}" if self.column else self.kind


@dataclass(frozen=True)
class Query:
    """A question to the rows of one version. Columns are told by name. What it cannot mean is refused when it is made.

    `select`: the columns wanted, () for all. `search`: words that all must stand somewhere in the texts of a row.
    With `group` or `measures` the answer has one row per group (default measure: count) and `select` is not used.
    Pages: `offset` for page numbers, or `after`, the `next` of the page before: it stays right however deep.
    Raises MadangError: rows_number, rows_too_many.
    """

    select: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    search: str = ""
    sort: tuple[Sort, ...] = ()
    group: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    limit: int = DEFAULT_ROWS
    offset: int = 0
    after: str = ""

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("limit", self.limit, 1, MOST_ROWS),
            ("offset", self.offset, 0, MOST_OFFSET),
        ):
            if not least <= value <= most:
                raise MadangError("rows_number", name=name, value=value, least=least, most=most)
        for what, given, most in (
            ("filter", self.filters, MOST_FILTERS),
            ("sort", self.sort, MOST_SORTS),
            ("group", self.group, MOST_GROUPS),
            ("measure", self.measures, MOST_MEASURES),
            ("q", self.search.split(), MOST_WORDS),
            ("in", _longest(self.filters), MOST_VALUES),
        ):
            if len(given) > most:
                raise MadangError("rows_too_many", what=what, most=most)
        if len(self.search) > MOST_LETTERS:
            raise MadangError("rows_too_many", what="q", most=MOST_LETTERS)

    @property
    def grouped(self) -> bool:
        return bool(self.group or self.measures)

    @property
    def counted(self) -> tuple[Measure, ...]:
        """The measures of a grouped query."""
        return self.measures or (Measure("count"),)


def _longest(filters: Iterable[Filter]) -> tuple[object, ...]:
    lists = [each.value for each in filters if isinstance(each.value, tuple)]
    return max(lists, key=len, default=())


@dataclass(frozen=True)
class Page:
    """Rows as they are shown: tuples in the order of `columns`, of str, int, float, bool, date, datetime or None.

    `next` is the `after` of the page that follows, "" on the last one.
    """

    columns: tuple[Field, ...]
    rows: list[tuple[object, ...]]
    next: str = ""
