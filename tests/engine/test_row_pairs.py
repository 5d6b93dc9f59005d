"""Pairs of characters: nothing that holds a word is missed, little else is found, and what cannot be told is not."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.access import View
from madang.engine import row_pairs, rows_picked
from madang.engine.row_copy import Copy
from madang.engine.row_pairs import Pairs, pairs_of
from madang.engine.row_store import opened
from madang.engine.rows import Filter, Query, Source, count, rows
from row_tables import Column

COLUMNS = [Column("title", "상호"), Column("place", "주소")]
LETTERS = "가나다라카페한글점 aAkKzZİıſßΣσς1234567890-.,()ㄱ가😀\n"
CELLS = [None if n % 17 == 0 else "".join(random.Random(n).choices(LETTERS, k=n % 14)) for n in range(3_000)]


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Source:
    for name, value in (("FEWEST_ROWS", 0), ("_PART", 256), ("_COMMON", 1)):
        monkeypatch.setattr(row_pairs, name, value)
    table = pa.table({"title": CELLS, "place": [f"마당로 {n}번길" for n in range(len(CELLS))]})
    pq.write_table(table, tmp_path / "table.parquet")
    return Source((tmp_path / "table.parquet",), tmp_path / "cache" / "가게")


@pytest.fixture
def copy(source: Source) -> Iterator[Copy]:
    with opened(source) as table:
        assert table.copy
        yield table.copy


@pytest.fixture
def pairs(copy: Copy) -> Pairs:
    made = pairs_of(copy, "title", wait=True)
    assert made
    return made


@pytest.mark.parametrize("seed", range(40))
def test_every_cell_that_holds_a_word_is_found(copy: Copy, pairs: Pairs, seed: int) -> None:
    rng = random.Random(seed)
    cell = rng.choice([each for each in CELLS if each and len(each) > 4])
    start = rng.randrange(len(cell) - 2)
    word = cell[start : start + rng.choice([2, 3, 5])]
    found = pairs.holding(word)
    if found is None:  # of a letter whose capital is in doubt nothing is told
        assert any(not each.isascii() and each.lower() != each.upper() for each in word)
        return
    assert found.tolist() == sorted(set(found.tolist()))
    wanted = {n for n, each in enumerate(CELLS) if each is not None and word.lower() in each.lower()}
    assert wanted <= set(found.tolist())
    assert all(CELLS[n] for n in found)


def test_little_else_is_found(pairs: Pairs) -> None:
    words = [each[:5] for each in CELLS if each and len(each) > 8 and pairs.holding(each[:5]) is not None]
    assert len(words) > 300
    held = sum(sum(word.lower() in (each or "").lower() for each in CELLS) for word in words)
    found = sum(len(numbers) for word in words if (numbers := pairs.holding(word)) is not None)
    assert held <= found < 1.5 * held


def test_of_what_is_common_or_one_character_nothing_is_told(
    pairs: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pairs.holding("1") is None
    assert pairs.holding("12") is not None
    monkeypatch.setattr(row_pairs, "MOST", 3)
    assert pairs.holding("12") is None


@pytest.mark.parametrize(
    "query",
    [
        Query(filters=(Filter("title", "contains", "카페"),)),
        Query(filters=(Filter("title", "contains", "kK"), Filter("place", "contains", "1번"))),
        Query(search="777번"),
        Query(search="마당로 1234번길"),
        Query(search="없는말"),
    ],
)
def test_the_answer_is_that_of_a_look_at_all_rows(
    source: Source, copy: Copy, query: Query, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("title", "place"):
        pairs_of(copy, name, wait=True)
    with monkeypatch.context() as without:
        without.setattr(rows_picked, "pairs_of", lambda *_: None)
        wanted = rows(source, query, View(), COLUMNS).rows, count(source, query, View(), COLUMNS)
    looked: list[int] = []
    holding = Pairs.holding
    monkeypatch.setattr(Pairs, "holding", lambda self, word: looked.append(1) or holding(self, word))
    assert (rows(source, query, View(), COLUMNS).rows, count(source, query, View(), COLUMNS)) == wanted
    assert looked


def test_long_texts_are_not_indexed(
    source: Source, copy: Copy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(row_pairs, "_MOST_PART", 100)
    made = pairs_of(copy, "place", wait=True)
    assert made
    assert made.holding("번길") is None
    assert count(source, Query(search="77번길"), View(), COLUMNS) == 30
