"""A state in words, as every page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Tone = Literal["good", "warn", "bad", ""]


@dataclass(frozen=True)
class Mark:
    """A state in words, with the tone that colours its lamp."""

    words: str
    tone: Tone = ""
    detail: str = ""
