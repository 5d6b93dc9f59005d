"""A standard: what a kind of table must look like, as declared in one TOML file under ``content/standards``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

# text      kept as it is (codes, names, addresses, identifiers; leading zeros survive)
# integer   BIGINT        number   DOUBLE        percent  DOUBLE, 0–100
# boolean   BOOLEAN       date     DATE          datetime TIMESTAMP
# time      text HH:MM (24:00 allowed)           month    text YYYY-MM      year  BIGINT
Type = Literal["text", "integer", "number", "percent", "boolean", "date", "datetime", "time", "month", "year"]

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
}
Privacy = Literal["none", "personal", "sensitive"]


@dataclass(frozen=True)
class StandardColumn:
    """A column of a standard. `aliases` are the headers real files use, all generations; `label` is one of them."""

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


@dataclass(frozen=True)
class Rule:
    """A check over one row (handbook B4). `violated` is a SQL boolean over column names, true where the row is wrong.

    `applies` limits the rows that are counted as checked (the denominator); empty: rows where every column of
    `columns` is not null.
    """

    id: str
    kind: str  # 여부 날짜 번호 금액 수량 율 코드 시간순서 선후관계 논리관계 계산식 참조무결성 중복 필수값 공간
    label: str  # Korean sentence: what is wrong when it is violated
    violated: str
    columns: tuple[str, ...]
    applies: str = ""
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True)
class Unpivot:
    """Wide columns that become rows: headers matching `pattern` (named groups) turn into the columns `into`.

    `into` maps a column name to a group name; `value` is the column that takes the cell.
    """

    pattern: str
    into: dict[str, str]
    value: str


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

    def column(self, name: str) -> StandardColumn:
        return next(column for column in self.columns if column.name == name)


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
    facts: dict[str, int] = field(default_factory=dict)  # cells, empty, missing_tokens, unreadable, distinct …
