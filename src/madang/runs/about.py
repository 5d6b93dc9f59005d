"""What stands around the result of a run, in words: the question, what was read and chosen, who made it and when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from madang.messages import Language, MadangError, text
from madang.results.report import SEOUL, About, Used
from madang.runs.analysis import Analyses, Analysis
from madang.runs.ledger import Run
from madang.runs.parameters import Parameter


def about(run: Run, analyses: Analyses | None, language: Language = "ko") -> About:
    """What a report of a run says beside its result; in the words of the card, where the analysis is still there."""
    analysis = analyses[run.analysis] if analyses is not None and run.analysis in analyses else None
    roles = {each.name: each.label for each in analysis.card.inputs} if analysis else {}
    inputs = tuple(
        Used(roles.get(each.role, each.role), each.title, f"{each.dataset}@{each.version}", each.as_of)
        for each in run.inputs
    )
    at = datetime.fromisoformat(run.at).astimezone(SEOUL)
    return About(
        run.title, analysis.card.question if analysis else run.title, inputs,
        tuple(values_said(parameters_of(analysis), run.parameters, language)),
        analysis.card.not_for if analysis else (), run.by, f"{at:%Y-%m-%d %H:%M}", run.seconds, run.key, lambda: run.borders,
    )  # fmt: skip


def parameters_of(analysis: Analysis | None) -> dict[str, Parameter]:
    """The parameters of an analysis by name; none where it is gone or cannot be read now."""
    try:
        return {each.name: each for each in analysis.parameters} if analysis else {}
    except MadangError:
        return {}


def values_said(
    known: Mapping[str, Parameter], values: Mapping[str, Any], language: Language = "ko"
) -> list[tuple[str, str]]:
    """What was chosen, in words and in the order of the form: by its label, or its name where it is not known any more."""
    named = [*(name for name in known if name in values), *(name for name in values if name not in known)]
    return [
        (known[name].label if name in known else name, value_said(known.get(name), values[name], language))
        for name in named
    ]


def value_said(parameter: Parameter | None, value: Any, language: Language = "ko") -> str:
    """A value of a parameter in words, with its unit."""
    if value is None or value == "":
        return text("result_unset", language)
    if isinstance(value, bool):
        return text("result_yes" if value else "result_no", language)
    if parameter is None:
        return str(value)
    if parameter.choices:
        return parameter.choices.get(str(value), str(value))
    shown = f"{value:,}" if isinstance(value, int | float) else str(value)
    return f"{shown}\u202f{parameter.unit}" if parameter.unit else shown
