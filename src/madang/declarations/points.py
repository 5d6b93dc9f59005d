"""How scores and rates are written: everywhere by the same rule, so that no two places contradict each other."""

from __future__ import annotations

import math


def points(score: float) -> str:
    """A score out of 100 with one decimal, rounded down: what is below 100 is never written as 100."""
    return "100" if score >= 100 else f"{min(math.floor(score * 10 + 1e-6) / 10, 99.9):.1f}"


def kept(score: float) -> float:
    """A score as it is stored, with four decimals: below 100 it stays below."""
    return 100.0 if score >= 100 else min(round(score, 4), 99.9999)


def rate(percent: float) -> str:
    """A rate with two decimals, or as many as show that it is not nought or not yet a hundred."""
    off = min(percent, 100 - percent)
    decimals = 2 if off <= 0 or off >= 0.005 else 1 - math.floor(math.log10(off))
    return f"{percent:.{decimals}f}"
