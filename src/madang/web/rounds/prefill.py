"""Last year's rows, given back in this year's form."""

from __future__ import annotations

from typing import Any

from madang.declarations.sql import literal, quote
from madang.engine.duck import connect
from madang.web.rounds.actions import parts_before
from madang.web.rounds.door import pieces_of
from madang.web.rounds.form import columns_of
from madang.web.rounds.models import Part
from madang.workspace import Workspace

_MOST = 1_900  # rows that fit under the form's checks


def rows_before(ws: Workspace, part: Part) -> list[list[Any]]:
    """What this department, and those it followed, handed in the year before, in the columns of this year's form."""
    columns, found = columns_of(part.round.columns), []
    for earlier in parts_before(part):
        given = earlier.handed_in
        for piece in pieces_of(ws, given) if given else ():
            mapped = piece.mapped
            cells = ", ".join(quote(mapped[c.name].name) if c.name in mapped else "NULL" for c in columns)
            paths = ", ".join(literal(str(path)) for path in piece.version.files)
            skip = f"WHERE source_row NOT IN ({', '.join(map(str, piece.skip))})" if piece.skip else ""
            with connect(temp_dir=piece.version.dataset.folder, threads=1) as con:
                rows = con.execute(
                    f"SELECT {cells} FROM read_parquet([{paths}]) {skip} ORDER BY source_row LIMIT {_MOST}"
                ).fetchall()
            found += [list(row) for row in rows]
    return found[:_MOST]
