"""Life histories: openings by month, and an end for each by the planted rates of closing.

A rate is that of the trade at the shop's age, times the risk of its 행정동, times what the time brings (`trades.periods`).
Cancellation (직권말소) is a second cause that competes at a fixed share of that rate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array, City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.shops.model import CANCELLED, CLOSED, Lives
from madang.samplecity.layers.shops.trades import AGES, YEAR, lore, periods, risk, trades

_FIRST = np.datetime64("1985-01")  # nobody opened before
_NAT = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class Rates:
    """Piecewise constant rates of closing (per year) of shops, each over its own stretches of time."""

    starts: Array  # (shops, stretches) days since 1970, ascending, the first the opening
    rates: Array  # (shops, stretches)

    def until(self, end: Array) -> Array:
        """The rate summed up from the opening to `end` (days since 1970)."""
        ends = np.concatenate([self.starts[:, 1:], np.full((len(self.starts), 1), np.inf)], axis=1)
        spent = np.clip(np.minimum(ends, end[:, None]) - self.starts, 0.0, None)
        found: Array = (spent * self.rates).sum(axis=1) / YEAR
        return found

    def when(self, total: Array) -> Array:
        """The day (since 1970) at which the rate has summed up to `total`."""
        steps = np.diff(self.starts, axis=1) * self.rates[:, :-1] / YEAR
        sums = np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=1)], axis=1)
        at = (sums <= total[:, None]).sum(axis=1) - 1
        rows = np.arange(len(at))
        found: Array = self.starts[rows, at] + (total - sums[rows, at]) / self.rates[rows, at] * YEAR
        return found


def rates_of(trade: Array, dong: Array, opened: Array, ground: Ground) -> Rates:
    """The rates of shops of `trade` in `dong` that opened on `opened` (days since 1970)."""
    table = np.array([each.rates for each in trades()])
    days = [np.asarray(each, "datetime64[D]").astype(float) for period in periods() for each in (period.first, period.last + 1)]  # fmt: skip
    cuts = [opened, *(opened + age * YEAR for age in AGES), *(np.maximum(opened, day) for day in days)]
    starts = np.sort(np.column_stack(cuts), axis=1)
    ends = np.concatenate([starts[:, 1:], starts[:, -1:] + 1], axis=1)
    middle = (starts + ends) / 2
    age = (middle - opened[:, None]) / YEAR
    band = np.searchsorted(AGES, age, side="right")
    found = table[trade[:, None], band] * risk(ground.dongs.kind)[trade, dong][:, None]
    for period, first, after in zip(periods(), days[::2], days[1::2], strict=True):
        there = _there(period.dong, ground)[dong][:, None]
        found = np.where(there & (middle >= first) & (middle < after), found * period.closing, found)
    return Rates(starts, found)


def _there(name: str, ground: Ground) -> Array:
    """The 행정동 in which a period counts."""
    return np.array([not name or each == name for each in ground.dongs.name])


def live(city: City, capacity: Array, years: Array) -> Lives:
    """All shops that were there on the first day of the registry or opened later.

    `capacity`: (dongs, years) how much room for shops each 행정동 has in each of `years`; the last column is that of now.
    """
    opened, trade, dong = _openings(city, capacity, years)
    ground, rng = city.get(Ground), city.rng("shops.ends")
    rates = rates_of(trade, dong, opened.astype(float), ground)
    share = lore("cancelled")
    total = rng.exponential(size=len(opened)) / (1 + share)
    ended = np.floor(rates.when(total)).astype(np.int64) + 1
    ended += np.where(_weekday(ended) > 4, 7 - _weekday(ended), 0)  # offices work from Monday to Friday
    cancelled = rng.random(len(opened)) < share / (1 + share)
    last = int(np.datetime64(city.deliveries[1].day, "D").astype(np.int64))
    start = np.datetime64(lore("registry_start"), "D").astype(np.int64)
    gone = ended <= last
    kept = ended >= start
    cause = np.where(gone, np.where(cancelled, CANCELLED, CLOSED), 0).astype(np.int8)
    days = np.where(gone, ended.astype("datetime64[D]"), _NAT)
    resting, succession = _rests(city, opened, ended), _successions(city, opened, ended, last)
    columns = (trade, dong, opened.astype("datetime64[D]"), days, cause, *resting, *succession)
    return Lives(*(column[kept] for column in columns))


def _openings(city: City, capacity: Array, years: Array) -> tuple[Array, Array, Array]:
    """Days of opening, trades and 행정동, in the order of days; as many as leave the wanted number alive."""
    ground, rng = city.get(Ground), city.rng("shops.openings")
    until = np.datetime64(city.deliveries[1].day, "M")
    months = np.arange(_FIRST, until + 1)
    year = months.astype("datetime64[Y]").astype(np.int64) + 1970
    room = capacity[:, np.clip(year - years[0], 0, len(years) - 1)]
    for period in periods():
        inside = (months >= period.first.astype("datetime64[M]")) & (
            months <= period.last.astype("datetime64[M]")
        )
        room = np.where(_there(period.dong, ground)[:, None] & inside, room * period.opening, room)
    dongs, at = (each.ravel() for each in np.indices(room.shape))
    middle = months[at].astype("datetime64[D]").astype(float) + 15
    end = np.full(len(at), float(np.datetime64(city.deliveries[0].day, "D").astype(np.int64)))
    drawn = []
    for number, trade in enumerate(trades()):
        wish = room.ravel() * np.exp(trade.growth * (year[at] - year[-1]))
        rates = rates_of(np.full(len(at), number), dongs, middle, ground)
        alive = np.exp(-(1 + lore("cancelled")) * rates.until(end)) * (middle <= end)
        scale = city.setting.count(trade.living) / (wish * alive).sum()
        count = rng.poisson(wish * scale)
        drawn.append(
            np.column_stack([np.repeat(each, count) for each in (np.full(len(at), number), dongs, at)])
        )
    rows = np.concatenate(drawn)
    starts, ends = (months[rows[:, 2]] + add for add in (0, 1))
    first, after = (each.astype("datetime64[D]").astype(np.int64) for each in (starts, ends))
    opened = first + (rng.random(len(first)) * (after - first)).astype(np.int64)
    opened -= np.maximum(_weekday(opened) - 4, 0)
    order = np.lexsort((rows[:, 1], rows[:, 0], opened))
    return opened[order], rows[order, 0], rows[order, 1]


def _weekday(day: Array) -> Array:
    """0 Monday … 6 Sunday, of days since 1970."""
    return (day + 3) % 7


def _rests(city: City, opened: Array, ended: Array) -> tuple[Array, Array]:
    """A suspension for some, begun and ended within the life of the shop, not known before it begins."""
    rng, rate = city.rng("shops.rests"), lore("suspension")["rate"]
    begin = opened + (rng.exponential(size=len(opened)) / rate * YEAR).astype(np.int64)
    end = begin + rng.integers(28, 366, len(begin))
    happened = (begin > opened + 60) & (end < ended - 14)
    return tuple(np.where(happened, each.astype("datetime64[D]"), _NAT) for each in (begin, end))  # type: ignore[return-value]


def _successions(city: City, opened: Array, ended: Array, last: int) -> tuple[Array, Array]:
    rng, told = city.rng("shops.successions"), lore("succession")
    when = opened + ((1 + rng.exponential(size=len(opened)) / told["rate"]) * YEAR).astype(np.int64)
    happened = (when < ended - 30) & (when <= last)
    renamed = happened & (rng.random(len(when)) < told["renamed"])
    return np.where(happened, when.astype("datetime64[D]"), _NAT), renamed
