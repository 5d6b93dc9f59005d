"""Backup and restore: the workspace as one plain tar of regular files, checked against its own list of hashes.

The link to a dataset's live table travels as text; nothing else than files of known places is taken in, so that a
hostile tar cannot write anywhere else. A restore is unpacked, checked and freed of what was erased since in a folder
beside; only then is the bank put in place, by one rename.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import IO
from urllib.parse import quote

from madang.bank.bank import Bank
from madang.bank.dataset import Dataset
from madang.bank.durable import disk_errors, fsync_file, fsync_folder, locked
from madang.bank.erase import Tombstone, replay
from madang.bank.ids import is_valid_id
from madang.messages import MadangError

Progress = Callable[[int, int | None], None]
_LIST = "manifest.json"
_NAME = r"[^/\\\x00-\x1f]+"
_ID = r"[0-9A-Za-z][0-9A-Za-z.-]*"
_BANK = rf"(?:bank|rounds/{_ID})"  # rounds keep what departments handed in, each in a bank of its own
_KNOWN = re.compile(
    rf"""madang\.toml | db\.sqlite3 | audit/journal\.jsonl | content(?:/(?!\.\.?(?:/|$)){_NAME})+ | {_LIST.replace(".", r"[.]")}
    | {_BANK}/snapshots/[0-9a-f]{{64}}(\.(withheld|sealed))? | {_BANK}/tombstones/{_ID}\.json
    | {_BANK}/(?P<id>{_NAME})/(?: table | cards/[0-9]+\.json | deposits/{_ID}/[a-z]+\.(?:json|parquet|txt)
      | tables/[0-9a-f]{{12}}/(?:_delta_log/)?[0-9A-Za-z_.-]+ )""",
    re.VERBOSE,
)
_BLOCK = 1 << 20
_BEFORE = ".before-restore"


def backup(
    bank: Bank, own: list[Path], target: Path, progress: Progress | None = None, database: Path | None = None
) -> int:
    """Write the bank and the workspace's own files and folders `own` (beside it) to the tar `target`; bytes written.

    `database`: the SQLite file of accounts, work and the audit trail. It may be in use: what goes into the backup is a
    copy as of one moment, without sessions, so that nobody is signed in by a restore.

    Each dataset is copied under its lock, so a version is in the backup whole or not at all. The file appears under
    its name only when it is complete, readable by its owner only. Raises MadangError("backup_exists").
    """
    if target.exists():
        raise MadangError("backup_exists", path=target)
    temporary = target.with_name(f".{target.name}.part")
    with disk_errors(target):
        try:
            with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
                _write(stream, bank, own, progress, database)
            fsync_file(temporary)
            temporary.rename(target)
            fsync_folder(target.absolute().parent)
        finally:
            temporary.unlink(missing_ok=True)
    return target.stat().st_size


def _write(
    stream: io.BufferedWriter, bank: Bank, own: list[Path], progress: Progress | None, database: Path | None
) -> None:
    root = bank.folder.parent
    listed: dict[str, list[int | str]] = {}
    banks = [bank, *(Bank(folder) for folder in sorted((root / "rounds").glob("[!.]*")) if folder.is_dir())]
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in (file for each in own for file in _files(each)):
            _add(tar, listed, path, str(path.relative_to(root)))
        if database is not None and database.is_file():
            with bank.bench() as place:
                _add(tar, listed, _copied(database, place / "db.sqlite3"), "db.sqlite3")
        datasets = [(each, dataset) for each in banks for dataset in each.datasets()]
        for number, (of, dataset) in enumerate(datasets):
            if progress:
                progress(number, len(datasets))
            with locked(dataset.folder / ".lock"):
                _add_dataset(tar, listed, dataset, of.folder.relative_to(root).as_posix())
        for each in banks:
            _add_bytes(tar, listed, each, each.folder.relative_to(root).as_posix())
        _add_text(tar, _LIST, json.dumps(listed, ensure_ascii=False))


def _copied(database: Path, target: Path) -> Path:
    with (
        closing(sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        if copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'django_session'").fetchone():
            copy.execute("DELETE FROM django_session")
            copy.commit()
            copy.execute("VACUUM")
    return target


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir() and not path.is_symlink():
        yield from (each for each in sorted(path.rglob("*")) if each.is_file() and not each.is_symlink())
    elif path.is_file():
        yield path


def _add_bytes(tar: tarfile.TarFile, listed: dict[str, list[int | str]], bank: Bank, prefix: str) -> None:
    """Snapshots and tombstones, last: every dataset in the tar has its snapshot there."""
    for name in ("snapshots", "tombstones"):
        paths = sorted((bank.folder / name).glob("[!.]*"))
        withheld = {path.stem for path in paths if path.suffix == ".withheld"}
        for path in (each for each in paths if each.name not in withheld):
            _add(tar, listed, path, f"{prefix}/{name}/{path.name}")


def _add_dataset(
    tar: tarfile.TarFile, listed: dict[str, list[int | str]], dataset: Dataset, prefix: str
) -> None:
    folders = [dataset.folder / "cards", dataset.folder / "deposits"]
    if dataset.table.exists():
        home = dataset.table.link.resolve()
        folders.append(home)
        name, pointer = f"{prefix}/{dataset.id}/table", f"tables/{home.name}"
        listed[name] = [len(pointer), hashlib.sha256(pointer.encode()).hexdigest()]
        _add_text(tar, name, pointer)
    for path in (file for folder in folders for file in _files(folder)):
        relative = path.relative_to(dataset.folder)
        if not any(part.startswith(".") for part in relative.parts):
            _add(tar, listed, path, f"{prefix}/{dataset.id}/{relative}")


def _add(tar: tarfile.TarFile, listed: dict[str, list[int | str]], path: Path, name: str) -> None:
    with open(path, "rb") as stream:
        listed[name] = [path.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest()]
    tar.add(path, arcname=name, recursive=False)


def _add_text(tar: tarfile.TarFile, name: str, text: str) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(text.encode())
    tar.addfile(member, io.BytesIO(text.encode()))


def restore(source: Path, bank: Bank) -> list[Tombstone]:
    """Fill an empty workspace from the backup `source`; erasures made since the backup are made again.

    Tombstones that already lie in ``bank/tombstones`` are kept and obeyed. Settings and declarations of the backup
    win; other ones that stood there are kept under a name ending in ``.before-restore``. Killed at any moment it
    leaves the workspace empty or whole. Raises MadangError: restore_not_empty, backup_broken.
    """
    root = bank.folder.parent
    if bank.datasets():
        raise MadangError("restore_not_empty", path=root)
    fresh = root / ".restore"
    with disk_errors(root):
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        try:
            _unpack(source, fresh)
            for path in _newer_tombstones(bank):
                shutil.copyfile(path, fresh / "bank" / "tombstones" / path.name)
            stones = replay(Bank(fresh / "bank"))
            _put_in_place(fresh, root)
        except (tarfile.TarError, EOFError, ValueError, KeyError) as error:
            raise MadangError("backup_broken", path=source, reason=error) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)
    return stones


def _newer_tombstones(bank: Bank) -> list[Path]:
    """Those of the workspace, also when an earlier restore was killed between its last two steps."""
    places = (bank.folder, bank.folder.with_name(f"bank{_BEFORE}"))
    return [path for place in places for path in sorted((place / "tombstones").glob("*.json"))]


def _unpack(source: Path, fresh: Path) -> None:
    """Write the members to `fresh` and compare all of them with the list; links are made from their text."""
    found: dict[str, list[int | str]] = {}
    listed: dict[str, list[int | str]] | None = None
    for name in ("snapshots", "tombstones"):
        (fresh / "bank" / name).mkdir(parents=True)
    with tarfile.open(source, "r:") as tar:
        for member in tar:
            known = _KNOWN.fullmatch(member.name)
            if not member.isreg() or not known or not is_valid_id(known["id"] or "a") or member.name in found:
                raise tarfile.TarError(f"백업에 있을 수 없는 것: {member.name[:80]}")
            stream = tar.extractfile(member)
            assert stream is not None
            if member.name == _LIST:
                listed = json.load(stream)
                continue
            found[member.name] = _write_out(stream, fresh / member.name)
    if listed is None or found != listed:
        raise tarfile.TarError("목록과 내용이 다름")
    if Bank(fresh / "bank").snapshots.named_though_withheld():
        raise tarfile.TarError("보관하지 않기로 한 원본이 들어 있음")
    for name in found:
        if re.fullmatch(rf"{_BANK}/[^/]+/table", name):
            _make_link(fresh / name)


def _write_out(stream: IO[bytes], path: Path) -> list[int | str]:
    path.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    mode = 0o400 if path.suffix == ".sealed" else 0o666  # what was sealed stays so
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        while block := stream.read(_BLOCK):
            out.write(block)
            digest.update(block)
            size += len(block)
        out.flush()
        os.fsync(out.fileno())
    return [size, digest.hexdigest()]


def _make_link(path: Path) -> None:
    pointer = path.read_text()
    if not re.fullmatch(r"tables/[0-9a-f]{12}", pointer) or not (path.parent / pointer).is_dir():
        raise tarfile.TarError(f"표를 가리키는 곳이 없음: {path.parent.name}")
    path.unlink()
    os.symlink(pointer, path)


def _put_in_place(fresh: Path, root: Path) -> None:
    for name in ("madang.toml", "db.sqlite3", "audit", "rounds", "content"):
        if (fresh / name).exists():
            before = root / f"{name}{_BEFORE}"
            shutil.rmtree(before) if before.is_dir() else before.unlink(missing_ok=True)
            if (root / name).is_file():  # never without settings, else it is no workspace
                os.link(root / name, before)
            elif (root / name).exists():
                (root / name).rename(before)
            (fresh / name).replace(root / name)
    for folder in (path for path in fresh.rglob("*") if path.is_dir()):
        fsync_folder(folder)
    bank, before = root / "bank", root / f"bank{_BEFORE}"
    if bank.exists():  # empty but for tombstones; they are in the fresh one too, but must never be nowhere
        (bank / "tombstones").mkdir(exist_ok=True)
        for path in (before / "tombstones").glob("*.json"):
            path.replace(bank / "tombstones" / path.name)
        shutil.rmtree(before, ignore_errors=True)
        bank.rename(before)
    (fresh / "bank").rename(bank)
    fsync_folder(root)
    shutil.rmtree(before, ignore_errors=True)
