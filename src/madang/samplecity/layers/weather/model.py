"""The weather of the city, day by day: letters, sales and rivers all live under the same sky."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array


@dataclass(frozen=True)
class Weather:
    """Days from five years before the city's last day to that day, without gaps.

    `rain_mm` holds melted snow too: a snow day is one with `snow_cm` above 0. Dry days have exactly 0.
    """

    day: Array  # datetime64[D]
    rain_mm: Array
    snow_cm: Array  # new snow
    mean_c: Array
    low_c: Array
    high_c: Array
    wind_ms: Array  # mean of the day
    humidity_pct: Array
    sunshine_hours: Array

    def at(self, day: Array) -> Array:
        """Numbers of days in the arrays of this table."""
        found: Array = (day.astype("datetime64[D]") - self.day[0]).astype(np.int64)
        return found
