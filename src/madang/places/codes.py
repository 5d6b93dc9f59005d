"""Code systems of places, kept apart: which system a column of codes is written in, and the dong a code names.

Two and five digits mean different places in different systems (26: 부산 of 행정안전부, 울산 of SGIS), so a column is
judged as a whole, by the share of its distinct values that a system knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from madang.messages import text

# name: digits. BJD 법정동, HJD 행정동, HJD8 without the last 00, SIGUNGU and SIDO of 행정안전부, SGIS of 통계청,
# OPN7 개방자치단체, PNU 필지고유번호, BUILDING 건물관리번호, ROAD 도로명코드, ADDRESS 도로명주소관리번호
DIGITS: dict[str, tuple[int, ...]] = {
    "HJD": (10,),
    "BJD": (10,),
    "HJD8": (8,),
    "SIGUNGU": (5,),
    "SIDO": (2,),
    "SGIS": (2, 5, 7, 8),
    "OPN7": (7,),
    "KDCA": (2,),
    "PNU": (19,),
    "BUILDING": (25,),
    "ROAD": (12,),
    "ADDRESS": (26,),
}
FEWEST_VALID = 0.9  # of the distinct values
_CLEARLY = 0.05  # how much more than the next system
_LED_BY_SIGUNGU = ("HJD", "BJD", "HJD8", "SIGUNGU", "PNU", "BUILDING", "ROAD", "ADDRESS")


@dataclass(frozen=True)
class Sido:
    """A 시도: its long and short name, other spellings, and its two digits in each system ("" where it has none).

    `old` are earlier digits of 행정안전부; `since` and `until` bound a 시도 that was made or dissolved.
    """

    name: str
    short: str
    mois: str
    sgis: str = ""
    kdca: str = ""
    also: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Detected:
    """`system` is "" where the values do not say; `share` of the distinct values are valid in it (0 to 1)."""

    system: str
    share: float
    because: str


def detect_system(
    codes: pa.Array | pa.ChunkedArray, known: Mapping[str, pa.Array], sidos: Iterable[Sido]
) -> Detected:
    """The system that a column of codes is written in, judged over its distinct values.

    `known` maps a name of DIGITS to the codes of that system that a register or a deposited list holds (HJD and BJD:
    10 digits; SGIS: any of its lengths); a system without a list is judged by its build: the digits of its 시도, and
    for ten digits the 읍면동 digits (a legal dong has 101 to 199, an administrative one 500 and more). Where two
    systems know the values equally well, `system` is "": five digits of Seoul alone do not tell 행정안전부 from SGIS.
    """
    values = clean_codes(codes).unique().drop_null()
    if len(values) == 0:
        return Detected("", 0.0, text("codes_none"))
    table, lists = tuple(sidos), _lists(known)
    shares = {name: _share(name, values, lists, table) for name in DIGITS}
    best = max(shares, key=lambda name: (shares[name], name in lists))
    if shares[best] < FEWEST_VALID:
        return Detected("", shares[best], text("codes_unknown", count=len(values)))
    rivals = [name for name in shares if name != best and shares[name] > shares[best] - _CLEARLY]
    if best in lists:  # a list of the codes that there are says more than their build
        rivals = [name for name in rivals if name in lists]
    rivals = [name for name in rivals if not _alike(best, name, values)]
    if rivals:
        named = ", ".join(text(f"code_system_{name.lower()}") for name in (best, *rivals))
        return Detected("", shares[best], text("codes_undecided", systems=named))
    return Detected(
        best,
        shares[best],
        text(
            "codes_fit",
            system=text(f"code_system_{best.lower()}"),
            hits=round(shares[best] * len(values)),
            of=len(values),
        ),
    )


def clean_codes(codes: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Codes as text without blanks, hyphens and the ``.0`` that a spreadsheet leaves; empty becomes null."""
    array = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
    bare = pc.replace_substring_regex(array.cast(pa.string()), r"\.0+$|[\s\-]+", "")
    return pc.if_else(pc.equal(bare, ""), None, bare)


