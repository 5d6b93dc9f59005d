"""One question to five million rows on DuckDB and on Spark: `python bench/engines.py [ROWS] [SPARK]`.

Letters are made up: a moment of ten years, one of 20 categories, one of 40 dongs; five Parquet files. Asked is how many came
by day and dong, of how many categories, through `Input.table()`. The first answer of a session reads files that nobody read
before, the second is one of a process that has warmed up. Without Java or PySpark only DuckDB is measured.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa

from madang.engine.duck import connect
from madang.engine.tables import tables_on
from madang.messages import MadangError
from madang.runs import Input, Inputs, Part

ROWS, SPARK, FILES = 5_000_000, "local[2]", 5
KEYS = ["day", "dong_code"]


def made_up(folder: Path, rows: int) -> Part:
    each = rows // FILES
    with connect(temp_dir=folder) as con:
        for n in range(FILES):
            con.execute(
                f"""COPY (SELECT {n * each} + i AS source_row, '분야 ' || hash(i, {n}) % 20 AS category,
                       TIMESTAMP '2015-01-01' + to_seconds((hash(i, {n}, 1) % (3650 * 86400))::BIGINT) AS received_at,
                       '11110' || hash(i, {n}, 3) % 40 AS dong_code
                    FROM range({each}) t(i)) TO '{folder}/{n}.parquet' (FORMAT parquet, COMPRESSION zstd)"""
            )
    columns = {name: name for name in ("source_row", "category", "received_at", "dong_code")}
    return Part("letters", 1, "민원", "", columns, tuple(folder / f"{n}.parquet" for n in range(FILES)))


def asked(inputs: Inputs) -> pa.Table:
    rows = inputs["letters"].table()
    rows = rows.mutate(day=rows.received_at.date())
    counted: pa.Table = (
        rows.group_by(KEYS)
        .agg(letters=rows.count(), categories=rows.category.nunique())
        .order_by(KEYS)
        .to_pyarrow()
    )
    return counted


def main(rows: int, spark: str) -> None:
    with TemporaryDirectory() as place:
        part = made_up(Path(place), rows)
        print(
            f"{rows:,} rows, {sum(path.stat().st_size for path in part.files) / 1e6:.0f} MB in {FILES} files"
        )
        answers, seconds = [], []
        for where in ("", spark):
            tables = tables_on(where)
            began = time.perf_counter()
            try:
                tables(part.files)
            except MadangError as error:
                print(f"Spark left out: {error}")
                return
            times = [time.perf_counter()]
            inputs = Inputs({"letters": Input("letters", (part,))}, tables=tables)
            for _ in range(2):
                answers.append(asked(inputs))
                times.append(time.perf_counter())
            name = f"{tables.engine} {where}"
            tables.close()
            start, first, second = times[0] - began, times[1] - times[0], times[2] - times[1]
            seconds.append((first, second))
            print(f"{name:<32} start {start:6.2f} s   first answer {first:6.2f} s   second {second:6.2f} s")
        groups, same = answers[0].num_rows, all(each.equals(answers[0]) for each in answers)
        print(f"{groups:,} groups, {'the same on both' if same else 'NOT THE SAME'}")
        (a, b), (c, d) = seconds
        print(f"Spark takes {c / a:.1f} times as long for the first answer, {d / b:.1f} for the second")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS, sys.argv[2] if len(sys.argv) > 2 else SPARK)
