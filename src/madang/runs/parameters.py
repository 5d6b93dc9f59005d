"""Parameters of an analysis, told from the signature of its ``run``: form, command line and API are made of them.

def run(inputs: Inputs, *, sites: Annotated[int, Range(1, 20)] = 3, way: Literal["walk", "straight"] = "walk") -> Result
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from madang.messages import MadangError

Kind = Literal["integer", "number", "yes_no", "text", "date", "choice"]
_KINDS: dict[type, Kind] = {int: "integer", float: "number", bool: "yes_no", str: "text", date: "date"}
_MOST_TEXT = 200


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both allowed; in steps of `step`, where people turn a knob."""

    low: float
    high: float
    step: float | None = None


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, its kind, what it is unless said otherwise, and what it may be.

    `label`, `help` and the words of `choices` (value -> word) come from the card. An `optional` one may be empty (None):
    then the analysis takes it from the data.
    """

    name: str
    kind: Kind
    default: Any
    label: str
    help: str = ""
    unit: str = ""
    range: Range | None = None
    choices: Mapping[str, str] | None = None
    optional: bool = False

    def read(self, said: Any) -> Any:
        """The value that `said` means, text or typed. Raises MadangError: run_value, run_choice, run_range."""
        if self.optional and (said is None or not str(said).strip()):
            return None
        value = _typed(self, said)
        if self.choices is not None and value not in self.choices:
            raise MadangError("run_choice", parameter=self.label, value=said, choices=", ".join(self.choices))
        if self.range is not None and not self.range.low <= value <= self.range.high:
            low, high = f"{self.range.low:,g}", f"{self.range.high:,g}"
            raise MadangError("run_range", parameter=self.label, value=said, low=low, high=high)
        return value


def parameters_of(run: Callable[..., Any], words: Mapping[str, Mapping[str, Any]]) -> tuple[Parameter, ...]:
    """The keyword arguments of `run`; `words` are the card's labels. Raises MadangError("analysis_parameter")."""
    hints = get_type_hints(run, include_extras=True)
    found = []
    for name, each in inspect.signature(run).parameters.items():
        if each.kind is inspect.Parameter.KEYWORD_ONLY:
            if each.default is inspect.Parameter.empty or name not in hints:
                raise MadangError("analysis_parameter", parameter=name)
            found.append(_parameter(name, hints[name], each.default, words.get(name, {})))
    unknown = words.keys() - {each.name for each in found}
    if unknown:
        raise MadangError("analysis_parameter", parameter=", ".join(sorted(unknown)))
    return tuple(found)


def values_of(parameters: tuple[Parameter, ...], said: Mapping[str, Any]) -> dict[str, Any]:
    """The value of every parameter, as said or as it is by default. Raises MadangError: run_parameter, run_value …"""
    known = {each.name for each in parameters}
    for name in said:
        if name not in known:
            raise MadangError("run_parameter", parameter=name, parameters=", ".join(sorted(known)) or "-")
    return {
        each.name: each.read(said[each.name]) if each.name in said else each.default for each in parameters
    }


def _parameter(name: str, hint: Any, default: Any, words: Mapping[str, Any]) -> Parameter:
    limits, optional = None, False
    while get_origin(hint) is Annotated or isinstance(hint, UnionType) or get_origin(hint) is Union:
        if get_origin(hint) is Annotated:
            hint, *more = get_args(hint)
            limits = next((each for each in more if isinstance(each, Range)), limits)
            continue
        kinds = [each for each in get_args(hint) if each is not type(None)]
        if len(kinds) != 1:
            raise MadangError("analysis_parameter", parameter=name)
        hint, optional = kinds[0], True
    choices = None
    if get_origin(hint) is Literal:
        told = words.get("choices", {})
        choices = {str(each): str(told.get(str(each), each)) for each in get_args(hint)}
    elif hint not in _KINDS:
        raise MadangError("analysis_parameter", parameter=name)
    kind: Kind = "choice" if choices is not None else _KINDS[hint]
    return Parameter(
        name, kind, default, str(words.get("label", name)), str(words.get("help", "")),
        str(words.get("unit", "")), limits, choices, optional,
    )  # fmt: skip


def _typed(parameter: Parameter, said: Any) -> Any:
    text = str(said).strip()
    try:
        match parameter.kind:
            case "integer":
                return int(text.replace(",", ""))
            case "number":
                value = float(text.replace(",", ""))
                if value != value or value in (float("inf"), float("-inf")):
                    raise ValueError
                return value
            case "yes_no":
                return {"true": True, "1": True, "on": True, "예": True, "false": False, "0": False, "": False,
                        "아니요": False}[text.lower()]  # fmt: skip
            case "date":
                return date.fromisoformat(text)
    except (ValueError, KeyError):
        raise MadangError("run_value", parameter=parameter.label, value=said) from None
    if len(text) > _MOST_TEXT:
        raise MadangError("run_value", parameter=parameter.label, value=text[:40] + "…")
    return text
