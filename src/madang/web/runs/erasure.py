"""Erasure: what was told of results over a dataset goes with it, and they begin anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from madang.bank.tombstone import Tombstone
from madang.runs.living import Livings
from madang.web.notices.models import Notice
from madang.web.work.erasure import moment, on_erase
from madang.workspace import Workspace


@on_erase
def clear_living(ws: Workspace, stone: Tombstone) -> bool:
    """Notices tell sentences of results, and a failure may tell a value: those from before the erasure go."""
    for notice in Notice.objects.filter(code__startswith="notice_living_", at__lte=moment(stone)):
        if stone.dataset in str(notice.params.get("datasets", "")).split(", "):
            notice.delete()
    livings = Livings(ws.folder)
    for living in livings.all()[0]:
        state = livings.state(living)
        if not state.error or stone.dataset not in living.datasets:
            continue
        if datetime.fromisoformat(state.failed_at) <= moment(stone):
            livings.put(living, replace(state, failures=0, error=None, failed_at="", told=False))
    return True
