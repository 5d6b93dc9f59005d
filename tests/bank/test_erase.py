"""Erasure finds the person under every name of the column, leaves what came later, and is completed after a kill."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from madang.bank import Bank
from madang.bank.backup import backup, restore
from madang.bank.doctor import examine
from madang.bank.erase import erase, pending, replay, tombstones
from madang.messages import MadangError
from tests.bank.made import LIBRARIES, NOON, make_version, read
from tests.bank.test_erase_and_backup import PHONE, everywhere

DAY = timedelta(days=1)


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path / "workspace" / "bank")


def renamed(name: str) -> list[dict[str, Any]]:
    return [{name if key == "phone" else key: value for key, value in row.items()} for row in LIBRARIES]


def test_what_was_deposited_after_an_erasure_survives_backup_and_restore(bank: Bank, tmp_path: Path) -> None:
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    erase(bank, "libraries", ground="만료", by="lee", at=NOON + DAY)
    make_version(bank, "libraries", LIBRARIES[:1], at=NOON + 2 * DAY)
    assert replay(bank) == []
    backup(bank, [], tmp_path / "b.tar")
    fresh = Bank(tmp_path / "fresh" / "bank")
    assert restore(tmp_path / "b.tar", fresh) == []
    assert [read(v) for v in fresh["libraries"].versions] == [LIBRARIES[:1]]
    assert examine(fresh) == []


def test_rows_deposited_after_an_erasure_survive_a_replay(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    erase(bank, "libraries", column="phone", value=PHONE, ground="요구", by="lee", at=NOON + DAY)
    make_version(bank, "libraries", LIBRARIES, at=NOON + 2 * DAY)
    assert replay(bank) == []
    assert [v.rows for v in bank["libraries"].versions] == [2, 3]


def test_a_deposit_made_while_a_whole_erasure_was_pending_stays(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("madang.bank.erase.os.rename", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(bank, "libraries", ground="만료", by="lee", at=NOON + DAY)
    make_version(bank, "libraries", LIBRARIES[:1], at=NOON + 2 * DAY)
    assert len(pending(bank)) == 1
    assert "doctor_erase_pending" in {f.code for f in examine(bank)}
    assert len(replay(bank)) == 1
    assert [(v.n, read(v)) for v in bank["libraries"].versions] == [(2, LIBRARIES[:1])]
    assert everywhere(bank.folder, PHONE) == []
    assert examine(bank) == []


def test_a_clock_that_was_ahead_hides_nothing(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, at=NOON + 9 * DAY)
    stone = erase(bank, "libraries", column="phone", value=PHONE, ground="요구", by="lee", at=NOON)
    assert stone.covers((NOON + 9 * DAY).isoformat())
    assert not stone.covers((NOON + 10 * DAY).isoformat())


def test_the_column_is_found_under_its_other_names(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, columns={"phone": {"label": "전화번호", "standard": "phone"}})
    make_version(bank, "libraries", renamed("tel"), columns={"tel": {"label": "연락처", "standard": "phone"}})
    make_version(bank, "libraries", renamed("전화번호"))
    stone = erase(bank, "libraries", column="전화번호", value=PHONE, ground="요구", by="lee", at=NOON)
    assert (stone.rows, stone.versions, stone.columns) == (3, 3, ("phone", "tel", "전화번호"))
    assert everywhere(bank.folder, PHONE) == []


def test_a_version_without_the_column_is_refused_or_left(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES)
    make_version(bank, "libraries", renamed("tel"))
    options: dict[str, Any] = {"column": "phone", "value": PHONE, "ground": "요구", "by": "lee", "at": NOON}
    with pytest.raises(
        MadangError, match="2판에는 'phone' 열이 없어 아무것도 파기하지 않았습니다"
    ) as refused:
        erase(bank, "libraries", **options)
    assert refused.value.code == "erase_column_absent"
    assert tombstones(bank) == []
    assert erase(bank, "libraries", **options, skip_without=True).versions == 1
    assert [v.rows for v in bank["libraries"].versions] == [2, 3]
    assert examine(bank) == []


def test_traces_and_rows_left_out_go_with_the_person(bank: Bank) -> None:
    version = make_version(
        bank, "libraries", LIBRARIES, facts={"left_out": [{"row": 9, "text": f"주: {PHONE}"}]}
    )
    (bank["libraries"].deposit_folder(version.deposit_id) / "failure.txt").write_text(PHONE)
    erase(bank, "libraries", column="phone", value=PHONE, ground="요구", by="lee", at=NOON)
    assert everywhere(bank.folder, PHONE) == []
    assert examine(bank) == []  # the rebuilt version knows the hash of its facts


def test_other_tables_of_the_same_file_are_told(bank: Bank) -> None:
    make_version(bank, "book-a", LIBRARIES, content=b"one file")
    make_version(bank, "book-b", LIBRARIES, content=b"one file")
    stone = erase(bank, "book-a", column="phone", value=PHONE, ground="요구", by="lee", at=NOON)
    assert stone.siblings == ("book-b",)
    assert examine(bank) == [], "the original is gone for good reason, in the other dataset too"


def test_a_shared_original_stays_as_long_as_somebody_uses_it(bank: Bank) -> None:
    make_version(bank, "book-a", LIBRARIES, content=b"one file")
    make_version(bank, "book-b", LIBRARIES, content=b"one file")
    stone = erase(bank, "book-a", ground="만료", by="lee", at=NOON)
    assert (stone.snapshots, stone.siblings) == (0, ("book-b",))
    stone = erase(bank, "book-b", ground="만료", by="lee", at=NOON)
    assert (stone.snapshots, stone.siblings) == (1, ())


def test_a_dataset_with_a_refused_empty_file_can_be_erased(bank: Bank) -> None:
    bank.record(
        "empty",
        receipt={"sha256": None, "verdict": "refused", "at": NOON.isoformat()},
        facts={},
        problems=None,
        at=NOON,
    )
    assert erase(bank, "empty", ground="만료", by="lee", at=NOON).snapshots == 0
    assert "empty" not in bank
