"""The weather of the city, day by day: letters, sales and rivers all live under the same sky."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array


@dataclass(frozen=True)
class Weather:
    """Days from five years before the city's last day to that day, without gaps."""

    day: Array  # datetime64[D]
    rain_mm: Array
    snow_cm: Array
    mean_c: Array
    low_c: Array
    high_c: Array

    def at(self, day: Array) -> Array:
        """Numbers of days in the arrays of this table."""
        found: Array = (day.astype("datetime64[D]") - self.day[0]).astype(np.int64)
        return found
