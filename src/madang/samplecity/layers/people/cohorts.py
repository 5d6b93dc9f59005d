"""The people through the years, counted by 행정동, sex and month of birth: nobody appears or vanishes uncounted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Dongs, Ground
from madang.samplecity.layers.people import rates
from madang.samplecity.layers.people.model import AGES, Changes
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.words import words

BACK = 10  # Decembers that are known
MONTHLY = 24  # months that are known at least, the last one among them


@dataclass(frozen=True)
class Setup:
    """What the years go by: `path` is the number of people aimed at, (months, dongs)."""

    months: Array  # datetime64[M]
    profile: tuple[str, ...]
    opened: Array
    path: Array
    near: Array  # (dongs, dongs): how readily one moves from one to the other; 0 on the diagonal


def setup(city: City) -> Setup:
    dongs, lore = city.get(Ground).dongs, words("city")
    months = month_ends(city)
    known = [each["name"] for each in lore["dongs"]]
    names = [
        known[at % len(known)] for at in range(len(dongs))
    ]  # the other 구 have the same 21 with a prefix
    station = lore["station"]["dong"]
    profile = tuple(
        "station" if name == station else kind for name, kind in zip(names, dongs.kind, strict=True)
    )
    ago = {each["name"]: each["opened_years_ago"] for each in lore["dongs"] if "opened_years_ago" in each}
    opened = np.array([city.setting.until.year - ago[name] if name in ago else 0 for name in names])
    curve = _curve(months, profile, opened)
    first = city.deliveries[0].day
    aimed = curve[int(np.searchsorted(months, np.datetime64(f"{first:%Y-%m}", "M")))]
    path = np.asarray(dongs.people) * curve / aimed
    path[-1] += _new_homes(city, len(dongs)) * rates.said()["opening"]["first_month"]
    return Setup(months, profile, opened, path, _near(dongs))


def _new_homes(city: City, dongs: int) -> Array:
    """Homes in buildings that open in the second delivery, by 행정동."""
    buildings = city.get(Streets).buildings
    new = ~buildings.standing(city.deliveries[0].day)
    return np.bincount(buildings.dong[new], weights=buildings.households[new], minlength=dongs)


def month_ends(city: City) -> Array:
    """A December more than BACK before the last delivery, and every month from the January before the last MONTHLY."""
    until = city.setting.until
    last = np.datetime64(f"{until:%Y-%m}", "M")
    known = city.deliveries[0].day
    newest = known.year if known.month == 12 else known.year - 1
    monthly = (
        (last - MONTHLY).astype("datetime64[Y]").astype(np.int64) + 1970 - 1
    )  # its December is the last of years
    years = [np.datetime64(f"{year}-12", "M") for year in range(newest - BACK, monthly)]
    found: Array = np.concatenate(
        [np.array(years, "M8[M]"), np.arange(np.datetime64(f"{monthly}-12", "M"), last + 1)]
    )
    return found


def _curve(months: Array, profile: tuple[str, ...], opened: Array) -> Array:
    """How full each 행정동 is in the course of time, relative: (months, dongs)."""
    when = (months.astype(np.int64)[:, None] + 1) / 12 + 1970
    growth = np.array([rates.profile(name)["growth"] for name in profile])
    knots = rates.said()["opening"]
    filled = np.interp(when - opened, knots["year"], knots["filled"])
    found: Array = np.exp(np.log1p(growth) * (when - when[0])) * np.where(opened > 0, filled, 1.0)
    return found


def _near(dongs: Dongs) -> Array:
    centres = shapely.get_coordinates(shapely.centroid(dongs.shape))
    apart = np.hypot(*(centres[:, None] - centres[None]).transpose(2, 0, 1))
    found: Array = np.exp(-apart / rates.said()["moving"]["distance_m"]) + 0.04
    np.fill_diagonal(found, 0)
    return found


class Cohorts:
    """`count` (dongs, sexes, months of birth) at the month end `now`."""

    def __init__(self, city: City, plan: Setup) -> None:
        self.plan = plan
        self.rng = city.rng("people.cohorts")
        self.now = int(plan.months[0].astype(np.int64))
        self.first = self.now - 12 * (rates.OLDEST + 1) + 1  # month of birth of the oldest
        self.births = int(plan.months[-1].astype(np.int64)) - self.first + 1
        self.count = np.zeros((len(plan.profile), 2, self.births), np.int64)
        old = self.age()
        year = 1970 + self.now // 12
        for dong, name in enumerate(plan.profile):
            share = rates.stock(name, year)[:, np.clip(old, 0, rates.OLDEST)] / 12 * (old >= 0)
            people = round(plan.path[0, dong])
            self.count[dong] = self.rng.multinomial(people, (share / share.sum()).ravel()).reshape(2, -1)

    def age(self) -> Array:
        """Age at `now` of those born in each month; below 0: not born yet."""
        found: Array = (self.now - self.first - np.arange(self.births)) // 12
        return found

    def by_age(self) -> Array:
        """(dongs, sexes, AGES)."""
        old = self.age()
        born = old >= 0
        slots = np.clip(old[born], 0, AGES - 1)
        found = np.zeros((AGES, *self.count.shape[:2]), np.int32)
        np.add.at(found, slots, self.count[:, :, born].transpose(2, 0, 1).astype(np.int32))
        return found.transpose(1, 2, 0)

    def step(self, month: int, aimed: Array) -> tuple[Array, Array, Array]:
        """Go on to `month`; births, deaths and moves as `Changes` has them."""
        span, year = month - self.now, 1970 + (month + 1 - (month - self.now) / 2) / 12
        old = np.clip(self.age(), 0, rates.OLDEST)
        women = self.count[:, 1].copy()
        season = (month % 12) if span == 1 else None
        deaths = self._die(old, span, season)
        leavers = self._leave(old, span, season)
        births = self._bear(women, old, span, year, season)
        self.now = month
        self._born(births, span)
        moved = self._move(leavers, aimed, int(year))
        return births, deaths, moved

    def _die(self, old: Array, span: int, season: int | None) -> Array:
        risk = rates.mortality()
        risk = rates.per_month(risk, span) * _seasonal("mortality", season)
        dead = self.rng.binomial(self.count, np.clip(risk[:, old], 0, 1)[None])
        self.count -= dead
        found: Array = dead.sum(axis=2)
        return found

    def _leave(self, old: Array, span: int, season: int | None) -> Array:
        risk = np.stack([rates.leaving(name) for name in self.plan.profile])
        risk = np.clip(rates.per_month(risk, span) * _seasonal("moving", season), 0, 1)
        gone: Array = self.rng.binomial(self.count, risk[:, old][:, None])
        self.count -= gone
        return gone

    def _bear(self, women: Array, old: Array, span: int, year: float, season: int | None) -> Array:
        factor = np.array([rates.profile(name)["births"] for name in self.plan.profile])
        expected = (women @ rates.fertility(year)[old]) * factor * span / 12 * _seasonal("fertility", season)
        born = self.rng.poisson(expected)
        boys = self.rng.binomial(born, 105 / 205)
        return np.stack([boys, born - boys], axis=1)

    def _born(self, births: Array, span: int) -> None:
        last = self.now - self.first
        slots = slice(last - span + 1, last + 1)
        self.count[:, :, slots] += self.rng.multinomial(births, np.full(span, 1 / span))

    def _move(self, leavers: Array, aimed: Array, year: int) -> Array:
        """Send `leavers` (cells as `count`) to other 행정동 or outside, and let as many come from outside as are aimed at."""
        dongs, _, births = leavers.shape
        cells = np.repeat(np.arange(leavers.size), leavers.ravel())
        origin, rest = np.divmod(cells, 2 * births)
        sex, birth = np.divmod(rest, births)
        lack = np.clip(aimed - self.count.sum(axis=(1, 2)), 0, None)
        to = self._destination(origin, np.searchsorted(rates.GROUPS, self.age()[birth], "right"), lack, year)
        np.add.at(self.count.reshape(-1), ((to * 2 + sex) * births + birth)[to < dongs], 1)
        moved = np.bincount((origin * (dongs + 1) + to) * 2 + sex, minlength=(dongs + 1) ** 2 * 2)
        found = moved.reshape(dongs + 1, dongs + 1, 2)
        found[-1, :-1] = self._come(aimed, year)
        return found

    def _destination(self, origin: Array, group: Array, lack: Array, year: int) -> Array:
        dongs = len(lack)
        liked = np.stack(
            [
                _liked(name, opened, year)
                for name, opened in zip(self.plan.profile, self.plan.opened, strict=True)
            ]
        )
        weight = self.plan.near[:, None, :] * (liked.T * lack)[None]  # origin, group, destination
        weight = weight.reshape(-1, dongs)
        inside = rates.said()["moving"]["inside"]
        upto = np.cumsum(weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-12) * inside, axis=1)
        upto[:, -1] = np.minimum(upto[:, -1], inside)
        row = origin * (len(rates.GROUPS) + 1) + group
        steps = (upto + np.arange(len(upto))[:, None]).ravel()
        found: Array = np.searchsorted(steps, row + self.rng.random(len(origin)), "right") - row * dongs
        return np.minimum(found, dongs)

    def _come(self, aimed: Array, year: int) -> Array:
        """Persons from outside, as many of both sexes as each 행정동 lacks, give or take: (dongs, sexes)."""
        old = self.age()
        lack = np.clip(aimed - self.count.sum(axis=(1, 2)), 0, None)
        coming = self.rng.poisson(lack)
        found = np.zeros((len(lack), 2), np.int64)
        for dong, name in enumerate(self.plan.profile):
            opened = self.plan.opened[dong]
            share = rates.arriving(name, year, new=0 < opened <= year < opened + 4)
            share = share[:, np.clip(old, 0, rates.OLDEST)] * (old >= 0)
            came = self.rng.multinomial(coming[dong], (share / share.sum()).ravel()).reshape(2, -1)
            self.count[dong] += came
            found[dong] = came.sum(axis=1)
        return found


def _seasonal(what: str, month: int | None) -> float:
    return 1.0 if month is None else float(rates.said()[what]["months"][month])


def _liked(name: str, opened: int, year: int) -> list[float]:
    new = 0 < opened <= year < opened + 4
    found: list[float] = rates.said()["opening"]["liked"] if new else rates.profile(name)["liked"]
    return found


def lived(city: City) -> tuple[Setup, Array, Changes]:
    """The plan, residents by age at every month end of it, and what happened in between."""
    plan = setup(city)
    cohorts = Cohorts(city, plan)
    counts, steps = [cohorts.by_age()], []
    for month, aimed in zip(plan.months[1:].astype(np.int64).tolist(), plan.path[1:], strict=True):
        steps.append(cohorts.step(month, aimed))
        counts.append(cohorts.by_age())
    births, deaths, moved = (np.stack(each) for each in zip(*steps, strict=True))
    return plan, np.stack(counts), Changes(births, deaths, moved.astype(np.int32))
