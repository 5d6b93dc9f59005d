"""The SVG of a picture in one width: names, ticks, marks and their direct labels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from datetime import date
from html import escape
from typing import Any

from madang.messages import Language, text
from madang.results.charts import MOST_SERIES, Axis, Mark, Picture, _number
from madang.results.result import Column
from madang.results.said import said

_LINE = 24  # of text and bars, in pixels
_LETTER = 13.0
_TOP, _BOTTOM, _HEIGHT = 14, 44, 300
_MOST_NAMED = 14  # lines that are called by name beside their ends: as many as stand one below the other
_KEY, _APART = (
    14,
    16,
)  # of names beside their lines: the piece of the line before each, and from one to the next


def svg(picture: Picture, width: int, alt: str, kind: str) -> str:
    """`picture` in `width` pixels, said as `alt` to those who do not see it; `kind` is a class of its own."""
    return framed(*(_lying if picture.lies else _standing)(picture, width), width, alt, kind)


def framed(body: Sequence[str], height: float, width: int, alt: str, kind: str) -> str:
    """The pieces of a picture as one."""
    return (
        f'<svg class="picture {kind}" viewBox="0 0 {width} {height:g}" role="img" aria-label="{escape(alt)}">'
        f"{''.join(body)}</svg>"
    )


# names down the side, numbers to the right -----------------------------------------------------------------


def _lying(picture: Picture, width: int) -> tuple[list[str], int]:
    axis, names = picture.x, picture.y.names
    narrow = width < 500
    step = 2 * _LINE if narrow else _LINE + 6
    left = 0.0 if narrow else min(0.34 * width, max(map(_long, names)) + 10)
    values = [_value(value, "", picture) for mark in picture.marks if mark.kind == "bar" for value in mark.x]
    if (
        values and axis.side == "number"
    ):  # as much room as beside a picture with longer bars on the same scale
        values.append(_value(axis.high, "", picture))
    right = max([_long(each) for each in values], default=40.0) + 10
    room = width - left - right
    body = [_text(left - 8, _middle(at, step), _short(name, left - 8), "name end") for at, name in enumerate(names)
            ] if not narrow else [_text(0, at * step + 15, _short(name, width), "name") for at, name in enumerate(names)]  # fmt: skip
    down = _LINE - 2 if narrow else 4
    ends: dict[int, float] = {}
    for mark in picture.marks:
        for at, x, x2, series in _rows(mark, picture):
            place = picture.y.at(mark.y[at])
            if place is None or x is None:
                continue
            line = round(place * len(names) - 0.5)
            span = left + x * room, left + (x2 or 0.0) * room
            ends[line] = max(ends.get(line, 0), *span)
            body += _laid(mark, span, line * step + down, _class(picture, series))
    zero = left + (axis.at(0) or 0) * room
    body.append(f'<path class="base" d="M{zero:.1f} 0V{len(names) * step}"/>')
    for mark in picture.marks:
        for name, value in zip(mark.y, mark.x, strict=True) if mark.kind == "bar" else ():
            place = picture.y.at(name)
            if place is not None:
                line = round(place * len(names) - 0.5)
                body.append(
                    _text(
                        ends.get(line, zero) + 6,
                        line * step + down + 15,
                        _value(value, str(name), picture),
                        "value",
                    )
                )
    return body, len(names) * step + 4


def _value(value: Any, name: str, picture: Picture) -> str:
    if value is None and name in picture.withheld:
        return text("map_withheld", picture.language)
    return said(value, picture.x.column, language=picture.language)


def _laid(mark: Mark, span: tuple[float, float], top: float, series: str) -> Iterator[str]:
    x, start = span
    height = _LINE - 4
    if mark.kind == "bar":
        yield f'<rect class="{series}" x="{min(span):.1f}" y="{top:.1f}" width="{max(abs(x - start), 1.0):.1f}" height="{height}"/>'
    elif mark.kind == "rule":
        middle = top + height / 2
        yield f'<path class="rule" d="M{x:.1f} {middle:.1f}H{start:.1f}M{x:.1f} {middle - 4:.1f}v8M{start:.1f} {middle - 4:.1f}v8"/>'
    else:
        yield f'<circle class="{series}" cx="{x:.1f}" cy="{top + height / 2:.1f}" r="5"/>'


def _rows(mark: Mark, picture: Picture) -> Iterator[tuple[int, float | None, float | None, str]]:
    """Each row of a layer with where its number begins and ends along the axis; a bar without a second end begins at zero."""
    zero = picture.x.at(0 if picture.x.side == "number" else picture.x.low)
    for at, value in enumerate(mark.x):
        other = picture.x.at(mark.x2[at]) if mark.x2 else zero
        yield at, picture.x.at(value), other, mark.series[at] if mark.series else ""


def _middle(at: int, step: int) -> float:
    return at * step + step / 2 + 4


# numbers, times or a few names along, numbers upwards --------------------------------------------------------


def _standing(picture: Picture, width: int) -> tuple[list[str], int]:
    narrow = width < 500
    ticks = list(_ticks(picture.y, 4 if narrow else 5, picture.language))
    left = max(_long(label) for _, label in ticks) + 10
    ends = _ends(picture)
    right = min(0.34 * width, max([_long(name) for name, *_ in ends], default=0) + _KEY + 20) if ends else 16
    room, high = width - left - right, _HEIGHT - _TOP - _BOTTOM
    inset = _inset(picture, room)

    def x(value: Any) -> float | None:
        place = picture.x.at(value)
        return None if place is None else left + inset + place * (room - 2 * inset)

    def y(value: Any) -> float | None:
        place = picture.y.at(value)
        return None if place is None else _TOP + (1 - place) * high

    body = []
    for value, label in ticks:
        at = y(value) or 0.0
        body.append(f'<path class="grid" d="M{left:.1f} {at:.1f}H{left + room:.1f}"/>')
        body.append(_text(left - 8, at + 4, label, "end"))
    for value, label in _ticks(picture.x, 3 if narrow else 6, picture.language):
        body.append(
            _text(min(max(x(value) or 0.0, left), width - _long(label) / 2), _HEIGHT - 24, label, "middle")
        )
    body.append(_text(left + room / 2, _HEIGHT - 5, _title(picture.x.column), "middle title"))
    order = {"area": 0, "bar": 1, "rule": 2, "line": 3, "point": 4}
    for mark in sorted(picture.marks, key=lambda each: order[each.kind]):
        body += _stood(mark, picture, x, y, room)
    body += _named(ends, y, left + room + 8, right - 8)
    return body, _HEIGHT


def _inset(picture: Picture, room: float) -> float:
    """Half of the room of a column, so that the first and the last stand inside."""
    columns = [len(set(map(str, mark.x))) for mark in picture.marks if mark.kind == "bar"]
    return room / max(columns) / 2 if columns and picture.x.side != "names" else 0.0


def _stood(mark: Mark, picture: Picture, x: Any, y: Any, room: float) -> Iterator[str]:
    base = y(min(max(0.0, picture.y.low), picture.y.high))
    wide = max(2.0, 0.8 * room / max(1, len(set(map(str, mark.x)))))
    for series in dict.fromkeys(mark.series or ("",)):
        rows = [at for at in range(len(mark.x)) if not mark.series or mark.series[at] == series]
        there = [(x(mark.x[at]), y(mark.y[at]), y(mark.y2[at]) if mark.y2 else base) for at in rows]
        points = [(a, b, c) for a, b, c in there if a is not None and b is not None and c is not None]
        style = _class(picture, series)
        if mark.kind in ("line", "area"):
            for piece in _pieces(there):
                yield _run(mark, piece, style)
        elif mark.kind == "bar":
            for a, b, c in points:
                yield f'<rect class="{style}" x="{a - wide / 2:.1f}" y="{min(b, c):.1f}" width="{wide:.1f}" height="{max(abs(b - c), 1):.1f}"/>'
        elif mark.kind == "rule":
            yield "".join(f'<path class="rule" d="M{a:.1f} {b:.1f}V{c:.1f}"/>' for a, b, c in points)
        else:
            yield "".join(f'<circle class="{style}" cx="{a:.1f}" cy="{b:.1f}" r="4"/>' for a, b, _ in points)


def _pieces(points: Sequence[tuple[Any, Any, Any]]) -> Iterator[list[tuple[float, float, float]]]:
    """Points along a line, in pieces between those that are empty."""
    piece: list[tuple[float, float, float]] = []
    for each in sorted((each for each in points if each[0] is not None), key=lambda each: each[0]):
        if None not in each:
            piece.append(each)
        elif piece:
            yield piece
            piece = []
    if piece:
        yield piece


def _run(mark: Mark, points: Sequence[tuple[float, float, float]], style: str) -> str:
    along = _path([(a, b) for a, b, _ in points], mark.step)
    if mark.kind == "line":
        return f'<path class="line {style}" d="{along}"/>'
    back = _path([(a, c) for a, _, c in points], mark.step, back=True)
    return f'<path class="band {style}" d="{along}L{back[1:]}Z"/>'


def _path(points: Sequence[tuple[float, float]], step: bool, *, back: bool = False) -> str:
    """Through all points; of steps each level holds until the next begins."""
    shown = list(points)
    if step:
        shown = [each for (a, b), (c, _d) in zip(points, [*points[1:], points[-1]], strict=True) for each in ((a, b), (c, b))] if points else []  # fmt: skip
    if back:
        shown.reverse()
    return "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in shown)


def _ends(picture: Picture) -> list[tuple[str, Any, str]]:
    """The last value of each line, to write its name beside it: name, value, class."""
    if len(picture.series) < 2:
        return []
    found = []
    for series in picture.series[:_MOST_NAMED]:
        last = [(_number(mark.x[at]) or 0.0, mark.y[at]) for mark in picture.marks if mark.kind in ("line", "point")
                for at in range(len(mark.x)) if mark.series and mark.series[at] == series and _number(mark.y[at]) is not None]  # fmt: skip
        if last:
            found.append((series, max(last, key=lambda each: each[0])[1], _class(picture, series)))
    return found


def _named(ends: list[tuple[str, Any, str]], y: Any, x: float, room: float) -> Iterator[str]:
    """Names of lines at their ends, each behind a piece of its line, moved apart where they would lie over each other."""
    placed = sorted(((y(value), name, style) for name, value, style in ends), key=lambda each: each[0])
    for place, (_, name, style) in zip(_apart([each[0] for each in placed]), placed, strict=True):
        yield f'<path class="line key {style}" d="M{x:.1f} {place:.1f}h{_KEY}"/>'
        yield _text(x + _KEY + 4, place + 4, _short(name, room - _KEY - 4), f"series {style}")


def _apart(wanted: Sequence[float]) -> list[float]:
    """Places as near as can be to those wanted, in their order, a line of letters between any two and all in the picture."""
    groups: list[tuple[float, int]] = []  # of names that touch: where the first would be, how many
    for at, place in enumerate(wanted):
        groups.append((place - at * _APART, 1))
        while len(groups) > 1 and groups[-2][0] > groups[-1][0]:
            (high, few), (low, more) = groups[-2:]
            groups[-2:] = [((high * few + low * more) / (few + more), few + more)]
    firsts = [first for first, count in groups for _ in range(count)]
    lowest = _HEIGHT - _BOTTOM - (len(wanted) - 1) * _APART
    return [max(min(first, lowest), _TOP - 8.0) + at * _APART for at, first in enumerate(firsts)]


# words ------------------------------------------------------------------------------------------------------


def _ticks(axis: Axis, most: int, language: Language) -> Iterator[tuple[Any, str]]:
    if axis.side == "names":
        each = max(1, math.ceil(len(axis.names) / most))
        yield from ((name, _short(name, 90)) for name in axis.names[::each])
    elif axis.side == "time":
        pieces = max(1, most - 1)
        for place in range(pieces + 1):
            day = date.fromordinal(round(axis.low + (axis.high - axis.low) * place / pieces))
            yield day, day.isoformat()[:7] if axis.high - axis.low > 60 else day.isoformat()[5:]
    else:
        step = _nice((axis.high - axis.low) / most)
        first = math.ceil(axis.low / step - 1e-9)
        for place in range(first, math.floor(axis.high / step + 1e-9) + 1):
            digits = max(0, -math.floor(math.log10(step) + 1e-9))
            yield place * step, said(place * step, Column("", "", "number", "", digits), language=language)


def _nice(rough: float) -> float:
    size: float = 10.0 ** math.floor(math.log10(rough)) if rough > 0 else 1.0
    return next(size * each for each in (1, 2, 5, 10) if size * each >= rough * 0.999)


def _title(column: Column) -> str:
    unit = column.unit or ("%" if column.kind == "percent" else "")
    return f"{column.label} ({unit})" if unit else column.label


def _class(picture: Picture, series: str) -> str:
    place = picture.series.index(series) if series in picture.series and len(picture.series) > 1 else 0
    return f"s{place}" if place < MOST_SERIES else "rest"


def _text(x: float, y: float, words: str, kind: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _long(words: str) -> float:
    """About how many pixels a text takes: letters of Hangul are twice as wide as those of Latin."""
    return sum(_LETTER if ord(each) > 0x1100 and each != "\u202f" else 0.58 * _LETTER for each in words)


def _short(words: str, room: float) -> str:
    if _long(words) <= room:
        return words
    kept = words
    while kept and _long(kept) > room - _LETTER:
        kept = kept[:-1]
    return f"{kept}…"
