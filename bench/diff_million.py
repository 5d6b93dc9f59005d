"""Two versions of a million rows x 39 columns, every 1,000th row changed: seconds and memory of the comparison.

    python bench/diff_million.py [rows]

Beside it the same question as one plain DuckDB join over all columns of the same Parquet files.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import made_files
from measure import run

_JOIN = """
import sys, madang
ds = madang.open(sys.argv[1]).bank["상가"]
import duckdb
con = duckdb.connect(config={"threads": 2})
a, b = (str([str(p) for p in v.files]) for v in ds.versions)
cols = [c.name for c in ds.latest.columns]
differ = " OR ".join(f'a."{c}" IS DISTINCT FROM b."{c}"' for c in cols[1:])
key = f'a."{cols[0]}" = b."{cols[0]}"'
con.execute(f"SELECT count(*) FROM read_parquet({a}) a FULL JOIN read_parquet({b}) b ON {key} WHERE {differ}").fetchall()
"""


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as name:
        place = Path(name)
        workspace = str(place / "w")
        run("-m", "madang", "init", workspace)
        for every in (0, 1000):
            made_files.shops(place / "상가.csv", rows, changed_every=every)
            run("-m", "madang", "-w", workspace, "deposit", str(place / "상가.csv"))
        ours = run("-m", "madang", "-w", workspace, "diff", "상가", "1", "2", "--json")
        join = run("-c", _JOIN, workspace)
        print(f"madang diff, {rows:,} rows x 39     {ours}")
        print(f"DuckDB join over all columns     {join}   {ours.seconds / join.seconds:.2f} times as long")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
