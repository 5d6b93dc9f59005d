"""Card sales as offices have them: the monthly cells, a quarter's summary in a workbook, shops of the programme."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.shops.model import Shops
from madang.samplecity.layers.shops.sales import FEWEST, Sales, programme
from madang.samplecity.layers.shops.snapshots import shop_ids
from madang.samplecity.layers.shops.trades import card_trades
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.paper import Paper
from madang.samplecity.sheet_paper import Cell, Sheet, WorkbookPaper
from madang.samplecity.text_paper import TextPaper
from madang.samplecity.words import words

_MEMBERS = 600  # shops of the programme at scale 1


def papers(city: City, delivery: Delivery) -> Iterable[Paper]:
    """The monthly file with one month more each time; the summary and the list of the programme once."""
    found = city.get(Sales)
    yield monthly(city, found, delivery)
    if delivery.first:
        yield summary(city, found, delivery)
        yield members(city, delivery)


def monthly(city: City, found: Sales, delivery: Delivery) -> TextPaper:
    """A row for each cell that has shops; X where they are fewer than three."""
    known, dongs = found.known(delivery), city.get(Ground).dongs
    month, dong, trade = (each.ravel() for each in np.indices((known, len(dongs), len(card_trades()))))
    there = found.shops[dong, trade, month] > 0
    month, dong, trade = month[there], dong[there], trade[there]
    shops = found.shops[dong, trade, month]
    hidden = (shops < FEWEST).tolist()
    values = (
        each[dong, trade, month].astype(np.int64).tolist() for each in (found.sales_krw, found.approvals)
    )
    amounts, approvals = (
        [("X" if x else each) for each, x in zip(value, hidden, strict=True)] for value in values
    )
    stamps = [text.replace("-", "") for text in np.datetime_as_string(found.months).tolist()]
    paper = TextPaper(
        path=f"상가/카드매출_월별_{delivery.stamp}.csv",
        columns={
            "기준연월": [stamps[at] for at in month.tolist()],
            "행정동코드": [dongs.code[at] for at in dong.tolist()],
            "행정동명": [dongs.name[at] for at in dong.tolist()],
            "업종명": [card_trades()[at] for at in trade.tolist()],
            "매출금액": amounts, "승인건수": approvals, "가맹점수": shops,
        },
    )  # fmt: skip
    _plant(city, delivery, shops, paper)
    return paper


def _plant(city: City, delivery: Delivery, shops: Array, paper: TextPaper) -> None:
    rng = city.rng(f"shops.sales.slips.{delivery.number}")
    count = max(8, len(shops) // 700)
    codes, told = np.array(paper.columns["행정동코드"]), shops >= FEWEST
    told[1:] &= codes[1:] == codes[:-1]  # the row above is of the same 행정동 and month
    told[0] = False
    chosen = rng.permutation(np.flatnonzero(told)[::2])[:count].tolist()
    for turn, row in enumerate(chosen):
        kind = turn % 5
        if kind == 0:
            paper.plant(row, "매출금액", f"-{paper.columns['매출금액'][row]}", "amount_negative")
            paper.plant(row, "매출금액", f"-{paper.columns['매출금액'][row]}", "row_rule", "warning")
        elif kind == 1:
            paper.plant(row, "승인건수", "0", "row_rule")
        elif kind == 2:
            paper.plant(row, "업종명", paper.columns["업종명"][row - 1], "key_duplicate")
        elif kind == 3:
            paper.plant(row, "업종명", "", "required_missing")
        else:
            paper.plant(row, "매출금액", "집계착오", "cell_not_integer")
    small = rng.permutation(np.flatnonzero(shops < FEWEST))[:2].tolist()
    for row in small:
        paper.columns["승인건수"][row] = 310
        paper.plant(row, "매출금액", "7350000", "row_rule")


def summary(city: City, found: Sales, delivery: Delivery) -> WorkbookPaper:
    """The last whole quarter in 백만원: 행정동 by groups of trades, a 소계 for each 행정동 and a 합계."""
    told, dongs = words("shops_sales")["trades"], city.get(Ground).dongs
    groups = list(dict.fromkeys(told[name]["group"] for name in card_trades()))
    last = found.known(delivery) - 1
    while int(found.months[last].astype(np.int64)) % 3 != 2:
        last -= 1
    quarter = slice(last - 2, last + 1)
    shown = np.where(found.shops[:, :, quarter] >= FEWEST, found.sales_krw[:, :, quarter], 0.0) / 1e6
    member = np.array([[told[name]["group"] == group for name in card_trades()] for group in groups])
    amounts = np.round(np.einsum("gt,dtm->dgm", member, shown)).astype(np.int64)
    shops = np.einsum("gt,dt->dg", member, found.shops[:, :, last]).astype(np.int64)
    cells = np.concatenate([amounts, amounts.sum(axis=2)[:, :, None], shops[:, :, None]], axis=2)
    rows: list[list[Cell]] = []
    for at, name in enumerate(dongs.name):
        rows += [[name, group, *cells[at, g].tolist()] for g, group in enumerate(groups)]
        rows.append([name, "소계", *cells[at].sum(axis=0).tolist()])
    rows.append(["합계", "", *cells.sum(axis=(0, 1)).tolist()])
    year, month = divmod(int(found.months[last].astype(np.int64)), 12)
    names = [f"{month - 1 + add}월" for add in range(3)]
    sheet = Sheet(
        "분기요약",
        header=[
            ["구분", "구분", "매출액", "매출액", "매출액", "매출액", "가맹점수"],
            ["행정동", "업종", *names, "분기 계", "분기 말"],
        ],
        rows=rows,
        titles=[f"{1970 + year}년 {month // 3 + 1}분기 카드매출 요약", "(단위: 백만원, 개)"],
        notes=["※ 가맹점이 셋보다 적은 칸은 더하지 않음"],
    )
    _plant_summary(city, sheet, cells)
    return WorkbookPaper(f"상가/카드매출_분기요약_{1970 + year}{month + 1:02d}.xlsx", [sheet])


def _plant_summary(city: City, sheet: Sheet, cells: Array) -> None:
    """A quarter that its months do not make, which its totals miss too, and a 소계 that is wrong by itself."""
    height = cells.shape[1] + 1
    first, second = city.rng("shops.summary").choice(len(cells), 2, replace=False).tolist()
    column = "매출액_분기 계"
    whole = cells[first].sum(axis=0)
    sheet.plant(first * height + 1, column, str(int(cells[first, 1, 3]) + 90), "row_rule")
    sheet.plant(first * height + height - 1, column, str(int(whole[3])), "total_mismatch")
    sheet.plant(len(sheet.rows) - 1, column, str(int(cells.sum(axis=(0, 1))[3])), "total_mismatch")
    sheet.plant(
        second * height + height - 1,
        "가맹점수_분기 말",
        str(int(cells[second].sum(axis=0)[4]) + 7),
        "total_mismatch",
    )


def members(city: City, delivery: Delivery) -> TextPaper:
    """Shops that joined the support programme, with what they got for it."""
    told, shops, streets = words("shops_sales")["programme"], city.get(Shops), city.get(Streets)
    rng, first = city.rng("shops.members"), np.datetime64(told["from"], "D")
    inside = programme(city, np.array([first], "datetime64[M]"))[:, 0][shops.lives.dong]
    could = np.flatnonzero(inside & shops.lives.living(first) & shops.lives.living(delivery.day))
    rows = np.sort(rng.permutation(could)[: city.setting.count(_MEMBERS)])
    applied = first - 75 + rng.integers(0, 60, len(rows))
    paid = applied + rng.integers(20, 60, len(rows))
    names, ids, dongs = shops.names(delivery.day), shop_ids(shops), city.get(Ground).dongs.name
    amount = rng.choice([300_000, 500_000, 700_000, 1_000_000], len(rows))
    place = shops.building[rows].tolist()
    paper = TextPaper(
        path=f"상가/지원사업_대상점포_{delivery.stamp}.csv",
        encoding="utf-8-sig",
        columns={
            "연번": list(range(1, len(rows) + 1)), "사업명": [told["name"]] * len(rows),
            "상가업소번호": [ids[at] for at in rows.tolist()], "상호명": [names[at] for at in rows.tolist()],
            "행정동명": [dongs[at] for at in shops.lives.dong[rows].tolist()],
            "소재지도로명주소": [streets.buildings.road_address[at] for at in place],
            "신청일자": applied, "지급일자": paid, "지원금액(원)": amount,
        },
    )  # fmt: skip
    for turn, row in enumerate(rng.permutation(len(rows))[: max(3, len(rows) // 200)].tolist()):
        if turn % 3 == 0:
            paper.plant(row, "지급일자", str(applied[row] - 9), "row_rule")
        elif turn % 3 == 1:
            paper.plant(row, "지원금액(원)", f"-{amount[row]}", "amount_negative")
        else:
            paper.plant(row, "지급일자", "2025-11-31", "cell_no_such_day")
    return paper
