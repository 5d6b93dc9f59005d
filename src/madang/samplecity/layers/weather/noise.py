"""Randomness with random access: a number for every (seed, name, number), the same in whatever order one asks."""

from __future__ import annotations

import zlib

import numpy as np

from madang.samplecity.city import Array

_STEP, _FIRST, _SECOND = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


def hashed(seed: int, name: str, at: Array, also: int = 0) -> Array:
    """A number in [0, 1) for every element of `at` (integers); `also` tells apart what shares a name (SplitMix64)."""
    start = (
        seed * 0x1F123BB5 + zlib.crc32(name.encode()) * 0x5851F42D + also * 0x2545F491
    ) & 0xFFFFFFFFFFFFFFFF
    found = np.asarray(at).astype(np.int64).astype(np.uint64) * _STEP + np.uint64(start)
    for _ in range(2):
        found = (found ^ (found >> np.uint64(30))) * _FIRST
        found = (found ^ (found >> np.uint64(27))) * _SECOND
        found = (found ^ (found >> np.uint64(31))) + _STEP
    numbers: Array = (found >> np.uint64(11)).astype(np.float64) / 2.0**53
    return numbers


def normal(seed: int, name: str, at: Array, also: int = 0) -> Array:
    """Like `hashed`, but with mean 0 and variance 1 (Box and Muller)."""
    one, two = hashed(seed, name + ".1", at, also), hashed(seed, name + ".2", at, also)
    found: Array = np.sqrt(-2.0 * np.log1p(-one)) * np.cos(2.0 * np.pi * two)
    return found


def smooth(seed: int, name: str, at: Array, every: int, also: int = 0) -> Array:
    """Noise of mean 0 that changes over `every` units of `at`: hashed knots with a smooth step between them."""
    whole = np.asarray(at).astype(np.int64)
    knot, share = np.floor_divide(whole, every), np.mod(whole, every) / every
    share = share * share * (3.0 - 2.0 * share)
    before, after = normal(seed, name, knot, also), normal(seed, name, knot + 1, also)
    found: Array = before * (1.0 - share) + after * share
    return found
