"""What is said of a column: its header, its values and its neighbours together. All numbers here are made up."""

from __future__ import annotations

import pyarrow as pa
import pytest

from madang.privacy import Column, Finding, Hits, exempt, judge, judge_table, rrn_verdict, scan
from madang.privacy.checksums import barcode, corporate, digits_of, luhn, resident
from madang.privacy.headers import of


def column(label: str, values: list[str], **more: str) -> Column:
    return Column(label, scan(pa.array(values), label=label), **more)  # type: ignore[arg-type]


def only(label: str, values: list[str]) -> Finding:
    (found,) = judge(column(label, values))
    return found


def verdict(label: str, values: list[str]) -> str:
    return rrn_verdict(label, scan(pa.array(values), label=label))


# The check digits of handbook and issuers: 130111-0006246 is a published corporate registration number,
# 4006381333931 a published article number, 4111… and 3782… the test cards of their networks.
def test_check_digits_are_those_of_published_numbers() -> None:
    assert corporate(digits_of(pa.array(["130111-0006246", "130111-0006247"]), 13)).tolist() == [True, False]
    assert barcode(digits_of(pa.array(["4006381333931", "4006381333932"]), 13)).tolist() == [True, False]
    assert luhn(digits_of(pa.array(["4111 1111 1111 1111", "4111111111111112"]), 16)).tolist() == [
        True,
        False,
    ]
    assert luhn(digits_of(pa.array(["378282246310005"]), 15)).tolist() == [True]
    # weights 2..9,2..5 over 900101123456: 18+0+0+5+0+7+8+18+6+12+20+30 = 124; 11 - 124 % 11 = 8
    assert resident(digits_of(pa.array(["9001011234568", "9001011234567"]), 13)).tolist() == [True, False]


@pytest.mark.parametrize(
    "label", ["주민등록번호", "주민번호", "주민 등록 번호", "주민(법인)등록번호", "신청인 주민등록번호", "외국인등록번호", "RRN",
              "생년월일 및 뒷자리", "주민번호뒷자리"],
)  # fmt: skip
def test_a_header_of_resident_numbers_refuses_what_is_not_masked(label: str) -> None:
    assert of(label) == "rrn"
    assert verdict(label, ["900101-1234567", "", ""]) == "refuse"
    assert verdict(label, ["9013451234567"]) == "refuse"  # no such day, yet a number of thirteen digits
    assert verdict(label, ["900101.1234567"]) == "refuse"
    assert verdict(label, ["1234567"]) == "refuse"  # the tail alone
    assert verdict(label, ["******-*******", "900101-1******", ""]) == "none"


@pytest.mark.parametrize(
    "label", ["주민등록인구", "주민등록세대수", "법인등록번호", "등록번호", "비고", "주민센터 전화번호"]
)
def test_other_headers_do_not_mean_resident_numbers(label: str) -> None:
    assert of(label) != "rrn"


def test_a_column_with_one_percent_or_five_different_numbers_is_refused() -> None:
    def texts(numbers: int, rows: int) -> list[str]:
        return [f"본인 확인 9001{day:02d}-1234567" for day in range(1, numbers + 1)] + ["확인함"] * (
            rows - numbers
        )

    assert verdict("내용", texts(4, 500)) == "mask"  # 0.8 %
    assert verdict("내용", texts(5, 5000)) == "refuse"  # five different
    assert verdict("내용", texts(4, 400)) == "refuse"  # 1 %
    assert verdict("내용", ["본인 900101-1234567"] * 9 + ["확인함"] * 991) == "mask"  # one number nine times
    assert verdict("내용", texts(0, 10)) == "none"


def valid(prefix: str, weights: list[int]) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(prefix, weights, strict=True))
    return prefix + str((10 - total % 10) % 10)


CORPORATE, ARTICLE = [1, 2] * 6, [1, 3] * 6


def test_corporate_numbers_are_exempt_by_header_or_by_their_check_digits() -> None:
    numbers = [valid(f"110111{number:06d}", CORPORATE) for number in range(100_000, 100_040)]
    written = [f"{number[:6]}-{number[6:]}" for number in numbers]
    assert verdict("법인등록번호", written) == "none"
    assert verdict("등록번호", written) == "none"
    assert "법인등록번호" in exempt("등록번호", scan(pa.array(written)))
    assert (
        verdict("등록번호", [*written[:20], *(f"9001{day:02d}-1234567" for day in range(1, 21))]) == "refuse"
    )


