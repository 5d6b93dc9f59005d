"""Which reader a file goes to: by its bytes, whatever it is called."""

from __future__ import annotations

import sqlite3
import struct
import zipfile
from pathlib import Path

import pytest

from madang.intake.forms import reader_of
from madang.intake.kinds import KINDS, kind_of
from madang.intake.raw import Refused
from shared_data import shared

FEATURE = '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[127,37]}}'


def kind(folder: Path, data: bytes | str, name: str = "made") -> str:
    """The kind of a made-up file, or the form by which it is refused."""
    path = folder / "made.bin"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    try:
        return kind_of(path, name)
    except Refused as refused:
        return str(refused.params.get("form", refused.code))


def zipped(folder: Path, *names: str) -> bytes:
    with zipfile.ZipFile(folder / "made.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return (folder / "made.zip").read_bytes()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"fields":[{"id":"이름"}],"records":[{"이름":"가"}]}', "json"),
        ('\ufeff\n  [ {"a": 1}, {"a": 2} ]', "json"),
        ('{"a": 1}\n{"a": 2}\n', "json"),
        ('[["이름","수"],["가",1]]', "json"),
        ('[{"type":"Feature of the month","geometry":"wood"}]', "json"),
        ('{"type":"Point","name":"a point of view"}', "json"),
        ('{"type":"FeatureCollection","features":[]}', "layer"),
        (f'{{"features":[{FEATURE}],"type":"FeatureCollection"}}', "layer"),
        (f'{{"features":[{FEATURE},', "layer"),
        (f"[{FEATURE},{FEATURE}]", "layer"),
        (FEATURE, "layer"),
        (f"{FEATURE}\n{FEATURE}\n", "layer"),
        ('{"type":"GeometryCollection","geometries":[]}', "layer"),
        ('{"arcs":[[[0,0],[1,1]]],"objects":{"a":{"type":"GeometryCollection","geometries":[]}}}', "layer"),
        ('{"type":"Topology","objects":{}}', "layer"),
        (
            '{"response":{"status":"OK","result":{"featureCollection":{"type":"FeatureCollection","bbox":[',
            "layer",
        ),
        (f'{{"data":{{"features":[{FEATURE}]}}}}', "layer"),
        ('{"items":[{"type":"FeatureCollection","url":"a"},{"type":"Table","url":"b"}]}', "json"),
        (f"\x1e{FEATURE}\n\x1e{FEATURE}\n", "layer"),
        ("[2024년 현황]\n이름,수\n가,1\n", "text"),
        ("{단위: 명},,\n이름,수\n가,1\n", "text"),
    ],
)
@pytest.mark.parametrize("codec", ["utf-8", "cp949", "utf-16", "utf-16-le", "utf-16-be"])
def test_json_by_what_it_begins_with(tmp_path, text, expected, codec):
    if codec == "cp949":
        text = text.lstrip("\ufeff")
    assert kind(tmp_path, text.encode(codec), "a.txt") == expected


