"""민원처리현황 월보: what came and what was done in a month, by department, with subtotals, as a document."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import Array, Delivery
from madang.samplecity.layers.voices.model import Complaints
from madang.samplecity.layers.voices.topics import common
from madang.samplecity.sheet_paper import Cell, DocumentPaper, Sheet
from madang.samplecity.words import words

_HEADER = (
    ("년월", "국", "부서", "접수", "접수", "접수", "처리", "처리", "처리", "처리", "처리중", "평균처리일수"),
    ("", "", "", "계", "이월", "신규", "계", "답변완료", "이송", "취하", "", ""),
)
_BUREAUS = {
    "행정국": ("민원여권과", "자치행정과", "세무과", "토지정보과", "감사담당관"),
    "경제문화국": ("경제일자리과", "문화체육과", "도서관과", "스마트도시과", "농업동물과"),
    "복지환경국": ("복지정책과", "어르신장애인과", "아동청소년과", "보건행정과", "위생과", "청소행정과", "환경과"),
    "도시안전국": ("교통행정과", "주차관리과", "도로과", "공원녹지과", "건축과", "주택과", "도시재생과", "안전총괄과", "치수과"),
}  # fmt: skip


def report(delivery: Delivery, complaints: Complaints) -> DocumentPaper:
    """The report of the last month of a delivery; a sum of the first department is wrong."""
    month = np.datetime64(delivery.day, "M")
    first = month.astype("datetime64[s]")
    after = (month + 1).astype("datetime64[s]")
    department = np.array(complaints.department)
    known = [name for name in words("city")["departments"] if (department == name).any()]
    status, fate = common().told["status"], np.array(complaints.fate)
    came, left = complaints.received, complaints.answered
    open_before = (came < first) & (left >= first)
    new = (came >= first) & (came < after)
    done = (open_before | new) & (left < after)
    taken = (left.astype("datetime64[D]") - came.astype("datetime64[D]")).astype(float)
    rows: list[list[Cell]] = []
    total = np.zeros(8, np.int64)
    for bureau, names in _BUREAUS.items():
        mine, part = [name for name in names if name in known], np.zeros(8, np.int64)
        for name in mine:
            of = department == name
            counts = [int((of & mask).sum()) for mask in (open_before, new)]
            ends = [int((of & done & (fate == status[key])).sum()) for key in ("done", "moved", "gone")]
            line = [sum(counts), *counts, sum(ends), *ends, sum(counts) - sum(ends)]
            rows.append([str(month), bureau, name, *line, _mean(taken[of & done])])
            total += np.array(line)
            part += np.array(line)
        within = np.isin(department, mine)
        several = len(np.unique(department[within & done])) > 1  # the mean of one alone is its sum, too
        rows.append([str(month), bureau, "소계", *part.tolist(), _mean(taken[within & done & several])])
    rows.append(
        [
            str(month),
            "합계",
            "합계",
            *total.tolist(),
            _mean(taken[done]),
        ]
    )
    year, at = str(month).split("-")
    sheet = Sheet(
        "월보",
        _HEADER,
        rows,
        titles=[f"{year}년 {int(at)}월 민원처리현황"],
        notes=["※ 국민신문고, 안전신문고, 누리집, 120 전화, 방문, 우편 접수분. 단위: 건, 일"],
    )
    wrong = int(str(rows[0][6])) + 10
    sheet.plant(0, "처리_계", str(wrong), "row_rule")
    first_sum = [row[2] for row in rows].index("소계")
    for summed in (
        first_sum,
        len(rows) - 1,
    ):  # right themselves, no longer the sums of what stands above them
        sheet.plant(summed, "처리_계", str(rows[summed][6]), "total_mismatch")
    return DocumentPaper(f"민원/민원처리현황_월보_{delivery.stamp}.hwpx", [sheet])


def _mean(days: Array) -> float | str:
    """The mean, "-" where nothing was handled: a 0 would be a time, and a subtotal could pass for the sum."""
    return round(float(days.mean()), 1) if len(days) else "-"