def test_barcodes_moments_and_running_numbers_are_not_resident_numbers() -> None:
    barcodes = [valid(f"880104{number:06d}", ARTICLE) for number in range(300_000, 300_040)]
    moments = [str(1_612_050_000_000 + number * 86_399_123) for number in range(40)]
    running = [f"2301{1 + number % 28:02d}-{number:07d}" for number in range(40)]
    chance = [str(3_141_592_653_589 + number * 271_828_182_845) for number in range(20)]
    for values in (barcodes, moments, running, chance):
        assert exempt("번호", scan(pa.array(values))) != ""
        assert verdict("번호", values) == "none"
    assert verdict("주민등록번호", running) == "refuse"


def test_bare_resident_numbers_without_any_header_are_refused() -> None:
    values = [
        f"{70 + year:02d}{1 + year % 12:02d}{1 + year % 28:02d}{1 + year % 2}{234_567 + year:06d}"
        for year in range(25)
    ]
    assert verdict("", values) == "refuse"
    assert verdict("번호", values[:2]) == "refuse"


def test_a_number_of_an_office_is_found_but_not_personal() -> None:
    for label, number in [
        ("관리기관전화번호", "062-960-1234"),
        ("전화번호", "02-120-1234"),
        ("대표전화", "1588-1234"),
    ]:
        found = only(label, [number] * 10)
        assert not found.personal
        assert found.sure > 0.9
    assert not only("담당부서 이메일", ["park@example.go.kr"] * 5).personal


def test_a_mobile_number_is_personal_wherever_it_stands() -> None:
    for label in ("연락처", "휴대폰", "신청인 연락처", "소재지전화", "비고"):
        found = only(label, ["010-2345-6789"] * 5)
        assert (found.kind, found.personal) == ("mobile", True)
        assert found.sure >= 0.95


def test_a_telephone_beside_names_of_persons_is_theirs() -> None:
    names, phones = judge_table(
        [
            column("성명", ["홍길동", "김철수", "이영희"]),
            column("연락처", ["062-960-1234", "062-960-1235", "02-120-1111"]),
        ]
    )
    assert [(found.kind, found.personal) for found in names] == [("name", True)]
    assert [(found.kind, found.personal) for found in phones] == [("landline", True)]


def test_names_are_believed_where_the_header_says_person() -> None:
    people = ["홍길동", "김철수", "이영희", "박민수", "최지우", "남궁민"]
    for label in ("성명", "대표자", "대표자명", "강사명", "담당자", "담당자(성명)", "신청인 이름"):
        found = only(label, people)
        assert (found.kind, found.personal, found.whole) == ("name", True, True)
        assert found.sure > 0.9
    for label in ("도서관명", "상호명", "사업장명", "행정동명", "공원명", "시설명", "단지명", "분류"):
        assert judge(column(label, people)) == []


def test_a_column_without_header_is_names_only_beside_persons() -> None:
    people = column("", ["홍길동", "김철수", "이영희", "박민수", "최지우", "남궁민"])
    phones = column("휴대폰", ["010-2345-6789"] * 6)
    alone, _ = judge_table([people, column("면적", ["1"] * 6)])
    beside, _ = judge_table([people, phones])
    assert alone == []
    assert [(found.kind, found.sure) for found in beside] == [("name", 0.6)]


def test_headers_speak_where_values_show_no_usual_form() -> None:
    for label, kind in [("생년월일", "birth"), ("계좌번호", "account"), ("건강보험증번호", "insurance")]:
        found = only(label, ["19900101", "19910203"])
        assert (found.kind, found.count, found.whole) == (kind, 2, True)
    assert judge(column("생년월일", ["", ""])) == []


def test_a_street_and_a_house_number_are_no_number_plate() -> None:
    found = only("도로명주소", ["제주시 516로 2946", "제주시 중앙로 12"])
    assert (found.personal, found.sure) == (False, 0.1)


def test_typed_columns_hold_no_numbers_of_persons() -> None:
    assert judge(column("위도", ["37.5206127169276"], type="number")) == []
    assert rrn_verdict("경도", scan(pa.array(["126.2301011234567"])), type="number") == "none"


def test_an_empty_column_has_no_findings() -> None:
    assert judge(Column("주민등록번호", Hits())) == []
    assert rrn_verdict("주민등록번호", Hits()) == "none"
