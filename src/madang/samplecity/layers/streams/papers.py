"""The files of the sensors: the last days before each delivery, with what the sensors got wrong."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.streams import parking, sensors, traffic
from madang.samplecity.layers.streams.hourly import hourly
from madang.samplecity.layers.streams.model import Places, Streams
from madang.samplecity.layers.streams.sites import DAY, column, number_of
from madang.samplecity.map_paper import projected
from madang.samplecity.paper import Column, Paper
from madang.samplecity.text_paper import TextPaper
from madang.samplecity.words import words

DAYS = {"rain": 3, "river": 3, "traffic": 5, "parking": 3}
_TWICE = 5  # rows that the collector wrote a second time
KOREAN = {"rain": "강우", "river": "수위", "traffic": "교통", "parking": "주차"}


def papers(city: City, delivery: Delivery) -> Iterator[Paper]:
    streams = city.get(Streams)
    for kind, (name, encoding) in _FILES.items():
        rng = city.rng(f"streams.twice.{kind}.{delivery.number}")
        paper = _paper(streams, kind, minutes(kind, delivery), rng)
        paper.path, paper.encoding = f"관측/{name}_{delivery.stamp}.csv", encoding
        yield paper
    yield _sites(streams, delivery)
    yield hourly(city, delivery)


_FILES = {
    "rain": ("강우_1분", "cp949"),
    "river": ("하천수위_1분", "cp949"),
    "traffic": ("교통소통_1분", "utf-8-sig"),
    "parking": ("주차장_실시간", "utf-8"),
}


def minutes(kind: str, delivery: Delivery) -> Array:
    """The minutes of the file of a delivery: some days, the last of which is the day of the delivery."""
    end = (number_of(delivery.day) + 1) * DAY
    found: Array = np.arange(end - DAYS[kind] * DAY, end)
    return found


def _paper(streams: Streams, kind: str, when: Array, rng: np.random.Generator) -> TextPaper:
    told = sensors.told(streams.signals, kind, when)
    places: Places = getattr(streams, kind)
    row, site = np.nonzero(told.there)
    fine = np.flatnonzero(told.fault[row, site] == sensors.FINE)
    order = np.sort(np.append(np.arange(len(row)), rng.choice(fine, _TWICE, replace=False)))
    row, site, twice = row[order], site[order], np.flatnonzero(order[1:] == order[:-1]) + 1
    time = when[row].astype("datetime64[m]")
    code, name = np.array(places.code)[site], np.array(places.name)[site]
    value, fault = told.value[row, site], told.fault[row, site]
    second = None if told.second is None else told.second[row, site]
    columns: dict[str, Column]
    if kind == "rain":
        columns = {"관측일시": time, "우량관측소코드": code, "우량관측소명": name, "강우량(mm)": value}
    elif kind == "river":
        columns = {
            "관측일시": time,
            "수위관측소코드": code,
            "수위관측소명": name,
            "수위(m)": value,
            "유량(㎥/s)": second,
        }
    elif kind == "traffic":
        state = np.array([*traffic.STATES, ""])[np.asarray(told.state)[row, site]]
        columns = {
            "생성일시": time,
            "구간ID": code,
            "속도(km/h)": value,
            "교통량(대)": second,
            "소통상태": state,
        }
    else:
        columns = _parking_columns(time, site, value, np.asarray(told.state)[row, site])
    paper = TextPaper(columns=columns)
    _plant(paper, kind, value, fault)
    first = next(iter(columns))
    for at in twice.tolist():
        for rule in ("key_duplicate", "row_duplicate"):
            paper.plant(at, first, str(time[at]).replace("T", " "), rule)
    return paper


def _parking_columns(time: Array, site: Array, cars: Array, state: Array) -> dict[str, Column]:
    spaces, cars = column("parking", "spaces")[site], cars.astype(np.int64)
    left = np.where(cars < 0, "", np.maximum(spaces - cars, 0).astype(str))
    return {
        "갱신일시": time,
        "주차장관리번호": column("parking", "code")[site],
        "주차장명": column("parking", "name")[site],
        "총주차면수": spaces,
        "현재주차대수": cars,
        "가용주차면수": left,
        "운영상태": np.array(parking.STATES)[state],
    }


_RULES = {  # kind and fault: header, rule, severity
    ("rain", sensors.FAULT): ("강우량(mm)", "quantity_negative", "error"),
    ("river", sensors.FAULT): ("수위(m)", "quantity_negative", "error"),
    ("river", sensors.ZERO): ("수위(m)", "row_rule", "warning"),
    ("traffic", sensors.FAULT): ("속도(km/h)", "quantity_negative", "error"),
    ("traffic", sensors.NO_STATE): ("소통상태", "code_not_listed", "error"),
    ("parking", sensors.FAULT): ("현재주차대수", "quantity_negative", "error"),
    ("parking", sensors.TOO_MANY): ("현재주차대수", "row_rule", "error"),
}


def _plant(paper: TextPaper, kind: str, value: Array, fault: Array) -> None:
    """Every fault that intake has to report; gaps and values that stand still are in the truth only."""
    for (of, number), (header, rule, severity) in _RULES.items():
        for row in np.flatnonzero(fault == number).tolist() if of == kind else ():
            said = str(int(value[row])) if kind == "parking" else repr(float(value[row]))
            paper.plant(row, header, NO_STATE if number == sensors.NO_STATE else said, rule, severity)


NO_STATE = "미수집"


def _sites(streams: Streams, delivery: Delivery) -> TextPaper:
    """Where everything is measured, with the levels at which the river is dangerous."""
    kinds = list(KOREAN)
    places: list[Places] = [getattr(streams, kind) for kind in kinds]
    count = [len(each.code) for each in places]
    before, after = sum(count[:1]), sum(count[2:])
    longitude, latitude = projected(
        np.concatenate([each.x for each in places]), np.concatenate([each.y for each in places]), 4326
    )
    level = column("river", "thresholds")
    names = [
        name if kind != "traffic" else ""
        for kind, each in zip(kinds, places, strict=True)
        for name in each.name
    ]

    def only(kind: str, values: list[str]) -> list[str]:
        at = kinds.index(kind)
        return [""] * sum(count[:at]) + values + [""] * sum(count[at + 1 :])

    columns: dict[str, Column] = {
        "관측종류": [KOREAN[kind] for kind, rows in zip(kinds, count, strict=True) for _ in range(rows)],
        "관측지점코드": [code for each in places for code in each.code],
        "관측지점명": names,
        "하천명": only("river", [site["stream"] for site in words("streams")["river"]]),
    }
    for at, name in enumerate(words("streams")["threshold_names"]):
        columns[f"{name}수위(m)"] = (
            [""] * before + [f"{each:.1f}" for each in level[:, at].tolist()] + [""] * after
        )
    columns |= {
        "표준링크ID": only("traffic", list(streams.link)),
        "도로명": only("traffic", list(streams.road)),
        "주차면수": only("parking", column("parking", "spaces").astype(str).tolist()),
        "위도": np.round(latitude, 6),
        "경도": np.round(longitude, 6),
        "데이터기준일자": [delivery.day.isoformat()] * sum(count),
    }
    return TextPaper(path=f"관측/관측지점_{delivery.stamp}.csv", columns=columns)
