"""Erasure reaches what was handed in: after it the planted number is in no file of the workspace."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import madang
from madang.bank import Bank
from madang.bank.durable import SEOUL
from madang.bank.tombstone import tombstones
from madang.declarations import Card, Standard
from madang.declarations.standard import StandardColumn
from madang.engine.duck import connect
from madang.intake.deposit import Door
from madang.intake.merge import Piece, gather, write_keys
from madang.intake.merge_commit import Merge, merge
from madang.intake.raw import Override
from madang.messages import MadangError
from madang.workspace import Workspace

pytestmark = pytest.mark.slow
AT = datetime(2026, 11, 20, 9, 0, tzinfo=SEOUL)
PHONE, OTHER = "010-7391-4826", "010-5555-1234"
MEMBERS = Standard(
    "members", "1", "위원 명단", key=("name",),
    columns=(
        StandardColumn("name", "이름", aliases=("이름",), required=True),
        StandardColumn("phone", "전화", aliases=("전화", "연락처"), required=True),
    ),
)  # fmt: skip


class City:
    """A workspace with a round of three departments, of which one has another header and one has no phones."""

    def __init__(self, place: Path) -> None:
        self.ws = Workspace.init(place / "ws", "가온시")
        self.ws.clock = lambda: AT
        self.bank = Bank(self.ws.folder / "rounds" / "r1")
        self.door = Door(self.bank, {"members": MEMBERS}, clock=lambda: AT)
        self.place = place

    def hand_in(self, number: int, text: str, *, accepted: bool = True) -> Piece | None:
        path = self.place / f"{number}.csv"
        path.write_text(text, encoding="utf-8")
        (receipt,) = self.door.deposit(path, f"p{number}", override=Override(standard="members"), by="b")
        assert receipt.accepted == accepted, receipt.reasons
        if not accepted:
            return None
        piece = Piece(f"과{number}", number, self.bank[f"p{number}"].version(receipt.version or 0))
        keys = self.bank.folder / "keys" / f"p{number}@1.parquet"
        keys.parent.mkdir(exist_ok=True)
        with connect(temp_dir=self.place) as con:
            gather(con, [piece], MEMBERS)
            write_keys(con, MEMBERS, keys)
        return piece

    def merge(self, *pieces: Piece | None, decisions: dict[str, str] | None = None) -> None:
        told = tuple(piece for piece in pieces if piece is not None)
        wanted = Merge("위원", MEMBERS, told, "위원 명단", {"round": "r1"}, Card("위원 명단"))
        merge(self.ws.bank, wanted, decisions or {}, by="officer", at=AT)

    def rows(self, number: int) -> list[str]:
        version = self.bank[f"p{number}"].latest
        assert version is not None
        return list(pq.read_table(version.files[0]).column(1).to_pylist())

    def holding(self, *texts: str) -> list[str]:
        return [name for text in texts for name in files_with(self.ws.folder, text)]


def files_with(folder: Path, text: str) -> list[str]:
    """Files in whose bytes, or whose table or columns if they are Parquet, the text stands."""
    found = []
    for path in (each for each in sorted(folder.rglob("*")) if each.is_file()):
        there = text.encode() in path.read_bytes()
        if path.suffix == ".parquet":
            there = there or text in str(pq.ParquetFile(path).read().to_pydict())
        if there:
            found.append(str(path.relative_to(folder)))
    return found


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = City(tmp_path)
    first = made.hand_in(1, f"이름,전화\n김가람,{PHONE}\n이나루,{OTHER}\n")
    second = made.hand_in(2, f"연락처,이름\n{OTHER},박다온\n{PHONE},최라온\n")
    third = made.hand_in(3, "이름,직위\n정마루,과장\n")
    made.hand_in(4, f"이름,전화\n강바다,{PHONE}\n")  # replaced before it was merged
    made.merge(first, second, third)
    (made.bank.folder / "waiting" / "7").mkdir(parents=True)
    (made.bank.folder / "waiting" / "7" / "나중.csv").write_text(f"이름,전화\n강,{PHONE}\n", encoding="utf-8")
    return made


def test_rows_go_from_every_contribution_and_its_files(city: City) -> None:
    assert len(city.holding(PHONE)) > 6  # the test sees them
    stone = city.ws.erase("위원", column="전화", value=PHONE, ground="정보주체 요구")
    assert city.holding(PHONE, "김가람", "최라온", "강바다") == []
    assert (city.rows(1), city.rows(4)) == (["이나루"], [])
    assert city.holding("박다온")
    assert city.holding("정마루")
    assert (stone.rows, stone.versions, stone.snapshots) == (2 + 3, 1 + 3, 1 + 3)
    assert not list((city.bank.folder / "keys").iterdir())
    assert {each.dataset for each in tombstones(city.bank)} == {"p1", "p2", "p4"}


def test_a_row_that_stands_in_a_contribution_alone_goes(city: City) -> None:
    city.hand_in(5, "이름,전화\n조사랑,010-8888-7777\n")
    city.ws.erase("위원", column="phone", value="010-8888-7777", ground="요구")
    assert city.holding("010-8888-7777", "조사랑") == []
    assert len(city.holding(PHONE)) > 5


def test_what_is_nowhere_is_said_and_leaves_no_tombstone(city: City) -> None:
    with pytest.raises(MadangError) as said:
        city.ws.erase("위원", column="전화", value="010-0000-0000", ground="요구")
    assert said.value.code == "erase_nothing"
    assert tombstones(city.ws.bank) == []
    assert tombstones(city.bank) == []


def test_a_decided_key_does_not_keep_the_name(city: City) -> None:
    first = city.hand_in(5, f"이름,전화\n조사랑,{PHONE}\n")
    second = city.hand_in(6, f"이름,전화\n조사랑,{OTHER}\n")
    city.merge(first, second, decisions={'["조사랑"]': "과5"})
    assert any("facts.json" in name for name in city.holding("조사랑"))
    city.ws.erase("위원", column="이름", value="조사랑", ground="요구")
    assert city.holding("조사랑") == []


def test_a_whole_dataset_takes_what_was_handed_in_with_it(city: City) -> None:
    city.ws.erase("위원", ground="보유 기간이 지남")
    assert city.holding(PHONE, OTHER, "박다온", "정마루") == []
    assert city.bank.datasets() == []


def test_a_refused_file_goes_as_a_whole(city: City) -> None:
    path = city.place / "깨진.csv"
    path.write_bytes(b"\x00\x01" + PHONE.encode() + b"\x00" * 40)
    (receipt,) = city.door.deposit(path, "p1", override=Override(standard="members"), by="b")
    assert not receipt.accepted
    city.ws.erase("위원", column="전화", value=PHONE, ground="요구")
    assert city.holding(PHONE) == []


def test_a_later_contribution_does_not_bring_it_back_by_merging(city: City) -> None:
    city.ws.erase("위원", column="전화", value=PHONE, ground="요구")
    city.merge(city.hand_in(5, f"이름,전화\n조사랑,{OTHER}\n"))
    again = city.hand_in(6, f"이름,전화\n조사랑,{PHONE}\n")
    with pytest.raises(MadangError) as said:
        city.merge(again)
    assert (said.value.code, said.value.params["rows"]) == ("erased_again", 1)
    assert city.ws.bank["위원"].latest.n == 2  # type: ignore[union-attr]


def test_an_erasure_that_was_killed_before_the_rounds_is_finished(city: City) -> None:
    from madang.bank.erase import erase

    erase(city.ws.bank, "위원", column="전화", value=PHONE, ground="요구", by="a", at=AT)
    assert city.holding(PHONE)
    city.ws.finish_erasures()
    assert city.holding(PHONE) == []


def test_an_old_backup_brings_nothing_back(city: City, tmp_path: Path) -> None:
    shutil.rmtree(city.bank.folder / "waiting")
    city.ws.backup(tmp_path / "old.tar")
    city.ws.erase("위원", column="전화", value=PHONE, ground="요구")
    fresh = Workspace.init(tmp_path / "fresh", "가온시")
    shutil.copytree(city.ws.folder / "bank" / "tombstones", fresh.folder / "bank" / "tombstones")
    fresh.restore(tmp_path / "old.tar")
    assert files_with(fresh.folder / "rounds", OTHER)
    assert files_with(fresh.folder, PHONE) == []
    assert madang.open(fresh.folder).bank["위원"].latest
