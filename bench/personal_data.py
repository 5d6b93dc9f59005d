"""Precision and recall of the search for personal data: `python bench/personal_data.py [SEED]`.

Everything planted is made up by the rules of those who issue the numbers, not by the patterns that look for them:
resident numbers with region and check digit (before October 2020) or random tails (since), cards with a Luhn digit,
plates, licences and accounts by the layouts of their issuers. Each is written in the ways people write it and put into
sentences of complaints. Beside them stand columns that only look alike. A cell is right when its kind is found in it,
wrong when a kind is found that it does not hold; the bounds are Wilson's at 95 %.
"""

from __future__ import annotations

import math
import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow as pa

from madang.privacy import KINDS, Column, Kind, judge_table, mask, rrn_verdict, scan

Rng = random.Random


@dataclass
class Cells:
    """A column and what each cell truly holds (None: nothing of a person)."""

    label: str
    texts: list[str] = field(default_factory=list)
    truth: list[Kind | None] = field(default_factory=list)


def _digits(rng: Rng, count: int) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(count))


def _check(body: str, weights: list[int], top: int) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True))
    return str((top - total % 11) % 10)


def resident(rng: Rng) -> tuple[str, str]:
    """Both halves of a number: birth date; century and sex, then region, office, order and check digit, or random."""
    born = date(1930, 1, 1) + timedelta(rng.randrange(35_000))
    foreign = rng.random() < 0.15
    sex = rng.randrange(2)
    first = (5 if foreign else 1) + sex + (2 if born.year >= 2000 else 0)
    front = f"{born:%y%m%d}"
    if rng.random() < 0.4:  # issued since October 2020
        return front, f"{first}{_digits(rng, 6)}"
    tail = f"{first}{rng.randrange(96):02d}{rng.randrange(100):02d}{rng.randrange(1, 10)}"
    weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]
    return front, tail + _check(front + tail, weights, 13 if foreign else 11)


def _full(text: str) -> str:
    return text.translate({ord("0") + i: ord("０") + i for i in range(10)} | {ord("-"): "－"})


BETWEEN = [
    "-",
    "-",
    "-",
    "-",
    "",
    "",
    " ",
    " - ",
    "- ",
    "\u00a0",
    "–",
    "−",
    "—",
    "‐",
    "ㅡ",
    "·",
    "\u3000",
    "－",
    "/",
    "_",
    "\t",
    "\u200b-",
    ":",
    "~",
]


def spelled_resident(rng: Rng) -> str:
    front, tail = resident(rng)
    text = front + rng.choice(BETWEEN) + tail
    if rng.random() < 0.03:  # the birth date with points
        text = f"{front[:2]}.{front[2:4]}.{front[4:]}-{tail}"
    return _full(text) if rng.random() < 0.08 else text


def starred_resident(rng: Rng) -> str:
    front, tail = resident(rng)
    return (
        front
        + rng.choice(["-", "-", "", " - "])
        + rng.choice([tail[0] + "******", "*******", tail[0] + "●●●●●●", tail[0] + "XXXXXX"])
    )


def licence(rng: Rng) -> str:
    rest = f"{rng.randrange(60, 125) % 100:02d}-{_digits(rng, 6)}-{_digits(rng, 2)}"
    region = (
        rng.choice(["서울 ", "경기 ", "부산 ", "충남"])
        if rng.random() < 0.25
        else f"{rng.randrange(11, 29)}-"
    )
    return (region + rest).replace("-", rng.choice(["-", "-", "-", " ", "–", " - "]))


def passport(rng: Rng) -> str:
    if rng.random() < 0.5:  # since December 2021
        return f"{rng.choice('MSRO')}{_digits(rng, 3)}{rng.choice('ABCDEFGHJKLMNPRTUVWXYZ')}{_digits(rng, 4)}"
    return f"{rng.choice('MMMSRGOD')}{_digits(rng, 8)}"


