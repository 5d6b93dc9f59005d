"""What a person filled in on the review page, as an override, a decision and a card."""

from __future__ import annotations

import re
from typing import Any

from django.http import QueryDict

from madang.declarations.card import Card
from madang.messages import MadangError
from madang.places.crs import like, named
from madang.privacy import POLICY
from madang.web.deposits.models import Upload
from madang.web.shell import words
from madang.web.shell.whole import is_whole, whole

_ROWS = re.compile(r"\d{1,7}(?:\s*[,~\s]\s*\d{1,7})*")
_CHOICES = ("keep", "restrict", "mask")
_COLUMNS = 5_000


def override(form: QueryDict) -> dict[str, Any]:
    """The reading a form asks for; a field left empty is inferred. Raises MadangError("header_rows_unusable")."""
    told: dict[str, Any] = {}
    for name in ("encoding", "delimiter", "standard", "crs", "sheet"):
        said = form.get(name, "").strip()
        if said:
            told[name] = "\t" if said == "\\t" else said
    if other := form.get("crs_other", "").strip()[:80]:
        told["crs"] = other
    if "crs" in told:
        told["crs"] = _crs(str(told["crs"]))
    rows = form.get("header_rows", "").strip()
    if rows:
        told["header_rows"] = _rows(rows)
    if form.get("text"):
        told["text"] = True
    types, mapping = {}, {}
    for number in range(min(whole(form.get("columns")), _COLUMNS)):
        label = form.get(f"label-{number}", "")
        if not label:
            continue
        if kind := form.get(f"type-{number}", ""):
            types[label] = kind
        column = form.get(f"map-{number}", "")
        if column:
            mapping[label] = "" if column == "-" else column
    return {**told, "types": types, "mapping": mapping}


def _crs(said: str) -> str:
    """A coordinate system by number or name. Raises MadangError("crs_name_several") where a name fits several."""
    found, near = named(said), like(said)
    if found == said and len(near) > 1:
        raise MadangError("crs_name_several", name=said, systems=", ".join(near))
    return found


def as_written(upload: Upload, form: QueryDict) -> None:
    """Put on an upload, not saved, what a form said and could not be taken, so that its page shows it again."""
    told: dict[str, Any] = {
        name: form.get(name, "") for name in ("encoding", "delimiter", "standard", "crs", "sheet")
    }
    told["delimiter"] = "\t" if told["delimiter"] == "\\t" else told["delimiter"]
    numbers = [n for n in range(min(whole(form.get("columns")), _COLUMNS)) if form.get(f"label-{n}")]
    told["text"] = bool(form.get("text"))
    told["types"] = {form[f"label-{n}"]: form.get(f"type-{n}", "") for n in numbers}
    mapped = {form[f"label-{n}"]: form.get(f"map-{n}", "") for n in numbers}
    told["mapping"] = {label: "" if name == "-" else name for label, name in mapped.items() if name}
    upload.told = {key: value for key, value in told.items() if value}
    upload.personal, upload.dataset = personal(form), form.get("dataset", "").strip()[:200]
    names = ("title", "description", "theme", "steward", "licence", "access", "rhythm_days")
    upload.card = {**upload.card, **{name: form.get(name, "") for name in names if name in form}}


def _rows(said: str) -> list[int]:
    """1-based rows; "0": there is no header; "2~4": three of them."""
    if not _ROWS.fullmatch(said):
        raise MadangError("header_rows_unusable", rows=said[:60])
    if said == "0":
        return []
    found: list[int] = []
    for part in re.split(r"\s*,\s*|\s+(?!~)", re.sub(r"\s*~\s*", "~", said)):
        first, _, last = part.partition("~")
        found += range(int(first), min(int(last or first), int(first) + 20) + 1)
    return found


def personal(form: QueryDict) -> dict[str, str]:
    """What is to be done with kinds of personal data, where somebody said it."""
    said = {kind: form.get(f"personal-{kind}", "") for kind in POLICY if POLICY[kind].action != "refuse"}
    return {kind: action for kind, action in said.items() if action in _CHOICES}


def card(form: QueryDict) -> dict[str, Any]:
    """The card of a new dataset. Raises MadangError (``card_*``)."""
    found: dict[str, Any] = {
        name: form.get(name, "").strip()
        for name in ("title", "description", "theme", "steward", "licence", "access", "provider")
    }
    rhythm = form.get("rhythm_days", "").strip()
    found["rhythm_days"] = int(rhythm) if is_whole(rhythm, digits=4) else None
    kept = {name: value for name, value in found.items() if value not in ("", None)}
    Card(**{"title": "-", **kept})  # rejects nonsense
    return kept


CHOICES = {"themes": words.THEMES, "licences": words.LICENCES, "access": words.ACCESS}
