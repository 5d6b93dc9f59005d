"""Which datasets fit the roles of an analysis: those of the role's standard that a person may read whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import pyarrow.parquet as pq

from madang.access import Person, Thing, as_close, can, check
from madang.bank import Bank, Dataset, Version
from madang.bank.describe import data_day
from madang.bank.made_of import Lineage, Stamp, stamp_of
from madang.bank.seen import SeenBank
from madang.declarations.analysis import AnalysisCard, Role
from madang.messages import MadangError
from madang.runs.inputs import ADDED, Input, Part

LEFT_OUT = "-"
_KEPT = 10_000
_live: dict[str, tuple[Stamp, str]] = {}  # by folder, with the stamp it was looked up at
_POINT = ("lon", "lat")  # where rows tell of people, a point would tell their address; dong_code stays


def fitting(bank: Bank, role: Role, by: Person) -> list[Version]:
    """Live versions that fit a role and that a person may read whole, by title."""
    lineage = Lineage(bank.folder)
    found = [
        live
        for dataset in bank.datasets()
        if _live_standard(dataset) in role.standards
        and (live := _readable(dataset, by, lineage))
        and fits(live, role)
    ]
    return sorted(found, key=lambda version: str(version.dataset.card["title"]))


def lacking(bank: Bank, cards: Iterable[AnalysisCard], by: Person) -> dict[str, list[str]]:
    """By id of a card the labels of the inputs that it needs and that nothing fits which a person may read whole. Whether he
    may is asked once of each dataset, however many cards there are."""
    there: dict[str, list[Dataset]] = {}
    for dataset in bank.datasets():
        there.setdefault(_live_standard(dataset), []).append(dataset)
    lineage = Lineage(bank.folder)

    @cache
    def readable(standard: str) -> list[Version]:
        found = (_readable(dataset, by, lineage) for dataset in there.get(standard, ()))
        return [live for live in found if live]

    def is_fitted(role: Role) -> bool:
        return any(fits(live, role) for standard in role.standards for live in readable(standard))

    return {
        card.id: [role.label for role in card.inputs if not role.optional and not is_fitted(role)]
        for card in cards
    }


def _readable(dataset: Dataset, by: Person, lineage: Lineage) -> Version | None:
    """The live version, where a person may read it whole."""
    thing = lineage.thing(dataset.id)
    may = can(by, "read", thing) and can(by, "read", as_close(Thing("run"), [thing]))
    return dataset.latest if may else None


def _live_standard(dataset: Dataset) -> str:
    """The standard of the live version; looked up once until the dataset changes."""
    folder = str(dataset.folder)
    stamp = stamp_of(folder)
    known = _live.get(folder)
    if known is None or known[0] != stamp:
        if len(_live) >= _KEPT:
            _live.clear()
        live = dataset.latest
        known = _live[folder] = (stamp, _standard(live) if live else "")
    return known[1]


def fits(version: Version, role: Role) -> bool:
    """Whether a version is of a standard of the role, and has the columns that it needs."""
    return _standard(version) in role.standards and not _lacks(version, role)


def chosen(
    bank: Bank, card: AnalysisCard, told: Mapping[str, str], by: Person, *, newest: bool = False
) -> dict[str, Input]:
    """An input for every role: what was told ("dataset" or "dataset@version", several with commas where the role takes
    many; "-": an optional one is left out), else the only one that fits, or all of them; with `newest` of several the one
    whose data speak of the latest day.

    Raises MadangError: run_role, run_input_none, run_input_several, run_input_standard, run_input_columns,
    dataset_missing, version_missing, no_version, access_denied.
    """
    for name in told:
        if card.role(name) is None:
            raise MadangError("run_role", role=name, roles=", ".join(each.name for each in card.inputs))
    found = {}
    for role in card.inputs:
        if role.optional and told.get(role.name, "").strip() == LEFT_OUT:
            continue
        names = [name.strip() for name in told.get(role.name, "").split(",") if name.strip()]
        versions = [_told(bank, role, name, by) for name in names] or fitting(bank, role, by)
        if newest and not names and not role.many:
            versions = sorted(versions, key=lambda each: (data_day(each), each.dataset.id))[-1:]
        if len(versions) > 1 and not role.many:
            listed = ", ".join(each.dataset.id for each in versions)
            raise MadangError("run_input_several", role=role.label, name=role.name, datasets=listed)
        if not versions and not role.optional:
            needed = ", ".join(role.columns) or "-"
            raise MadangError("run_input_none", role=role.label, standard=role.standard, columns=needed)
        if versions:
            found[role.name] = Input(role.name, tuple(_part(bank, role, each) for each in versions))
    return found


def _part(bank: Bank, role: Role, version: Version) -> Part:
    """A version in a role: the columns of the role (all where it names none), those of `also` that there are but those that are personal now, and points
    where any is."""
    personal = Lineage(bank.folder).personal(version.dataset.id, version.n)
    wanted = {*role.columns, *role.also} if role.columns else None
    columns: dict[str, str] = {}
    redacted: dict[str, str] = {}
    for column in version.columns:
        name = column.standard or column.name
        if column.name not in personal and column.type != "geometry" and (wanted is None or name in wanted):
            columns.setdefault(name, column.name)
        elif name in role.redacted:
            redacted.setdefault(name, column.name)
    there = set(pq.read_schema(version.files[0]).names)
    for name in ADDED:
        if name in there and not (personal and name in _POINT):
            columns.setdefault(name, name)
    day = data_day(version)
    title = str(version.dataset.card["title"])
    return Part(
        version.dataset.id,
        version.n,
        title,
        day.isoformat() if day else "",
        columns,
        tuple(version.files),
        redacted,
        _standard(version),
    )


def _told(bank: Bank, role: Role, told: str, by: Person) -> Version:
    dataset, at, number = told.partition("@")
    if at and not (number.isascii() and number.isdigit()):
        raise MadangError("version_missing", dataset=dataset, version=number, versions="-")
    found = SeenBank(bank, by).may("read", dataset)
    check(by, "read", as_close(Thing("run"), [Lineage(bank.folder).thing(dataset)]))
    version = found.version(int(number)) if at else found.latest
    if version is None:
        raise MadangError("no_version", dataset=dataset)
    if _standard(version) not in role.standards:
        raise MadangError("run_input_standard", role=role.label, dataset=dataset, standard=role.standard)
    if missing := _lacks(version, role):
        raise MadangError("run_input_columns", role=role.label, dataset=dataset, columns=", ".join(missing))
    return version


def _standard(version: Version) -> str:
    return str((version.facts.get("standard") or {}).get("id") or "")


def _lacks(version: Version, role: Role) -> list[str]:
    """Columns of a role that a version has not."""
    there = {column.standard or column.name for column in version.columns}
    return [name for name in (*role.columns, *role.redacted) if name not in there and name not in ADDED]
