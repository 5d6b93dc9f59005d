"""The long work of the API: a deposit that came with a token."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from madang.intake.raw import Progress
from madang.messages import MadangError, text
from madang.web.api.deposits import KIND, check_into
from madang.web.audit.record import record
from madang.web.work.registry import job
from madang.web.work.running import Running

_LONG_S = 6 * 3600


@job(KIND, label=_("API로 올린 파일 입고"), timeout=_LONG_S)
def deposit(running: Running, file: str, dataset: str) -> dict[str, Any]:
    """Deposit the file and remove it. The right is asked again: it may have gone since."""
    place, ws = Path(file), running.workspace

    def steps(name: str) -> Progress:
        label = text(f"step_{name}")
        running.progress(0, None, label)
        return lambda done, total: running.progress(done, total, label)

    try:
        check_into(running.by, ws, dataset)
        receipts = ws.deposit(place, dataset, by=running.by.id, steps=steps)
    except MadangError as error:
        return {"error": str(error), "receipts": []}
    finally:
        shutil.rmtree(place.parent, ignore_errors=True)
    told = [receipt.to_json() for receipt in receipts]
    for receipt in told:
        detail = {name: receipt.get(name) for name in ("verdict", "version", "deposit", "rows", "problems")}
        record(
            running.by,
            "dataset.deposit",
            f"dataset:{receipt['dataset']}",
            detail={**detail, "file": place.name},
        )
    return {"receipts": told}
