"""The map of the city: what lies on the ground by the layers of the bank, and what chosen datasets have where.

The base is drawn once for an area and the versions it is drawn from, and kept in the workspace's cache.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely
from django.utils.translation import gettext as _

from madang.bank import Version
from madang.messages import MadangError
from madang.web.desk.map_areas import Areas, KnownAreas
from madang.web.desk.map_base import Base, drawn_base
from madang.web.desk.map_city import City
from madang.web.desk.map_draw import Box
from madang.web.desk.map_layers import ROLES, SIGHTS
from madang.web.desk.map_relief import relief_of
from madang.web.desk.map_rows import rows_of
from madang.web.desk.map_spots import FEW, NO_THEME, Spots, keep, spots_of, told_of
from madang.web.shell.workspace import bank, workspace
from madang.workspace import Workspace

MOST_CHOSEN = 3
_MAKE = "7"  # raised whenever the same versions may give another base
_BROKEN = (shapely.errors.ShapelyError, pa.ArrowException, OSError, ValueError, MadangError, KeyError)
_SNAPS = (1.0, 3.0, 6.0, 12.0, 20.0)  # units to which points are moved: the first that leaves few enough
_MOST_MARKS, _MANY = 2_500, 300
FOLDER = "-"  # of the cache; no dataset can be called so


@dataclass(frozen=True)
class Place:
    """An area to choose: its code, its name, and whether it is the one that is shown."""

    code: str
    name: str
    chosen: bool = False


@dataclass(frozen=True)
class Thing:
    """A dataset in the list beside the map. `here`: its rows in the area shown, in words that may be told."""

    id: str
    title: str
    kind: str
    here: str
    n: int
    as_of: object
    chosen: int = 0  # which of the markers it has, from 1; 0: none


@dataclass(frozen=True)
class Theme:
    """The datasets of a theme that have a place."""

    name: str
    things: tuple[Thing, ...]

    @property
    def open(self) -> bool:
        return any(thing.chosen for thing in self.things)


@dataclass(frozen=True)
class Marks:
    """The markers of a chosen dataset: which of three looks, their path, how many rows they stand for."""

    number: int
    id: str
    title: str
    path: str
    rows: int
    many: bool
    moved: bool
    as_of: object = None


@dataclass(frozen=True)
class CityMap:
    """The page of the map. Without a `base` there is nothing to draw yet."""

    base: Base | None
    area: Place | None = None
    above: Place | None = None
    places: tuple[Place, ...] = ()
    level: str = ""
    themes: tuple[Theme, ...] = ()
    areas: tuple[Thing, ...] = ()
    layers: tuple[Thing, ...] = ()
    marks: tuple[Marks, ...] = ()
    too_many: bool = False
    relief: str = ""

    @property
    def layered(self) -> list[Marks]:
        """The markers as they are drawn: the few above the many."""
        return sorted(self.marks, key=lambda each: -len(each.path))

    @property
    def area_code(self) -> str:
        return self.area.code if self.area else ""

    @property
    def above_code(self) -> str:
        """The area to go back to: the 시군구, "" for the whole city."""
        return self.above.code if self.above and self.above.code != self.area_code else ""

    @property
    def where(self) -> str:
        return self.area.name if self.area else ""

    @property
    def text(self) -> str:
        """What the map shows, for those who do not see it."""
        if self.base is None:
            return ""
        said = [_("%(where)s의 지도입니다.") % {"where": self.where or _("도시 전체")}]
        if kinds := self.base.kinds:
            said.append(_("지도에 나타낸 것: %(kinds)s.") % {"kinds": ", ".join(_(kind) for kind in kinds)})
        spots = _("%(title)s %(rows)s건의 위치를 점으로 표시했습니다.")
        said += [spots % {"title": each.title, "rows": f"{each.rows:,}"} for each in self.marks]
        return " ".join(said)


def city_map(area: str, chosen: Sequence[str]) -> CityMap:
    """The map of the whole city, or of the area with the code `area` (시군구: 5 digits, 행정동: 10), with up to three
    of the `chosen` datasets as markers. Raises MadangError("dataset_missing") for an area that is not there."""
    ws = workspace()
    found = spots_of(ws)
    known = _areas(ws)
    city = _city(ws, known, area)
    if area and (city is None or not city.area):
        raise MadangError("dataset_missing", dataset=area)
    layers = [each for each in found if each.kind == "layer"]
    base = _base(ws, city, known, found)
    marked = [each for each in found if each.kind == "spots" and each.id in chosen]
    shown = marked[:MOST_CHOSEN]
    numbers = {each.id: number for number, each in enumerate(shown, 1)}
    things = [each for each in found if each.kind in ("spots", "personal")]
    code = area or (city.prefix if city else "")
    return CityMap(
        base=base,
        area=_place(city.area, city) if city and city.area else None,
        above=_place(city.above, city) if city and city.above else None,
        places=tuple(Place(c, n, c == area) for c, n in city.listed) if city else (),
        level=city.level if city else "",
        themes=_themes(things, code, numbers),
        areas=tuple(_thing(each, code, {}) for each in found if each.kind == "areas"),
        layers=tuple(_thing(each, code, {}) for each in layers),
        marks=tuple(_marks(ws, each, numbers[each.id], base, area) for each in shown) if base else (),
        too_many=len(marked) > MOST_CHOSEN,
        relief=base.relief_key if base and base.relief else "",
    )


def _place(code: str, city: City) -> Place:
    return Place(code, city.names.get(code, code))


def _areas(ws: Workspace) -> KnownAreas | None:
    """The register of now, built where it is not there yet."""
    version = ws.registers.version()
    if not version:
        return None
    if not (ws.registers.folder / version / "register" / "dongs.parquet").is_file():
        with suppress(*_BROKEN):
            ws.registers.known()
    return KnownAreas.of(ws, version)


def _city(ws: Workspace, known: KnownAreas | None, area: str) -> City | None:
    """The areas that the page is about: the workspace's own, else all."""
    if known is None or not len(known.dongs.codes):
        return None
    home = ws.settings.area_code.strip().rstrip("0")
    dongs = known.dongs.of(*_prefix(known.dongs, home))
    return City.of(dongs, home if len(dongs.codes) < len(known.dongs.codes) else "", area)


