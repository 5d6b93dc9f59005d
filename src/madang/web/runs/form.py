"""The form of an analysis: a control for each parameter, and the datasets that fit each input."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _

from madang.access import Person
from madang.bank.describe import data_day
from madang.messages import MadangError
from madang.runs import Analysis, Parameter, Run, fitting
from madang.runs.matching import LEFT_OUT
from madang.web.shell.language import said
from madang.web.shell.workspace import workspace
from madang.web.work.computing import text_of

VALUE, INPUT = "p-", "in-"  # before the names of fields
_HELD = ("run_value", "run_choice", "run_range")


@dataclass(frozen=True)
class Control:
    """One parameter as the form asks for it. `kind`: number, date, text, choice, yes_no; `range` in words."""

    name: str
    label: str
    kind: str
    value: str
    help: str
    unit: str
    range: str
    low: str
    high: str
    step: str
    options: tuple[tuple[str, str, bool], ...]
    error: str = ""
    optional: bool = False


@dataclass(frozen=True)
class Fit:
    """A dataset that fits an input."""

    dataset: str
    title: str
    version: int
    as_of: str
    rows: int
    chosen: bool


@dataclass(frozen=True)
class Place:
    """An input: what it is to the question, and what fits it. `standard` is called so by its label."""

    name: str
    label: str
    standard: str
    many: bool
    optional: bool
    fits: tuple[Fit, ...]
    left_out: bool = False  # somebody said that it is to be done without

    @property
    def missing(self) -> bool:
        return not self.fits and not self.optional

    @property
    def to_pick(self) -> bool:
        """Whether one of several, or none of them, has to be picked, and nothing is yet."""
        return not self.left_out and not any(fit.chosen for fit in self.fits)


@dataclass(frozen=True)
class Given:
    """What somebody chose: values by parameter as text, datasets by role."""

    values: Mapping[str, str]
    inputs: Mapping[str, Collection[str]]

    @property
    def told(self) -> dict[str, str]:
        """The inputs as the ledger is asked for them."""
        return {role: ", ".join(names) for role, names in self.inputs.items() if names}


def given_in(posted: QueryDict) -> Given:
    """What a form says."""
    values = {name[len(VALUE) :]: posted.get(name, "") for name in posted if name.startswith(VALUE)}
    inputs = {name[len(INPUT) :]: posted.getlist(name) for name in posted if name.startswith(INPUT)}
    return Given(values, inputs)


def given_of(run: Run) -> Given:
    """What a run was asked, over the newest versions of what it read, and without what it did without."""
    inputs: dict[str, list[str]] = {}
    for each in run.inputs:
        inputs.setdefault(each.role, []).append(each.dataset)
    analyses = workspace().ledger.analyses
    for role in analyses[run.analysis].card.inputs if run.analysis in analyses else ():
        if role.optional:
            inputs.setdefault(role.name, [LEFT_OUT])
    return Given({name: text_of(value) for name, value in run.parameters.items()}, inputs)


def said_of(analysis: Analysis, given: Given) -> dict[str, str]:
    """The values to ask with: a box left empty means what is usual, but where empty has a meaning of its own."""
    optional = {each.name for each in analysis.parameters if each.optional}
    return {name: value for name, value in given.values.items() if value.strip() or name in optional}


def picked(analysis: Analysis, dataset: str, by: Person) -> Given:
    """The form with one dataset chosen in the first input that it fits, and all else as it would be by itself."""
    inputs: dict[str, Collection[str]] = {}
    there = {
        role.name: [live.dataset.id for live in fitting(workspace().bank, role, by)]
        for role in analysis.card.inputs
    }
    taken = next((name for name, live in there.items() if dataset in live), "")
    for role in analysis.card.inputs:
        live = there[role.name]
        if role.name == taken:
            inputs[role.name] = [dataset]
        elif role.many or len(live) == 1:
            inputs[role.name] = live
    return Given({}, inputs)


def unchosen(analysis: Analysis, given: Given, by: Person) -> str:
    """What to choose, in words: of an input that several datasets fit and of which none is ticked; "" where there is none."""
    bank = workspace().bank
    for role in analysis.card.inputs:
        if given.inputs.get(role.name):
            continue
        live = fitting(bank, role, by)
        if role.many and live:
            return _("‘{label}’에서 쓸 데이터를 하나 이상 고르십시오.").format(label=role.label)
        if len(live) > 1:
            return _("‘{label}’에서 쓸 데이터를 하나 고르십시오.").format(label=role.label)
    return ""


def controls(analysis: Analysis, given: Given | None, error: MadangError | None = None) -> list[Control]:
    """A control for each parameter, filled with what was given or what is usual. Raises MadangError: analysis_…"""
    wrong = error.params.get("parameter") if error is not None and error.code in _HELD else None
    return [
        _control(each, given, said(error) if error is not None and wrong == each.label else "")
        for each in analysis.parameters
    ]


def _control(each: Parameter, given: Given | None, error: str) -> Control:
    value = given.values.get(each.name) if given else None
    value = text_of(each.default) if value is None else value
    kinds = {"integer": "number", "number": "number", "yes_no": "yes_no", "date": "date", "choice": "choice"}
    limits = each.range
    options: tuple[tuple[str, str, bool], ...] = ()
    if each.choices:
        options = tuple((key, word, key == value) for key, word in each.choices.items())
    elif each.kind == "yes_no":
        options = tuple(
            (key, str(word), key == value) for key, word in (("true", _("예")), ("false", _("아니요")))
        )
    step = f"{limits.step:g}" if limits and limits.step else "1" if each.kind == "integer" else "any"
    low, high = (f"{limits.low:g}", f"{limits.high:g}") if limits else ("", "")
    range_ = (
        _("{low}에서 {high}까지").format(low=f"{limits.low:,g}", high=f"{limits.high:,g}") if limits else ""
    )
    return Control(
        each.name, each.label, kinds.get(each.kind, "text"), value, each.help, each.unit, range_,
        low, high, step, options, error, each.optional,
    )  # fmt: skip


def places(analysis: Analysis, given: Given | None, by: Person) -> list[Place]:
    """The inputs with what of the bank fits each for this person; chosen as given, else as it would be by itself."""
    ws = workspace()
    found = []
    for role in analysis.card.inputs:
        named = [ws.standards[each].label if each in ws.standards else each for each in role.standards]
        live = fitting(ws.bank, role, by)
        wanted = set(given.inputs.get(role.name, ())) if given else set()
        fits = []
        for version in live:
            day = data_day(version)
            chosen = version.dataset.id in wanted if wanted or given else role.many or len(live) == 1
            fits.append(
                Fit(version.dataset.id, str(version.dataset.card["title"]), version.n, day.isoformat() if day else "",
                    version.rows, chosen)
            )  # fmt: skip
        found.append(
            Place(
                role.name,
                role.label,
                ", ".join(named),
                role.many,
                role.optional,
                tuple(fits),
                LEFT_OUT in wanted,
            )
        )
    return found
