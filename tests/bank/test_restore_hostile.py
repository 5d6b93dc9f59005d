"""A backup that lies, is damaged, or wants to write elsewhere is refused, and nothing is left of it."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from bank.made import LIBRARIES, make_version, read
from madang.bank import Bank
from madang.bank.backup import backup, restore
from madang.messages import MadangError


@pytest.fixture
def good(tmp_path: Path) -> Path:
    bank = Bank(tmp_path / "w" / "bank")
    make_version(bank, "libraries", LIBRARIES)
    (tmp_path / "w" / "madang.toml").write_text('name = "우리구"\n')
    (tmp_path / "w" / "content" / "standards").mkdir(parents=True)
    (tmp_path / "w" / "content" / "standards" / "own.toml").write_text("# own\n")
    backup(bank, [tmp_path / "w" / "madang.toml", tmp_path / "w" / "content"], tmp_path / "good.tar")
    return tmp_path / "good.tar"


def rewritten(
    good: Path, change: Callable[[tarfile.TarInfo, bytes], tuple[tarfile.TarInfo, bytes] | None]
) -> Path:
    """The same tar with members changed or (None) left out."""
    target = good.with_name("changed.tar")
    with tarfile.open(good) as old, tarfile.open(target, "w") as new:
        for member in old:
            stream = old.extractfile(member)
            changed = change(member, stream.read() if stream else b"")
            if changed:
                changed[0].size = len(changed[1])
                new.addfile(changed[0], io.BytesIO(changed[1]))
    return target


def with_member(good: Path, member: tarfile.TarInfo, content: bytes = b"") -> Path:
    target = good.with_name("more.tar")
    target.write_bytes(good.read_bytes())
    member.size = len(content)
    with tarfile.open(target, "a") as tar:
        tar.addfile(member, io.BytesIO(content))
    return target


def refused(tar: Path, place: Path) -> None:
    bank = Bank(place / "bank")
    with pytest.raises(MadangError, match="백업 파일이 아니거나 손상"):
        restore(tar, bank)
    assert bank.datasets() == []
    assert not (place / ".restore").exists()


def test_settings_and_declarations_come_back_byte_for_byte(good: Path, tmp_path: Path) -> None:
    place = tmp_path / "fresh"
    restore(good, Bank(place / "bank"))
    for name in ("madang.toml", "content/standards/own.toml"):
        assert (place / name).read_bytes() == (tmp_path / "w" / name).read_bytes()
    assert read(Bank(place / "bank")["libraries"].version(1)) == LIBRARIES
    assert sorted(p.name for p in place.iterdir()) == ["bank", "content", "madang.toml"]


def test_what_stood_there_is_kept_aside(good: Path, tmp_path: Path) -> None:
    place = tmp_path / "fresh"
    place.mkdir()
    (place / "madang.toml").write_text('name = "다른구"\n')
    restore(good, Bank(place / "bank"))
    assert "우리구" in (place / "madang.toml").read_text()
    assert "다른구" in (place / "madang.toml.before-restore").read_text()


@pytest.mark.parametrize(
    "name",
    ["../out", "/etc/out", "cache/search.db", ".ssh/key", "content/../../out", "bank/x y/table", "bank/a/tables/zz/f",
     "bank/snapshots/short", "content/a\nb"],
)  # fmt: skip
def test_no_member_stands_elsewhere(good: Path, tmp_path: Path, name: str) -> None:
    refused(with_member(good, tarfile.TarInfo(name), b"x"), tmp_path / "fresh")


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_nothing_but_regular_files(good: Path, tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("content/link")
    member.type, member.linkname = kind, str(tmp_path / "victim")
    refused(with_member(good, member), tmp_path / "fresh")


def test_a_pointer_out_of_the_dataset_is_refused(good: Path, tmp_path: Path) -> None:
    def elsewhere(member: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
        return (member, b"tables/../../x") if member.name.endswith("/table") else (member, content)

    refused(rewritten(good, elsewhere), tmp_path / "fresh")


@pytest.mark.parametrize("part", ["snapshots", ".parquet", "_delta_log", "madang.toml"])
def test_a_flipped_byte_is_noticed(good: Path, tmp_path: Path, part: str) -> None:
    def flip(member: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
        return member, (bytes([content[0] ^ 1]) + content[1:] if part in member.name else content)

    refused(rewritten(good, flip), tmp_path / "fresh")


def test_a_member_less_is_noticed(good: Path, tmp_path: Path) -> None:
    refused(rewritten(good, lambda m, c: None if "snapshots" in m.name else (m, c)), tmp_path / "fresh")


def test_a_tar_cut_short_is_noticed(good: Path, tmp_path: Path) -> None:
    size = good.stat().st_size
    for share in (0.2, 0.4, 0.6):  # its end is empty blocks
        (tmp_path / "cut.tar").write_bytes(good.read_bytes()[: int(size * share)])
        refused(tmp_path / "cut.tar", tmp_path / "fresh")


def test_only_its_owner_can_read_a_backup(good: Path) -> None:
    assert os.stat(good).st_mode & 0o077 == 0


def relisted(good: Path, more: dict[str, bytes]) -> Path:
    """The same backup with `more` members, all of them on its list."""
    listed = {name: [len(content), hashlib.sha256(content).hexdigest()] for name, content in more.items()}

    def change(member: tarfile.TarInfo, content: bytes) -> tuple[tarfile.TarInfo, bytes]:
        if member.name == "manifest.json":
            content = json.dumps({**json.loads(content), **listed}).encode()
        return member, content

    tar = rewritten(good, change)
    for name, content in more.items():
        tar = with_member(tar, tarfile.TarInfo(name), content)
    return tar


def test_what_was_sealed_comes_back_sealed(good: Path, tmp_path: Path) -> None:
    name = hashlib.sha256(b"x").hexdigest()
    tar = relisted(good, {f"bank/snapshots/{name}.sealed": b"x", f"bank/snapshots/{name}.withheld": b""})
    bank = Bank(tmp_path / "fresh" / "bank")
    restore(tar, bank)
    sealed = bank.snapshots.folder / f"{name}.sealed"
    assert (sealed.read_bytes(), sealed.stat().st_mode & 0o777) == (b"x", 0o400)


def test_bytes_beside_the_mark_that_withholds_them_are_refused(good: Path, tmp_path: Path) -> None:
    (name,) = [path.name for path in Bank(tmp_path / "w" / "bank").snapshots.folder.iterdir()]
    refused(relisted(good, {f"bank/snapshots/{name}.withheld": b""}), tmp_path / "fresh")


def test_a_backup_leaves_out_bytes_that_are_withheld(good: Path, tmp_path: Path) -> None:
    bank = Bank(tmp_path / "w" / "bank")
    (kept,) = bank.snapshots.folder.iterdir()
    kept.with_name(f"{kept.name}.withheld").touch()
    backup(bank, [], tmp_path / "later.tar")
    with tarfile.open(tmp_path / "later.tar") as tar:
        names = [name for name in tar.getnames() if name.startswith("bank/snapshots/")]
    assert names == [f"bank/snapshots/{kept.name}.withheld"]
