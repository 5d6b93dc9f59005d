"""One very large CP949 CSV: seconds, peak memory of the process tree and peak disk of the workspace, step by step.

    python bench/deposit_20gb.py [gigabytes] [folder]

The file (39 columns, about 460 bytes a row) is written in blocks to `folder` (by default a temporary one, which needs
three times the file's size) and deleted afterwards. The deposit runs in a process of its own and is watched from
outside twice a second; `--kill SECONDS` kills it hard after so long, runs it again and says what that costs.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import made_files

_ROW_BYTES = 460


@dataclass
class Watch:
    """Peaks of a process tree (resident memory without shared pages, MB) and of a folder (GB on disk)."""

    pid: int
    folder: Path
    memory_mb: float = 0.0
    disk_gb: float = 0.0
    marks: list[str] = field(default_factory=list)

    def look(self, begun: float) -> None:
        memory = sum(_resident_mb(pid) for pid in _tree(self.pid))
        disk = _disk_gb(self.folder)
        if memory > self.memory_mb * 1.05 or disk > self.disk_gb * 1.05:
            self.marks.append(f"{time.perf_counter() - begun:7.1f} s  {memory:6.0f} MB  {disk:6.2f} GB")
        self.memory_mb, self.disk_gb = max(self.memory_mb, memory), max(self.disk_gb, disk)


def _tree(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        children = Path(f"/proc/{each}/task/{each}/children")
        if children.exists():
            found += map(int, children.read_text().split())
    return found


def _resident_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) / 1024


def _disk_gb(folder: Path) -> float:
    seen: dict[int, int] = {}
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                stat = os.lstat(os.path.join(root, name))
            except OSError:
                continue
            seen[stat.st_ino] = stat.st_blocks * 512
    return sum(seen.values()) / 1e9


def deposit(workspace: Path, file: Path, kill_after: float | None = None) -> None:
    """Deposit `file` and print the figures."""
    command = [sys.executable, "-m", "madang", "-w", str(workspace), "deposit", str(file)]
    begun = time.perf_counter()
    process = subprocess.Popen(command)
    watch = Watch(process.pid, workspace)
    if kill_after:
        threading.Timer(kill_after, process.kill).start()
    while process.poll() is None:
        watch.look(begun)
        time.sleep(0.5)
    seconds = time.perf_counter() - begun
    for mark in watch.marks:
        print("   ", mark)
    print(
        f"exit {process.returncode}: {seconds:,.0f} s, {file.stat().st_size / 1e6 / seconds:.0f} MB/s, "
        f"peak {watch.memory_mb:,.0f} MB of memory, {watch.disk_gb:.1f} GB of disk, "
        f"{_disk_gb(workspace):.1f} GB left",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("gigabytes", type=float, nargs="?", default=20.0)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--kill", type=float, metavar="SECONDS")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="madang-bench-", dir=asked.folder) as name:
        place = Path(name)
        file = made_files.shops(place / "상가.csv", int(asked.gigabytes * 1e9 / _ROW_BYTES))
        print(
            f"{file.stat().st_size / 1e9:.2f} GB; free: {shutil.disk_usage(place).free / 1e9:.0f} GB",
            flush=True,
        )
        subprocess.run([sys.executable, "-m", "madang", "init", str(place / "w")], check=True)
        if asked.kill:
            deposit(place / "w", file, asked.kill)
        deposit(place / "w", file)


if __name__ == "__main__":
    main()
