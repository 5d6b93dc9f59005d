"""Courses: for whom, when and how they are held goes with what they are called."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from madang.samplecity.layers.facilities.kinds.names import houses, joined, of_dong
from madang.samplecity.layers.facilities.rows import Cells, Rows
from madang.samplecity.paper import Column


def course(rows: Rows) -> Mapping[str, Column]:
    start = np.datetime64(rows.day.isoformat()) - 60 + rows.rng.integers(0, 120, len(rows))
    opening = start - rows.whole(14, 30)
    before, subject = rows.pick(rows.told["앞"]), rows.pick(rows.told["강좌"])
    evening, weekend = (np.array([each == word for each in before]) for word in ("저녁", "주말"))
    days = rows.where(weekend, rows.pick(["토", "일", "토+일"]), rows.pick(rows.told["요일"]))
    saturday = np.array([each in ("토", "일", "토+일") for each in days])
    hour = np.where(evening, 19, np.where(saturday, rows.whole(10, 15), rows.whole(9, 17)))
    length = rows.whole(1, 2)
    paid = rows.flags(0.55)
    at_desk = np.array([each in rows.told["온라인강좌"] for each in subject])
    names = joined(before, subject, rows.pick(rows.told["뒤"]))
    return {
        "강좌명": _terms(names),
        "강사명": joined(rows.pick(rows.told["성"]), rows.pick(rows.told["이름"]), by=""),
        "교육시작일자": start,
        "교육종료일자": start + 7 * rows.whole(4, 12),
        "교육시작시각": [f"{each:02d}:00" for each in hour.tolist()],
        "교육종료시각": [f"{each:02d}:{minute:02d}" for each, minute in zip((hour + length).tolist(), rows.whole(0, 30, 30).tolist(), strict=True)],
        "교육대상구분": [rows.told["대상"].get(each, other) for each, other in zip(before, rows.pick(rows.told["다른대상"]), strict=True)],
        "교육방법구분": rows.where(at_desk, rows.pick(rows.told["방법"]), "오프라인"),
        "운영요일": days,
        "교육장소": joined(houses(rows, of_dong(rows, ["평생학습관"] * len(rows))), _rooms(rows, subject)),
        "수강료": np.where(paid, rows.whole(10_000, 60_000, 5_000), 0),
        "운영기관명": [f"{office}청" for office in rows.offices],
        "접수시작일자": opening,
        "접수종료일자": opening + rows.whole(5, 12),
    }  # fmt: skip


def _rooms(rows: Rows, subjects: Cells) -> Cells:
    rooms = rows.pick(["제1강의실", "제2강의실", "다목적실"])
    return [rows.told["방"].get(subject, room) for subject, room in zip(subjects, rooms, strict=True)]


def _terms(names: Cells) -> Cells:
    """A course that comes again is its next term."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} {seen[name]}기")
    return found
