"""What was planted in the shops is found again from their files, by the simplest ways there are."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from madang.samplecity import Setting
from tests.samplecity.shops_papers import Papers, day, kaplan_meier, written

pytestmark = pytest.mark.slow
YEAR = 365.25
Spells = dict[
    tuple[str, str], Any
]  # trade and 행정동 -> (shops, 3): opened, left, closed (1) or not (0), in days


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return written(tmp_path_factory.mktemp("shops"), Setting(seed=11, scale=0.3))


@pytest.fixture(scope="module")
def spells(papers: Papers) -> Spells:
    """The lives of licences as the first delivery tells them; places from the truth, as some rows have no coordinates."""
    dongs = {row["licence_number"]: row["dong_code"] for row in papers.truths["shops"]}
    found = defaultdict(list)
    for trade, rows in papers.licences().items():
        for row in rows:
            left = day(row["폐업일자"] or row["인허가취소일자"] or "2026-09-30")
            life = (day(row["인허가일자"]).astype(int), left.astype(int), row["영업상태구분코드"] == "03")
            found[trade, dongs[row["관리번호"]]].append(life)
    return {cell: np.array(lives, float) for cell, lives in found.items()}


def survival(lives: Any, years: float, until: str) -> tuple[float, float]:
    """From the first day of the register to `until`, at `years`."""
    start, end = (np.datetime64(each, "D").astype(float) for each in ("2005-01-01", until))
    lives = lives[lives[:, 0] < end]
    entry = np.maximum(0.0, start - lives[:, 0])
    leave = np.minimum(lives[:, 1], end) - lives[:, 0]
    closed = (lives[:, 2] == 1) & (lives[:, 1] < end)
    return kaplan_meier(entry, leave, closed, years * YEAR)


def test_survival_of_every_cell_is_the_planted_one(papers: Papers, spells: Spells) -> None:
    """Until the pandemic, cells of 50 licences and more: standard scores are those of chance."""
    scores = []
    for row in papers.truths["survival"]:
        lives = spells.get((row["trade"], row["dong_code"]))
        if lives is None or len(lives) < 50:
            continue
        for years, planted in ((1, row["s1"]), (3, row["s3"]), (5, row["s5"])):
            value, error = survival(lives, years, "2020-03-01")
            if error:
                scores.append((value - planted) / error)
    assert len(scores) > 100
    assert np.mean(np.abs(np.array(scores)) > 2) < 0.12
    assert abs(np.mean(scores)) < 0.35
    assert 0.6 < np.std(scores) < 1.35


def test_survival_of_the_whole_record_has_the_pandemic_in_it(papers: Papers, spells: Spells) -> None:
    for row in papers.truths["survival"]:
        if row["dong_code"] or not row["licensed"] or row["shops_count"] < 150:
            continue
        lives = np.concatenate([each for (trade, _), each in spells.items() if trade == row["trade"]])
        for years in (1, 3, 5):
            value, error = survival(lives, years, "2026-10-01")
            assert abs(value - row[f"record_s{years}"]) < 4 * error, (row["trade"], years)


def test_without_delayed_entry_survival_looks_better_than_it_is(papers: Papers, spells: Spells) -> None:
    lives = np.concatenate([each for (trade, _), each in spells.items() if trade == "일반음식점"])
    planted = next(
        row for row in papers.truths["survival"] if row["trade"] == "일반음식점" and not row["dong_code"]
    )
    value, error = kaplan_meier(np.zeros(len(lives)), lives[:, 1] - lives[:, 0], lives[:, 2] == 1, 5 * YEAR)
    assert value - planted["record_s5"] > 4 * error


def closures(lives: Any, first: str, last: str) -> tuple[float, float]:
    """Closures, and days of all shops, from `first` to before `last`, of shops in their first three years."""
    begin, end = (np.datetime64(each, "D").astype(float) for each in (first, last))
    stop = np.minimum(lives[:, 1], lives[:, 0] + 3 * YEAR)
    spent = np.clip(np.minimum(stop, end) - np.maximum(lives[:, 0], begin), 0, None).sum()
    young = lives[:, 1] < lives[:, 0] + 3 * YEAR
    return float(((lives[:, 2] == 1) & young & (lives[:, 1] >= begin) & (lives[:, 1] < end)).sum()), spent


def rate(lives: Any, first: str, last: str) -> float:
    """Closures per shop and day."""
    ended, spent = closures(lives, first, last)
    return ended / spent


def test_closing_doubles_in_the_pandemic_and_trebles_where_the_quarter_is_rebuilt(spells: Spells) -> None:
    every = np.concatenate(list(spells.values()))
    before = rate(every, "2017-01-01", "2020-03-01")
    assert rate(every, "2020-03-01", "2021-07-01") / before == pytest.approx(2.0, abs=0.25)
    assert rate(every, "2021-07-01", "2026-09-30") / before == pytest.approx(1.0, abs=0.15)
    rebuilt = np.concatenate([lives for (_, dong), lives in spells.items() if dong == "9911054000"])
    (few, quiet), (many, loud) = (
        closures(rebuilt, *span) for span in (("2012-01-01", "2020-03-01"), ("2023-07-01", "2025-07-01"))
    )
    error = math.sqrt(
        1 / few + 1 / many
    )  # of the logarithm of a ratio of two counts; trades and ages are mixed, hence four of them
    assert math.log(many / loud / (few / quiet)) == pytest.approx(math.log(3.0), abs=4 * error)
    assert math.log(many / loud / (few / quiet)) > 2 * error


def log_sales(papers: Papers) -> tuple[list[str], list[str], list[str], Any]:
    """Months, 행정동, trades, and the logarithms of sales by (행정동, trade, month); NaN where hidden or planted."""
    rows = papers.rows("상가/카드매출_월별_20260930.csv")
    months, dongs, trades = (
        sorted({row[name] for row in rows}) for name in ("기준연월", "행정동명", "업종명")
    )
    found = np.full((len(dongs), len(trades), len(months)), np.nan)
    for row in rows:
        if row["매출금액"] != "X":
            at = dongs.index(row["행정동명"]), trades.index(row["업종명"]), months.index(row["기준연월"])
            found[at] = math.log(int(row["매출금액"]))
    return months, dongs, trades, found


def difference(log: Any, inside: Any, outside: Any, before: Any, after: Any) -> tuple[float, float]:
    """Difference of differences over trades, and its error from the scatter of whole 행정동 that are left alone."""
    whole = ~np.isnan(log).any(axis=2, keepdims=True)
    log = np.where(whole, log, np.nan)
    change = np.nanmean(log[:, :, after], axis=2) - np.nanmean(log[:, :, before], axis=2)
    change = change - np.nanmean(change[outside], axis=0)
    dongs = np.nanmean(change, axis=1)
    error = math.sqrt(dongs[outside].var(ddof=1) * (1 / inside.sum() + 1 / outside.sum()))
    return float(dongs[inside].mean() - dongs[outside].mean()), error


@pytest.fixture(scope="module")
def panel(papers: Papers) -> tuple[Any, Any, Any, Any]:
    """Logarithms without cells that are not told in every month, months, and which 행정동 are helped and hit by the truth."""
    months, dongs, _, log = log_sales(papers)
    cells = papers.truths["sales_cells"]
    helped = {row["dong_name"] for row in cells if row["programme_factor"] > 1}
    hit = {row["dong_name"] for row in cells if row["shock_factor"] < 1}
    return log, np.array(months), np.isin(dongs, sorted(helped)), np.isin(dongs, sorted(hit))


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_the_programme_is_found_by_differences_in_differences(panel: tuple[Any, Any, Any, Any]) -> None:
    log, months, helped, hit = panel
    assert helped.sum() == 6
    value, error = difference(log, helped, ~helped & ~hit, months < "202509", months >= "202509")
    assert abs(value - math.log(1.07)) < 3 * error
    assert value > 3 * error
    early, error = difference(
        log, helped, ~helped & ~hit, months < "202409", (months >= "202409") & (months < "202509")
    )
    assert abs(early) < 3 * error  # parallel before


@pytest.mark.filterwarnings("ignore:Mean of empty slice")
def test_the_roadworks_are_found_in_their_four_months(panel: tuple[Any, Any, Any, Any]) -> None:
    log, months, helped, hit = panel
    assert hit.sum() == 2
    during = (months >= "202602") & (months <= "202605")
    around = ((months >= "202508") & (months < "202602")) | (months > "202605")
    value, error = difference(log, hit, ~helped & ~hit, around, during)
    assert abs(value - math.log(0.82)) < 3 * error
    assert value < -3 * error
    same, error = difference(log, hit, ~helped & ~hit, months < "202508", around)
    assert abs(same) < 3 * error


def test_sales_have_their_seasons(papers: Papers) -> None:
    months, _, trades, log = log_sales(papers)
    month = np.array([int(text[4:]) for text in months])

    def over(trade: str, some: Callable[[Any], Any]) -> float:
        cells = log[:, trades.index(trade)]
        return float(np.nanmean(cells[:, some(month)]) - np.nanmean(cells[:, ~some(month)]))

    assert over("카페", lambda at: np.isin(at, (7, 8))) > 0.05
    assert over("세탁·목욕", lambda at: np.isin(at, (7, 8))) < -0.1
    assert over("제과", lambda at: at == 12) > 0.15
    assert over("슈퍼·식료품", lambda at: at == 9) > 0.03  # 추석 in two of three Septembers
