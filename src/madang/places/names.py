"""Names of areas as people spell them, to codes; a name that means several places is not decided by guessing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.places.codes import Sido
from madang.places.history import NameAlias

# how a name was found. code: digits in brackets; exact; spelling: blanks, dots, 제, short or old names; unique: the
# only place of that name although an upper area was left out; within: decided by codes beside the name; home: decided
# by the workspace's own area
HOWS = ("code", "exact", "spelling", "unique", "within", "home", "ambiguous", "")
_BRACKETS = re.compile(r"\(\s*(\d{10})\s*\)")
_NOISE = re.compile(r"[\s·.,ㆍ‧∙•・･()\-]+")
_ORDINAL = re.compile(r"제(?=\d+(?:[·.,]\d+)*동)")

_Key = tuple[str, str, str]  # 시도, 시군구, 읍면동; "" where a level is not meant


@dataclass(frozen=True)
class Found:
    """Codes (null where not decided) and how each was found, one of HOWS, in the order of the names asked for."""

    codes: pa.Array
    how: pa.Array


class AreaNames:
    """The names of a register of areas, ready to be looked up. `home` are the first digits of the workspace's own area."""

    def __init__(self, builder: _Builder, home: str) -> None:
        self._builder = builder
        self._home = home

    @classmethod
    def build(
        cls,
        codes: pa.Array | pa.ChunkedArray,
        full_names: pa.Array | pa.ChunkedArray,
        *,
        sidos: Iterable[Sido] = (),
        aliases: Iterable[NameAlias] = (),
        home: str = "",
    ) -> AreaNames:
        """From 10-digit codes (행정동 or legal dongs) and full names ("경기도 수원시 장안구 파장동") of one vintage.

        시도 and 시군구 need no rows of their own: they are taken from the names of what lies in them, with the code
        ending in zeros. `aliases` make old names lead to new areas and new names to old ones. `home` ("29200") decides
        between several places of one name, and only then.
        """
        builder = _Builder(tuple(sidos), tuple(aliases))
        for code, name in zip(codes.to_pylist(), full_names.to_pylist(), strict=True):
            if code and name:
                builder.add(str(code), str(name))
        return cls(builder, home)

    def find(
        self,
        sido: pa.Array | pa.ChunkedArray | None,
        sigungu: pa.Array | pa.ChunkedArray | None,
        dong: pa.Array | pa.ChunkedArray | None,
        within: pa.Array | pa.ChunkedArray | None = None,
    ) -> Found:
        """The area of each row from the columns that a file has (others None): the lowest level that is filled in.

        `within` (first digits of codes, null allowed), as another column of the file has them, decides between several
        places of one name; what lies elsewhere is then not taken.
        """
        given = [column for column in (sido, sigungu, dong) if column is not None]
        if not given:
            raise ValueError("no column of names")
        filler = pa.nulls(len(given[0]), pa.string())
        columns = (sido, sigungu, dong, within)
        parts = [filler if column is None else column.cast(pa.string()) for column in columns]
        return _distinct(parts, lambda row: self._one(*(text or "" for text in row)))

    def find_full(self, names: pa.Array | pa.ChunkedArray) -> Found:
        """The area of each full name in one column: "서울특별시 종로구 사직동 (1111053000)", "종로구 사직동", "사직동"."""
        return _distinct([names.cast(pa.string())], lambda row: self._full(row[0] or ""))

    def _full(self, name: str) -> tuple[str | None, str]:
        bracket = _BRACKETS.search(name)
        if bracket and (
            not self._builder.codes or bracket[1] in self._builder.codes or bracket[1].endswith("00000")
        ):
            return bracket[1], "code"
        words = _plain(_BRACKETS.sub(" ", name)).split()
        undecided: tuple[str | None, str] = (None, "")
        for sido, sigungu, dong in _readings(words):
            code, how = self._one(sido, sigungu, dong)
            if code is not None:
                return code, how
            undecided = undecided if undecided[1] else (None, how)
        return undecided

    def _one(self, sido: str, sigungu: str, dong: str, within: str = "") -> tuple[str | None, str]:
        if not (sido or sigungu or dong):
            return None, ""
        upper = "" if squeeze(sigungu) == squeeze(sido) else sigungu  # 세종특별자치시 written in both columns
        for key in self._ways(sido, upper, dong):
            every = self._builder.at(key)
            found = {code for code in every if code.startswith(within)} if within else every
            if len(found) == 1 < len(every):
                return next(iter(found)), "within"
            if len(found) == 1:
                return next(iter(found)), self._how((_plain(sido), _plain(upper), _plain(dong)))
            if found:
                at_home = [code for code in found if self._home and code.startswith(self._home)]
                return (at_home[0], "home") if len(at_home) == 1 else (None, "ambiguous")
        return None, ""

    def _ways(self, sido: str, sigungu: str, dong: str) -> list[_Key]:
        """As written; without 제; the city alone, where the register does not know the 구 (화성시 동탄구)."""
        above, whole = squeeze(sido), squeeze(sigungu)
        ways = [(above, whole, squeeze(dong)), (above, whole, _without_ordinal(dong))]
        city = re.match(r"(.{1,5}시).{1,4}구$", whole)
        if city and dong and not self._builder.at((above, whole, "")):
            ways.append((above, city[1], squeeze(dong)))
        return ways

    def _how(self, written: _Key) -> str:
        sido, sigungu, dong = written
        if written in self._builder.spelled:
            return "exact"
        return "spelling" if sido and (sigungu or not dong) else "unique"


