"""The form of a decision: what it offers for a dataset, what it was filled in with, the decision it makes."""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.access import Person
from madang.bank import Dataset, Version
from madang.declarations.standard import DatasetColumn
from madang.messages import MadangError
from madang.release import Decision, Dim, Filter, Measure, TableRule, Treatment
from madang.release.exposed import columns_now
from madang.release.publish import Made
from madang.release.rows import tells_place
from madang.web.shell import words
from madang.web.shell.whole import whole
from madang.web.shell.workspace import workspace

_STEP = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")
_FIRST = 12  # rows of a look beforehand
_COUNTED = ("_persons", "_count", "_households")
_AREAS = {"hjd_code": "행정동", "bjd_code": "법정동", "area_code": "행정동"}


@dataclass(frozen=True)
class Choice:
    """One option of a list, in words."""

    id: str
    label: str


def hows(column: DatasetColumn) -> list[Choice]:
    """What can become of a column when rows are opened."""
    found = [Choice("drop", _("빼기"))]
    if column.privacy == "none":
        found.insert(0, Choice("keep", _("그대로")))
    if column.type == "text":
        found.append(Choice("mask", _("가리기")))
    if column.type in ("date", "datetime", "month"):
        found += [Choice("month", _("달까지만")), Choice("year", _("해까지만"))]
    if column.type in ("integer", "number", "percent", "year"):
        found += [Choice("band", _("범위로 묶기")), Choice("round", _("반올림"))]
    return found


def roles(column: DatasetColumn) -> list[Choice]:
    """What a column can be in a table of counts."""
    found = [Choice("", _("쓰지 않음"))]
    if column.type in ("integer", "number"):
        found += [
            Choice("count", _("세는 값(명, 건)")),
            Choice("amount", _("금액·양")),
            Choice("contributors", _("금액을 낸 곳의 수")),
        ]
    found += [Choice("category", _("나누는 기준")), Choice("area", _("지역 코드")), Choice("age", _("나이")),
              Choice("time", _("때(달, 해)")), Choice("label", _("지역 이름"))]  # fmt: skip
    return found


PLACES: tuple[tuple[str, str], ...] = (  # put into the language of the page where they are shown
    ("keep", gettext_noop("정확한 위치 그대로")), ("100", gettext_noop("100m 격자의 가운데")), ("500", gettext_noop("500m 격자의 가운데")),
    ("1000", gettext_noop("1km 격자의 가운데")), ("dong", gettext_noop("행정동 코드만")), ("drop", gettext_noop("위치 빼기")),
)  # fmt: skip


def defaults(dataset: Dataset, version: Version, person: Person) -> dict[str, str]:
    """The form as it opens: personal columns out, the licence of the card, the post that answers for it."""
    told = columns_now(workspace().bank, version)
    columns = [column for column in told if column.type != "geometry"]
    personal = any(column.privacy != "none" for column in told)
    filled = {
        "edition": dataset.id, "title": str(dataset.card["title"]), "kind": "table" if _is_table(columns) else "rows",
        "places": "keep" if not personal else "100", "least": "5", "rhythm": "look", "once": secrets.token_hex(8),
        "licence": str(dataset.card.get("licence") or "undecided"),
        "post": str(dataset.card.get("steward") or next(iter(sorted(person.posts | person.departments)), "")),
    }  # fmt: skip
    for column in told:
        place = personal and tells_place(column)
        filled[f"how:{column.name}"] = "drop" if column.privacy != "none" or place else "keep"
        filled[f"role:{column.name}"] = _role(column)
    return filled


def _is_table(columns: list[DatasetColumn]) -> bool:
    return any(column.name.endswith("_persons") for column in columns)


def _role(column: DatasetColumn) -> str:
    if column.format in _AREAS:
        return "area"
    if column.type in ("month", "year") or column.name in ("period", "month"):
        return "time"
    if column.name == "age":
        return "age"
    if column.name in ("sex", "nationality", "trade_name", "trade_group"):
        return "category"
    if column.name in ("dong_name", "area_name"):
        return "label"
    if column.type == "integer" and column.name.endswith(_COUNTED):
        return "count"
    return ""


def fields(version: Version, filled: Mapping[str, str]) -> list[dict[str, Any]]:
    """The columns as lines of the form."""
    return [
        {
            "name": column.name, "label": column.label or column.name, "type": column.type,
            "personal": column.privacy != "none", "place": tells_place(column),
            "hows": hows(column), "how": filled.get(f"how:{column.name}", "drop"),
            "step": filled.get(f"step:{column.name}", ""), "steps": column.type in ("integer", "number", "percent", "year"),
            "roles": roles(column), "role": filled.get(f"role:{column.name}", ""),
        }
        for column in columns_now(workspace().bank, version)
    ]  # fmt: skip


