"""Shapefiles in parts: encodings by evidence, deleted and missing records, cut files, one bundle for one deposit."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import shapely
from pyproj import CRS

from madang.intake.layer_parts import bundled, shapefile_in
from madang.intake.raw import Override, Refused
from tests.intake.layer_helper import dbf, packed, problems, read, rows, shapes, shp
from tests.shared_data import shared

NAME = "이름".encode("cp949")
FIELDS = [(NAME, b"C", 10), (b"CODE", b"C", 5), (b"AREA", b"N", 12)]
PRJ = CRS("EPSG:5186").to_wkt("WKT1_ESRI").encode()


def _record(name: bytes, code: bytes, area: bytes, flag: bytes = b" ") -> bytes:
    return flag + name.ljust(10) + code.ljust(5) + area.rjust(12)


RECORDS = [
    _record("도봉구".encode("cp949"), b"01010", b"20.6500"),
    _record("똠방".encode("cp949"), b"007", b"-1"),
]
SHP, SHX = shp([(1, 2), (3, 4)])


def test_a_zip_of_parts_is_one_table_with_exact_texts(tmp_path: Path) -> None:
    parts = {"자료/구.SHP": SHP, "자료/구.shx": SHX, "자료/구.dbf": dbf(FIELDS, RECORDS), "자료/구.prj": PRJ}
    (table,) = read(packed(tmp_path / "a.zip", parts), tmp_path / "s")
    assert rows(table) == [
        {"#": 1, "이름": "도봉구", "CODE": "01010", "AREA": "20.6500"},
        {"#": 2, "이름": "똠방", "CODE": "007", "AREA": "-1"},
    ]
    assert [each.wkt for each in shapes(table)] == ["POINT (1 2)", "POINT (3 4)"]
    assert (table.member, table.encoding, table.layer.declared) == (None, "cp949", "EPSG:5186")


@pytest.mark.parametrize("suffix", [".SHP", ".shp"])
def test_a_shp_is_read_with_the_parts_beside_it(tmp_path: Path, suffix: str) -> None:
    for name, data in (
        (f"구{suffix}", SHP),
        ("구.SHX", SHX),
        ("구.Dbf", dbf(FIELDS, RECORDS)),
        ("다른.dbf", b""),
    ):
        (tmp_path / name).write_bytes(data)
    (table,) = read(tmp_path / f"구{suffix}", tmp_path / "s")
    assert [row["이름"] for row in rows(table)] == ["도봉구", "똠방"]
    assert table.layer.declared is None


@pytest.mark.parametrize(
    ("codec", "cpg", "language"),
    [
        ("cp949", None, 0),
        ("cp949", b"UTF-8", 0),  # wrong: the cells are no UTF-8
        ("cp949", b"ISO-8859-1", 0),  # fits anything, so it is no evidence
        ("cp949", b"949", 78),
        ("utf-8", None, 78),  # wrong language byte
        ("utf-8", b"utf-8\n", 0),
        ("utf-8", b"EUC-KR", 0),
    ],
)
def test_the_encoding_is_what_the_cells_are_in(
    tmp_path: Path, codec: str, cpg: bytes | None, language: int
) -> None:
    names = ["가나다", "쌍문", "방학동", "창동"]
    data = dbf(
        [("구".encode(codec), b"C", 12)],
        [b" " + name.encode(codec).ljust(12) for name in names],
        language=language,
    )
    parts = {"a.dbf": data, **({"a.cpg": cpg} if cpg else {})}
    (table,) = read(packed(tmp_path / "a.zip", parts), tmp_path / "s")
    assert ([row["구"] for row in rows(table)], table.encoding, table.layer) == (names, codec, None)


def test_letters_cut_by_the_width_and_stray_bytes_are_told_where_they_stand(tmp_path: Path) -> None:
    cut, stray = "가나다".encode("cp949")[:5], b"\xff\xffAB "
    data = dbf([(b"N", b"C", 5)], [b" " + "가나".encode("cp949") + b" "] * 30 + [b" " + cut, b" " + stray])
    (table,) = read(packed(tmp_path / "a.zip", {"a.dbf": data}), tmp_path / "s")
    assert [row["N"] for row in rows(table)][-2:] == ["가나", "\ufffd\ufffdAB"]
    assert problems(table) == [("dbf_cell_cut", 31), ("dbf_cell_bytes", 32)]


def test_records_marked_as_deleted_go_with_their_shapes(tmp_path: Path) -> None:
    records = [RECORDS[0], _record(b"gone", b"1", b"1", b"*"), RECORDS[1]]
    main, index = shp([(1, 2), (9, 9), None])
    parts = {"a.shp": main, "a.shx": index, "a.dbf": dbf(FIELDS, records)}
    (table,) = read(packed(tmp_path / "a.zip", parts), tmp_path / "s")
    assert [row["#"] for row in rows(table)] == [1, 3]
    assert [each and each.wkt for each in shapes(table)] == ["POINT (1 2)", None]
    assert problems(table) == [("dbf_deleted", None)]


def test_shapes_without_attributes_and_attributes_without_shapes_are_kept(tmp_path: Path) -> None:
    main, index = shp([(1, 2), (3, 4), (5, 6)])
    (table,) = read(
        packed(tmp_path / "a.zip", {"a.shp": main, "a.shx": index, "a.dbf": dbf(FIELDS, RECORDS)}),
        tmp_path / "s",
    )
    assert [(row["#"], row["CODE"]) for row in rows(table)] == [(1, "01010"), (2, "007"), (3, "")]
    assert problems(table) == [("shp_counts_differ", None)]
    (table,) = read(
        packed(
            tmp_path / "b.zip",
            {"a.shp": SHP[:128], "a.dbf": b""}
            | {"a.shp": SHP, "a.shx": SHX, "a.dbf": dbf(FIELDS, RECORDS * 2)},
        ),
        tmp_path / "t",
    )
    assert [each and each.wkt for each in shapes(table)] == ["POINT (1 2)", "POINT (3 4)", None, None]


def test_without_dbf_or_shx_the_shapes_are_still_read(tmp_path: Path) -> None:
    (tmp_path / "a.shp").write_bytes(SHP)
    (table,) = read(tmp_path / "a.shp", tmp_path / "s")
    assert [each.wkt for each in shapes(table)] == ["POINT (1 2)", "POINT (3 4)"]
    assert problems(table) == [("shp_without_dbf", None), ("shp_without_shx", None)]


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"a.shp": SHP[:-5], "a.shx": SHX}, "layer_part_truncated"),
        ({"a.shp": SHP, "a.shx": SHX, "a.dbf": dbf(FIELDS, RECORDS)[:-30]}, "layer_part_truncated"),
        ({"a.shp": b"nothing", "a.shx": SHX}, "shp_broken"),
        ({"a.dbf": b"\x03" + bytes(40)}, "dbf_broken"),
        ({"a.shx": SHX, "a.prj": PRJ}, "layer_parts_missing"),
        ({"../a.shp": SHP}, "layer_zip_unsafe"),
    ],
)
def test_what_is_cut_broken_or_missing_is_refused(tmp_path: Path, parts: dict[str, bytes], code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(packed(tmp_path / "a.zip", parts), tmp_path / "s")
    assert (refused.value.code, refused.value.params["file"]) == (code, "a.zip")


def test_several_shapefiles_in_a_zip_are_tables_with_their_names(tmp_path: Path) -> None:
    parts = {
        f"{stem}{suffix}": data for stem in ("시도", "구") for suffix, data in ((".shp", SHP), (".shx", SHX))
    }
    tables = read(packed(tmp_path / "a.zip", parts), tmp_path / "s")
    assert sorted(str(table.member) for table in tables) == ["구", "시도"]


def test_other_kinds_of_fields_are_read_as_text(tmp_path: Path) -> None:
    fields = [(b"L", b"L", 1), (b"D", b"D", 8), (b"I", b"I", 4), (b"O", b"O", 8), (b"M", b"M", 10)]
    record = b" T20210401" + (-7).to_bytes(4, "little", signed=True) + b"\0\0\0\0\0\0\xf8?" + b"0000000001"
    unknown = b" ?        " + bytes(4) + bytes(8) + b" " * 10
    (table,) = read(packed(tmp_path / "a.zip", {"a.dbf": dbf(fields, [record, unknown])}), tmp_path / "s")
    assert rows(table) == [
        {"#": 1, "L": "true", "D": "20210401", "I": "-7", "O": "1.5", "M": ""},
        {"#": 2, "L": "", "D": "", "I": "0", "O": "0.0", "M": ""},
    ]


def test_the_bundle_of_a_shapefile_is_the_same_bytes_for_the_same_parts(tmp_path: Path) -> None:
    found = []
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        for suffix, data in ((".shp", SHP), (".DBF", dbf(FIELDS, RECORDS)), (".shx", SHX)):
            (tmp_path / folder / f"구{suffix}").write_bytes(data)
        with bundled(tmp_path / folder / "구.shp", tmp_path) as path:
            found.append(path.read_bytes())
            (table,) = read(path, tmp_path / f"s{folder}")
            assert [row["CODE"] for row in rows(table)] == ["01010", "007"]
        assert not path.exists()
    assert found[0] == found[1]


def test_a_folder_of_one_shapefile_is_known(tmp_path: Path) -> None:
    for name in ("구.shp", "구.shx", "구.shp.xml"):
        (tmp_path / name).write_bytes(b"x")
    assert shapefile_in(tmp_path) == tmp_path / "구.shp"
    (tmp_path / "다른.csv").write_bytes(b"x")
    assert shapefile_in(tmp_path) is None


def test_the_encoding_a_person_told_is_used(tmp_path: Path) -> None:
    data = dbf([(b"N", b"C", 4)], [b" " + "é".encode("latin-1").ljust(4)])
    path = packed(tmp_path / "a.zip", {"a.dbf": data})
    assert rows(read(path, tmp_path / "s", Override(encoding="latin-1"))[0]) == [{"#": 1, "N": "é"}]


@pytest.mark.parametrize(
    ("folder", "encoding", "declared"),
    [
        ("seoul_municipalities_juso2015", "cp949", "EPSG:4326"),
        ("seoul_submunicipalities_2013_bessel", "cp949", None),
    ],
)
def test_real_shapefiles_agree_with_gdal(
    tmp_path: Path, folder: str, encoding: str, declared: str | None
) -> None:
    import pyogrio

    path = shared("boundaries", folder, "*.shp")
    (table,) = read(path, tmp_path / "s")
    about, _, wkb, columns = pyogrio.raw.read(path, encoding="cp949")
    assert list(shapely.area(shapes(table))) == list(shapely.area(shapely.from_wkb(wkb)))
    texts = {n: list(c) for n, c in zip(about["fields"], columns, strict=True) if isinstance(c[0], str)}
    found = rows(table)
    assert {name: [row[name] for row in found] for name in texts} == texts
    assert table.encoding == encoding
    if declared is None:  # a datum without a name: only the text of the declaration is passed on
        assert str(table.layer.declared).startswith('PROJCS["Bessel_1841')
    else:
        assert table.layer.declared == declared
    shutil.rmtree(tmp_path / "s")
