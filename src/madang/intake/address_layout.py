"""Headerless address files of 도로명주소 안내시스템, known by the codes that stand in them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from madang.intake.raw import Evidence
from madang.messages import text

_SOUND = 0.95  # of the rows seen must have the codes where the layout has them
_MANAGEMENT = r"\d{25,26}"
_DONG = r"\d{10}"
_ROAD = r"\d{12}"
_PLACE = r"[가-힣]+(?:시|도)"
_FLAG = r"[0-3]?"
_NUMBER = r"\d{0,5}"
_POSTCODE = r"\d{5}|"
_METRES = r"(?:\d+\.?\d*)?"


@dataclass(frozen=True)
class AddressLayout:
    """A layout: its columns, and what must stand in some of them (by position)."""

    name: str
    labels: tuple[str, ...]
    forms: dict[int, str]

    def fits(self, rows: Sequence[Sequence[str]]) -> bool:
        """Whether nearly all rows have the codes of the layout where it has them."""
        whole = [row for row in rows if len(row) == len(self.labels)]
        if not whole or len(whole) < _SOUND * len(rows):
            return False
        patterns = {place: re.compile(form) for place, form in self.forms.items()}
        good = sum(all(p.fullmatch(row[i].strip()) for i, p in patterns.items()) for row in whole)
        return good >= _SOUND * len(rows)

    def evidence(self) -> Evidence:
        """What the receipt says of it."""
        codes = ", ".join(f"{place + 1}: {self.labels[place]}" for place in sorted(self.forms)[:4])
        return Evidence("layout", self.name, text("because_address_layout", codes=codes), 0.95)


def _layout(name: str, labels: str, forms: dict[int, str]) -> AddressLayout:
    return AddressLayout(name, tuple(labels.split()), forms)


LAYOUTS = (
    _layout(
        "도로명주소 한글",
        "도로명주소관리번호 법정동코드 시도명 시군구명 읍면동명 리명 산여부 번지 호 도로명코드 도로명 지하여부"
        " 건물본번 건물부번 행정동코드 행정동명 기초구역번호 이전도로명주소 효력발생일 공동주택구분 이동사유코드"
        " 건축물대장건물명 시군구용건물명 비고",
        {0: _MANAGEMENT, 1: _DONG, 2: _PLACE, 6: _FLAG, 7: _NUMBER, 8: _NUMBER, 9: _ROAD, 11: _FLAG, 12: _NUMBER,
         13: _NUMBER, 16: _POSTCODE},
    ),
    _layout(
        "도로명주소 관련지번",
        "도로명주소관리번호 법정동코드 시도명 시군구명 읍면동명 리명 산여부 번지 호 도로명코드 지하여부 건물본번"
        " 건물부번 이동사유코드",
        {0: _MANAGEMENT, 1: _DONG, 2: _PLACE, 6: _FLAG, 7: _NUMBER, 8: _NUMBER, 9: _ROAD, 10: _FLAG, 11: _NUMBER,
         12: _NUMBER, 13: r"\d{0,2}"},
    ),
    _layout(
        "위치정보요약DB",
        "시군구코드 출입구일련번호 법정동코드 시도명 시군구명 읍면동명 도로명코드 도로명 지하여부 건물본번 건물부번"
        " 건물명 우편번호 건물용도분류 건물군여부 관할행정동 X좌표 Y좌표",
        {0: r"\d{5}", 1: r"\d+", 2: _DONG, 3: _PLACE, 6: _ROAD, 8: _FLAG, 9: _NUMBER, 10: _NUMBER, 12: _POSTCODE,
         14: _FLAG, 16: _METRES, 17: _METRES},
    ),
    _layout(
        "건물DB",
        "법정동코드 시도명 시군구명 법정읍면동명 법정리명 산여부 지번본번 지번부번 도로명코드 도로명 지하여부 건물본번"
        " 건물부번 건축물대장건물명 상세건물명 건물관리번호 읍면동일련번호 행정동코드 행정동명 우편번호 우편일련번호"
        " 다량배달처명 이동사유코드 고시일자 변경전도로명주소 시군구용건물명 공동주택여부 기초구역번호 상세주소여부"
        " 비고1 비고2",
        {0: _DONG, 1: _PLACE, 5: _FLAG, 6: _NUMBER, 7: _NUMBER, 8: _ROAD, 10: _FLAG, 11: _NUMBER, 12: _NUMBER,
         15: r"\d{25}", 17: r"\d{10}|", 23: r"\d{8}|", 27: _POSTCODE},
    ),
)  # fmt: skip


def address_layout(rows: Sequence[Sequence[str]]) -> AddressLayout | None:
    """The layout of a file without header whose first rows these are; None where it is none of the known ones."""
    return next((layout for layout in LAYOUTS if layout.fits(rows)), None)
