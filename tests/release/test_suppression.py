"""Small cells stay unknown to an attacker who has everything that is public, of all editions, areas and days."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import numpy as np
import pytest

from madang.messages import MadangError
from madang.release import Dim, Measure, TableRule, suppress
from madang.release.editions import Releases
from release.attacker import Attacker, named
from release.city import decision, deposit, made, published

K = 5
DONGS = [f"99110{n}000" for n in range(51, 59)]
AGES = [f"{low}~{low + 4}세" for low in range(0, 40, 5)]
SEXES = ["남", "여"]
AREA = Dim("동코드", "area", name="area", system="행정동")
PEOPLE = (Measure("인구", population="인구"),)


def people(seed: int, *, sexes: bool = True) -> list[tuple[str, ...]]:
    random = np.random.default_rng(seed)
    parts = [DONGS, AGES, SEXES] if sexes else [DONGS, AGES]
    return [
        (*atom, str(random.poisson(6 * np.exp(random.normal(0, 0.8)))))
        for atom in product(*parts)
    ]  # fmt: skip


def attack_cells(
    releases: Releases,
    attacker: Attacker,
    edition: str,
    columns: list[str],
    where: dict[str, str] | None = None,
) -> list[tuple[str, ...]]:
    """The attacker reads an edition; returns the cells that he finds withheld."""
    withheld = []
    for row in published(releases, edition):
        named_so = {column: row[column] for column in columns}
        cell = tuple(
            named_so.get(column, (where or {}).get(column, "계")) for column in ("동코드", "연령", "성별")
        )
        attacker.reads(named(cell), row["인구"])
        if row["인구_note"] == "비공개":
            withheld.append(cell)
    return withheld


def narrow(attacker: Attacker, withheld: list[tuple[str, ...]], small: set[tuple[str, ...]]) -> list[object]:
    """Small withheld cells that are known better than 1 to K."""
    found = []
    for cell in withheld:
        if cell in small:
            low, high = attacker.bounds(named(cell))
            if low > 1 + 1e-6 or high < K - 1e-6:
                found.append((cell, low, high))
    return found


def truth(rows: list[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """Every cell with its totals, added up here by hand; rows are 동, 연령, 성별, 인구."""
    cells: dict[tuple[str, ...], int] = {}
    for *atom, count in rows:
        for out in product((False, True), repeat=3):
            cell = tuple("계" if gone else part for part, gone in zip(atom, out, strict=True))
            cells[cell] = cells.get(cell, 0) + int(count)
    return cells


def small_of(rows: list[tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {cell for cell, count in truth(rows).items() if 0 < count < K}


@pytest.mark.slow
def test_no_small_cell_of_one_table_can_be_bounded(tmp_path: Path) -> None:
    ws, releases = made(tmp_path)
    rows = people(1)
    deposit(ws, "인구", ["동코드", "연령", "성별", "인구"], rows)
    rule = TableRule((AREA, Dim("연령", "age"), Dim("성별")), PEOPLE)
    releases.decide(decision("인구", "인구", table=rule))
    attacker = Attacker(list(product(DONGS, AGES, SEXES)))
    withheld = attack_cells(releases, attacker, "인구", ["동코드", "연령", "성별"])
    small = small_of(rows)
    assert small <= set(withheld)
    assert len(small) > 20
    assert not narrow(attacker, withheld, small)


@pytest.mark.slow
def test_without_complementary_suppression_the_same_attacker_gets_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, releases = made(tmp_path)
    rows = people(1)
    deposit(ws, "인구", ["동코드", "연령", "성별", "인구"], rows)
    monkeypatch.setattr("madang.release.suppress.protected", lambda cells: cells.hidden)  # the mutant
    rule = TableRule((AREA, Dim("연령", "age"), Dim("성별")), PEOPLE)
    releases.decide(decision("인구", "인구", table=rule))
    attacker = Attacker(list(product(DONGS, AGES, SEXES)))
    withheld = attack_cells(releases, attacker, "인구", ["동코드", "연령", "성별"])
    assert narrow(attacker, withheld, small_of(rows))


@pytest.mark.slow
def test_several_tables_of_the_same_people_are_protected_together(tmp_path: Path) -> None:
    """동 x 연령, 동 x 성별 and 연령 x 성별, one after another: each alone would be protected with less."""
    ws, releases = made(tmp_path)
    rows = people(2)
    deposit(ws, "인구", ["동코드", "연령", "성별", "인구"], rows)
    both = {"동-연령": ["동코드", "연령"], "동-성별": ["동코드", "성별"], "연령-성별": ["연령", "성별"]}
    dims = {"동코드": AREA, "연령": Dim("연령", "age"), "성별": Dim("성별")}
    attacker, withheld = Attacker(list(product(DONGS, AGES, SEXES))), []
    for edition, columns in both.items():
        rule = TableRule(tuple(dims[column] for column in columns), PEOPLE)
        releases.decide(decision(edition, "인구", table=rule))
        withheld += attack_cells(releases, attacker, edition, columns)
    assert not narrow(attacker, withheld, small_of(rows))
    for atom in attacker.atoms:  # nor can a small group be put together that no table shows
        low, high = attacker.bounds(lambda each, atom=atom: each == atom)
        assert high == pytest.approx(0, abs=1e-6) or high >= K - 1e-6, (atom, low, high)


@pytest.mark.slow
def test_two_systems_of_areas_cannot_be_subtracted(tmp_path: Path) -> None:
    """법정동 A lies in 행정동 1 and a little in 행정동 2; the rest of 행정동 2 is 법정동 B. 1 = most of A."""
    ws, releases = made(tmp_path)
    ages = AGES[:4]
    pieces = {("9911051000", "9911010100"): [40, 30, 35, 28], ("9911052000", "9911010100"): [3, 12, 2, 9],
              ("9911052000", "9911010200"): [50, 44, 39, 61], ("9911053000", "9911010300"): [33, 21, 27, 30]}  # fmt: skip
    header = ["행정동코드", "시도명", "시군구명", "읍면동명", "법정동코드", "동리명", "생성일자", "말소일자"]
    deposit(
        ws, "연계", header,
        [(h, "가온광역시", "여울구", "나루동", b, "나루동", "2020-01-01", None) for h, b in pieces],
    )  # fmt: skip
    assert ws.bank["연계"].latest.receipt["standard"] == "dong-relation"
    by = {0: "행정동", 1: "법정동"}
    for place, system in by.items():
        sums = {(areas[place], age): 0 for areas in pieces for age in ages}
        for areas, counts in pieces.items():
            for age, count in zip(ages, counts, strict=True):
                sums[areas[place], age] += count
        deposit(ws, f"인구-{system}", ["동코드", "연령", "인구"], [(*key, n) for key, n in sums.items()])
    attacker = Attacker([(*areas, age) for areas in pieces for age in ages])
    for place, system in by.items():
        dim = Dim("동코드", "area", name="area", system=system)
        rule = TableRule((dim, Dim("연령", "age")), PEOPLE)
        releases.decide(decision(f"인구-{system}", f"인구-{system}", table=rule))
        for row in published(releases, f"인구-{system}"):
            cell = ["계", "계", row["연령"]]
            cell[place] = row["동코드"]
            attacker.reads(named(cell), row["인구"])
    for areas, counts in pieces.items():
        for age, count in zip(ages, counts, strict=True):
            low, high = attacker.bounds(named((*areas, age)))
            if 0 < count < K:  # two people of 법정동 A in 행정동 2
                assert high >= K - 1e-6, (areas, age, low, high)


def test_areas_that_overlap_in_an_unknown_way_are_refused(tmp_path: Path) -> None:
    ws, releases = made(tmp_path)
    for system in ("행정동", "법정동"):
        deposit(ws, f"인구-{system}", ["동코드", "인구"], [("9911051000", 40), ("9911052000", 33)])
        dim = Dim("동코드", "area", name="area", system=system)
        opening = decision(f"인구-{system}", f"인구-{system}", table=TableRule((dim,), PEOPLE))
        if system == "행정동":
            releases.decide(opening)
        else:
            with pytest.raises(MadangError) as refused:
                releases.decide(opening)
            assert refused.value.code == "release_no_relation"
            assert f"인구-{system}" not in releases.open_bank


@pytest.mark.slow
def test_a_later_version_does_not_give_away_what_the_earlier_one_hid(tmp_path: Path) -> None:
    """One cell that was shown is corrected; everything else is the same, and the attacker kept the first edition."""
    ws, releases = made(tmp_path)
    rows = people(3, sexes=False)
    header = ["동코드", "연령", "인구"]
    deposit(ws, "인구", header, rows)
    rule = TableRule((AREA, Dim("연령", "age")), PEOPLE)
    releases.decide(decision("인구", "인구", table=rule))
    first = published(releases, "인구")
    shown = {(r["동코드"], r["연령"]): r["인구"] for r in first if r["인구"] is not None}
    changed = next(i for i, row in enumerate(rows) if shown.get(row[:2], 0) and int(row[2]) > 12)
    again = [(*row[:2], str(int(row[2]) + 7)) if i == changed else row for i, row in enumerate(rows)]
    deposit(ws, "인구", header, again)
    assert [version.n for version in releases.refresh("인구")] == [2]
    # he supposes, rightly, that whatever else was hidden is what it was
    old_new = [(*row[:2], day) for row in rows for day in ("both",)]
    attacker = Attacker([*old_new, (*rows[changed][:2], "old"), (*rows[changed][:2], "new")])
    gone = (*rows[changed][:2], "both")
    for n, day in ((1, "old"), (2, "new")):
        for row in published(releases, "인구", n):
            cell = named((row["동코드"], row["연령"], {"both", day}))
            attacker.reads(lambda atom, cell=cell: atom != gone and cell(atom), row["인구"])
    for row in again:
        if 0 < int(row[2]) < K:
            low, high = attacker.bounds(named((*row[:2], {"both", "new"})))
            assert low <= 1 + 1e-6, (row, low)
            assert high >= K - 1e-6, (row, high)


def test_one_hidden_cell_in_a_row_takes_a_second_with_it() -> None:
    """By hand: 10 3 | 13 over 20 30 | 50, totals 30 33 | 63. Hiding 3 alone gives it away by 13 - 10."""
    from madang.release.space import Dimension, Space

    dims = tuple(Dimension(n, 2, {"0": [0], "1": [1]}) for n in "ab")
    grid = list(product(["0", "1", "*"], repeat=2))
    values = np.array([10, 3, 13, 20, 30, 50, 30, 33, 63], float)
    sums = Space(dims).incidence({"a": [c[0] for c in grid], "b": [c[1] for c in grid]}, 9)
    small = values == 3
    low, high = np.where(small, 1.0, np.nan), np.where(small, 5.0, np.nan)
    cells = suppress.Cells(sums, values, np.zeros(9, bool), small, low, high)
    assert suppress.exposed(cells).tolist() == [1]
    hidden = suppress.protected(cells)
    assert [g for g, h in zip(grid, hidden, strict=True) if h] == [
        ("0", "0"),
        ("0", "1"),
        ("1", "0"),
        ("1", "1"),
    ]


def test_what_is_public_already_cannot_be_hidden_any_more(tmp_path: Path) -> None:
    """The first decision showed counts from 2; a later one wants 5, and the 3 is known to everybody."""
    ws, releases = made(tmp_path)
    deposit(ws, "인구", ["동코드", "인구"], [("9911051000", 3), ("9911052000", 33), ("9911053000", 41)])
    releases.decide(decision("낮은-기준", "인구", table=TableRule((AREA,), PEOPLE, least=2)))
    with pytest.raises(MadangError) as refused:
        releases.decide(decision("높은-기준", "인구", table=TableRule((AREA,), PEOPLE)))
    assert refused.value.code == "release_unprotectable"


def test_tables_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    ws, releases = made(tmp_path)
    deposit(ws, "하나", ["동코드", "인구"], [("9911051000", 30), ("9911052000", 33)])
    deposit(ws, "둘", ["동코드", "인구"], [("9911051000", 30), ("9911052000", 34)])
    releases.decide(decision("하나", "하나", table=TableRule((AREA,), PEOPLE)))
    with pytest.raises(MadangError) as refused:
        releases.decide(decision("둘", "둘", table=TableRule((AREA,), PEOPLE)))
    assert refused.value.code == "release_disagree"
