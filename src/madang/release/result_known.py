"""What of the rows that a result carries is open now, and of what it was known when it was decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from madang.messages import MadangError
from madang.release.decision import Decision
from madang.release.editions import Releases
from madang.release.publish import decided
from madang.release.result_decision import Carried, ResultDecision

_PLACES = {"keep": ("lon", "lat", "dong_code", "geo_level"), "dong": ("dong_code",)}

Shown = Mapping[tuple[str, int], frozenset[str]]  # by dataset and version


def shown_now(releases: Releases) -> Shown:
    """By version of a dataset the columns that editions, open now, show of each of its rows as they are."""
    found: dict[tuple[str, int], frozenset[str]] = {}
    for each in releases.editions():
        if each.state in ("open", "behind") and not each.decision.table:
            edition = each.decision.edition
            by = {past.number: past for past in releases.decisions.history(edition)}
            for version in releases.open_bank[edition].versions:
                key = (each.decision.dataset, int(version.facts["release"]["version"]))
                if one := by.get(decided(version)):
                    found[key] = found.get(key, frozenset()) | _shown_by(one)
    return found


def _shown_by(decision: Decision) -> frozenset[str]:
    """The columns that an edition shows of every row as they are."""
    if decision.rows:
        return frozenset()
    kept = (name for name, how in decision.columns.items() if how.how == "keep")
    return frozenset((*kept, *_PLACES.get(decision.places, ()), "source_row"))


def closed_of(carried: Sequence[Carried], shown: Shown) -> tuple[Carried, ...]:
    """Those that are rows of data which are not open, but for columns that are. `shown`: the columns that are open."""
    left = [each for each in (_closed(each, shown.get(each.source, frozenset())) for each in carried) if each]
    rows: Counter[str] = Counter()
    for each in left:
        rows[each.table] += each.rows
    return tuple(each for each in left if 2 * rows[each.table] >= each.among)


def _closed(one: Carried, shown: frozenset[str]) -> Carried | None:
    left = [n for n, each in enumerate(one.of) if shown.isdisjoint(each)]
    columns = tuple(one.columns[n] for n in left) if one.columns else ()
    return replace(one, columns=columns, of=tuple(one.of[n] for n in left)) if left else None


def unknown_of(decision: ResultDecision, closed: Sequence[Carried]) -> tuple[Carried, ...]:
    """Of the tables that are rows of data which are not open those of which the decision does not say that it is known."""
    known = {*decision.without, *decision.with_rows}
    return tuple(each for each in closed if each.table not in known)


def check_known(unknown: Sequence[Carried]) -> None:
    """Raises MadangError("release_result_rows") where there are tables that are rows of data which are not open."""
    if unknown:
        tables = ", ".join(dict.fromkeys(f"{each.title} ({each.table})" for each in unknown))
        datasets = ", ".join(dict.fromkeys(each.dataset for each in unknown))
        raise MadangError("release_result_rows", tables=tables, datasets=datasets)
