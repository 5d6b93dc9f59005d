"""The answers of two runs side by side: what tells the runs apart, what the answers say otherwise, their first pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest

from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from madang.results import Cell, parts
from madang.results.charts import Picture
from madang.results.compare import Marked, marked, on_one_scale
from madang.results.html import drawn_html, marked_html
from madang.results.report import Figure, figure
from madang.runs import Read, Run
from madang.web.accounts.people import name_of
from madang.web.runs.listing import inputs_said
from madang.web.runs.shown import language, why_address

_ANSWER = 2  # sentences
_NAMED = 2  # datasets or values that tell two runs apart
_WIDE = 540  # pixels of a picture beside another

Values = Sequence[tuple[str, str, str]]  # name, of the first, of the second


@dataclass(frozen=True)
class Side:
    """One of two runs: what tells it from the other, and its answer with what the other says otherwise marked.

    `differs`: whether anything is; `picture` is "" where the two cannot be drawn on one scale.
    """

    key: str
    apart: str
    at: datetime
    by: str
    answer: list[SafeString]
    differs: bool
    picture: SafeString


def sides(first: Run, second: Run, values: Values) -> tuple[Side, Side]:
    """Two runs, of which `values` were chosen otherwise. Raises MadangError("run_broken")."""
    answers = [[tuple(parts(each, run.result)) for each in run.result.findings[:_ANSWER]] for run in (first, second)]  # fmt: skip
    pairs = [marked(one, other) for one, other in zip_longest(*answers, fillvalue=())]
    apart, pictures = _apart(first, second, values), _pictures(first, second)
    one, other = (
        _side(run, apart[at], [pair[at] for pair in pairs if pair[at]], pictures[at])
        for at, run in enumerate((first, second))
    )
    return one, other


def _side(run: Run, apart: str, answer: list[Marked], picture: str) -> Side:
    def why(cell: Cell) -> str:
        return why_address(run.key, cell)

    return Side(
        run.key, apart, datetime.fromisoformat(run.at), name_of(run.by),
        [SafeString(marked_html(each, run.result, why, language())) for each in answer],
        any(differs for each in answer for _part, differs in each), SafeString(picture),
    )  # fmt: skip


# what tells them apart --------------------------------------------------------------------------------------


def _apart(first: Run, second: Run, values: Values) -> tuple[str, str]:
    """In words: which data, their days, what was chosen, their versions, or else when they were made."""
    reads = [
        {(each.role, each.dataset, each.version): each for each in run.inputs} for run in (first, second)
    ]
    one, other = (
        [each for what, each in mine.items() if what not in theirs] for mine, theirs in (reads, reads[::-1])
    )
    days = [max((each.as_of for each in own), default="") for own in (one, other)]
    if {each.dataset for each in one} != {each.dataset for each in other}:
        return _data(one, other), _data(other, one)
    if all(days) and days[0] != days[1]:
        before, after = (_("{day} 데이터").format(day=day) for day in days)
    elif values:
        before, after = (", ".join(f"{line[0]} {line[at]}" for line in values[:_NAMED]) for at in (1, 2))
    elif one:
        before, after = map(inputs_said, (one, other))
    else:
        before, after = _moments(first, second)
    return before, after


def _data(own: Sequence[Read], other: Sequence[Read]) -> str:
    """Titles of the data that it alone read; where it read none, of those that it did without."""
    titles = ", ".join(dict.fromkeys(each.title for each in (own or other)[:_NAMED]))
    return titles if own else _("{titles} 없이").format(titles=titles)


def _moments(first: Run, second: Run) -> tuple[str, str]:
    """To the minute, or to the second where that is the same."""
    moments = [localtime(datetime.fromisoformat(run.at)) for run in (first, second)]
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        before, after = (each.strftime(form) for each in moments)
        if before != after:
            return before, after
    return _("먼저 실행함"), _("나중에 실행함")


# pictures ---------------------------------------------------------------------------------------------------


def _pictures(first: Run, second: Run) -> tuple[str, str]:
    """The first picture of each; none where they are not of one table or cannot be drawn on one scale."""
    one, other = (_drawn(run) for run in (first, second))
    if one is None or other is None or one.table.id != other.table.id:
        return "", ""
    if not isinstance(one.picture, Picture) or not isinstance(other.picture, Picture):
        return "", ""
    scaled = on_one_scale(one.picture, other.picture)
    if scaled is None:
        return "", ""
    before, after = (
        drawn_html(replace(drawn, picture=picture), language(), alone=False, wide=_WIDE)
        for drawn, picture in zip((one, other), scaled, strict=True)
    )
    return before, after


def _drawn(run: Run) -> Figure | None:
    drawn = (figure(each, run.result, language()) for each in run.result.charts)
    return next(filter(None, drawn), None)
