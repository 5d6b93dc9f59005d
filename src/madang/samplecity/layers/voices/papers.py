"""The papers of voices: the export of complaints, letters to the mayor, the press, and the month's report of departments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.model import Complaints, MayorLetters, Press, Voices
from madang.samplecity.layers.voices.report import report
from madang.samplecity.layers.voices.topics import common
from madang.samplecity.map_paper import projected
from madang.samplecity.paper import Column, Paper
from madang.samplecity.sheet_paper import Cell, Sheet, WorkbookPaper
from madang.samplecity.text_paper import TextPaper


def papers(city: City, delivery: Delivery) -> Iterator[Paper]:
    """The files of a delivery: tables as of its day, whole, as offices export them."""
    voices = city.get(Voices)
    yield _complaints(city, delivery, voices.complaints)
    resident = [each.row for each in voices.personal if each.kind == "rrn"]
    yield _mayor(city, delivery, voices.mayor, resident)
    yield report(delivery, voices.complaints)
    yield _press(city, delivery, voices.press)


class Apart:
    """Rows to be planted, none of which is the neighbour of another: a doubled number needs the row before as it was."""

    def __init__(self, order: Sequence[int], taken: Iterable[int] = ()) -> None:
        self._order = order
        self._near = {row + step for row in taken for step in (-1, 0, 1)}

    def some(self, mask: Array, many: int) -> list[int]:
        """The next rows of `mask`."""
        found: list[int] = []
        for row in self._order:
            if len(found) < many and mask[row] and row not in self._near:
                found.append(row)
                self._near |= {row - 1, row, row + 1}
        return found


def end_of(delivery: Delivery) -> np.datetime64:
    """The first moment after a delivery's last day."""
    return np.datetime64(str(delivery.day), "s") + np.timedelta64(86400, "s")


def states(delivery: Delivery, complaints: Complaints, rows: Array) -> list[str]:
    """처리상태 on the last day of a delivery."""
    told, now = common().told["status"], end_of(delivery)
    answered = (complaints.answered[rows] < now).tolist()
    fresh = (complaints.received[rows] >= now - np.timedelta64(30, "h")).tolist()
    return [
        complaints.fate[row] if done else told["waiting"] if new else told["working"]
        for row, done, new in zip(rows.tolist(), answered, fresh, strict=True)
    ]


def _complaints(city: City, delivery: Delivery, complaints: Complaints) -> TextPaper:
    now = end_of(delivery)
    rows = np.flatnonzero(complaints.received < now)
    listed = rows.tolist()
    located, done = complaints.located[rows], complaints.answered[rows] < now
    lon, lat = projected(complaints.x[rows], complaints.y[rows], 4326)
    liked = np.where(done, complaints.satisfaction[rows], 0).tolist()
    answered = np.datetime_as_string(complaints.answered[rows], unit="m")
    columns: dict[str, Column] = {
        "접수번호": [complaints.id[row] for row in listed],
        "접수일시": complaints.received[rows],
        "접수경로": [complaints.channel[row] for row in listed],
        "민원유형": [complaints.labels[at] for at in complaints.topic[rows].tolist()],
        "민원제목": [complaints.title[row] for row in listed],
        "민원내용": [complaints.body[row] for row in listed],
        "민원인번호": [f"M{each:06d}" for each in complaints.person[rows].tolist()],
        "최초배정부서": [complaints.first_department[row] for row in listed],
        "처리부서": [complaints.department[row] for row in listed],
        "처리상태": states(delivery, complaints, rows),
        "처리기한": complaints.due[rows],
        "답변일시": [each.replace("T", " ") + ":00" if on else "" for each, on in zip(answered.tolist(), done.tolist(), strict=True)],
        "발생지 주소": [complaints.address[row] for row in listed],
        "위도": _degrees(lat, located),
        "경도": _degrees(lon, located),
        "만족도": [each or "" for each in liked],
    }  # fmt: skip
    paper = TextPaper(path=f"민원/민원접수_{delivery.stamp}.csv", columns=columns)
    _plant_complaints(paper, city, delivery, located, done, np.array(liked))
    return paper


def _degrees(value: Array, located: Array) -> list[str]:
    """Six digits after the point; never one digit six times, which looks made up."""
    texts = [f"{each:.6f}" if on else "" for each, on in zip(value.tolist(), located.tolist(), strict=True)]
    return [
        f"{text[:-1]}{(int(text[-1]) + 1) % 10}" if text and len(set(text[-6:])) == 1 else text
        for text in texts
    ]


