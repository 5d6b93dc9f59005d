"""What the pages show of places: where the rows of a version are, how that was found, and the map of it."""

from __future__ import annotations

from dataclasses import dataclass

from madang.web.desk.map_picture import Picture
from madang.web.desk.pages import Evidence

_AREAS = {"dong": "행정동", "sigungu": "시군구"}
_DRAWN = {
    "shapes": "도형 {drawn}개를 그대로 그렸습니다.",
    "dots": "{drawn}행을 점으로 찍었습니다.",
    "hexagons": "{drawn}행을 육각형 칸으로 나누어 세었습니다. 짙을수록 많습니다.",
    "values": "{drawn}행이 고른 간격으로 놓여 있어 행 수 대신 {shaded} 값을 나타냈습니다. 짙을수록 큽니다.",
    "even": "{drawn}행이 고른 간격으로 놓여 있습니다. 행 수에 차이가 없어 한 색으로 그렸습니다.",
    "circles": "{areas}에 있는 {drawn}행을 원으로 나타냈습니다. 클수록 많습니다.",
}


@dataclass(frozen=True)
class Level:
    """One way in which rows were placed, and how many."""

    words: str
    detail: str
    rows: int
    percent: float


@dataclass(frozen=True)
class Doubt:
    """A rule that some places break, and how many rows do."""

    rule: str
    label: str
    count: int


@dataclass(frozen=True)
class Rival:
    """A coordinate system that was tried: the share of rows in the area they name, metres off where that was measured."""

    words: str
    percent: float
    metres: float | None
    chosen: bool


@dataclass(frozen=True)
class Places:
    """Where the rows of a version are. `found` of `rows` have a 행정동; `areas`: the rows are areas themselves."""

    rows: int
    found: int
    areas: bool
    registered: bool  # whether there was a register of areas to place them by
    what: str  # "다각형 425개", of a layer
    levels: tuple[Level, ...]
    crs: Evidence | None
    declared_off_m: float | None
    exchanged: bool
    rivals: tuple[Rival, ...]
    told: tuple[str, ...]  # what a person should know or decide
    doubts: tuple[Doubt, ...]
    picture: Picture | None

    @property
    def percent(self) -> float | None:
        return 100 * self.found / self.rows if self.rows else None

    @property
    def without_area(self) -> int:
        """Rows with a position that lies in no 행정동."""
        return sum(level.rows for level in self.levels) - self.found

    @property
    def nowhere(self) -> int:
        """Rows without any position."""
        return self.rows - sum(level.rows for level in self.levels)

    @property
    def nowhere_percent(self) -> float | None:
        return 100 * self.nowhere / self.rows if self.rows else None

    @property
    def map_title(self) -> str:
        """What the map shows first, in a few words."""
        picture = self.picture
        if picture is None:
            return ""
        if picture.most is not None:
            return f"{picture.most.name}에 가장 많습니다({picture.most.rows:,}행)"
        if picture.shaded:
            return f"자리마다의 {picture.shaded} 값"
        return f"{self.what or f'{picture.drawn:,}행'}의 자리"

    @property
    def map_text(self) -> str:
        """What stands on the map, for those who do not see it."""
        picture = self.picture
        if picture is None:
            return ""
        areas = f"{_AREAS[picture.level]} {picture.areas:,}곳" if picture.areas else ""
        said = [_DRAWN[picture.kind].format(drawn=f"{picture.drawn:,}", areas=areas, shaded=picture.shaded)]
        if areas and picture.kind != "circles":
            said.append(f"{areas}에 걸쳐 있습니다.")
        if picture.hidden:
            said.append("개인정보가 든 자료라 점을 찍지 않았고, 5행 미만인 곳은 수를 보이지 않습니다.")
        if picture.outside:
            said.append(f"그림 밖에 {picture.outside:,}행이 더 있습니다.")
        if picture.sampled:
            said.append(f"전체에서 고르게 뽑은 {picture.sampled:,}행으로 그렸습니다.")
        return " ".join(said)
