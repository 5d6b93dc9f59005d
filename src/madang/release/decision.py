"""What was decided about opening a dataset: by whom, when, under which document, and what leaves the bank how."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal, get_args

from madang.bank.ids import is_valid_id
from madang.declarations.card import LICENCES
from madang.messages import MadangError

# keep, drop   as it is, not at all                 mask          personal numbers and names starred
# month, year  of a date                            band          a number as the range it lies in (step 10: 30~39)
# round        a number to the nearest step
How = Literal["keep", "drop", "mask", "month", "year", "band", "round"]
# keep   points as they are                         drop          no place at all
# dong   the code of the neighbourhood only         100 500 1000  the middle of a square of so many metres
Places = Literal["keep", "drop", "dong", "100", "500", "1000"]
Kind = Literal["category", "area", "age", "time"]
Rhythm = Literal["automatic", "look"]
Verdict = Literal["open", "withdraw"]

LEAST = 5  # a count below this, and above zero, is not published
FEWEST = 3  # of so few contributors no amount is published
DOMINANCE = 0.85  # nor where the largest of them makes more than this share
COARSE = 5  # a number that is personal leaves in steps no smaller
ROOM = 0.2  # how near, as a share, nobody may come to an amount that is not published


@dataclass(frozen=True)
class Treatment:
    """What becomes of a column; `step` of band and round."""

    how: How = "keep"
    step: float = 0.0

    def __post_init__(self) -> None:
        if self.how not in get_args(How) or (self.how in ("band", "round")) != (0 < self.step < math.inf):
            raise MadangError("release_treatment", how=self.how, step=self.step)

    @property
    def is_exact(self) -> bool:
        """Whether what is personal would still be read in it: as it is, or to a step that hides nobody."""
        return self.how == "keep" or (self.how in ("band", "round") and self.step < COARSE)


_DROP = Treatment("drop")


@dataclass(frozen=True)
class Filter:
    """Only rows whose `column` reads one of `values`."""

    column: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Dim:
    """A column by which people, shops or money are counted.

    `name` says which dimension of the population it is ("" : the column's name); tables that call it the same are
    protected together. `system` of an area: which areas (행정동, 법정동 …). `total`: with a row that sums all.
    `levels`: of an area also sums by the first so many digits of the code. `label`: a column with the area's name.
    """

    column: str
    kind: Kind = "category"
    name: str = ""
    system: str = ""
    total: bool = True
    levels: tuple[int, ...] = ()
    label: str = ""

    @property
    def called(self) -> str:
        return self.name or self.column


@dataclass(frozen=True)
class Measure:
    """What is counted: rows (no `column`), the sum of a count, or of an `amount` with its number of `contributors`
    (a column; "" : the rows themselves). `population` names what it is of: tables of one population are protected
    together."""

    column: str = ""
    kind: Literal["count", "amount"] = "count"
    contributors: str = ""
    population: str = ""

    @property
    def called(self) -> str:
        return self.column or "rows_count"

    @property
    def of(self) -> str:
        return self.population or self.called


@dataclass(frozen=True)
class TableRule:
    """A table of counts or amounts: its dimensions, its measures, below which count nothing is shown."""

    dims: tuple[Dim, ...]
    measures: tuple[Measure, ...]
    least: int = LEAST
    fewest: int = FEWEST
    dominance: float = DOMINANCE

    def __post_init__(self) -> None:
        if not self.dims or not self.measures or self.least < 2 or not 0 < self.dominance <= 1:
            raise MadangError("release_table")


@dataclass(frozen=True)
class Decision:
    """One decision about the edition `edition` of `dataset`. Rejects nonsense when made (MadangError ``release_*``).

    `by` is who decided and stays inside; `post` is what the public reads. Columns that `columns` does not name do
    not leave the bank: a column that comes with a later version does not become open by itself. `quasi` are columns
    by which somebody might be recognised: each combination of theirs has to stand for `anonymity` rows. A restricted
    dataset needs a `restricted_ground` of its own.
    """

    edition: str
    dataset: str
    by: str
    post: str
    at: str  # ISO time
    document: str
    ground: str
    verdict: Verdict = "open"
    licence: str = "undecided"
    title: str = ""
    description: str = ""
    columns: Mapping[str, Treatment] = field(default_factory=dict)
    places: Places = "drop"
    rows: tuple[Filter, ...] = ()
    table: TableRule | None = None
    quasi: tuple[str, ...] = ()
    anonymity: int = LEAST
    rhythm: Rhythm = "look"
    until: str = ""
    restricted_ground: str = ""
    mark: str = ""  # what it is known by where it is asked for again after a stop; stays inside
    number: int = 0  # given when it is kept

    def __post_init__(self) -> None:
        if not is_valid_id(self.edition):
            raise MadangError("dataset_id_invalid", dataset=self.edition)
        for key in ("document", "ground", "by", "post"):
            value = getattr(self, key)
            if not value.strip() or len(value) > 500 or "\n" in value:
                raise MadangError(f"release_no_{key}", edition=self.edition)
        if self.verdict == "open":
            if self.licence not in LICENCES or self.licence == "undecided":
                raise MadangError("release_no_licence", edition=self.edition)
            if self.places not in get_args(Places) or self.rhythm not in get_args(Rhythm):
                raise MadangError("release_treatment", how=f"{self.places}, {self.rhythm}", step="-")
            if self.until and not _is_day(self.until):
                raise MadangError("day_unreadable", day=self.until)

    def check_until(self) -> None:
        """Raises MadangError("release_until_past") where the last day had passed when it was decided: the edition would
        open and be over at once."""
        if self.verdict == "open" and self.until and self.until < self.at[:10]:
            raise MadangError("release_until_past", day=self.until)

    def covers(self, other: Decision) -> bool:
        """Whether all that `other` let out may be out by this one too: else what it published has to be closed.

        Another table, a row less, a column less or told less exactly, a coarser place, a stricter rule for who is alone.
        """
        if self.table or other.table:
            return (self.table, self.rows) == (other.table, other.rows)
        shown = (name for name, how in other.columns.items() if how.how != "drop")
        rows = {each.column: set(each.values) for each in other.rows}
        return (
            all(self.columns.get(name, _DROP) in (other.columns[name], Treatment()) for name in shown)
            and self.places in (other.places, "keep")
            and all(rows.get(each.column, {""}) <= set(each.values) for each in self.rows)
            and set(self.quasi) <= set(other.quasi)
            and (not self.quasi or self.anonymity <= other.anonymity)
        )

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Decision:
        """The decision of such an object. Raises MadangError("release_broken")."""
        try:
            table = data.get("table")
            return cls(
                **{
                    **data,
                    "columns": {name: Treatment(**how) for name, how in data.get("columns", {}).items()},
                    "rows": tuple(Filter(f["column"], tuple(f["values"])) for f in data.get("rows", ())),
                    "table": _table_of(table) if table else None,
                    "quasi": tuple(data.get("quasi", ())),
                }
            )
        except (TypeError, KeyError, AttributeError) as error:
            raise MadangError("release_broken", reason=str(error)) from error


def _table_of(data: Mapping[str, Any]) -> TableRule:
    dims = tuple(Dim(**{**dim, "levels": tuple(dim.get("levels", ()))}) for dim in data["dims"])
    return TableRule(
        **{**data, "dims": dims, "measures": tuple(Measure(**each) for each in data["measures"])}
    )


def _is_day(said: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", said) and date.fromisoformat(said))
    except ValueError:
        return False
