"""What the runner sees to for the SQL desk."""

from __future__ import annotations

from madang.bank import Dataset
from madang.web.shell.workspace import workspace
from madang.web.sql import derive
from madang.web.work.registry import finishes


@finishes(lambda: workspace().bank.datasets())
def finish(dataset: Dataset) -> None:
    """Datasets made of an answer by a process that was killed before it was on record."""
    derive.finish(workspace(), dataset)
