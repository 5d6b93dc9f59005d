"""KML and KMZ: folders as tables, extended data as columns, nothing fetched, nothing expanded."""

from __future__ import annotations

from pathlib import Path

import pytest
import shapely

from madang.intake.raw import Refused
from tests.intake.layer_helper import packed, problems, read, rows, shapes

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>문서</name>'
TAIL = "</Document></kml>"
POINT = "<Placemark><name>시청</name><Point><coordinates>126.9784,37.5665,0</coordinates></Point></Placemark>"
AREA = """<Placemark id="k1"><name>구역</name><ExtendedData>
  <SchemaData schemaUrl="#s"><SimpleData name="코드">007</SimpleData></SchemaData>
  <Data name="넓이"><displayName>면적</displayName><value>12.50</value></Data></ExtendedData>
  <MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>
  0,0 4,0 4,4 0,4 0,0 </coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing>
  <coordinates>1,1 2,1 2,2 1,1</coordinates></LinearRing></innerBoundaryIs></Polygon></MultiGeometry></Placemark>"""


def _kml(path: Path, body: str) -> Path:
    path.write_text(HEAD + body + TAIL, "utf-8")
    return path


def test_placemarks_become_rows_with_their_extended_data(tmp_path: Path) -> None:
    (table,) = read(_kml(tmp_path / "a.kml", POINT + AREA), tmp_path / "s")
    assert rows(table) == [
        {"#": 1, "name": "시청", "id": "", "코드": "", "넓이": ""},
        {"#": 2, "name": "구역", "id": "k1", "코드": "007", "넓이": "12.50"},
    ]
    found = shapes(table)
    assert (found[0].wkt, found[1].geom_type, found[1].area) == (
        "POINT (126.9784 37.5665)",
        "MultiPolygon",
        15.5,
    )
    assert (table.layer.declared, problems(table)) == ("EPSG:4326", [("layer_heights", None)])


def test_folders_are_tables(tmp_path: Path) -> None:
    inner = f"<Folder><name>안</name>{AREA}</Folder>"
    body = f"<Folder><name>시설</name>{POINT}{inner}</Folder><Folder><name>빈</name></Folder>"
    tables = read(_kml(tmp_path / "a.kml", body), tmp_path / "s")
    assert [(table.member, table.rows) for table in tables] == [("시설", 1), ("시설/안", 1)]


def test_a_kmz_is_read_by_its_main_document(tmp_path: Path) -> None:
    document = (HEAD + POINT + TAIL).encode()
    path = packed(tmp_path / "a.kmz", {"files/b.kml": b"<kml/>", "doc.kml": document, "icon.png": b"x"})
    assert [row["name"] for row in rows(read(path, tmp_path / "s")[0])] == ["시청"]


def test_shapes_agree_with_gdal(tmp_path: Path) -> None:
    import pyogrio

    path = _kml(tmp_path / "a.kml", POINT + AREA + POINT.replace("126.9784,37.5665,0", "127.1 , 37.2"))
    theirs = shapely.force_2d(shapely.from_wkb(pyogrio.raw.read(path)[2]))
    mine = shapes(read(path, tmp_path / "s")[0])
    assert [bool(shapely.equals(a, b)) for a, b in zip(mine[:2], theirs[:2], strict=True)] == [True, True]
    assert mine[2].wkt == "POINT (127.1 37.2)"  # a blank after the comma, which GDAL does not forgive


def test_links_are_not_followed_and_that_is_said(tmp_path: Path) -> None:
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    (table,) = read(_kml(tmp_path / "a.kml", POINT + link), tmp_path / "s")
    assert ("kml_links", None) in problems(table)
    with pytest.raises(Refused, match="kml_empty"):
        read(_kml(tmp_path / "b.kml", link), tmp_path / "t")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]><kml><Placemark><name>&a;</name></Placemark></kml>', "kml_entities"),
        (HEAD + POINT + "<Folder>", "kml_broken"),
        (HEAD + POINT[:60], "kml_broken"),
        ("<kml>" * 1_000, "kml_broken"),
    ],
)  # fmt: skip
def test_unsafe_and_broken_documents_are_refused(tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "a.kml").write_text(text, "utf-8")
    with pytest.raises(Refused) as refused:
        read(tmp_path / "a.kml", tmp_path / "s")
    assert refused.value.code == code


def test_coordinates_that_are_none_are_told(tmp_path: Path) -> None:
    body = POINT.replace("126.9784,37.5665,0", "동경,북위") + POINT.replace("126.9784,37.5665,0", "")
    (table,) = read(_kml(tmp_path / "a.kml", body), tmp_path / "s")
    assert (problems(table), list(shapes(table))) == ([("layer_shape_unreadable", 1)], [None, None])
