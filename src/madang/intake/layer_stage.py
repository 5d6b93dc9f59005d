"""Stages the features of a layer: attributes as text, shapes as hexadecimal WKB, what is unsound said and not changed.

Attributes may appear late in a file: each time new ones come up a further stage file is begun, and at the end all are
written as one, with the shapes in the last column.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from madang.intake.problems import ProblemSink, Severity
from madang.intake.raw import MOST_COLUMNS, Evidence, Layer, RawColumn, RawTable, Refused, StageWriter
from madang.messages import text
from madang.places.sound import mended

GEOMETRY = "geometry"  # label of the column of shapes
BATCH = 4_000  # features staged at a time at most
BATCH_BYTES = 16 << 20  # and bytes of their shapes
_MENDED = 1_000  # shapes of a table for which a mend is worked out
_LIMITS = np.array([-180.0, -90.0, 180.0, 90.0])
_KINDS = {0: "point", 1: "line", 2: "line", 3: "area", 4: "point", 5: "line", 6: "area", 7: "mixed"}


@dataclass
class Stage:
    """One table being staged in `place` under `name`; without `drawn` it has no shapes."""

    place: Path
    name: str
    labels: list[str] = field(default_factory=list)
    drawn: bool = True
    rows: int = 0
    heights: int = 0  # shapes that had more than two dimensions
    kinds: Counter[str] = field(default_factory=Counter)
    in_degrees: int = 0  # shapes that lie within ±180, ±90
    shapes: int = 0  # that could be read and are not empty

    def __post_init__(self) -> None:
        self.problems = ProblemSink(self.place / f"{self.name}.problems.parquet")
        self.labels = list(self.labels)
        self._places: dict[str, int] = {label: i for i, label in enumerate(self.labels)}
        self._files: list[tuple[StageWriter, int]] = []
        self._mends = 0

    def write(
        self,
        rows: NDArray[np.int64],
        cells: Mapping[str, pa.Array],
        shapes: Sequence[bytes | None],
    ) -> None:
        """Stage a batch: feature numbers, text columns by label (missing ones are empty) and the WKB of each shape."""
        if not len(rows):
            return
        self.know(cells)
        hexed = [self._checked(rows, shapes)] if self.drawn else []
        empty = pa.array([""] * len(rows), pa.string())
        arrays = [cells.get(label, empty) for label in self.labels]
        self._files[-1][0].write(pa.array(rows, pa.int64()), [*arrays, *hexed])
        self.rows += len(rows)

    def write_features(
        self, rows: Sequence[int], features: Sequence[Mapping[str, str]], shapes: Sequence[bytes | None]
    ) -> None:
        """Stage features that come one by one, each with its own attributes."""
        labels = dict.fromkeys(label for each in features for label in each)
        cells = {label: pa.array([each.get(label, "") for each in features], pa.string()) for label in labels}
        self.write(np.array(rows, np.int64), cells, shapes)

    def tell(self, rule: str, row: int | None, severity: Severity = "error", **params: Any) -> None:
        """A problem of the shape of feature `row` (None: of the whole table)."""
        detail = json.dumps({key: str(value) for key, value in params.items()}, ensure_ascii=False)
        self.problems.add(rule, row=row, label=GEOMETRY, severity=severity, detail=detail)

    @property
    def mostly_degrees(self) -> bool:
        """Whether most shapes could be longitudes and latitudes."""
        return 2 * self.in_degrees >= self.shapes

    def finish(
        self,
        member: str | None,
        declared: str | None,
        declared_by: str,
        *,
        encoding: str | None = None,
        evidence: Sequence[Evidence] = (),
    ) -> RawTable:
        """The staged table. Without any feature it has its known columns and no rows."""
        if not self._files:
            self._begin()
        path = self._joined()
        if self.heights:
            self.tell("layer_heights", None, "info", count=f"{self.heights:,}")
        labels = [*self.labels, GEOMETRY] if self.drawn else self.labels
        shapes = ", ".join(text(f"layer_of_{kind}", count=f"{n:,}") for kind, n in self.kinds.most_common())
        found = Evidence(
            "layer", shapes or text("layer_of_nothing"), declared_by or text("layer_no_crs"), 1.0
        )
        return RawTable(
            member=member,
            stage=path,
            columns=[RawColumn(i, label) for i, label in enumerate(labels)],
            rows=self.rows,
            header_rows=(),
            problems=self.problems,
            encoding=encoding,
            evidence=[*evidence, found] if self.drawn else list(evidence),
            layer=Layer(len(self.labels), declared, declared_by) if self.drawn else None,
        )

    def know(self, labels: Iterable[str]) -> None:
        """Attributes that the table has, in this order, whether or not any feature follows."""
        new = [label for label in labels if label not in self._places]
        for label in new:
            self._places[label] = len(self.labels)
            self.labels.append(label)
        if len(self.labels) >= MOST_COLUMNS:
            raise Refused("csv_too_many_columns", limit=f"{MOST_COLUMNS:,}")
        if new or not self._files:
            self._begin()

    def _begin(self) -> None:
        if self._files:
            self._files[-1][0].close()
        path = self.place / f"{self.name}.{len(self._files)}.arrow"
        self._files.append((StageWriter(path, len(self.labels) + self.drawn), len(self.labels)))

    def _joined(self) -> Path:
        """One file of all columns, from the pieces that were written while they were not yet all known."""
        self._files[-1][0].close()
        target = self.place / f"{self.name}.arrow"
        if len(self._files) == 1:
            return self._files[0][0].path.rename(target)
        whole = StageWriter(target, len(self.labels) + self.drawn)
        for piece, known in self._files:
            with pa.OSFile(str(piece.path)) as source, pa.ipc.open_file(source) as reader:
                for number in range(reader.num_record_batches):
                    batch = reader.get_batch(number)
                    empty = pa.array([""] * batch.num_rows, pa.string())
                    cells = batch.columns[1 : known + 1] + [empty] * (len(self.labels) - known)
                    whole.write(batch.column(0), [*cells, *batch.columns[known + 1 :]])
            piece.path.unlink()
        whole.close()
        return target

    def _checked(self, rows: NDArray[np.int64], shapes: Sequence[bytes | None]) -> pa.Array:
        """The shapes of a batch as hexadecimal WKB in two dimensions, "" where there is none; problems are told."""
        raw = np.array([shape or None for shape in shapes], object)
        there = np.array([bool(shape) for shape in shapes])
        with np.errstate(invalid="ignore"):
            found = _parsed(raw, "ignore")
            lost = np.flatnonzero(shapely.is_missing(found) & there)
            if len(lost):
                found[lost] = _parsed(raw[lost], "fix")
                self._tell_lost(rows, lost, found)
            deep = shapely.has_z(found) | shapely.has_m(found)
            self.heights += int(deep.sum())
            flat = shapely.force_2d(found)
            positions, owners = shapely.get_coordinates(flat, return_index=True)
            for at in np.unique(owners[~np.isfinite(positions).all(axis=1)]):
                self.tell("layer_shape_not_finite", int(rows[at]))
                flat[at] = None
            flat[shapely.is_empty(flat)] = None
            self._tell_invalid(rows, flat)
            self._weigh(flat)
        hexed = shapely.to_wkb(flat, hex=True, output_dimension=2, byte_order=1, flavor="iso")
        return pa.array(["" if each is None else each for each in hexed], pa.string())

    def _tell_lost(self, rows: NDArray[np.int64], lost: NDArray[np.intp], found: NDArray[Any]) -> None:
        for at in lost:
            if found[at] is None:
                self.tell("layer_shape_unreadable", int(rows[at]))
            else:
                self.tell("layer_ring_open", int(rows[at]), "warning")

    def _tell_invalid(self, rows: NDArray[np.int64], shapes: NDArray[Any]) -> None:
        wrong = np.flatnonzero(~shapely.is_valid(shapes) & ~shapely.is_missing(shapes))
        for at, reason in zip(wrong, shapely.is_valid_reason(shapes[wrong]), strict=True):
            self._mends += 1
            params = {"reason": reason_of(reason), "at": _position_in(reason)}
            if self._mends <= _MENDED:
                params |= _mend(shapes[at])
            rule = "layer_shape_invalid" if "parts" in params else "layer_shape_unsound"
            self.tell(rule, int(rows[at]), "warning", **params)

    def _weigh(self, shapes: NDArray[Any]) -> None:
        there = shapes[~shapely.is_missing(shapes)]
        numbers, counts = np.unique(shapely.get_type_id(there), return_counts=True)
        for kind, count in zip(numbers, counts, strict=True):
            self.kinds[_KINDS[int(kind)]] += int(count)
        bounds = shapely.bounds(there).reshape(-1, 4)
        inside = (bounds[:, :2] >= _LIMITS[:2]).all(axis=1) & (bounds[:, 2:] <= _LIMITS[2:]).all(axis=1)
        self.in_degrees += int(inside.sum())
        self.shapes += len(there)


def _parsed(raw: NDArray[Any], on_invalid: Any) -> NDArray[Any]:
    """Shapely geometries, None where the WKB cannot be read."""
    found: NDArray[Any] = shapely.from_wkb(raw, on_invalid=on_invalid)
    return found


_REASONS = {
    "Self-intersection": "layer_reason_crossing",
    "Ring Self-intersection": "layer_reason_touching",
    "Too few points": "layer_reason_few_points",
    "Hole lies outside": "layer_reason_hole_outside",
    "Nested": "layer_reason_nested",
    "Holes are nested": "layer_reason_nested",
    "Interior is disconnected": "layer_reason_disconnected",
    "Duplicate": "layer_reason_duplicate",
}


def reason_of(said: str) -> str:
    """What makes a shape invalid, in Korean, from what GEOS says."""
    code = next((code for start, code in _REASONS.items() if said.startswith(start)), None)
    return text(code) if code else said.split("[")[0]


def _position_in(said: str) -> str:
    return said[said.find("[") + 1 : -1] if said.endswith("]") else "-"


def _mend(shape: Any) -> dict[str, str]:
    """What a mend would make of an invalid shape: how many parts, and by how many per cent its area would change."""
    whole = mended(shape)
    if whole is None:
        return {}
    before, after = shapely.area(shape), shapely.area(whole)
    change = f"{round(100 * (after / before - 1), 2) + 0.0:+.2f}" if before else "-"
    return {"change": change, "parts": f"{shapely.get_num_geometries(whole):,}"}
