"""The defects planted in licence files: kinds take turns over the trades, the second delivery keeps half of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.shops.model import Shops
from madang.samplecity.layers.shops.register import GONE, OPEN, Register, state_on
from madang.samplecity.text_paper import TextPaper

_SHARE = 0.0025  # rows with a defect
_FEWEST = 3  # of a file

Dates = Callable[[Array], list[str]]


@dataclass(frozen=True)
class Slip:
    """A kind of defect: which rows it can befall, and what it writes where (header -> text); how intake reports it."""

    fits: Callable[[Register], Array]
    writes: Callable[[Register, int, Dates], dict[str, str]]
    rule: str
    severity: str = "error"


def _day(day: object, dates: Dates) -> str:
    return dates(np.array([day], "datetime64[D]"))[0]


def _living(found: Register) -> Array:
    fitting: Array = (found.state == OPEN) & np.isnat(found.rest_from)
    return fitting


def _gone(found: Register) -> Array:
    fitting: Array = (found.state == GONE) & np.isnat(found.rest_from)
    return fitting


def _rested(found: Register) -> Array:
    fitting: Array = (found.state == OPEN) & ~np.isnat(found.reopened)
    return fitting


def _placed(found: Register) -> Array:
    fitting: Array = _living(found) & np.array([x != "" for x in found.texts["x"]], bool)
    return fitting


def _moved(found: Register, row: int, east: float, north: float) -> dict[str, str]:
    x, y = float(found.texts["x"][row]), float(found.texts["y"][row])
    return {"좌표정보(X)": f"{x + east:.6f}", "좌표정보(Y)": f"{y + north:.6f}"}


SLIPS = (
    Slip(_gone, lambda found, row, dates: {"폐업일자": ""}, "row_rule"),
    Slip(_living, lambda found, row, dates: {"폐업일자": _day(found.opened[row] + 400, dates)}, "row_rule"),
    Slip(_living, lambda found, row, dates: {"소재지면적": "약 12평"}, "cell_not_number"),
    Slip(_placed, lambda found, row, dates: {"좌표정보(X)": "0", "좌표정보(Y)": "0"}, "point_zero", "warning"),
    Slip(_gone, lambda found, row, dates: {"인허가일자": _day(found.closed[row] + 31, dates)}, "row_rule"),
    Slip(_living, lambda found, row, dates: {"영업상태명": "폐업"}, "row_rule"),
    Slip(_placed, lambda found, row, dates: _moved(found, row, 31_250.5, 27_410.25), "point_outside_claim", "warning"),
    Slip(_living, lambda found, row, dates: {"소재지면적": f"-{float(found.texts['area'][row]) or 33:g}"}, "quantity_negative"),
    Slip(_living, lambda found, row, dates: {"소재지전화": "063-000-0000"}, "number_pattern"),
    Slip(_living, lambda found, row, dates: {"소재지전체주소": "", "도로명전체주소": "", "도로명우편번호": ""}, "row_rule"),
    Slip(_rested, lambda found, row, dates: {
        "휴업시작일자": _day(found.rest_to[row], dates), "휴업종료일자": _day(found.rest_from[row], dates)}, "row_rule"),
    Slip(_living, lambda found, row, dates: {"재개업일자": "2062-03-02"}, "date_out_of_range"),
    Slip(_gone, lambda found, row, dates: {"재개업일자": "2019-02-30"}, "cell_no_such_day"),
    Slip(_living, lambda found, row, dates: {"영업상태구분코드": "99"}, "code_not_listed"),
    Slip(_living, lambda found, row, dates: {"사업장명": ""}, "required_missing"),
    Slip(_living, lambda found, row, dates: {"도로명우편번호": "5412"}, "number_pattern"),
    Slip(_placed, lambda found, row, dates: {
        "좌표정보(X)": found.texts["y"][row], "좌표정보(Y)": found.texts["x"][row]}, "point_outside_claim", "warning"),
    Slip(lambda found: _living(found) & (np.arange(len(found)) > 0),
         lambda found, row, dates: {"관리번호": found.texts["number"][row - 1]}, "key_duplicate"),
)  # fmt: skip
_NEW_NAMES = {
    "영업상태구분코드": "영업상태코드", "소재지전화": "소재지전화번호", "소재지전체주소": "지번주소", "도로명전체주소": "도로명주소",
    "좌표정보(X)": ("좌표X", "좌표정보x(epsg5174)"), "좌표정보(Y)": ("좌표Y", "좌표정보y(epsg5174)"),
}  # fmt: skip


def plant(
    city: City, delivery: Delivery, trade: int, found: Register, dates: Dates, paper: TextPaper
) -> None:
    """Write the defects of a file: those of the first delivery, of which the second keeps every other one."""
    same = _unchanged(city, found)
    count = max(_FEWEST, round(_SHARE * len(found)))
    rng = city.rng(f"shops.slips.{trade}")
    taken: set[int] = set()
    for turn in range(count):
        slip = SLIPS[(trade * 5 + turn) % len(SLIPS)]
        rank = rng.random(len(city.get(Shops)))[found.rows]
        fit = np.flatnonzero(slip.fits(found) & same)
        fit = fit[~np.isin(fit, [row + near for row in taken for near in (-1, 0, 1)])]
        if not len(fit):
            continue
        row = int(fit[np.argmin(rank[fit])])
        taken.add(row)
        if delivery.first or turn % 2 == 0:
            _write(paper, slip, row, slip.writes(found, row, dates))


def _write(paper: TextPaper, slip: Slip, row: int, writes: dict[str, str]) -> None:
    """One of the cells is the defect, the others are written with it."""
    headers = {_header(paper, name): value for name, value in writes.items()}
    (first, value), *others = headers.items()
    for header, text in others:
        paper.columns[header][row] = text
    paper.plant(row, first, value, slip.rule, slip.severity)


def _header(paper: TextPaper, name: str) -> str:
    """The header of a column in the form of this file."""
    if name in paper.columns:
        return name
    new = _NEW_NAMES[name]
    return next(each for each in ((new,) if isinstance(new, str) else new) if each in paper.columns)


def _unchanged(city: City, found: Register) -> Array:
    """Rows that say the same in both deliveries and were there long before."""
    shops = city.get(Shops)
    first, second = (each.day for each in city.deliveries)
    lives, day = shops.lives, np.datetime64(first)
    stirred = (lives.suspended_from > day - 800) | (lives.succeeded > day - 60)
    quiet = (state_on(shops, first) == state_on(shops, second)) & (lives.opened < day - 800) & ~stirred
    found_quiet: Array = quiet[found.rows]
    return found_quiet
