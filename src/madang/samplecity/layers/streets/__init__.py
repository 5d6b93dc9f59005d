"""Streets that can be routed on, and the buildings beside them with their addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from madang.samplecity.city import City, Delivery
from madang.samplecity.layers.streets.build import build
from madang.samplecity.paper import Paper

LABEL = "길"
NEEDS: tuple[str, ...] = ("ground",)


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    """Nodes and links of roads, addresses and buildings."""
    return ()


def truths(city: City) -> Mapping[str, pa.Table]:
    return {}


__all__ = ["LABEL", "NEEDS", "build", "papers", "truths"]
