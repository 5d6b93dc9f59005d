"""A standard: what a kind of table must look like, as declared in one TOML file under ``content/standards``."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, get_args

from madang.declarations.headers import normalise
from madang.messages import text

# text      kept as it is (codes, names, addresses, identifiers; leading zeros survive)
# integer   BIGINT        number   DOUBLE        percent  DOUBLE, 0–100
# boolean   BOOLEAN       date     DATE          datetime TIMESTAMP
# time      text HH:MM (24:00 allowed)           month    text YYYY-MM      year  BIGINT
# geometry  BLOB: WKB in EPSG:4326 (lon, lat)
Type = Literal[
    "text", "integer", "number", "percent", "boolean", "date", "datetime", "time", "month", "year", "geometry",
]  # fmt: skip

STORAGE: dict[str, str] = {  # type -> DuckDB storage type
    "text": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "percent": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
    "time": "VARCHAR",
    "month": "VARCHAR",
    "year": "BIGINT",
    "geometry": "BLOB",
}
Privacy = Literal["none", "personal", "sensitive"]
Shape = Literal["", "area", "line", "point"]
SHAPES: tuple[str, ...] = get_args(Shape)
# what a text or number column holds, beyond its type. Some have a check of their own (intake/numbers, intake/checks);
# places and privacy read the others:
#   address_road, address_lot    a whole road or lot address     dong_name, sigungu_name, sido_name   the name of an area
#   area_code                    10 digits, 행정동 or 법정동      hjd_code, bjd_code    행정동, 법정동 code (8 or 10 digits)
#   sigungu_code                 5 digits (시군구, 행안부)        sgis_code             area code of Statistics Korea
#   latitude, longitude          degrees                         easting, northing     metres in a projected system
#   person_name                  the name of a natural person    free_text             sentences people wrote: may hold anything
Format = Literal[
    "", "phone", "phone_local", "postcode", "business_number", "area_code", "hjd_code", "bjd_code", "sigungu_code",
    "sgis_code", "address_road", "address_lot", "dong_name", "sigungu_name", "sido_name", "latitude", "longitude",
    "easting", "northing", "person_name", "free_text",
]  # fmt: skip
FORMATS: tuple[str, ...] = get_args(Format)
# names the bank writes itself; geo_level says how a place was found: point, building, road, lot, code, name
RESERVED = ("source_row", "lon", "lat", "dong_code", "geo_level", "geometry")


def type_word(storage: str) -> str:
    """What a column that is stored like this holds, in a word: BIGINT is a whole number."""
    kind = next((kind for kind, stored in STORAGE.items() if stored == storage), None)
    return text(f"type_{kind}") if kind else storage


@dataclass(frozen=True)
class StandardColumn:
    """A column of a standard. `aliases` are the headers real files use, all generations; `label` is one of them.

    A column with `derived_from` has no header of its own: it is read from the cell of that other column of the
    standard (or of the header in its own aliases, where a file has one). `extract` is a regular expression whose
    first group is the value, for the column itself and for a derived one ("서울특별시 (1100000000)" -> code).
    """

    name: str
    label: str
    type: Type = "text"
    unit: str | None = None
    required: bool = False
    aliases: tuple[str, ...] = ()
    privacy: Privacy = "none"
    values: tuple[str, ...] = ()  # the code list, where the column has one
    missing: tuple[str, ...] = ()  # tokens that mean "no value" in this column, beyond the usual ones
    description: str = ""
    format: Format = ""
    signed: bool = False  # a number that may be below zero (amounts and counts may not)
    derived_from: str | None = None
    extract: str = ""
    term: str = (
        ""  # the public standard term (행정안전부 공통표준용어) for what it holds, "" where none is known
    )


@dataclass(frozen=True)
class Rule:
    """A check over one row (handbook B4). `violated` is a SQL boolean over column names, true where the row is wrong.

    `applies` limits the rows that are counted as checked (the denominator); empty: rows where every column of
    `columns` is not null.
    """

    id: str
    kind: (
        str  # 여부 날짜 번호 금액 수량 율 코드 시간순서 선후관계 논리관계 계산식 참조무결성 중복 필수값 공간
    )
    label: str  # Korean sentence: what is wrong when it is violated
    violated: str
    columns: tuple[str, ...]
    applies: str = ""
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True)
class SumRule:
    """A checksum over groups of rows: in each group `by`, Σ `value` of `parts` must equal that of `total`.

    `total` and `parts` are SQL booleans over column names that pick the rows; groups that lack either, or have a
    null part, or have fewer parts than `fewest_parts`, are not checked. `tolerance` is in the unit of `value`.
    """

    id: str
    label: str
    by: tuple[str, ...]
    value: str
    total: str
    parts: str
    tolerance: float = 0.0
    fewest_parts: int = 1
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True)
class UnpivotCase:
    """How one piece of a wide header is understood: where group `of` matches `match` as a whole, `set` is written.

    The texts of `set` are templates over the groups of both patterns: ``{age_from = "{n}", age = "{n}세"}``.
    """

    of: str
    match: str
    set: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unpivot:
    """Wide columns that become rows: headers matching `pattern` (named groups) turn into the columns `into`.

    `into` maps a column name to a template over the groups ("{year}-{month}"); `value` is the column that takes the
    cell. Where there are `cases`, the first that fits adds its columns, and a header that fits none is not wide.
    """

    pattern: str
    into: dict[str, str]
    value: str
    cases: tuple[UnpivotCase, ...] = ()


@dataclass(frozen=True)
class Standard:
    """A declared kind of table. `key` names the columns that identify a row; empty: none is known."""

    id: str
    version: str
    label: str
    key: tuple[str, ...] = ()
    columns: tuple[StandardColumn, ...] = ()
    rules: tuple[Rule, ...] = ()
    unpivot: Unpivot | None = None
    rhythm_days: int | None = None  # expected days between updates, for freshness
    as_of_column: str | None = None  # the column that carries the data's own date (데이터기준일자)
    provider_columns: tuple[str, ...] = ()  # columns naming the provider (제공기관명 …)
    public_id: str | None = None  # number of the public standard dataset (15013109 …)
    description: str = ""
    source: str = ""  # where the declaration comes from
    sums: tuple[SumRule, ...] = ()
    other_keys: tuple[
        tuple[str, ...], ...
    ] = ()  # keys of generations that lack a column of `key`, best first
    crs: str | None = None  # EPSG code of easting and northing, where the standard fixes it
    theme: str = ""  # 분류 of the public portal, for the card of a new dataset
    shape: Shape = ""  # the shapes its rows must have, where it is a layer
    made_here: bool = False  # of a table that is computed here: no file is taken for one that does not say so

    @cached_property
    def digest(self) -> str:
        """A SHA-256 in hex of everything that is declared."""
        return hashlib.sha256(repr(self).encode()).hexdigest()

    @cached_property
    def by_form(self) -> dict[str, StandardColumn]:
        """Its columns by the comparable form of every header they are known under."""
        return {normalise(alias): column for column in self.columns for alias in column.aliases}

    def missing(self, present: Iterable[str]) -> tuple[StandardColumn, ...]:
        """The required columns that are not among those `present`."""
        there = set(present)
        return tuple(column for column in self.columns if column.required and column.name not in there)

    def column(self, name: str) -> StandardColumn:
        return next(column for column in self.columns if column.name == name)

    def key_for(self, names: Iterable[str]) -> tuple[str, ...]:
        """The first declared key all of whose columns are among `names`; () where none is."""
        present = set(names)
        return next((key for key in (self.key, *self.other_keys) if key and present.issuperset(key)), ())


@dataclass(frozen=True)
class DatasetColumn:
    """A column of a version as it stands in the table, with how it came to be. Stored in facts.json."""

    name: str  # in the table
    label: str  # header in the source ("" where it was empty)
    type: Type
    unit: str | None = None
    standard: str | None = None  # column of the standard it was mapped to
    because: str = ""  # Korean clause: evidence of mapping and type
    confidence: float = 1.0
    privacy: Privacy = "none"
    description: str = ""
    format: Format = ""  # what it holds beyond its type, as the standard says
    term: str = ""  # the public standard term (공통표준용어) of the standard's column, where there is one
    facts: dict[str, int] = field(
        default_factory=dict
    )  # cells, empty, missing_tokens, unreadable, distinct …
