"""Four hundred files as a district office has them: minutes of ``deposit --all`` on this machine.

    python bench/four_hundred.py FOLDER [files]

Varies the CSV and Excel files under FOLDER: each copy has another name and, for text files, a row less, so that
no two files are the same bytes.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from itertools import cycle
from pathlib import Path

from measure import run


def main(folder: Path, files: int) -> None:
    sources = [p for p in sorted(folder.rglob("*")) if p.suffix in (".csv", ".tsv", ".txt", ".xlsx", ".xls")]
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as name:
        place = Path(name)
        (place / "in").mkdir()
        for number, source in zip(range(files), cycle(sources), strict=False):
            target = place / "in" / f"가{number:03d}_{source.name}"
            shutil.copyfile(source, target)
            if source.suffix != ".xlsx" and source.suffix != ".xls" and source.stat().st_size > 20_000:
                _drop_last_lines(target, number // len(sources))
        size = sum(p.stat().st_size for p in (place / "in").iterdir()) / 1e6
        run("-m", "madang", "init", str(place / "w"))
        cost = run("-m", "madang", "-w", str(place / "w"), "deposit", "--all", str(place / "in"), "--json")
        again = run("-m", "madang", "-w", str(place / "w"), "deposit", "--all", str(place / "in"), "--json")
        print(f"{files} files, {size:,.0f} MB: {cost}; again (all known): {again}")


def _drop_last_lines(path: Path, lines: int) -> None:
    content = path.read_bytes()
    for _ in range(lines):
        content = content[: content.rstrip(b"\r\n").rfind(b"\n") + 1]
    path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 400)
