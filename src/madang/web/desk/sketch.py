"""What the columns of a version look like: a small picture and a sentence each, counted once for a version and a view."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from madang.access import View
from madang.bank import Version
from madang.engine.row_store import Source
from madang.engine.rows_sketch import Sketch, sketches
from madang.web.desk.map_spots import keep
from madang.web.shell.workspace import workspace

_WHILE_YOU_WAIT_ROWS = 500_000
_MAKE = "1"
_WIDTH, _HEIGHT = 120, 30
_counting: set[Path] = set()


@dataclass(frozen=True)
class Stroke:
    """One bar of a sketch."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Drawn:
    """A column: the sentence that says it all, and the bars that show it."""

    words: str
    bars: tuple[Stroke, ...] = ()


def drawn_columns(version: Version, view: View) -> dict[str, Drawn] | None:
    """By name of the column; None while a large version is being counted for the first time."""
    found = _sketches(version, view)
    return None if found is None else {each.name: _drawn(each) for each in found}


def _sketches(version: Version, view: View) -> Sequence[Sketch] | None:
    if not version.files:
        return []
    told = json.dumps(
        [_MAKE, [path.name for path in version.files], sorted(view.masked), view.own_rows, view.own_values]
    )
    key = hashlib.sha256(told.encode()).hexdigest()[:16]
    place = workspace().folder / "cache" / "maps" / version.dataset.id / f"sketches-{version.n}-{key}.json"
    with suppress(OSError, ValueError, TypeError, KeyError):
        return [_read(each) for each in json.loads(place.read_text(encoding="utf-8"))]
    source, columns = Source(tuple(version.files)), version.columns
    if version.rows <= _WHILE_YOU_WAIT_ROWS:
        return _counted(place, source, view, columns)
    if place not in _counting:
        _counting.add(place)
        threading.Thread(target=_behind, args=(place, source, view, columns), daemon=True).start()
    return None


def _behind(place: Path, source: Source, view: View, columns: list) -> None:  # type: ignore[type-arg]
    try:
        _counted(place, source, view, columns)
    finally:
        _counting.discard(place)


def _counted(place: Path, source: Source, view: View, columns: list) -> list[Sketch]:  # type: ignore[type-arg]
    found = sketches(source, view, columns)
    keep(place, [asdict(each) for each in found], f"{place.stem}*.json")
    return found


def _read(stored: dict) -> Sketch:  # type: ignore[type-arg]
    bins, top = tuple(stored["bins"]), tuple((value, count) for value, count in stored["top"])
    return Sketch(**{**stored, "bins": bins, "top": top})


def _drawn(sketch: Sketch) -> Drawn:
    if sketch.masked:
        return Drawn(_("가린 항목. {empty}").format(empty=_empty(sketch)))
    if any(sketch.bins):
        return Drawn(_range(sketch), _bars(sketch.bins))
    if sketch.top:
        shown = ", ".join(f"{value[:20]} {count:,}" for value, count in sketch.top[:3])
        kinds = _("서로 다른 값 {distinct}가지쯤").format(distinct=f"{sketch.distinct or 0:,}")
        return Drawn(f"{shown}. {kinds}. {_empty(sketch)}", _bars([count for _value, count in sketch.top]))
    if sketch.smallest is not None:
        return Drawn(_range(sketch))
    if sketch.distinct:
        return Drawn(
            _("서로 다른 값 {distinct}가지쯤. {empty}").format(
                distinct=f"{sketch.distinct:,}", empty=_empty(sketch)
            )
        )
    return Drawn(_empty(sketch))


def _range(sketch: Sketch) -> str:
    ends = f"{_number(sketch.smallest)} ~ {_number(sketch.largest)}{' ' + sketch.unit if sketch.unit else ''}"
    mean = (
        _(", 평균 {mean}").format(mean=_number(sketch.mean))
        if sketch.mean is not None and sketch.type != "year"
        else ""
    )
    return f"{ends}{mean}. {_empty(sketch)}"


def _number(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) and value > 9999 else str(value)


def _empty(sketch: Sketch) -> str:
    if not sketch.empty:
        return _("빈 칸 없음")
    return _("빈 칸 {empty}").format(empty=f"{sketch.empty:,}")


def _bars(counts: Sequence[int]) -> tuple[Stroke, ...]:
    most, step = max(counts), _WIDTH / len(counts)
    return tuple(
        Stroke(round(place * step, 1), round(_HEIGHT - height, 1), round(step * 0.85, 1), height)
        for place, count in enumerate(counts)
        if (height := round(max(1.0, _HEIGHT * count / most), 1)) and count
    )
