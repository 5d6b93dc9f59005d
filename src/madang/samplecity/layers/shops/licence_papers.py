"""인허가: a file for each licensed trade, in the forms of LOCALDATA before and since 2026, with planted defects."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.shops import licence_plants
from madang.samplecity.layers.shops.model import Shops
from madang.samplecity.layers.shops.register import STATES, Register, details, register, stirred
from madang.samplecity.layers.shops.trades import Trade, trades
from madang.samplecity.paper import Column, Paper
from madang.samplecity.text_paper import TextPaper

_NEWEST = ("약국", "의원")  # of the new form: these write the coordinate system into the headers


@dataclass(frozen=True)
class Form:
    """How the file of a trade is written."""

    dates: Callable[[Array], list[str]]
    fraction: str = ""  # behind the seconds
    quoted: bool = False
    line_end: str = "\r\n"


def dashed(days: Array) -> list[str]:
    return ["" if day == "NaT" else day for day in np.datetime_as_string(days).tolist()]


def compact(days: Array) -> list[str]:
    return [day.replace("-", "") for day in dashed(days)]


FORMS = {
    "old": Form(dashed, ".0"),
    "food": Form(dashed, ".0"),
    "compact": Form(compact, ".0"),
    "plain": Form(dashed, "", quoted=True, line_end="\n"),
    "new": Form(dashed),
}


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    """The licences of every licensed trade as they stand on the day of the delivery."""
    shops = city.get(Shops)
    for number, trade in enumerate(trades()):
        if not trade.licensed:
            continue
        if not delivery.first and not stirred(city, shops, number):
            continue  # nothing happened: not handed over again
        found = register(city, shops, number, delivery.day)
        form = FORMS[trade.form]
        columns = _new(found, trade, form) if trade.form == "new" else _old(found, trade, form)
        if trade.form == "food":
            columns |= _kitchen(city, found)
        if trade.form == "plain":
            columns |= {"": [""] * len(found)}  # each line ends with a comma
        paper = TextPaper(
            path=f"인허가/{trade.name}_{delivery.stamp}.csv",
            columns=columns,
            quoted=form.quoted,
            line_end=form.line_end,
        )
        licence_plants.plant(city, delivery, number, found, form.dates, paper)
        yield paper


def _statuses(found: Register, trade: Trade) -> tuple[list[str], list[str], list[str], list[str]]:
    states, inner = STATES, details(trade.form)
    at = found.state.tolist()
    return (
        [states[s][0] for s in at], [states[s][1] for s in at], [inner[s][0] for s in at], [inner[s][1] for s in at],
    )  # fmt: skip


def _old(found: Register, trade: Trade, form: Form) -> dict[str, Column]:
    """The columns of the form before April 2026."""
    count, texts, dates = len(found), found.texts, form.dates
    code, name, inner, inner_name = _statuses(found, trade)
    return {
        "번호": list(range(1, count + 1)), "개방서비스명": [trade.name] * count, "개방서비스아이디": [trade.service] * count,
        "개방자치단체코드": texts["authority"], "관리번호": texts["number"], "인허가일자": dates(found.opened),
        "인허가취소일자": dates(found.cancelled), "영업상태구분코드": code, "영업상태명": name, "상세영업상태코드": inner,
        "상세영업상태명": inner_name, "폐업일자": dates(found.closed), "휴업시작일자": dates(found.rest_from),
        "휴업종료일자": dates(found.rest_to), "재개업일자": dates(found.reopened), "소재지전화": texts["phone"],
        "소재지면적": texts["area"], "소재지우편번호": [""] * count, "소재지전체주소": texts["lot"],
        "도로명전체주소": texts["road"], "도로명우편번호": texts["postcode"], "사업장명": texts["name"],
        "최종수정시점": found.modified, "데이터갱신구분": found.kind,
        "데이터갱신일자": [day + form.fraction for day in found.updated], "업태구분명": texts["type"],
        "좌표정보(X)": texts["x"], "좌표정보(Y)": texts["y"],
    }  # fmt: skip


def _new(found: Register, trade: Trade, form: Form) -> dict[str, Column]:
    """The columns of the form since April 2026."""
    count, texts, dates = len(found), found.texts, form.dates
    code, name, inner, inner_name = _statuses(found, trade)
    x, y = ("좌표정보x(epsg5174)", "좌표정보y(epsg5174)") if trade.name in _NEWEST else ("좌표X", "좌표Y")
    return {
        "개방자치단체코드": texts["authority"], "관리번호": texts["number"], "데이터갱신구분": found.kind,
        "데이터갱신시점": found.updated, "인허가일자": dates(found.opened), "인허가취소일자": dates(found.cancelled),
        "영업상태코드": code, "영업상태명": name, "상세영업상태코드": inner, "상세영업상태명": inner_name,
        "폐업일자": dates(found.closed), "휴업시작일자": dates(found.rest_from), "휴업종료일자": dates(found.rest_to),
        "재개업일자": dates(found.reopened), "소재지전화번호": texts["phone"], "소재지면적": texts["area"],
        "소재지우편번호": [""] * count, "지번주소": texts["lot"], "도로명주소": texts["road"],
        "도로명우편번호": texts["postcode"], "사업장명": texts["name"], "최종수정시점": found.modified,
        "업태구분명": texts["type"], x: texts["x"], y: texts["y"],
    }  # fmt: skip


def _kitchen(city: City, found: Register) -> Mapping[str, Column]:
    """What files of food trades have behind the common columns."""
    drawn = city.rng("shops.kitchen").random((4, len(city.get(Shops))))[:, found.rows]
    around = np.array(["", "기타", "주택가주변", "아파트지역", "유흥업소밀집지역", "학교정화(상대)"])
    grade = np.array(["", "기타", "자율", "관리", "지도"])
    men, women = (np.floor(-np.log(1 - each) * 1.2).astype(np.int64) for each in drawn[:2])
    empty = [""] * len(found)
    return {
        "위생업태명": found.texts["type"], "남성종사자수": men, "여성종사자수": women,
        "영업장주변구분명": around[(drawn[2] * len(around)).astype(np.int64)],
        "등급구분명": grade[(drawn[3] * len(grade)).astype(np.int64)],
        "급수시설구분명": np.where(drawn[0] < 0.9, "상수도전용", "").tolist(), "총직원수": men + women,
        "본사직원수": empty, "공장사무직직원수": empty, "공장판매직직원수": empty, "공장생산직직원수": empty,
        "건물소유구분명": np.where(drawn[1] < 0.1, "자가", np.where(drawn[1] < 0.5, "임대", "")).tolist(),
        "보증액": empty, "월세액": empty, "다중이용업소여부": np.where(drawn[2] < 0.05, "Y", "N").tolist(),
        "시설총규모": found.texts["area"], "전통업소지정번호": empty, "전통업소주된음식": empty, "홈페이지": empty,
    }  # fmt: skip