def _lists(known: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """The codes that are known to exist, also the shorter ones that are their beginnings."""
    lists = {name: clean_codes(codes) for name, codes in known.items() if len(codes)}
    long = lists.get("HJD", lists.get("BJD"))
    if long is not None:
        for name, digits in (("HJD8", 8), ("SIGUNGU", 5), ("SIDO", 2)):
            if name != "HJD8" or "HJD" in lists:
                lists.setdefault(name, pc.utf8_slice_codeunits(long, 0, digits).unique())
    return lists


def _share(name: str, values: pa.Array, known: Mapping[str, pa.Array], sidos: tuple[Sido, ...]) -> float:
    digits = "|".join(f"[0-9]{{{count}}}" for count in DIGITS[name])
    shaped = pc.match_substring_regex(values, f"^(?:{digits})$")
    if name in known:
        valid = pc.is_in(values, value_set=known[name])
    else:
        valid = pc.match_substring_regex(values, _pattern(name, sidos))
    hits = pc.sum(pc.and_(shaped, valid)).as_py() or 0
    return float(hits / len(values))


def _pattern(name: str, sidos: tuple[Sido, ...]) -> str:
    """What a code of the system looks like, where no list of its codes is at hand."""
    mois = "|".join(sorted({code for sido in sidos for code in (sido.mois, *sido.old) if code}))
    sgis = "|".join(sorted({sido.sgis for sido in sidos if sido.sgis}))
    kdca = "|".join(sorted({sido.kdca for sido in sidos if sido.kdca}))
    legal = rf"(?:{mois})\d{{3}}(?:000|[1-4]\d\d)\d\d"  # 읍 250, 면 310 and more, in both systems
    return {
        "HJD": rf"^(?:{mois})\d{{3}}(?:000|[2-9]\d\d)00$",
        "BJD": f"^{legal}$",
        "HJD8": rf"^(?:{mois})\d{{3}}(?:[2-9]\d\d|000)$",
        "SIGUNGU": rf"^(?:{mois})(?:[1-9]\d\d|000)$",
        "SIDO": f"^(?:{mois})$",
        "SGIS": rf"^(?:{sgis})(?:[0-5]\d\d(?:\d\d|\d\d\d)?)?$",
        "OPN7": r"^[3-6]\d{4}00$",
        "KDCA": f"^(?:{kdca})$",
        "PNU": rf"^{legal}[0-2]\d{{8}}$",
        "BUILDING": rf"^{legal}[0-2]\d{{14}}$",
        "ROAD": rf"^(?:{mois})\d{{3}}[1-4]\d{{6}}$",
        "ADDRESS": rf"^{legal}\d{{16}}$",
    }[name]


def _alike(best: str, other: str, values: pa.Array) -> bool:
    """Two systems that know the values equally are no riddle where the values mean the same in both (시군구, 읍, 면)."""
    alike = pc.match_substring_regex(values, r"^\d{5}(?:000|[2-4]\d\d)00$")
    return {best, other} == {"HJD", "BJD"} and bool(pc.all(alike).as_py())


def to_dong(
    codes: pa.Array | pa.ChunkedArray,
    system: str,
    *,
    relation: Relation | None = None,
    crosswalk: tuple[pa.Array, pa.Array] | None = None,
) -> pa.Array:
    """The 10-digit 행정동 that each code names; null where it names none or not one alone.

    Codes of legal dongs (BJD, PNU, BUILDING, ADDRESS) go through `relation` and only where it is one-to-one; codes of
    Statistics Korea through `crosswalk` (its code, 행정동 code), as a register of areas holds it. 시도 and 시군구
    codes give null: see `to_sigungu`.
    """
    clean = clean_codes(codes)
    if system == "HJD8":
        clean, system = pc.binary_join_element_wise(clean, "00", ""), "HJD"
    if system == "HJD":
        return pc.if_else(
            pc.match_substring_regex(clean, r"^\d{5}(?:00[1-9]|0[1-9]\d|[1-9]\d\d)00$"), clean, None
        )
    if system == "SGIS" and crosswalk is not None:
        return clean_codes(crosswalk[1]).take(pc.index_in(clean, value_set=clean_codes(crosswalk[0])))
    if system in ("BJD", "PNU", "BUILDING", "ADDRESS") and relation is not None:
        admin = relation.to_admin(pc.utf8_slice_codeunits(clean, 0, 10))
        return pc.if_else(pc.equal(admin, ""), None, admin)
    return pa.nulls(len(clean), pa.string())


def to_sigungu(codes: pa.Array | pa.ChunkedArray, system: str) -> pa.Array:
    """The 5-digit 시군구 of 행정안전부 that each code lies in; null where its system does not say."""
    clean = clean_codes(codes)
    if system not in _LED_BY_SIGUNGU:
        return pa.nulls(len(clean), pa.string())
    five = pc.utf8_slice_codeunits(clean, 0, 5)
    return pc.if_else(pc.match_substring_regex(five, r"^\d{2}(?:00[1-9]|0[1-9]\d|[1-9]\d\d)$"), five, None)


@dataclass(frozen=True)
class Relation:
    """행정동 and legal dongs (법정동) of one vintage, many to many; `bjd` sorted and distinct, `hjd` "" where many."""

    bjd: pa.Array
    hjd: pa.Array

    @classmethod
    def build(cls, hjd: pa.Array | pa.ChunkedArray, bjd: pa.Array | pa.ChunkedArray) -> Relation:
        """From two columns of pairs, as 행정안전부's KIKmix has them; rows above 읍면동 are left out.

        The codes of a 읍 or 면 itself join its 리: an address that names no 리 still has its 면.
        """
        pairs = pa.table({"hjd": clean_codes(hjd), "bjd": clean_codes(bjd)}).drop_null()
        dong = pc.match_substring_regex(pairs["hjd"], r"^\d{5}(?:00[1-9]|0[1-9]\d|[1-9]\d\d)00$")
        pairs = pairs.filter(dong)
        whole = pc.binary_join_element_wise(pc.utf8_slice_codeunits(pairs["bjd"], 0, 8), "00", "")
        both = pa.concat_tables([pairs, pa.table({"hjd": pairs["hjd"], "bjd": whole})])
        counted = both.group_by("bjd").aggregate([("hjd", "count_distinct"), ("hjd", "min")]).sort_by("bjd")
        one = pc.equal(counted["hjd_count_distinct"], 1)
        return cls(counted["bjd"].combine_chunks(), pc.if_else(one, counted["hjd_min"], "").combine_chunks())

    def to_admin(self, bjd: pa.Array | pa.ChunkedArray) -> pa.Array:
        """The one 행정동 of each legal dong; "" where there are several or the code is not known, null for null."""
        codes = clean_codes(bjd)
        found = pc.fill_null(self.hjd.take(pc.index_in(codes, value_set=self.bjd)), "")
        return pc.if_else(pc.is_null(codes), None, found)