def licences() -> list[Choice]:
    return [Choice(key, label) for key, label in words.LICENCES.items()]


def decision_of(version: Version, given: Mapping[str, str], by: Person) -> Decision:
    """The decision that a filled form makes. Raises MadangError ``release_*``."""
    table = _table(version, given) if given.get("kind") == "table" else None
    columns = {} if table else {c.name: _treatment(c.name, given) for c in version.columns}
    values = tuple(value.strip() for value in given.get("filter_values", "").split(",") if value.strip())
    column = given.get("filter_column", "")
    made = Decision(
        given.get("edition", "").strip(), version.dataset.id, by=by.id, post=given.get("post", "").strip(),
        at=workspace().clock().isoformat(), document=given.get("document", "").strip(),
        ground=given.get("ground", "").strip(), licence=given.get("licence", "undecided"),
        title=given.get("title", "").strip()[:200], description=given.get("description", "").strip()[:2000],
        columns=columns, places="drop" if table else given.get("places", "drop"),  # type: ignore[arg-type]
        rows=(Filter(column, values),) if column and values else (), table=table,
        quasi=tuple(c.name for c in version.columns if given.get(f"quasi:{c.name}")) if not table else (),
        rhythm=given.get("rhythm", "look"), until=given.get("until", "").strip(),  # type: ignore[arg-type]
        restricted_ground=given.get("restricted_ground", "").strip(), mark=_mark(given),
    )  # fmt: skip
    made.check_until()
    return made


def _mark(given: Mapping[str, str]) -> str:
    """What one form filled in one way is known by, however often it is sent; "" for one that has no `once`."""
    if not given.get("once"):
        return ""
    said = sorted((key, value) for key, value in given.items() if key not in ("csrfmiddlewaretoken", "do"))
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]


def _treatment(name: str, given: Mapping[str, str]) -> Treatment:
    how = given.get(f"how:{name}", "drop")
    said = given.get(f"step:{name}", "").strip()
    if how not in ("band", "round"):
        return Treatment(how)  # type: ignore[arg-type]
    if said and not _STEP.fullmatch(said):
        raise MadangError("release_treatment", how=how, step=said[:20])
    return Treatment(how, float(said or 10))  # type: ignore[arg-type]


def _table(version: Version, given: Mapping[str, str]) -> TableRule:
    chosen: dict[str, list[DatasetColumn]] = {}
    for column in version.columns:
        chosen.setdefault(given.get(f"role:{column.name}", ""), []).append(column)
    label = chosen["label"][0].name if "label" in chosen else ""
    dims = [Dim(c.name, "time", total=False) for c in chosen.get("time", ())]
    for number, column in enumerate(chosen.get("area", ())):
        system = _AREAS.get(column.format, "행정동")
        dims.append(Dim(column.name, "area", name="area", system=system, label=label if number == 0 else ""))
    dims += [Dim(c.name, "age", name="age") for c in chosen.get("age", ())]
    dims += [Dim(c.name, name=c.standard or c.name) for c in chosen.get("category", ())]
    people = chosen.get("contributors", [])
    population = given.get("population", "").strip()
    measures = [Measure(c.name, population=population) for c in chosen.get("count", ())]
    measures += [
        Measure(c.name, "amount", people[0].name if people else "", population=f"{population}:{c.name}" if population else "")
        for c in chosen.get("amount", ())
    ]  # fmt: skip
    if len(measures) > 1 and population:
        measures = [Measure(m.column, m.kind, m.contributors, f"{population}:{m.column}") for m in measures]
    if not measures:
        measures = [Measure("", population=population or version.dataset.id)]
    least = whole(given.get("least", "5").strip(), digits=9)
    return TableRule(tuple(dims), tuple(measures), least=least)


def looked_at(made: Made) -> dict[str, Any]:
    """What would become public, as the page shows it: heads, the first lines, how much there is; fit for JSON."""
    names = [column.name for column in made.columns]
    first = made.table.slice(0, _FIRST).select(names).to_pylist()
    return {
        "heads": [column.label for column in made.columns], "lines": [[_cell(row[name]) for name in names] for row in first],
        "rows": made.table.num_rows, "cells": made.cells, "hidden": made.hidden,
    }  # fmt: skip


def _cell(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value if value is None or isinstance(value, str | int) else str(value)
