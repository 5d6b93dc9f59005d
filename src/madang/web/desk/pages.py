"""What the pages show, as plain values: the queries fill them, the templates print them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from madang.declarations.standard import DatasetColumn
from madang.intake.original import SourceRow
from madang.web.shell.mark import Mark

if TYPE_CHECKING:
    from madang.web.desk.edited import Edit
    from madang.web.desk.lineage import Lineage
    from madang.web.desk.personal import PersonalData
    from madang.web.desk.placed import Places
    from madang.web.desk.sketch import Drawn


@dataclass(frozen=True)
class Title:
    """A dataset by name, for pages about one part of it."""

    id: str
    title: str


@dataclass(frozen=True)
class Rate:
    """How many of how many, as the quality rules count: `errors` of `checked`."""

    id: str
    label: str
    kind: str
    columns: str
    errors: int
    checked: int
    rule: str  # code of the problems it leaves
    column: str = ""  # the column, where the rule is about one
    warning: bool = False

    @property
    def percent(self) -> float | None:
        return 100 * self.errors / self.checked if self.checked else None


@dataclass(frozen=True)
class Filled:
    """Completeness of one column: `filled` of `cells`."""

    column: str
    filled: int
    cells: int
    required: bool = False

    @property
    def percent(self) -> float | None:
        return 100 * self.filled / self.cells if self.cells else None


@dataclass(frozen=True)
class Quality:
    """The quality report of one version; `score` is 0 to 100, None where nothing could be checked."""

    score: float | None = None
    formula: str = ""
    errors: int = 0
    checked: int = 0
    warnings: int = 0
    rates: tuple[Rate, ...] = ()
    completeness: tuple[Filled, ...] = ()
    not_checked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Entry:
    """A dataset as the catalogue lists it."""

    id: str
    title: str
    description: str
    as_of: date | None
    rows: int | None
    version: int | None
    freshness: Mark
    verdict: Mark
    deposited_at: datetime | None
    standard: str
    score: float | None
    errors: int
    last_refused: Mark | None = None
    erased: bool = False  # rows were erased after the quality was checked
    damaged: bool = False
    theme: str = ""
    as_of_named: bool = False  # only the name of the file says the day
    access: str = "internal"
    steward: str = ""
    licence: str = ""
    places: bool = False


@dataclass(frozen=True)
class Choice:
    """One filter of the catalogue and how many datasets it leaves."""

    id: str
    label: str
    count: int
    chosen: bool = False
    address: str = ""  # of the catalogue with this choice made, or taken back


@dataclass(frozen=True)
class Facet:
    """One thing to choose by: its choices that at least one dataset has, the most frequent first."""

    id: str
    label: str
    choices: list[Choice]

    @property
    def chosen(self) -> Choice | None:
        return next((each for each in self.choices if each.chosen), None)


@dataclass(frozen=True)
class Shelf:
    """A theme in the window of the catalogue: how many datasets it has, and the first of them."""

    theme: str
    label: str  # of the theme, in the language of the page
    count: int
    entries: list[Entry]


@dataclass(frozen=True)
class People:
    """How many people are registered in the city, in which month, by which dataset."""

    persons: int
    month: str
    dataset: str


@dataclass(frozen=True)
class Catalogue:
    """Answer to a search: one page of its entries in order, and how many datasets the bank has in all."""

    entries: list[Entry]
    found: int  # entries on all pages
    total: int
    words: str
    state: str
    choices: list[Choice]
    page: int = 1
    pages: int = 1
    themes: list[Choice] = field(default_factory=list)
    theme: str = ""
    shelves: list[Shelf] = field(
        default_factory=list
    )  # what is shown instead of `entries`, where nothing is asked for
    people: People | None = None
    facets: list[Facet] = field(default_factory=list)
    sort: str = ""
    sorts: list[Choice] = field(default_factory=list)
    all_themes: str = "?"  # address of the same without a theme
    pages_at: str = "?"  # address of the same without its page

    @property
    def before(self) -> int:
        return self.page - 1

    @property
    def after(self) -> int:
        return self.page + 1

    @property
    def chosen(self) -> list[Choice]:
        """What is chosen of the facets, each with the address that takes it back."""
        return [facet.chosen for facet in self.facets if facet.chosen]


@dataclass(frozen=True)
class Changes:
    """Rows added, removed and changed since the version before; cells are not counted."""

    added: int
    removed: int
    changed: int

    @property
    def none(self) -> bool:
        return not (self.added or self.removed or self.changed)


@dataclass(frozen=True)
class VersionLine:
    """One version in the list of versions, or its head on its own page."""

    n: int
    at: datetime
    by: str
    kind: str  # in words, where it is not a deposit
    deposit: str
    file: str
    rows: int
    problems: int
    verdict: Mark
    live: bool
    erased: bool
    changes: Changes | None = None  # None: the first version, or too large to compare while you wait


@dataclass(frozen=True)
class DepositLine:
    """A deposit that made no version."""

    deposit: str
    at: str
    by: str
    file: str
    verdict: Mark
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Cells:
    """Rows of a table for reading: one list of texts per row; None is no value."""

    columns: list[DatasetColumn]
    numbers: list[int | None]  # row in the source
    rows: list[list[str | None]]

    @property
    def lines(self) -> list[tuple[int | None, list[tuple[str | None, bool]]]]:
        """Rows as they are printed: row in the source, then each cell and whether it is a number."""
        numeric = [column.type in ("integer", "number", "percent") for column in self.columns]
        return [
            (n, list(zip(row, numeric, strict=True))) for n, row in zip(self.numbers, self.rows, strict=True)
        ]


@dataclass(frozen=True)
class Evidence:
    """One decision of the reader and what it rests on."""

    decision: str
    value: str
    because: str
    percent: int


@dataclass(frozen=True)
class DatasetPage:
    """Everything the page of a dataset, or of one of its versions, shows."""

    id: str
    title: str
    description: str
    card: list[tuple[str, str]]
    defects: tuple[str, ...]
    as_of: date | None
    freshness: Mark
    last_refused: Mark | None
    version: VersionLine | None
    previous: int | None
    quality: Quality
    columns: list[DatasetColumn]
    sample: Cells
    evidence: list[Evidence]
    versions: list[VersionLine]
    others: list[DepositLine]
    left_out: list[tuple[str, int]] = field(default_factory=list)
    hidden: bool = False  # whether personal values are starred, here and in downloads
    places: Places | None = None
    personal: PersonalData | None = None
    as_of_named: bool = False  # only the name of the file says the day
    not_for: tuple[str, ...] = ()
    lineage: Lineage | None = None
    columns_seen: list[ColumnSeen] = field(default_factory=list)
    counting: bool = False  # the columns are being counted
    may: frozenset[str] = frozenset()  # what the person may do with it: deposit, edit, release, read_personal
    only_own: bool = False  # the person sees the own rows of his department
    today: str = ""
    read_at: int = 0  # the version whose reading the evidence is of, where it is not this one

    @property
    def placed(self) -> bool:
        """Whether its rows can be shown on a map one by one."""
        return bool(self.places and self.places.levels and not self.hidden and not self.only_own)


@dataclass(frozen=True)
class ColumnSeen:
    """A column with what it means and what it looks like."""

    column: DatasetColumn
    meaning: str
    drawn: Drawn | None


@dataclass(frozen=True)
class ProblemLine:
    """One problem: where it is, what stood there, why it is one."""

    row: int | None
    column: str
    label: str
    value: str | None
    rule: str
    severity: Mark
    sentence: str
    proposal: str = ""  # another reading of the value


@dataclass(frozen=True)
class ProblemPage:
    """One page of the problems of a deposit."""

    deposit: str
    file: str
    version: int | None
    lines: list[ProblemLine]
    rules: list[Choice]
    rule: str
    column: str
    column_label: str
    total: int
    page: int
    pages: int

    @property
    def before(self) -> int:
        return self.page - 1

    @property
    def after(self) -> int:
        return self.page + 1


@dataclass(frozen=True)
class SourcePage:
    """The neighbourhood of a row in the original, as it arrived."""

    file: str
    member: str
    header: list[str]
    rows: list[SourceRow]
    row: int
    marked: int | None  # position of the cell meant
    label: str
    columns: int
    problems: list[ProblemLine]  # what was found in this row, or in this cell where one is meant
    hidden: bool = False  # whether personal values are starred
    note: str = ""  # why the original is not shown
    naming: int = 0  # place of the column that stays in sight beside the row number
    edit: Edit | None = None  # by which the version was made
    added: bool = False  # the row was added by that edit and stands in no file

    @property
    def names(self) -> list[str]:
        """The header, padded to the widest row shown."""
        return [*self.header, *([""] * (self.columns - len(self.header)))]
