"""Rows that sum up others (소계, 합계, 계, 총계, 전체, 평균): taken out of a staged table and used as checksums.

A word alone proves nothing: a row is a total only if the rows it sums stand in the table, that is rows with the same
labels in every other label column. Words that also occur as ordinary values (전체, 평균, 전국, "서울시 전체") must be
borne out by the numbers as well. What is taken out stays in `left_out` (kind "total"); a total that is not the sum of its
rows becomes the warning ``total_mismatch``, a row that only looks like one the note ``total_suspected``. Small tables
are also searched by `layout_plain_totals`; what says it is a total there but is not the sum stays (``total_kept``).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.intake.layout_cells import column_kinds
from madang.intake.layout_checksum import STRONG, SUFFIXES, WEAK, Found, Shape, search
from madang.intake.layout_plain_totals import MOST_ROWS, Plain, plain_totals
from madang.intake.raw import Evidence, RawTable, StageWriter

_LABELS = 8  # label columns looked at
_MEASURES = 40  # number columns summed
_SAMPLE = 5_000
_LISTED = 1_000
_SERIAL = re.compile(r"^(?:연번|순번|번호|일련번호|no\.?|seq|index)$", re.I)


def _variants(word: str) -> list[str]:
    spaced = (
        [gap.join(word) for gap in ("", " ", "  ", "   ", "    ", "\u3000")] if word.isalpha() else [word]
    )
    forms = [
        form
        for text in spaced
        for form in (text, f"({text})", f"[{text}]", f"<{text}>", f" {text}", f"{text} ")
    ]
    return list(dict.fromkeys(forms))


_WORDS = pa.array([form for word in STRONG + WEAK for form in _variants(word)])


def total_mask(values: pa.Array) -> pa.Array:
    """For each text value whether it is a word of totals, spaced ("합  계") or in brackets too, or ends as one
    ("서울시 전체"). Boolean array of the same length; null counts as no."""
    mask = pc.is_in(values, value_set=_WORDS)
    for suffix in SUFFIXES:
        mask = pc.or_(mask, pc.fill_null(pc.ends_with(values, suffix), False))
    return mask


def take_out_totals(table: RawTable) -> RawTable:
    """The table without its rows of totals; the same object where there are none.

    Reads the staged batches once; only where words of totals occur it is read again, summed up (DuckDB, spilling to the
    folder of the stage) and its stage rewritten. `rows`, `left_out`, `left_out_counts`, `evidence` and the problem
    sink are brought up to date.
    """
    if table.layer is not None:
        return table  # the rows of a map are places, none is the sum of others
    shape = _shape(table)
    found = Found([], [], [])
    if shape.labels and table.rows and _any_total(table, shape.labels):
        found = search(table, shape)
    known = frozenset(found.out)
    plain = plain_totals(table, known) if table.rows <= MOST_ROWS else Plain()
    _tell(table, found, plain)
    out = [*found.out, *plain.out]
    return _rewrite(table, out) if out else table


def _shape(table: RawTable) -> Shape:
    """Tell labels from measures by a sample: labels end where a second number column follows without a label."""
    batch = next(iter(table.batches()), None)
    if batch is None:
        return Shape([], [], [])
    cells = batch.slice(0, _SAMPLE).to_pydict()
    rows = [[cells[f"c{i}"][r] for i in range(len(table.columns))] for r in range(min(batch.num_rows, 300))]
    kinds = column_kinds(rows, len(table.columns))
    words = [k in ("text", "code", "digits") for k in kinds]
    labels = [i for i, word in enumerate(words) if word][:_LABELS]
    measures = [i for i, k in enumerate(kinds) if k == "number"]
    last = _last_leading(words, kinds)
    labels = [i for i in labels if i <= last]
    keys = [i for i in measures if i < last and not _serial(table.columns[i].label, cells[f"c{i}"])]
    sums = [i for i in measures if i > (labels[-1] if labels else -1) or i not in keys]
    sums = [i for i in sums if not _serial(table.columns[i].label, cells[f"c{i}"])]
    return Shape(labels, keys, sums[:_MEASURES])


def _last_leading(words: Sequence[bool], kinds: Sequence[str]) -> int:
    """The last label column before the measures begin (two number columns in a row)."""
    last = -1
    run = 0
    for index, word in enumerate(words):
        if word:
            last, run = index, 0
        elif kinds[index] == "number":
            run += 1
            if run == 2 and last >= 0:
                break
    return last


def _serial(label: str, values: Sequence[str]) -> bool:
    """Whether a number column only numbers the rows."""
    if _SERIAL.match(label.strip()):
        return True
    filled = [v for v in values if v]
    return len(filled) > 20 and all(v.isdigit() for v in filled[:20]) and filled[:3] == ["1", "2", "3"]


def _any_total(table: RawTable, labels: Sequence[int]) -> bool:
    return any(
        pc.any(total_mask(batch.column(1 + index))).as_py() for batch in table.batches() for index in labels
    )


def _tell(table: RawTable, found: Found, plain: Plain) -> None:
    told = {"total_mismatch": found.mismatches, "total_kept": plain.kept}
    for rule, cells in told.items():
        for row, column, value, total, children in sorted(cells)[:_LISTED]:
            detail = json.dumps({"sum": f"{total:.10g}", "children": children}, ensure_ascii=False)
            label, shown = table.columns[column].label, f"{value:.10g}"
            table.problems.add(rule, row=row, label=label, value=shown, severity="warning", detail=detail)
    kept = {row for row, *_ in plain.kept}
    for row in sorted(set(found.suspected) - set(plain.out) - kept)[:_LISTED]:
        table.problems.add("total_suspected", row=row, severity="info")


def _rewrite(table: RawTable, rows: Sequence[int]) -> RawTable:
    """Write the stage again without `rows`, which go to `left_out`."""
    wanted = np.unique(np.asarray(rows, dtype=np.int64))
    target = table.stage.with_suffix(".totals")
    writer = StageWriter(target, len(table.columns))
    listed: list[dict[str, Any]] = []
    for batch in table.batches():
        mask = np.isin(batch.column(0).to_numpy(), wanted)
        if mask.any() and len(listed) < _LISTED:
            for row in batch.filter(pa.array(mask)).slice(0, _LISTED - len(listed)).to_pylist():
                number = row.pop("source_row")
                text = " ".join(v for v in row.values() if v)
                listed.append({"row": number, "kind": "total", "text": text[:500]})
        kept = batch.filter(pa.array(~mask)) if mask.any() else batch
        if kept.num_rows:
            writer.write(kept.column(0), kept.columns[1:])
    writer.close()
    os.replace(target, table.stage)
    because = f"합계·소계 행 {len(wanted):,}개: 같은 구분의 행들을 합한 행이라 자료에서 빼고 검산에 씀"
    note = Evidence("totals", f"{len(wanted):,}행", because, 0.95)
    counts = {**table.left_out_counts, "total": table.left_out_counts.get("total", 0) + len(wanted)}
    return replace(
        table,
        rows=writer.rows,
        left_out=[*table.left_out, *listed],
        left_out_counts=counts,
        evidence=[*table.evidence, note],
    )
