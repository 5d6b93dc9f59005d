"""What the live feed has to tell of a minute: the same values as the files of the city, under the names of open APIs."""

from __future__ import annotations

from typing import Any

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.feed_trouble import Trouble
from madang.samplecity.layers.streams import parking, sensors, traffic
from madang.samplecity.layers.streams.papers import NO_STATE
from madang.samplecity.layers.streams.sites import Signals, codes, column, names

KINDS = sensors.KINDS
CODE = {"rain": "rfobscd", "river": "wlobscd", "traffic": "sectionId", "parking": "prkplceNo"}
Row = dict[str, Any]


def rows(signals: Signals, trouble: Trouble, kind: str, now: int, minutes: int, site: str = "") -> list[Row]:
    """What of the last `minutes` had arrived at minute `now` (since 1970), by time, then site.

    `site` is the code of the one that is asked for; "" all of them. Gaps of the sensors are gaps here.
    """
    when = np.arange(now - max(1, minutes) + 1, now + 1)
    told = sensors.told(signals, kind, when)
    there = told.there & (when[:, None] + trouble.lateness(kind, when, told.there.shape[1]) <= now)
    if site:
        there &= np.array(codes(kind)) == site
    at, which = np.nonzero(there)
    stamps = [
        text.replace("-", "").replace("T", "").replace(":", "")
        for text in np.datetime_as_string(when[at].astype("datetime64[m]")).tolist()
    ]
    picked = _Picked(
        stamps, which, told.value[at, which], _pick(told.second, at, which), _pick(told.state, at, which)
    )
    return _ROWS[kind](picked)


def _pick(values: Array | None, at: Array, which: Array) -> list[Any]:
    return [] if values is None else values[at, which].tolist()


class _Picked:
    """Columns of the rows that are told."""

    def __init__(
        self, stamps: list[str], site: Array, value: Array, second: list[Any], state: list[Any]
    ) -> None:
        self.stamps, self.site, self.value = stamps, site.tolist(), value.tolist()
        self.second, self.state = second, state


def _rain(picked: _Picked) -> list[Row]:
    code, name = codes("rain"), names("rain")
    return [
        {"ymdhm": stamp, "rfobscd": code[site], "rfobsnm": name[site], "rf": value}
        for stamp, site, value in zip(picked.stamps, picked.site, picked.value, strict=True)
    ]


def _river(picked: _Picked) -> list[Row]:
    """A flow that is not known is a blank, as the flood control offices have it."""
    code, name = codes("river"), names("river")
    return [
        {"ymdhm": stamp, "wlobscd": code[site], "wlobsnm": name[site], "wl": level, "fw": flow if flow == flow else " "}
        for stamp, site, level, flow in zip(picked.stamps, picked.site, picked.value, picked.second, strict=True)
    ]  # fmt: skip


def _traffic(picked: _Picked) -> list[Row]:
    code, words = codes("traffic"), [*traffic.STATES, NO_STATE]
    return [
        {"creatDt": stamp, "sectionId": code[site], "speed": speed, "trfvlm": int(vehicles), "trfcSttus": words[state]}
        for stamp, site, speed, vehicles, state in zip(
            picked.stamps, picked.site, picked.value, picked.second, picked.state, strict=True
        )
    ]  # fmt: skip


def _parking(picked: _Picked) -> list[Row]:
    code, name = codes("parking"), names("parking")
    spaces, opens, closes = (column("parking", key).tolist() for key in ("spaces", "open", "close"))
    return [
        {
            "updtDt": stamp,
            "prkplceNo": code[site],
            "prkplceNm": name[site],
            "prkcmprtCo": spaces[site],
            "nowPrkCo": int(cars),
            "avblPrkCo": max(spaces[site] - int(cars), 0) if cars >= 0 else "",
            "operSttus": parking.STATES[state],
            "weekdayOperOpenHhmm": opens[site],
            "weekdayOperColseHhmm": closes[site],  # so misspelled in the standard data of the portal
        }
        for stamp, site, cars, state in zip(
            picked.stamps, picked.site, picked.value, picked.state, strict=True
        )
    ]


_ROWS = {"rain": _rain, "river": _river, "traffic": _traffic, "parking": _parking}
