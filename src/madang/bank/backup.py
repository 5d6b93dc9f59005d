"""Backup and restore: the bank as one tar file, consistent while others write."""

from __future__ import annotations

import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

from madang.bank.bank import Bank
from madang.bank.dataset import Dataset
from madang.bank.durable import disk_errors, fsync_file, fsync_folder, locked
from madang.bank.erase import Tombstone, replay
from madang.messages import MadangError

Progress = Callable[[int, int | None], None]


def backup(bank: Bank, extra: list[Path], target: Path, progress: Progress | None = None) -> int:
    """Write the bank and the workspace's own files `extra` (beside it) to the tar file `target`; bytes written.

    Each dataset is copied under its lock, so a version is in the backup whole or not at all. The file appears
    under its name only when it is complete. Raises MadangError("backup_exists").
    """
    if target.exists():
        raise MadangError("backup_exists", path=target)
    temporary = target.with_name(f".{target.name}.part")
    root = bank.folder.parent
    datasets = bank.datasets()
    with disk_errors(target), tarfile.open(temporary, "w", format=tarfile.PAX_FORMAT) as tar:
        for path in extra:
            tar.add(path, arcname=str(path.relative_to(root)))
        for number, dataset in enumerate(datasets):
            if progress:
                progress(number, len(datasets))
            _add_dataset(tar, bank, dataset)
        for name in ("snapshots", "tombstones"):  # last: every dataset in the tar has its snapshot there
            for path in sorted((bank.folder / name).glob("[!.]*")):
                tar.add(path, arcname=f"bank/{name}/{path.name}")
    fsync_file(temporary)
    temporary.rename(target)
    fsync_folder(target.parent)
    return target.stat().st_size


def _add_dataset(tar: tarfile.TarFile, bank: Bank, dataset: Dataset) -> None:
    with locked(dataset.folder / ".lock"):
        live = dataset.table.link.resolve()
        for path in sorted(dataset.folder.rglob("*")):
            relative = path.relative_to(dataset.folder)
            if any(part.startswith(".") for part in relative.parts):
                continue
            if relative.parts[0] == "tables" and len(relative.parts) > 1 and relative.parts[1] != live.name:
                continue
            if path.is_symlink() or path.is_file():
                tar.add(path, arcname=f"bank/{dataset.id}/{relative}", recursive=False)


def restore(source: Path, bank: Bank) -> list[Tombstone]:
    """Fill an empty workspace from the backup `source`, then erase again what tombstones name.

    Tombstones that already lie in ``bank/tombstones`` (newer than the backup) are kept and obeyed. Raises
    MadangError: restore_not_empty, backup_broken.
    """
    root = bank.folder.parent
    if bank.datasets():
        raise MadangError("restore_not_empty", path=root)
    fresh = root / ".restore"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    try:
        with disk_errors(root), tarfile.open(source, "r") as tar:
            tar.extractall(fresh, filter=_inside)
        _move_in(fresh, root)
    except (tarfile.TarError, EOFError, KeyError) as error:
        raise MadangError("backup_broken", path=source, reason=error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return replay(bank)


def _inside(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo | None:
    """tarfile's own filter against paths and links that lead outside; only files and links are in a backup."""
    return tarfile.data_filter(member, path)


def _move_in(fresh: Path, root: Path) -> None:
    """Move what was unpacked to its place; datasets last, since they make the bank not empty."""
    if not (fresh / "bank").is_dir():
        raise tarfile.TarError("bank 폴더가 없음")
    for path in [p for p in fresh.iterdir() if p.name != "bank"]:
        if not (root / path.name).exists():
            path.rename(root / path.name)
    (root / "bank").mkdir(exist_ok=True)
    shared = [fresh / "bank" / name for name in ("snapshots", "tombstones")]
    for folder in shared:
        (root / "bank" / folder.name).mkdir(exist_ok=True)
        for path in folder.glob("*"):
            if not (root / "bank" / folder.name / path.name).exists():
                path.rename(root / "bank" / folder.name / path.name)
    for folder in (p for p in (fresh / "bank").iterdir() if p not in shared):
        folder.rename(root / "bank" / folder.name)
    fsync_folder(root / "bank")
