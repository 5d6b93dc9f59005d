"""What the runner sees to for the pages of datasets."""

from __future__ import annotations

from madang.bank import Dataset
from madang.web.desk.actions import finish_rollbacks
from madang.web.shell.workspace import workspace
from madang.web.work.registry import finishes


@finishes(lambda: workspace().bank.datasets())
def finish(dataset: Dataset) -> None:
    """Rollbacks that were killed before they were in the record."""
    finish_rollbacks(workspace(), dataset)
