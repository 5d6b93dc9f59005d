"""Encodings of a CSV file: found, confirmed over the whole file, and bad bytes told with their place."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from madang.intake.raw import Refused
from tests.intake.csv_helper import details, labels, one, problems, rows, source_rows

TEXT = "이름,전화\n광산 도서관,062-000-0000\n믜똠 공방,062-000-0001\n"  # 믜 and 똠 are in CP949 but not in EUC-KR
CELLS = [["광산 도서관", "062-000-0000"], ["믜똠 공방", "062-000-0001"]]


@pytest.mark.parametrize(
    ("codec", "told"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("cp949", "cp949"),
        ("utf-16", "utf-16"),
    ],
)
def test_the_encodings_of_korean_files(codec: str, told: str, tmp_path: Path):
    table = one(TEXT.encode(codec), tmp_path)
    assert table.encoding == told
    assert labels(table) == ["이름", "전화"]
    assert rows(table) == CELLS
    assert source_rows(table) == [2, 3]
    assert table.evidence[0].decision == "encoding"


@pytest.mark.parametrize(("codec", "mark"), [("utf-16-le", 1), ("utf-16-be", 0)])
def test_utf16_without_a_mark_is_known_by_its_zero_bytes(codec: str, mark: int, tmp_path: Path):
    assert TEXT.encode(codec)[1 - mark] != 0  # Hangul has no zero byte there
    table = one(TEXT.encode(codec), tmp_path)
    assert (table.encoding, rows(table)) == (codec, CELLS)


def test_cp949_that_shows_only_far_behind_the_sample(tmp_path: Path):
    data = b"code,name\n" + b"1001,plain\n" * 200_000 + "1002,믜\n".encode("cp949")
    table = one(data, tmp_path)
    assert (table.encoding, table.rows) == ("cp949", 200_001)
    assert rows(table)[-1] == ["1002", "믜"]


def test_a_single_bad_byte_is_kept_and_told_with_its_place(tmp_path: Path):
    good = "이름,값\n" + "서울,1\n" * 3000
    data = good.encode() + b"\xec\x84,2\n" + "부산,3\n".encode()
    table = one(data, tmp_path)
    assert rows(table)[-2:] == [["\ufffd", "2"], ["부산", "3"]]
    (problem,) = details(table, "undecodable_bytes")
    assert problem["row"] == 3002
    assert json.loads(problem["detail"]) == {"offset": len(good.encode()), "bytes": "ec 84"}


@pytest.mark.parametrize("before", [20, 200_000], ids=["in the sample", "behind the sample"])
def test_utf8_with_a_slip_is_not_read_as_cp949_nonsense(before: int, tmp_path: Path):
    """A byte is lost from one syllable; what is left would decode as CP949, to other characters."""
    good = "공영주차,1\n".encode()  # twelve bytes of Hangul: six pairs that CP949 knows
    data = "값값,no\n".encode() + good * before + "가".encode()[:2] + b",2\n" + good * 30
    assert data.decode("cp949")
    table = one(data, tmp_path)
    assert table.encoding == "utf-8"
    assert rows(table)[0] == ["공영주차", "1"]
    assert rows(table)[before] == ["\ufffd", "2"]
    assert (before + 2, "undecodable_bytes") in problems(table)


def test_a_file_of_bad_bytes_is_refused_with_the_first_place(tmp_path: Path):
    with pytest.raises(Refused) as refusal:
        one(b"a,b\n1,2\n" + b"x,\xff\xff\n" * 50, tmp_path)
    assert refusal.value.code == "csv_undecodable"
    assert (refusal.value.params["offset"], refusal.value.params["line"]) == (10, 3)


def test_a_given_encoding_is_obeyed_and_not_mended(tmp_path: Path):
    assert one(TEXT.encode("cp949"), tmp_path, encoding="EUC-KR").encoding == "cp949"
    with pytest.raises(Refused) as refusal:
        one(TEXT.encode("cp949"), tmp_path, encoding="utf-8")
    assert refusal.value.params["encoding"] == "utf-8"
    with pytest.raises(Refused) as refusal:
        one(TEXT, tmp_path, encoding="klingon")
    assert refusal.value.code == "csv_unknown_encoding"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"\n \n\n", "file_empty"),
        (bytes(range(256)) * 40, "csv_binary"),
        (b"\x89PNG\r\n\x1a\n" + b"abc" * 99, "csv_binary"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, code: str, tmp_path: Path):
    with pytest.raises(Refused) as refusal:
        one(data, tmp_path)
    assert refusal.value.code == code


def test_zero_bytes_are_left_out_and_told(tmp_path: Path):
    table = one(b"name,n\n" + b"kim,\x001\n" + b"lee,2\n" * 60, tmp_path)
    assert rows(table)[0] == ["kim", "1"]
    assert (None, "nul_bytes") in problems(table)


def test_text_is_composed(tmp_path: Path):
    """A file made on a Mac has decomposed jamo; it means the same syllables."""
    table = one(unicodedata.normalize("NFD", "이름,값\n각산동,1\n"), tmp_path)
    assert (labels(table), rows(table)) == (["이름", "값"], [["각산동", "1"]])
