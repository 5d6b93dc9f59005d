"""All editions together: which cells of the tables about to be published stay hidden, given all that is public."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from madang.release.ledger import Entry, aged
from madang.release.pieces import Relations
from madang.release.tables import Table, populations, together

Again = Callable[[Entry], "Table | None"]  # a published table as it would be from the rows of now


def hide(new: Sequence[Table], published: Sequence[Entry], again: Again, relations: Relations) -> list[Table]:
    """The new tables with `hidden` decided, in order. Raises MadangError: release_unprotectable, release_disagree,
    release_no_relation."""
    from madang.release.suppress import protected

    done: dict[int, Table] = {}
    for population, mine in populations(new).items():
        times = frozenset().union(*(table.periods() for table in mine))
        known = [
            _of_now(entry, again)
            for entry in published
            if entry.table.population == population and not times.isdisjoint(entry.table.periods())
        ]
        cells, parts = together([*mine, *known], relations)
        hidden = protected(cells)
        for table, part in zip(mine, parts, strict=False):
            full = table.values != table.values  # cells without a value are not published as anything
            full[~full] = hidden[part]
            done[id(table)] = replace(table, hidden=full)
    return [done[id(table)] for table in new]


def _of_now(entry: Entry, again: Again) -> Table:
    now = again(entry)
    if now is not None:
        return aged(entry.table, now)
    return replace(
        entry.table, stale=entry.table.leaves
    )  # nothing to compare with: all of it may be different