def card(rng: Rng) -> str:
    prefix, length = rng.choice(
        [
            ("4", 16),
            ("51", 16),
            ("55", 16),
            ("2221", 16),
            ("9", 16),
            ("356", 16),
            ("62", 16),
            ("37", 15),
            ("36", 14),
        ]
    )
    body = prefix + _digits(rng, length - 1 - len(prefix))
    doubled = [int(d) * (2 if i % 2 == 0 else 1) for i, d in enumerate(reversed(body))]
    number = body + str(-sum(d - 9 if d > 9 else d for d in doubled) % 10)
    cuts = {16: (4, 8, 12), 15: (4, 10), 14: (4, 10)}[length]
    parts = [number[a:b] for a, b in zip((0, *cuts), (*cuts, length), strict=True)]
    return rng.choice(["-", "-", " ", "", " - "]).join(parts)


BANKS = [("국민은행", (6, 2, 6)), ("KB국민", (6, 2, 6)), ("신한은행", (3, 3, 6)), ("우리은행", (4, 3, 6)), ("농협", (3, 4, 4, 2)), ("하나은행", (3, 6, 5)), ("기업은행", (3, 6, 2, 3)),
         ("카카오뱅크", (4, 2, 7)), ("우체국", (6, 2, 6)), ("새마을금고", (4, 4, 4, 1)), ("토스뱅크", (4, 4, 4)), ("SC제일은행", (3, 2, 6)), ("신협", (3, 3, 6))]  # fmt: skip


def account(rng: Rng) -> str:
    bank, parts = rng.choice(BANKS)
    number = rng.choice(["-", "-", "-", ""]).join(_digits(rng, length) for length in parts)
    return rng.choice(
        [
            "{b} {n}",
            "{b} 계좌 {n}",
            "{b}({n})",
            "계좌번호: {n} ({b})",
            "{n} {b}",
            "{n}({b})",
            "{b} : {n}",
            "{b}{n}",
        ]
    ).format(b=bank, n=number)


def mobile(rng: Rng) -> str:
    middle, last = f"{rng.randrange(2000, 10_000)}", _digits(rng, 4)
    forms = ["010-{m}-{l}"] * 4 + [
        "010{m}{l}",
        "010.{m}.{l}",
        "010 {m} {l}",
        "010) {m}-{l}",
        "(010){m}-{l}",
        "+82-10-{m}-{l}",
        "+82 10 {m} {l}",
        "+8210{m}{l}",
        "010–{m}–{l}",
        "010-{m}{l}",
        "010 - {m} - {l}",
    ]
    if rng.random() < 0.07:
        forms, middle = ["{o}-{m}-{l}", "{o}{m}{l}"], f"{rng.randrange(200, 1000)}"
    text = rng.choice(forms).format(m=middle, l=last, o=rng.choice(["011", "016", "017", "018", "019"]))
    return _full(text) if rng.random() < 0.05 else text


AREAS = ["02"] * 3 + [
    "031",
    "032",
    "033",
    "041",
    "042",
    "043",
    "044",
    "051",
    "052",
    "053",
    "054",
    "055",
    "061",
    "062",
    "063",
    "064",
    "070",
    "0505",
    "080",
]


def landline(rng: Rng) -> str:
    area = rng.choice(AREAS)
    exchange = str(
        rng.randrange(2000, 10_000) if area == "070" or rng.random() < 0.3 else rng.randrange(200, 1000)
    )
    form = rng.choice(
        ["{a}-{e}-{l}"] * 4
        + [
            "({a}){e}-{l}",
            "{a}){e}-{l}",
            "{a}.{e}.{l}",
            "{a} {e} {l}",
            "{a}{e}{l}",
            "{a}) {e}-{l}",
            "{a}–{e}–{l}",
            "+82-{s}-{e}-{l}",
        ]
    )
    return form.format(a=area, s=area[1:], e=exchange, l=_digits(rng, 4))


def hotline(rng: Rng) -> str:
    return (
        rng.choice(
            [
                "1522",
                "1544",
                "1566",
                "1577",
                "1588",
                "1599",
                "1600",
                "1644",
                "1661",
                "1666",
                "1670",
                "1688",
                "1800",
                "1811",
                "1833",
                "1855",
                "1877",
                "1899",
            ]
        )
        + rng.choice(["-", "-", " ", "–", " - "])
        + _digits(rng, 4)
    )


