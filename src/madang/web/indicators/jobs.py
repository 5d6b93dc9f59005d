"""Making tables and indicators where no page waits: when somebody asks, and when their data have changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from django.utils.translation import gettext_lazy as _

from madang.access import owner
from madang.bank.made_of import stamp_of
from madang.web.audit.record import record
from madang.web.shell.workspace import one_workspace, workspace
from madang.web.work.actions import start
from madang.web.work.models import Job
from madang.web.work.registry import job, planner
from madang.web.work.running import Running
from madang.workspace import Workspace

REFRESH = "indicators.refresh"
MAKER = owner("madang", via="work")  # what is made when data change is nobody's act
_LONG_S = 3600
_PAUSE = timedelta(minutes=3)  # between two looks at data that keep changing


@job(REFRESH, label=_("표와 지표 새로 만들기"), timeout=_LONG_S, attempts=2, quiet=True)
def refresh(running: Running, *, names: Sequence[str], again: bool = False, seal: str = "") -> dict[str, int]:
    """Make what is behind of `names` (all), and enter each in the record."""
    done = running.workspace.refresh(*names, again=again, by=running.by.id, progress=running.progress)
    for each in done:
        if each.run is not None:
            record(
                running.by,
                "run.make",
                f"run:{each.run.key}",
                detail={"analysis": each.id, "verdict": each.verdict},
            )
    failed = sum(each.error is not None for each in done)
    return {"made": len(done) - failed, "failed": failed}


@planner
def plan(now: datetime) -> None:
    """Begin to make what is behind, when a dataset that was not made here has changed, and once a day."""
    with one_workspace():
        ws = workspace()
        last = Job.objects.filter(kind=REFRESH, by=MAKER.id).order_by("-pk").first()
        if last is not None and (last.is_active or now - last.made_at < _PAUSE):
            return
        seal = f"{now:%Y-%m-%d}.{found}" if (found := seal_of(ws)) else ""
        if seal and (last is None or last.params.get("seal") != seal):
            start(REFRESH, {"names": [], "seal": seal}, by=MAKER, key=REFRESH)


def seal_of(ws: Workspace) -> str:
    """Another one whenever a dataset that was not made here changes, or what is declared does; "" where there is none."""
    if not ws.bank.folder.is_dir():
        return ""
    declared = list(ws.refresher.declared())
    made = {each.dataset for each in declared} | {"dataset-register"}
    folders = sorted(
        path.name for path in ws.bank.folder.iterdir() if path.is_dir() and path.name not in made
    )
    if not any((ws.bank.folder / name / "deposits").is_dir() for name in folders):
        return ""
    told = [(name, stamp_of(f"{ws.bank.folder}/{name}")) for name in folders]
    return blake2b(repr((told, [each.code for each in declared])).encode(), digest_size=12).hexdigest()
