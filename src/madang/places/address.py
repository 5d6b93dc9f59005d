"""Addresses as people write them, taken apart: road addresses, lot addresses, and what is neither.

The two expressions of the handbook (A5) without lookaround, so that a column is parsed by RE2 inside Arrow.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

SIDO = (
    "서울특별시|부산광역시|대구광역시|인천광역시|광주광역시|대전광역시|울산광역시|세종특별자치시|경기도|강원특별자치도|강원도"
    "|충청북도|충청남도|전북특별자치도|전라북도|전남광주통합특별시|전라남도|경상북도|경상남도|제주특별자치도|제주도"
    "|서울시|부산시|대구시|인천시|대전시|울산시|세종시"
    "|서울|부산|대구|인천|광주|대전|울산|세종|경기|강원|충북|충남|전북|전남|경북|경남|제주"
)
# any name that only a 시도 can have: new ones, and those of made-up places
_SOME_SIDO = "[가-힣]{1,4}(?:특별시|광역시|특별자치시|특별자치도)"
_CITY = "[가-힣]{1,6}(?:시|군)"
_GU = "[가-힣]{1,5}구"
# the words of the head stand apart; only where that reads nothing are they looked for in a run-on address
_HEAD_WORDS = (("sido", f"^(?:{SIDO}|{_SOME_SIDO})$"), ("si", f"^{_CITY}$"), ("gu", f"^{_GU}$"))
_HEAD_RUN_ON = (
    rf"^(?:(?P<sido>{SIDO}) ?)?(?:(?P<si>[가-힣]{{1,6}}?(?:시|군)) ?)?(?:(?P<gu>[가-힣]{{1,5}}?구) ?)?"
    r"(?P<tail>[가-힣0-9].*)$"
)
_RUN_ON_ROAD = rf"^(?:{SIDO.split('|서울시')[0]})[가-힣]"
_RUN_ON_GU = "^[가-힣]{1,4}[시군구][가-힣]+(?:로|길)"
_RUN_ON_DONG = rf"{_RUN_ON_ROAD}|^[가-힣]{{1,4}}[시군구][가-힣]+(?:읍|면|동|가)$"
_DONG = r"[가-힣0-9·.]{1,12}?(?:읍|면|동(?:\d{1,2}가)?|\d{1,2}가)"
_RI = "[가-힣0-9]{1,8}리"
_ROAD_NAME = r"[가-힣A-Za-z0-9·.]+?(?:대로|로|길)(?:\d+번?(?:[가-하]|안)?길|[가-하]길)?"
_ROAD = (
    rf"^(?:(?P<emd>[가-힣0-9·.]{{1,12}}(?:읍|면|동|가)) )?(?:(?P<ri>{_RI}) )?(?P<ug0>지하 )?(?P<road>{_ROAD_NAME}) ?"
    r"(?P<ug>지하 ?)?"
    r"(?P<main>\d{1,5})(?: ?- ?(?P<sub>\d{1,5}))?(?P<rest>(?:[^\d].*)?)$"
)
_LOT = (
    rf"^(?:(?P<emd>{_DONG}) ?(?:(?P<ri>{_RI}) ?)?|(?P<ri2>{_RI}) ?)(?P<san>산)? ?(?P<main>\d{{1,5}})"
    r"(?: ?- ?(?P<sub>\d{1,5})| ?번지 ?의? ?(?P<sub2>\d{1,4})(?: ?호)?|의 ?(?P<sub3>\d{1,4}))?"
    r"(?: ?번지)?(?P<rest>(?:[^\d].*)?)$"
)
_AREA_ONLY = rf"^(?:(?P<emd>{_DONG}|[가-힣0-9·.]{{1,12}}동)(?: |$))?(?:(?P<ri>{_RI})(?: |$))?(?P<rest>.*)$"
_ROAD_ONLY = rf"^(?P<road>{_ROAD_NAME})(?:[ ,(]|$)(?P<rest>.*)$"
# what follows a number that is not a house number: 종로1가, 12번길, 101동, 3층, 2단지
_NOT_ROAD_NUMBER = r"^ ?(?:번지|가(?:[^가-힣]|$)|번?길|[가-하]길)"
_NOT_LOT_NUMBER = (
    r"^ ?(?:가(?:[^가-힣]|$)|통|층|단지|차 |동(?:[^가-힣]|$)|지구|블록|블럭|BL|LOT|호선|번길|길)"
)
_NOTE_DONG = r"\( ?(?P<dong>[가-힣][가-힣0-9·.]{0,11}(?:동(?:\d{1,2}가)?|\d{1,2}가|리))(?:[ ,)]|$)"

SIDO_NAMES = {
    "서울": "서울특별시", "부산": "부산광역시", "대구": "대구광역시", "인천": "인천광역시", "광주": "광주광역시",
    "대전": "대전광역시", "울산": "울산광역시", "세종": "세종특별자치시", "경기": "경기도", "강원": "강원특별자치도",
    "충북": "충청북도", "충남": "충청남도", "전북": "전북특별자치도", "전남": "전라남도", "경북": "경상북도",
    "경남": "경상남도", "제주": "제주특별자치도", "서울시": "서울특별시", "부산시": "부산광역시", "대구시": "대구광역시",
    "인천시": "인천광역시", "대전시": "대전광역시", "울산시": "울산광역시", "세종시": "세종특별자치시",
}  # fmt: skip

PARSED = pa.schema(
    [
        # long name as of its time ("서울" -> "서울특별시"); null where none is written
        ("sido", pa.string()),
        ("sigungu", pa.string()),  # "수원시 장안구"; null where none is written (세종, or left out)
        # 읍면동 or legal dong: before the lot, or in the brackets behind a road address
        ("emd", pa.string()),
        ("ri", pa.string()),
        ("san", pa.bool_()),
        ("lot_main", pa.int32()),
        ("lot_sub", pa.int32()),  # 0 where none is written
        ("road", pa.string()),  # without blanks: "독산로36길"
        ("underground", pa.bool_()),
        ("building_main", pa.int32()),
        ("building_sub", pa.int32()),
        ("rest", pa.string()),  # what stands behind the number: floor, building, brackets, 외 2필지
        ("kind", pa.string()),  # road | lot | none
    ]
)

_SLICE = 100_000
_WORDS = 7  # of a head of three, each perhaps written twice; then the rest
_TIDY = (
    ("[ㆍ‧∙•・･]", "·"),
    (r"[\s_\x{200b}\x{feff}]+", " "),
    ("[‐‑‒–—―−ー－]", "-"),
    (r"^[ \"']*(?:\(?우\)? ?)?[(\[]?\d{3}-?\d{2,3}[)\]]?[ ,]+", ""),  # a postcode in front
    (r"^[ \"',.]+|[ \"']+$", ""),
    (r"^대한민국 ", ""),
    (r"([^시군구읍면도 ]) (\d{1,3}로 ?\d)", r"\1\2"),  # 위시티 2로 43
    (r"([로길]\d{1,4}) ([가-하]길)", r"\1\2"),  # 양천로67 가길
    (r"([로길]) (\d{1,4}번?(?:[가-하]|안)?길)", r"\1\2"),  # 독산로 36길
    (r"([가-힣]) (\d{1,3}번?(?:[가-하]|안)?길 ?\d)", r"\1\2"),  # 양구 2길 3
    (r"([로동]) (\d{1,2}가)( |\d|$)", r"\1\2\3"),  # 을지로 1가 16
)  # fmt: skip


def parse(addresses: pa.Array | pa.ChunkedArray) -> pa.Table:
    """What each address says, a row of PARSED each; the text stays with the caller.

    Road addresses are tried first, then lots (handbook A5), so that a lot address in a road column is read as a lot.
    The names are those written, only the short forms of 시도 made long: old and new names are the register's matter
    (`AreaNames`, `history`). The dong of a lot is a *legal* dong (법정동). Distinct texts are parsed once.
    """
    array = addresses.combine_chunks() if isinstance(addresses, pa.ChunkedArray) else addresses
    coded = array.cast(pa.string()).dictionary_encode()
    distinct = coded.dictionary
    slices = [distinct.slice(at, _SLICE) for at in range(0, max(len(distinct), 1), _SLICE)]
    if len(slices) == 1:
        return _parse_distinct(distinct).take(coded.indices)
    with ThreadPoolExecutor(
        min(4, os.cpu_count() or 1)
    ) as pool:  # Arrow's expressions leave the interpreter free
        parsed = pa.concat_tables(pool.map(_parse_distinct, slices))
    return parsed.combine_chunks().take(coded.indices)


def _parse_distinct(texts: pa.Array) -> pa.Table:
    tidy = _tidy(texts)
    first = _with_head(_head(tidy))
    again = pc.and_(_reads_badly(first), pc.match_substring_regex(tidy, r"\d"))
    if not pc.any(again).as_py():
        return first
    rows = pc.indices_nonzero(again)
    second = _with_head(_extract(tidy.take(rows), _HEAD_RUN_ON))
    better = pc.and_(pc.not_equal(second["kind"], "none"), pc.is_valid(second["sigungu"]))
    return pa.concat_tables([first, second]).take(_positions(len(texts), rows, better)).combine_chunks()


def _head(tidy: pa.Array) -> dict[str, pa.Array]:
    """시도, 시 or 군, 구 of the first three words, each of which may be absent, and the tail behind them.

    The words are few, so they are looked at once each, not address by address.
    """
    split = pc.split_pattern(tidy, " ", max_splits=_WORDS - 1)
    words = pc.list_flatten(pc.list_slice(split, 0, _WORDS, return_fixed_size_list=True))
    at = np.arange(len(tidy)) * _WORDS
    found, taken = {}, np.zeros(len(tidy), np.int64)
    for name, pattern in _HEAD_WORDS:
        coded = words.take(pa.array(at + taken)).dictionary_encode()
        fits = pc.match_substring_regex(coded.dictionary, pattern)
        found[name] = pc.if_else(fits, coded.dictionary, None).take(coded.indices)
        taken += found[name].is_valid().to_numpy(zero_copy_only=False)
        again = pc.equal(found[name], words.take(pa.array(at + taken)))  # 도봉구 도봉구 해등로 46
        taken += pc.fill_null(again, False).to_numpy(zero_copy_only=False)
    parts = [
        pc.if_else(pa.array(taken <= place), words.take(pa.array(at + place)), None)
        for place in range(_WORDS)
    ]
    never_null = [pc.fill_null(parts[0], ""), *parts[1:]]  # Arrow drops a row of which every part is null
    joined = pc.binary_join_element_wise(*never_null, " ", null_handling="skip")
    found["tail"] = pc.utf8_ltrim(joined, " ")
    return found


def _reads_badly(parsed: pa.Table) -> pa.ChunkedArray:
    """Nothing read, or a first word that holds more than a dong or a road: "서울특별시강남구역삼동"."""
    dong = pc.match_substring_regex(pc.fill_null(parsed["emd"], ""), _RUN_ON_DONG)
    road = pc.match_substring_regex(pc.fill_null(parsed["road"], ""), _RUN_ON_ROAD)
    behind = pc.match_substring_regex(pc.fill_null(parsed["road"], ""), _RUN_ON_GU)
    behind = pc.and_(behind, pc.fill_null(pc.not_equal(parsed["sido"], "세종특별자치시"), False))
    run_on = pc.and_(pc.is_null(parsed["sigungu"]), pc.or_(pc.or_(dong, road), behind))
    return pc.or_(pc.equal(parsed["kind"], "none"), run_on)


def _positions(count: int, rows: pa.Array, better: pa.ChunkedArray) -> pa.Array:
    """Row i of the first table, or its row of the second (which follows the first) where that is better."""
    take = np.arange(count)
    chosen = better.to_numpy().astype(bool)
    take[rows.to_numpy()[chosen]] = count + np.nonzero(chosen)[0]
    return pa.array(take)


def _tidy(texts: pa.Array) -> pa.Array:
    """One spelling of blanks, dots and dashes, no postcode in front; ranges end at their first number."""
    plain = pc.utf8_normalize(pc.replace_substring_regex(texts, "[ㆍ]", "·"), "NFKC")
    return reduce(lambda each, rule: pc.replace_substring_regex(each, *rule), _TIDY, plain)


def _with_head(head: dict[str, pa.Array]) -> pa.Table:
    tail = pc.fill_null(head["tail"], "")
    road = _extract(tail, _ROAD)
    is_road = _fits(road, _NOT_ROAD_NUMBER)
    # 세종로 in 종로구 is a legal dong
    sejong = pc.and_(pc.equal(head["gu"], "종로구"), pc.equal(road["road"], "세종로"))
    is_road = pc.and_(is_road, pc.invert(pc.fill_null(sejong, False)))
    tail = pc.if_else(is_road, None, tail)
    lot = _extract(pc.replace_substring_regex(tail, "^세종로 ", "세종로1가 "), _LOT)
    is_lot = _fits(lot, _NOT_LOT_NUMBER)
    area = _extract(pc.if_else(is_lot, None, tail), _AREA_ONLY)
    only = _extract(pc.fill_null(area["rest"], ""), _ROAD_ONLY)
    return _assemble(head, road, lot, area, only, is_road, is_lot)


def _fits(found: dict[str, pa.Array], not_a_number: str) -> pa.Array:
    """Rows where the expression matched and its number is a house number."""
    wrong = pc.match_substring_regex(pc.fill_null(found["rest"], ""), not_a_number)
    return pc.and_(pc.is_valid(found["main"]), pc.invert(wrong))


def _assemble(
    head: dict[str, pa.Array],
    road: dict[str, pa.Array],
    lot: dict[str, pa.Array],
    area: dict[str, pa.Array],
    only: dict[str, pa.Array],
    is_road: pa.Array,
    is_lot: pa.Array,
) -> pa.Table:
    def choose(name: str) -> pa.Array:
        return pc.if_else(is_road, road[name], pc.if_else(is_lot, lot[name], area[name]))

    rest = choose("rest")
    note = _extract(rest, _NOTE_DONG)["dong"]
    emd = pc.coalesce(choose("emd"), pc.if_else(is_lot, None, note))
    emd = pc.if_else(pc.equal(emd, "세종로1가"), "세종로", emd)
    sub = pc.coalesce(lot["sub"], lot["sub2"], lot["sub3"])
    columns = {
        "sido": _long_sido(head["sido"]),
        "sigungu": pc.coalesce(
            pc.binary_join_element_wise(head["si"], head["gu"], " "), head["si"], head["gu"]
        ),
        "emd": emd,
        "ri": pc.coalesce(choose("ri"), pc.if_else(is_lot, lot["ri2"], None)),
        "san": pc.and_(is_lot, pc.is_valid(lot["san"])),
        "lot_main": _number(lot["main"], is_lot),
        "lot_sub": _number(pc.fill_null(sub, "0"), is_lot),
        "road": pc.if_else(is_road, road["road"], pc.if_else(is_lot, None, only["road"])),
        "underground": pc.and_(is_road, pc.or_(pc.is_valid(road["ug"]), pc.is_valid(road["ug0"]))),
        "building_main": _number(road["main"], is_road),
        "building_sub": _number(pc.fill_null(road["sub"], "0"), is_road),
        "rest": pc.utf8_trim_whitespace(rest),
        "kind": pc.if_else(is_road, "road", pc.if_else(is_lot, "lot", "none")),
    }
    return pa.table([columns[field.name].cast(field.type) for field in PARSED], schema=PARSED)


def _number(texts: pa.Array, where: pa.Array) -> pa.Array:
    return pc.if_else(where, texts, None).cast(pa.int32())


def _long_sido(sido: pa.Array) -> pa.Array:
    coded = sido.dictionary_encode()
    names = [SIDO_NAMES.get(name, name) for name in coded.dictionary.to_pylist()]
    return pa.array(names, pa.string()).take(coded.indices)


def _extract(texts: pa.Array, pattern: str, *, whole: bool = True) -> dict[str, pa.Array]:
    """The named groups of `pattern`; null where the pattern or the group took nothing."""
    found = pc.extract_regex(texts, pattern)
    names = [cast(str, found.type.field(i).name) for i in range(found.type.num_fields)]
    groups = {}
    for name in names:
        group = pc.struct_field(found, name)
        keep = whole and name in ("rest", "tail")
        groups[name] = group if keep else pc.if_else(pc.equal(group, ""), None, group)
    return groups
