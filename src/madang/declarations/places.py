"""Loads what is declared about places: the table of 시도 and the changes of codes and names, shipped then workspace."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from madang.declarations.fields import bad
from madang.places.codes import Sido
from madang.places.history import CodeChange, CodeHistory, NameAlias

SHIPPED = Path(__file__).parents[1] / "content" / "places"
_KINDS = ("rename", "merge", "split")
_CHANGE_KEYS = {
    "id", "effective", "kind", "label", "source", "verified", "tail", "exact", "pairs", "weights",
}  # fmt: skip


@dataclass(frozen=True)
class PlaceDeclarations:
    """Everything declared about places: 시도, changes of codes, names that mean the same place."""

    sidos: tuple[Sido, ...]
    history: CodeHistory
    aliases: tuple[NameAlias, ...]


def load_places(*folders: Path) -> PlaceDeclarations:
    """What the TOML files of `folders` declare; call it with `SHIPPED` first, then the workspace's ``content/places``.

    Changes add up; of two with one id the later folder's stands, so a workspace can correct or complete a shipped one
    (weights of a split, a new day). A folder that does not exist is empty. Raises MadangError (codes ``standard_*``)
    for a file that is not valid, naming file and key.
    """
    sidos: dict[str, Sido] = {}
    changes: dict[str, tuple[CodeChange, ...]] = {}
    aliases: dict[tuple[str, str], NameAlias] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            table = _read(file)
            for index, entry in enumerate(table.pop("sido", []), 1):
                sido = _sido(entry, file, f"sido[{index}]")
                sidos[sido.name] = sido
            for index, entry in enumerate(table.pop("changes", []), 1):
                key = f"changes[{index}]"
                changes[_text(entry, "id", file, key)] = _changes(entry, file, key)
            for index, entry in enumerate(table.pop("aliases", []), 1):
                alias = _alias(entry, file, f"aliases[{index}]")
                aliases[alias.old, alias.new] = alias
            _nothing_left(table, file, "")
    every = tuple(change for each in changes.values() for change in each)
    return PlaceDeclarations(tuple(sidos.values()), CodeHistory(every), tuple(aliases.values()))


def _read(file: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad("standard_toml", file, "", reason=str(error)) from error
    for key, value in table.items():
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            raise _wrong(file, key, value, "[[…]]")
    return table


def _sido(entry: dict[str, Any], file: Path, key: str) -> Sido:
    sido = Sido(
        name=_text(entry, "name", file, key),
        short=_text(entry, "short", file, key),
        mois=_text(entry, "mois", file, key),
        sgis=_text(entry, "sgis", file, key, ""),
        kdca=_text(entry, "kdca", file, key, ""),
        also=_texts(entry, "also", file, key),
        old=_texts(entry, "old", file, key),
        since=_day(entry, "since", file, key),
        until=_day(entry, "until", file, key),
    )
    known = {"name", "short", "mois", "sgis", "sgis_verified", "kdca", "also", "old", "since", "until"}
    _nothing_left({name: value for name, value in entry.items() if name not in known}, file, key)
    return sido


def _changes(entry: dict[str, Any], file: Path, key: str) -> tuple[CodeChange, ...]:
    _nothing_left({name: value for name, value in entry.items() if name not in _CHANGE_KEYS}, file, key)
    effective = _day(entry, "effective", file, key)
    kind = _text(entry, "kind", file, key)
    if effective is None:
        raise bad("standard_key_missing", file, f"{key}.effective")
    if kind not in _KINDS:
        raise bad("standard_choice", file, f"{key}.kind", value=kind, choices=", ".join(_KINDS))
    pairs = entry.get("pairs")
    if not isinstance(pairs, list) or not pairs:
        raise bad("standard_key_missing", file, f"{key}.pairs")
    weights = entry.get("weights", [None] * len(pairs))
    if not isinstance(weights, list) or len(weights) != len(pairs):
        raise _wrong(file, f"{key}.weights", weights, f"[{len(pairs)}]")
    tail = _flag(entry, "tail", True, file, key)
    made = []
    for index, (pair, weight) in enumerate(zip(pairs, weights, strict=True), 1):
        old, new = _pair(pair, tail, file, f"{key}.pairs[{index}]")
        made.append(
            CodeChange(
                effective=effective,
                old=old,
                new=new,
                kind=kind,  # type: ignore[arg-type]
                tail=tail,
                exact=_flag(entry, "exact", False, file, key),
                weight=_weight(weight, file, f"{key}.weights[{index}]"),
                label=_text(entry, "label", file, key),
                source=_text(entry, "source", file, key, ""),
                verified=_flag(entry, "verified", True, file, key),
            )
        )
    return tuple(made)


def _pair(pair: Any, tail: bool, file: Path, key: str) -> tuple[str, str]:
    """Old and new digits; a name may follow. Digits that are kept must stand at the same place."""
    texts = isinstance(pair, list) and len(pair) in (2, 3) and all(isinstance(each, str) for each in pair)
    if not texts or not all(each.isascii() and each.isdigit() and 2 <= len(each) <= 10 for each in pair[:2]):
        raise _wrong(file, key, pair, '["29110", "12210", "동구"]')
    if tail and len(pair[0]) != len(pair[1]):
        raise _wrong(file, key, pair, "tail = false")
    return pair[0], pair[1]


def _weight(value: Any, file: Path, key: str) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
        raise _wrong(file, key, value, "0–1")
    return float(value)


def _alias(entry: dict[str, Any], file: Path, key: str) -> NameAlias:
    alias = NameAlias(
        old=_text(entry, "old", file, key),
        new=_text(entry, "new", file, key),
        within=_text(entry, "within", file, key, ""),
    )
    _nothing_left({name: each for name, each in entry.items() if name not in ("old", "new", "within")}, file, key)
    return alias


def _text(entry: dict[str, Any], name: str, file: Path, key: str, default: str | None = None) -> str:
    value = entry.get(name, default)
    if value is None:
        raise bad("standard_key_missing", file, f"{key}.{name}")
    if not isinstance(value, str):
        raise _wrong(file, f"{key}.{name}", value, "text")
    return value


def _texts(entry: dict[str, Any], name: str, file: Path, key: str) -> tuple[str, ...]:
    value = entry.get(name, [])
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise _wrong(file, f"{key}.{name}", value, "[text, …]")
    return tuple(value)


def _flag(entry: dict[str, Any], name: str, default: bool, file: Path, key: str) -> bool:
    value = entry.get(name, default)
    if not isinstance(value, bool):
        raise _wrong(file, f"{key}.{name}", value, "true | false")
    return value


def _day(entry: dict[str, Any], name: str, file: Path, key: str) -> date | None:
    value = entry.get(name)
    if value is not None and type(value) is not date:
        raise _wrong(file, f"{key}.{name}", value, "2026-07-01")
    return value


def _nothing_left(table: dict[str, Any], file: Path, key: str) -> None:
    for name in table:
        raise bad("standard_key_unknown", file, f"{key}.{name}" if key else name, near="-")


def _wrong(file: Path, key: str, value: Any, expected: str) -> Exception:
    return bad("standard_type", file, key, value=value, expected=expected)
