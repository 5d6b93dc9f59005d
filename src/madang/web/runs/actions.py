"""What people do with analyses: have one computed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from madang.access import Person
from madang.runs import Run
from madang.runs.ledger import Asked
from madang.web.audit.record import record
from madang.web.runs.jobs import COMPUTE
from madang.web.shell.workspace import workspace
from madang.web.work.actions import start
from madang.web.work.models import Job


def make(analysis: str, parameters: Mapping[str, str], inputs: Mapping[str, str], *, by: Person) -> Run | Job:
    """The run of what is asked where it was made before; else the job that makes it, entered in the record.

    `inputs` are datasets by role, several with commas. Raises MadangError as `Ledger.ask`.
    """
    ledger = workspace().ledger
    asked = ledger.ask(analysis, parameters, inputs, by=by)
    known = ledger.recalled(asked)
    return known if known is not None else _begun(asked, by)


@transaction.atomic
def _begun(asked: Asked, by: Person) -> Job:
    exact = {role: ", ".join(part.name for part in each.parts) for role, each in asked.inputs.items()}
    values = {name: text_of(value) for name, value in asked.parameters.items()}
    told = {"analysis": asked.analysis.id, "parameters": values, "inputs": exact}
    thing = f"run:{asked.key}"
    record(by, "run.make", thing, detail=told)
    return start(COMPUTE, told, by=by, thing=thing, key=f"{thing}:{by.id}"[:200])


def text_of(value: Any) -> str:
    """A value of a parameter as a form sends it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
