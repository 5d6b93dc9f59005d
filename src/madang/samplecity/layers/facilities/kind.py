"""A kind of facility, declared: everything that makes its file, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from madang.samplecity.layers.facilities.rows import Cells, Rows
from madang.samplecity.layers.facilities.sites import Placer
from madang.samplecity.layers.facilities.slips import Slip
from madang.samplecity.paper import Column

Form: TypeAlias = Literal["csv", "json", "xlsx", "hwpx", "geojson", "xml"]
Fill: TypeAlias = Callable[[Rows], Mapping[str, Column]]


@dataclass(frozen=True)
class Edit:
    """What changed in a row between the deliveries: `cells` by header, `x` and `y` where it moved."""

    row: int
    what: str  # moved, fee_changed, closed
    cells: Mapping[str, str]
    point: tuple[float, float] | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of facility.

    `id` of its standard; `stem`: folder and name of its file without the date; `count` at scale 1; `header` as the form
    is published, separated by commas. A column is filled by `fill`, or by the words of the kind (``facilities.toml``), or
    by what its header means in every form (common.py). `growth`: the share of rows that are new in the second delivery,
    `edits`: what changes in others. `age_days`: how old the file's own date is on the day of the delivery.
    """

    id: str
    stem: str
    count: float
    header: str
    place: Placer
    fill: Fill = lambda rows: {}
    slips: tuple[Slip, ...] = ()
    form: Form = "csv"
    encoding: str = "cp949"
    epsg: int = 4326
    digits: int = 7
    key: str = ""  # the header by which truth names a row; the first where nothing is said
    least: int = 1  # however small the city is
    age_days: int = 0
    growth: float = 0.0
    edits: Callable[[Rows, Mapping[str, Cells]], list[Edit]] | None = None
    options: Mapping[str, Any] | None = None  # of the form: titles, merged headers

    @property
    def headers(self) -> list[str]:
        return [header.strip() for header in self.header.replace("\n", " ").split(",")]

    @property
    def named_by(self) -> str:
        return self.key or self.headers[0]

    @property
    def changes(self) -> bool:
        return self.growth > 0 or self.edits is not None