def email(rng: Rng) -> str:
    user = rng.choice(["hong", "kim.cs", "lee_yh", "park-ms", "a1", "jiwoo.choi+minwon"]) + _digits(
        rng, rng.randrange(4)
    )
    return f"{user}@{rng.choice(['naver.com', 'gmail.com', 'korea.kr', 'madang.go.kr', 'hanmail.net', 'mail.co.kr'])}"


PRIVATE = "가나다라마거너더러머버서어저고노도로모보소오조구누두루무부수우주"  # vehicles of persons, by the rule on plates


def vehicle(rng: Rng) -> str:
    use = rng.choice(PRIVATE + "하허호아바사자배")
    number = rng.choice([f"{rng.randrange(1, 70):02d}", f"{rng.randrange(100, 700)}"])
    if rng.random() < 0.15:  # until 2003, and vehicles for hire still
        number = rng.choice(["서울", "경기", "광주", "전남", "부산 "]) + str(rng.randrange(1, 100))
    return f"{number}{use}{rng.choice(['', '', ' '])}{_digits(rng, 4)}"


MAKERS: dict[Kind, Callable[[Rng], str]] = {
    "rrn": spelled_resident, "rrn_masked": starred_resident, "licence": licence, "passport": passport, "card": card,
    "account": account, "mobile": mobile, "landline": landline, "hotline": hotline, "email": email, "vehicle": vehicle,
}  # fmt: skip
SENTENCES = [
    "{}", "{}", "본인 확인 {} 입니다.", "저는 홍길동이고 {}입니다. 빠른 처리 바랍니다.", "문의: {}", "({})", "2023-05-01 14:30 접수, {} 확인 후 회신 요망",
    "민원인 정보 {}, 방문 예정", "불법주정차 신고합니다 [{}] 광산로 29번길 앞", "내용:{}/처리중", "'{}'", "{}으로 연락 주세요", "1. {} 2. 현장 확인", "예산 1,200,000원 {} 3층 302호",
]  # fmt: skip


def planted(rng: Rng, per_kind: int) -> list[Cells]:
    """For every kind a column of texts, each with one of its numbers, written in all the ways."""
    columns = []
    for kind, maker in MAKERS.items():
        column = Cells("내용")
        for _ in range(per_kind):
            column.texts.append(rng.choice(SENTENCES).format(maker(rng)))
            column.truth.append(kind)
        columns.append(column)
    return columns


def _ean(rng: Rng) -> str:
    body = rng.choice(["880", "880104", "880106", "978"])
    body += _digits(rng, 12 - len(body))
    return body + str(-sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10)


def _corporate(rng: Rng) -> str:
    body = (
        rng.choice(["110111", "110114", "130111", "200111", "204811", "114671"])
        + f"{rng.randrange(900_000):06d}"
    )
    return f"{body[:6]}-{body[6:]}{-sum(int(d) * (1 + i % 2) for i, d in enumerate(body)) % 10}"


def _day(rng: Rng) -> date:
    return date(2015, 1, 1) + timedelta(rng.randrange(4000))


