"""The papers of residents and households: as wide as the ministry writes them, a column for every month, sex and age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from madang.samplecity.city import SIDO, SIDO_CODE, Array, City, Delivery
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.people.model import AGES, SEXES, People
from madang.samplecity.layers.people.slips import Spots, word_for_number
from madang.samplecity.paper import Paper
from madang.samplecity.text_paper import TextPaper

FIVE = np.append(np.arange(0, 100, 5), 100)
SIZE_LABELS = (*(f"{size}인세대" for size in range(1, 10)), "10인세대 이상")
FIVE_LABELS = (*(f"{age}~{age + 4}세" for age in range(0, 100, 5)), "100세 이상")
ONE_LABELS = (*(f"{age}세" for age in range(100)), "100세 이상")


def areas(city: City) -> tuple[list[str], Array]:
    """Names of all areas as the ministry writes them, and which 행정동 each is made of: (areas, dongs)."""
    ground = city.get(Ground)
    dongs, districts = ground.dongs, ground.districts
    names, members = [f"{SIDO}  ({SIDO_CODE:0<10})"], [np.ones(len(dongs), np.int64)]
    for number, (code, name) in enumerate(zip(districts.code, districts.name, strict=True)):
        own = np.asarray(dongs.district) == number
        names.append(f"{SIDO} {name} ({code:0<10})")
        members.append(own.astype(np.int64))
        for dong in np.flatnonzero(own).tolist():
            names.append(f"{SIDO} {name} {dongs.name[dong]}({dongs.code[dong]})")
            members.append((np.arange(len(dongs)) == dong).astype(np.int64))
    return names, np.stack(members)


def decembers(people: People, delivery: Delivery) -> Array:
    """Numbers of the ten Decembers before a delivery."""
    known = people.months <= np.datetime64(f"{delivery.day:%Y-%m}", "M")
    found: Array = np.flatnonzero((people.months.astype(np.int64) % 12 == 11) & known)[-10:]
    return found


def last_months(people: People, delivery: Delivery) -> Array:
    """Numbers of the last twelve months of a delivery."""
    last = people.at(f"{delivery.day:%Y-%m}")
    return np.arange(last - 11, last + 1)


def papers(city: City, delivery: Delivery) -> Iterator[Paper]:
    people = city.get(People)
    if delivery.first or delivery.day.month == 12:
        chosen = decembers(people, delivery)
        yield _by_age(city, delivery, "주민등록인구_연령별_연말", chosen, np.arange(AGES), ONE_LABELS, 18)
    yield _by_age(
        city, delivery, "주민등록인구_5세별_월별", last_months(people, delivery), FIVE, FIVE_LABELS, 9
    )
    yield _households(city, delivery)
    if delivery.first:
        yield _nationalities(city, delivery)


def month_label(month: Array) -> str:
    year, number = divmod(int(month.astype(np.int64)), 12)
    return f"{1970 + year}년{number + 1:02d}월"


def grouped(values: Iterable[int]) -> list[str]:
    """Numbers with separators of thousands."""
    return [f"{value:,}" for value in values]


def _by_age(
    city: City,
    delivery: Delivery,
    stem: str,
    chosen: Array,
    starts: Array,
    labels: tuple[str, ...],
    slips: int,
) -> Paper:
    """Residents of `chosen` months by ages that begin at `starts`."""
    people = city.get(People)
    names, members = areas(city)
    count = np.add.reduceat(people.residents[chosen].astype(np.int64), starts, axis=3)
    count = np.concatenate([count.sum(axis=2, keepdims=True), count], axis=2)  # both sexes first
    table = np.einsum("ad,mdsg->msga", members, count)
    whole = table.sum(axis=2, keepdims=True)
    table = np.concatenate([whole, whole, table], axis=2)
    headers = [
        f"{month_label(month)}_{sex}_{label}"
        for month in people.months[chosen]
        for sex in ("계", *SEXES)
        for label in ("총인구수", "연령구간인구수", *labels)
    ]
    columns = {"행정구역": names}
    flat = table.reshape(-1, len(names))
    columns |= {header: grouped(column) for header, column in zip(headers, flat.tolist(), strict=True)}
    paper = TextPaper(path=f"인구/{stem}_{delivery.stamp}.csv", columns=columns, line_end="\n")
    _slip(paper, city, delivery, [month_label(month) for month in people.months[chosen]], labels, slips)
    return paper


def _slip(
    paper: TextPaper, city: City, delivery: Delivery, months: list[str], labels: tuple[str, ...], slips: int
) -> None:
    """Totals that are no sums, cells left empty, words for numbers, minus signs."""
    rows = len(paper.columns["행정구역"])
    spots = Spots(city.rng(f"people.slips.{paper.path[:12]}.{delivery.number}"), rows - 1, 1)
    taken: set[str] = set()
    for at in range(max(4, slips * rows // 23)):
        row, month = spots.row(), spots.one(months)
        sex = ("계", "남", "여")[at % 3]
        column = f"{month}_{sex}_{'총인구수' if at % 4 == 0 else spots.one(labels[4:12])}"
        if at % 4 == 0:
            column = f"{month}_계_총인구수"
        if (place := f"{row} {month}") in taken:
            continue  # one slip for an area and a month: another could hide it
        taken.add(place)
        value = int(paper.columns[column][row].replace(",", ""))
        if at % 4 == 0:
            paper.plant(row, column, f"{value + spots.number(3, 900):,}", "sum_mismatch")
        elif at % 4 == 1:
            paper.plant(row, column, "", "required_missing")
        elif at % 4 == 2:
            word_for_number(paper, row, column, spots.one(("집계중", f"{value}명?", "확인요")))
        else:
            paper.plant(row, column, f"-{value or 3}", "quantity_negative")
            paper.plant(
                row, column, f"-{value or 3}", "sum_mismatch"
            )  # and what it belongs to no longer adds up


def _households(city: City, delivery: Delivery) -> Paper:
    """Households by size of the last twelve months, in the form of the city: rows of totals first."""
    people, ground = city.get(People), city.get(Ground)
    keys: list[tuple[str, str, str]] = []
    counts: list[Array] = []
    chosen = last_months(people, delivery)
    slips = _household_slips(city, delivery, len(chosen))
    for at, month in enumerate(chosen.tolist()):
        period = str(people.months[month]).replace("-", ".")
        table = people.households[month]
        table = np.concatenate([table.sum(axis=1, keepdims=True), table], axis=1)
        if at in slips:
            table[slips[at], 0] += 10 + slips[at] % 7  # a slip that went into the totals as well
        keys.append((period, "합계", "합계"))
        counts.append(table.sum(axis=0))
        for number, name in enumerate(ground.districts.name):
            own = np.flatnonzero(np.asarray(ground.dongs.district) == number)
            keys += [(period, name, "소계"), *((period, name, ground.dongs.name[dong]) for dong in own)]
            counts += [table[own].sum(axis=0), *table[own]]
    shown = [[f"{value:,}" for value in column] for column in np.stack(counts, axis=1).tolist()]
    columns = dict(zip(("기간", "자치구", "행정동"), map(list, zip(*keys, strict=True)), strict=True))
    columns |= dict(zip(("전체세대수", *SIZE_LABELS), shown, strict=True))
    paper = TextPaper(
        path=f"인구/세대원수별_세대_{delivery.stamp}.txt",
        columns=columns,
        encoding="utf-8",
        delimiter="\t",
        line_end="\n",
    )
    for at, dong in slips.items():
        row = keys.index(
            (
                str(people.months[chosen[at]]).replace("-", "."),
                _district(ground, dong),
                ground.dongs.name[dong],
            )
        )
        paper.plant(row, "전체세대수", columns["전체세대수"][row], "sum_mismatch")
    _slip_households(paper, city, delivery, keys, set(slips))
    return paper


def _district(ground: Ground, dong: int) -> str:
    return ground.districts.name[int(ground.dongs.district[dong])]


def _household_slips(city: City, delivery: Delivery, months: int) -> dict[int, int]:
    """Months (from 0) in which the total of a 행정동 is no sum of its parts."""
    spots = Spots(city.rng(f"people.slips.households.{delivery.number}"), len(city.get(Ground).dongs))
    return {at: spots.row() for at in sorted(spots.rng.choice(months - 1, 2, replace=False).tolist())}


def _slip_households(
    paper: TextPaper, city: City, delivery: Delivery, keys: list[tuple[str, str, str]], taken: set[int]
) -> None:
    spots = Spots(city.rng(f"people.slips.sizes.{delivery.number}"), len(keys))
    totals = [row for row, key in enumerate(keys) if key[2] == "소계"]
    dongs = [row for row, key in enumerate(keys) if key[2] not in ("소계", "합계")]
    per_month = len(keys) // 12
    free = [at for at in range(12) if at not in taken]
    wrong = next(row for row in totals if row // per_month == free[0])
    value = int(paper.columns["2인세대"][wrong].replace(",", ""))
    paper.plant(wrong, "2인세대", f"{value + 27:,}", "total_mismatch", "warning")
    for at in free[1:3]:
        row = spots.one([row for row in dongs if row // per_month == at])
        paper.plant(row, "3인세대", spots.one(("확인중", "집계중")), "cell_not_integer")


def _nationalities(city: City, delivery: Delivery) -> Paper:
    """Koreans and foreigners of the quarter by 행정동 and five years of age."""
    people, ground = city.get(People), city.get(Ground)
    koreans = people.residents[people.at(f"{delivery.day:%Y-%m}")].sum(axis=1)
    both = np.stack([koreans, people.foreigners.sum(axis=1)], axis=1).astype(np.int64)
    both = np.concatenate([both.sum(axis=1, keepdims=True), both], axis=1)
    five = np.add.reduceat(both, FIVE, axis=2)
    table = np.concatenate([five.sum(axis=2, keepdims=True), five], axis=2)  # dongs, kinds, ages
    period = f"{delivery.day.year}.{(delivery.day.month + 2) // 3}/4"
    keys, counts = [(period, "합계", "합계")], [table.sum(axis=0)]
    for number, name in enumerate(ground.districts.name):
        own = np.flatnonzero(np.asarray(ground.dongs.district) == number)
        keys += [(period, name, "소계"), *((period, name, ground.dongs.name[dong]) for dong in own)]
        counts += [table[own].sum(axis=0), *table[own]]
    kinds = ("계", "한국인", "외국인")
    rows = [(*key, kind) for key in keys for kind in kinds]
    columns = dict(zip(("기간", "자치구", "동", "구분"), map(list, zip(*rows, strict=True)), strict=True))
    flat = np.concatenate(counts).T.tolist()
    labels = ("계", *FIVE_LABELS[:-1], "100세 이상+")
    columns |= {
        label: ["-" if value == 0 else f"{value:,}" for value in column]
        for label, column in zip(labels, flat, strict=True)
    }
    paper = TextPaper(
        path=f"인구/거주인구_한국인_외국인_{delivery.stamp}.txt",
        columns=columns,
        encoding="utf-8",
        delimiter="\t",
        line_end="\n",
    )
    spots = Spots(city.rng("people.slips.nationalities"), len(rows))
    koreans_rows = [
        row for row, key in enumerate(rows) if key[3] == "한국인" and key[2] not in ("소계", "합계")
    ]
    for label in ("30~34세", "65~69세"):
        paper.plant(spots.one(koreans_rows), label, "확인요", "cell_not_integer")
    return paper
