"""Features that come one by one, drawn and staged a batch at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from madang.intake.layer_stage import BATCH, BATCH_BYTES, Stage
from madang.intake.layer_wkb import BrokenShape, Encoder

Drawing = tuple[
    Any, Any, list[Any]
]  # kind, coordinates and members of a shape, as `Encoder.encode` takes them


@dataclass
class Features:
    """The features of one table on their way into `stage`; `number` is that of the last one."""

    stage: Stage
    encoder: Encoder = field(default_factory=Encoder)
    number: int = 0
    _rows: list[int] = field(default_factory=list)
    _features: list[dict[str, str]] = field(default_factory=list)
    _shapes: list[bytes | None] = field(default_factory=list)
    _bytes: int = 0

    def add(self, attributes: dict[str, str], draw: Callable[[], Drawing | None]) -> None:
        """The next feature; `draw` gives its shape, or None, or raises BrokenShape: that is told,
        and the shape left empty."""
        self.number += 1
        shape = self._drawn(draw)
        self._rows.append(self.number)
        self._features.append(attributes)
        self._shapes.append(shape)
        self._bytes += len(shape or b"")
        if len(self._rows) >= BATCH or self._bytes >= BATCH_BYTES:
            self.flush()

    def finish(self) -> Stage:
        """The stage with all features in it."""
        self.flush()
        self.stage.heights += self.encoder.heights
        return self.stage

    def flush(self) -> None:
        """Stage what is held."""
        self.stage.write_features(self._rows, self._features, self._shapes)
        self._rows, self._features, self._shapes, self._bytes = [], [], [], 0

    def _drawn(self, draw: Callable[[], Drawing | None]) -> bytes | None:
        try:
            drawing = draw()
            if drawing is None:
                return None
            shape = self.encoder.encode(*drawing)
        except BrokenShape as broken:
            self.stage.tell(str(broken), self.number)
            return None
        if self.encoder.specks:
            self.stage.tell("layer_specks", self.number, "warning", count=self.encoder.specks)
        return shape
