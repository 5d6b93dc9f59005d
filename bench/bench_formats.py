"""Exports of a made-up version of a million rows and 39 columns: seconds, size and peak memory by format.

    python bench/bench_formats.py [rows]

Each format runs in a process of its own, so that the peak is its own.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from madang.declarations.standard import DatasetColumn
from madang.formats import FORMATS, export

# Texts as a table of shops has them: codes, names, addresses; a few numbers, dates and flags.
TEXTS = {
    "code": "lpad((i * 7919 % 100000000)::VARCHAR, 8, '0')",
    "name": "'우리동네 상점 ' || (i * 31 % 99991)",
    "kind": "['음식', '소매', '학문/교육', '생활서비스', '의료'][1 + i % 5]",
    "road": "'서울특별시 도봉구 마들로 ' || (i % 900) || '길 ' || (i % 77)",
}
VALUES = {
    "integer": "(i * 13 % 5000)::BIGINT",
    "number": "37.6 + (i % 100000) / 1000000.0",
    "date": "DATE '2015-01-01' + (i % 4000)::INTEGER",
    "boolean": "i % 3 = 0",
}


def made_up(path: Path, rows: int) -> list[DatasetColumn]:
    """Write the version, in another order than its source's, and return its columns: 31 texts, 8 values."""
    cells = [("text", sql) for _ in range(8) for sql in TEXTS.values()][:31]
    cells += [(kind, sql) for _ in range(2) for kind, sql in VALUES.items()]
    columns = [DatasetColumn(f"c{at}", f"항목 {at}", kind) for at, (kind, _) in enumerate(cells)]  # type: ignore[arg-type]
    named = ", ".join(f"{sql} AS c{at}" for at, (_, sql) in enumerate(cells))
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT {named}, i + 2 AS source_row FROM range({rows}) r(i) ORDER BY i * 7919 % 1000003) "
            f"TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        )
    return columns


def one(fmt: str, folder: Path, rows: int) -> None:
    columns = [DatasetColumn(f"c{at}", f"항목 {at}", "text") for at in range(39)]
    out = folder / f"out.{fmt}"
    began = time.perf_counter()
    export([folder / "version.parquet"], columns, fmt, out, title="shops@1", temp_dir=folder)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{fmt:>9} {seconds:7.1f} s {out.stat().st_size / 1e6:8.0f} MB written {peak:7.0f} MB peak memory")
    out.unlink()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made_up(folder / "version.parquet", rows)
        size = (folder / "version.parquet").stat().st_size / 1e6
        print(f"{rows:,} rows x 39 columns, {size:.0f} MB of Parquet, sorted otherwise than its source")
        for fmt in FORMATS:
            subprocess.run([sys.executable, __file__, "--one", fmt, name, str(rows)], check=True)


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] == "--one":
        one(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
