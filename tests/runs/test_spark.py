"""Inputs as Ibis tables: the same answers on DuckDB and on a Spark of two workers, to the last cell; wrong set-ups told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.engine import spark as engine
from madang.engine.spark import SparkTables
from madang.engine.tables import DuckTables, Tables, tables_on
from madang.messages import MadangError
from madang.runs import Analyses, Input, Inputs, Part
from madang.runs import analysis as analyses
from madang.workspace import Workspace
from runs.made import CODE, analysis, city

CLUSTER = "local-cluster[2,1,1024]"  # two workers, each a process with one processor and 1,024 MB
LARGE = 2**60 + 1  # a float cannot hold it
# of Java that soon ends: its first compiler only, and no threads for rubbish
HASTE = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
AS_A_TABLE = """
    rows = shops.table()
    rows = rows.group_by("business_type").agg(
        shops=rows.count(), closed=rows.count(where=(rows.closed_on >= since).fill_null(False))
    )
    rows = rows.filter(rows.shops >= least).order_by(rows.closed.desc(), rows.business_type).to_pyarrow()
    table = table_of("""


def part(path: Path, rows: pa.Table, cuts: list[int] | None = None, **columns: str) -> Part:
    """A version whose rows stand in several files; `columns`: name for the analysis -> column of the files."""
    files = []
    for n, (low, high) in enumerate(zip([0, *(cuts or [])], [*(cuts or []), len(rows)], strict=True)):
        files.append(path.with_name(f"{path.name}-{n}.parquet"))
        pq.write_table(rows.slice(low, high - low), files[-1])
    return Part(
        path.name, 1, path.name, "", columns or {name: name for name in rows.column_names}, tuple(files)
    )


def versions(folder: Path) -> Inputs:
    """Three registers of different columns, one of them empty, and names of areas; files in a folder of a nasty name."""
    place = folder / "가 [나]{다,라} %20*?=1"
    place.mkdir()
    rows = pa.table(
        {
            "동 이름": ["가", "나", None, "가"],
            "접수일시": pa.array([datetime(2020, 1, 1, 23, 59, 59, 999_999), None, datetime(1899, 1, 1), datetime(2020, 1, 2)], pa.timestamp("us")),
            "날": pa.array([date(2020, 1, 1), None, date(1500, 2, 28), date(2020, 1, 1)]),
            "금액": pa.array([Decimal("1.10"), None, Decimal("-3.33"), Decimal("0.05")], pa.decimal128(18, 2)),
            "수": [LARGE, None, 3, 4],
            "비율": [0.1, None, -0.0, 4.5],
            "여부": [True, None, False, True],
            "source_row": [2, 3, 4, 5],
        }
    )  # fmt: skip
    named = {"dong_code": "동 이름", "at": "접수일시", "on": "날", "sum": "금액", "n": "수", "share": "비율", "open": "여부", "source_row": "source_row"}  # fmt: skip
    other = pa.table(
        {"수": [7], "언제": pa.array([datetime(2021, 5, 5)], pa.timestamp("us")), "source_row": [9]}
    )
    parts = (
        part(place / "first", rows, [1, 1, 3], **named),  # four files, one of them without rows
        part(place / "second", other, n="수", at="언제", source_row="source_row"),
        part(place / "empty", rows.slice(0, 0), **named),
    )
    areas = pa.table({"code": ["가", "나", "다"], "label": ["가동", "나동", "다동"]})
    return Inputs({"rows": Input("rows", parts), "areas": Input("areas", (part(place / "areas", areas),))})


def every_cell_is_there(folder: Path, tables: Tables) -> None:
    rows = on(versions(folder), tables)["rows"].table().order_by("dataset", "source_row").to_pyarrow()
    assert dict(zip(rows.column_names, map(str, rows.schema.types), strict=True)) == {
        "dong_code": "string", "at": "timestamp[us]", "on": "date32[day]", "sum": "decimal128(18, 2)", "n": "int64",
        "share": "double", "open": "bool", "source_row": "int64", "dataset": "string", "lon": "double", "lat": "double",
        "geo_level": "string",
    }  # fmt: skip
    none = dict.fromkeys(rows.column_names)
    assert rows.to_pylist() == [
        none | {"dong_code": "가", "at": datetime(2020, 1, 1, 23, 59, 59, 999_999), "on": date(2020, 1, 1), "sum": Decimal("1.10"),
                "n": LARGE, "share": 0.1, "open": True, "source_row": 2, "dataset": "first"},
        none | {"source_row": 3, "dong_code": "나", "dataset": "first"},
        none | {"at": datetime(1899, 1, 1), "on": date(1500, 2, 28), "sum": Decimal("-3.33"), "n": 3, "share": -0.0, "open": False,
                "source_row": 4, "dataset": "first"},
        none | {"dong_code": "가", "at": datetime(2020, 1, 2), "on": date(2020, 1, 1), "sum": Decimal("0.05"), "n": 4, "share": 4.5,
                "open": True, "source_row": 5, "dataset": "first"},
        none | {"at": datetime(2021, 5, 5), "n": 7, "source_row": 9, "dataset": "second"},
    ]  # fmt: skip


def groups_and_joins_are_right(folder: Path, tables: Tables) -> None:
    inputs = on(versions(folder), tables)
    rows, areas = inputs["rows"].table(), inputs["areas"].table()
    groups = rows.group_by("dong_code").agg(
        rows=rows.count(), most=rows.n.max(), sum=rows["sum"].sum(), days=rows.at.date().nunique(), open=rows.open.sum()
    )  # fmt: skip
    joined = groups.left_join(areas, groups.dong_code == areas.code)
    answer = joined.select("label", "dong_code", "rows", "most", "sum", "days", "open").order_by("dong_code")
    assert [tuple(row.values()) for row in answer.to_pyarrow().to_pylist()] == [
        ("가동", "가", 2, LARGE, Decimal("1.15"), 2, 2),
        ("나동", "나", 1, None, None, 0, None),
        (None, None, 2, 7, Decimal("-3.33"), 2, 0),
    ]


def a_number_that_does_not_fit_is_told(folder: Path, tables: Tables) -> None:
    rows = on(versions(folder), tables)["rows"].table()
    with pytest.raises(Exception, match=r"(?i)overflow|out of range|spark"):
        (rows.n * LARGE).to_pyarrow()


CHECKS = [every_cell_is_there, groups_and_joins_are_right, a_number_that_does_not_fit_is_told]


def on(inputs: Inputs, tables: Tables) -> Inputs:
    return Inputs(inputs.by_role, inputs.seed, tables=tables)


@pytest.mark.parametrize("check", CHECKS)
def test_on_duckdb(check: Callable[[Path, Tables], None], tmp_path: Path) -> None:
    check(tmp_path, DuckTables())


# the same on Spark --------------------------------------------------------------------------------------------


@pytest.fixture
def spark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SparkTables]:
    """A session on a cluster of two workers, which are processes of their own, with a table read: it stands."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        pytest.skip("no PySpark or no Java on this machine: nothing was computed on Spark")
    (tmp_path / "spark").mkdir()
    told = "".join(f"spark.{side}.extraJavaOptions {HASTE}\n" for side in ("driver", "executor"))
    (tmp_path / "spark" / "spark-defaults.conf").write_text(told, "utf-8")
    monkeypatch.setenv("SPARK_CONF_DIR", str(tmp_path / "spark"))
    tables = SparkTables(CLUSTER)
    pq.write_table(pa.table({"n": [1]}), tmp_path / "one.parquet")
    tables([tmp_path / "one.parquet"])
    process = engine._process._gateway.proc
    yield tables
    tables.close()
    assert process.poll() is not None  # nothing is left of it


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # of each answer, in PySpark itself
def test_on_a_cluster_of_two_workers(
    spark: SparkTables, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for check in CHECKS:
        place = tmp_path / check.__name__
        place.mkdir()
        check(place, spark)
    gone = part(tmp_path / "gone", pa.table({"n": [1]}))
    rows = spark(gone.files)
    gone.files[0].unlink()
    refused("spark_failed", lambda: rows.to_pyarrow())
    refused("spark_other", lambda: SparkTables("local[1]")(gone.files))
    assert (
        spark._backend._session.sparkContext._jsc.sc().getExecutorMemoryStatus().size() == 3
    )  # and the driver
    same_tables("hot-spots", events(tmp_path), spark, replicates=99)
    same_tables("complaint-forecast", letters(tmp_path), spark, step="month")
    a_run_is_the_same_whichever_engine_made_it(tmp_path, monkeypatch)


def same_tables(name: str, inputs: Inputs, spark: SparkTables, **said: Any) -> None:
    run = Analyses(Path("none"))[name].run
    ours, theirs = (run(on(inputs, tables), **said).check() for tables in (DuckTables(), spark))
    assert [each.id for each in ours.tables] == [each.id for each in theirs.tables]
    for one, other in zip(ours.tables, theirs.tables, strict=True):
        assert one.rows.equals(other.rows), (name, one.id)


def a_run_is_the_same_whichever_engine_made_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its key is the same, so the other engine recalls it; its record says which one it was."""
    monkeypatch.setattr(analyses, "SHIPPED", folder / "shipped")
    head, tail = CODE.split("    rows = shops.sql(")
    tail = tail.split("    table = table_of(")[1]
    analysis(folder / "shipped", code=head + AS_A_TABLE + tail)
    analysis(folder / "shipped", "by-sql")
    ws = city(folder)
    toml = ws.folder / "madang.toml"
    toml.write_text(toml.read_text("utf-8") + f'\n[engine]\nspark = "{CLUSTER}"\n', "utf-8")
    made = Workspace.open(ws.folder).run("closed-shops", by="lee")
    assert made.engine.startswith("Spark 4.")
    assert made.result.table("closed").rows.to_pylist() == [
        {"business_type": "카페", "shops": 20, "closed": 9},
        {"business_type": "제과점", "shops": 30, "closed": 7},
    ]
    assert ws.run("closed-shops", by="park") == made
    shutil.rmtree(made.folder)
    again = ws.run("closed-shops", by="park")
    assert (again.key, again.engine) == (made.key, DuckTables.engine)
    assert Workspace.open(ws.folder).run("by-sql").engine == DuckTables.engine  # no Spark was needed


def events(folder: Path) -> Inputs:
    """Licences in the 25 dongs of a square, many in one corner, three of nowhere; every fourth is closed or of unknown state."""
    codes = [f"11110{n:03d}00" for n in range(25)]
    told = [code for n, code in enumerate(codes) for _ in range(30 if n in (6, 7, 11) else 10)] + [None] * 3
    areas = pa.table(
        {"hjd_code": codes, "area_name": [f"마당시 {n}동" for n in range(25)],
         "lon": [127.0 + 0.0113 * (n % 5) for n in range(25)], "lat": [37.0 + 0.009 * (n // 5) for n in range(25)]}
    )  # fmt: skip
    states = ["01", "02", "01", "03", "01", "01", "01", None]
    shops = pa.table({"dong_code": told, "status_code": [states[n % 8] for n in range(len(told))]})
    people = pa.table({"dong_code": codes * 2, "population_persons": [400, None] + [600] * 48})
    return Inputs(
        {
            "events": Input("events", (replace(part(folder / "events", shops, [200]), standard="licence"),)),
            "people": Input("people", (part(folder / "people", people),)),
            "areas": Input("areas", (part(folder / "areas", areas),)),
        },
        seed=1,
    )


def letters(folder: Path) -> Inputs:
    """Three and a half years of letters of two kinds in one dong; some of no day, kind or department."""
    rng = np.random.default_rng(3)
    late = rng.integers(0, 1_276 * 86_400, 3_000).astype("timedelta64[s]")
    kind = rng.integers(0, 2, 3_000)
    rows = pa.table(
        {
            "received_at": pa.array(np.datetime64("2023-01-01", "us") + late, mask=rng.random(3_000) < 0.01),
            "category": pa.array(np.array(["소음", "제설"])[kind], mask=rng.random(3_000) < 0.005),
            "department": pa.array(np.array(["환경과", "도로과"])[kind], mask=rng.random(3_000) < 0.02),
            "dong_code": ["1111051500"] * 3_000,
        }
    )
    return Inputs({"letters": Input("letters", (part(folder / "letters", rows, [1_000]),))}, seed=1)


# what is wrong is told ----------------------------------------------------------------------------------------


def refused(code: str, do: Callable[[], Any]) -> MadangError:
    with pytest.raises(MadangError) as caught:
        do()
    assert caught.value.code == code
    return caught.value


def one_row(folder: Path) -> list[Path]:
    pq.write_table(pa.table({"n": [1]}), folder / "one.parquet")
    return [folder / "one.parquet"]


def test_without_pyspark_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: None)
    error = refused("spark_missing", lambda: tables_on("local[2]")(one_row(tmp_path)))
    assert "madang[spark]" in str(error)


def test_without_java_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "find_spec", lambda name: name)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    refused("spark_java", lambda: tables_on("local[2]")(one_row(tmp_path)))
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    refused("spark_java", lambda: tables_on("local[2]")(one_row(tmp_path)))


def test_a_java_that_is_too_old_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").write_text("#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n")
    (tmp_path / "bin" / "java").chmod(0o755)
    monkeypatch.setattr(engine, "find_spec", lambda name: name)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    assert "11.0.2" in str(refused("spark_java", lambda: tables_on("local[2]")(one_row(tmp_path))))


def test_nothing_starts_before_a_table_is_read() -> None:
    tables = tables_on(CLUSTER)
    assert tables.engine == DuckTables.engine
    tables.close()
