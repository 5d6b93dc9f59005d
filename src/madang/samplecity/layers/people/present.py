"""Who is where by the hour: residents at night, workers by day, the market, the river bank, the feasts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.days import CHUSEOK, SEOLLAL, days, is_holiday, is_market_day, is_working, weekday
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.people import rates
from madang.samplecity.layers.people.cohorts import Setup
from madang.samplecity.layers.people.model import AGES, Commuting, People

DAYS = 31
STARTS = np.array([0, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70])  # the ages at which groups begin
UNIT = 10_000  # cells have four digits after the point


def working(residents: Array) -> Array:
    """Persons who go to work, by sex and age: (dongs, sexes, AGES), not whole."""
    said = rates.said()["present"]
    share = np.zeros(AGES)
    for start, value in said["workers_share"].items():
        share[int(start) : int(start) + 10] = value
    sexes = np.array([said["men"], 1 / said["men"]])
    found: Array = residents * np.clip(sexes[:, None] * share, 0, 0.95)
    return found


def commuting(city: City, plan: Setup, residents: Array) -> Commuting:
    """Who works where: near, where jobs are, above all in the industrial estate and around the station, or outside."""
    said, ground, rng = rates.said()["present"], city.get(Ground), city.rng("people.commuting")
    inside = ground.dong >= 0
    jobs = np.bincount(ground.dong[inside], weights=ground.jobs[inside], minlength=len(plan.profile))
    jobs = jobs * np.array([said["pull"].get(name, 1.0) for name in plan.profile])
    workers = np.round(working(residents).sum(axis=(1, 2))).astype(np.int64)
    found = np.zeros((len(jobs) + 1, len(jobs) + 1), np.int64)
    for home, name in enumerate(plan.profile):
        out = said["outside_share"] * (said["outside_station"] if name == "station" else 1)
        own = jobs * np.where(np.arange(len(jobs)) == home, 1.6, 0.35 + plan.near[home])
        found[home] = rng.multinomial(workers[home], [*(own / own.sum() * (1 - out)), out])
        found[home, home] = 0  # works where it lives
    inbound = round(said["inbound_per_resident"] * int(residents.sum()))
    found[-1, :-1] = rng.multinomial(inbound, jobs / jobs.sum())
    return Commuting(found)


@dataclass(frozen=True)
class Hours:
    """Persons present, in units of 1/UNIT: (days, hours, dongs, sexes, groups)."""

    day: Array
    count: Array


def attendance(day: Array) -> Array:
    """The share of commuters who are at work: (days, hours)."""
    said = rates.said()["present"]
    worked = np.where(
        is_working(day),
        1.0,
        np.where((weekday(day) == 5) & ~is_holiday(day), said["saturday"], said["sunday"]),
    )
    found: Array = worked[:, None] * np.array(said["hours"])
    return found


def is_feast(day: Array) -> Array:
    """The three days of 설날 and of 추석."""
    feasts = np.array([*SEOLLAL, *CHUSEOK], "datetime64[D]")
    return np.isin(day, np.concatenate([feasts - 1, feasts, feasts + 1]))


def hours(city: City, delivery: Delivery) -> Hours:
    """The last DAYS days of a delivery."""
    people, said = city.get(People), rates.said()["present"]
    rng = city.rng(f"people.present.{delivery.number}")
    day = days(delivery.day - timedelta(days=DAYS - 1), delivery.day)
    resident = people.residents[people.at(_month(delivery.day))].astype(np.float64)
    live = np.add.reduceat(resident, STARTS, axis=2)
    gone = _flow(people, resident)
    feast = np.array([said["feast"][name] for name in people.profile])[:, None, None]
    home = live * (1 + is_feast(day)[:, None, None, None] * feast)
    count = home[:, None] + attendance(day)[:, :, None, None, None] * gone
    count = count + _visits(city, "market", is_market_day(day), live)
    count = count + _visits(city, "park", ~is_working(day), live)
    total = count.sum(axis=(3, 4))
    shake = rng.normal(0, said["noise"], total.shape)
    shake -= (shake * total).sum(axis=2, keepdims=True) / total.sum(
        axis=2, keepdims=True
    )  # nobody comes of it
    count = np.maximum(count * (1 + shake[..., None, None]), 0)
    return Hours(day, np.round(count * UNIT).astype(np.int64))


def _month(day: date) -> str:
    return f"{day:%Y-%m}"


def _flow(people: People, resident: Array) -> Array:
    """What full working hours add to each 행정동 and take from it: (dongs, sexes, groups), the ages of workers kept."""
    workers = np.add.reduceat(working(resident), STARTS, axis=2)
    mix = workers / workers.sum(axis=(1, 2), keepdims=True)
    outside = workers.sum(axis=0) / workers.sum()
    mix = np.concatenate([mix, outside[None]])
    table = people.commuting.workers
    comes = np.einsum("hw,hsg->wsg", table[:, :-1], mix)
    goes = table[:-1].sum(axis=1)[:, None, None] * mix[:-1]
    found: Array = comes - goes
    return found


def _visits(city: City, what: str, open_: Array, live: Array) -> Array:
    """Visitors of the market or of the river bank, and where they are missing: (days, hours, dongs, sexes, groups)."""
    said, ground = rates.said()["present"], city.get(Ground)
    at = visited(ground, what)
    if not len(at):
        return np.zeros((1, 1, 1, 1, 1))
    ages = np.interp(
        STARTS, [0, 20, 50, 70], [0.4, 0.5, 1.6, 2.0] if what == "market" else [1.6, 1.0, 0.8, 0.6]
    )
    pool = live * ages
    pool[at] = 0
    mix = pool.sum(axis=0) / pool.sum()
    coming = np.zeros(live.shape)
    coming[at] = live[at].sum(axis=(1, 2))[:, None, None] * said[what] * mix
    coming -= coming.sum(axis=(0, 1, 2)) * pool / pool.sum()
    found: Array = (
        open_[:, None, None, None, None] * np.array(said[f"{what}_hours"])[:, None, None, None] * coming
    )
    return found


def visited(ground: Ground, what: str) -> Array:
    """The 행정동 that the market, or the park by the river, is in."""
    if what == "market":
        found = {place.dong for place in ground.landmarks.values() if place.kind == "market"}
        return np.array(sorted(found), np.int64)
    return np.flatnonzero(np.array(ground.dongs.kind) == "riverside")
