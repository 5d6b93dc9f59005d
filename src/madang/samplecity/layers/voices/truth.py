"""What was planted in the voices."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from madang.samplecity.city import City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.effects import departments, effects, shape
from madang.samplecity.layers.voices.model import Burst, Complaints, Voices
from madang.samplecity.layers.voices.topics import common, topics
from madang.samplecity.layers.voices.when import span
from madang.samplecity.map_paper import projected


def truths(city: City) -> Mapping[str, pa.Table]:
    """Labels and points of complaints, bursts, topics, effects, rules of departments, clusters, personal numbers, press."""
    voices, names = city.get(Voices), city.get(Ground).dongs.name
    return {
        "complaints": _complaints(voices, names),
        "bursts": _bursts(voices, names),
        "topics": _topics(city),
        "effects": effects(city, voices.complaints),
        "departments": departments(voices.complaints),
        "clusters": _clusters(voices),
        "personal": _personal(voices),
        "mayor": pa.table(
            {
                "id": list(voices.mayor.id),
                "topic": [voices.complaints.topics[at] for at in voices.mayor.topic.tolist()],
                "dong": [names[at] for at in voices.mayor.dong.tolist()],
            }
        ),
        "press": pa.table(
            {
                "number": [f"N{row + 1:06d}" for row in range(len(voices.press.day))],
                "topic": list(voices.press.topic),
                "burst": list(voices.press.burst),
            }
        ),
    }


def _complaints(voices: Voices, names: tuple[str, ...]) -> pa.Table:
    told = voices.complaints
    lon, lat = projected(told.x, told.y, 4326)
    registers = common().registers
    return pa.table(
        {
            "id": list(told.id),
            "topic": [told.topics[at] for at in told.topic.tolist()],
            "dong": [names[at] for at in told.dong.tolist()],
            "lon": np.round(lon, 6),
            "lat": np.round(lat, 6),
            "located": told.located,
            "person": [f"M{at:06d}" for at in told.person.tolist()],
            "cluster": list(told.cluster),
            "burst": list(told.burst),
            "register": [registers[at] for at in told.register.tolist()],
            "department": list(told.department),
            "likely_department": list(told.likely_department),
            "routed_by": list(told.routed_by),
            "misrouted": [a != b for a, b in zip(told.first_department, told.department, strict=True)],
        }
    )


def _bursts(voices: Voices, names: tuple[str, ...]) -> pa.Table:
    """Bursts with what is in the data: letters of the same topic from the same 행정동 are counted.

    `usual`: those on the days of the burst that did not come with it. `around`: those of the 60 days before and after,
    as far as there are letters. `factor`: letters a day of the burst for each a day around it, of which one at least.
    """
    rows = []
    for each in voices.complaints.bursts:
        usual, around, factor = _counted(voices.complaints, each)
        rows.append(
            {
                "burst": each.id,
                "topic": each.topic,
                "dong": names[each.dong],
                "start": each.start,
                "end": each.end,
                "extra": each.extra,
                "usual": usual,
                "around": around,
                "factor": factor,
            }
        )
    return pa.Table.from_pylist(rows)


def _counted(told: Complaints, burst: Burst) -> tuple[int, int, float]:
    mine = (told.topic == told.topics.index(burst.topic)) & (told.dong == burst.dong)
    day, days = told.received[mine].astype("datetime64[D]"), told.received.astype("datetime64[D]")
    start, end = np.datetime64(burst.start), np.datetime64(burst.end)
    first, last = max(start - 60, days.min()), min(end + 60, days.max())
    within = int(((day >= start) & (day <= end)).sum())
    around = int(((day >= first) & (day <= last)).sum()) - within
    length = (end - start).astype(int) + 1
    beside = (last - first).astype(int) + 1 - length
    return within - burst.extra, around, round(within / length / (max(around, 1) / beside), 2)


def _topics(city: City) -> pa.Table:
    """Growth and season are those of the planted rates of all 행정동 together, without the weather and without bursts."""
    days, dongs = span(city), city.get(Ground).dongs
    rows = []
    for topic in topics():
        planted = shape(topic, days, dongs)
        rows.append(
            {
                "topic": topic.id,
                "label": topic.label,
                "department": topic.told["department"],
                "share": float(topic.told["share"]),
                "growth_per_year": planted.growth_per_year,
                "season_peak_month": planted.peak_month,
                "season_amplitude": planted.amplitude,
                "days_to_answer": float(topic.told["days"]),
                "satisfaction": float(topic.told["pleased"]),
                "weather": "rain" if "rain" in topic.told else "snow" if "snow" in topic.told else "",
                "market_day_factor": float(topic.told.get("market", 1)),
            }
        )
    return pa.Table.from_pylist(rows)


def _clusters(voices: Voices) -> pa.Table:
    """Letters that are nearly the same: R one person again and again, P many persons with one text, N others."""
    told = voices.complaints
    found: dict[str, list[int]] = {}
    for row, name in enumerate(told.cluster):
        if name:
            found.setdefault(name, []).append(row)
    rows = [
        {
            "cluster": name,
            "kind": {"R": "repeated", "P": "petition", "N": "near"}[name[0]],
            "letters": len(members),
            "persons": len({int(told.person[row]) for row in members}),
            "topic": told.topics[int(told.topic[members[0]])],
        }
        for name, members in sorted(found.items())
    ]
    return pa.Table.from_pylist(rows)


def _personal(voices: Voices) -> pa.Table:
    told, mayor = voices.complaints, voices.mayor
    return pa.table(
        {
            "table": [each.file for each in voices.personal],
            "id": [
                told.id[each.row] if each.file == "민원접수" else mayor.id[each.row]
                for each in voices.personal
            ],
            "kind": [each.kind for each in voices.personal],
            "value": [each.value for each in voices.personal],
        }
    )
