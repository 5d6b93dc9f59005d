"""Texts cut into pieces of a few characters, each a number: for likeness of texts and for learning from them."""

from __future__ import annotations

from typing import Any

import numpy as np

MIX = np.uint64(0x9E3779B97F4A7C15)


def shingles(texts: list[str], size: int) -> tuple[Any, Any]:
    """Hashes (uint64) of the pieces of `size` characters of each text, one text after another, and where each text ends.

    A text of fewer characters is one piece; an empty one has none. Memory: 40 bytes for each character.
    """
    padded = [text if len(text) >= size or not text else text.ljust(size, "\0") for text in texts]
    lengths = np.array([len(text) for text in padded], np.int64)
    points = np.frombuffer("".join(padded).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    counts = np.maximum(lengths - size + 1, 0)
    ends = np.cumsum(counts)
    if not len(points):
        return np.zeros(0, np.uint64), ends
    rolled = np.zeros(len(points) - size + 1, np.uint64)
    for place in range(size):
        rolled = rolled * MIX + points[place : place + len(rolled)]
    starts = np.repeat(np.cumsum(lengths) - lengths - (ends - counts), counts) + np.arange(counts.sum())
    return mixed(rolled[starts]), ends


def mixed(values: Any) -> Any:
    """A 64-bit hash of each number (the finisher of splitmix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
