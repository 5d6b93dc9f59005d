"""What is made of other things: as closed as the strictest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from madang.access.thing import Thing

_SHUT = Thing("dataset", access="restricted")  # for administrators only


def as_close(made: Thing, inputs: Sequence[Thing | None]) -> Thing:
    """`made` so that nobody reads in it what he may not read in one of its `inputs`; None: one that is gone.

    Of an input of which readers see own rows only, those may read who see all of them: its steward. The steward of
    `made` stays where he may read every input; where closed inputs share one, that one is.
    """
    closed = [each or _SHUT for each in inputs]
    closed = [each for each in closed if each.access == "restricted" or each.own_rows]
    if not closed:
        return made
    allowed = [_whole(each) for each in closed]
    if made.access == "restricted":
        allowed.append(frozenset({made.steward, *made.readers}))
    readers = frozenset.intersection(*allowed) - {""}
    stewards = {each.steward for each in closed}
    steward = made.steward if made.steward in readers else ""
    if not steward and len(stewards) == 1:
        steward = next(iter(stewards & readers), "")
    return replace(made, access="restricted", steward=steward, readers=readers)


def only_steward(thing: Thing) -> Thing:
    """A thing as its steward alone has it."""
    return replace(thing, access="restricted", readers=frozenset())


def _whole(thing: Thing) -> frozenset[str]:
    """The posts and departments that see all rows of a closed thing."""
    return frozenset({thing.steward} if thing.own_rows else {thing.steward, *thing.readers})
