"""How a file was understood, ready to be shown and corrected."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.utils.translation import gettext as _

from madang.access import Person
from madang.declarations import Standard
from madang.declarations.standard import STORAGE, DatasetColumn
from madang.intake.preview import Preview
from madang.intake.preview_scratch import Table
from madang.intake.receipt import Reason
from madang.intake.recognise import GENERIC
from madang.places.crs import CANDIDATES, label
from madang.privacy import POLICY
from madang.web.deposits.models import Upload, sentence
from madang.web.deposits.rights import dataset_in
from madang.web.shell import words
from madang.web.shell.mark import Mark
from madang.web.shell.masking import masked, masked_problem, personal
from madang.workspace import Workspace

_EXAMPLES = 5
_ROWS = 8
_SHOWN_COLUMNS = 30
_NOTHING_TOLD = {"sheet": "", "encoding": "", "delimiter": "", "standard": "", "crs": "", "text": False}
_BLANK = dict.fromkeys(("title", "description", "steward", "theme", "access", "licence", "rhythm_days"), "")
ENCODINGS = ("utf-8", "cp949", "utf-16")
CRS = [(each.crs, label(each.crs)) for each in CANDIDATES]


@dataclass(frozen=True)
class Column:
    """A column as it would stand in the version. `named`: whether its header can be spoken of."""

    number: int
    label: str
    name: str
    type: str
    because: str
    confidence: float
    unit: str
    standard: str
    personal: bool
    told_type: str
    told_mapping: str | None
    facts: str


@dataclass(frozen=True)
class Found:
    """Personal data in a column, and what would be done."""

    column: str
    kind: str
    word: str
    count: int
    done: Mark
    decided: str
    choosable: bool


@dataclass(frozen=True)
class Rule:
    """A kind of problem, with the first of them."""

    label: str
    severity: Mark
    count: int
    examples: list[str]


@dataclass
class Part:
    """One table of the file."""

    dataset: str
    title: str
    member: str
    verdict: Mark
    taken: bool
    new: bool
    moved: bool
    rows: int
    reasons: list[str]
    standard: str
    standard_label: str
    evidence: list[tuple[str, str, str, str]]
    columns: list[Column]
    personal: list[Found]
    problems: list[Rule]
    problem_count: int
    left_out: list[tuple[str, int]]
    left_out_examples: list[str]
    place: dict[str, Any]
    change: dict[str, Any] | None
    head: list[str] = field(default_factory=list)
    sample: list[list[str]] = field(default_factory=list)
    live_n: int = 0


@dataclass(frozen=True)
class Review:
    """The page: the tables of a file, what was told, and what can be chosen."""

    upload: Upload
    parts: list[Part]
    takes: bool
    unchanged: bool
    moved: bool
    told: dict[str, Any]
    header_rows: str
    crs_other: str
    sheets: list[str]
    standards: list[tuple[str, str]]
    mappings: list[tuple[str, str]]
    types: list[tuple[str, str]]
    text_file: bool
    one_new: bool
    posts: list[str]
    card: dict[str, Any]


def review(upload: Upload, seen: Preview, ws: Workspace, by: Person) -> Review:
    """The preview of an upload as its page shows it."""
    parts = [_part(upload, seen, table, ws) for table in seen.tables]
    standards = sorted(
        ((each.id, each.label) for each in ws.standards.values() if not each.made_here), key=lambda s: s[1]
    )
    chosen = _chosen(parts, ws.standards)
    known = {part.member for part in parts if part.member} | set(upload.card.get("sheets") or ())
    rows = upload.told.get("header_rows")
    first = seen.tables[0]
    made = next((table.card for table in seen.tables if table.card), None) or {}
    return Review(
        upload=upload,
        parts=parts,
        takes=seen.takes,
        unchanged=all(table.receipt["verdict"] == "unchanged" for table in seen.tables),
        moved=any(part.moved for part in parts),
        told={**_NOTHING_TOLD, **upload.told},
        header_rows="" if rows is None else ", ".join(map(str, rows)) or "0",
        crs_other=str(upload.told.get("crs") or "") if upload.told.get("crs") not in dict(CRS) else "",
        sheets=sorted(known),
        standards=standards,
        mappings=[(c.name, c.label) for c in chosen.columns if not c.derived_from] if chosen else [],
        types=[(kind, words.TYPES.get(kind, kind)) for kind in STORAGE if kind != "geometry"],
        text_file=first.receipt.get("encoding") is not None,
        one_new=any(part.new and part.taken for part in parts),
        posts=sorted(by.posts),
        card={**_BLANK, **made, **upload.card},
    )


def _chosen(parts: list[Part], standards: dict[str, Standard]) -> Standard | None:
    return next((standards[part.standard] for part in parts if part.standard in standards), None)


def _part(upload: Upload, seen: Preview, table: Table, ws: Workspace) -> Part:
    receipt, facts = table.receipt, table.facts
    there = dataset_in(ws.bank, table.dataset)
    live = there.latest if there else None
    columns = [DatasetColumn(**column) for column in facts.get("columns") or ()]
    hidden = personal(columns)
    standard = ws.standards.get(str(receipt.get("standard") or ""))
    problems, examples = _problems(seen, table, hidden)
    found = Part(
        dataset=table.dataset,
        title=str(there.card["title"]) if there else "",
        member=str(receipt.get("member") or ""),
        verdict=words.VERDICTS.get(str(receipt["verdict"]), Mark(str(receipt["verdict"]))),
        taken=table.taken,
        new=there is None or live is None,
        moved=(live.n if live else 0) != table.live_n,
        rows=int(receipt.get("rows") or 0),
        reasons=[sentence(r.code, r.params) for r in map(Reason.stored, receipt["reasons"])],
        standard=standard.id if standard else GENERIC,
        standard_label=standard.label if standard else "",
        evidence=[_evidence(each) for each in facts.get("evidence") or () if ":" not in each["decision"]],
        columns=[_column(n, each, upload, standard) for n, each in enumerate(columns)],
        personal=[_found(each, upload) for each in facts.get("personal_data") or () if each["personal"]],
        problems=problems,
        problem_count=int(receipt.get("problems") or 0),
        left_out=[(words.LEFT_OUT.get(k, k), n) for k, n in (facts.get("left_out_counts") or {}).items()],
        left_out_examples=[
            f"{each['row']}: {each['text']}"[:120] for each in (facts.get("left_out") or ())[:_EXAMPLES]
        ],
        place=_place(receipt, facts),
        change=_change(table, columns),
        live_n=table.live_n,
    )
    if table.taken:
        found.head, found.sample = _sample(seen, table, columns)
    elif examples:
        found.reasons += examples[:1]
    return found


def _evidence(each: dict[str, Any]) -> tuple[str, str, str, str]:
    said = words.evidence_value(each["decision"], str(each["value"]))
    label = words.DECISIONS.get(each["decision"], each["decision"])
    return label, said, str(each["because"]), f"{100 * float(each['confidence']):.0f}%"


def _column(number: int, column: DatasetColumn, upload: Upload, standard: Standard | None) -> Column:
    mapped = next((c.label for c in standard.columns if c.name == column.standard), "") if standard else ""
    facts = column.facts
    told = [_("빈 칸 %(n)s") % {"n": f"{facts['empty']:,}"}] if facts.get("empty") else []
    told += [_("읽지 못함 %(n)s") % {"n": f"{facts['unreadable']:,}"}] if facts.get("unreadable") else []
    return Column(
        number, column.label, column.name, column.type, column.because, column.confidence, column.unit or "",
        mapped, column.privacy != "none", str((upload.told.get("types") or {}).get(column.label, "")),
        (upload.told.get("mapping") or {}).get(column.label), ", ".join(told),
    )  # fmt: skip


def _found(each: dict[str, Any], upload: Upload) -> Found:
    kind = each["kind"]
    return Found(
        each["label"] or each["column"], kind, words.said(f"privacy_kind_{kind}"), each["count"],
        words.ACTIONS.get(each["action"], Mark(each["action"])), str(upload.personal.get(kind, "")),
        POLICY[kind].action != "refuse",
    )  # fmt: skip


def _problems(seen: Preview, table: Table, hidden: set[str]) -> tuple[list[Rule], list[str]]:
    path = seen.problems(table)
    if path is None or not path.exists():
        return [], []
    rows = pq.read_table(path)
    groups = rows.group_by(["rule", "severity"]).aggregate([([], "count_all")]).to_pylist()
    found, said = [], []
    for group in sorted(
        groups, key=lambda g: (g["severity"] != "error", g["severity"] == "info", -g["count_all"])
    ):
        some = rows.filter(pc.equal(rows["rule"], group["rule"])).slice(0, _EXAMPLES).to_pylist()
        lines = [problem_sentence(each, hidden) for each in some]
        severity = words.SEVERITIES.get(group["severity"], Mark(group["severity"]))
        label = words.RULES.get(group["rule"], group["rule"])
        found.append(Rule(label, severity, group["count_all"], lines))
        said += lines
    return found, said


def problem_sentence(problem: dict[str, Any], hidden: set[str]) -> str:
    """A stored problem as a sentence with its row; values of `hidden` columns are starred."""
    try:
        detail = json.loads(problem["detail"] or "{}")
    except ValueError:
        detail = {}
    shown = masked_problem(problem, detail, hidden)
    known = {"row": shown["row"], "column": shown["label"] or shown["column"], "value": shown["value"]}
    params = {key: value for key, value in {**detail, **known}.items() if value is not None}
    try:
        line = sentence(str(shown["rule"]), params)
    except KeyError:
        line = str(words.RULES.get(str(shown["rule"]), str(shown["rule"])))
    if not shown["row"]:
        return line
    return _("%(row)s행 %(sentence)s") % {"row": f"{shown['row']:,}", "sentence": line}


def _place(receipt: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    located = facts.get("located")
    if not located:
        return {}
    share = receipt.get("located_share")
    levels = [(words.LEVELS[k][0], n) for k, n in (located.get("levels") or {}).items() if k in words.LEVELS]
    because = next(
        (e["because"] for e in facts.get("evidence") or () if e["decision"] in ("crs", "degrees")), ""
    )
    return {
        "crs": receipt.get("crs") or "", "because": because, "levels": levels,
        "percent": None if share is None else 100 * share, "pair": ", ".join(located.get("pair") or ()),
    }  # fmt: skip


def _change(table: Table, columns: list[DatasetColumn]) -> dict[str, Any] | None:
    if table.change is None:
        return None
    labels = {column.name: column.label or column.name for column in columns}
    cells = sorted(table.change["changed_cells"].items(), key=lambda each: -each[1])
    return {**table.change, "cells": [(labels.get(name, name), n) for name, n in cells[:10]]}


def _sample(seen: Preview, table: Table, columns: list[DatasetColumn]) -> tuple[list[str], list[list[str]]]:
    shown = [column for column in columns if column.type != "geometry"][:_SHOWN_COLUMNS]
    names = [column.name for column in shown]
    with pq.ParquetFile(seen.files(table)[0]) as file:
        batch = next(file.iter_batches(_ROWS, columns=["source_row", *names]), None)
    rows = batch.to_pylist() if batch is not None else []
    return [_("행"), *(column.label or column.name for column in shown)], [
        [str(row["source_row"]), *(_cell(row[column.name], column) for column in shown)] for row in rows
    ]


def _cell(value: Any, column: DatasetColumn) -> str:
    said = "" if value is None else str(value)
    return masked(said) if column.privacy != "none" else said[:80]
