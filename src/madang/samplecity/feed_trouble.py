"""How the live feed misbehaves, as the services of public bodies do: which request meets what, which minute comes late.

All of it is a function of (seed, number of the request) or (seed, minute), so that it can be expected.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.weather.noise import hashed

# share of the requests that meet each; no request meets two
RATES: Mapping[str, float] = {
    "limit": 0.010,  # resultCode 22 in an answer with status 200
    "key": 0.005,  # resultCode 30, though the key is the one that worked before
    "http_error": 0.010,  # resultCode 04
    "html": 0.010,  # a page that says there is an error, with status 200
    "slow": 0.030,  # the answer comes after some seconds
    "cut": 0.010,  # the text ends before its end
    "wrong_type": 0.015,  # JSON that says it is text/html
    "stale": 0.030,  # the answer of some minutes ago once more
    "shuffled": 0.030,  # rows in no order
    "twice": 0.030,  # some rows stand there twice
    "missing": 0.020,  # some rows are not there
}
LATE = 0.05  # share of the minutes of a site that come some minutes late
LATEST_MIN = 7


@dataclass(frozen=True)
class Trouble:
    """What goes wrong and how often. `rates` by the names of RATES; what is not in it never happens."""

    seed: int
    rates: Mapping[str, float] = field(default_factory=lambda: dict(RATES))
    late: float = LATE

    @classmethod
    def times(cls, seed: int, factor: float) -> Trouble:
        """The usual rates times `factor`: 0 is a feed without any trouble. Together they never pass 1."""
        factor = min(factor, 1.0 / sum(RATES.values()))
        return cls(seed, {name: rate * factor for name, rate in RATES.items()}, min(1.0, LATE * factor))

    def of_request(self, number: int) -> str:
        """What the request of this number (from 1) meets: a name of RATES, or "" where all is well."""
        drawn = float(hashed(self.seed, "feed.request", np.array([number]))[0])
        for name in RATES:
            rate = self.rates.get(name, 0.0)
            if drawn < rate:
                return name
            drawn -= rate
        return ""

    def amount(self, number: int, name: str) -> float:
        """How bad it is, from 0 to 1."""
        return float(hashed(self.seed, f"feed.{name}", np.array([number]))[0])

    def seconds(self, number: int) -> float:
        """How long a slow answer takes: two to eight seconds."""
        return round(2.0 + 6.0 * self.amount(number, "slow"), 2)

    def minutes_old(self, number: int) -> int:
        """Of which minute a stale answer is: three to fifteen minutes ago."""
        return 3 + int(13 * self.amount(number, "stale"))

    def lateness(self, kind: str, minutes: Array, sites: int) -> Array:
        """How many minutes after its own each value arrives: (minutes, sites)."""
        found = np.zeros((len(minutes), sites), np.int64)
        for site in range(sites):
            late = hashed(self.seed, f"feed.late.{kind}", minutes, site) < self.late
            by = 1 + np.floor(LATEST_MIN * hashed(self.seed, f"feed.by.{kind}", minutes, site)).astype(
                np.int64
            )
            found[:, site] = np.where(late, by, 0)
        return found

    def expected(self, first: int, last: int) -> Iterator[tuple[int, str]]:
        """The requests from `first` to `last` that meet something, with what."""
        for number in range(first, last + 1):
            if name := self.of_request(number):
                yield number, name
