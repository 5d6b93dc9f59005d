"""Libraries, museums, festivals, courses, markets, rooms that the public may use."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np

from madang.samplecity.city import Array
from madang.samplecity.layers.facilities import slips
from madang.samplecity.layers.facilities.gaps import first_names, middle_of
from madang.samplecity.layers.facilities.kind import Edit, Kind
from madang.samplecity.layers.facilities.kinds.courses import course
from madang.samplecity.layers.facilities.kinds.names import (
    from_pool,
    houses,
    joined,
    of_dong,
    stems,
    unique,
)
from madang.samplecity.layers.facilities.rows import Cells, Rows
from madang.samplecity.layers.facilities.sites import (
    Sites,
    Terrain,
    in_buildings,
    in_houses_of,
    inside,
)
from madang.samplecity.layers.ground.dongs import prefixed
from madang.samplecity.layers.streets.model import USES
from madang.samplecity.paper import Column
from madang.samplecity.words import words


def in_every_dong(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
    """One near the middle of the people of each 행정동, where no gap is."""
    houses_, dongs = terrain.streets.buildings, np.argsort(-terrain.people, kind="stable")
    usable = np.isin(houses_.use, [USES.index(use) for use in ("public", "office", "shop")])
    usable &= terrain.free(kind, houses_.x, houses_.y)
    found: list[int] = []
    for dong in dongs[:count].tolist():
        rows = np.flatnonzero(usable & (np.asarray(houses_.dong) == dong))
        if len(rows):
            x, y = middle_of(terrain.ground, dong)
            found.append(int(rows[np.argmin(np.hypot(houses_.x[rows] - x, houses_.y[rows] - y))]))
    own = inside(terrain, np.array(found, np.int64))
    others = in_buildings("public", "office", "shop", farm=0.2)(terrain, kind, rng, count)
    return own.and_(others.take(np.flatnonzero(~np.isin(others.building, own.building))))


def library(rows: Rows) -> Mapping[str, Column]:
    own = houses(rows, [""] * len(rows))
    fixed = np.array(
        [2 if name.endswith("중앙도서관") else 0 if name.endswith("작은도서관") else 1 for name in own]
    )
    rank = np.argsort(np.argsort(-rows.terrain.people[rows.sites.dong] - 1e9 * fixed, kind="stable"))
    large = rank < max(1, len(rows) // 6)
    plain = rows.pick([["작은도서관", 9], ["어린이도서관", 1]])
    kinds = rows.where(
        large,
        "공공도서관",
        [
            "작은도서관" if name.endswith("작은도서관") else kind
            for name, kind in zip(own, plain, strict=True)
        ],
    )
    books = np.where(large, rows.whole(42_000, 118_000, 7), rows.whole(2_100, 14_000, 3))
    area = np.where(large, rows.sizes(3200, 0.2), rows.sizes(160, 0.3))
    opens, closes = rows.hours(["09:00~18:00", "10:00~18:00", "10:00~19:00"])
    saturday = rows.where(large, "17:00", rows.pick(["13:00", "15:00", "17:00"]))
    closed = rows.where(
        large,
        "매주 월요일+법정공휴일",
        rows.pick(["매주 일요일+법정공휴일", "매주 월요일+법정공휴일", "매주 토요일+일요일+법정공휴일"]),
    )
    on_saturday = np.array(["토요일" not in each for each in closed])
    return {
        "도서관명": _library_names(rows, own, kinds),
        "도서관유형": kinds,
        "휴관일": closed,
        "평일운영시작시각": rows.where(large, "09:00", opens),
        "평일운영종료시각": rows.where(large, "22:00", closes),
        "토요일운영시작시각": rows.where(on_saturday, "09:00", "00:00"),
        "토요일운영종료시각": rows.where(on_saturday, saturday, "00:00"),
        "공휴일운영시작시각": ["00:00"] * len(rows),
        "공휴일운영종료시각": ["00:00"] * len(rows),
        "열람좌석수": np.where(large, rows.whole(180, 520, 4), rows.whole(12, 48)),
        "자료수(도서)": books,
        "자료수(연속간행물)": np.where(large, rows.whole(40, 160), rows.whole(0, 12)),
        "자료수(비도서)": np.where(large, rows.whole(1200, 5400), rows.whole(0, 240)),
        "건물면적": area,
        "부지면적": np.round(area * rows.rng.uniform(0.6, 1.4, len(rows)), 1),
        "운영기관명": rows.where(large, [f"{office} 도서관과" for office in rows.offices], joined(rows.dong_names, ["주민자치회"] * len(rows))),
        "도서관전화번호": rows.phones(),
        "홈페이지주소": rows.where(large, "https://lib.yeoul.example"),
    }  # fmt: skip


def _library_names(rows: Rows, own: Cells, kinds: Cells) -> Cells:
    """The name of the building where it fits the kind; otherwise that of the place, or a word, with what the kind is called."""
    taken, found = {name for name in rows.terrain.names if name}, []
    for name, kind, stem, dong in zip(own, kinds, stems(rows), rows.sites.dong.tolist(), strict=True):
        form = "{}도서관" if kind == "공공도서관" else f"{{}}{kind}"
        small = kind != "공공도서관"
        if name.endswith("도서관") and small == name.endswith("작은도서관"):
            found.append(name)
        elif not small and form.format(stem) not in taken:
            found.append(from_pool([stem], 0, stem, taken, form))
        else:
            found.append(from_pool(rows.told["이름"], 7 * dong, stem, taken, form))
    return found


def moved_library(rows: Rows, texts: Mapping[str, Cells]) -> list[Edit]:
    """A small library moves to another building of its 행정동."""
    houses_ = rows.terrain.streets.buildings
    small = [row for row, kind in enumerate(texts["도서관유형"]) if kind != "공공도서관"]
    if not small:
        return []
    row = small[len(small) // 2]
    dong, own = int(rows.sites.dong[row]), rows.sites.building
    good = (np.asarray(houses_.dong) == dong) & rows.terrain.free("library", houses_.x, houses_.y)
    good &= np.isin(houses_.use, [USES.index(use) for use in ("public", "office", "shop", "villa")])
    others = np.setdiff1d(np.flatnonzero(good), own)
    if not len(others):
        return []
    chosen = int(rows.rng.choice(others))
    cells = {"소재지도로명주소": houses_.road_address[chosen]}
    return [Edit(row, "moved", cells, (float(houses_.x[chosen]), float(houses_.y[chosen])))]


def museum(rows: Rows) -> Mapping[str, Column]:
    """Each with a name of its own and a text that fits it."""
    paid = rows.flags(0.4)
    adult = np.where(paid, rows.whole(1000, 5000, 500), 0)
    kind = rows.pick(["박물관", "미술관"])
    taken: set[str] = set()
    names, texts = [], []
    turns = Counter[str]()
    for each, stem in zip(kind, stems(rows), strict=True):
        word, text = rows.told[each][turns[each] % len(rows.told[each])]
        turns[each] += 1
        names.append(from_pool([word], 0, f"{stem} ", taken, f"{{}} {each}"))
        texts.append(text)
    return {
        "시설명": names,
        "박물관미술관구분": kind,
        "박물관미술관소개": texts,
        "어른관람료": adult,
        "청소년관람료": adult // 2 // 100 * 100,
        "어린이관람료": np.where(paid, 500, 0),
        "관람료기타정보": rows.where(paid, "단체 20인 이상 20% 할인", "무료"),
        "운영기관명": [f"{office}청" for office in rows.offices],
        "운영기관전화번호": rows.phones(),
        "교통안내정보": [f"{road} 정류장에서 걸어서 5분" for road in rows.road_names],
    }


def at_festivals(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
    """Each in its 행정동: at its landmark where there is one, otherwise where most people are."""
    told, ground = words("facilities")["festivals"], terrain.ground
    names = first_names(ground).tolist()
    size = len(names) // len(ground.districts.code)
    points = []
    for number in range(min(count, len(told) * len(ground.districts.code))):
        fest, district = told[number % len(told)], number // len(told) % len(ground.districts.code)
        mark = ground.landmarks.get(fest["venue"]) if district == 0 else None
        x, y = (mark.x, mark.y) if mark else middle_of(ground, district * size + names.index(fest["dong"]))
        points.append((x + rng.uniform(-5, 5), y + rng.uniform(-5, 5)))
    return terrain.at(*np.array(points).T)


def festival(rows: Rows) -> Mapping[str, Column]:
    told = {fest["dong"]: fest for fest in words("facilities")["festivals"]}
    names = first_names(rows.terrain.ground)[rows.sites.dong].tolist()
    each = [told.get(name, told["나루동"]) for name in names]
    starts = [date(rows.day.year, fest["month"], fest["day"]) for fest in each]
    titles = [
        prefixed(district, fest["name"]) for district, fest in zip(rows.district.tolist(), each, strict=True)
    ]
    return {
        "축제명": [f"제{fest['held']}회 {title}" for title, fest in zip(titles, each, strict=True)],
        "개최장소": [fest["venue"] for fest in each],
        "축제시작일자": starts,
        "축제종료일자": [start + timedelta(days=fest["days"] - 1) for start, fest in zip(starts, each, strict=True)],
        "축제내용": [fest["what"] for fest in each],
        "주최기관명": [f"{office}청" for office in rows.offices],
    }  # fmt: skip


def market(rows: Rows) -> Mapping[str, Column]:
    """여울장터 opens on days that end in 2 and 7; the others every day."""
    told = words("city")["market"]
    own = _first(np.array([name == told["dong"] for name in rows.dong_names]))
    return {
        "시장명": rows.where(
            own,
            told["name"],
            unique(joined(stems(rows), rows.pick(["골목시장", "중앙시장", "새시장"]), by=""), rows),
        ),
        "시장유형": rows.where(own, "상설장+정기시장", "상설장"),
        "시장개설주기": rows.where(own, told["cycle"], "매일"),
        "전화번호": rows.phones(),
        "점포수": np.where(own, 214, rows.whole(28, 120)),
        "공중화장실보유여부": rows.words(rows.flags(0.8) | own),
        "주차장보유여부": rows.words(rows.flags(0.6) | own),
        "개설연도": np.where(own, 1926, rows.whole(1958, 1998)),
    }


def _first(flags: Array) -> Array:
    found = np.zeros(len(flags), bool)
    found[np.flatnonzero(flags)[:1]] = True
    return found


def at_markets(terrain: Terrain, kind: str, rng: np.random.Generator, count: int) -> Sites:
    """The market of 장터동 where the landmark is, others in old and housing 행정동."""
    told = words("city")["market"]
    marks = [each for each in terrain.ground.landmarks.values() if each.kind == "market"]
    x, y = np.array([each.x for each in marks[:1]]), np.array([each.y for each in marks[:1]])
    first = terrain.at(x, y) if len(x) else None
    others = in_buildings("shop", old=3.0, housing=1.0, other=0.1)(terrain, kind, rng, count)
    names = np.array(terrain.ground.dongs.name)
    others = others.take(np.flatnonzero((names != told["dong"])[others.dong] | (first is None))[: count - 1])
    return others if first is None else first.and_(others)


def rooms(rows: Rows) -> Mapping[str, Column]:
    paid = rows.flags(0.5)
    fee = np.where(paid, rows.whole(10_000, 80_000, 5_000), 0)
    opens, closes = rows.hours(["09:00~18:00", "09:00~21:00", "10:00~20:00"])
    capacity = rows.whole(12, 300, 4)
    closed = rows.pick(rows.told["쉬는날"])
    weekend = np.array(["토요일" not in each for each in closed])
    return {
        "개방시설명": houses(rows, of_dong(rows, ["주민공동시설"] * len(rows))),
        "개방장소명": unique(rows.pick(rows.told["방"])),
        "휴관일": closed,
        "주말운영시작시각": rows.where(weekend, "09:00"),
        "주말운영종료시각": rows.where(weekend, rows.pick(["13:00", "18:00"])),
        "평일운영시작시각": opens,
        "평일운영종료시각": closes,
        "유료사용여부": rows.words(paid),
        "사용료": fee,
        "초과사용료": fee // 2 // 100 * 100,
        "수용가능인원수": capacity,
        "면적": np.round(capacity * rows.rng.uniform(1.2, 2.2, len(rows)), 1),
    }


KINDS: tuple[Kind, ...] = (
    Kind(
        "library", "시설/도서관", 34,
        """도서관명, 시도명, 시군구명, 도서관유형, 휴관일, 평일운영시작시각, 평일운영종료시각, 토요일운영시작시각, 토요일운영종료시각,
        공휴일운영시작시각, 공휴일운영종료시각, 열람좌석수, 자료수(도서), 자료수(연속간행물), 자료수(비도서), 대출가능권수, 대출가능일수,
        소재지도로명주소, 운영기관명, 도서관전화번호, 부지면적, 건물면적, 홈페이지주소, 위도, 경도, 데이터기준일자, 제공기관코드, 제공기관명""",
        in_houses_of("도서관", then=in_every_dong), library, (slips.crossed("평일운영시작시각", "평일운영종료시각", "error"), slips.phone("도서관전화번호"), slips.negative("열람좌석수", "-24")),
        least=12, age_days=16, edits=moved_library, digits=6,
    ),
    Kind(
        "museum", "문화/박물관미술관", 9,
        """시설명, 박물관미술관구분, 소재지도로명주소, 소재지지번주소, 위도, 경도, 운영기관전화번호, 운영기관명, 운영홈페이지, 편의시설정보,
        평일관람시작시각, 평일관람종료시각, 공휴일관람시작시각, 공휴일관람종료시각, 휴관정보, 어른관람료, 청소년관람료, 어린이관람료,
        관람료기타정보, 박물관미술관소개, 교통안내정보, 관리기관전화번호, 관리기관명, 데이터기준일자""",
        in_buildings("public", "office", "shop", old=3.0), museum, (slips.put("어린이관람료", "9000", severity="warning"),),
        encoding="utf-8-sig", age_days=90, least=3,
    ),
    Kind(
        "festival", "문화/문화축제", 14,
        """축제명, 개최장소, 축제시작일자, 축제종료일자, 축제내용, 주관기관명, 주최기관명, 후원기관명, 전화번호, 홈페이지주소, 관련정보,
        소재지도로명주소, 소재지지번주소, 위도, 경도, 데이터기준일자, 제공기관코드, 제공기관명""",
        at_festivals, festival, (slips.no_month("축제종료일자", required=True),), encoding="utf-8-sig", age_days=30, least=4,
    ),
    Kind(
        "lifelong-course", "교육/평생학습강좌", 420,
        """강좌명, 강사명, 교육시작일자, 교육종료일자, 교육시작시각, 교육종료시각, 강좌내용, 교육대상구분, 교육방법구분, 운영요일, 교육장소,
        강좌정원수, 수강료, 교육장도로명주소, 운영기관명, 운영기관전화번호, 접수시작일자, 접수종료일자, 접수방법구분, 선정방법구분, 홈페이지주소,
        직업능력개발훈련비지원강좌여부, 학점은행제평가(학점)인정여부, 평생학습계좌제평가인정여부, 데이터기준일자, 제공기관코드, 제공기관명""",
        in_buildings("public", endings=("복지관", "도서관", "행정복지센터", "고등학교"), each=12), course, (slips.no_day("교육종료일자", required=True), slips.negative("수강료", "-20000", money=True), slips.put("강좌정원수", "0", severity="warning")),
        growth=0.12,
    ),
    Kind(
        "traditional-market", "경제/전통시장", 6,
        """시장명, 시장유형, 소재지도로명주소, 소재지지번주소, 시장개설주기, 위도, 경도, 점포수, 취급품목, 사용가능상품권, 홈페이지주소,
        공중화장실보유여부, 주차장보유여부, 개설연도, 전화번호, 데이터기준일자, 제공기관코드, 제공기관명""",
        at_markets, market, age_days=120, least=3,
    ),
    Kind(
        "public-facility", "시설/공공시설개방", 110,
        """개방시설명, 개방장소명, 개방시설유형구분, 휴관일, 평일운영시작시각, 평일운영종료시각, 주말운영시작시각, 주말운영종료시각, 유료사용여부,
        사용기준시간, 사용료, 초과사용단위시간, 초과사용료, 수용가능인원수, 면적, 부대시설정보, 신청방법구분, 시설사진정보, 소재지도로명주소,
        소재지지번주소, 관리기관명, 담당부서명, 사용안내전화번호, 홈페이지주소, 위도, 경도, 데이터기준일자, 제공기관코드, 제공기관명""",
        in_buildings("public", endings=("학교", "복지관", "행정복지센터", "구청"), each=4), rooms, (slips.put("사용료", "30000", 유료사용여부="N"), slips.unread("주말운영시작시각", "time", "아홉시")),
        form="json", key="개방장소명", least=6,
    ),
)  # fmt: skip
