"""``madang deposit --all``: the files of a folder, each in a process that may fail without harm to the others.

Boundaries go first (`folder_order`): the register of areas, by which all other files find their places, is built of them.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import madang
from madang.bank.ids import clean_id, dataset_id, order_of, readable_name
from madang.cli.folder_order import Turn, turn_of
from madang.declarations import Standard
from madang.intake.layer_parts import part_of
from madang.intake.no_pandas import without_pandas
from madang.intake.raw import Override
from madang.intake.receipt import Receipt, Stopped
from madang.messages import MadangError, text

_AT_ONCE = 2
_LOOK_S = 0.5  # seconds after which it is asked again how far the running files are
_LEFT_BY_SYSTEMS = frozenset({"thumbs.db", "desktop.ini", ".ds_store"})


@dataclass(frozen=True)
class Outcome:
    """What became of one file: its receipts, and the error that ended it (None: it was taken or refused as a whole)."""

    path: Path
    receipts: list[Receipt] = field(default_factory=list)
    error: MadangError | None = None


@dataclass(frozen=True)
class Job:
    """What is the same for all files."""

    workspace: Path
    override: Override
    by: str | None
    once: bool = False

    def outcome(self, path: Path, dataset: str) -> Outcome:
        """Deposit one file, in a process of its own."""
        try:
            workspace = madang.open(self.workspace)
            workspace.standards = _standards(self.workspace)
            receipts = workspace.deposit(
                path, dataset, override=self.override, by=self.by, again=False, once=self.once, threads=1
            )
        except Stopped as stopped:
            return Outcome(path, list(stopped.receipts), stopped)
        except MadangError as error:
            return Outcome(path, [], error)
        except Exception as error:  # not of the file: the door tells those by a receipt
            said = f"{type(error).__name__}: {error}"
            return Outcome(path, [], MadangError("file_failed", file=readable_name(path), error=said))
        return Outcome(path, receipts)


@lru_cache(maxsize=1)
def _standards(workspace: Path) -> dict[str, Standard]:
    """The declared standards, read once by each process: they take as long as a small file does."""
    return madang.open(workspace).standards


def files_of(folder: Path, skipped: Callable[[str], None]) -> Iterator[Path]:
    """The regular files under `folder` by name, without hidden ones and what systems leave; `skipped` is told of others.

    Links that lead out of the folder, pipes and devices are not opened. The parts of a shapefile come as its .shp.
    """
    home = folder.resolve()
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        shapes = {part[0] for part in map(part_of, names) if part and part[1] == ".shp"}
        for name in [*folders, *sorted(names)]:
            path = Path(root) / name
            if name.startswith((".", "~$")) or name.casefold() in _LEFT_BY_SYSTEMS:
                continue
            part = part_of(name)
            if part and part[1] != ".shp" and part[0] in shapes:
                continue  # deposited with its .shp
            if path.is_symlink() and not path.resolve().is_relative_to(home):
                skipped(text("skipped_link", path=path))
            elif not path.is_file() and not path.is_dir():
                skipped(text("skipped_special", path=path))
            elif path.is_file():
                yield path


def named(folder: Path, files: Iterator[Path]) -> dict[str, list[Path]]:
    """Files by the dataset they go to, in the order of the dates in their names; those of one name in several folders
    get the folder before the name."""
    alike: dict[str, dict[Path, list[Path]]] = {}
    for path in sorted(files, key=lambda path: (path.parent, order_of(readable_name(path)), path)):
        alike.setdefault(dataset_id(readable_name(path)), {}).setdefault(path.parent, []).append(path)
    groups: dict[str, list[Path]] = {}
    for name, by_folder in alike.items():
        for parent, paths in by_folder.items():
            prefix = "-".join(parent.relative_to(folder).parts)
            wanted = clean_id(f"{prefix}-{name}") if len(by_folder) > 1 else name
            number, free = 2, wanted
            while free in groups or (free != name and free in alike):
                number, free = number + 1, f"{wanted[:110]}-{number}"
            groups[free] = paths
    return groups


@dataclass(frozen=True)
class Advance:
    """How far a folder is: files done of all, and bytes, of running files as far as they are read."""

    files: int
    of_files: int
    bytes: int
    of_bytes: int


@dataclass(frozen=True)
class _Group:
    """The files of one dataset, which are deposited one after another."""

    turn: Turn
    dataset: str
    paths: list[Path]


def in_turns(groups: dict[str, list[Path]]) -> list[_Group]:
    """The groups in the order of their turns (a group has the earliest of its files), otherwise as they came."""
    found = [
        _Group(min(map(turn_of, paths), default=Turn.OTHER), dataset, list(paths))
        for dataset, paths in groups.items()
    ]
    return sorted(found, key=lambda group: group.turn)


def deposit_folder(
    job: Job, groups: dict[str, list[Path]], told: Callable[[Outcome], None], done: Callable[[Advance], None]
) -> None:
    """Deposit the files, two at a time, those of one dataset in their order; `told` gets every outcome as it comes.

    Files of a later turn wait until all of the earlier ones are done. A file whose process dies is told and the
    others go on. On Ctrl-C the running files end and are told, then KeyboardInterrupt is raised.
    """
    waiting = in_turns(groups)
    sizes = {path: _size(path) for group in waiting for path in group.paths}
    lanes = [_Lane(job) for _ in range(min(_AT_ONCE, len(waiting)))]
    files, read, whole = 0, 0, sum(sizes.values())
    try:
        while True:
            for lane in lanes:
                if lane.running is None and (lane.queue or _may_start(waiting, lanes)):
                    lane.next(waiting)
            running = {lane.running: lane for lane in lanes if lane.running}
            if not running:
                return
            for future in wait(running, timeout=_LOOK_S, return_when=FIRST_COMPLETED).done:
                lane = running[future]
                told(lane.outcome())
                files += 1
                read += sizes[lane.path]
            partly = sum(int(sizes[lane.path] * lane.share.value) for lane in lanes if lane.running)
            done(Advance(files, len(sizes), read + partly, whole))
    except KeyboardInterrupt:
        for lane in lanes:
            if lane.running:
                told(lane.outcome())
        raise
    finally:
        for lane in lanes:
            lane.pool.shutdown()


def _may_start(waiting: list[_Group], lanes: list[_Lane]) -> bool:
    """Whether the next group may begin: no file of an earlier turn is still running or queued."""
    busy = [lane.turn for lane in lanes if lane.running or lane.queue]
    return bool(waiting) and all(turn >= waiting[0].turn for turn in busy)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


class _Lane:
    """One process after another file: where it dies, it is known of which."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.share: Any = _SPAWN.Value("d", 0.0, lock=False)  # of the running file, read so far
        self.pool = self._pool()
        self.running: Future[Outcome] | None = None
        self.turn = Turn.OTHER
        self.dataset = ""
        self.queue: list[Path] = []
        self.path = Path()

    def next(self, waiting: list[_Group]) -> None:
        if not self.queue:
            group = waiting.pop(0)
            self.turn, self.dataset, self.queue = group.turn, group.dataset, group.paths
        self.path = self.queue.pop(0)
        self.share.value = 0.0
        self.running = self.pool.submit(self.job.outcome, self.path, self.dataset)

    def outcome(self) -> Outcome:
        """The outcome of the running file; waits for it."""
        assert self.running is not None
        try:
            found = self.running.result()
        except BrokenProcessPool:
            self.pool.shutdown()
            self.pool = self._pool()
            found = Outcome(self.path, [], MadangError("worker_died", file=readable_name(self.path)))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a library in Rust that gave up is no Exception to Python
            said = f"{type(error).__name__}: {error}"
            failed = MadangError("file_failed", file=readable_name(self.path), error=said)
            found = Outcome(self.path, [], failed)
        self.running = None
        return found

    def _pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, _SPAWN, initializer=_worker, initargs=(self.share,))


_SPAWN = multiprocessing.get_context("spawn")
_share: Any = None  # of a worker: where it tells how far its file is read


def _worker(share: Any) -> None:
    """A process for files. Ctrl-C is for the parent: it lets running files finish and starts no new one."""
    global _share
    _share = share
    without_pandas()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _tell(done: int, total: int | None) -> None:
    if _share is not None and total:
        _share.value = min(1.0, done / total)
