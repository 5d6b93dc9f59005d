"""A version is one Delta commit: made whole, numbered in the commit, never changed."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from deltalake import DeltaTable

from madang.bank import Bank
from madang.messages import MadangError
from tests.bank.made import LIBRARIES, NOON, make_version, read


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path / "bank")


def test_the_first_version_is_one_and_reads_back(bank: Bank) -> None:
    version = make_version(bank, "libraries", LIBRARIES)
    assert version.n == 1
    assert version.rows == 3
    assert read(version) == LIBRARIES
    assert (version.by, version.at, version.kind) == ("kim", NOON, "deposit")


def test_versions_count_up_and_old_ones_stay(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES)
    second = make_version(bank, "libraries", LIBRARIES[:2])
    assert second.n == 2
    assert [v.rows for v in bank["libraries"].versions] == [3, 2]
    assert read(bank["libraries"].version(1)) == LIBRARIES


def test_a_plain_delta_reader_sees_the_live_version(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES)
    make_version(bank, "libraries", LIBRARIES[1:])
    table = DeltaTable(bank.folder / "libraries" / "table")
    assert table.to_pyarrow_table().num_rows == 2
    assert table.transaction_version("madang") == 2


def test_columns_may_change_between_versions(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES)
    other = [{"source_row": 2, "이름": "가", "열람석": 1.5}]
    assert read(make_version(bank, "libraries", other)) == other
    assert read(bank["libraries"].version(1)) == LIBRARIES


def test_the_number_stands_only_in_the_commit(bank: Bank) -> None:
    version = make_version(bank, "libraries", LIBRARIES)
    stored = json.loads((bank["libraries"].deposit_folder(version.deposit_id) / "receipt.json").read_text())
    assert stored["version"] is None
    assert version.receipt["version"] == 1


@pytest.mark.slow
def test_old_versions_outlive_checkpoints(bank: Bank) -> None:
    for number in range(105):  # delta-rs writes a checkpoint at 100 commits
        make_version(bank, "small", [{"source_row": 2, "n": number}])
    assert [v.n for v in bank["small"].versions] == list(range(1, 106))
    assert read(bank["small"].version(3)) == [{"source_row": 2, "n": 2}]


def test_as_of_a_day_is_the_version_live_at_its_end(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    make_version(bank, "libraries", LIBRARIES[:1], at=NOON + timedelta(days=10))
    dataset = bank["libraries"]
    assert dataset.as_of("2026-06-01").n == 1
    assert dataset.as_of("2026-06-10").n == 1
    assert dataset.as_of("2026-06-11").n == 2
    with pytest.raises(MadangError, match="2026-05-31"):
        dataset.as_of("2026-05-31")


def test_rollback_is_a_new_version_with_the_old_rows(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES)
    make_version(bank, "libraries", LIBRARIES[:1])
    made = bank.rollback("libraries", 1, by="lee", at=NOON + timedelta(days=5))
    assert (made.n, made.kind, made.by) == (3, "rollback", "lee")
    assert read(made) == LIBRARIES
    assert [v.rows for v in bank["libraries"].versions] == [3, 1, 3]
    with pytest.raises(MadangError) as refused:
        bank.rollback("libraries", 1, by="lee", at=NOON)
    assert refused.value.code == "rollback_same"


def test_unknown_names_and_versions_are_said(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES)
    for wrong in ("nothing", "../libraries", "", "Libraries"):
        with pytest.raises(MadangError):
            bank[wrong]
    with pytest.raises(MadangError, match="7판이 없습니다"):
        bank["libraries"].version(7)


def test_snapshots_are_kept_once(bank: Bank) -> None:
    make_version(bank, "a", LIBRARIES, content=b"same")
    make_version(bank, "b", LIBRARIES, content=b"same")
    assert len(list(bank.snapshots.folder.iterdir())) == 1


def test_sweep_takes_only_what_is_old_and_unreferenced(bank: Bank) -> None:
    version = make_version(bank, "libraries", LIBRARIES)
    home = (bank.folder / "libraries" / "table").resolve()
    stray = home / "part-stray.parquet"
    stray.write_bytes(b"half")
    orphan = bank.record("libraries", receipt={"verdict": "accepted"}, facts={}, problems=None, at=NOON)
    kept = bank.record("libraries", receipt={"verdict": "refused"}, facts={}, problems=None, at=NOON)
    assert bank.sweep() == []
    gone = bank.sweep(now=stray.stat().st_mtime + 2 * 86_400)
    assert {p.name for p in gone} == {"part-stray.parquet", orphan}
    assert bank["libraries"].deposits() == sorted([kept, version.deposit_id])
    assert read(bank["libraries"].version(1)) == LIBRARIES


def test_cards_are_kept_and_the_newest_counts(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES)
    dataset = bank["libraries"]
    assert dataset.card == {"title": "libraries"}
    dataset.write_card({"title": "도서관"}, by="kim", at=NOON)
    dataset.write_card({"title": "공공도서관"}, by="kim", at=NOON)
    assert dataset.card["title"] == "공공도서관"
    assert len(os.listdir(dataset.folder / "cards")) == 2
