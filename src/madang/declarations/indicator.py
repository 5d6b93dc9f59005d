"""A declared indicator (``content/indicators/<id>.toml``): rows, what is measured over them, and by what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from madang.declarations.analysis import Role
from madang.declarations.fields import Fields, bad
from madang.declarations.load import toml_of
from madang.declarations.table import inputs_of
from madang.messages import text

SHIPPED = Path(__file__).parents[1] / "content" / "indicators"
THEMES = ("안전", "경제", "복지", "행복", "인구", "환경", "교통", "행정", "공공데이터")
Time = Literal["week", "month", "quarter", "year", "stock"]
Direction = Literal["up", "down", "none"]
_TIMES = ("week", "month", "quarter", "year", "stock")
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_AREAS = Role("areas", ("area-boundary",), "행정동 이름", ("hjd_code", "area_name"), optional=True)


@dataclass(frozen=True)
class Indicator:
    """A number that is followed: `scale` times `numerator` by `denominator`, aggregates over the answer of the query `rows`.

    `rows` has one row for each row of the inputs that counts, with ``source_row``, ``dataset`` and, where there are several
    inputs, ``role``; ``day`` (a date) where `time` is not "stock"; ``area`` (the code of a 행정동, or nothing) where `by_area`.
    Without a denominator the numerator is the value. A "stock" is of the day that its first input speaks of.

    A `difference` is one of two counts, as of who came and who left: it may be below 0 and counts nobody.

    A period is whole where all its days lie before the day that the data speak of, less `lag_days`.

    `direction`: which way is better. `least`: cells of fewer people or cases than this are hidden (0: rows tell of things).
    """

    id: str
    label: str
    question: str
    why: str
    theme: str
    unit: str
    digits: int
    rows: str
    numerator: str
    denominator: str
    scale: float
    time: Time
    by_area: bool
    inputs: tuple[Role, ...]
    direction: Direction = "none"
    target: float | None = None
    owner: str = ""
    rhythm_days: int = 31
    least: int = 0
    parts: tuple[str, str] = ("", "")  # what the numerator and the denominator count, in words
    not_for: tuple[str, ...] = ()
    text: str = ""  # of the file, and of what the workspace says of it
    until: Literal["earliest", "newest"] = (
        "earliest"  # of several datasets: which one's day ends the last whole period
    )
    lag_days: int = 0  # days after which a row tells all that is asked of it
    difference: bool = False
    chosen: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))  # dataset by role


def load_indicator(file: Path) -> Indicator:
    """The indicator declared in one TOML file. Raises MadangError (codes ``standard_*``, ``analysis_card``)."""
    fields = Fields(toml_of(file), file, "")
    measure, by = fields.table("measure"), fields.table("by")
    if measure is None or by is None:
        raise bad("standard_key_missing", file, "measure, by")
    if not _ID.fullmatch(file.stem):
        raise bad("analysis_card", file, "id", reason=file.stem)
    time: Time = by.choice("time", _TIMES)
    by_area = by.boolean("area")
    found = Indicator(
        file.stem,
        fields.text("label", required=True),
        fields.text("question", required=True),
        fields.text("why", required=True),
        fields.choice("theme", THEMES),
        fields.text("unit"),
        fields.integer("digits") or 0,
        fields.text("rows", required=True),
        measure.text("numerator", required=True),
        measure.text("denominator"),
        measure.number("scale") or 1.0,
        time,
        by_area,
        (*inputs_of(fields, file), *((_AREAS,) if by_area else ())),
        fields.choice("direction", ("up", "down", "none"), default="none"),
        fields.number_or_none("target"),
        fields.text("owner"),
        fields.integer("rhythm_days") or 31,
        fields.integer("least") or 0,
        (measure.text("numerator_label"), measure.text("denominator_label")),
        fields.texts("not_for"),
        file.read_text("utf-8"),
        by.choice("until", ("earliest", "newest"), default="earliest"),
        by.integer("lag_days") or 0,
        measure.boolean("difference"),
    )
    if found.difference and found.least:
        raise bad("analysis_card", file, "measure.difference", reason=text("indicator_difference_least"))
    for each in (fields, measure, by):
        each.done()
    return found


def load_own_words(file: Path) -> dict[str, dict[str, Any]]:
    """What a workspace says of indicators that it did not write (``content/indicators.toml``): target (false: none), owner,
    inputs.

    Raises MadangError("standard_toml", "analysis_card").
    """
    told = toml_of(file) if file.is_file() else {}
    known = {"target": int | float, "owner": str, "inputs": dict}
    for name, words in told.items():
        if not isinstance(words, dict):
            raise bad("analysis_card", file, name, reason=str(words))
        for key, value in words.items():
            without = key == "target" and value is False
            if key not in known or not (without or isinstance(value, known[key])) or value is True:
                raise bad("analysis_card", file, f"{name}.{key}", reason=str(value))
    return told


def with_words(indicator: Indicator, words: Mapping[str, Any]) -> Indicator:
    """The indicator with what its workspace says of it."""
    if not words:
        return indicator
    target = words.get("target", indicator.target)
    return replace(
        indicator,
        target=None if target is None or target is False else float(target),
        owner=words.get("owner", indicator.owner),
        chosen=MappingProxyType(dict(words.get("inputs", {}))),
        text=f"{indicator.text}\n# {sorted(words.items())!r}",
    )
