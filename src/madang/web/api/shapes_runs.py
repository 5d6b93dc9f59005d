"""What the answers about analyses and runs look like."""

from __future__ import annotations

from typing import Any

from ninja import Schema
from pydantic import Field

Said = str | int | float | bool | None


class AnalysisLine(Schema):
    """A question. `approved`: whether it may run; `origin`: madang, a package, or workspace."""

    id: str
    title: str
    question: str
    why: str
    theme: str
    origin: str
    approved: bool


class AnalysisList(Schema):
    analyses: list[AnalysisLine]


class RangeOut(Schema):
    low: float
    high: float
    step: float | None


class ParameterOut(Schema):
    """What can be chosen. `kind`: integer, number, yes_no, text, date, choice; an `optional` one may be null."""

    name: str
    label: str
    kind: str
    default: Any
    help: str
    unit: str
    range: RangeOut | None
    choices: dict[str, str] | None
    optional: bool


class FitOut(Schema):
    """A version that fits an input and that who asks may read whole."""

    dataset: str
    version: int
    title: str
    as_of: str
    rows: int


class RoleOut(Schema):
    """An input: a dataset of one of `standards`, several where it takes `many`."""

    name: str
    label: str
    standards: list[str]
    columns: list[str]
    also: list[str]
    optional: bool
    many: bool
    fits: list[FitOut]


class AnalysisDetail(AnalysisLine):
    """A question with what can be chosen and what it reads."""

    method: str
    not_for: list[str]
    parameters: list[ParameterOut]
    inputs: list[RoleOut]


class RunIn(Schema):
    """What is to be computed. `inputs`: by role "dataset" or "dataset@version", or a list of them; "-" leaves out an
    optional one; what is not named is chosen where one dataset fits."""

    analysis: str
    parameters: dict[str, Said] = {}
    inputs: dict[str, str | list[str]] = {}
    seed: int = Field(0, ge=0, le=2**31 - 1)

    @property
    def told_inputs(self) -> dict[str, str]:
        """The inputs as the ledger is asked for them."""
        return {
            role: names if isinstance(names, str) else ", ".join(names) for role, names in self.inputs.items()
        }


class RunState(Schema):
    """How a computation stands: waiting, running, done, failed, cancelled. `error` where it failed."""

    key: str
    status: str
    job: int | None
    step: str
    done: int | None
    total: int | None
    error: str | None


class ReadOut(Schema):
    """What a run read."""

    role: str
    dataset: str
    version: int
    title: str
    as_of: str


class RunLine(Schema):
    """A run. `engine`: what read its inputs, "" where that is not on record; `stale`: an input has a newer version, those in
    `behind`."""

    key: str
    status: str
    analysis: str
    title: str
    parameters: dict[str, Any]
    inputs: list[ReadOut]
    seed: int
    by: str
    at: str
    seconds: float
    engine: str
    stale: bool
    behind: list[str]


class RunList(Schema):
    total: int
    runs: list[RunLine]
    next: str | None


class NumberOut(Schema):
    """A number of a sentence, and the cell that it is."""

    name: str
    table: str
    column: str
    row: int
    value: Any
    said: str


class FindingOut(Schema):
    sentence: str
    cells: list[NumberOut]


class ResultColumn(Schema):
    """A column of a table. `leads_back`: its cells lead to the rows of the inputs."""

    name: str
    label: str
    kind: str
    unit: str
    digits: int
    leads_back: bool


class TableOut(Schema):
    id: str
    title: str
    note: str
    row_count: int
    columns: list[ResultColumn]


class ChartOut(Schema):
    """A picture of a table in Vega-Lite, without its data."""

    title: str
    table: str
    spec: dict[str, Any]
    alt: str


class RunDetail(RunLine):
    """A run with what it found. The first two findings are the answer."""

    findings: list[FindingOut]
    tables: list[TableOut]
    charts: list[ChartOut]
    caveats: list[str]
    method: str


class TableRows(TableOut):
    """A table with a page of its rows."""

    run: str
    rows: list[dict[str, Any]]
    next: str | None


class OfOut(Schema):
    label: str
    value: str


class WayColumn(Schema):
    name: str
    label: str
    masked: bool


class WayInput(Schema):
    """The rows of one input behind a cell: `rows_at` is the address of all of them; `error` where they are not shown."""

    role: str
    dataset: str
    version: int
    title: str
    as_of: str
    conditions: list[str]
    query: str
    count: int | None
    columns: list[WayColumn]
    rows: list[dict[str, Any]]
    file: str
    deposit: str
    error: str | None
    rows_at: str


class WayOut(Schema):
    """From a cell to its rows."""

    run: str
    title: str
    at: str
    table: str
    table_title: str
    column: str
    label: str
    unit: str
    row: int
    value: Any
    number: str
    of: list[OfOut]
    sentences: list[str]
    inputs: list[WayInput]
