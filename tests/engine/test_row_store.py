"""Serving copies: made once, deletable at any time, never outliving what they were made of."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import duckdb
import pytest

from madang.access import View
from madang.engine import row_copy, row_store
from madang.engine.row_copy import ROWS, TABLE, key_of, make
from madang.engine.row_store import opened
from madang.engine.rows import Query, Source, count, rows
from row_tables import COLUMNS, files_of, made

ROWS_MADE = made(200)


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(files_of(tmp_path / "table", ROWS_MADE), tmp_path / "cache" / "rows" / "주차장")


def place_of(source: Source) -> Path:
    assert source.copies
    return source.copies / key_of(source.files)


def test_a_copy_is_made_with_the_first_question_and_used_by_the_next(source: Source) -> None:
    with opened(source) as table:
        assert table.copy
        assert table.copy.rows == 200
    with opened(source) as again:
        assert again.copy is table.copy
    assert sorted(path.name for path in place_of(source).iterdir()) == [ROWS, TABLE]


def test_of_many_who_ask_at_once_one_makes_it(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[Path] = []
    write = row_copy._write
    monkeypatch.setattr(
        row_copy, "_write", lambda files, folder: (written.append(folder), write(files, folder))
    )
    answers: list[int] = []
    threads = [
        threading.Thread(target=lambda: answers.append(count(source, Query(), View(), COLUMNS)))
        for _ in range(6)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert answers == [200] * 6
    assert len(written) == 1


def test_a_deleted_copy_is_let_go_and_made_anew(source: Source) -> None:
    """As an erasure deletes it: no process keeps it open beyond its next question to anything."""
    with opened(source):
        place = place_of(source)
    shutil.rmtree(place)
    with opened(Source(source.files)) as plain:
        assert plain.copy is None
    assert rows(source, Query(limit=1), View(), COLUMNS).rows
    assert place.is_dir()


def test_another_question_lets_go_of_what_was_erased(source: Source, tmp_path: Path) -> None:
    other = Source(files_of(tmp_path / "other", ROWS_MADE[:5]), tmp_path / "cache" / "rows" / "다른-것")
    with opened(source):
        assert place_of(source) in row_store._open
    shutil.rmtree(place_of(source))
    with opened(other):
        assert place_of(source) not in row_store._open


@pytest.mark.parametrize("name", [ROWS, TABLE])
def test_half_a_copy_is_made_anew(source: Source, name: str) -> None:
    assert make(source.files, place_of(source))
    with open(place_of(source) / name, "r+b") as file:
        file.truncate(100)
    assert count(source, Query(search="한빛"), View(), COLUMNS) == count(
        Source(source.files), Query(search="한빛"), View(), COLUMNS
    )


def test_no_copy_outlives_files_that_were_erased_while_it_was_made(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = row_copy._write

    def erased_meanwhile(files: Any, folder: Path) -> None:
        write(files, folder)
        shutil.rmtree(source.files[0].parent)

    monkeypatch.setattr(row_copy, "_write", erased_meanwhile)
    assert not make(source.files, place_of(source))
    assert not place_of(source).exists()


def test_where_no_copy_can_be_made_the_files_answer(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    source = Source(files_of(tmp_path / "t", ROWS_MADE), tmp_path / "cache" / "x")
    assert count(source, Query(), View(), COLUMNS) == 200


def test_a_large_table_is_answered_while_its_copy_is_made(
    source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(row_store, "WAITED_ROWS", 10)
    with opened(source) as table:
        assert table.copy is None
    for thread in threading.enumerate():
        if "_make_behind" in thread.name:
            thread.join(30)
    with opened(source) as table:
        assert table.copy


def test_the_longest_unused_copies_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    copies = tmp_path / "cache" / "rows"
    sources = [Source(files_of(tmp_path / f"t{n}", made(50, n)), copies / f"d{n}") for n in range(3)]
    for age, each in enumerate(sources[:2]):
        assert make(each.files, place_of(each))
        os.utime(place_of(each), (age, age))
    size = sum(path.stat().st_size for path in place_of(sources[0]).iterdir())
    monkeypatch.setattr(row_copy, "MOST_BYTES", int(size * 2.5))
    assert make(sources[2].files, place_of(sources[2]))
    assert [place_of(each).exists() for each in sources] == [False, True, True]


def test_texts_with_few_values_are_kept_as_numbers_of_a_list_in_order(tmp_path: Path) -> None:
    duckdb.sql(
        "COPY (SELECT i + 1 AS source_row, ['나', '가', NULL][1 + i % 3] AS few, 'a' || i AS many FROM range(9000) t(i))"
        f" TO '{tmp_path / 'p.parquet'}'"
    )
    assert make([tmp_path / "p.parquet"], tmp_path / "copies/d/one")
    with duckdb.connect(str(tmp_path / "copies/d/one/rows.duckdb"), read_only=True) as made:
        kinds = {name: kind for name, kind, *_ in made.execute("DESCRIBE rows").fetchall()}
        assert kinds == {"source_row": "BIGINT", "few": "ENUM('가', '나')", "many": "VARCHAR"}
        asked = made.execute("SELECT count(*) FROM rows WHERE few > '가힣' OR few = '없는 값'").fetchone()
        assert asked == (3000,)
