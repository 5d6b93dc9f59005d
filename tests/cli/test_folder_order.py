"""The order of a folder: boundaries, codes, addresses, the rest; how far it is, what became of it, and going on."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import struct
import subprocess
import sys
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from madang.cli import folder as folders
from madang.cli.folder import Advance, Job, Outcome, deposit_folder, files_of, in_turns, named
from madang.cli.folder_order import Turn, turn_of
from madang.cli.folder_report import Tally, amount
from madang.intake.raw import Override
from madang.intake.receipt import Reason, Receipt
from madang.messages import MadangError
from madang.workspace import Workspace
from shared_data import needs_shared, shared

ROWS = "번호,이름\n1,가\n2,나\n"


def geojson(x: float, y: float, kind: str = "Polygon", field: str = "adm_cd") -> str:
    ring = [[x, y], [x + 1, y], [x + 1, y + 1], [x, y]]
    shape = {"type": kind, "coordinates": [ring] if kind == "Polygon" else [x, y]}
    feature = {"type": "Feature", "properties": {field: "11110", "adm_nm": "종로구"}, "geometry": shape}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}, ensure_ascii=False)


def shapefile(
    folder: Path, stem: str, kind: int, box: tuple[float, float, float, float], field: bytes
) -> Path:
    """The headers of a .shp and its .dbf, which are all that is looked at."""
    head = struct.pack(">i20xi", 9994, 50) + struct.pack("<ii4d32x", 1000, kind, *box)
    dbf = b"\x03" + bytes(31) + field.ljust(11, b"\0") + b"C" + bytes(20) + b"\r"
    (folder / f"{stem}.shp").write_bytes(head)
    (folder / f"{stem}.dbf").write_bytes(dbf)
    (folder / f"{stem}.shx").write_bytes(head)
    return folder / f"{stem}.shp"


@pytest.mark.parametrize(
    ("name", "content", "turn"),
    [
        ("동.geojson", geojson(126.9, 37.5), Turn.BOUNDARY_DEGREES),
        ("동.geojson", geojson(198000.5, 451000.1), Turn.BOUNDARY),
        ("점.geojson", geojson(126.9, 37.5, "Point"), Turn.OTHER),
        ("호수.geojson", geojson(126.9, 37.5, field="depth").replace("adm_nm", "label"), Turn.OTHER),
        ("동.json", '{"type":"Topology","transform":{"scale":[1,1],"translate":[124.6,33.1]},"arcs":[],'
         '"objects":{"a":{"geometries":[{"properties":{"name":"가","base_year":"2018","code":"1"}}]}}}', Turn.BOUNDARY_DEGREES),
        ("법정동.csv", "법정동코드,법정동명,폐지여부\n1111000000,종로구,존재\n", Turn.CODES),
        ("코드.tsv", "제목\nADMCD\tADMNM\t생성일자\n11\t서울\t2001\n", Turn.CODES),
        ("도서관.csv", "시설명,법정동코드,면적,좌석수,전화\n가람,1111000000,1,2,3\n", Turn.OTHER),
        ("rnaddrkor_seoul.txt", "|".join("1" * 24) + "\n", Turn.ADDRESSES),
        ("자료.txt", "|".join("1" * 24) + "\n", Turn.OTHER),
        ("동.kml", '<kml><SimpleData name="ADM_NM">가</SimpleData><Polygon></Polygon></kml>', Turn.BOUNDARY_DEGREES),
        ("빈.csv", "", Turn.OTHER),
        ("깨진.zip", "PK\x03\x04 no", Turn.OTHER),
        ("깨진.gpkg", "SQLite format 3\0 no", Turn.OTHER),
    ],
)  # fmt: skip
def test_the_turn_of_a_file(tmp_path: Path, name: str, content: str, turn: Turn) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert turn_of(tmp_path / name) is turn


def test_code_lists_in_cp949(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("행정동코드,시도명,시군구명,읍면동명,생성일자\n".encode("cp949"))
    assert turn_of(tmp_path / "a.csv") is Turn.CODES


@pytest.mark.parametrize(
    ("kind", "box", "field", "turn"),
    [
        (5, (126.0, 37.0, 127.0, 38.0), b"SIG_CD", Turn.BOUNDARY_DEGREES),
        (15, (190000.0, 440000.0, 210000.0, 460000.0), b"EMD_KOR_NM", Turn.BOUNDARY),
        (1, (126.0, 37.0, 127.0, 38.0), b"SIG_CD", Turn.OTHER),
        (5, (126.0, 37.0, 127.0, 38.0), b"DEPTH", Turn.OTHER),
    ],
)
def test_shapefiles_by_their_headers_loose_and_in_a_zip(
    tmp_path: Path, kind: int, box: tuple[float, float, float, float], field: bytes, turn: Turn
) -> None:
    shp = shapefile(tmp_path, "동", kind, box, field)
    assert turn_of(shp) is turn
    with zipfile.ZipFile(tmp_path / "동.zip", "w") as archive:
        for suffix in (".shp", ".dbf", ".shx"):
            archive.write(shp.with_suffix(suffix), f"안/동{suffix}")
    assert turn_of(tmp_path / "동.zip") is turn


@pytest.mark.parametrize(("kind", "turn"), [("MULTIPOLYGON", Turn.BOUNDARY), ("POINT", Turn.OTHER)])
def test_geopackages_by_their_columns(tmp_path: Path, kind: str, turn: Turn) -> None:
    with closing(sqlite3.connect(tmp_path / "a.gpkg")) as file:
        file.execute("CREATE TABLE gpkg_geometry_columns (table_name, geometry_type_name, srs_id)")
        file.execute("INSERT INTO gpkg_geometry_columns VALUES ('a', ?, 5186)", (kind,))
        file.execute("CREATE TABLE a (geom, EMD_CD, name)")
        file.commit()
    assert turn_of(tmp_path / "a.gpkg") is turn


@needs_shared
def test_real_boundaries_and_codes_go_first() -> None:
    assert turn_of(shared("boundaries", "hangjeongdong_*.geojson")) is Turn.BOUNDARY_DEGREES
    assert turn_of(shared("boundaries", "skorea-submunicipalities-2018-topo.json")) is Turn.BOUNDARY_DEGREES
    assert turn_of(shared("boundaries", "seoul_submunicipalities_2013_bessel", "*.shp")) is Turn.BOUNDARY
    assert turn_of(shared("codes", "법정동코드_utf8.csv")) is Turn.CODES
    assert turn_of(shared("standard", "전국도서관표준데이터_2020.csv")) is Turn.OTHER


def test_the_parts_of_a_shapefile_are_one_file(tmp_path: Path) -> None:
    shapefile(tmp_path, "동", 5, (126.0, 37.0, 127.0, 38.0), b"SIG_CD")
    (tmp_path / "동.SHP.XML").write_text("<m/>")
    (tmp_path / "홀로.dbf").write_bytes(b"\x03")
    assert [path.name for path in files_of(tmp_path, print)] == ["동.shp", "홀로.dbf"]


class Slow(Job):
    """A job that writes down when a file began and ended, and takes no file."""

    def outcome(self, path: Path, dataset: str) -> Outcome:
        log = self.workspace / "log"
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"+{path.name}\n")
        time.sleep(0.3 if "느린" in path.name else 0.01)
        with open(log, "a", encoding="utf-8") as file:
            file.write(f"-{path.name}\n")
        return Outcome(path)


@pytest.mark.slow
def test_files_of_a_later_turn_wait_for_the_earlier_ones(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    for name, content in (
        ("가.csv", ROWS), ("나.csv", ROWS), ("다동.geojson", geojson(126.9, 37.5)),
        ("느린동.geojson", geojson(126.9, 37.5)), ("라동.geojson", geojson(200000, 500000)),
    ):  # fmt: skip
        (inbox / name).write_text(content, encoding="utf-8")
    groups = named(inbox, files_of(inbox, print))
    assert [group.turn for group in in_turns(groups)] == [0, 0, 1, 4, 4]
    seen: list[Advance] = []
    deposit_folder(Slow(tmp_path, Override(), None), groups, lambda _: None, seen.append)
    log = (tmp_path / "log").read_text(encoding="utf-8").split()
    assert log.index("+라동.geojson") > max(log.index("-느린동.geojson"), log.index("-다동.geojson"))
    assert min(log.index("+가.csv"), log.index("+나.csv")) > log.index("-라동.geojson")
    size = sum(path.stat().st_size for path in inbox.iterdir())
    assert seen[-1] == Advance(5, 5, size, size)
    assert all(before.bytes <= after.bytes for before, after in zip(seen, seen[1:], strict=False))


def test_the_share_read_of_a_running_file_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    share = folders._SPAWN.Value("d", 0.0, lock=False)
    monkeypatch.setattr(folders, "_share", share)
    folders._tell(3, 4)
    assert share.value == 0.75
    folders._tell(9, None)
    assert share.value == 0.75
    folders._tell(9, 4)
    assert share.value == 1.0


def test_a_folder_is_summed_up_by_reason() -> None:
    def refused(file: str, code: str) -> Receipt:
        return Receipt(file, None, None, "가", "refused", reasons=(Reason(code, {"file": file}),))

    tally = Tally()
    tally.add(
        Outcome(Path("a"), [refused("가.zip", "archive_broken"), Receipt("나", None, None, "나", "accepted")])
    )
    tally.add(
        Outcome(Path("b"), [refused("다.zip", "archive_broken")], MadangError("worker_died", file="라.csv"))
    )
    first, second = tally.lines()
    assert re.match(r"\s+✕ 2건: 가\.zip[을를] 압축 파일로 열 수 없습니다", first)
    assert "라.csv" in second


@pytest.mark.parametrize(
    ("size", "said"),
    [(0, "0 B"), (1023, "1,023 B"), (1536, "1.5 KB"), (20 * 1024**3, "20.0 GB"), (2**51, "2,048.0 TB")],
)
def test_amounts_as_people_say_them(size: int, said: str) -> None:
    assert amount(size) == said


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    inbox = tmp_path / "in"
    inbox.mkdir()
    for n in range(24):
        (inbox / f"자료{n}호.csv").write_text(ROWS + f"{n + 3},다\n", encoding="utf-8")
    workspace = Workspace.init(tmp_path / "w")
    said = [
        sys.executable,
        "-m",
        "madang",
        "-w",
        str(tmp_path / "w"),
        "deposit",
        "--all",
        str(inbox),
        "--json",
    ]
    first = subprocess.Popen(said, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert first.stdout is not None
    for _ in range(4):
        first.stdout.readline()
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    done = sum(dataset.latest is not None for dataset in workspace.bank.datasets())
    assert 4 <= done < 24
    second = subprocess.run(said, capture_output=True, text=True, check=True)
    verdicts = [json.loads(line)["verdict"] for line in second.stdout.splitlines()]
    assert verdicts.count("unchanged") == done
    assert verdicts.count("accepted") == 24 - done
    assert {dataset.latest.n for dataset in workspace.bank.datasets() if dataset.latest} == {1}