ALIKE: dict[str, Callable[[Rng], str]] = {
    "위도": lambda r: f"{r.uniform(34, 38):.13f}", "경도": lambda r: f"{r.uniform(126, 129):.13f}", "좌표정보(x)": lambda r: f"{r.uniform(180000, 240000):.7f}",
    "X좌표(UTM-K)": lambda r: f"{r.uniform(900000, 1000000):.7f}", "지번코드": lambda r: f"2920010{_digits(r, 3)}1{_digits(r, 8)}", "건물관리번호": lambda r: f"29200{_digits(r, 20)}",
    "도로명주소관리번호": lambda r: f"29200{_digits(r, 21)}", "관리번호": lambda r: f"3220000-101-{r.randrange(1990, 2025)}-{r.randrange(99999):05d}", "최종수정시점": lambda r: f"{_day(r):%Y%m%d}{r.randrange(24):02d}{r.randrange(60):02d}00",
    "등록시각": lambda r: str(1_480_000_000_000 + r.randrange(250_000_000_000)), "바코드": _ean, "상품": _ean, "법인등록번호": _corporate, "등록번호": _corporate, "일련번호13": lambda r: str(r.randrange(10**12, 10**13)),
    "사업자등록번호": lambda r: f"{r.randrange(101, 900)}-{r.randrange(1, 99):02d}-{_digits(r, 5)}", "접수번호": lambda r: f"1AA-{_day(r):%y%m}-{r.randrange(10**6):07d}", "접수일련번호": lambda r: f"{_day(r):%y%m%d}-{r.randrange(10**5):07d}",
    "공고번호": lambda r: f"{_day(r):%Y%m}{_digits(r, 5)}-00", "문서번호": lambda r: f"도시계획과-{r.randrange(99999)}", "금액": lambda r: f"{r.randrange(10**9):,}원", "예산액": lambda r: str(r.randrange(10**11)), "기간": lambda r: f"{r.randrange(1500, 1990)}-{r.randrange(1500, 2024)}",
    "노선": lambda r: " ".join(str(r.randrange(5000, 9999)) for _ in range(6)), "지번주소": lambda r: f"광주광역시 광산구 광산동 {r.randrange(1, 1500)}-{r.randrange(1, 90)}", "도로명주소": lambda r: f"광주광역시 광산구 광산로{r.randrange(1, 90)}번길 {r.randrange(1, 300)}, {r.randrange(101, 120)}동 {r.randrange(101, 2500)}호",
    "단지코드": lambda r: f"A{_digits(r, 8)}", "상가업소번호": lambda r: f"MA0101{_digits(r, 14)}", "홈페이지": lambda r: f"https://www.madang.go.kr/view.do?mId=0{_digits(r, 9)}&seq={_digits(r, 13)}", "기간2": lambda r: f"{_day(r)}~{_day(r)}", "시각": lambda r: f"{_day(r)} {r.randrange(24):02d}:{r.randrange(60):02d}:00",
    "서버": lambda r: ".".join(str(r.randrange(256)) for _ in range(4)), "규격": lambda r: f"{r.randrange(300, 2000)}x{r.randrange(300, 2000)}x{r.randrange(300, 2000)}", "제품번호": lambda r: f"{r.choice('BCKT')}{_digits(r, 3)}-{_digits(r, 4)}", "컨테이너": lambda r: f"MSCU{_digits(r, 7)}", "자산번호": lambda r: f"{r.randrange(2000, 2025)}-{_digits(r, 4)}-{_digits(r, 4)}",
    "운영시간": lambda r: f"평일 {r.randrange(6, 10):02d}:00~{r.randrange(17, 22)}:00, 1{r.randrange(10)}일 휴관", "층호": lambda r: f"{r.randrange(1, 30)}층 {r.randrange(100, 3000)}호 (연면적 {r.uniform(10, 99999):.4f}㎡)", "인구": lambda r: f"{r.randrange(10**6)} {r.randrange(10**7)}", "본문": lambda r: f"제{r.randrange(1, 200)}조의{r.randrange(1, 9)} 및 {_day(r):%Y.%m.%d}. 시행, 예산 {r.randrange(10**8):,}원, {r.randrange(100, 9999)}대 {r.randrange(1000, 9999)}건",
}  # fmt: skip


def alike(rng: Rng, rows: int) -> list[Cells]:
    """Columns of public data that hold no number of a person."""
    return [Cells(label, [maker(rng) for _ in range(rows)], [None] * rows) for label, maker in ALIKE.items()]


SURNAMES = "김 이 박 최 정 강 조 윤 장 임 한 오 서 신 권 황 안 송 류 전 홍 고 문 양 손 배 백 허 유 남 심 노 하 곽 성 차 주 우 구 민 남궁 황보 제갈 선우 탁 봉 어 육 감 견 뇌".split()
GIVEN = "민준 서연 지훈 수빈 영희 철수 미경 현우 은주 도윤 하은 준 솔 빛나라 정숙 광수 상철 경자 재현 아름".split()


