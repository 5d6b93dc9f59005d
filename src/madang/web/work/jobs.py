"""What the runner itself sees to."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from madang.web.accounts.handover import carry_over_due
from madang.web.shell.workspace import workspace
from madang.web.work.erasure import sweep
from madang.web.work.registry import planner


@planner
def clear_what_was_erased(now: datetime) -> None:
    """Copies that the pages keep of erased rows go within a minute, or when a server or a runner is started again."""
    sweep(workspace())


@planner
def carry_over_what_was_passed_on(now: datetime) -> None:
    """What names a post or a department names its successor from the day on that was said."""
    carry_over_due(timezone.localdate(now))
