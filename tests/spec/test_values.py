"""The manual of values: what a cell says, as which type, and what stands in the table.

Each table: the raw cell | the value | or, after "·", why there is none. `declared` columns were given their type
by a standard or a person; the others were guessed from their cells.
"""

from __future__ import annotations

import duckdb
import pytest

from madang.intake.values import Reading, kind_sql, reads_sql, value_sql

GUESSED = {
    "integer": """
        0                | 0
        007              | · leading_zero
        1,234            | 1234
        12,34            | · unreadable
        △1,234           | -1234
        ▲ 5              | -5
        ▽5               | -5
        (1,234)          | -1234
        −5               | -5
        １２３           | 123
        12.0             | 12
        12.5             | · unreadable
        123456789012345  | 123456789012345
        1234567890123456 | · too_long
        1,234p           | · suffix
        -                | · dash
        X                | · suppressed
        *                | · masked
        …                | · not_available
        해당없음         | · not_applicable
        열둘             | · unreadable
    """,
    "number": """
        1.5                | 1.5
        -0.25              | -0.25
        △1,234.5           | -1234.5
        .5                 | 0.5
        263.99999999999994 | 263.99999999999994
        1.5E+03            | 1500.0
        1e400              | · unreadable
        0012               | · leading_zero
        0.012              | 0.012
        12%                | · unreadable
        35°09'39.5"N       | · unreadable
        6~8                | · unreadable
    """,
    "percent": """
        12.3%  | 12.3
        100 ％ | 100.0
        △1.2%  | -1.2
        45     | 45.0
    """,
    "boolean": """
        Y      | True
        n      | False
        유     | True
        무     | False
        O      | True
        X      | False
        미설치 | False
        불가능 | False
        아니오 | False
        1      | · unreadable
        -      | · dash
        혼합   | · unreadable
    """,
    "date": """
        2021-03-05            | 2021-03-05
        20210305              | 2021-03-05
        2021.03.05.           | 2021-03-05
        2021. 3. 5.           | 2021-03-05
        2021/3/5              | 2021-03-05
        2021년 3월 5일        | 2021-03-05
        2021.3.5(금)          | 2021-03-05
        2021-03-05 00:00:00   | 2021-03-05
        2021-03-05T00:00:00.0 | 2021-03-05
        21.03.05              | 2021-03-05
        68.12.31              | 2068-12-31
        69.01.01              | 1969-01-01
        2024-02-29            | 2024-02-29
        2023-02-29            | · no_such_day
        2021.13.05            | · no_such_month
        20211305              | · no_such_month
        2021.2/4              | · unreadable
        1900-01-00            | · sentinel
        00000000              | · sentinel
        9999-12-31            | · sentinel
        1900-01-01            | · sentinel
        18/02/2018            | · day_month_unclear
        44197                 | · serial
        11110510              | · unreadable
        0021-01-01            | · unreadable
        2021-03-05 13:00      | · unreadable
        epoch                 | · unreadable
        미상                  | · not_available
    """,
    "datetime": """
        2021-03-05 09:05          | 2021-03-05 09:05:00
        2021-03-05T09:05:06       | 2021-03-05 09:05:06
        2021-03-05T00:05:00Z      | 2021-03-05 09:05:00
        2021-03-05T09:05:00+09:00 | 2021-03-05 09:05:00
        2021-03-05 01:00:00-05:00 | 2021-03-05 15:00:00
        20210305090506            | 2021-03-05 09:05:06
        202205010010              | 2022-05-01 00:10:00
        2022-05-01 24:00          | 2022-05-02 00:00:00
        2021-03-05 오후 3:00:00   | 2021-03-05 15:00:00
        2021년 3월 5일 15시 30분  | 2021-03-05 15:30:00
        2021-03-05 오후 12:30     | 2021-03-05 12:30:00
        2021-03-05 오전 12:30     | 2021-03-05 00:30:00
        2021-03-05                | 2021-03-05 00:00:00
        2021-03-05 24:30          | · unreadable
        2021-03-05 25:00          | · unreadable
        99991231235959            | · sentinel
    """,
    "time": """
        09:00       | 09:00
        9:00        | 09:00
        0900        | 09:00
        24:00       | 24:00
        24:30       | · unreadable
        25:00       | · unreadable
        12:60       | · unreadable
        09:00:30    | 09:00:30
        오후 6:00   | 18:00
        오전 12:10  | 00:10
        9시 30분    | 09:30
        9시         | 09:00
        9:          | · unreadable
        00:00       | 00:00
        00:00~00:00 | · time_unknown
    """,
    "month": """
        2021-07    | 2021-07
        202107     | 2021-07
        2021.7     | 2021-07
        2021년 7월 | 2021-07
        2021-07-01 | 2021-07
        2021-07-02 | · unreadable
        202113     | · unreadable
    """,
    "year": """
        2021   | 2021
        2021년 | 2021
        21     | · unreadable
    """,
    "text": """
        007 | 007
        -   | -
        X   | X
        0   | 0
    """,
}

DECLARED = {
    Reading("integer", declared=True): """
        007                | 7
        123456789012345678 | 123456789012345678
    """,
    Reading("integer", accept=frozenset({"suffix"})): """
        1,234p   | 1234
        1,234(e) | 1234
        1,234 r) | 1234
        p        | · unreadable
    """,
    Reading("boolean", declared=True): """
        1 | True
        0 | False
    """,
    Reading("boolean", pair=0): """
        Y | True
        O | · unreadable
    """,
    Reading("date", day_first=True): """
        18/02/2018 | 2018-02-18
        02/18/2018 | · unreadable
    """,
    Reading("date", day_first=False): """
        02/18/2018 | 2018-02-18
        18.02.2018 | · unreadable
    """,
    Reading("date", accept=frozenset({"serial"})): """
        44197 | 2021-01-01
        19999 | · unreadable
        60001 | · unreadable
    """,
    Reading("text", declared=True, missing=("-", "없음")): """
        -    | · missing_token
        없음 | · missing_token
        X    | X
    """,
    Reading("integer", declared=True, missing=("999",)): """
        999 | · missing_token
        998 | 998
    """,
}


def rows(table: str) -> list[tuple[str, str]]:
    lines = [line.strip() for line in table.strip().splitlines()]
    return [(raw.strip(), said.strip()) for raw, said in (line.rsplit("|", 1) for line in lines)]


CASES = [(Reading(kind), *row) for kind, table in GUESSED.items() for row in rows(table)]  # type: ignore[arg-type]
CASES += [(reading, *row) for reading, table in DECLARED.items() for row in rows(table)]


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


@pytest.mark.parametrize(("reading", "raw", "said"), CASES)
def test_a_cell_becomes(con: duckdb.DuckDBPyConnection, reading: Reading, raw: str, said: str) -> None:
    value, reads, kind = con.execute(
        f"SELECT {value_sql('x', reading)}, {reads_sql('x', reading)}, {kind_sql('x', reading)}"
        " FROM (SELECT ?::VARCHAR AS x)",
        [raw],
    ).fetchone() or (None, None, None)
    assert (str(value) if reads else f"· {kind}") == said
    assert reads == (value is not None)


def test_an_empty_cell_is_null_in_every_type(con: duckdb.DuckDBPyConnection) -> None:
    readings = {reading for reading, _, _ in CASES}
    values = ", ".join(value_sql("x", reading) for reading in readings)
    found = con.execute(f"SELECT {values} FROM (SELECT NULL::VARCHAR AS x)").fetchone()
    assert found == (None,) * len(readings)