def _plant_complaints(
    paper: TextPaper, city: City, delivery: Delivery, located: Array, done: Array, liked: Array
) -> None:
    """About 0.2 % of the rows; in what both deliveries hold, the same rows."""
    rng, count = city.rng("voices.slips"), city.setting.count(9, 1)
    old = min(len(done), int(len(done) * 0.9))
    order = rng.permutation(old)
    apart = Apart(order.tolist())
    some, anything = apart.some, np.ones(len(done), bool)
    columns = paper.columns
    for row in some(done, count):
        received = np.asarray(columns["접수일시"])[row]
        early = str(received - np.timedelta64(2 * 86400 + 3600, "s")).replace("T", " ")
        paper.plant(row, "답변일시", early, "row_rule")
    for row in some(anything, count):
        paper.plant(row, "민원제목", "", "required_missing")
    for row in some(anything, count):
        month = str(np.asarray(columns["접수일시"])[row])[:8]
        paper.plant(row, "접수일시", f"{month}32 10:20", "cell_not_datetime")
    for row in some(liked > 0, count):
        paper.plant(row, "만족도", "9", "row_rule")
    for row in some(anything, count):
        paper.plant(row, "처리상태", "처리즁", "code_not_listed")
    for row in some(located, count):
        latitude, longitude = columns["위도"][row], columns["경도"][row]
        paper.plant(row, "위도", longitude, "coordinate_swapped")
        paper.plant(row, "경도", latitude, "point_swapped")
    for row in some(np.arange(len(done)) > 0, count):
        paper.plant(row, "접수번호", columns["접수번호"][row - 1], "key_duplicate")


def _mayor(city: City, delivery: Delivery, letters: MayorLetters, resident: list[int]) -> WorkbookPaper:
    """`resident`: letters with a resident number, which is masked and reported."""
    told, now = common().told["status"], end_of(delivery)
    rows: list[list[Cell]] = []
    for at in np.flatnonzero(letters.received < now).tolist():
        done = bool(letters.answered[at] < now)
        rows.append([
            letters.id[at], str(letters.received[at]).replace("T", " "), letters.title[at], letters.body[at],
            letters.department[at], told["done"] if done else told["working"],
            str(letters.answered[at].astype("datetime64[s]")).replace("T", " ") if done else "",
            letters.answer[at] if done else "", int(letters.views[at]),
        ])  # fmt: skip
    header = ["번호", "등록일시", "제목", "내용", "담당부서", "처리상태", "답변일시", "답변내용", "조회수"]
    sheet = Sheet(
        "구청장에게 바란다",
        [header],
        rows,
        titles=[f"구청장에게 바란다 접수·답변 현황 ({delivery.day:%Y.%m.%d}. 현재)"],
    )
    rng = city.rng("voices.slips.mayor")
    apart, many = Apart(rng.permutation(int(len(rows) * 0.9)).tolist(), resident), city.setting.count(2, 1)
    answered = np.array([bool(row[6]) for row in rows])
    for row in apart.some(answered, many):
        sheet.plant(row, "답변일시", "2019-03-04 09:00:00", "row_rule")
    for row in apart.some(answered, many):
        sheet.plant(row, "제목", "", "required_missing")
    for row in resident:
        if row < len(rows):
            sheet.plant(row, "내용", letters.body[row], "cell_rrn_masked")
    return WorkbookPaper(f"민원/구청장에게바란다_{delivery.stamp}.xlsx", [sheet])


def _press(city: City, delivery: Delivery, press: Press) -> TextPaper:
    names = city.get(Ground).dongs.name
    rows = np.flatnonzero(press.day <= np.datetime64(delivery.day, "D"))
    listed = rows.tolist()
    columns: dict[str, Column] = {
        "기사번호": [f"N{row + 1:06d}" for row in listed],
        "보도일자": press.day[rows],
        "언론사": [press.paper[row] for row in listed],
        "지면": [press.section[row] for row in listed],
        "기사제목": [press.title[row] for row in listed],
        "기사요약": [press.summary[row] for row in listed],
        "논조": [press.tone[row] for row in listed],
        "관련동": [names[at] if at >= 0 else "" for at in press.dong[rows].tolist()],
        "관련부서": [press.department[row] for row in listed],
    }
    paper = TextPaper(path=f"언론/언론보도_{delivery.stamp}.csv", columns=columns, encoding="utf-8-sig")
    apart = Apart(city.rng("voices.slips.press").permutation(int(len(rows) * 0.9)).tolist())
    many, anything = city.setting.count(4, 1), np.ones(len(rows), bool)
    for row in apart.some(anything, many):
        paper.plant(row, "논조", "부정적", "code_not_listed")
    for row in apart.some(anything, many):
        for rule in ("cell_no_such_day", "required_missing"):  # a day that is none leaves the cell empty
            paper.plant(row, "보도일자", f"{str(press.day[row])[:8]}32", rule)
    for row in apart.some(anything, many):
        paper.plant(row, "언론사", "", "required_missing")
    for row in apart.some(np.arange(len(rows)) > 0, many):
        paper.plant(row, "기사번호", columns["기사번호"][row - 1], "key_duplicate")
    return paper
