"""A word processor's document as this intake sees it: paragraphs and tables in their order, whatever form it came in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from madang.messages import text

CELLS = 2_000_000  # cells of one document
AREA = 4_000_000  # positions of the tables of one document
ROWS, COLUMNS = 100_000, 1_000  # of one table
DEPTH = 60  # tables within tables


class TooLarge(Exception):
    """A document that claims or holds more than is read; its text is the clause of the vocabulary that says of what."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(text(code, **params))


@dataclass
class Paragraph:
    """A paragraph: its words in parts, as they are found."""

    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.parts).split())


@dataclass
class Cell:
    """A cell of a table, 0-based; `flow` is what stands in it."""

    row: int = 0
    column: int = 0
    high: int = 1
    wide: int = 1
    title: bool = False  # marked as a cell of the header ("제목 셀")
    flow: list[Paragraph | Table] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its paragraphs, joined by a space; tables within are tables of their own."""
        return " ".join(filter(None, (each.text for each in self.flow if isinstance(each, Paragraph))))


@dataclass
class Table:
    """A table of a document; cells as they came, those under a merged one are absent."""

    cells: list[Cell] = field(default_factory=list)
    caption: list[Paragraph | Table] = field(default_factory=list)

    @property
    def rows(self) -> int:
        return max((cell.row + cell.high for cell in self.cells), default=0)

    @property
    def columns(self) -> int:
        return max((cell.column + cell.wide for cell in self.cells), default=0)

    @property
    def caption_text(self) -> str:
        return " ".join(filter(None, (each.text for each in self.caption if isinstance(each, Paragraph))))

    @property
    def inner(self) -> list[Table]:
        """The tables within its cells."""
        return [each for cell in self.cells for each in cell.flow if isinstance(each, Table)]


@dataclass
class Budget:
    """What is left to be read of one document."""

    cells: int = CELLS
    area: int = AREA

    def take(self, cell: Cell) -> None:
        """Count a cell in. Raises TooLarge."""
        self.cells -= 1
        self.area -= cell.high * cell.wide
        if self.cells < 0 or self.area < 0:
            raise TooLarge("reason_cells_over", count=f"{CELLS:,}")
        if cell.row + cell.high > ROWS or cell.column + cell.wide > COLUMNS:
            raise TooLarge(
                "reason_one_table",
                rows=f"{cell.row + cell.high:,}",
                columns=f"{cell.column + cell.wide:,}",
            )


def walk(flow: list[Paragraph | Table]) -> Iterator[Paragraph | Table]:
    """Paragraphs and tables in the order in which they are read; after a table what stands in its cells' tables."""
    stack = [iter(flow)]
    while stack:
        for each in stack[-1]:
            yield each
            if isinstance(each, Table) and each.inner:
                inside = [part for cell in each.cells if _has_table(cell) for part in cell.flow]
                stack.append(iter(inside))
                break
        else:
            stack.pop()


def _has_table(cell: Cell) -> bool:
    return any(isinstance(part, Table) for part in cell.flow)
