"""What the runner itself sees to."""

from __future__ import annotations

from datetime import datetime

from madang.web.shell.workspace import workspace
from madang.web.work.erasure import sweep
from madang.web.work.registry import planner


@planner
def clear_what_was_erased(now: datetime) -> None:
    """Copies that the pages keep of erased rows go within a minute, or when a server or a runner is started again."""
    sweep(workspace())
