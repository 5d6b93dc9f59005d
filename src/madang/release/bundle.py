"""What crosses from the inner to the outer half: a signed tar of open editions.

A bundle names every edition that is open, each by the hash of its files, and carries the files of those that the
other side does not have. What it does not name is open no more: withdrawals and erasures travel like that.
The tar is plain (nothing to blow up), its bytes follow from what is in it: manifest.json, manifest.sig, the files.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from madang.bank import Bank
from madang.bank.durable import disk_errors, fsync_file, fsync_folder, locked, read_json, write_json
from madang.bank.ids import is_valid_id
from madang.messages import MadangError
from madang.release.decisions import Decisions
from madang.release.keys import sign
from madang.release.opened import OpenBank
from madang.release.publish import NOTICES

FORMAT = 1
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
_ID = r"[0-9A-Za-z][0-9A-Za-z.-]*"
_INSIDE = re.compile(
    rf"""cards/[0-9]+\.json | deposits/{_ID}/(?:receipt|facts)\.json | deposits/{_ID}/problems\.parquet
    | tables/[0-9a-f]{{12}}/(?:_delta_log/)?[0-9A-Za-z_][0-9A-Za-z_.-]*""",
    re.VERBOSE,
)
_TABLE = re.compile(r"tables/[0-9a-f]{12}")


@dataclass(frozen=True)
class File:
    """One file of an edition: its path in it, its length and hash."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Packed:
    """One edition in a manifest. `table` is where its link leads; `carried`: its files are in this bundle."""

    edition: str
    table: str
    files: tuple[File, ...]
    carried: bool

    @property
    def digest(self) -> str:
        """What this state of the edition is known by."""
        told = json.dumps([self.table, [asdict(file) for file in self.files]])
        return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class Manifest:
    """What a bundle says: its number, what it needs to be there (`since`; 0: nothing), editions, notices."""

    sequence: int
    since: int
    editions: tuple[Packed, ...]
    notices: tuple[dict[str, Any], ...]

    def to_bytes(self) -> bytes:
        told = {"format": FORMAT, **asdict(self)}
        return json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode()

    @classmethod
    def from_bytes(cls, said: bytes) -> Manifest:
        """Raises MadangError("bundle_broken") where it is not as we write it, or speaks of paths elsewhere."""
        try:
            told = json.loads(said)
            if told["format"] != FORMAT or set(told) != {
                "format",
                "sequence",
                "since",
                "editions",
                "notices",
            }:
                raise ValueError(told["format"])
            editions = tuple(
                Packed(
                    each["edition"], each["table"], tuple(File(**file) for file in each["files"]), bool(each["carried"])
                )
                for each in told["editions"]
            )  # fmt: skip
            made = cls(int(told["sequence"]), int(told["since"]), editions, tuple(told["notices"]))
        except (ValueError, KeyError, TypeError) as error:
            raise MadangError("bundle_broken", reason=type(error).__name__) from error
        made.check()
        return made

    def check(self) -> None:
        """Raises MadangError("bundle_broken") for a path, an id or a number that no bundle of ours has."""
        names = [each.edition for each in self.editions]
        good = len(set(names)) == len(names) and self.sequence > 0 and 0 <= self.since < self.sequence
        for each in self.editions:
            paths = [file.path for file in each.files]
            good = good and is_valid_id(each.edition) and bool(_TABLE.fullmatch(each.table))
            good = good and len(set(paths)) == len(paths)
            good = good and all(_INSIDE.fullmatch(file.path) for file in each.files)
            good = good and all(
                type(file.size) is int and file.size >= 0 and re.fullmatch(r"[0-9a-f]{64}", file.sha256)
                for file in each.files
            )
        for notice in self.notices:
            good = good and isinstance(notice, dict) and is_valid_id(str(notice.get("edition", "")))
        if not good:
            raise MadangError("bundle_broken", reason=MANIFEST)


def pack(open_bank: Bank, decisions: Decisions, keys: Path, out: Path, *, since: int = 0) -> Manifest:
    """Write all that is open, or with `since` what changed after that bundle, to the signed bundle `out`.

    The file appears under its name when it is whole. Raises MadangError: bundle_exists, bundle_since, keys_missing,
    keys_open, folder_missing.
    """
    if out.exists():
        raise MadangError("bundle_exists", path=out)
    if not out.absolute().parent.is_dir():
        raise MadangError("folder_missing", path=out.parent)
    with ExitStack() as held, disk_errors(out):
        held.enter_context(decisions.lock())
        datasets = [each for each in OpenBank(open_bank.folder).datasets() if each.latest is not None]
        for each in datasets:
            held.enter_context(locked(each.folder / ".lock"))
        ledger = decisions.folder / ".packed"
        numbers = [int(path.stem) for path in ledger.glob("[0-9]*.json")]
        if since and since not in numbers:
            raise MadangError("bundle_since", since=since)
        known: dict[str, str] = read_json(ledger / f"{since}.json") if since else {}
        packed = [_packed(each.folder, known.get(each.id)) for each in datasets]
        manifest = Manifest(max(numbers, default=0) + 1, since, tuple(packed), tuple(_notices(open_bank)))
        said = manifest.to_bytes()
        _, signature = sign(keys, said)
        ledger.mkdir(parents=True, exist_ok=True)
        write_json(ledger / f"{manifest.sequence}.json", {each.edition: each.digest for each in packed})
        _write(out, open_bank.folder, manifest, said, signature)
    return manifest


def _notices(open_bank: Bank) -> Iterator[dict[str, Any]]:
    for path in sorted((open_bank.folder / NOTICES).glob("[!.]*.json")):
        yield read_json(path)


def _packed(folder: Path, known: str | None) -> Packed:
    files = tuple(_file(folder, path) for path in _files(folder))
    made = Packed(folder.name, os.readlink(folder / "table"), files, True)
    return made if made.digest != known else Packed(made.edition, made.table, files, False)


def _files(folder: Path) -> list[Path]:
    home = os.readlink(folder / "table")
    parts = [folder / "cards", folder / "deposits", folder / home]
    found = [path for part in parts for path in part.rglob("*") if path.is_file()]
    return sorted(path for path in found if _INSIDE.fullmatch(str(path.relative_to(folder))))


def _file(folder: Path, path: Path) -> File:
    with open(path, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return File(str(path.relative_to(folder)), path.stat().st_size, digest)


def _write(out: Path, folder: Path, manifest: Manifest, said: bytes, signature: bytes) -> None:
    beside = out.with_name(f".{out.name}.part")
    beside.unlink(missing_ok=True)
    try:
        with (
            open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream,
            tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            _add(tar, MANIFEST, io.BytesIO(said), len(said))
            _add(tar, SIGNATURE, io.BytesIO(signature), len(signature))
            for each in manifest.editions:
                for file in each.files if each.carried else ():
                    with open(folder / each.edition / file.path, "rb") as content:
                        _add(tar, f"{each.edition}/{file.path}", content, file.size)
        fsync_file(beside)
        beside.rename(out)
        fsync_folder(out.absolute().parent)
    finally:
        beside.unlink(missing_ok=True)


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o644, 0
    tar.addfile(info, content)
