"""An XLSX of 500,000 rows x 12 columns: seconds and peak memory of the whole deposit, beside calamine's bare read.

python bench/excel_half_million.py [rows]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import made_files
from measure import run

_BARE = """
import sys, python_calamine
book = python_calamine.CalamineWorkbook.from_path(sys.argv[1])
sum(1 for row in book.get_sheet_by_index(0).iter_rows())
"""


def main(rows: int) -> None:
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as name:
        place = Path(name)
        book = made_files.workbook(place / "보조금.xlsx", rows)
        run("-m", "madang", "init", str(place / "w"))
        bare = run("-c", _BARE, str(book))
        ours = run("-m", "madang", "-w", str(place / "w"), "deposit", str(book))
        print(f"{rows:,} rows x 12, {book.stat().st_size / 1e6:,.0f} MB")
        print(f"calamine, read only      {bare}")
        print(f"madang deposit           {ours}   {ours.seconds / bare.seconds:.2f} times as long")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 500_000)
