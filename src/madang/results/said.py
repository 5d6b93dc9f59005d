"""Numbers and sentences of a result as people read them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from madang.messages import Language, MadangError, text
from madang.messages.josa import with_josa
from madang.results.result import Cell, Chart, Column, Finding, Result, Value

THIN = "\u202f"
_FIELD = re.compile(r"\{(\w+)\}(\{(?:을|이|은|과|으로)\})?")
_LARGE = (("억", 100_000_000), ("만", 10_000))


@dataclass(frozen=True)
class Part:
    """A piece of a sentence; a `cell` where it is a number of a table."""

    text: str
    cell: Cell | None = None


def said(value: Value, column: Column, *, exact: bool = False, language: Language = "ko") -> str:
    """A value as it is read: 9,999 as it is, above in 만 and 억 unless `exact` or in English; with its unit. An empty one
    says so."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return text("result_no_value", language)
    if isinstance(value, bool):
        return text("result_yes" if value else "result_no", language)
    if isinstance(value, str) or column.kind in ("text", "date", "month", "code"):
        return str(value)
    number = _number(value, column.digits, exact or language != "ko")
    unit = "%" if column.kind == "percent" and not column.unit else column.unit
    return f"{number}{THIN}{unit}" if unit else number


def _number(value: int | float, digits: int, exact: bool) -> str:
    for unit, size in () if exact else _LARGE:
        if abs(value) >= size:
            scaled = value / size
            shown = f"{scaled:,.{2 if abs(scaled) < 10 else 1}f}"  # three figures, so that 40,406 is not 4만
            return shown.rstrip("0").rstrip(".") + unit
    return f"{value:,.{digits}f}" if digits else f"{round(value):,}"


def parts(finding: Finding, result: Result) -> Iterator[Part]:
    """A finding piece by piece, its numbers from the tables. Raises MadangError("result_name") for a name without a cell."""
    done = 0
    for match in _FIELD.finditer(finding.text):
        yield Part(finding.text[done : match.start()])
        done = match.end()
        cell = finding.cells.get(match[1])
        if cell is None:
            raise MadangError("result_name", name=match[1], sentence=finding.text)
        table = result.table(cell.table)
        shown = said(table.value(cell.row, cell.column), table.column(cell.column))
        yield Part(shown, cell)
        if match[2]:
            yield Part(with_josa("{x}" + match[2], {"x": shown}).removeprefix(shown))
    yield Part(finding.text[done:])


def sentence(finding: Finding, result: Result) -> str:
    """A finding in one piece."""
    return "".join(part.text for part in parts(finding, result))


def titled(chart: Chart, result: Result) -> tuple[str, str]:
    """The title of a picture, and the picture in words: the title again where nothing else was said."""
    title = sentence(Finding(chart.title, chart.cells), result)
    return title, sentence(Finding(chart.alt, chart.cells), result) or title
