"""What goes of the SQL desk when rows of a dataset were erased: questions about it, and the value where a text names it."""

from __future__ import annotations

import re

from madang.bank.tombstone import Tombstone, digest_of
from madang.web.sql.actions import answers
from madang.web.sql.models import Asked, Derived, SavedText
from madang.web.sql.states import RUNNING
from madang.web.work.erasure import moment, on_erase
from madang.workspace import Workspace

_TEXT = re.compile(r"'((?:[^']|'')*)'")
ERASED = "'(파기됨)'"


@on_erase
def clear(ws: Workspace, stone: Tombstone) -> bool:
    """Questions about the dataset, or that name the erased value, go with their answers. A saved text stays, without
    the value."""
    busy = False
    for asked in Asked.objects.filter(at__lte=moment(stone)):
        about = any(each.get("dataset") == stone.dataset for each in asked.inputs)
        if not about and not _names(asked.sql, stone) and not _given(asked.values, stone):
            continue
        if asked.state == RUNNING:
            busy = True
        else:
            answers(ws).path(asked.id).unlink(missing_ok=True)
            asked.delete()
    for text in SavedText.objects.all():
        if _names(text.sql, stone):
            SavedText.objects.filter(pk=text.pk).update(sql=without(text.sql, stone))
    for made in Derived.objects.all():
        if _names(made.sql, stone) or _given(made.values, stone):
            kept = {name: "" if _is_it(str(said), stone) else said for name, said in made.values.items()}
            Derived.objects.filter(pk=made.pk).update(sql=without(made.sql, stone), values=kept)
    return not busy


def without(sql: str, stone: Tombstone) -> str:
    """A text with another one in the place of the erased value."""
    return _TEXT.sub(lambda found: ERASED if _is_it(_plain(found[1]), stone) else found[0], sql)


def _names(sql: str, stone: Tombstone) -> bool:
    return any(_is_it(_plain(found), stone) for found in _TEXT.findall(sql))


def _given(values: dict[str, str], stone: Tombstone) -> bool:
    return any(_is_it(str(said), stone) for said in values.values())


def _plain(quoted: str) -> str:
    return quoted.replace("''", "'")


def _is_it(said: str, stone: Tombstone) -> bool:
    return stone.digest is not None and digest_of(stone.salt, said) == stone.digest
