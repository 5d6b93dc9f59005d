"""Where the city measures every minute, and what decides the values."""

from __future__ import annotations

from dataclasses import dataclass

from madang.samplecity.city import Array
from madang.samplecity.layers.streams.sites import Signals


@dataclass(frozen=True)
class Places:
    """The sites of one kind, in the order of their values; EPSG:5179, metres."""

    code: tuple[str, ...]
    name: tuple[str, ...]
    x: Array
    y: Array


@dataclass(frozen=True)
class Streams:
    """Gauges, sections of road and car parks. Their values come from `signals` alone (`rain`, `river`, `traffic`, `parking`)."""

    signals: Signals
    rain: Places
    river: Places
    traffic: Places
    parking: Places
    link: tuple[str, ...]  # of each section of road: the id of the link it lies on
    road: tuple[str, ...]  # and the name of its road
