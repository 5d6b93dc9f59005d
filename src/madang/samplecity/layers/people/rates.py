"""Rates of birth, death and moving by age, and what the kinds of 행정동 make of them (content/samplecity/people.toml)."""

from __future__ import annotations

from typing import Any

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.words import words

OLDEST = 109  # ages are told apart to here while people are counted on
KNOTS = np.arange(10) * 10.0
GROUPS = np.array([15, 30, 45, 65])  # ages that divide movers by what they look for

ages = np.arange(OLDEST + 1, dtype=np.float64)


def said() -> dict[str, Any]:
    return words("people")


def tilt(values: list[float]) -> Array:
    """Factors at 0, 10 … 90 years as factors at every age."""
    found: Array = np.interp(ages, KNOTS, values)
    return found


def profile(name: str) -> dict[str, Any]:
    found: dict[str, Any] = said()["profiles"][name]
    return found


def mortality() -> Array:
    """Probability of dying within a year: (sexes, ages)."""
    knots = said()["mortality"]
    found: Array = np.exp(
        np.stack([np.interp(ages, knots["age"], np.log(knots[sex])) for sex in ("male", "female")])
    )
    return found


def fertility(year: float) -> Array:
    """Children that a woman has within a year, by age, summing to the total fertility of `year`."""
    knots = said()["fertility"]
    shape = np.interp(ages, knots["age"], knots["rate"])
    found: Array = shape / shape.sum() * np.interp(year, knots["year"], knots["total"])
    return found


def leaving(name: str) -> Array:
    """Probability of leaving a 행정동 of this profile within a year, by age."""
    knots = said()["moving"]
    found: Array = np.interp(ages, knots["age"], knots["rate"]) * tilt(profile(name)["leaving"])
    return found


def pyramid(year: int) -> Array:
    """How many of each age there are at the end of `year`, relative: (sexes, ages). Births of the past, less the dead."""
    knots = said()["births_by_year"]
    size = np.interp(year - ages, knots["year"], knots["size"])
    alive = np.cumprod(1 - mortality(), axis=1) / (1 - mortality()) * (1 - mortality()[:, :1])
    # the old of today have lived through harder times than today's table
    hard = np.exp(-0.012 * np.clip(ages - 60, 0, None))
    found: Array = size * alive * hard * np.array([[1.05], [1.0]])
    return found


def men(name: str) -> Array:
    """Factor of both sexes by age: places of work have more men of working age."""
    found = np.ones((2, len(ages)))
    found[0, 20:60] = profile(name)["men"]
    return found


def stock(name: str, year: int) -> Array:
    """Shares of those who live in a 행정동 of this profile at the beginning: (sexes, ages), summing to 1."""
    found: Array = pyramid(year) * tilt(profile(name)["stock"]) * men(name)
    found /= found.sum()
    return found


def arriving(name: str, year: int, new: bool) -> Array:
    """Shares of those who come to it from outside: (sexes, ages), summing to 1. `new`: apartments just opened."""
    knots = said()["moving"]
    wanted = said()["opening"]["arriving"] if new else profile(name)["arriving"]
    found: Array = pyramid(year) * np.interp(ages, knots["age"], knots["rate"]) * tilt(wanted) * men(name)
    found /= found.sum()
    return found


def per_month(rate: Array, months: int) -> Array:
    """A probability of a year as one of `months`."""
    return rate if months == 12 else 1 - (1 - rate) ** (months / 12)
