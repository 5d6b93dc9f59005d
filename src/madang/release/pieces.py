"""The finest pieces into which tables together divide a dimension: values, ages, areas that overlap."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from madang.messages import MadangError
from madang.release.decision import Dim
from madang.release.space import Dimension

Relations = Mapping[frozenset[str], Sequence[Mapping[str, str]]]  # two systems of areas -> pairs that overlap
Use = tuple[int, "Dim | None", list[str]]  # number of the table, its dimension, the values it has there

_OLDEST = 200


def dimension_of(name: str, uses: Sequence[Use], relations: Relations, others: bool) -> Dimension:
    """The dimension `name` as tables use it. Units are single values (areas: ``system=code``), ``own:<n>`` for all
    values of table n, ``own:<n>/<digits>:<code>`` for its areas that begin so. `others`: there are also people
    whom no table names (rows were filtered)."""
    kinds = {dim.kind for _, dim, _ in uses if dim}
    values = sorted({value for _, _, found in uses for value in found})
    if kinds == {"area"}:
        inside = _areas(uses, relations)
    elif kinds == {"age"} and (spans := {v: span for v in values if (span := age_of(v))}).keys() == set(
        values
    ):
        cuts = sorted({end for span in spans.values() for end in span})
        inside = [
            tuple(v for v, (a, b) in spans.items() if a <= start and stop <= b)
            for start, stop in zip(cuts, cuts[1:], strict=False)
        ]
    else:
        if kinds == {"time"}:
            values = sorted({time_of(value) for value in values})
        inside = [(value,) for value in values]
    if others:
        inside = [*inside, ()]
    units: dict[str, list[int]] = {}
    for piece, names in enumerate(inside):
        for unit in names:
            units.setdefault(unit, []).append(piece)
    for number, dim, found in uses:
        _own(units, number, dim, found)
    return Dimension(name, len(inside), units)


def _own(units: dict[str, list[int]], number: int, dim: Dim | None, found: Sequence[str]) -> None:
    """Name what all values of one table, and its areas that begin alike, are made of."""
    groups: dict[str, set[int]] = {f"own:{number}": set()}
    for value in found:
        unit = f"{dim.system}={value}" if dim and dim.kind == "area" else value
        pieces = units.get(unit) or units.get(time_of(value)) or []
        groups[f"own:{number}"] |= set(pieces)
        for digits in dim.levels if dim else ():
            groups.setdefault(f"own:{number}/{digits}:{value[:digits]}", set()).update(pieces)
    for unit, pieces_ in groups.items():
        units[unit] = sorted(pieces_)


def _areas(uses: Sequence[Use], relations: Relations) -> list[tuple[str, ...]]:
    """Pieces of areas: where there is one system its areas, else what areas of all systems have in common."""
    codes: dict[str, set[str]] = {}
    for _, dim, found in uses:
        assert dim is not None
        codes.setdefault(dim.system, set()).update(found)
    systems = sorted(codes, key=lambda system: -len(codes[system]))
    pieces: list[dict[str, str]] = [{systems[0]: code} for code in sorted(codes[systems[0]])]
    for system in systems[1:]:
        base = next(
            (s for s in systems[: systems.index(system)] if frozenset((s, system)) in relations), None
        )
        if base is None:
            raise MadangError("release_no_relation", one=systems[0], other=system)
        pairs = relations[frozenset((base, system))]
        partners: dict[str, list[str]] = {}
        for pair in pairs:
            partners.setdefault(pair[base], []).append(pair[system])
        told = {other for others in partners.values() for other in others}
        if not codes[system] <= told or not codes[base] <= partners.keys():
            raise MadangError("release_no_relation", one=base, other=system)
        pieces = [{**piece, system: other} for piece in pieces for other in partners[piece[base]]]
    return [tuple(f"{system}={code}" for system, code in piece.items()) for piece in pieces]


def age_of(said: str) -> tuple[int, int] | None:
    """The ages that a text names, from and up to but not with: 0~4세 -> 0, 5; 100세 이상 -> 100, 200; None if none."""
    text = said.replace(" ", "")
    if found := re.fullmatch(r"만?(\d{1,3})세?[~\-–_](\d{1,3})세?", text):
        return int(found[1]), int(found[2]) + 1
    if found := re.fullmatch(r"만?(\d{1,3})(?:세?이상|\+|세\+|세?~)", text):
        return int(found[1]), _OLDEST
    if found := re.fullmatch(r"만?(\d{1,3})세?미만", text):
        return 0, int(found[1])
    if found := re.fullmatch(r"(\d{1,2}0)대", text):
        return int(found[1]), int(found[1]) + 10
    if found := re.fullmatch(r"만?(\d{1,3})세?", text):
        return int(found[1]), int(found[1]) + 1
    return None


def time_of(said: str) -> str:
    """A month, quarter or year as one text, however it was written: 2026.3/4, 2026-03, 2026년 3월."""
    if found := re.fullmatch(r"\s*(\d{4})\D{0,3}([1-4])\s*(?:/4|분기|Q)\D*", said):
        return f"{found[1]}-Q{found[2]}"
    if found := re.match(r"\s*(\d{4})\D{1,3}(\d{1,2})(?!\d)", said) or re.fullmatch(r"(\d{4})(\d{2})", said):
        return f"{found[1]}-{int(found[2]):02d}"
    return said.strip()
