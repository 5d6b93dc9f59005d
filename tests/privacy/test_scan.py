"""What is found in single cells and columns, written as people write it. All numbers here are made up."""

from __future__ import annotations

import pyarrow as pa
import pytest

from madang.privacy import MASKS, Kind, mask, redact, redact_all, scan

FOUND: list[tuple[Kind, str]] = [
    ("rrn", "900101-1234567"),
    ("rrn", "9001011234567"),
    ("rrn", "900101 1234567"),
    ("rrn", "900101 - 1234567"),
    ("rrn", "９００１０１－１２３４５６７"),
    ("rrn", "900101\u00a01234567"),
    ("rrn", "900101–1234567"),
    ("rrn", "900101:1234567"),
    ("rrn", "900101 * 1234567"),
    ("rrn", "90.01.01-1234567"),
    ("rrn", "90. 01. 01. - 1234567"),
    ("rrn", "000229-3234567"),
    ("rrn", "850630-5234567"),
    ("rrn_masked", "900101-1******"),
    ("rrn_masked", "900101-*******"),
    ("rrn_masked", "9001012******"),
    ("mobile", "010-1234-5678"),
    ("mobile", "01012345678"),
    ("mobile", "010.1234.5678"),
    ("mobile", "010 1234 5678"),
    ("mobile", "+82-10-1234-5678"),
    ("mobile", "+821012345678"),
    ("mobile", "011-234-5678"),
    ("landline", "02-123-4567"),
    ("landline", "(062)960-1234"),
    ("landline", "02)960-1234"),
    ("landline", "0629601234"),
    ("landline", "070-1234-5678"),
    ("hotline", "1588-1234"),
    ("email", "gil.dong@example.go.kr"),
    ("card", "4111-1111-1111-1111"),
    ("card", "4111111111111111"),
    ("card", "3782-822463-10005"),
    ("account", "국민은행 123456-01-123456"),
    ("account", "계좌번호: 1002-123-456789"),
    ("vehicle", "12가3456"),
    ("vehicle", "123가 4567"),
    ("vehicle", "서울12가3456"),
    ("passport", "M12345678"),
    ("passport", "M123A4567"),
    ("licence", "11-85-123456-78"),
    ("licence", "서울 85-123456-78"),
]
NOTHING = [
    "37.5206127169276",  # a latitude
    "953852.1234567",
    "200101.1234567",  # an easting: point between six and seven digits
    ".9001011234567",
    "20230101120000",  # a moment
    "2920010104103190071",  # parcel
    "2920010104103190071000000000",
    "3220000-101-2019-00012",  # licence id
    "901301-1234567",  # no month 13
    "900132-1234567",  # no day 32
    "900230-1234567",  # no 30 February
    "1900101-1234567",
    "900101-12345678",
    "광산구 광산동 1276-49",
    "2019-2020",
    "1592-1598",
    "4111-1111-1111-1112",  # not Luhn
    "A13590902",  # an apartment complex
    "12-3456",
    "",
]


@pytest.mark.parametrize(("kind", "number"), FOUND, ids=[number for _, number in FOUND])
@pytest.mark.parametrize("around", ["{}", "확인 바랍니다: {} (끝)", "{}\n", "번호는{}입니다"])
def test_a_number_is_found_and_masked_wherever_it_stands(kind: Kind, number: str, around: str) -> None:
    if around == "번호는{}입니다" and kind == "account":
        around = "{}입니다"
    written = around.format(number)
    hits = scan(pa.array([written]))
    assert dict(hits.cells) == {kind: 1}
    masked = redact(written)
    assert masked == redact_all(pa.array([written]))[0].as_py()
    assert mask(pa.array([written]), [kind])[0].as_py() == masked
    assert MASKS[kind] in masked
    before, after = around.split("{}")
    assert masked.startswith(before)
    assert masked.endswith(after)
    assert not any(
        part in masked for part in number.replace("-", " ").split() if len(part) > 3 and part.isdigit()
    )


@pytest.mark.parametrize("written", NOTHING)
def test_what_is_no_personal_number_stays(written: str) -> None:
    assert dict(scan(pa.array([written])).cells) == {}
    assert redact(written) == written
    assert redact_all(pa.array([written]))[0].as_py() == written


def test_numbers_in_neighbouring_cells_do_not_run_together() -> None:
    cells = pa.array(["123456", "7890123", "9001011234567", "1", "900101", "1234567", None, "900101-1234567"])
    hits = scan(cells)
    assert dict(hits.cells) == {"rrn": 2}
    assert hits.rrn_rows.tolist() == [2, 7]
    assert (hits.rows, hits.filled) == (8, 7)


def test_two_numbers_that_share_a_comma_are_both_masked() -> None:
    assert redact("900101-1234567,900202-2345678") == "******-*******,******-*******"
    assert (
        redact_all(pa.array(["900101-1234567,900202-2345678"]))[0].as_py() == "******-*******,******-*******"
    )


def test_hits_of_batches_add_up() -> None:
    first = scan(pa.array(["900101-1234567", "x", "900101-1234567"]))
    second = scan(pa.array(["y", "900202-2345678", "010-1234-5678"]))
    both = first + second
    assert dict(both.cells) == {"rrn": 3, "mobile": 1}
    assert both.different("rrn") == 2
    assert both.rrn_rows.tolist() == [0, 2, 4]
    assert (both.rows, both.filled) == (6, 6)


def test_a_slice_of_an_array_is_read_in_its_own_rows() -> None:
    cells = pa.array(["900101-1234567", "a", "900202-2345678", None, "b"])
    assert scan(cells.slice(1)).rrn_rows.tolist() == [1]
    assert scan(cells.slice(3)).cells == {}
    assert mask(cells.slice(1), ["rrn"]).to_pylist() == ["a", MASKS["rrn"], None, "b"]


def test_large_strings_and_chunks_are_read_alike() -> None:
    large = pa.array(["900101-1234567", "a"], pa.large_string())
    assert scan(large).cells == {"rrn": 1}
    assert mask(large, ["rrn"]).to_pylist() == [MASKS["rrn"], "a"]
    chunks = pa.chunked_array([["a"], ["900101-1234567"]])
    assert scan(chunks).rrn_rows.tolist() == [1]
    assert mask(chunks, ["rrn"]).to_pylist() == ["a", MASKS["rrn"]]


def test_names_are_masked_in_the_middle() -> None:
    names = pa.array(["홍길동", "이준", "남궁민수", "홍길동, 김철수", None])
    assert mask(names, ["name"]).to_pylist() == ["홍*동", "이*", "남**수", "홍*동, 김*수", None]