@pytest.mark.parametrize("name", ["a.json", "a.xls", "a.csv", "a"])
def test_a_page_without_a_table_is_said_to_be_one(tmp_path, name):
    assert (
        kind(tmp_path, "<!DOCTYPE html>\n<html><body>로그인이 필요합니다</body></html>", name) == "web_page"
    )
    assert kind(tmp_path, "<html><body><TABLE><tr><td>1</td></tr></TABLE></body></html>", name) == "excel"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<?xml version="1.0"?><response><body><items/></body></response>', "xml"),
        ("<response><header/></response>\n", "xml"),
        ("<참고> 자료\n이름,수\n가,1\n", "text"),
        ('<?xml version="1.0"?><!-- <kml> --><kml xmlns="x"><Document/></kml>', "layer"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Table/></Workbook>',
         "xml"),
        ("<html><body><table><tr><td>1</td></tr></table></body></html>", "excel"),
        ('<?xml version="1.0"?><!DOCTYPE html><html><table></table></html>', "excel"),
        ('<?xml version="1.0"?><svg/>', "SVG"),
        ('<?xml version="1.0"?><table><row><a>1</a></row></table>', "xml"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.txt", "a.xls", "a"])
def test_xml_by_its_outermost_element(tmp_path, text, expected, name):
    if expected == "text" and name == "a.xls":
        expected = "excel"
    assert kind(tmp_path, text, name) == expected


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (["xl/workbook.xml"], "excel"),
        (["mimetype", "Contents/content.hpf"], "hwpx"),
        (["a.shp", "a.shx", "a.dbf", "a.prj"], "layer"),
        (
            ["시군구/a.SHP", "시군구/a.DBF", "읍면동/b.shp", "읍면동/b.dbf", "__MACOSX/._a.shp", ".DS_Store"],
            "layer",
        ),
        (["a.shp", "a.dbf", "설명.pdf"], "archive"),
        (["doc.kml", "images/icon.png"], "layer"),
        (["a.csv", "b.xlsx"], "archive"),
        (["word/document.xml"], "DOCX"),
        ([], "archive"),
    ],
)
def test_a_zip_by_its_members(tmp_path, members, expected):
    assert kind(tmp_path, zipped(tmp_path, *members), "a.zip") == expected


def test_a_broken_zip_goes_to_the_reader_that_its_name_promises(tmp_path):
    whole = zipped(tmp_path, "a.csv", "b.csv")
    assert kind(tmp_path, whole[:40], "a.zip") == "archive"
    assert kind(tmp_path, whole[:40], "a.xlsx") == "excel"


def test_binary_forms_by_their_marks(tmp_path):
    assert kind(tmp_path, b"PAR1" + bytes(20)) == "parquet"
    assert kind(tmp_path, b"\x00\x00\x27\x0a" + bytes(96) + b"\x00\x00\x00\x01") == "layer"
    assert kind(tmp_path, b"\x00\x00\x27\x0a" + bytes(96) + b"\x00\x00\x00\x32") == "SHX"
    assert kind(tmp_path, b"%PDF-1.7") == "PDF"
    assert kind(tmp_path, b"") == "file_empty"


def test_a_dbase_table_is_told_from_text(tmp_path):
    header = b"\x03" + bytes([124, 2, 29]) + struct.pack("<IHH", 1, 65, 11) + bytes(20)
    field = b"NAME".ljust(11, b"\0") + b"C" + bytes(4) + b"\x0a" + bytes(15)
    assert kind(tmp_path, header + field + b"\r" + b" abcdefghij\x1a") == "layer"
    assert kind(tmp_path, b"\x03\x02\x01 text that begins oddly".ljust(200)) == "text"


def test_a_geopackage_is_a_layer_and_another_database_is_not(tmp_path):
    for name, expected in (("gpkg_contents", "layer"), ("notes", "SQLite")):
        con = sqlite3.connect(tmp_path / f"{name}.db")
        con.execute(f"CREATE TABLE {name} (a)")
        con.commit()
        con.close()
        assert kind(tmp_path, (tmp_path / f"{name}.db").read_bytes()) == expected


@pytest.mark.parametrize("name", ["a.md", "a.prj", "a.py", "a.ttl", "a.jsonld"])
def test_text_that_calls_itself_no_table_is_refused(tmp_path, name):
    assert kind(tmp_path, "a,b\n1,2\n", name) == name.split(".")[1].upper()


def test_what_is_called_json_and_is_not_goes_to_the_reader_that_can_say_so(tmp_path):
    assert kind(tmp_path, "callback({})", "a.json") == "json"


@pytest.mark.parametrize(
    ("folder", "pattern", "expected"),
    [
        ("boundaries", "*.geojson", "layer"),
        ("boundaries", "*topo*.json", "layer"),
        ("standard", "유치원*.geojson", "layer"),
        ("benchmarks", "ckan/*.json", "json"),
    ],
)
def test_real_files(folder, pattern, expected):
    path = shared(folder, pattern)
    assert kind_of(path, "download") == expected


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_a_reader(kind):
    assert callable(reader_of(kind))
