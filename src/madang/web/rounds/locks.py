"""What is about to change is read anew and held until the transaction ends, so that of two changes at once none is lost.

The round goes before its parts, everywhere. SQLite has one writer at a time, which is lock enough: its transactions begin
as writers; the row locks are for PostgreSQL.
"""

from __future__ import annotations

from madang.messages import MadangError
from madang.web.rounds.models import Part, Round


def lock_round(round_: Round) -> None:
    """The round as it is now."""
    round_.refresh_from_db(from_queryset=Round.objects.select_for_update())


def lock_part(part: Part) -> None:
    """The part and its round as they are now. Raises MadangError("round_missing") where it was asked no more."""
    round_ = Round.objects.select_for_update().get(pk=part.round_id)
    try:
        part.refresh_from_db(from_queryset=Part.objects.select_for_update())
    except Part.DoesNotExist as error:
        raise MadangError("round_missing", round=round_.key) from error
    part.round = round_
