"""The columns of a table as one person sees them: by name or label, which of them are starred."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Sequence
from functools import cached_property

from madang.access import View
from madang.engine.rows_query import Column, Field
from madang.messages import MadangError, text

# what the bank adds to every table, where the table has it
_ADDED = {"source_row": "integer", "lon": "number", "lat": "number", "dong_code": "text", "geo_level": "text"}
_POINT = ("lon", "lat")  # a point would tell the address that is starred
EVERY_LIST = 30  # columns named in a message


class Fields:
    """The `columns` of a version under a `view`. `there`: the names that its files have, () where not known yet.

    Shapes are not among them: rows are for tables, shapes for maps and downloads.
    """

    def __init__(self, columns: Sequence[Column], view: View, there: Collection[str] = ()) -> None:
        own = [column for column in columns if column.type != "geometry"]
        named = {column.name for column in own}
        added = [
            Field(name, text(f"rows_label_{name}"), kind)
            for name, kind in _ADDED.items()
            if name not in named and (not there or name in there)
        ]
        every: list[Column] = [*own, *added]
        starred = view.masked | (set(_POINT) if view.masked else set())
        self._by_name = {
            column.name: Field(
                column.name, column.label.strip() or column.name, column.type, column.unit,
                column.privacy, column.name in starred,
            )
            for column in every
            if not there or column.name in there
        }  # fmt: skip
        self.shown = tuple(each for name, each in self._by_name.items() if name not in _ADDED)
        self.every = tuple(self._by_name.values())

    @cached_property
    def _by_label(self) -> dict[str, list[str]]:
        labels: dict[str, list[str]] = {}
        for field in self.every:
            labels.setdefault(normal(field.label), []).append(field.name)
        return labels

    def find(self, word: str) -> Field | None:
        """The column of this name, or of this label. Raises MadangError("rows_column_twice") for a label of several."""
        word = normal(word)
        if word in self._by_name:
            return self._by_name[word]
        names = self._by_label.get(word, [])
        if len(names) > 1:
            raise MadangError("rows_column_twice", column=word, names=", ".join(names))
        return self._by_name[names[0]] if names else None

    def named(self, word: str) -> Field:
        """As `find`. Raises MadangError: rows_column, rows_column_twice."""
        field = self.find(word)
        if field is None:
            labels = [each.label for each in self.shown]
            listed = ", ".join(labels[:EVERY_LIST]) + (" …" if len(labels) > EVERY_LIST else "")
            raise MadangError("rows_column", column=word, columns=listed)
        return field

    def open(self, word: str) -> Field:
        """As `named`, of a column that is not starred. Raises MadangError("rows_masked")."""
        field = self.named(word)
        if field.masked:
            raise MadangError("rows_masked", column=field.label)
        return field

    @property
    def texts(self) -> tuple[Field, ...]:
        """The columns that are searched: of text, not starred, and of the source."""
        return tuple(each for each in self.shown if each.type == "text" and not each.masked)


def normal(word: str) -> str:
    """A word as columns are compared by: composed Hangul, no blanks around it."""
    return unicodedata.normalize("NFC", word).strip()
