"""A CP949 CSV of a million rows x 39 columns: the whole deposit, with every row placed by a register of areas and every
text looked at for personal data, against DuckDB's raw copy of the same rows in UTF-8.

    python bench/deposit_million.py [rows]

Both in processes of their own, two threads, best of three, in one run; the ratio is what counts.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import made_files
from measure import run

_COPY = """
import duckdb, sys
con = duckdb.connect(config={"threads": 2})
con.execute("COPY (FROM read_csv('" + sys.argv[1] + "', all_varchar=true)) TO '" + sys.argv[2] + "' (FORMAT parquet)")
"""


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as name:
        place = Path(name)
        cp949 = made_files.shops(place / "상가.csv", rows)
        utf8 = made_files.shops(place / "utf8.csv", rows, encoding="utf-8")
        areas = made_files.areas(place / "areas.geojson")
        print(f"{rows:,} rows x 39 columns, {cp949.stat().st_size / 1e6:,.0f} MB in CP949")
        raw, whole = [], []
        for _ in range(3):
            raw.append(run("-c", _COPY, str(utf8), str(place / "raw.parquet")))
            shutil.rmtree(place / "w", ignore_errors=True)
            run("-m", "madang", "init", str(place / "w"))
            run("-m", "madang", "-w", str(place / "w"), "deposit", str(areas))
            whole.append(run("-m", "madang", "-w", str(place / "w"), "deposit", str(cp949)))
        best_raw, best = min(raw, key=lambda c: c.seconds), min(whole, key=lambda c: c.seconds)
        print(f"DuckDB COPY (all text)   {best_raw}")
        print(f"madang deposit           {best}   {best.seconds / best_raw.seconds:.2f} times as long")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
