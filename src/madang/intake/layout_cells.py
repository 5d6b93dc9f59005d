"""What single cells look like: the marks by which a layout is told apart (number, digits, code, text …)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

# empty        ""                      placeholder  - X * … N/A: a value is missing
# number       1,234 △3.5 12% ₩100     digits       2020-01-01 09:00 02-123-4567 2020.2/4: digits with marks
# code         MG-8769 C01: letters and digits without a space          text  everything else
Kind = Literal["empty", "placeholder", "number", "digits", "code", "text"]

_PLACEHOLDER = re.compile(
    r"^(?:[-–—_*·ㆍ.…?xX]|\*{2,}|\.{2,}|-{2,}|n/?a|null|none|nan|해당\s?없음|#\S+[!?]|#N/A)$", re.I
)
_NUMBER = re.compile(
    r"^[△▲▽▼(+\-−]{0,2}\s*[$₩￦€¥£]?\s*[+\-−]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+\-]?\d+)?\s*"
    r"(?:%|％|원|명|개|건|세대|㎡|[per])?\)?$"
)
_DIGITS = re.compile(
    r"^(?=.*\d)[\d\s.,:;/~()+\-–∼～年月日년월일시분초TZ]+(?:오전|오후|AM|PM)?[\d\s.:]*$", re.I
)
_CODE = re.compile(r"^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9._/#\-]+$")
_FOOTNOTE = re.compile(
    r"^\s*[\[<【(]?\s*(?:※|☞|▶|＊|\*+(?=\s*\S{2})|(?:주|註|자료|출처|비고|참고|참조|작성|담당|문의|기준|note|source)\s*"
    r"(?:\d{0,2}\s*[):：\]>】]|\d+\s*[.)]))",
    re.I,
)
_REMARK = re.compile(r"^\s*(?:#+\s*\S|(?:\S+\s+){2,}\S*(?:니다|[함임됨음])[.)\s]*$)")
_UNIT = re.compile(r"단\s*위\s*[:：]|\bunit\s*[:：]", re.I)
_UNIT_CELL = re.compile(r"^[(\[][^()\[\]]{1,12}[)\]]$")
_YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
_PERIOD = re.compile(
    rf"^\s*(?:{_YEAR}\s*년?(?:[.\-/\s]+\d{{1,2}}(?:/4)?\s*(?:월|분기)?)?|{_YEAR}\s*년\s*\d{{1,2}}\s*(?:월|분기)"
    rf"|{_YEAR}(?:0[1-9]|1[0-2])|\d{{1,2}}\s*(?:월|분기))\s*$"
)
_SPACES = re.compile(r"[\s\u00a0\u3000\u200b\ufeff]+")
_SHAPE = [(re.compile(r"\d+"), "9"), (re.compile(r"[A-Za-z]+"), "a"), (re.compile(r"[가-힣]+"), "가")]
_HEADER_WORD = re.compile(
    r"(?:명|명칭|코드|일자|일시|날짜|번호|주소|구분|연번|순번|순위|종류|유형|여부|수|량|율|률|금액|면적|년도|연도|월|기간|비고|"
    r"전화|위도|경도|좌표|기관|지역|시도|시군구|읍면동|행정동|법정동|동|구|계|이름|성별|연령|내용|설명|제목|값|단위|시간|시각|요일)"
    r"(?:\s*[\(\[].*)?$"
)
_HEADER_ASCII = re.compile(
    r"^(?:id|no|name|age|sex|gender|date|time|code|type|key|value|title|index|lat|lon|lng|x|y|qty|price|url|address|description|"
    r"comments?|city|state|country|year|month|day|status|category|count|total|[A-Z][A-Z0-9]*_[A-Z0-9_]+|"
    r"\w+[_ ]?(?:id|cd|nm|name|code|date|type|no))$",
    re.I,
)


def tidy(cell: str) -> str:
    """A header cell as a label: NFC, one space for any run of blanks and line breaks, none at the ends."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", cell)).strip()


@lru_cache(maxsize=20_000)
def kind(cell: str) -> Kind:
    """The kind of one cell by its form alone."""
    text = cell.strip(" \t\r\n\u00a0\u3000")
    if not text:
        return "empty"
    if len(text) > 60:
        return "text"
    if _PLACEHOLDER.match(text):
        return "placeholder"
    if any(char.isdigit() for char in text):
        if _NUMBER.match(text):
            return "number"
        if _DIGITS.match(text):
            return "digits"
        if _CODE.match(text):
            return "code"
    return "text"


