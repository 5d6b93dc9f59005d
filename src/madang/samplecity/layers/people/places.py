"""The papers of people by place and hour: cells of 100 m, and who is present in every hour of a month."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from madang.samplecity.city import Array, City, Delivery
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.people import rates
from madang.samplecity.layers.people.grid import cell_names
from madang.samplecity.layers.people.model import GRID_M, People
from madang.samplecity.layers.people.present import STARTS, UNIT, hours
from madang.samplecity.layers.people.slips import Spots, handed_in_twice
from madang.samplecity.paper import Paper
from madang.samplecity.text_paper import TextPaper

SMALL = 5  # below it the grid says N/A, as the statistics office does


def papers(city: City, delivery: Delivery) -> Iterator[Paper]:
    if delivery.first:
        yield _grid(city, delivery)
    yield _present(city, delivery)


def _grid(city: City, delivery: Delivery) -> Paper:
    grid = city.get(People).grid
    corner, at = np.unique(np.stack([grid.south, grid.west]), axis=1, return_inverse=True)
    count = np.zeros((corner.shape[1], 4), np.int64)
    np.add.at(count, at.ravel(), np.column_stack([grid.ages, grid.households]))
    table = np.column_stack([count[:, :3].sum(axis=1), count])
    south, west = corner
    columns = {
        "격자코드": cell_names(west, south),
        "격자중심X": (west + GRID_M / 2).astype(
            np.int64
        ),  # in the centre lies the 행정동 that a cell is given
        "격자중심Y": (south + GRID_M / 2).astype(np.int64),
    }
    labels = ("총인구수", "유소년인구수(0~14세)", "생산연령인구수(15~64세)", "고령인구수(65세이상)", "세대수")
    shown = [["N/A" if 0 < value < SMALL else str(value) for value in column] for column in table.T.tolist()]
    columns |= dict(zip(labels, shown, strict=True))
    paper = TextPaper(path=f"인구/격자인구_100m_{delivery.stamp}.csv", columns=columns)
    clear = np.flatnonzero((table[:, :4] >= SMALL).all(axis=1))
    clear = clear if len(clear) >= 12 else np.flatnonzero(table[:, 0] >= SMALL)
    spots = Spots(city.rng("people.slips.grid"), len(clear))
    for _ in range(max(1, len(table) // 1500)):
        row = clear[spots.row()]
        if (table[row, 1:4] >= SMALL).all():
            paper.plant(row, labels[0], str(table[row, 0] + spots.number(5, 60)), "row_rule")
        paper.plant(clear[spots.row()], labels[4], f"-{spots.number(1, 9)}", "quantity_negative")
        paper.plant(clear[spots.row()], labels[2], "비공개?", "cell_not_integer")
    handed_in_twice(paper, [int(clear[spots.row()]) for _ in range(max(1, len(table) // 1500))])
    return paper


def _present(city: City, delivery: Delivery) -> Paper:
    """The form of Seoul's 생활인구: a row for every day, hour and 행정동; cells of few people are masked."""
    found, dongs = hours(city, delivery), city.get(Ground).dongs
    count = found.count.reshape(-1, 2 * len(STARTS))
    days, many = len(found.day), len(dongs)
    day = np.char.replace(np.datetime_as_string(found.day), "-", "")
    columns = {
        "기준일ID": np.repeat(day, 24 * many).tolist(),
        "시간대구분": np.tile(np.repeat([f"{hour:02d}" for hour in range(24)], many), days).tolist(),
        "행정동코드": [code[:8] for code in dongs.code] * (24 * days),
        "총생활인구수": (count.sum(axis=1) / UNIT),
    }
    few = rates.said()["present"]["masked_below"] * UNIT
    for label, column in zip(group_labels(), count.T, strict=True):
        columns[label] = _masked(column, few)
    paper = TextPaper(
        path=f"인구/생활인구_시간대별_{delivery.stamp}.csv",
        columns=columns,
        encoding="utf-8-sig",
        line_end="\n",
    )
    _slip_present(paper, city, delivery, count, few)
    return paper


def group_labels() -> list[str]:
    ends = [f"{start}세부터{end - 1}세" for start, end in zip(STARTS[:-1], STARTS[1:], strict=True)]
    return [f"{sex}{ages}생활인구수" for sex in ("남자", "여자") for ages in (*ends, "70세이상")]


def _masked(count: Array, few: float) -> list[str]:
    return ["*" if value < few else repr(value / UNIT) for value in count.tolist()]


def _slip_present(paper: TextPaper, city: City, delivery: Delivery, count: Array, few: float) -> None:
    spots = Spots(city.rng(f"people.slips.present.{delivery.number}"), len(count))
    whole = np.flatnonzero((count >= few).all(axis=1))
    labels = group_labels()
    for at in range(max(2, len(count) // 2500)):
        if len(whole):
            row = int(whole[spots.number(0, len(whole) - 1)])
            paper.plant(
                row,
                "총생활인구수",
                repr(round(float(count[row].sum()) / UNIT + spots.number(20, 400), 4)),
                "row_rule",
            )
        paper.plant(spots.row(), "시간대구분", str(24 + at), "code_not_listed")
        paper.plant(spots.row(), spots.one(labels), spots.one(("미수신", "오류")), "cell_not_number")
        paper.plant(spots.row(), "총생활인구수", "", "required_missing")
    handed_in_twice(paper, spots.rows(3))
