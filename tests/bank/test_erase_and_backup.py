"""Erasure reaches every version; backups hold whole versions; an old backup does not bring back the erased."""

from __future__ import annotations

import sqlite3
import tarfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from madang.bank import Bank
from madang.bank.backup import backup, restore
from madang.bank.doctor import examine
from madang.bank.erase import erase, tombstones
from madang.messages import MadangError
from tests.bank.made import LIBRARIES, NOON, make_version, read

PHONE = "062-960-0002"


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path / "workspace" / "bank")


def everywhere(folder: Path, text: str) -> list[Path]:
    """Files under `folder` in which `text` can still be read."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            shown = (
                str(pq.read_table(path).to_pydict())
                if path.suffix == ".parquet"
                else path.read_bytes().decode()
            )
            if text in shown:
                found.append(path)
    return found


def test_a_person_leaves_every_version_list_and_snapshot(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES)
    make_version(bank, "libraries", [LIBRARIES[1], LIBRARIES[2]])
    make_version(bank, "libraries", [LIBRARIES[2]])
    bank.rollback("libraries", 1, by="kim", at=NOON + timedelta(days=9))
    assert everywhere(bank.folder, PHONE)
    stone = erase(bank, "libraries", column="phone", value=PHONE, ground="정보주체 요구", by="lee", at=NOON)
    assert (stone.rows, stone.versions, stone.snapshots) == (3, 3, 2)
    assert everywhere(bank.folder, PHONE) == []
    dataset = bank["libraries"]
    assert [v.n for v in dataset.versions] == [1, 2, 3, 4]
    assert [v.rows for v in dataset.versions] == [2, 1, 1, 2]
    assert read(dataset.version(1)) == [LIBRARIES[0], LIBRARIES[2]]
    assert len(list(dataset.table.homes.iterdir())) == 1


def test_erasing_what_is_not_there_says_so(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES)
    for column, code in (("phone", "erase_nothing"), ("전화", "erase_column")):
        with pytest.raises(MadangError) as refused:
            erase(bank, "libraries", column=column, value="010", ground="-", by="lee", at=NOON)
        assert refused.value.code == code
    assert tombstones(bank) == []


def test_a_whole_dataset_goes_and_its_tombstone_stays(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, content=b"mine")
    make_version(bank, "libraries", LIBRARIES[:1], content=b"shared")
    make_version(bank, "parks", LIBRARIES[:1], content=b"shared")
    stone = erase(bank, "libraries", ground="보존기간 만료", by="lee", at=NOON)
    assert (stone.rows, stone.versions, stone.snapshots) == (4, 2, 1)
    assert [d.id for d in bank.datasets()] == ["parks"]
    assert len(list(bank.snapshots.folder.iterdir())) == 1
    assert tombstones(bank) == [stone]
    assert examine(bank) == []


def test_a_number_of_a_version_never_means_two_tables(bank: Bank) -> None:
    for rows in (LIBRARIES, LIBRARIES[:1]):
        make_version(bank, "libraries", rows)
    erase(bank, "libraries", ground="보존기간 만료", by="lee", at=NOON)
    for day, rows in enumerate((LIBRARIES[:2], LIBRARIES), 7):
        make_version(bank, "libraries", rows, at=NOON + timedelta(days=day))
    assert [version.n for version in bank["libraries"].versions] == [3, 4]
    assert read(bank["libraries"].version(3)) == LIBRARIES[:2]
    assert examine(bank) == []


def test_a_backup_restores_versions_and_bytes(bank: Bank, tmp_path: Path) -> None:
    make_version(bank, "libraries", LIBRARIES)
    make_version(bank, "libraries", LIBRARIES[:2])
    backup(bank, [], tmp_path / "b.tar")
    other = Bank(tmp_path / "other" / "bank")
    assert restore(tmp_path / "b.tar", other) == []
    assert [read(v) for v in other["libraries"].versions] == [LIBRARIES, LIBRARIES[:2]]
    assert examine(other) == []
    with pytest.raises(MadangError, match="이미 데이터가 있습니다"):
        restore(tmp_path / "b.tar", other)
    make_version(other, "libraries", LIBRARIES[:1])
    assert [v.n for v in other["libraries"].versions] == [1, 2, 3]


def test_an_old_backup_does_not_bring_back_the_erased(bank: Bank, tmp_path: Path) -> None:
    make_version(bank, "libraries", LIBRARIES)
    make_version(bank, "parks", LIBRARIES)
    backup(bank, [], tmp_path / "old.tar")
    erase(bank, "libraries", column="phone", value=PHONE, ground="요구", by="lee", at=NOON)
    erase(bank, "parks", ground="만료", by="lee", at=NOON)
    fresh = Bank(tmp_path / "fresh" / "bank")
    (fresh.folder / "tombstones").mkdir(parents=True)
    for path in (bank.folder / "tombstones").iterdir():
        (fresh.folder / "tombstones" / path.name).write_bytes(path.read_bytes())
    assert len(restore(tmp_path / "old.tar", fresh)) == 2
    assert [d.id for d in fresh.datasets()] == ["libraries"]
    assert everywhere(fresh.folder, PHONE) == []


def test_a_broken_or_hostile_backup_is_refused(bank: Bank, tmp_path: Path) -> None:
    (tmp_path / "broken.tar").write_bytes(b"not a tar")
    with pytest.raises(MadangError, match="백업 파일이 아니거나"):
        restore(tmp_path / "broken.tar", bank)
    with tarfile.open(tmp_path / "evil.tar", "w") as tar:
        tar.add(tmp_path / "broken.tar", arcname="../../escaped")
    with pytest.raises(MadangError, match="백업 파일이 아니거나"):
        restore(tmp_path / "evil.tar", bank)
    assert not list(tmp_path.parent.glob("**/escaped"))


def test_the_doctor_sees_what_is_wrong(bank: Bank) -> None:
    version = make_version(bank, "libraries", LIBRARIES)
    assert examine(bank) == []
    facts = bank["libraries"].deposit_folder(version.deposit_id) / "facts.json"
    facts.write_text(facts.read_text().replace("seats", "seatz"))
    bank.snapshots.remove(version.receipt["sha256"])
    version.files[0].write_bytes(b"PAR1 no more")
    assert {f.code for f in examine(bank)} == {
        "doctor_facts_changed",
        "doctor_no_snapshot",
        "doctor_file_broken",
    }


def test_accounts_travel_as_of_one_moment_without_sessions(bank: Bank, tmp_path: Path) -> None:
    path = tmp_path / "w" / "db.sqlite3"
    path.parent.mkdir(exist_ok=True)
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            "PRAGMA journal_mode=WAL; CREATE TABLE people (name); INSERT INTO people VALUES ('kim');"
            "CREATE TABLE django_session (key); INSERT INTO django_session VALUES ('stolen-later');"
        )
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO people VALUES ('half done')")
        backup(bank, [], tmp_path / "b.tar", database=path)
    fresh = Bank(tmp_path / "fresh" / "bank")
    restore(tmp_path / "b.tar", fresh)
    with closing(sqlite3.connect(tmp_path / "fresh" / "db.sqlite3")) as restored:
        assert restored.execute("SELECT name FROM people").fetchall() == [("kim",)]
        assert restored.execute("SELECT * FROM django_session").fetchall() == []
    assert b"stolen-later" not in (tmp_path / "b.tar").read_bytes()
