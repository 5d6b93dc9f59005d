"""What was planted in the streams, and what is true behind what the sensors told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from madang.samplecity.city import Array, City
from madang.samplecity.layers.streams import parking, rain, river, sensors, traffic
from madang.samplecity.layers.streams.model import Streams
from madang.samplecity.layers.streams.papers import DAYS, minutes
from madang.samplecity.layers.streams.sites import DAY, Signals, codes, column, names, number_of
from madang.samplecity.words import words


def truths(city: City) -> Mapping[str, pa.Table]:
    signals = city.get(Streams).signals
    return {
        "flood": _flood(city, signals),
        "delays": _delays(),
        "incidents": _incidents(city, signals),
        "faults": _faults(city, signals),
        "rain_sums": _rain_sums(city, signals),
        "effects": _effects(),
        "sections": _sections(city.get(Streams)),
    }


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows)


def clock(minute: int) -> str:
    return str(np.datetime64(minute, "m")).replace("T", " ")


def _flood(city: City, signals: Signals) -> pa.Table:
    """When each gauge passed each of its levels for the first time in the files, when it fell below again, and its highest."""
    rows = []
    for delivery in city.deliveries:
        when = minutes("river", delivery)
        level = river.level_m(signals, when)
        for gauge, code in enumerate(codes("river")):
            top = int(level[:, gauge].argmax())
            for name, limit in zip(words("streams")["threshold_names"], column("river", "thresholds")[gauge].tolist(), strict=True):  # fmt: skip
                above = np.flatnonzero(level[:, gauge] >= limit)
                if len(above) == 0:
                    continue
                rows.append({
                    "delivery": delivery.number, "station_code": code, "station_name": names("river")[gauge],
                    "threshold": name, "level_m": limit, "passed_at": clock(int(when[above[0]])),
                    "last_above_at": clock(int(when[above[-1]])), "highest_at": clock(int(when[top])),
                    "highest_m": float(level[top, gauge]),
                })  # fmt: skip
    return _table(rows)


def _delays() -> pa.Table:
    """Minutes from the rain to each gauge beyond the first of the hydrograph, and between gauges of the river."""
    wait = column("river", "delay_min").tolist()
    peak = int(river.hydrograph().argmax())
    rows = []
    for at, code in enumerate(codes("river")):
        above = (
            at - 1 if at > 1 else None
        )  # the first is on another stream, the second the highest on the river
        rows.append({
            "station_code": code, "station_name": names("river")[at], "stream": words("streams")["river"][at]["stream"],
            "delay_min": wait[at], "rain_to_peak_min": wait[at] + peak,
            "behind": codes("river")[above] if above is not None else "",
            "behind_min": wait[at] - wait[above] if above is not None else None,
        })  # fmt: skip
    return _table(rows)


def _incidents(city: City, signals: Signals) -> pa.Table:
    rows = []
    for delivery in city.deliveries:
        last = number_of(delivery.day)
        for day in range(last - DAYS["traffic"] + 1, last + 1):
            for each in traffic.incidents(signals, day):
                rows.append({
                    "delivery": delivery.number, "section_code": codes("traffic")[each.section],
                    "begin": clock(each.begin), "end": clock(each.end), "planted": each.planted,
                })  # fmt: skip
    return _table(rows)


def _faults(city: City, signals: Signals) -> pa.Table:
    """Runs of wrong steps, with what was true at their first."""
    rows = []
    for delivery in city.deliveries:
        for kind in sensors.KINDS:
            when = minutes(kind, delivery)
            fault = sensors.told(signals, kind, when).fault
            true = _true(signals, kind, when)
            for site, first, last in _runs(fault):
                rows.append({
                    "delivery": delivery.number, "kind": kind, "code": codes(kind)[site],
                    "fault": sensors.NAMES[fault[first, site]], "begin": clock(int(when[first])),
                    "end": clock(int(when[last])), "steps": last - first + 1, "true_value": float(true[first, site]),
                })  # fmt: skip
    return _table(rows)


def _runs(fault: Array) -> list[tuple[int, int, int]]:
    """(site, first step, last step) of every run of one fault."""
    found = []
    for site in range(fault.shape[1]):
        line = fault[:, site]
        edges = np.flatnonzero(np.diff(line.astype(np.int64), prepend=0, append=0))
        starts = [at for at in edges.tolist() if at < len(line) and line[at] != sensors.FINE]
        for start in starts:
            later = edges[edges > start]
            found.append((site, start, int(later[0]) - 1))
    return found


def _true(signals: Signals, kind: str, when: Array) -> Array:
    if kind == "rain":
        return rain.rain_mm(signals, when)
    if kind == "river":
        return river.level_m(signals, when)
    return traffic.traffic(signals, when)[0] if kind == "traffic" else parking.occupied(signals, when)


def _rain_sums(city: City, signals: Signals) -> pa.Table:
    """Rain of the days in the files at each gauge, before faults; at the first gauge what the weather says."""
    rows = []
    for delivery in city.deliveries:
        last = number_of(delivery.day)
        for day in range(last - DAYS["rain"] + 1, last + 1):
            sums = rain.day_rain(signals, day).sum(axis=0)
            for gauge, code in enumerate(codes("rain")):
                rows.append({"delivery": delivery.number, "day": clock(day * DAY)[:10], "station_code": code,
                             "rain_mm": round(float(sums[gauge]), 1)})  # fmt: skip
    return _table(rows)


def _effects() -> pa.Table:
    return _table([
        {"effect": "speed_per_mm_h", "value": -traffic.WET_PER_MM_H, "of": "log of the speed, each mm/h of rain in the 15 minutes before"},
        {"effect": "vehicles_per_mm_h", "value": -traffic.FEWER_WHEN_WET, "of": "share of the vehicles, each mm/h"},
        {"effect": "market_day_vehicles", "value": traffic.MARKET_SHARE, "of": "share more at 11:30 on sections of the market"},
        {"effect": "level_exponent", "value": river.EXPONENT, "of": "rise of the level over the water that runs off"},
    ])  # fmt: skip


def _sections(streams: Streams) -> pa.Table:
    """What each section of road is used for."""
    kinds, full = traffic.characters()
    return pa.table(
        {
            "section_code": list(streams.traffic.code),
            "kind": kinds,
            "rank": traffic.ranks(),
            "link_code": list(streams.link),
            "free_kmh": [traffic.FREE_KMH[rank] for rank in traffic.ranks().tolist()],
            "morning": full[:, 0],
            "evening": full[:, 1],
            "day": full[:, 2],
        }
    )
