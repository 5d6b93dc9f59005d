"""What the datasets of the bank have on the ground: how their rows are placed, and how many lie in each 행정동.

Counted once for a version and kept in the workspace's cache; an unchanged dataset costs a few listings.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from django.utils.translation import gettext_noop

from madang.bank import Dataset, Version
from madang.bank.describe import as_of
from madang.web.desk.entries import Stamp, stamp_of
from madang.web.desk.known import DAMAGE, standard_of
from madang.web.desk.map_layers import ROLES
from madang.web.desk.map_rows import rows_of
from madang.web.desk.whole import only_own
from madang.web.shell.masking import personal_of
from madang.web.shell.workspace import bank
from madang.workspace import Workspace

FEW = 5  # rows of a personal dataset in an area, below which their number is not shown
NO_THEME: str = gettext_noop("그 밖")  # a page says it in its language
_MAKE = "1"  # raised whenever the same version may give other counts
_EXACT = ("point", "building", "lot")  # levels at which a row has a spot of its own
_SPOTS_SHARE = 0.5  # of the placed rows that have one, from which a dataset is of spots
_KEPT = 5_000
Kind = Literal["spots", "personal", "areas", "layer"]
_known: dict[Path, tuple[Stamp, object, Spots | None]] = {}


@dataclass(frozen=True)
class Spots:
    """A dataset with places. `kind`: rows at spots of their own; personal ones; rows of areas, or shapes; a base of the map.

    `dongs`: rows by 행정동 (of spots and of personal ones; None where they were not counted).
    """

    id: str
    title: str
    theme: str
    kind: Kind
    n: int
    rows: int
    as_of: date | None
    standard: str
    dongs: dict[str, int] | None = field(default=None, repr=False)

    def rows_in(self, area: str) -> int | None:
        """Rows in the areas whose codes begin with `area`; None where they were not counted."""
        if self.dongs is None:
            return None
        return sum(count for code, count in self.dongs.items() if code.startswith(area))


def spots_of(ws: Workspace) -> list[Spots]:
    """The placed datasets of the bank, by title."""
    seen = (dataset for dataset in bank().datasets() if not only_own(dataset))
    found = [spots for dataset in seen if (spots := _known_spots(ws, dataset))]
    return sorted(found, key=lambda each: each.title)


def _known_spots(ws: Workspace, dataset: Dataset) -> Spots | None:
    stamp = stamp_of(dataset)
    known = _known.get(dataset.folder)
    if known is None or known[0] != stamp or known[1] is not ws.standards:
        if len(_known) >= _KEPT:
            _known.clear()
        try:
            spots = _spots(ws, dataset)
        except (*DAMAGE, pa.ArrowException):
            return None
        known = _known[dataset.folder] = (stamp, ws.standards, spots)
    return known[2]


def _spots(ws: Workspace, dataset: Dataset) -> Spots | None:
    version = dataset.latest
    if version is None:
        return None
    standard = standard_of(ws.standards, dataset.card, version)
    kind = _kind(dataset, version, standard.id if standard else "")
    if kind is None:
        return None
    return Spots(
        id=dataset.id,
        title=str(dataset.card["title"]),
        theme=str(dataset.card.get("theme") or (standard.theme if standard else "") or NO_THEME),
        kind=kind,
        n=version.n,
        rows=version.rows,
        as_of=as_of(version),
        standard=standard.id if standard else "",
        dongs=_dongs(ws, version) if kind in ("spots", "personal") else None,
    )


def _kind(dataset: Dataset, version: Version, standard: str) -> Kind | None:
    located: dict[str, Any] | None = version.facts.get("located")
    if personal_of(dataset, version.columns):
        return "personal" if located else None
    shapes = any(column.type == "geometry" for column in version.columns)
    if version.facts.get("feeds_register") and not shapes:
        return None
    if version.facts.get("feeds_register") or standard in ROLES:
        return "layer"
    levels = (located or {}).get("levels") or {}
    placed = sum(levels.values())
    if not placed:
        return None
    if sum(levels.get(level, 0) for level in _EXACT) < _SPOTS_SHARE * placed:
        return "areas"
    layer = next((each for each in version.facts.get("evidence") or () if each["decision"] == "layer"), None)
    return "areas" if shapes and layer and not str(layer["value"]).startswith("점") else "spots"


def _dongs(ws: Workspace, version: Version) -> dict[str, int] | None:
    """Rows by 행정동, from the cache or counted; None where there are too many to look at all of them."""
    told = json.dumps([_MAKE, version.deposit_id, [path.name for path in version.files]])
    name = f"dongs-{version.n}-{hashlib.sha256(told.encode()).hexdigest()[:16]}.json"
    path = ws.folder / "cache" / "maps" / version.dataset.id / name
    with suppress(OSError, ValueError):
        kept: dict[str, int] | None = json.loads(path.read_text(encoding="utf-8"))
        return kept
    rows = rows_of(version.files)
    found = None if rows is None or rows.sampled else rows.dongs
    keep(path, found, f"dongs-{version.n}-*.json")
    return found


def keep(path: Path, value: object, instead_of: str) -> None:
    """Write a value to the cache in place of files of that pattern; a cache that cannot be written does no harm."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        for old in path.parent.glob(instead_of):
            old.unlink(missing_ok=True)
        fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        if isinstance(value, bytes):
            fresh.write_bytes(value)
        else:
            fresh.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        fresh.replace(path)


def told_of(spots: Spots) -> dict[str, Any]:
    """A dataset in a few values that change whenever its version does."""
    return {key: value for key, value in asdict(spots).items() if key in ("id", "n", "rows", "standard")}