def squeeze(name: str | None) -> str:
    """A name without what people spell differently: blanks, dots, commas, brackets; composed letters."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)) if name else ""


def _without_ordinal(name: str) -> str:
    """종로제1동 is written 종로1동 as well."""
    return squeeze(_ORDINAL.sub("", _plain(name)))


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name.replace("ㆍ", "·")).strip()


def _readings(words: Sequence[str]) -> list[_Key]:
    """What the words of a full name may be: 시도 first or left out, 시군구 of none, one or two words, then a 읍면동."""
    readings = []
    for count in (1, 0):  # words of 시도
        for middle in (2, 1, 0):
            rest = words[count + middle :]
            if len(words) >= count + middle and len(rest) <= 1 and words:
                readings.append(
                    (
                        " ".join(words[:count]),
                        " ".join(words[count : count + middle]),
                        rest[0] if rest else "",
                    )
                )
    return readings


@dataclass(frozen=True)
class _Above:
    """Spellings of the 시도 and the 시군구 above a place; `part`: names of a larger or smaller area, good for dongs only."""

    sidos: set[str]
    middles: set[str]
    part: bool = False
    whole_sido: bool = False


class _Builder:
    """The index: each area under every key that may mean it. Dongs are put in when their name is first asked for."""

    def __init__(self, sidos: tuple[Sido, ...], aliases: tuple[NameAlias, ...]) -> None:
        self.index: dict[_Key, set[str]] = {}
        self.spelled: set[_Key] = set()
        self.codes: set[str] = set()
        self._sidos = sidos
        self._aliases = aliases
        self._upper: dict[tuple[str, str], list[_Above]] = {}
        self._known: set[tuple[str, str, str]] = (
            set()
        )  # upper levels that are in the index, by code and names
        self._waiting: dict[str, list[tuple[str, str, str]]] = {}  # name of a dong -> code, 시도, 시군구

    def add(self, code: str, full_name: str) -> None:
        self.codes.add(code)
        sido, middle, dong = _levels(code, _plain(full_name).split())
        self.spelled.add((sido, middle, dong))
        if (code[:5], sido, middle) not in self._known:
            self._known.add((code[:5], sido, middle))
            self.spelled.update(((sido, middle, ""), (sido, "", "")))
            self._put_upper(code, sido, middle)
        if dong:  # 리 without its 면 too
            for name in {squeeze(dong), _without_ordinal(dong), squeeze(dong.split()[-1])}:
                self._waiting.setdefault(name, []).append((code, sido, middle))

    def at(self, key: _Key) -> set[str]:
        """The codes that a key may mean. Several threads may ask: each finds a name whole or puts it in itself."""
        for code, sido, middle in self._waiting.get(key[2], ()):
            for above in self._spellings(sido, middle):
                for each_sido, each in product({*above.sidos, ""}, {*above.middles, ""}):
                    self._put((each_sido, each, key[2]), code)
        self._waiting.pop(key[2], None)
        return self.index.get(key, set())

    def _put_upper(self, code: str, sido: str, middle: str) -> None:
        for above in self._spellings(sido, middle):
            if above.whole_sido:
                self._put_sido(code, above.sidos, middle)
            if middle and not above.part:
                self._put_sigungu(code, above, squeeze(middle))

    def _put(self, key: _Key, code: str) -> None:
        self.index.setdefault(key, set()).add(code)

    def _put_sido(self, code: str, sidos: set[str], middle: str) -> None:
        """The 시도 that an area lies in; 세종 is 시도 and 시군구 at once, and then goes by the lower code."""
        whole = (code[:2] if middle or code[2:5] == "000" else code[:5]).ljust(10, "0")
        for sido in sidos:
            same = {each for each in self.index.get((sido, "", ""), set()) if each[:2] == whole[:2]}
            self.index.setdefault((sido, "", ""), set()).difference_update(same)
            self.index[sido, "", ""].add(max(same | {whole}))

    def _put_sigungu(self, code: str, above: _Above, middle: str) -> None:
        for sido, each in product({*above.sidos, ""}, above.middles):
            # 수원시 is the city; 장안구 of 수원시 has a code of its own
            city = each != middle and each.endswith("시") and middle.startswith(each)
            self._put((sido, each, ""), (code[:4] + "0" if city else code[:5]) + "00000")

    def _spellings(self, sido: str, middle: str) -> list[_Above]:
        """Every spelling of the two upper levels; worked out once for each pair."""
        if (sido, middle) not in self._upper:
            sidos = self._sido_names(sido)
            middles = {squeeze(middle), *map(squeeze, middle.split())} if middle else set()
            self._upper[sido, middle] = [
                _Above(sidos, middles, whole_sido=True),
                *self._aliased(sido, middle, sidos, middles),
            ]
        return self._upper[sido, middle]

    def _sido_names(self, sido: str) -> set[str]:
        mine = {squeeze(sido)}
        return mine.union(
            *({each.name, each.short, *each.also} for each in self._sidos if sido in (each.name, *each.also))
        )

    def _aliased(self, sido: str, middle: str, sidos: set[str], middles: set[str]) -> list[_Above]:
        """What other names the area went by, before or after."""
        found = []
        for alias in self._aliases:
            for mine, other in ((alias.old, alias.new), (alias.new, alias.old)):
                if alias.within:
                    if squeeze(alias.within) in sidos and squeeze(mine) in middles:
                        found.append(_Above(sidos, {squeeze(other)}, alias.part))
                elif " " in mine:
                    if [sido, middle] == mine.split(" ", 1):
                        above, below = other.split(" ", 1)
                        found.append(_Above(self._sido_names(above), {squeeze(below)}, alias.part))
                elif mine in sidos:
                    found.append(_Above(self._sido_names(other), middles, whole_sido=not alias.part))
        return found


def _levels(code: str, words: list[str]) -> _Key:
    """시도, 시군구 and what lies below of a full name; the code tells the level (세종 has no 시군구)."""
    if code[2:].strip("0") == "":
        return " ".join(words), "", ""
    if code[5:].strip("0") == "":
        return words[0], " ".join(words[1:]), ""
    lower = 2 if code[8:].strip("0") and len(words) > 3 else 1
    return words[0], " ".join(words[1:-lower]), " ".join(words[-lower:])


def _distinct(
    columns: Sequence[pa.Array | pa.ChunkedArray],
    find: Callable[[tuple[str | None, ...]], tuple[str | None, str]],
) -> Found:
    """`find` once for each distinct row of `columns`."""
    coded = [_combined(column).dictionary_encode() for column in columns]
    keys = np.zeros(len(coded[0]), np.int64)
    for column in coded:
        keys = (
            keys * (len(column.dictionary) + 1)
            + pc.fill_null(column.indices, -1).to_numpy().astype(np.int64)
            + 1
        )
    distinct, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    rows = zip(*(column.take(pa.array(first)).to_pylist() for column in coded), strict=True)
    found = [find(row) for row in rows] if len(distinct) else []
    at = pa.array(inverse.reshape(-1))
    codes = pa.array([code for code, _ in found], pa.string()).take(at)
    return Found(codes, pa.array([how for _, how in found], pa.string()).take(at))


def _combined(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
