"""Exports of a made-up version of a million rows and 39 columns: seconds, size and peak memory by format.

    python bench/export_million.py [rows]

Each format runs in a process of its own, so that the peak is its own.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import duckdb
from measure import run

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


def made_up(path: Path, rows: int) -> None:
    """Write the version, in another order than its source's: 31 columns of text, 8 of values."""
    cells = [("text", sql) for _ in range(8) for sql in TEXTS.values()][:31]
    cells += [(kind, sql) for _ in range(2) for kind, sql in VALUES.items()]
    named = ", ".join(f"{sql} AS c{at}" for at, (_, sql) in enumerate(cells))
    with duckdb.connect() as con:
        con.execute(
            f"COPY (SELECT {named}, i + 2 AS source_row FROM range({rows}) r(i) ORDER BY i * 7919 % 1000003) "
            f"TO '{path}' (FORMAT parquet, COMPRESSION zstd)"
        )


def one(fmt: str, folder: Path) -> None:
    columns = [DatasetColumn(f"c{at}", f"항목 {at}", "text") for at in range(39)]
    export([folder / "version.parquet"], columns, fmt, folder / "out", title="shops@1", temp_dir=folder)


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(__file__, "--make", name, str(rows))
        size = (folder / "version.parquet").stat().st_size / 1e6
        print(f"{rows:,} rows x 39 columns, {size:.0f} MB of Parquet, sorted otherwise than its source")
        for fmt in FORMATS:
            cost = run(__file__, "--one", name, fmt)
            print(f"{fmt:>9} {cost}  {(folder / 'out').stat().st_size / 1e6:6.0f} MB written", flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--make", folder, rows]:
            made_up(Path(folder) / "version.parquet", int(rows))
        case ["--one", folder, fmt]:
            one(fmt, Path(folder))
        case given:
            main(int(given[0]) if given else 1_000_000)
