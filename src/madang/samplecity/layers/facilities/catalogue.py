"""All kinds of facilities, in the order in which they are placed: candidate sites look at where the libraries are."""

from __future__ import annotations

from madang.samplecity.layers.facilities.kind import Kind
from madang.samplecity.layers.facilities.kinds import culture, land, living, roads, safety, shelters

KINDS: tuple[Kind, ...] = (
    *culture.KINDS,
    *safety.KINDS,
    *shelters.KINDS,
    *roads.KINDS,
    *living.KINDS,
    *land.KINDS,
)