def shape(cell: str) -> str:
    """The pattern of a value: runs of digits, Latin and Hangul letters become 9, a, 가 ("MG-8769" -> "a-9")."""
    text = cell.strip()
    for pattern, mark in _SHAPE:
        text = pattern.sub(mark, text)
    return text


def is_footnote(cell: str) -> bool:
    """Whether a cell begins as a note under or above a table does (주:, 자료:, ※, 출처, * …)."""
    return bool(_FOOTNOTE.match(cell))


def is_remark(cell: str) -> bool:
    """Whether a cell reads as a remark on the table: "# …", or a sentence ("이 자료는 참고용입니다", "… 기준임")."""
    return bool(_REMARK.match(cell))


def is_unit(cell: str) -> bool:
    """Whether a cell says the unit of a table: "(단위: 명, %)"."""
    return bool(_UNIT.search(cell))


def is_unit_label(cell: str) -> bool:
    """Whether a header cell is only a unit in brackets: "(㎡)"."""
    return bool(_UNIT_CELL.match(cell.strip()))


def is_header_word(cell: str) -> bool:
    """Whether a cell reads like a column name ("시설명", "설치일자", "PRODUCT_ID")."""
    text = tidy(cell)
    return len(text) <= 40 and bool(_HEADER_WORD.search(text) or _HEADER_ASCII.match(text))


def words_share(cells: Sequence[str]) -> float:
    """Share of a row's filled cells that read like column names."""
    full = [c for c in cells if c.strip()]
    return sum(map(is_header_word, full)) / len(full) if full else 0.0


def is_counting(cells: Sequence[str]) -> bool:
    """Whether a row merely numbers its columns: (1) (2) (3), 1 2 3, ①②③; at least three, from the first column."""
    found = []
    for cell in cells:
        text = unicodedata.normalize("NFKC", cell).strip().strip("()")
        if text:
            if not text.isdecimal() or len(text) > 3:
                return False
            found.append(int(text))
    return len(found) >= 3 and found == list(range(1, len(found) + 1)) and len(found) >= len(cells) - 1


def is_period(cell: str) -> bool:
    """Whether a cell names a year, quarter or month, as above columns of periods: 2023, 2023년, 2020.1/4, 3월."""
    return bool(_PERIOD.match(cell))


def are_periods(cells: Sequence[str]) -> bool:
    """Whether all numbers of a row are periods in order (at least two), as in a header over yearly columns."""
    found = [cell.strip() for cell in cells if kind(cell) in ("number", "digits")]
    if len(found) < 2 or not all(map(is_period, found)):
        return False
    order = [[int(n) for n in re.findall(r"\d+", cell)] for cell in found]
    steps = list(zip(order, order[1:], strict=False))
    return all(a < b for a, b in steps) or all(a > b for a, b in steps)


def is_sequence(cells: Sequence[str]) -> bool:
    """Whether the numbers of a row count up by one (at least three), as column names 0 1 2 do; words may stand beside."""
    numbers = [cell.strip() for cell in cells if kind(cell) in ("number", "digits")]
    if len(numbers) < 3 or not all(n.isdecimal() and len(n) < 5 for n in numbers):
        return False
    first = int(numbers[0])
    return [int(n) for n in numbers] == list(range(first, first + len(numbers)))


def column_kinds(rows: Sequence[Sequence[str]], columns: int) -> list[Kind]:
    """The kind that at least six in ten filled cells of each column have; "text" where none has."""
    kinds: list[Kind] = []
    for index in range(columns):
        counts = Counter(kind(row[index]) for row in rows if index < len(row))
        filled = sum(counts.values()) - counts["empty"] - counts["placeholder"]
        top: Kind = "empty" if not filled else "text"
        for candidate in ("number", "digits", "code"):
            if filled and counts[candidate] >= 0.6 * filled:
                top = candidate
        if filled and top == "text" and counts["number"] + counts["digits"] >= 0.8 * filled:
            top = "digits"
        kinds.append(top)
    return kinds
