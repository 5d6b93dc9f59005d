"""The shops of the city, living and gone: what other layers may ask of them. Arrays of one length, one row per shop."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array

CLOSED, CANCELLED = 3, 4  # of Lives.cause; 0 while a shop lives


@dataclass(frozen=True)
class Lives:
    """When shops opened and ended, up to the last day of the city. NaT: did not happen."""

    trade: Array  # number of the trade
    dong: Array  # number of the 행정동
    opened: Array  # datetime64[D], as the others
    ended: Array  # closed or cancelled: the first day without the shop
    cause: Array  # int8: 0, CLOSED, CANCELLED
    suspended_from: Array
    suspended_to: Array  # the last day of rest
    succeeded: Array  # 지위승계: another owner under the same licence
    renamed: Array  # bool: with the succession came another name

    def __len__(self) -> int:
        return len(self.trade)

    def living(self, day: object) -> Array:
        """Shops that are there on `day` (also when they rest)."""
        when = np.datetime64(str(day), "D")
        return (self.opened <= when) & ~(self.ended <= when)

    def resting(self, day: object) -> Array:
        """Shops that are suspended on `day` (휴업)."""
        when = np.datetime64(str(day), "D")
        return self.living(day) & (self.suspended_from <= when) & (self.suspended_to >= when)


@dataclass(frozen=True)
class Shops:
    """Every shop that ever was in the records, with its place and its names."""

    lives: Lives
    kind: Array  # number of the kind (업태) among `trades.kinds()`
    building: Array  # number in Streets.buildings
    floor: Array  # -1 below ground, 1 …
    unit: Array  # number of the unit on its floor, from 1
    area_m2: Array
    number: tuple[str, ...]  # 관리번호, "" of unlicensed trades
    first_name: tuple[str, ...]
    second_name: tuple[str, ...]  # since the succession, equal to the first where nothing changed
    branch: tuple[str, ...]  # 지점명
    phone: tuple[str, ...]
    x: Array  # EPSG:5179
    y: Array

    def __len__(self) -> int:
        return len(self.kind)

    def names(self, day: object) -> list[str]:
        """What each shop is called on `day`."""
        later = (self.lives.succeeded <= np.datetime64(str(day), "D")).tolist()
        return [b if new else a for a, b, new in zip(self.first_name, self.second_name, later, strict=True)]
