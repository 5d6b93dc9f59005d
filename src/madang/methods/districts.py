"""Statistics of commercial districts: what opens and closes, how dense, how mixed, where the district is going."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError
from madang.methods.proportions import Shares, poisson_rate, wilson

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Base = Literal["start", "start_and_openings", "middle"]
MONTH_DAYS = 365.25 / 12
LEAST_BASE = 20  # below it a rate is marked, not trusted


@dataclass(frozen=True)
class Turnover:
    """(groups, periods). Rates are of the whole period; `base` says of what the closing rate is a share."""

    edges: NDArray[np.datetime64]  # (periods + 1) first days; the last is the day after the last period
    at_start: Ints
    openings: Ints
    closings: Ints
    at_end: Ints
    opening_rate: Shares  # openings over shops at the start
    closing_rate: Shares
    net_growth: Floats  # (at_end - at_start) / at_start
    base: Base
    few: Bools  # the base of one of the rates is below `least_base`


def turnover(
    opened_on: ArrayLike,
    ended_on: ArrayLike,
    group: ArrayLike,
    edges: ArrayLike,
    *,
    groups: int | None = None,
    base: Base = "start_and_openings",
    least_base: int = LEAST_BASE,
) -> Turnover:
    """What opened and closed in each group and period, and the rates.

    `opened_on`, `ended_on` (rows): datetime64[D], NaT in `ended_on` where it is still there; a shop is there on its day of
    opening and no longer on its day of ending. `group` (rows): number, -1 is left out. `edges`: ascending days; period i
    goes from `edges[i]` to the eve of `edges[i + 1]`.

    Openings are no part of those there before, so their rate has the interval of a Poisson count. Closings are a share of
    `base`: "start_and_openings" (everyone who could close; interval by Wilson), "start" or "middle" (mean of start and end,
    as yearbooks do; a shop that opens and closes within the period may take it above 1; interval of a Poisson count).
    Raises MadangError: "lengths_differ", "edges_not_ascending".
    """
    opened, ended, of = (
        np.asarray(opened_on, "datetime64[D]"),
        np.asarray(ended_on, "datetime64[D]"),
        np.asarray(group),
    )
    days = np.asarray(edges, "datetime64[D]")
    if not len(opened) == len(ended) == len(of):
        raise MadangError("lengths_differ", names="opened_on, ended_on, group")
    if len(days) < 2 or (np.diff(days) <= np.timedelta64(0, "D")).any():
        raise MadangError("edges_not_ascending")
    number = groups if groups is not None else int(of.max(initial=-1)) + 1
    kept = (of >= 0) & ~np.isnat(opened)
    of, opened, ended = of[kept], opened[kept], ended[kept]
    came, went = (_counted(each, of, days, number) for each in (opened, ended))
    there = np.cumsum(came - went, axis=1)
    at_start, at_end = there[:, :-2], there[:, 1:-1]
    openings, closings = came[:, 1:-1], went[:, 1:-1]
    bases = {"start": at_start, "start_and_openings": at_start + openings, "middle": (at_start + at_end) / 2}
    over = bases[base]
    closing = (wilson if base == "start_and_openings" else poisson_rate)(closings, over)
    growth = (at_end - at_start) / np.where(at_start > 0, at_start, np.nan)
    few = np.minimum(at_start, over) < least_base
    return Turnover(
        days,
        at_start,
        openings,
        closings,
        at_end,
        poisson_rate(openings, at_start),
        closing,
        growth,
        base,
        few,
    )


def _counted(
    day: NDArray[np.datetime64], group: NDArray[Any], edges: NDArray[np.datetime64], groups: int
) -> Ints:
    """(groups, periods + 2) of days before, in and after the periods; NaT is nowhere."""
    real = ~np.isnat(day)
    at = np.searchsorted(edges, day[real], "right")
    width = len(edges) + 1
    found: Ints = np.bincount(group[real] * width + at, minlength=groups * width).reshape(groups, width)
    return found


def per(counts: ArrayLike, base: ArrayLike, unit: float = 1.0) -> Floats:
    """`counts` for each `unit` of `base`: shops per 1,000 residents, per km² (base in m², unit 1e6), people per shop.

    NaN where the base is 0 or not known.
    """
    over = np.asarray(base, np.float64)
    found: Floats = np.asarray(counts, np.float64) * unit / np.where(over > 0, over, np.nan)
    return found


@dataclass(frozen=True)
class Concentration:
    """(areas) how few kinds hold a district. With few shops the index is high by chance: it is at least 1 / `shops`."""

    index: Floats  # Herfindahl–Hirschman, 0–1; x 10,000 as competition authorities write it
    kinds_alike: Floats  # 1 / index: so many kinds of equal size would be as concentrated
    shops: Floats


def concentration(counts: ArrayLike) -> Concentration:
    """The index of Herfindahl (1950) and Hirschman (1945), the sum of squared shares. `counts` (areas, kinds) or (kinds).

    Shares 50, 30, 20 give 0.38. NaN where there is no shop.
    """
    each = np.atleast_2d(np.asarray(counts, np.float64))
    whole = each.sum(axis=1)
    index = ((each / np.where(whole > 0, whole, np.nan)[:, None]) ** 2).sum(axis=1)
    return Concentration(index, 1 / index, whole)


@dataclass(frozen=True)
class Quotients:
    """(areas, trades). Above 1: the trade has a larger share here than in the whole."""

    quotient: Floats
    low: Floats
    high: Floats
    expected: Floats  # shops there if the area had the mix of the whole
    few: Bools  # fewer than 5 expected


def location_quotients(counts: ArrayLike, level: float = 0.95, least_expected: float = 5.0) -> Quotients:
    """(e_ig / e_g) / (e_i / e) of shops by area and trade (Haig 1926), with the interval of a Poisson count.

    `counts` (areas, trades). NaN where nothing is expected: no shop in the area, or none of the trade anywhere.
    """
    each = np.asarray(counts, np.float64)
    expected = each.sum(axis=1, keepdims=True) * each.sum(axis=0, keepdims=True) / max(each.sum(), 1.0)
    found = poisson_rate(each, expected, level)
    return Quotients(found.share, found.low, found.high, expected, expected < least_expected)


@dataclass(frozen=True)
class Change:
    """(groups) 상권변화지표: HH 정체, HL 상권축소, LH 상권확장, LL 다이나믹; "" where one of the means is not known.

    The first letter compares the mean age of shops that are there with that of the city, the second the mean age at which
    shops closed; H is above, L is not. Means of few shops (`few`) are moved by single ones.
    """

    code: NDArray[np.str_]
    open_months: Floats
    closed_months: Floats
    open_shops: Ints
    closed_shops: Ints
    city_open_months: float
    city_closed_months: float
    few: Bools


def change_index(
    opened_on: ArrayLike,
    ended_on: ArrayLike,
    group: ArrayLike,
    on: object,
    closed_since: object,
    *,
    groups: int | None = None,
    least: int = LEAST_BASE,
) -> Change:
    """How long shops live in each group against the whole (서울시 상권분석서비스).

    Rows as in `turnover`; all rows are the city, also those of group -1. `on`: the day on which shops are looked at;
    `closed_since`: closings from that day to `on` count. Ages in months of 30.4 days.
    Raises MadangError("lengths_differ").
    """
    opened, ended, of = (
        np.asarray(opened_on, "datetime64[D]"),
        np.asarray(ended_on, "datetime64[D]"),
        np.asarray(group),
    )
    if not len(opened) == len(ended) == len(of):
        raise MadangError("lengths_differ", names="opened_on, ended_on, group")
    day, since = (np.datetime64(str(each), "D") for each in (on, closed_since))
    number = groups if groups is not None else int(of.max(initial=-1)) + 1
    here = (opened <= day) & ~(ended <= day)
    gone = (opened <= day) & (ended <= day) & (ended >= since)
    until = np.where(here, day, ended)
    months = (until - opened).astype("timedelta64[D]").astype(np.float64) / MONTH_DAYS

    def means(which: Bools) -> tuple[Floats, Ints, float]:
        mine = which & (of >= 0)
        count: Ints = np.bincount(of[mine], minlength=number)
        city = float(months[which].mean()) if which.any() else float("nan")
        return per(np.bincount(of[mine], months[mine], number), count), count, city

    (age, living, city_age), (end, closed, city_end) = means(here), means(gone)
    letters = np.char.add(np.where(age > city_age, "H", "L"), np.where(end > city_end, "H", "L"))
    code = np.where(np.isnan(age) | np.isnan(end), "", letters)
    return Change(code, age, end, living, closed, city_age, city_end, np.minimum(living, closed) < least)
