"""The ground: terrain, water, dongs, 통, land cover, and where people live and work."""

from __future__ import annotations

from collections.abc import Iterable

from madang.samplecity.city import City, Delivery
from madang.samplecity.layers.ground import borders, terrain
from madang.samplecity.layers.ground.build import build
from madang.samplecity.layers.ground.truth import truths
from madang.samplecity.paper import Paper

LABEL = "땅"
NEEDS: tuple[str, ...] = ()


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    """Borders, code lists and terrain; a month later only the 통 have changed."""
    if not delivery.first:
        return [borders.tongs(city, delivery)]
    makers = (
        borders.dongs, borders.legal_codes, borders.relation, borders.tongs, terrain.land_cover,
        terrain.stream_lines, terrain.stream_grounds, terrain.elevation
    )  # fmt: skip
    return (make(city, delivery) for make in makers)


__all__ = ["LABEL", "NEEDS", "build", "papers", "truths"]
