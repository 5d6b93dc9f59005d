"""The section on places of a dataset's page, out of facts and receipt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import shapely
from django.utils.translation import gettext as _

from madang.bank import Version
from madang.places.crs import label, normal
from madang.web.desk.map_picture import Picture, picture_of
from madang.web.desk.pages import Evidence
from madang.web.desk.placed import Doubt, Level, Places, Rival
from madang.web.shell import words
from madang.workspace import Workspace

_TELLING = (
    "crs_asked",
    "crs_abroad",
    "crs_declared_off",
    "crs_needs_register",
    "no_register",
)  # reasons that are about places
_RULES = ("point_", "degrees_")
_RIVALS = 4
_EXCHANGED = "yx "


def places_of(ws: Workspace, version: Version, *, hidden: bool) -> Places | None:
    """Where the rows of a version are; None where nothing in it says so. `hidden`: it holds personal data."""
    located: Mapping[str, Any] | None = version.facts.get("located")
    if not located:
        return None
    rows, evidence = int(located["rows"]), version.facts.get("evidence") or ()
    crs = next((each for each in evidence if each["decision"] == "crs"), None)
    layer = next((each for each in evidence if each["decision"] == "layer"), None)
    return Places(
        rows=rows,
        found=int(located["dongs"]),
        areas=bool(version.facts.get("feeds_register")),
        registered=bool(located.get("register")),
        what=str(layer["value"]) if layer else "",
        levels=_levels(located["levels"], rows),
        crs=_evidence(crs) if crs and crs["value"] else None,
        declared_off_m=located.get("declared_off_m"),
        exchanged=bool(located.get("exchanged")),
        rivals=_rivals(located),
        told=tuple(
            words.reason(each)
            for each in version.receipt.get("reasons") or ()
            if each["code"].startswith(_TELLING) and "text" in each
        ),
        doubts=_doubts(version, located),
        picture=_picture(ws, version, hidden),
    )


def _picture(ws: Workspace, version: Version, hidden: bool) -> Picture | None:
    """The map; none where the files or the cache hold what cannot be drawn: the page has the rest to say."""
    try:
        return picture_of(ws, version, hidden=hidden)
    except (shapely.errors.ShapelyError, pa.ArrowException, OSError, ValueError):
        return None


def _evidence(stored: Mapping[str, Any]) -> Evidence:
    percent = round(100 * float(stored["confidence"]))
    return Evidence(words.DECISIONS["crs"], str(stored["value"]), str(stored["because"]), percent)


def _levels(counts: Mapping[str, int], rows: int) -> tuple[Level, ...]:
    return tuple(
        Level(*words.LEVELS[level], counts[level], 100 * counts[level] / rows)
        for level in words.LEVELS
        if counts.get(level)
    )


def _rivals(located: Mapping[str, Any]) -> tuple[Rival, ...]:
    found = []
    for name, share, metres, _rest in list(located.get("scores") or ())[:_RIVALS]:
        exchanged = str(name).startswith(_EXCHANGED)
        crs = normal(str(name).removeprefix(_EXCHANGED))
        chosen = crs == located.get("crs") and exchanged == bool(located.get("exchanged"))
        said = _("%(crs)s, 두 열을 바꿔") % {"crs": label(crs)} if exchanged else label(crs)
        found.append(Rival(said, 100 * float(share), metres, chosen))
    return tuple(found)


def _doubts(version: Version, located: Mapping[str, Any]) -> tuple[Doubt, ...]:
    """Rules about places with how many rows break them, as the deposit counted."""
    counts = {rule: int(count) for rule, count in (located.get("points") or {}).items()}
    for rule, count in (version.facts.get("problems_by_rule") or {}).items():
        if rule.startswith(_RULES):
            counts.setdefault(rule, int(count))
    doubts = [Doubt(rule, str(words.RULES.get(rule, rule)), count) for rule, count in counts.items() if count]
    return tuple(sorted(doubts, key=lambda doubt: -doubt.count))
