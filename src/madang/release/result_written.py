"""What is written of an open result: its story, the facts, the receipt and the card of the edition."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa

from madang.declarations.card import THEMES, Card
from madang.declarations.standard import DatasetColumn
from madang.release.result_decision import Carried, ResultDecision
from madang.release.result_small import Small, tells
from madang.release.result_story import Story, Used
from madang.results import Result, Table, sentence
from madang.results.map_picture import Borders
from madang.runs import Analysis, Run
from madang.runs.about import parameters_of, values_said

RUN = "run:"  # before the key, where an edition says what it is of


@dataclass(frozen=True)
class Prepared:
    """A result that may leave. `carried`: the tables of the run that are rows of data which are not open."""

    story: Story
    rows: pa.Table
    columns: tuple[DatasetColumn, ...]
    small: Small
    decision: ResultDecision
    carried: tuple[Carried, ...]

    @property
    def leaving(self) -> tuple[Carried, ...]:
        """Those of `carried` that do not stay inside."""
        return tuple(each for each in self.carried if each.table not in self.decision.without)


def story_of(
    run: Run, analysis: Analysis | None, shown: Result, found: Small, title: str,
    opened: Mapping[tuple[str, int], str], gone: int, without: int, borders: Borders,
    emptied: Mapping[str, frozenset[str]],
) -> Story:  # fmt: skip
    card = analysis.card if analysis else None
    labels = {each.name: each.label for each in card.inputs} if card else {}
    inputs = tuple(
        Used(each.role, labels.get(each.role, each.role), each.title, each.as_of, opened.get((each.dataset, each.version), ""))
        for each in run.inputs
    )  # fmt: skip
    hidden = {each.id: frozenset(map(int, found.hidden[each.id].nonzero()[0])) for each in shown.tables}
    return Story(
        run.key, run.analysis, title, card.question if card else run.title, card.why if card else "", card.theme if card else "", run.at,
        card.not_for if card else (), _chosen(run, analysis), inputs, shown, hidden, gone, without,
        {opened[(each.dataset, each.version)]: each.dataset for each in run.inputs if (each.dataset, each.version) in opened},
        borders, emptied,
    )  # fmt: skip


def emptied_of(tables: Sequence[Table], sums: Collection[tuple[str, str]]) -> dict[str, frozenset[str]]:
    """By table, those of the columns in `sums` that say something: where there is no target nobody misses it, and nothing is kept inside."""
    found: dict[str, frozenset[str]] = {}
    for table in tables:
        for column in table.columns:
            known = table.rows.num_rows - table.rows.column(column.name).null_count
            if known and (table.id, column.name) in sums:
                found[table.id] = found.get(table.id, frozenset()) | {column.name}
    return found


def _chosen(run: Run, analysis: Analysis | None) -> tuple[tuple[str, str], ...]:
    """What was chosen, in words; what the data decided is left out."""
    left = {name: value for name, value in run.parameters.items() if value not in (None, "")}
    return tuple(values_said(parameters_of(analysis), left))


def facts_of(prepared: Prepared) -> dict[str, Any]:
    story, decision = prepared.story, prepared.decision
    numbers = sum(each.rows.num_rows * sum(map(tells, each.columns)) for each in story.result.tables)
    release = {
        "dataset": f"{RUN}{decision.run}", "version": 1, "decision": decision.number, "document": decision.document,
        "ground": decision.ground, "post": decision.post, "decided_on": decision.at[:10], "licence": decision.licence,
        "until": decision.until, "places": "dong", "cells": numbers, "hidden": story.cells_hidden, "least": decision.least,
        "fewest": None, "measures": [], "dims": [], "rows": [], "starred": [],
    }  # fmt: skip
    return {
        "columns": [asdict(each) for each in prepared.columns], "standard": None, "release": release,
        "quality": {"freshness": {"as_of": story.as_of or None}}, "left_out": [], "result": story.to_json(),
    }  # fmt: skip


def receipt_of(prepared: Prepared, digest: str, at: str) -> dict[str, Any]:
    decision = prepared.decision
    return {
        "file": f"{decision.edition}.parquet", "member": None, "sha256": digest, "verdict": "accepted",
        "rows": prepared.rows.num_rows, "columns": len(prepared.columns), "problems": 0, "reasons": [], "standard": None,
        "personal_data": {}, "by": decision.post, "at": at,
    }  # fmt: skip


def card_of(prepared: Prepared) -> dict[str, Any]:
    story = prepared.story
    answer = " ".join(sentence(each, story.result) for each in story.result.findings[:2])
    return Card(
        title=story.title, description=f"{story.question} {answer}", theme=story.theme if story.theme in THEMES else "", steward=prepared.decision.post,
        licence=prepared.decision.licence, access="public", not_for=story.not_for,
    ).to_json()  # fmt: skip
