"""The days of the city: seasons, holidays, market days. Every layer that has a date asks here."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import Array

MARKET_DIGITS = (2, 7)  # 장터시장 opens on days that end in 2 and 7 (오일장)
# 설날 and 추석 of the years that letters, sales and people present by hour speak of (the day itself)
SEOLLAL = ("2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-07")
CHUSEOK = ("2022-09-10", "2023-09-29", "2024-09-17", "2025-10-06", "2026-09-25", "2027-09-15")
FIXED = ("01-01", "03-01", "05-05", "06-06", "08-15", "10-03", "10-09", "12-25")


def days(first: object, last: object) -> Array:
    """Every day from `first` to `last`, both included, as datetime64[D]."""
    found: Array = np.arange(
        np.datetime64(str(first), "D"), np.datetime64(str(last), "D") + np.timedelta64(1, "D")
    )
    return found


def day_of_month(when: Array) -> Array:
    found: Array = (when - when.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    return found


def weekday(when: Array) -> Array:
    """0 Monday … 6 Sunday."""
    return (when.astype("datetime64[D]").astype(np.int64) + 3) % 7


def is_market_day(when: Array) -> Array:
    """Days of the five-day market; the 31st is none."""
    day = day_of_month(when)
    return np.isin(day % 10, MARKET_DIGITS) & (day <= 30)


def is_holiday(when: Array) -> Array:
    """Public holidays on fixed days, and the three days of 설날 and of 추석; substitute holidays are left out."""
    feasts = np.array([*SEOLLAL, *CHUSEOK], "datetime64[D]")
    around = np.concatenate([feasts - 1, feasts, feasts + 1])
    dates = np.datetime_as_string(when.astype("datetime64[D]"))
    fixed = np.isin([date[5:] for date in dates.ravel().tolist()], FIXED).reshape(when.shape)
    return fixed | np.isin(when, around)


def is_working(when: Array) -> Array:
    """Neither weekend nor holiday."""
    return (weekday(when) < 5) & ~is_holiday(when)
