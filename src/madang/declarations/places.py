"""Loads what is declared about places: the table of 시도 and the changes of codes and names, shipped then workspace."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from madang.declarations.fields import Fields, bad
from madang.messages import text
from madang.places.codes import Sido
from madang.places.history import CodeChange, CodeHistory, NameAlias

SHIPPED = Path(__file__).parents[1] / "content" / "places"


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
    aliases: dict[tuple[str, str, str], NameAlias] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.toml")):
            fields = _read(file)
            sidos |= {sido.name: sido for sido in map(_sido, fields.tables("sido"))}
            for change in fields.tables("changes"):
                id_ = change.name("id")
                changes[id_] = _changes(change)
            found = [_alias(alias) for alias in fields.tables("aliases")]
            aliases |= {(alias.within, alias.old, alias.new): alias for alias in found}
            fields.done()
    every = tuple(pair for pairs in changes.values() for pair in pairs)
    return PlaceDeclarations(tuple(sidos.values()), CodeHistory(every), tuple(aliases.values()))


def _read(file: Path) -> Fields:
    try:
        return Fields(tomllib.loads(file.read_text(encoding="utf-8")), file, "")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad("standard_toml", file, "", reason=str(error)) from error


def _sido(fields: Fields) -> Sido:
    sido = Sido(
        name=fields.text("name", required=True),
        short=fields.text("short", required=True),
        mois=_digits(fields, "mois"),
        sgis=fields.text("sgis"),
        kdca=fields.text("kdca"),
        also=fields.texts("also"),
        old=fields.texts("old"),
        since=_day(fields, "since"),
        until=_day(fields, "until"),
    )
    fields.done()
    return sido


def _changes(fields: Fields) -> tuple[CodeChange, ...]:
    effective = _day(fields, "effective", required=True)
    kind = fields.choice("kind", ("rename", "merge", "split"))
    label = fields.text("label", required=True)
    source = fields.text("source", required=True)
    tail = not fields.boolean("renumbered")
    exact = fields.boolean("exact")
    verified = not fields.boolean("unverified")
    assert effective is not None
    made = []
    for pair in fields.tables("pairs", required=True):
        old, new = _digits(pair, "old"), _digits(pair, "new")
        if tail and len(old) != len(new):
            raise _wrong(pair, "new", new, text("code_digits", count=len(old)))
        weight = pair.number("weight")
        if not 0 <= weight < float("inf"):
            raise _wrong(pair, "weight", weight, "0.5")
        pair.text("name")
        pair.done()
        made.append(
            CodeChange(effective, old, new, kind, tail, exact, weight or None, label, source, verified)
        )
    fields.done()
    return tuple(made)


def _alias(fields: Fields) -> NameAlias:
    alias = NameAlias(
        fields.text("old", required=True),
        fields.text("new", required=True),
        fields.text("within"),
        fields.boolean("part"),
    )
    fields.done()
    return alias


def _digits(fields: Fields, key: str) -> str:
    """Two to ten digits, the beginning of a code."""
    value = fields.text(key, required=True)
    if not (value.isascii() and value.isdigit() and 2 <= len(value) <= 10):
        raise _wrong(fields, key, value, text("code_digits", count="2–10"))
    return value


def _day(fields: Fields, key: str, *, required: bool = False) -> date | None:
    value = fields.text(key, required=required)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError as error:
        raise _wrong(fields, key, value, '"2026-07-01"') from error


def _wrong(fields: Fields, key: str, value: object, expected: str) -> Exception:
    return bad("standard_type", fields.file, fields.key(key), value=value, expected=expected)
