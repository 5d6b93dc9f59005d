"""From codes of Statistics Korea (SGIS) to 행정동 codes: by 시도, then 시군구 as a whole, then the name of the dong."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pyarrow as pa

from madang.places.codes import Sido
from madang.places.names import squeeze

_ALIKE = 0.6  # of the names of a 시군구 that must be found in its counterpart
_ORDINAL = re.compile(r"제(?=\d)")


@dataclass(frozen=True)
class CodeList:
    """A deposited list of 행정동: 10-digit codes and full names; `points` (lon, lat arrays) where it has centres."""

    source: str
    codes: pa.Array
    names: pa.Array
    points: tuple[pa.Array, pa.Array] | None = None


def dong_keys(name: str | None) -> list[str]:
    """A dong's name without what is spelled differently, as written and without 제: 종로1·2·3·4가동 = 종로1.2.3.4가동,
    제1동 = 1동. Both, since 거제1동 is short for 거제제1동.
    """
    return list(dict.fromkeys((squeeze(name), squeeze(_ORDINAL.sub("", name or "")))))


class Bridge:
    """Lists of 행정동, asked for the code of a shape that has only a code of Statistics Korea and a name."""

    def __init__(self, lists: Sequence[CodeList], sidos: Iterable[Sido]) -> None:
        self.names: dict[str, str] = {}  # 10-digit code -> full name, of the first list that has it
        self._lists: list[dict[str, dict[str, set[str]]]] = []  # 시군구 -> key of dong -> codes
        self._sidos = tuple(sidos)
        for each in lists:
            index: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
            for code, name in zip(each.codes.to_pylist(), each.names.to_pylist(), strict=True):
                if code and name and len(code) == 10:
                    self.names.setdefault(code, " ".join(name.split()))
                    if code[5:8] != "000":
                        for key in dong_keys(name.split()[-1]):
                            index[code[:5]][key].add(code)
            self._lists.append(index)

    def sido_prefixes(self, sgis: str) -> list[str]:
        """The 행정안전부 digits that may stand for two digits of Statistics Korea, the ones in force first."""
        own = [sido for sido in self._sidos if sido.sgis == sgis]
        older = {digits for sido in own for digits in (sido.mois, *sido.old)}
        heirs = [sido.mois for sido in self._sidos if older & {*sido.old}]
        return list(dict.fromkeys([*heirs, *(sido.mois for sido in own), *sorted(older)]))

    def dongs(self, sgis: Sequence[str | None], names: Sequence[str | None]) -> list[str | None]:
        """The 10-digit code of each shape, None where no list has it once; `sgis` are codes of 7 or 8 digits."""
        groups: dict[str, list[int]] = defaultdict(list)
        for at, code in enumerate(sgis):
            if code and names[at]:
                groups[code[:5]].append(at)
        found: list[str | None] = [None] * len(sgis)
        for group, members in groups.items():
            keys = {at: dong_keys(names[at]) for at in members}
            for index in self._lists:
                held = index.get(self._counterpart(group, list(keys.values()), index), {})
                for at in members:
                    codes = next((held[key] for key in keys[at] if key in held), set())
                    if found[at] is None and len(codes) == 1:
                        found[at] = next(iter(codes))
        return found

    def _counterpart(
        self, group: str, keys: list[list[str]], index: Mapping[str, Mapping[str, set[str]]]
    ) -> str:
        """The 시군구 of 행정안전부 whose dongs bear the names of `group`, "" where none or several do."""
        order = self.sido_prefixes(group[:2])
        scores = sorted(
            (
                (
                    sum(any(key in held for key in each) for each in keys) / len(keys),
                    -order.index(code[:2]),
                    code,
                )
                for code, held in index.items()
                if code[:2] in order
            ),
            reverse=True,
        )
        if not scores or scores[0][0] < _ALIKE:
            return ""
        rivals = [code for score, _, code in scores[1:] if score > scores[0][0] - 0.15]
        if any(code[:2] == scores[0][2][:2] for code in rivals):
            return ""  # another 시군구 fits as well; the same one under older digits is no rival
        return scores[0][2]
