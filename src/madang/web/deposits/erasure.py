"""What goes of uploads and drafts when rows of a dataset were erased."""

from __future__ import annotations

import json

from madang.access import Person
from madang.bank.tombstone import Tombstone
from madang.intake.preview import Preview
from madang.messages import MadangError
from madang.web.audit.record import record
from madang.web.deposits.actions import place_of
from madang.web.deposits.models import Draft, Upload
from madang.web.deposits.states import COMING, COMMITTING, DONE, DROPPED, OPEN, READING
from madang.web.work.erasure import moment, on_erase
from madang.workspace import Workspace


@on_erase
def clear(ws: Workspace, stone: Tombstone) -> bool:
    """Drafts of the dataset are emptied: they hold cells, and count rows of a version that has others now. Uploads that
    were read for it go, and those of which nobody knows what they are for; one on its way in is judged at the door."""
    drafts = Draft.objects.filter(dataset=stone.dataset, made_at__lte=moment(stone))
    drafts.filter(state=OPEN).update(state=DROPPED)
    drafts.update(edits={}, notes=[])
    busy = False
    for upload in Upload.objects.filter(made_at__lte=moment(stone)).exclude(state=COMING):
        known = _datasets(ws, upload)
        if known and stone.dataset not in known:
            continue
        if upload.state in (READING, COMMITTING):
            busy = True
        else:
            _remove(ws, upload)
    return not busy


def _remove(ws: Workspace, upload: Upload) -> None:
    if upload.state != DONE:
        detail = {"file": upload.name, "state": upload.state}
        record(Person(upload.by, via="work"), "deposit.expire", upload.thing, detail=detail)
    place_of(ws, upload).remove()
    upload.delete()


def _datasets(ws: Workspace, upload: Upload) -> set[str]:
    """The datasets that an upload is for, as far as anybody knows."""
    known = {upload.dataset, *(str(each.get("dataset") or "") for each in upload.receipts)}
    try:
        seen = Preview.load(place_of(ws, upload).seen)
        known |= {seen.base_id, *(table.dataset for table in seen.tables)}
    except (MadangError, OSError, json.JSONDecodeError, KeyError, TypeError):
        pass  # never read, or read by an older Madang
    return known - {""}
