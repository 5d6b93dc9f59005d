"""The papers of births, deaths and moves: a workbook with merged headers, a long table of moves, the report of the month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.people import rates
from madang.samplecity.layers.people.model import SEXES, People
from madang.samplecity.layers.people.slips import Spots, handed_in_twice, word_for_number
from madang.samplecity.paper import Paper
from madang.samplecity.sheet_paper import Cell, DocumentPaper, Sheet, WorkbookPaper
from madang.samplecity.text_paper import TextPaper

EVENTS = ("출생", "사망", "전입", "전출")
YEARS = 10
OUTSIDE = "시외"


def events(people: People) -> Array:
    """(steps, dongs, sexes, EVENTS)."""
    changes = people.changes
    return np.stack([changes.births, changes.deaths, changes.arrived, changes.left], axis=3)


def by_year(people: People, values: Array, until: date) -> dict[int, Array]:
    """Sums of `values` (steps first) by calendar year; only whole years that are over at `until`."""
    year = people.months[1:].astype("datetime64[Y]").astype(np.int64) + 1970
    over = until.year if until.month == 12 else until.year - 1
    return {int(each): values[year == each].sum(axis=0) for each in np.unique(year) if each <= over}


def papers(city: City, delivery: Delivery) -> Iterator[Paper]:
    if delivery.first or delivery.day.month == 12:
        yield _workbook(city, delivery)
        yield _moves(city, delivery)
    yield _report(city, delivery)


def _workbook(city: City, delivery: Delivery) -> Paper:
    people, ground = city.get(People), city.get(Ground)
    found = by_year(people, events(people), delivery.day)
    years = sorted(found)[-YEARS:]
    table = np.concatenate([found[year] for year in years], axis=2)  # dongs, sexes, years x events
    spots = Spots(city.rng("people.slips.events"), len(ground.dongs))
    negative, word, wrong = spots.rows(3)
    column = spots.number(4, table.shape[2] - 1) // 4 * 4  # births of a year
    table[negative, 0, column] = -abs(int(table[negative, 0, column]) or 4)  # the totals were made with it
    rows: list[list[Cell]] = []
    for dong in range(len(ground.dongs)):
        area = [ground.districts.name[int(ground.dongs.district[dong])], ground.dongs.name[dong]]
        lines = [("소계", table[dong].sum(axis=0)), *zip(SEXES, table[dong], strict=True)]
        rows += [[*area, sex, *values.tolist()] for sex, values in lines]
    lines = [("계", table.sum(axis=(0, 1))), *zip(SEXES, table.sum(axis=0), strict=True)]
    rows += [["합계", "합계", sex, *values.tolist()] for sex, values in lines]
    header = [
        ["자치구", "행정동", "성별", *(f"{year}년" for year in years for _ in EVENTS)],
        ["", "", "", *(EVENTS * len(years))],
    ]
    said = rates.said()["papers"]
    sheet = Sheet(
        "인구동태",
        header,
        rows,
        titles=(said["events_title"], said["events_unit"]),
        notes=tuple(said["events_notes"]),
    )
    labels = sheet.labels
    sheet.plant(3 * negative + 1, labels[3 + column], str(table[negative, 0, column]), "quantity_negative")
    other = 3 + (column + 4) % table.shape[2]
    for rule in ("cell_not_integer", "required_missing"):
        sheet.plant(3 * word + 2, labels[other + 1], "미집계", rule)
    last = labels[-2]
    sheet.plant(3 * wrong, last, str(int(table[wrong, :, -2].sum()) + 31), "total_mismatch", "warning")
    sheet.plant(
        len(rows) - 1, labels[other], str(int(table[:, 1, other - 3].sum()) + 5), "total_mismatch", "warning"
    )
    return WorkbookPaper(f"인구/인구동태_{delivery.stamp}.xlsx", [sheet])


def _moves(city: City, delivery: Delivery) -> Paper:
    """Every move between 행정동, and across the border of the city, by year and sex."""
    people, dongs = city.get(People), city.get(Ground).dongs
    found = by_year(people, people.changes.moved, delivery.day)
    years = np.array(sorted(found)[-YEARS:])
    table = np.stack([found[year] for year in years.tolist()])
    year, origin, to, sex = np.nonzero(table)
    codes, names = np.array([*dongs.code, ""], object), np.array([*dongs.name, OUTSIDE], object)
    columns = {
        "연도": years[year],
        "전출행정동코드": codes[origin].tolist(),
        "전출행정동명": names[origin].tolist(),
        "전입행정동코드": codes[to].tolist(),
        "전입행정동명": names[to].tolist(),
        "성별": np.array(SEXES, object)[sex].tolist(),
        "이동자수": table[year, origin, to, sex],
    }
    paper = TextPaper(path=f"인구/전출입_행정동별_{delivery.stamp}.csv", columns=columns)
    inside = np.flatnonzero((origin < len(dongs)) & (to < len(dongs)))
    spots = Spots(city.rng("people.slips.moves"), len(inside))
    again = []
    for _ in range(max(2, len(year) // 4000)):
        paper.plant(inside[spots.row()], "이동자수", f"-{spots.number(1, 9)}", "quantity_negative")
        word_for_number(paper, int(inside[spots.row()]), "이동자수", spots.one(("확인중", "O명", "?")))
        paper.plant(inside[spots.row()], "이동자수", "", "required_missing")
        row = inside[spots.row()]
        paper.plant(row, "성별", "MF"[sex[row]], "code_not_listed")
        row = inside[spots.row()]
        paper.plant(row, "전출행정동코드", columns["전입행정동코드"][row], "row_rule")
        again.append(int(inside[spots.row()]))
    handed_in_twice(paper, again)
    return paper


def _report(city: City, delivery: Delivery) -> Paper:
    """What the department tells the mayor every month, of the first 구."""
    people, ground, said = city.get(People), city.get(Ground), rates.said()["papers"]
    own = np.flatnonzero(np.asarray(ground.dongs.district) == 0)
    now = people.at(f"{delivery.day:%Y-%m}")
    residents = people.residents[now][own].sum(axis=2, dtype=np.int64)
    before = int(people.residents[now - 1][own].sum())
    homes = people.households[now][own].sum(axis=1, keepdims=True)
    happened = events(people)[now - 1][own].sum(axis=1)
    table = np.concatenate([homes, residents.sum(axis=1, keepdims=True), residents, happened], axis=1)
    wrong = int(city.rng(f"people.slips.report.{delivery.number}").integers(len(own)))
    table[wrong, 1] += 100  # and the total with it
    rows: list[list[Cell]] = [["합계", *table.sum(axis=0).tolist()]]
    rows += [
        [ground.dongs.name[dong], *line] for dong, line in zip(own.tolist(), table.tolist(), strict=True)
    ]
    header = [
        ["행정동", "세대수", "인구", "인구", "인구", *(["한 달 동안"] * 4)],
        ["", "", "계", "남", "여", *EVENTS],
    ]
    sheet = Sheet("", header, rows)
    sheet.plant(wrong + 1, "인구_계", f"{table[wrong, 1]:,}", "row_rule")
    total = int(residents.sum())
    words = {
        "gu": ground.districts.name[0],
        "year": delivery.day.year,
        "month": delivery.day.month,
        "day": delivery.day.day,
        "people": f"{total:,}",
        "homes": f"{int(homes.sum()):,}",
        "size": f"{total / int(homes.sum()):.2f}",
        "change": f"{abs(total - before):,}명 {'늘었다' if total >= before else '줄었다'}",
        **dict(
            zip(
                ("born", "died", "came", "went"),
                (f"{n:,}" for n in happened.sum(axis=0).tolist()),
                strict=True,
            )
        ),
    }
    lines = [line.format(**words) for line in said["report"]]
    return DocumentPaper(f"인구/인구현황_보고_{delivery.stamp}.hwpx", [*lines, sheet])
