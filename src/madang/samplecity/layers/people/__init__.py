"""The people: residents by age through ten years, births, deaths and moves, households, cells of 100 m, who is where by the hour."""

from __future__ import annotations

from collections.abc import Iterable

from madang.samplecity.city import City, Delivery
from madang.samplecity.layers.people import events, places, residents
from madang.samplecity.layers.people.build import build
from madang.samplecity.layers.people.truths import truths
from madang.samplecity.paper import Paper

LABEL = "사람"
NEEDS: tuple[str, ...] = ("ground", "streets")


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    """Residents, households, events, cells, hours; the second delivery has what has a new month."""
    yield from residents.papers(city, delivery)
    yield from events.papers(city, delivery)
    yield from places.papers(city, delivery)


__all__ = ["LABEL", "NEEDS", "build", "papers", "truths"]