def people(rng: Rng, rows: int) -> list[Cells]:
    """Columns under a header of persons, with now and then a company or a foreigner; and columns of places and shops."""
    columns = []
    for label in ("성명", "대표자명", "담당자", "강사명", "신청인"):
        column = Cells(label)
        for _ in range(rows):
            odd = rng.random()
            named = odd >= 0.04
            column.texts.append(
                rng.choice(SURNAMES) + rng.choice(GIVEN)
                if odd >= 0.07
                else rng.choice(["NGUYEN VAN AN", "응우옌티흐엉", "왕웨이밍"])
                if named
                else rng.choice(["(주)한빛", "광산구청", "주식회사 마당", "문화센터"])
            )
            column.truth.append("name" if named else None)
        columns.append(column)
    places = [
        "중앙도서관",
        "한우리식당",
        "송정동",
        "우산동",
        "신가동",
        "하남산단",
        "명가부동산",
        "정육점",
        "김밥나라",
        "이마트",
        "박물관",
        "최고집",
    ]
    columns += [
        Cells(label, [rng.choice(places) for _ in range(rows)], [None] * rows)
        for label in ("도서관명", "상호명", "행정동명", "시설명", "분류")
    ]
    return columns


@dataclass
class Score:
    """Counts of one kind over all cells."""

    right: int = 0
    missed: int = 0
    wrong: int = 0
    others: int = 0  # cells without it


def _bounds(hits: int, of: int) -> str:
    """A share with Wilson's bounds at 95 %."""
    if not of:
        return "      -"
    z, p = 1.959964, hits / of
    middle, half = p + z * z / (2 * of), z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of))
    low, high = ((middle + sign * half) / (1 + z * z / of) for sign in (-1, 1))
    return f"{p:.4f} [{low:.4f}, {min(1.0, high):.4f}]"


def found(column: Cells, kind: Kind) -> list[bool]:
    """In which cells of a column a kind is found, by what the mask changes."""
    cells = pa.array(column.texts)
    return [old != new for old, new in zip(column.texts, mask(cells, [kind]).to_pylist(), strict=True)]


def judged(columns: list[Cells]) -> list[set[Kind]]:
    """The kinds that each column is believed to hold, as the intake would ask."""
    known = [Column(column.label, scan(pa.array(column.texts), label=column.label)) for column in columns]
    believed = [
        {finding.kind for finding in findings if finding.sure >= 0.5} for findings in judge_table(known)
    ]
    for column, kinds in zip(known, believed, strict=True):
        if rrn_verdict(column.label, column.hits) == "none":
            kinds.discard("rrn")
    return believed


def score(columns: list[Cells], *, by_column: bool) -> dict[Kind, Score]:
    """Cells right, missed and wrong by kind; `by_column`: only where the column is believed to hold the kind."""
    scores: dict[Kind, Score] = {kind: Score() for kind in KINDS}
    believed = judged(columns) if by_column else [set(KINDS)] * len(columns)
    for column, kinds in zip(columns, believed, strict=True):
        for kind in (*MAKERS, *(["name"] if by_column else [])):
            hit = found(column, kind) if kind in kinds else [False] * len(column.texts)
            for truth, seen in zip(column.truth, hit, strict=True):
                each = scores[kind]
                each.right += seen and truth == kind
                each.missed += not seen and truth == kind
                each.wrong += seen and truth != kind
                each.others += truth != kind
    return {kind: each for kind, each in scores.items() if each.right + each.missed + each.wrong}


def _print(title: str, scores: dict[Kind, Score]) -> None:
    print(
        f"\n{title}\n{'kind':11} {'planted':>7} {'right':>6} {'wrong':>6}  {'recall':25} {'precision':25} clean of all others"
    )
    for kind, each in scores.items():
        planted_, clean = each.right + each.missed, each.others - each.wrong
        print(
            f"{kind:11} {planted_:7} {each.right:6} {each.wrong:6}  {_bounds(each.right, planted_):25} {_bounds(each.right, each.right + each.wrong):25} {_bounds(clean, each.others)}"
        )


def main(seed: int, per_kind: int = 3000) -> None:
    rng = Rng(seed)
    texts, lookalikes, named = planted(rng, per_kind), alike(rng, 2000), people(rng, 500)
    _print(
        f"cell by cell: texts with one number each, {len(lookalikes)} columns that look alike (seed {seed})",
        score(texts + lookalikes, by_column=False),
    )
    _print("as the intake judges columns", score(texts + lookalikes + named, by_column=True))
    wrong: Counter[tuple[str, Kind]] = Counter()
    for column in lookalikes:
        for kind in MAKERS:
            wrong[column.label, kind] += sum(found(column, kind))
    print(
        "\ncells of columns that look alike, by what was found in them:",
        {key: n for key, n in wrong.items() if n},
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
