"""Archives at the door: each file by its own reader, names as people wrote them, nothing unpacked that bites."""

from __future__ import annotations

import gzip
import io
import stat
import struct
import zipfile
from pathlib import Path
from tempfile import mkdtemp

import pytest

from intake.archive_helper import ROWS, raw_zip, rows_of, zipped
from madang.intake import archive_read
from madang.intake.archive_guard import Unsafe
from madang.intake.archive_read import read_archive, read_member
from madang.intake.raw import Override, RawTable, Refused
from madang.workspace import Workspace


def read(path: Path, tmp_path: Path) -> list[RawTable]:
    return read_archive(path, Path(mkdtemp(dir=tmp_path)), Override())


def test_each_file_is_a_table_called_by_its_path(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"동구/도서관.csv": ROWS, "서구/도서관.csv": ROWS.replace("10", "11")})
    tables = read(path, tmp_path)
    assert [table.member for table in tables] == ["동구/도서관.csv", "서구/도서관.csv"]
    assert rows_of(tables[1])[0] == ["2", "가람도서관", "새별로 1", "11"]


@pytest.mark.parametrize(("codec", "flags"), [("cp949", 0), ("utf-8", 0), ("utf-8", 0x800)])
def test_korean_names_are_read_in_whatever_code_they_were_written(
    tmp_path: Path, codec: str, flags: int
) -> None:
    path = raw_zip(tmp_path / "z.zip", [("자료/똠방각하.csv".encode(codec), ROWS.encode(), flags)])
    assert [table.member for table in read(path, tmp_path)] == ["자료/똠방각하.csv"]


def test_what_is_no_table_is_left_out_and_told(tmp_path: Path) -> None:
    files: dict[str, bytes | str] = {
        "도서관.csv": ROWS, "README.txt": "이 자료는\n참고용입니다\n", "사진.png": b"\x89PNG\r\n\x1a\n0000",
        "__MACOSX/._도서관.csv": b"\0\5\26\7", "빈.csv": b"", "그림": b"\x89PNG\r\n\x1a\n0000",
    }  # fmt: skip
    (table,) = read(zipped(tmp_path / "z.zip", files), tmp_path)
    (told,) = [each.because for each in table.evidence if each.decision == "archive"]
    assert "README.txt(안내문)" in told
    assert "사진.png(표가 아님)" in told
    assert "빈.csv(비어 있음)" in told
    assert "그림(PNG 형식)" in told
    assert "MACOSX" not in told


def test_a_broken_file_refuses_only_itself(tmp_path: Path) -> None:
    workspace = Workspace.init(tmp_path / "w")
    path = zipped(
        tmp_path / "시설.zip", {"가/도서관.csv": ROWS, "나/깨짐.xlsx": b"PK\x03\x04 broken workbook"}
    )
    receipts = {receipt.member: receipt for receipt in workspace.deposit(path)}
    assert receipts["가/도서관.csv"].accepted
    assert receipts["가/도서관.csv"].dataset == "시설-가-도서관"
    broken = receipts["나/깨짐.xlsx"]
    assert (broken.verdict, broken.reasons[0].code) == ("refused", "workbook_broken")
    assert "나/깨짐.xlsx" in broken.reasons[0].text()
    assert "시설.zip" not in broken.reasons[0].text()


def test_one_file_with_a_wrong_checksum_refuses_only_itself(tmp_path: Path) -> None:
    path = raw_zip(tmp_path / "z.zip", [(b"a.csv", ROWS.encode(), 0), (b"b.csv", ROWS.encode(), 0)])
    whole = path.read_bytes()
    path.write_bytes(whole.replace("다온".encode(), "라온".encode(), 1))
    first, second = read(path, tmp_path)
    assert first.refused is not None
    assert first.refused.code == "archive_broken"
    assert second.refused is None


def test_a_zip_in_a_zip_is_read_and_no_deeper(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "안.zip", {"도서관.csv": ROWS}).read_bytes()
    middle = zipped(tmp_path / "중.zip", {"안.zip": inner}).read_bytes()
    assert [t.member for t in read(zipped(tmp_path / "두겹.zip", {"안.zip": inner}), tmp_path)] == [
        "안.zip/도서관.csv"
    ]
    (deep,) = read(zipped(tmp_path / "세겹.zip", {"중.zip": middle}), tmp_path)
    assert deep.refused is not None
    assert deep.refused.code == "archive_too_deep"


