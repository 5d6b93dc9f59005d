"""What people do with analyses: have one computed."""

from __future__ import annotations

from collections.abc import Mapping

from madang.access import Person
from madang.runs import Run
from madang.web.shell.workspace import workspace
from madang.web.work.computing import begin
from madang.web.work.models import Job


def make(analysis: str, parameters: Mapping[str, str], inputs: Mapping[str, str], *, by: Person) -> Run | Job:
    """The run of what is asked where it was made before; else the job that makes it, entered in the record.

    `inputs` are datasets by role, several with commas. Raises MadangError as `Ledger.ask`.
    """
    ledger = workspace().ledger
    asked = ledger.ask(analysis, parameters, inputs, by=by)
    known = ledger.recalled(asked)
    return known if known is not None else begin(asked, by)
