"""How the text of a cell becomes a value: one `Reading` per column, one SQL expression per reading.

``value_sql`` gives the value or null, ``reads_sql`` whether there is one (the same expression, so the two never
differ), ``kind_sql`` names why a cell has none. All are pure DuckDB SQL over a text expression in which an empty
cell is null and outer blanks are gone (`values_cells.tidy`).
"""

from __future__ import annotations

from dataclasses import dataclass

from madang.declarations.standard import STORAGE, Type
from madang.intake import values_dates, values_numbers
from madang.intake.values_kinds import kind_case
from madang.intake.values_text import literals, quote

# 여부: words for yes, words for no. A column is boolean when all its values belong to one pair.
PAIRS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("Y", "y", "Ｙ"), ("N", "n", "Ｎ")),
    (("유",), ("무",)),
    (("O", "o", "○", "◯", "Ｏ"), ("X", "x", "×", "Ｘ")),
    (("설치",), ("미설치",)),
    (("제공",), ("미제공",)),
    (("부착",), ("미부착",)),
    (("가능",), ("불가능", "불가")),
    (("예", "네"), ("아니오", "아니요")),
    (("TRUE", "True", "true", "참"), ("FALSE", "False", "false", "거짓")),
    (("있음",), ("없음",)),
    (("1",), ("0",)),  # only where a standard or a person says boolean
)
ONE_ZERO = len(PAIRS) - 1


@dataclass(frozen=True)
class Reading:
    """How the cells of one column are read.

    `declared`: the type was given by a standard or a person, so 0012 is a number and 1/0 a yes and no.
    `day_first`: 18/02/2018 is day, month, year (False: month, day, year; None: such cells are not read).
    `accept`: kinds that are read although they deserve a remark: "suffix" (1,234p), "serial" (Excel day numbers).
    `pair`: index into PAIRS of a boolean column; None: any pair. `missing`: further tokens for "no value".
    `quantity`: the label names an amount, so 007 is a slip for 7 and not a code.
    `extract`: a regular expression (RE2) whose first group is the text that is read; a cell it does not match is read
    whole, or, in a `derived` column, has no value. `exact`: a person wants the cells as they stand, outer blanks too.
    `crs`: of a geometry, the coordinate system in which its shapes are staged; None: longitude and latitude.
    """

    type: Type = "text"
    declared: bool = False
    day_first: bool | None = None
    accept: frozenset[str] = frozenset()
    pair: int | None = None
    missing: tuple[str, ...] = ()
    quantity: bool = False
    extract: str = ""
    derived: bool = False
    exact: bool = False
    crs: str | None = None

    @property
    def storage(self) -> str:
        return STORAGE[self.type]

    @property
    def passes(self) -> bool:
        """Whether every cell is its own value: nothing to compute."""
        return self.type == "text" and not self.missing and not self.extract


def value_sql(x: str, reading: Reading, *, quick: bool = False) -> str:
    """SQL: the cell `x` in the storage type of the reading, null where it cannot be read.

    `quick`: only the usual forms, about ten times cheaper; null for the others.
    """
    value = _typed(x, reading, quick)
    if reading.missing:
        value = f"CASE WHEN {x} IN ({literals(reading.missing)}) THEN NULL ELSE {value} END"
    return value


def extract_sql(x: str, reading: Reading) -> str:
    """SQL: the part of the cell `x` that is read, null where a derived column finds nothing in it."""
    if not reading.extract:
        return x
    part = f"nullif(trim(regexp_extract({x}, {quote(reading.extract)}, 1)), '')"
    return part if reading.derived else f"coalesce({part}, {x})"


def reads_sql(x: str, reading: Reading) -> str:
    """SQL: whether the cell `x` has a value under the reading."""
    return f"({value_sql(x, reading)}) IS NOT NULL"


def kind_sql(x: str, reading: Reading) -> str:
    """SQL: what the cell `x` is, given that it has no value (or deserves a remark): a key of values_kinds.KINDS."""
    return kind_case(x, reading.type, reading.missing, reading.day_first is None)


def _typed(x: str, reading: Reading, quick: bool) -> str:
    suffix, serial = "suffix" in reading.accept, "serial" in reading.accept
    codes = reading.declared or reading.quantity
    match reading.type:
        case "integer":
            return values_numbers.integer(x, suffix=suffix, codes=codes, quick=quick)
        case "number":
            return values_numbers.number(x, suffix=suffix, codes=codes, quick=quick)
        case "percent":
            return values_numbers.number(x, suffix=suffix, codes=codes, percent=True, quick=quick)
        case "boolean":
            return _boolean(x, reading)
        case "date":
            return values_dates.date(x, day_first=reading.day_first, serial=serial, quick=quick)
        case "datetime":
            return values_dates.datetime(x, day_first=reading.day_first, serial=serial, quick=quick)
        case "time":
            return values_dates.time(x, quick=quick)
        case "month":
            return values_dates.month(x, quick=quick)
        case "year":
            return values_dates.year(x)
        case _:
            return x


def _boolean(x: str, reading: Reading) -> str:
    pairs = PAIRS if reading.pair is None else PAIRS[reading.pair : reading.pair + 1]
    if reading.pair is None and not reading.declared:
        pairs = PAIRS[:ONE_ZERO]
    yes = tuple(word for pair in pairs for word in pair[0])
    no = tuple(word for pair in pairs for word in pair[1])
    return f"CASE WHEN {x} IN ({literals(yes)}) THEN true WHEN {x} IN ({literals(no)}) THEN false END"
