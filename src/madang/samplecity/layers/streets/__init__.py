"""Streets that can be routed on, and the buildings beside them with their addresses."""

from __future__ import annotations

from madang.samplecity.layers.streets.build import build
from madang.samplecity.layers.streets.papers import papers
from madang.samplecity.layers.streets.truths import truths

LABEL = "길"
NEEDS: tuple[str, ...] = ("ground",)


__all__ = ["LABEL", "NEEDS", "build", "papers", "truths"]
