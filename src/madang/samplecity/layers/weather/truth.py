"""What the weather was planned to be: the daily table before slips, rainy seasons, planted rain."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from madang.samplecity.city import City
from madang.samplecity.layers.weather.climate import monsoon, sky_of
from madang.samplecity.layers.weather.model import Weather


def truths(city: City) -> Mapping[str, pa.Table]:
    weather = city.get(Weather)
    years = np.unique(weather.day.astype("datetime64[Y]").astype(np.int64) + 1970)
    first, last = monsoon(city.setting.seed, years)
    planted = sky_of(city.setting).planted
    return {
        "days": pa.table(
            {
                "day": weather.day,
                "rain_mm": weather.rain_mm,
                "snow_cm": weather.snow_cm,
                "mean_c": weather.mean_c,
                "low_c": weather.low_c,
                "high_c": weather.high_c,
            }
        ),
        "monsoon": pa.table({"year": years, "first": first, "last": last}),
        "planted_rain": pa.table(
            {
                "day": [each.day for each in planted],
                "before_mm": [each.before_mm for each in planted],
                "rain_mm": [each.rain_mm for each in planted],
                "after_mm": [each.after_mm for each in planted],
            }
        ),
    }
