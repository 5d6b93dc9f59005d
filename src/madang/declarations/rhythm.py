"""Whether data are as new as their rhythm asks: one rule for intake, pages and command line."""

from __future__ import annotations

from datetime import date
from typing import Literal

Freshness = Literal["fresh", "late", "unknown"]


def freshness_status(as_of: date | None, rhythm_days: int | None, today: date) -> Freshness:
    """ "late" where more than `rhythm_days` days lie between `as_of` and `today`, else "fresh"; "unknown" without either."""
    if as_of is None or rhythm_days is None:
        return "unknown"
    return "fresh" if (today - as_of).days <= rhythm_days else "late"
