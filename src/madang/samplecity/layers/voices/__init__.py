"""What people write: complaints to the 구청, letters to the mayor, the local press."""

from __future__ import annotations

from madang.samplecity.layers.voices.build import build
from madang.samplecity.layers.voices.papers import papers
from madang.samplecity.layers.voices.truth import truths

LABEL = "목소리"
NEEDS: tuple[str, ...] = ("ground", "streets", "weather")

__all__ = ["LABEL", "NEEDS", "build", "papers", "truths"]