def test_the_parts_of_a_shapefile_are_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, list[str]] = {}

    def reader(path: Path, name: str, place: Path, override: Override, progress: object) -> list[RawTable]:
        with zipfile.ZipFile(path) as bundle:
            seen[name] = bundle.namelist()
        return []

    shp = struct.pack(">i", 9994) + bytes(96)
    files: dict[str, bytes | str] = {
        "경계/동.shp": shp, "경계/동.DBF": b"\x03x", "경계/동.shx": shp, "경계/동.prj": "GEOGCS[]", "다른/동.prj": "x",
        "경계/동.shp.xml": "<m/>", "도서관.csv": ROWS,
    }  # fmt: skip
    path = zipped(tmp_path / "z.zip", files)
    real = archive_read.read_here
    monkeypatch.setattr(
        archive_read, "read_here",
        lambda path, name, *more: (reader if name.endswith(".shp") else real)(path, name, *more),
    )  # fmt: skip
    tables = read(path, tmp_path)
    assert [table.member for table in tables] == ["도서관.csv"]
    assert seen == {"동.shp": ["동.shp", "동.DBF", "동.shx", "동.prj", "동.shp.xml"]}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../밖.csv", "밖을"),
        ("/etc/x.csv", "밖을"),
        ("가/../../x.csv", "밖을"),
        ("C:/x.csv", "밖을"),
        ("a\x1b[2J.csv", "제어"),
    ],
)
def test_names_that_trick_are_refused(tmp_path: Path, name: str, said: str) -> None:
    path = raw_zip(tmp_path / "z.zip", [(name.encode(), ROWS.encode(), 0x800)])
    with pytest.raises(Refused) as refused:
        read(path, tmp_path)
    assert refused.value.code == "archive_unsafe"
    assert said in refused.value.params["reason"]


def test_entries_that_share_bytes_are_refused(tmp_path: Path) -> None:
    path = raw_zip(tmp_path / "z.zip", [(b"a.csv", ROWS.encode(), 0), (b"b.csv", ROWS.encode(), 0)])
    whole = bytearray(path.read_bytes())
    second = whole.rindex(b"PK\x01\x02")
    whole[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(bytes(whole))
    with pytest.raises(Refused, match="archive_unsafe"):
        read(path, tmp_path)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "z.zip", {"영.csv": bytes(150 * 1024**2)})
    assert path.stat().st_size < 200_000
    with pytest.raises(Refused) as refused:
        read(path, tmp_path)
    assert "압축률" in refused.value.params["reason"]


def test_what_is_unpacked_in_all_is_bounded(tmp_path: Path) -> None:
    unpacking = archive_read._Unpacking(tmp_path, Override(), left=100)
    with pytest.raises(Unsafe):
        archive_read._copy(io.BytesIO(bytes(101)), io.BytesIO(), unpacking)


def test_links_are_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "z.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("링크.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("도서관.csv", ROWS)
    (table,) = read(path, tmp_path)
    assert table.member == "도서관.csv"
    assert any("링크.csv(바로 가기)" in each.because for each in table.evidence)


def test_a_locked_file_refuses_itself_and_a_locked_archive_as_a_whole(tmp_path: Path) -> None:
    entries = [(b"a.csv", ROWS.encode(), 1), (b"b.csv", ROWS.encode(), 0)]
    locked, free = read(raw_zip(tmp_path / "z.zip", entries), tmp_path)
    assert locked.refused is not None
    assert locked.refused.code == "archive_encrypted"
    assert free.refused is None
    with pytest.raises(Refused, match="archive_encrypted"):
        read(raw_zip(tmp_path / "y.zip", entries[:1]), tmp_path)


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9, 0.99])
def test_a_truncated_archive_is_refused(tmp_path: Path, cut: float) -> None:
    whole = zipped(tmp_path / "z.zip", {"도서관.csv": ROWS * 50}).read_bytes()
    path = tmp_path / "y.zip"
    path.write_bytes(whole[: int(len(whole) * cut)])
    with pytest.raises(Refused, match="archive_broken"):
        read(path, tmp_path)


def test_an_archive_without_tables_says_what_is_in_it(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refused:
        read(zipped(tmp_path / "z.zip", {"사진.png": b"\x89PNG"}), tmp_path)
    assert refused.value.code == "archive_no_table"
    assert "사진.png" in refused.value.params["left"]


def test_gzip_is_read_as_if_it_were_not_there(tmp_path: Path) -> None:
    path = tmp_path / "도서관_2026.csv.gz"
    path.write_bytes(gzip.compress(ROWS.encode("cp949")))
    (receipt,) = Workspace.init(tmp_path / "w").deposit(path)
    assert (receipt.verdict, receipt.member, receipt.rows, receipt.encoding) == ("accepted", None, 3, "cp949")


def test_a_broken_or_exploding_gzip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(ROWS.encode() * 100)[:-12])
    with pytest.raises(Refused, match="archive_broken"):
        read(path, tmp_path)
    layers = gzip.compress(gzip.compress(gzip.compress(ROWS.encode())))
    path.write_bytes(layers)
    with pytest.raises(Refused, match="archive_too_deep"):
        read(path, tmp_path)


def test_one_member_can_be_read_alone(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "안.zip", {"도서관.csv": ROWS.replace("10", "7")}).read_bytes()
    path = zipped(tmp_path / "z.zip", {"안.zip": inner, "도서관.csv": ROWS})
    (tmp_path / "p").mkdir()
    (table,) = read_member(path, "안.zip/도서관.csv", tmp_path / "p", Override())
    assert rows_of(table)[0][-1] == "7"
