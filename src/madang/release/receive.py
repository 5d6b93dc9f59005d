"""The outer half takes a bundle in: all of it or nothing, and never an older one.

A new state of the open bank is built beside the live one, of links to what is unchanged and of the files that came,
each checked against the signed list; then the link ``open`` is pointed to it. Killed at any moment, the last good
state is live; what is half made is cleared away by the next bundle.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import tarfile
from dataclasses import dataclass
from pathlib import Path

from madang.bank.durable import disk_errors, fsync_file, fsync_folder, locked, read_json, write_json
from madang.messages import MadangError
from madang.release.bundle import MANIFEST, SIGNATURE, Manifest, Packed
from madang.release.keys import SIGNATURE_BYTES, verify
from madang.release.publish import NOTICES, forget_copies

MOST_BYTES = 50 << 30
_MANIFEST_BYTES = 64 << 20
_BLOCK = 1 << 20
_STATE = ".state.json"


@dataclass(frozen=True)
class Received:
    """What a bundle did. `skipped` are numbers of bundles that never came; nothing of theirs is missing."""

    sequence: int
    key: str
    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]
    skipped: tuple[int, ...]


def receive(workspace: Path, bundle: Path, keys: Path, *, most_bytes: int = MOST_BYTES) -> Received:
    """Take `bundle` into ``open`` of the outer half at `workspace`.

    Raises MadangError: file_missing, bundle_unsigned, bundle_broken, bundle_old (this or a newer one is there),
    bundle_gap (it needs one that did not come), bundle_large, bundle_inner (this is an inner half).
    """
    if not bundle.is_file():
        raise MadangError("file_missing", path=bundle)
    live, states = workspace / "open", workspace / ".open"
    if live.is_dir() and not live.is_symlink() and any(live.iterdir()):
        raise MadangError("bundle_inner", path=live)
    with disk_errors(states), locked(states / ".lock"):
        _clear(states, live)
        with _opened(bundle) as tar:
            said = _next(tar, MANIFEST, _MANIFEST_BYTES)
            key = verify(keys, said, _next(tar, SIGNATURE, SIGNATURE_BYTES))
            manifest = Manifest.from_bytes(said)
            before = _state(live)
            _check(manifest, before, most_bytes)
            state = states / f"{manifest.sequence}-{secrets.token_hex(4)}"
            _build(tar, manifest, live, state)
        write_json(
            state / _STATE, {"sequence": manifest.sequence, "key": key, "editions": _digests(manifest)}
        )
        _sync(state)
        _point(live, state)
        _clear(states, live)
    told = _told(manifest, before, key)
    forget_copies(workspace, (*told.changed, *told.gone))
    return told


def _digests(manifest: Manifest) -> dict[str, str]:
    return {each.edition: each.digest for each in manifest.editions}


def _state(live: Path) -> dict[str, object]:
    path = live / _STATE
    return dict(read_json(path)) if path.exists() else {"sequence": 0, "editions": {}}


def _check(manifest: Manifest, before: dict[str, object], most_bytes: int) -> None:
    sequence = int(str(before["sequence"]))
    if manifest.sequence <= sequence:
        raise MadangError("bundle_old", sequence=manifest.sequence, there=sequence)
    known = before["editions"]
    assert isinstance(known, dict)
    missing = [e.edition for e in manifest.editions if not e.carried and known.get(e.edition) != e.digest]
    if missing:
        raise MadangError("bundle_gap", since=manifest.since, there=sequence, editions=", ".join(missing))
    size = sum(file.size for each in manifest.editions if each.carried for file in each.files)
    if size > most_bytes:
        raise MadangError("bundle_large", size=f"{size:,}", limit=f"{most_bytes:,}")


def _opened(bundle: Path) -> tarfile.TarFile:
    try:
        return tarfile.open(bundle, "r|")
    except (tarfile.TarError, OSError) as error:
        raise MadangError("bundle_broken", reason=type(error).__name__) from error


def _next(tar: tarfile.TarFile, name: str, most: int) -> bytes:
    """The next member, which has to be the file `name`."""
    member = _member(tar)
    if member is None or member.name != name or member.size > most:
        raise MadangError("bundle_broken", reason=name)
    stream = tar.extractfile(member)
    assert stream is not None
    return stream.read(most + 1)


def _member(tar: tarfile.TarFile) -> tarfile.TarInfo | None:
    """The next member, a plain file; None at the end."""
    try:
        member = tar.next()
    except (tarfile.TarError, OSError) as error:
        raise MadangError("bundle_broken", reason=type(error).__name__) from error
    if member is not None and not member.isreg():
        raise MadangError("bundle_broken", reason=member.name)
    return member


def _build(tar: tarfile.TarFile, manifest: Manifest, live: Path, state: Path) -> None:
    """The new state: what is carried comes from the tar, in the order of the list, the rest from the live state."""
    state.mkdir(parents=True)
    for each in manifest.editions:
        _unpack(tar, each, state) if each.carried else _link(each, live, state)
        folder = state / each.edition
        if not (folder / each.table).is_dir():
            raise MadangError("bundle_broken", reason=each.table)
        os.symlink(each.table, folder / "table")
    if _member(tar) is not None:
        raise MadangError("bundle_broken", reason="+")
    (state / NOTICES).mkdir()
    for notice in manifest.notices:
        write_json(state / NOTICES / f"{notice['edition']}.json", notice)


def _unpack(tar: tarfile.TarFile, each: Packed, state: Path) -> None:
    for file in each.files:
        member = _member(tar)
        if member is None or member.name != f"{each.edition}/{file.path}" or member.size != file.size:
            raise MadangError("bundle_broken", reason=file.path)
        stream = tar.extractfile(member)
        assert stream is not None
        target = state / each.edition / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with open(target, "xb") as written:
            while block := stream.read(_BLOCK):
                digest.update(block)
                written.write(block)
        if digest.hexdigest() != file.sha256:
            raise MadangError("bundle_broken", reason=file.path)


def _link(each: Packed, live: Path, state: Path) -> None:
    for file in each.files:
        target = state / each.edition / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link((live / each.edition).resolve() / file.path, target)


def _sync(state: Path) -> None:
    for path in state.rglob("*"):
        if not path.is_symlink():
            fsync_file(path)
    fsync_folder(state)
    fsync_folder(state.parent)


def _point(live: Path, state: Path) -> None:
    """The one step in which the new state becomes what everybody sees."""
    beside = live.with_name(f".open-{secrets.token_hex(4)}")
    os.symlink(os.path.relpath(state, live.parent), beside)
    if live.is_dir() and not live.is_symlink():
        live.rmdir()  # made empty by `init`
    os.replace(beside, live)
    fsync_folder(live.parent)


def _clear(states: Path, live: Path) -> None:
    """Remove states that are not live: half made, or from before; what was erased must not linger."""
    kept = live.resolve() if live.is_symlink() else None
    for path in states.iterdir():
        if path.is_dir() and path.resolve() != kept:
            shutil.rmtree(path)
    for path in live.parent.glob(".open-*"):
        path.unlink()


def _told(manifest: Manifest, before: dict[str, object], key: str) -> Received:
    known, now = before["editions"], _digests(manifest)
    assert isinstance(known, dict)
    last = int(str(before["sequence"]))
    return Received(
        manifest.sequence, key,
        tuple(sorted(now.keys() - known.keys())),
        tuple(sorted(name for name in now.keys() & known.keys() if now[name] != known[name])),
        tuple(sorted(known.keys() - now.keys())),
        tuple(range(last + 1, manifest.sequence)) if last else (),
    )  # fmt: skip
