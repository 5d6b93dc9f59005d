"""What the pages show of places: where the rows of a version are, how that was found, and the map of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.web.desk.map_picture import Picture
from madang.web.desk.pages import Evidence

_AREAS = {"dong": gettext_noop("행정동"), "sigungu": gettext_noop("시군구")}
_DRAWN = {
    "shapes": gettext_noop("도형 {drawn}개를 그대로 그렸습니다."),
    "dots": gettext_noop("{drawn}행을 점으로 찍었습니다."),
    "hexagons": gettext_noop("{drawn}행을 육각형 칸으로 나누어 세었습니다. 짙을수록 많습니다."),
    "values": gettext_noop(
        "{drawn}행이 고른 간격으로 놓여 있어 행 수 대신 {shaded} 값을 나타냈습니다. 짙을수록 큽니다."
    ),
    "even": gettext_noop(
        "{drawn}행이 고른 간격으로 놓여 있습니다. 행 수에 차이가 없어 한 색으로 그렸습니다."
    ),
    "circles": gettext_noop("{areas}에 있는 {drawn}행을 원으로 나타냈습니다. 클수록 많습니다."),
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
            most = {"area": picture.most.name, "rows": f"{picture.most.rows:,}"}
            return _("%(area)s에 가장 많습니다(%(rows)s행)") % most
        if picture.shaded:
            return _("자리마다의 %(shaded)s 값") % {"shaded": picture.shaded}
        what = self.what or _("%(n)s행") % {"n": f"{picture.drawn:,}"}
        return _("%(what)s의 자리") % {"what": what}

    @property
    def map_text(self) -> str:
        """What stands on the map, for those who do not see it."""
        picture = self.picture
        if picture is None:
            return ""
        areas = ""
        if picture.areas:
            areas = _("%(area)s %(n)s곳") % {"area": _(_AREAS[picture.level]), "n": f"{picture.areas:,}"}
        said = [
            _(_DRAWN[picture.kind]).format(drawn=f"{picture.drawn:,}", areas=areas, shaded=picture.shaded)
        ]
        if areas and picture.kind != "circles":
            said.append(_("%(areas)s에 걸쳐 있습니다.") % {"areas": areas})
        if picture.hidden:
            said.append(_("개인정보가 든 자료라 점을 찍지 않았고, 5행 미만인 곳은 수를 보이지 않습니다."))
        if picture.outside:
            said.append(_("그림 밖에 %(n)s행이 더 있습니다.") % {"n": f"{picture.outside:,}"})
        if picture.sampled:
            said.append(_("전체에서 고르게 뽑은 %(n)s행으로 그렸습니다.") % {"n": f"{picture.sampled:,}"})
        return " ".join(said)
