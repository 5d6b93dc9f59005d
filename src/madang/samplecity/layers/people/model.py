"""The people of the city: who lived where at every month end, who moved, how they live, who is where by the hour."""

from __future__ import annotations

from dataclasses import dataclass

from madang.samplecity.city import Array

AGES = 101  # 0 … 99, and 100 and above
SEXES = ("남", "여")
SIZES = 10  # households of 1 … 9, and of 10 persons
GRID_M = 100.0


@dataclass(frozen=True)
class Changes:
    """What happened between two month ends: step i leads from `People.months[i]` to `[i + 1]` (a year, later a month).

    `moved` counts persons by 행정동 of origin, of destination, and sex; the last number stands for outside the city.
    """

    births: Array  # int64 (steps, dongs, sexes)
    deaths: Array  # int64 (steps, dongs, sexes)
    moved: Array  # int32 (steps, dongs + 1, dongs + 1, sexes)

    @property
    def arrived(self) -> Array:
        """Persons who came to each 행정동 from others and from outside: (steps, dongs, sexes)."""
        found: Array = self.moved[:, :, :-1].sum(axis=1, dtype="int64")
        return found

    @property
    def left(self) -> Array:
        """Persons who left each 행정동 for others and for outside: (steps, dongs, sexes)."""
        found: Array = self.moved[:, :-1].sum(axis=2, dtype="int64")
        return found


@dataclass(frozen=True)
class GridPeople:
    """Residents of the last month of the first delivery by cell of 100 m and 행정동: a cell on a border has several rows."""

    west: Array  # EPSG:5179, the south-west corner of the cell
    south: Array
    dong: Array
    ages: Array  # int64 (rows, 3): 0–14, 15–64, 65 and above
    households: Array


@dataclass(frozen=True)
class Commuting:
    """Who works where. The last number of a side stands for outside the city; who works in the own 행정동 is not in it."""

    workers: Array  # int64 (dongs + 1, dongs + 1): home, work


@dataclass(frozen=True)
class People:
    """Residents and households. Sexes are in the order of SEXES, 행정동 in that of `Dongs`."""

    profile: tuple[str, ...]  # of each 행정동: its kind, or "station"
    opened: Array  # year in which the new apartments of each 행정동 opened, 0 where there are none
    months: Array  # datetime64[M]: Decembers, then every month of the last two years and more
    residents: Array  # int32 (months, dongs, sexes, AGES), at month ends
    changes: Changes
    households: Array  # int64 (months, dongs, SIZES)
    foreigners: (
        Array  # int64 (dongs, sexes, AGES), registered foreigners of the last month; not among the residents
    )
    grid: GridPeople
    commuting: Commuting

    def at(self, month: object) -> int:
        """The number of a month ("2026-09") in `months`."""
        import numpy as np

        return int(np.searchsorted(self.months, np.datetime64(str(month), "M")))
