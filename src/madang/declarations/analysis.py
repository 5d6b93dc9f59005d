"""The card of an analysis: ``card.toml`` beside its ``analysis.py``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from madang.declarations.fields import bad

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_TEXTS = ("title", "question", "why", "theme", "author", "checker", "method")
_LISTS = ("not_for",)


@dataclass(frozen=True)
class Role:
    """An input of an analysis: of which standard a dataset has to be (one of several), and what it is to the question.

    `columns` are names of the standard that are read, `also` those that are where a version has them; without an `optional` input the analysis runs too. A role that
    takes `many` has all datasets that fit, their rows one behind the other. `redacted` are columns of free text that are
    personal: an analysis of ours gets them without any number of a person (`Input.texts`), others do not get them.
    """

    name: str
    standards: tuple[str, ...]
    label: str
    columns: tuple[str, ...] = ()
    optional: bool = False
    many: bool = False
    redacted: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def standard(self) -> str:
        """Its standards in words."""
        return ", ".join(self.standards)


@dataclass(frozen=True)
class AnalysisCard:
    """What an analysis asks, why it matters, of which tables, who answers for it and what it must not be used for.

    `review_days` is after how long somebody looks whether it still holds. `parameters`: words of the form, by name.
    """

    id: str
    title: str
    question: str
    why: str
    inputs: tuple[Role, ...]
    theme: str = ""
    author: str = ""
    checker: str = ""
    method: str = ""
    review_days: int = 365
    not_for: tuple[str, ...] = ()
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))

    def role(self, name: str) -> Role | None:
        return next((each for each in self.inputs if each.name == name), None)


def load_analysis_card(folder: Path) -> AnalysisCard:
    """The card of the analysis in `folder`. Raises MadangError: analysis_card, toml_broken."""
    path = folder / "card.toml"
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise bad("analysis_card", path, "-", reason=str(error)) from None
    if not _ID.fullmatch(folder.name):
        raise bad("analysis_card", path, "id", reason=folder.name)
    inputs = told.pop("inputs", {})
    words = told.pop("parameters", {})
    for key, value in told.items():
        wanted = str if key in _TEXTS else list if key in _LISTS else int if key == "review_days" else None
        if wanted is None or not isinstance(value, wanted):
            raise bad("analysis_card", path, key, reason=str(value))
    for key in ("title", "question", "why"):
        if not str(told.get(key, "")).strip():
            raise bad("analysis_card", path, key, reason="")
    if not isinstance(inputs, dict) or not inputs or not isinstance(words, dict):
        raise bad("analysis_card", path, "inputs", reason="")
    told["not_for"] = tuple(map(str, told.get("not_for", ())))
    roles = tuple(role_of(path, name, each) for name, each in inputs.items())
    return AnalysisCard(folder.name, inputs=roles, parameters=MappingProxyType(words), **told)


def role_of(path: Path, name: str, told: Any) -> Role:
    """The input declared as ``[inputs.name]`` of the file at `path`. Raises MadangError("analysis_card")."""
    known = {
        "standard": str | list,
        "label": str,
        "columns": list,
        "optional": bool,
        "many": bool,
        "redacted": list,
        "also": list,
    }
    if not isinstance(told, dict) or not told.get("standard"):
        raise bad("analysis_card", path, f"inputs.{name}", reason=str(told))
    for key, value in told.items():
        if key not in known or not isinstance(value, known[key]):
            raise bad("analysis_card", path, f"inputs.{name}.{key}", reason=str(value))
    standards = told["standard"] if isinstance(told["standard"], list) else [told["standard"]]
    return Role(
        name, tuple(map(str, standards)), told.get("label", name), tuple(map(str, told.get("columns", ()))),
        told.get("optional", False), told.get("many", False), tuple(map(str, told.get("redacted", ()))),
        tuple(map(str, told.get("also", ()))),
    )  # fmt: skip
