"""What the columns of a version are made from: a plan over the columns of a staged table."""

from __future__ import annotations

from dataclasses import dataclass, replace

from madang.declarations.standard import DatasetColumn, StandardColumn, Type
from madang.intake.profile import Profile, column_names
from madang.intake.recognise import Recognition
from madang.intake.values import Reading
from madang.messages import text
from madang.privacy import Kind


@dataclass(frozen=True)
class Source:
    """A column of the version and the staged column (by position) whose cells it is read from.

    `mask`: kinds of personal data that are masked in its cells before they are stored; `whole`: the cells are nothing
    else, so all of each is masked.
    """

    column: DatasetColumn
    index: int
    reading: Reading
    mask: tuple[Kind, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class WidePlan:
    """Staged columns that become rows.

    `headers`: position of each wide column, its label and the texts it gives to `into` (None: nothing).
    `value` takes the cell, read by `reading`. Of n rows and w headers come n x w rows, row by row.
    """

    headers: tuple[tuple[int, str, tuple[str | None, ...]], ...]
    into: tuple[DatasetColumn, ...]
    value: DatasetColumn
    reading: Reading


@dataclass(frozen=True)
class Plan:
    """Columns read one to one, and the wide ones; the version has the sources' columns, then into, then the value."""

    sources: tuple[Source, ...]
    wide: WidePlan | None = None


def plan_of(profile: Profile, recognition: Recognition | None = None) -> Plan:
    """The plan of a profiled table, following the standard it was recognised as (None: the guessed columns alone).

    `profile` should have been made with ``hints(recognition)``, so that readings know the standard's types.
    """
    if recognition is None or recognition.standard is None:
        return Plan(tuple(Source(c, i, profile.readings[i]) for i, c in enumerate(profile.columns)))
    wide = recognition.wide
    apart = {header.index for header in wide.headers} if wide else set()
    taken = [column.name for column in recognition.standard.columns]
    free = [i for i in range(len(profile.columns)) if i not in recognition.mapping and i not in apart]
    names = dict(zip(free, column_names([profile.columns[i].label for i in free], taken), strict=True))
    sources = []
    for index, found in enumerate(profile.columns):
        if profile.readings[index].type == "geometry":
            sources.append(Source(found, index, profile.readings[index]))
        elif index in recognition.mapping:
            sources.append(_mapped(profile, recognition, index, found))
        elif index in names:
            sources.append(Source(replace(found, name=names[index]), index, profile.readings[index]))
    sources += [_derived(profile, each.column, each.index) for each in recognition.derived]
    return Plan(tuple(sources), _wide(profile, recognition) if wide else None)


def hints(recognition: Recognition) -> dict[int, Type]:
    """The types a recognised standard gives to staged columns, by position: for `profile`."""
    given = {index: column.type for index, column in recognition.mapping.items() if not column.extract}
    if recognition.wide:
        given |= {header.index: recognition.wide.value.type for header in recognition.wide.headers}
    return given


def standard_column(
    column: StandardColumn, label: str, because: str, kind: Type | None = None
) -> DatasetColumn:
    """A column of a version that follows `column` of a standard, under the `label` of the source."""
    return DatasetColumn(
        name=column.name,
        label=label,
        type=kind or column.type,
        unit=column.unit,
        standard=column.name,
        because=because,
        privacy=column.privacy,
        description=column.description,
        format=column.format,
        term=column.term,
    )


def _mapped(profile: Profile, recognition: Recognition, index: int, found: DatasetColumn) -> Source:
    column = recognition.mapping[index]
    by_person = found.confidence == 1.0 and found.because == text("because_person")
    kind = found.type if by_person else column.type
    reading = replace(profile.declared(index, kind, column.missing), extract=column.extract)
    because = recognition.because.get(index, "")
    told = "; ".join(dict.fromkeys(part for part in (because, found.because if by_person else "") if part))
    return Source(standard_column(column, found.label, told, kind), index, reading)


def _derived(profile: Profile, column: StandardColumn, index: int) -> Source:
    label = profile.columns[index].label
    reading = Reading(
        column.type, declared=True, missing=column.missing, extract=column.extract, derived=True
    )
    return Source(standard_column(column, label, text("because_derived", label=label)), index, reading)


def _wide(profile: Profile, recognition: Recognition) -> WidePlan:
    wide = recognition.wide
    assert wide is not None
    headers = tuple(
        (h.index, profile.columns[h.index].label, tuple(h.values.get(column.name) for column in wide.columns))
        for h in wide.headers
    )
    because = text("because_wide", count=f"{len(headers):,}")
    into = tuple(standard_column(column, "", because) for column in wide.columns)
    value = standard_column(wide.value, "", because)
    return WidePlan(headers, into, value, Reading(wide.value.type, declared=True, missing=wide.value.missing))
