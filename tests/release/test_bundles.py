"""Signed bundles between the inner and the outer half: all or nothing, never older, nothing from elsewhere."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import random
import signal
import stat
import tarfile
import time
from pathlib import Path

import pytest

from madang.bank import Bank
from madang.messages import MadangError
from madang.release import Releases, Treatment, keys
from madang.release.bundle import Manifest, pack
from madang.release.receive import receive
from madang.workspace import Workspace
from release.city import decision, deposit, made, published

COLUMNS = {"이름": Treatment(), "좌석": Treatment()}


class Halves:
    """An inner half with editions, an outer half that trusts its key."""

    def __init__(self, folder: Path) -> None:
        self.ws, self.releases = made(folder / "inner")
        self.keys, self.outer = folder / "inner" / "keys", folder / "outer"
        public = keys.make(self.keys)
        keys.trust(self.outer / "keys", public)
        self.folder = folder
        for name in ("도서관", "주차장"):
            deposit(self.ws, name, ["이름", "좌석"], [(f"{name}{n}", n * 10) for n in range(1, 4)])
            self.releases.decide(decision(name, name, columns=COLUMNS))

    def pack(self, name: str, since: int = 0) -> Path:
        path = self.folder / name
        pack(self.releases.open_bank, self.releases.decisions, self.keys, path, since=since)
        return path

    def receive(self, path: Path) -> object:
        return receive(self.outer, path, self.outer / "keys")

    def there(self) -> dict[str, list[object]]:
        bank = Bank(self.outer / "open")
        outer = Releases(bank, bank, self.folder, self.ws.clock)
        return {each.id: published(outer, each.id) for each in bank.datasets()}


@pytest.fixture
def halves(tmp_path: Path) -> Halves:
    return Halves(tmp_path)


def code(error: pytest.ExceptionInfo[MadangError]) -> str:
    return error.value.code


def test_what_is_open_inside_is_open_outside(halves: Halves) -> None:
    halves.receive(halves.pack("1.tar"))
    assert sorted(halves.there()) == ["도서관", "주차장"]
    assert halves.there()["도서관"] == published(halves.releases, "도서관")
    assert not (halves.outer / "bank").exists()


def test_only_what_changed_travels_after_that(halves: Halves) -> None:
    halves.receive(halves.pack("1.tar"))
    deposit(halves.ws, "도서관", ["이름", "좌석"], [("새 도서관", 70)])
    halves.releases.refresh("도서관")
    second = halves.pack("2.tar", since=1)
    with tarfile.open(second) as tar:
        assert {name.split("/")[0] for name in tar.getnames()} == {"manifest.json", "manifest.sig", "도서관"}
    told = halves.receive(second)
    assert (told.changed, told.new, told.gone) == (("도서관",), (), ())  # type: ignore[attr-defined]
    assert [row["이름"] for row in halves.there()["도서관"]] == ["새 도서관"]  # type: ignore[index]
    assert len(halves.there()["주차장"]) == 3


def test_withdrawals_travel_and_leave_word(halves: Halves) -> None:
    halves.receive(halves.pack("1.tar"))
    halves.releases.withdraw("주차장", by="kim", post="교통과", document="교통과-7", ground="오류")
    halves.receive(halves.pack("2.tar", since=1))
    assert sorted(halves.there()) == ["도서관"]
    notice = json.loads((halves.outer / "open" / ".withdrawn" / "주차장.json").read_text())
    assert (notice["document"], notice["ground"]) == ("교통과-7", "오류")
    left = [path for path in (halves.outer / ".open").rglob("*.parquet") if "주차장" in str(path)]
    assert not left  # no earlier state keeps the data


def test_the_same_state_packs_to_the_same_bytes(halves: Halves) -> None:
    first = halves.pack("1.tar").read_bytes()
    for path in (halves.releases.folder / ".packed").iterdir():
        path.unlink()
    assert halves.pack("again.tar").read_bytes() == first


def test_older_bundles_and_the_same_one_are_refused(halves: Halves) -> None:
    first, second = halves.pack("1.tar"), halves.pack("2.tar")
    halves.receive(second)
    for path in (first, second):
        with pytest.raises(MadangError) as refused:
            halves.receive(path)
        assert code(refused) == "bundle_old"


def test_a_gap_is_told_and_where_something_is_missing_refused(halves: Halves) -> None:
    halves.receive(halves.pack("1.tar"))
    halves.pack("2.tar")
    assert halves.receive(halves.pack("3.tar")).skipped == (2,)  # type: ignore[attr-defined]
    deposit(halves.ws, "도서관", ["이름", "좌석"], [("새 도서관", 70)])
    halves.releases.refresh("도서관")
    halves.pack("4.tar")
    with pytest.raises(MadangError) as refused:
        halves.receive(halves.pack("5.tar", since=4))
    assert code(refused) == "bundle_gap"
    assert len(halves.there()["도서관"]) == 3


def test_what_a_stranger_signed_is_refused(halves: Halves, tmp_path: Path) -> None:
    keys.make(tmp_path / "stranger")
    path = tmp_path / "strange.tar"
    pack(halves.releases.open_bank, halves.releases.decisions, tmp_path / "stranger", path)
    with pytest.raises(MadangError) as refused:
        halves.receive(path)
    assert code(refused) == "bundle_unsigned"
    assert not (halves.outer / "open").exists()


def test_one_changed_byte_is_found_wherever_it_is(halves: Halves) -> None:
    good = halves.pack("1.tar").read_bytes()
    with tarfile.open(fileobj=io.BytesIO(good)) as tar:
        inside = [(m.offset_data, m.size) for m in tar.getmembers() if m.size]
    for begin, size in inside:
        bad = bytearray(good)
        bad[begin + size // 2] ^= 1
        path = halves.folder / "bad.tar"
        path.write_bytes(bytes(bad))
        with pytest.raises(MadangError) as refused:
            halves.receive(path)
        assert code(refused) in ("bundle_broken", "bundle_unsigned")
        assert not (halves.outer / "open").exists()


def hostile(halves: Halves, kind: str) -> Path:
    """A bundle with a true signature whose tar, or whose list, was made to do harm."""
    good = halves.pack("good.tar")
    path = halves.folder / f"{kind}.tar"
    with tarfile.open(good) as tar:
        members = [(m, tar.extractfile(m).read()) for m in tar.getmembers()]  # type: ignore[union-attr]
    said = members[0][1]
    if kind == "listed":  # whoever has the key lists a path elsewhere
        told = json.loads(said)
        told["editions"][0]["files"][0]["path"] = "../../../etc/x"
        said = json.dumps(told).encode()
        members[0] = (members[0][0], said)
        members[1] = (members[1][0], keys.sign(halves.keys, said)[1])
    with tarfile.open(path, "w") as tar:
        for number, (member, content) in enumerate(members):
            info = tarfile.TarInfo(member.name)
            info.size = len(content)
            if number == 2 and kind == "traversal":
                info.name = "../../outside"
            if number == 2 and kind == "symlink":
                info.type, info.linkname, info.size = tarfile.SYMTYPE, "/etc/passwd", 0
            if number == 2 and kind == "missing":
                continue
            tar.addfile(info, io.BytesIO(content))
            if number == 2 and kind == "twice":
                tar.addfile(info, io.BytesIO(content))
        if kind == "more":
            info = tarfile.TarInfo("도서관/cards/99.json")
            info.size = 2
            tar.addfile(info, io.BytesIO(b"{}"))
    return path


@pytest.mark.parametrize("kind", ["traversal", "symlink", "missing", "twice", "more", "listed"])
def test_hostile_tars_are_refused_and_leave_nothing(halves: Halves, kind: str) -> None:
    with pytest.raises(MadangError) as refused:
        halves.receive(hostile(halves, kind))
    assert code(refused) == "bundle_broken"
    assert not (halves.outer / "open").exists()
    assert not (halves.folder / "outside").exists()


def test_a_compressed_or_huge_bundle_is_refused(halves: Halves, tmp_path: Path) -> None:
    packed = halves.pack("1.tar")
    zipped = tmp_path / "zipped.tar.gz"
    with tarfile.open(zipped, "w:gz") as tar:
        tar.add(packed, "manifest.json")
    with pytest.raises(MadangError) as refused:
        halves.receive(zipped)
    assert code(refused) == "bundle_broken"
    with pytest.raises(MadangError) as refused:
        receive(halves.outer, packed, halves.outer / "keys", most_bytes=1000)
    assert code(refused) == "bundle_large"


def test_the_inner_half_takes_no_bundle(halves: Halves) -> None:
    keys.trust(halves.keys, halves.keys / "signing.pub")
    with pytest.raises(MadangError) as refused:
        receive(halves.ws.folder, halves.pack("1.tar"), halves.keys)
    assert code(refused) == "bundle_inner"


def test_the_private_key_is_its_owners_alone(halves: Halves) -> None:
    private = halves.keys / "signing.key"
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert not private.is_relative_to(halves.ws.folder / "content")
    private.chmod(0o644)
    with pytest.raises(MadangError) as refused:
        halves.pack("1.tar")
    assert code(refused) == "keys_open"
    with pytest.raises(MadangError) as refused:
        keys.make(halves.keys)
    assert code(refused) == "keys_exist"


def _receive(outer: str, path: str) -> None:
    receive(Path(outer), Path(path), Path(outer) / "keys")


@pytest.mark.slow
def test_killed_at_any_moment_the_last_good_state_is_live(halves: Halves) -> None:
    halves.receive(halves.pack("1.tar"))
    before = halves.there()
    deposit(halves.ws, "도서관", ["이름", "좌석"], [(f"새 도서관 {n}", n) for n in range(50)])
    halves.releases.refresh("도서관")
    after_rows = published(halves.releases, "도서관")
    second = halves.pack("2.tar")
    context, chance, seen = multiprocessing.get_context("fork"), random.Random(5), set()
    for _ in range(25):
        child = context.Process(target=_receive, args=(str(halves.outer), str(second)))
        child.start()
        time.sleep(chance.uniform(0, 0.06))
        if child.pid and child.is_alive():
            os.kill(child.pid, signal.SIGKILL)
        child.join()
        there = halves.there()
        assert there == before or there["도서관"] == after_rows
        seen.add(there == before)
        if there != before:
            break
    if False not in seen:
        halves.receive(second)
    with pytest.raises(MadangError):  # whatever comes next clears away what a killed one left
        halves.receive(second)
    assert halves.there()["도서관"] == after_rows
    assert len([p for p in (halves.outer / ".open").iterdir() if p.is_dir()]) == 1


def test_a_manifest_of_nonsense_is_refused() -> None:
    for said in (b"{}", b"[]", b"\xff", b'{"format": 2}'):
        with pytest.raises(MadangError) as refused:
            Manifest.from_bytes(said)
        assert code(refused) == "bundle_broken"


def test_a_workspace_of_the_outer_half_needs_no_bank(halves: Halves) -> None:
    Workspace.init(halves.outer, "여울구 누리집")
    (halves.outer / "bank").rmdir()
    halves.receive(halves.pack("1.tar"))
    assert sorted(halves.there()) == ["도서관", "주차장"]
