"""Having an analysis computed by a job: for the pages and for the API."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from madang.access import Person
from madang.runs.ledger import Asked
from madang.runs.matching import LEFT_OUT
from madang.web.audit.record import record
from madang.web.work.actions import start
from madang.web.work.models import Job

COMPUTE = "runs.compute"


@transaction.atomic
def begin(asked: Asked, by: Person) -> Job:
    """The job that computes what was asked, entered in the record; the one that is under way, where the person asked
    for the same before."""
    exact = {role: ", ".join(part.name for part in each.parts) for role, each in asked.inputs.items()}
    left_out = [role.name for role in asked.analysis.card.inputs if role.name not in asked.inputs]
    exact |= dict.fromkeys(left_out, LEFT_OUT)  # the job is not to choose for itself
    values = {name: text_of(value) for name, value in asked.parameters.items()}
    told: dict[str, Any] = {"analysis": asked.analysis.id, "parameters": values, "inputs": exact}
    if asked.seed:
        told["seed"] = asked.seed
    thing = f"run:{asked.key}"
    record(by, "run.make", thing, detail=told)
    return start(COMPUTE, told, by=by, thing=thing, key=f"{thing}:{by.id}"[:200])


def text_of(value: Any) -> str:
    """A value of a parameter as a form sends it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else "" if value is None else str(value)
