"""The same bytes under another register of areas are a new version only where some row got another place."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from intake.made_up_country import boundaries, deposit, live, made, points, relation, write
from madang.intake.place_digest import PlaceDigest, changed_dongs


def spots(folder: Path) -> Path:
    rows = [f"{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(points(36))]
    return write(folder, "시설.csv", ["번호,위도,경도", *rows])


def test_another_register_that_says_the_same_gives_no_version(tmp_path: Path) -> None:
    workspace = made(tmp_path, "boundaries")
    path = spots(tmp_path)
    assert deposit(workspace, path).version == 1
    before = workspace.registers.version()
    deposit(workspace, relation(tmp_path))
    assert workspace.registers.version() != before
    receipt = deposit(workspace, path)
    assert (receipt.verdict, receipt.version, receipt.reasons) == ("unchanged", 1, ())


def test_where_rows_have_another_dong_the_receipt_says_how_many(tmp_path: Path) -> None:
    workspace = made(tmp_path, "boundaries")
    path = spots(tmp_path)
    deposit(workspace, path)
    deposit(workspace, boundaries(tmp_path, c4191051000="4191061000"))
    receipt = deposit(workspace, path)
    assert (receipt.verdict, receipt.version) == ("accepted", 2)
    assert [(r.code, r.params) for r in receipt.reasons] == [("places_changed", {"changed": "3"})]
    assert "3행의 행정동이 달라졌습니다" in receipt.reasons[0].text()
    assert live(workspace, "시설").receipt["reasons"][0]["code"] == "places_changed"


ROWS = pa.table(
    {
        "source_row": [2, 3, 4, 5],
        "lon": [127.1, None, 127.3, 0.0],
        "lat": [37.1, None, 37.3, 0.0],
        "dong_code": ["4191051000", None, "4191052000", None],
        "geo_level": ["point", None, "building", None],
    },
    schema=pa.schema(
        [("source_row", pa.int64()), ("lon", pa.float64()), ("lat", pa.float64()), ("dong_code", pa.string()),
         ("geo_level", pa.string())]
    ),
)  # fmt: skip


def digest(*tables: pa.Table) -> str:
    parts = []
    for table in tables:
        parts.append(PlaceDigest())
        parts[-1].add(table)
    whole = PlaceDigest()
    for part in reversed(parts):  # in whatever order they are done
        whole.join(part)
    return str(whole)


def test_the_digest_does_not_depend_on_how_a_table_is_cut() -> None:
    assert digest(ROWS) == digest(ROWS.slice(0, 1), ROWS.slice(1)) == digest(ROWS.slice(0, 3), ROWS.slice(3))


def test_the_digest_tells_every_cell_and_which_row_it_is_of() -> None:
    others = [
        ROWS.set_column(1, "lon", pa.array([127.1000001, None, 127.3, 0.0])),
        ROWS.set_column(2, "lat", pa.array([37.1, 37.2, 37.3, 0.0])),
        ROWS.set_column(3, "dong_code", pa.array(["4191052000", None, "4191052000", None])),
        ROWS.set_column(4, "geo_level", pa.array(["point", None, "road", None])),
        ROWS.set_column(0, "source_row", pa.array([3, 2, 4, 5])),
        ROWS.slice(0, 3),
    ]
    assert len({digest(table) for table in (ROWS, *others)}) == 7


def test_changed_dongs_are_counted_wherever_files_end(tmp_path: Path) -> None:
    def files(codes: list[str | None], *ends: int) -> list[Path]:
        paths = []
        for start, end in zip((0, *ends), (*ends, len(codes)), strict=True):
            paths.append(tmp_path / f"{len(list(tmp_path.iterdir()))}.parquet")
            pq.write_table(pa.table({"dong_code": pa.array(codes[start:end], pa.string())}), paths[-1])
        return paths

    before = files(["1", None, "3", "4"], 1, 3)
    assert changed_dongs(before, files(["1", None, "3", "4"], 2)) == 0
    assert changed_dongs(before, files(["1", "2", None, "5"])) == 3
