"""What people do with indicators: set a target, have one measured again."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from madang.access import Person, Thing, check
from madang.bank.durable import locked, write_text
from madang.declarations.indicator import load_own_words
from madang.messages import MadangError
from madang.web.audit.record import record
from madang.web.indicators.jobs import REFRESH
from madang.web.shell.workspace import workspace
from madang.web.work.actions import start
from madang.web.work.models import Job

_LONGEST = 60


@transaction.atomic
def measure(name: str, *, by: Person) -> Job:
    """Have a declared table or an indicator made again. Raises MadangError: access_denied, declared_missing."""
    check(by, "create", Thing("workspace"))
    ws = workspace()
    if name not in {*ws.declarations.indicators, *ws.declarations.tables}:
        raise MadangError("declared_missing", name=name)
    record(by, "indicator.measure", f"indicator:{name}")
    return start(
        REFRESH, {"names": [name], "again": True}, by=by, thing=f"indicator:{name}", key=f"{REFRESH}:{name}"
    )


@transaction.atomic
def set_target(indicator: str, *, target: str, owner: str, by: Person) -> None:
    """Give an indicator the workspace's own target ("" for none) and the post that answers for it; it is measured again.

    Raises MadangError: access_denied, declared_missing, indicator_target.
    """
    check(by, "create", Thing("workspace"))
    ws = workspace()
    known = ws.declarations.indicators.get(indicator)
    if known is None:
        raise MadangError("declared_missing", name=indicator)
    wanted = _number(target, known.label)
    file = ws.folder / "content" / "indicators.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    with locked(file.with_suffix(".lock")):
        words = load_own_words(file)
        before = dict(words.get(indicator, {}))
        kept = {key: value for key, value in before.items() if key == "inputs"}
        words[indicator] = kept | ({"target": wanted} if wanted is not None else {"target": False})
        printable = "".join(letter if letter.isprintable() else " " for letter in owner)
        if named := " ".join(printable.split())[:_LONGEST]:
            words[indicator]["owner"] = named
        _write(file, words)
    record(
        by, "indicator.target", f"indicator:{indicator}", detail={"before": before, "after": words[indicator]}
    )
    measure(indicator, by=by)


def _number(told: str, label: str) -> float | None:
    said = told.replace(",", "").strip()
    if not said:
        return None
    try:
        found = float(said)
    except ValueError:
        raise MadangError("indicator_target", indicator=label, value=told) from None
    if not abs(found) < 1e15:  # nor nan
        raise MadangError("indicator_target", indicator=label, value=told)
    return found


def _write(file: Path, words: Mapping[str, Mapping[str, Any]]) -> None:
    lines = ["# 이 기관의 목표와 담당. 지표의 파일을 고치지 않고 여기에 적습니다.", ""]
    for name, told in sorted(words.items()):
        lines.append(f"[{name}]")
        lines += [f"{key} = {_toml(value)}" for key, value in told.items()]
        lines.append("")
    said = "\n".join(lines)
    tomllib.loads(said)  # what cannot be read again is not written
    write_text(file, said)


def _toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(each)}" for key, each in value.items()) + " }"
    return json.dumps(value, ensure_ascii=False)