def _prefix(dongs: Areas, home: str) -> tuple[list[str], int]:
    """The beginning of the workspace's own codes, or nothing where no area has it."""
    return ([home], len(home)) if home and any(code.startswith(home) for code in dongs.codes) else ([""], 0)


def _base(ws: Workspace, city: City | None, known: KnownAreas | None, found: list[Spots]) -> Base | None:
    """From the cache, or drawn anew."""
    roles = ROLES | SIGHTS
    sources = [each for each in found if each.standard in roles and each.kind in ("layer", "spots")]
    told = [_MAKE, known.version if known else "", city.prefix if city else "", city.area if city else ""]
    key = hashlib.sha256(json.dumps([told, [told_of(each) for each in sources]]).encode()).hexdigest()[:16]
    area = (city.area if city else "") or "all"
    path = ws.folder / "cache" / "maps" / FOLDER / f"base-{area}-{key}.json"
    with suppress(OSError, ValueError, TypeError, KeyError):
        return Base.of(json.loads(path.read_text(encoding="utf-8")))
    if city is None and not any(each.kind == "layer" for each in sources):
        return None
    versions = [(roles[each.standard], bank()[each.id].version(each.n)) for each in sources]
    base = drawn_base(city, versions)
    if base is None:
        return None
    base = _with_relief(ws, base, [version for role, version in versions if role == "relief"])
    keep(path, asdict(base), f"base-{area}-*.json")
    return base


def _with_relief(ws: Workspace, base: Base, versions: list[Version]) -> Base:
    """The base with the place of the picture of the relief, which is drawn where it is not in the cache."""
    for version in versions:
        key = hashlib.sha256(json.dumps([_MAKE, version.deposit_id, version.n]).encode()).hexdigest()[:16]
        path = ws.folder / "cache" / "maps" / FOLDER / f"relief-{key}.png"
        told = path.with_suffix(".json")
        with suppress(OSError, ValueError, TypeError):
            if path.is_file():
                return _relieved(base, json.loads(told.read_text(encoding="utf-8")), key)
        with suppress(*_BROKEN):
            made = relief_of(version)
            if made is None:
                continue
            keep(path, made[0], "relief-*.*")
            keep(told, made[1], "relief-*.json")
            return _relieved(base, made[1], key)
    return base


def _relieved(base: Base, box: Box, key: str) -> Base:
    return replace(base, relief=base.rectangle(box), relief_key=key)


def relief_file(key: str) -> bytes:
    """The picture of the relief called `key`. Raises MadangError("snapshot_missing") where the cache has none."""
    path: Path = workspace().folder / "cache" / "maps" / FOLDER / f"relief-{key}.png"
    if not key.isalnum() or not path.is_file():
        raise MadangError("snapshot_missing", sha256=key)
    return path.read_bytes()


def _themes(things: list[Spots], code: str, numbers: dict[str, int]) -> tuple[Theme, ...]:
    names = sorted({each.theme for each in things}, key=lambda name: (name == NO_THEME, name))
    return tuple(
        Theme(
            _(name) if name == NO_THEME else name,
            tuple(_thing(each, code, numbers) for each in things if each.theme == name),
        )
        for name in names
    )


def _thing(each: Spots, code: str, numbers: dict[str, int]) -> Thing:
    rows = each.rows_in(code)
    if rows is None:
        here = _("%(n)s건") % {"n": f"{each.rows:,}"} if not code else ""
    elif each.kind == "personal" and 0 < rows < FEW:
        here = _("비공개(%(few)s 미만)") % {"few": FEW}
    else:
        here = _("%(n)s건") % {"n": f"{rows:,}"}
    return Thing(each.id, each.title, each.kind, here, each.n, each.as_of, numbers.get(each.id, 0))


def _marks(ws: Workspace, each: Spots, number: int, base: Base, area: str) -> Marks:
    """The points of a dataset that stand in the picture; only datasets without personal data come here."""
    rows = rows_of(bank()[each.id].version(each.n).files)
    if rows is None:
        return Marks(number, each.id, each.title, "", 0, False, False, each.as_of)
    frame = base.frame
    lon, lat = rows.lon[rows.placed], rows.lat[rows.placed]
    inside = frame.shows(lon, lat)
    lon, lat = lon[inside], lat[inside]
    x, y = frame.units(lon, lat)
    places = np.column_stack((x, y))
    for snap in _SNAPS:
        cells, first = np.unique(np.rint(places / snap).astype(np.int64), axis=0, return_index=True)
        if len(cells) <= _MOST_MARKS:
            break
    spots = np.rint(places[np.sort(first)]).astype(np.int64)
    path = "".join(f"M{a} {b}h0" for a, b in spots.tolist())
    return Marks(number, each.id, each.title, path, len(lon), len(spots) > _MANY, snap > 1, each.as_of)
