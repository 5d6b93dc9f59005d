"""The sources of a post, and passing them on to its successor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _

from madang.access import Person
from madang.collect.origin import load_origins, save_origin
from madang.web.accounts.handover import Owed, owes, passes
from madang.web.audit.record import record
from madang.web.shell.workspace import workspace


@owes
def sources_of(post: str, today: date) -> Iterator[Owed]:
    """Sources that the post answers for."""
    for origin in load_origins(workspace().folder)[0]:
        if origin.steward == post:
            yield Owed(_("수집원 돌보기: %s") % origin.title, None, f"/sources/{origin.id}/")


@passes
def pass_on(old: str, new: str, by: Person, why: str) -> None:
    """Sources of the post are its successor's: failures are told there, and who holds it may run and change them."""
    folder = workspace().folder
    for origin in load_origins(folder)[0]:
        if origin.steward == old:
            record(by, "source.change", f"source:{origin.id}", why=why, detail={"steward": [old, new]})
            save_origin(folder, replace(origin, steward=new))
