"""What was planted in the voices."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from madang.samplecity.city import City
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.model import Voices
from madang.samplecity.layers.voices.topics import common, topics
from madang.samplecity.layers.voices.when import season, span
from madang.samplecity.map_paper import projected


def truths(city: City) -> Mapping[str, pa.Table]:
    """Labels and points of complaints, bursts, topics with their seasons, clusters, personal numbers, press."""
    voices, names = city.get(Voices), city.get(Ground).dongs.name
    return {
        "complaints": _complaints(voices, names),
        "bursts": _bursts(voices, names),
        "topics": _topics(city),
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
            "misrouted": [a != b for a, b in zip(told.first_department, told.department, strict=True)],
        }
    )


def _bursts(voices: Voices, names: tuple[str, ...]) -> pa.Table:
    """`factor`: letters of the days of the burst, of those that would have come."""
    rows = [
        {
            "burst": each.id,
            "topic": each.topic,
            "dong": names[each.dong],
            "start": each.start,
            "end": each.end,
            "extra": each.extra,
            "usual": each.usual,
            "factor": round((each.extra + each.usual) / max(each.usual, 0.01), 2),
        }
        for each in voices.complaints.bursts
    ]
    return pa.Table.from_pylist(rows)


def _topics(city: City) -> pa.Table:
    days = span(city)
    rows = []
    for topic in topics():
        shape = season(topic, days)
        year = shape[-365:]
        peak = int(np.argmax(year))
        rows.append(
            {
                "topic": topic.id,
                "label": topic.label,
                "department": topic.told["department"],
                "share": float(topic.told["share"]),
                "growth_per_year": float(topic.told["trend"]),
                "season_peak_month": int(str(days[-365:][peak])[5:7]),
                "season_amplitude": round(float((year.max() - year.min()) / year.mean()), 3)
                if year.mean()
                else 0.0,
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
