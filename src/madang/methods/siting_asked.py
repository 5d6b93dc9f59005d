"""A siting as one question that can be asked again a little differently."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from madang.methods.siting import EquityFloor, Siting, capacitated_p_median, lscp, mclp, p_center, p_median
from madang.methods.siting_result import Model
from madang.methods.siting_swap import Floats, Ints


@dataclass(frozen=True)
class Asked:
    """`ways`: demand x candidates; `sites`: new ones (lscp: told by the answer); `room`: weight that a site serves at most
    (capacitated_p_median); `reach`: of mclp and lscp; the floor has one of its own."""

    model: Model
    ways: NDArray[np.floating]
    weight: Floats
    sites: int
    reach: float
    existing: Ints
    floor: EquityFloor | None = None
    room: float = np.inf

    def answer(self, seconds: float, **more: Any) -> Siting:
        """`more`: `progress`. Raises MadangError, those of the model."""
        kept: dict[str, Any] = {"existing": self.existing, "floor": self.floor, "seconds": seconds, **more}
        match self.model:
            case "lscp":
                return lscp(self.ways, self.weight, self.reach, **kept)
            case "mclp":
                return mclp(self.ways, self.weight, self.reach, self.sites, **kept)
            case "capacitated_p_median":
                room = np.full(self.ways.shape[1], self.room)
                return capacitated_p_median(self.ways, self.weight, room, self.sites, **kept)
            case "p_center":
                return p_center(self.ways, self.weight, self.sites, **kept)
            case "p_median":
                return p_median(self.ways, self.weight, self.sites, **kept)

    @property
    def by_reach(self) -> bool:
        """Whether a reach decides anything."""
        return self.model in ("mclp", "lscp") or self.floor is not None

    def reaching(self, times: float) -> Asked:
        """With every reach so many times as long."""
        floor = None if self.floor is None else replace(self.floor, reach=self.floor.reach * times)
        return replace(self, reach=self.reach * times, floor=floor)
