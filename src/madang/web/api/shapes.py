"""What the answers of the API look like: the words of its OpenAPI document."""

from __future__ import annotations

from typing import Any

from ninja import Schema


class Problem(Schema):
    """RFC 9457. `code` is for programs, `detail` for people."""

    type: str
    title: str
    status: int
    detail: str
    code: str


class ColumnOut(Schema):
    """A column. Cells of a masked one are starred texts; it can be neither filtered nor sorted nor counted by."""

    name: str
    label: str
    type: str
    unit: str | None
    privacy: str
    masked: bool


class DatasetOut(Schema):
    """What a dataset is; `version` is the live one, null before the first."""

    id: str
    title: str
    description: str
    theme: str
    steward: str
    licence: str
    access: str
    standard: str
    rhythm_days: int | None
    known_defects: list[str]
    version: int | None
    rows: int | None
    as_of: str | None
    updated_at: str | None


class DatasetDetail(DatasetOut):
    """A dataset with the columns of its live version."""

    columns: list[ColumnOut]


class FacetOut(Schema):
    """A value and how many of the datasets found have it."""

    value: str
    count: int


class DatasetList(Schema):
    """Datasets by id. `total` are found, `next` leads to those that follow."""

    total: int
    datasets: list[DatasetOut]
    facets: dict[str, list[FacetOut]]
    next: str | None


class VersionOut(Schema):
    """A version: when it was committed, by whom, and how many rows it has."""

    version: int
    at: str
    by: str
    kind: str
    as_of: str | None
    rows: int
    erased: bool


class VersionList(Schema):
    dataset: str
    versions: list[VersionOut]


class VersionDetail(VersionOut):
    dataset: str
    columns: list[ColumnOut]
    problems: int


class CellOut(Schema):
    """A cell that differs; the value of a masked column is starred, and so is its key."""

    key: list[str | None]
    column: str
    before: str | None
    after: str | None
    row_before: int
    row_after: int


class LoneRow(Schema):
    """A row that only one of the two versions has."""

    key: list[str | None]
    row: int


class DiffOut(Schema):
    """From version `a` to version `b`. Counts are exact, the lists hold the first `limit` of each."""

    dataset: str
    a: int
    b: int
    key: list[str]
    added: int
    removed: int
    changed: int
    changed_cells: dict[str, int]
    columns_added: list[str]
    columns_removed: list[str]
    cells: list[CellOut]
    rows_added: list[LoneRow]
    rows_removed: list[LoneRow]


class ShownColumn(Schema):
    """A column of the rows of an answer; also a measure of groups, named "sum.fee"."""

    name: str
    label: str
    type: str
    unit: str | None
    masked: bool


class RowsOut(Schema):
    """Rows by the names of their columns. `next` leads to those that follow, null on the last page.

    `total` is how many there are in all, null unless it was asked for (total=true).
    """

    dataset: str
    version: int
    as_of: str | None
    columns: list[ShownColumn]
    rows: list[dict[str, Any]]
    total: int | None
    next: str | None


class TopOut(Schema):
    value: str
    count: int


class SketchOut(Schema):
    """A column in a few numbers: ends, mean and a histogram of equal steps, or its most frequent values."""

    name: str
    label: str
    type: str
    unit: str | None
    masked: bool
    rows: int
    empty: int
    distinct: int | None
    smallest: float | int | str | None
    largest: float | int | str | None
    mean: float | None
    bins: list[int]
    top: list[TopOut]


class SketchList(Schema):
    dataset: str
    version: int
    sketches: list[SketchOut]


class ProblemRow(Schema):
    """One defect of a version: where it stands in the source file, and what is wrong."""

    row: int | None
    column: str | None
    label: str | None
    value: str | None
    rule: str
    severity: str
    reason: str


class ProblemList(Schema):
    dataset: str
    version: int
    total: int
    problems: list[ProblemRow]
    next: str | None


class HitOut(Schema):
    id: str
    title: str
    field: str
    reason: str
    matched: str


class SearchOut(Schema):
    q: str
    hits: list[HitOut]


class MeOut(Schema):
    """Who asks, and for what the token is good."""

    id: str
    name: str
    roles: list[str]
    posts: list[str]
    departments: list[str]
    scopes: list[str]


class JobOut(Schema):
    """A job: `receipts` once it is done, `error` where it failed."""

    job: int
    state: str
    step: str
    done: int | None
    total: int | None
    receipts: list[dict[str, Any]]
    error: str | None
