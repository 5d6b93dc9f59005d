"""Rain, river, roads and car parks, by the minute."""

from __future__ import annotations

from madang.samplecity.layers.streams.build import build
from madang.samplecity.layers.streams.papers import papers
from madang.samplecity.layers.streams.truth import truths

LABEL = "관측"
NEEDS: tuple[str, ...] = ("ground", "streets", "weather")

__all__ = ["LABEL", "NEEDS", "build", "papers", "truths"]
