"""Work of rounds that no page waits for: large files, and reminders on their days."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from madang.web.rounds.actions import due_reminders
from madang.web.rounds.actions_part import check_upload
from madang.web.rounds.door import bank_of
from madang.web.rounds.models import Round, Upload
from madang.web.work.registry import job, planner
from madang.web.work.running import Running
from madang.workspace import Workspace


def waiting_place(ws: Workspace, round_: Round, upload: Upload) -> Path:
    """Where a file waits that is checked later."""
    return bank_of(ws, round_).folder / "waiting" / str(upload.pk)


@job("round-check", label=_("취합 파일 점검"), timeout=1_800)
def check_large(running: Running, *, upload: int) -> dict[str, Any]:
    """Check a file that a department brought."""
    found = Upload.objects.select_related("part__round", "part__department").get(pk=upload)
    place = waiting_place(running.workspace, found.part.round, found)
    running.progress(0, None, found.part.round.title)
    for path in place.iterdir():
        check_upload(running.workspace, found, path, by=running.by)
        path.unlink()
    place.rmdir()
    return {"rows": sum(table["rows"] for table in found.tables)}


@planner
def remind(now: datetime) -> None:
    """From nine o'clock on, departments are told of what is due."""
    from django.utils import timezone

    if timezone.localtime(now).hour >= 9:
        due_reminders(now)
