"""Which areas a map of the city is about, which of them it shows, and which can be chosen from there."""

from __future__ import annotations

from dataclasses import dataclass

from madang.web.desk.map_areas import SIGUNGU, Areas

LISTED = 60  # areas of a region, up to which its 행정동 are listed and not its 시군구


@dataclass(frozen=True)
class City:
    """The areas a map is about. `area`: code of the one shown ("" all of them); `above` the 시군구 around it, if several."""

    prefix: str
    dongs: Areas
    names: dict[str, str]
    area: str
    above: str
    listed: tuple[tuple[str, str], ...]
    level: str

    @classmethod
    def of(cls, dongs: Areas, prefix: str, area: str) -> City:
        """The city of `dongs`, whose codes all begin with `prefix`, showing `area`; "" where that is not among them."""
        coded = [each for each in zip(dongs.codes, dongs.names, strict=True) if each[0]]
        sigungus = {code[:SIGUNGU]: name.rpartition(" ")[0] for code, name in coded}
        last = {code: name.rpartition(" ")[2] for code, name in coded}
        area = area if area in last or area in sigungus else ""
        within = [each for each in coded if each[0].startswith(area[:SIGUNGU])]
        one_level = bool(area) or len(within) <= LISTED
        listed = [(code, last[code]) for code, _ in within] if one_level else _short(sigungus)
        return cls(
            prefix,
            dongs,
            {**sigungus, **last},
            area,
            area[:SIGUNGU] if len(area) > SIGUNGU and len(sigungus) > 1 else "",
            tuple(sorted(listed, key=lambda each: each[1])),
            "dong" if one_level else "sigungu",
        )

    @property
    def shown(self) -> Areas:
        """The 행정동 of the area shown."""
        return self.dongs.of([self.area], len(self.area)) if self.area else self.dongs


def _short(sigungus: dict[str, str]) -> list[tuple[str, str]]:
    """시군구 with their names, without the 시도 where they all lie in one."""
    one = len({name.partition(" ")[0] for name in sigungus.values()}) == 1
    return [
        (code, name.partition(" ")[2] if one and " " in name else name) for code, name in sigungus.items()
    ]
