"""Small cells: every table that would be published alike is enumerated, and none of the hidden counts is known from them."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from madang.methods.small_cells import hidden_cells

Picture = tuple[int, tuple[int | None, ...]]


def _hidden(line: tuple[int, ...], least: int) -> list[bool]:
    found: list[bool] = hidden_cells(np.array(line, float), np.zeros(len(line)), least).tolist()
    return found


def _pictures(cells: int, most: int, least: int) -> dict[Picture, list[tuple[int, ...]]]:
    """All tables of so many cells of 0 to `most` by what of them is published: the total, what is shown, what is hidden."""
    tables = np.array(list(itertools.product(range(most + 1), repeat=cells)))
    lines = np.repeat(np.arange(len(tables)), cells)
    hidden = hidden_cells(tables.ravel(), lines, least).reshape(tables.shape)
    alike: dict[Picture, list[tuple[int, ...]]] = {}
    for table, marks in zip(tables.tolist(), hidden.tolist(), strict=True):
        shown = tuple(None if mark else count for count, mark in zip(table, marks, strict=True))
        alike.setdefault((sum(table), shown), []).append(tuple(table))
    return alike


@pytest.mark.parametrize(
    ("cells", "most", "least"), [(2, 30, 5), (3, 20, 5), (4, 11, 4), (5, 7, 3), (6, 5, 2), (5, 5, 5)]
)
def test_no_hidden_count_follows_from_what_is_published(cells: int, most: int, least: int) -> None:
    some = 0
    for (total, shown), tables in _pictures(cells, most, least).items():
        kept = [count for count in shown if count is not None]
        assert all(count == 0 or count >= least for count in kept)
        alone = tables == [(1, 1)]  # with a least of 2 nothing else has both hidden
        if alone or len(kept) == cells:
            continue
        some += 1
        at = [n for n, count in enumerate(shown) if count is None]
        for n in at:
            could = {table[n] for table in tables}
            assert len(could) >= 2, (total, shown)
            assert not kept or max(could) - min(could) >= least - 1, (total, shown)
    assert some > 20


@pytest.mark.parametrize("least", [3, 5, 10])
def test_who_knows_which_are_small_knows_no_more_than_that(least: int) -> None:
    """Longer lines: each small count could be any, the larger ones between `least` and what is shown."""
    rng = np.random.default_rng(least)
    complemented = 0
    for _ in range(300):
        line = np.sort(rng.integers(0, rng.integers(least, 6 * least), rng.integers(6, 40)))
        hidden = np.array(_hidden(tuple(line.tolist()), least))
        assert hidden[(line > 0) & (line < least)].all()
        if hidden.all() or not hidden.any():
            continue
        top = int(line[~hidden].min()) - 1
        assert line[hidden].max() <= top
        small, large = line[hidden & (line < least)], line[hidden & (line >= least)]
        complemented += len(large) > 0
        low, high = len(large) * least, len(large) * top  # what the larger ones may add up to
        for own in set(small.tolist()):
            rest = (
                int(small.sum()) - own
            )  # of the other small ones; without a larger one they may be anything below least
            if not len(large):
                low, high, rest = 0, (len(small) - 1) * (least - 1), 0
            others = int(line[hidden].sum()) - rest - np.arange(least)
            assert ((low <= others) & (others <= high)).all(), line
    assert complemented > 20


@pytest.mark.parametrize(
    ("line", "least", "hidden"),
    [
        (
            (1, 1, 1, 1, 1, 0, 50, 60),
            5,
            6,
        ),  # five alone that sum to 5 are ones; the 0 beside them could be any
        (
            (4, 4, 4, 0, 60, 80),
            5,
            5,
        ),  # 12 of at most 16: none could be 0 with three others of 4 and none to spare
        ((3, 100, 120, 150), 5, 2),
        ((3, 100, 101, 150), 5, 3),  # 100 could not be more
        ((3, 6, 7, 7, 8, 9, 40), 5, 5),  # 6 and 7 and 7 alone: up to 7 leaves 1; with 8, up to 8, 4
        ((4, 2, 50, 60), 5, 3),  # 6 of two is 2 to 4 each
        ((0, 0, 5, 9), 5, 0),
        ((3, 50, 50, 50), 5, 4),
        ((1, 3, 0, 50, 60), 5, 3),  # 4 of three: each from 0 to 4
        ((4, 8, 44), 5, 2),  # 12 of two: 4 and 8, 3 and 9, 2 and 10, 1 and 11, or the other way round
        ((4, 6, 6, 6, 6, 8, 60), 5, 6),  # 4 and four of 6 are too much alike
        ((1, 5, 20, 30), 5, 3),  # with 5 alone, 1 could not be more
        ((1, 8, 12), 5, 2),  # 9 of two: 1 could be 4, with the least that is no small one
        ((1, 9, 11), 5, 2),  # 10 of two: 1 could be 0, with 10 just below what is shown
    ],
)
def test_so_many_of_the_smallest(line: tuple[int, ...], least: int, hidden: int) -> None:
    smallest = np.argsort(line, kind="stable")[:hidden].tolist()
    assert np.flatnonzero(_hidden(line, least)).tolist() == sorted(smallest)


def test_lines_of_their_own_what_is_no_count_and_no_least() -> None:
    counts = np.array([3, 9, 100, np.nan, 120, 150, 60, np.nan, 0.5])
    lines = np.array(list("abaaaabbc"))
    assert np.flatnonzero(hidden_cells(counts, lines, 5)).tolist() == [0, 2, 8]
    assert not hidden_cells(counts, lines, 1).any()
    assert not hidden_cells(counts, lines, 0).any()
    assert hidden_cells(np.array([3, np.nan, np.nan]), np.zeros(3), 5).tolist() == [True, False, False]
    assert hidden_cells(np.array([]), np.array([]), 5).tolist() == []
    assert hidden_cells(np.array([np.nan]), np.zeros(1), 5).tolist() == [False]
