"""The ground: terrain, water, dongs, 통, land cover, and where people live and work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from madang.samplecity.city import City, Delivery
from madang.samplecity.layers.ground.build import build
from madang.samplecity.paper import Paper

LABEL = "땅"
NEEDS: tuple[str, ...] = ()


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    """Borders, code lists, land cover and terrain."""
    return ()


def truths(city: City) -> Mapping[str, pa.Table]:
    return {}


__all__ = ["LABEL", "NEEDS", "build", "papers", "truths"]
