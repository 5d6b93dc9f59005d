"""Shapefiles: shapes through GDAL (which sees .shp and .shx only), attributes by our own reader of the .dbf."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from madang.intake.layer_dbf import Dbf
from madang.intake.layer_stage import BATCH, Stage
from madang.intake.layer_wkb import is_plain
from madang.intake.problems import ProblemSink
from madang.intake.raw import Evidence, Override, Progress, RawColumn, RawTable, Refused, StageWriter
from madang.messages import text

_PRJ_LIMIT = 64 << 10
_SURE = 90  # per cent of likeness from which a .prj is an EPSG code
# shapes of one batch are in memory at once: few where they are large
_LARGE, _FEW = 64 << 10, 250


@dataclass
class _Shapes:
    """The shapes of a .shp record by record."""

    batches: Iterator[list[bytes | None]]
    held: list[bytes | None]

    def take(self, count: int) -> list[bytes | None]:
        """The next `count` shapes; fewer at the end."""
        while len(self.held) < count:
            more = next(self.batches, None)
            if more is None:
                break
            self.held += more
        taken, self.held = self.held[:count], self.held[count:]
        return taken


def read_shapefile(
    parts: Mapping[str, Path],
    place: Path,
    name: str,
    member: str | None,
    override: Override,
    progress: Progress,
) -> RawTable:
    """One shapefile from its `parts` (by suffix), staged in `place` under `name`; rows are record numbers.

    Without .dbf there are no attributes; a .dbf without .shp is a table without shapes. Records marked as deleted are
    left out. Raises Refused (shp_broken, dbf_broken, layer_part_truncated).
    """
    dbf = Dbf.open(parts[".dbf"]) if ".dbf" in parts else None
    evidence: list[Evidence] = []
    if dbf:
        evidence.append(dbf.decide(_words(parts.get(".cpg")), override.encoding))
    if ".shp" not in parts:
        assert dbf is not None
        return _table_alone(dbf, place, name, member, evidence, progress)
    labels = _unique(dbf.labels) if dbf else []
    stage = Stage(place, name, labels)
    with _opened(parts, place / f"{name}.shapes") as shapes:
        if dbf:
            _join(dbf, shapes, stage, labels, progress)
        else:
            _alone(shapes, stage, progress)
    if dbf:
        _tell_bad(dbf, stage.problems)
    else:
        stage.tell("shp_without_dbf", None, "warning")
    if ".shx" not in parts:
        stage.tell("shp_without_shx", None, "info")
    declared, by = declared_in(parts.get(".prj"), stage)
    return stage.finish(member, declared, by, encoding=dbf.encoding if dbf else None, evidence=evidence)


def declared_in(prj: Path | None, stage: Stage | None = None) -> tuple[str | None, str]:
    """What a .prj declares: an EPSG code where it surely is one, else its WKT; (None, …) without one or where it
    cannot be read."""
    said = _words(prj)
    if not said:
        return None, text("layer_by_no_prj")
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    try:
        crs = CRS.from_wkt(said)
    except CRSError:
        if stage:
            stage.tell("layer_prj_unreadable", None, "warning")
        return None, text("layer_by_broken_prj")
    code = crs.to_epsg(min_confidence=_SURE)
    return (f"EPSG:{code}" if code else said), text("layer_by_prj", name=crs.name)


def _words(path: Path | None) -> str:
    """The text of a small part; "" without one."""
    if path is None:
        return ""
    with path.open("rb") as stream:
        raw = stream.read(_PRJ_LIMIT)
    return raw.decode("utf-8-sig", "replace").replace("\0", "").strip()


@contextmanager
def _opened(parts: Mapping[str, Path], folder: Path) -> Iterator[_Shapes]:
    """The shapes, through GDAL, from a folder in which nothing else lies. Raises Refused (shp_broken)."""
    import pyogrio

    _check_length(parts[".shp"])
    folder.mkdir()
    for suffix in (".shp", ".shx"):
        if suffix in parts:
            (folder / f"layer{suffix}").symlink_to(parts[suffix].absolute())
    pyogrio.set_gdal_config_options(
        {
            "SHAPE_RESTORE_SHX": "YES" if ".shx" not in parts else None,
            "GDAL_DISABLE_READDIR_ON_OPEN": "EMPTY_DIR",
        }
    )
    size = parts[".shp"].stat().st_size
    records = max((parts[".shx"].stat().st_size - 100) // 8 if ".shx" in parts else 0, 1)
    try:
        with pyogrio.raw.open_arrow(
            folder / "layer.shp", use_pyarrow=True, batch_size=BATCH if size / records < _LARGE else _FEW
        ) as (about, reader):
            name = about["geometry_name"] or "wkb_geometry"
            yield _Shapes((_plain(batch.column(name)) for batch in reader), [])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowException) as error:
        raise Refused("shp_broken") from error
    finally:
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None, "GDAL_DISABLE_READDIR_ON_OPEN": None})


def _plain(column: pa.Array) -> list[bytes | None]:
    found: list[bytes | None] = column.to_pylist()
    return [each if each is None or 1 <= each[1] <= 6 or is_plain(each) else each[:5] for each in found]


def _check_length(shp: Path) -> None:
    """Refuse a .shp that is shorter than its header says."""
    there = shp.stat().st_size
    with shp.open("rb") as stream:
        head = stream.read(100)
    wanted = 2 * int.from_bytes(head[24:28], "big")
    if len(head) < 100 or head[:4] != b"\0\0\x27\x0a":
        raise Refused("shp_broken")
    if wanted > there:
        raise Refused("layer_part_truncated", part=".shp", size=f"{there:,}", wanted=f"{wanted:,}")


def _join(dbf: Dbf, shapes: _Shapes, stage: Stage, labels: list[str], progress: Progress) -> None:
    """Stage attributes and shapes record by record; where one has more records, the others stay empty."""
    done, lacking = 0, 0
    for numbers, cells in dbf.blocks():
        last = int(numbers[-1]) if len(numbers) else done
        for start in range(0, len(numbers), BATCH):
            part = slice(start, start + BATCH)
            chosen = numbers[part]
            upto = int(chosen[-1])
            drawn = shapes.take(upto - done)
            lacking += upto - done - len(drawn)
            drawn += [None] * (upto - done - len(drawn))
            kept = [drawn[int(number) - done - 1] for number in chosen]
            done = upto
            stage.write(chosen, {label: cells[i][part] for i, label in enumerate(labels)}, kept)
        progress(last, dbf.records)
    shapes.take(dbf.records - done)  # those of deleted records at the end
    more = _alone(shapes, stage, progress, dbf.records)
    if lacking or more:
        stage.tell(
            "shp_counts_differ",
            None,
            "warning",
            shapes=f"{dbf.records - lacking + more:,}",
            records=f"{dbf.records:,}",
        )
    if dbf.deleted:
        stage.tell("dbf_deleted", None, "info", count=f"{dbf.deleted:,}")


def _alone(shapes: _Shapes, stage: Stage, progress: Progress, done: int = 0) -> int:
    """Stage the shapes that have no attributes; returns how many."""
    first = done
    while taken := shapes.take(BATCH):
        stage.write(np.arange(done + 1, done + len(taken) + 1, dtype=np.int64), {}, taken)
        done += len(taken)
        progress(done, None)
    return done - first


def _table_alone(
    dbf: Dbf, place: Path, name: str, member: str | None, evidence: list[Evidence], progress: Progress
) -> RawTable:
    """A .dbf without shapes."""
    problems = ProblemSink(place / f"{name}.problems.parquet")
    writer = StageWriter(place / f"{name}.arrow", len(dbf.fields))
    for numbers, cells in dbf.blocks():
        writer.write(pa.array(numbers, pa.int64()), [cells[i] for i in range(len(dbf.fields))])
        progress(int(numbers[-1]) if len(numbers) else 0, dbf.records)
    writer.close()
    _tell_bad(dbf, problems)
    return RawTable(
        member=member,
        stage=writer.path,
        columns=[RawColumn(i, label) for i, label in enumerate(dbf.labels)],
        rows=writer.rows,
        header_rows=(),
        problems=problems,
        encoding=dbf.encoding,
        evidence=evidence,
    )


def _tell_bad(dbf: Dbf, problems: ProblemSink) -> None:
    for cell in dbf.bad:
        rule = "dbf_cell_cut" if cell.cut else "dbf_cell_bytes"
        severity: Any = "info" if cell.cut else "error"
        problems.add(rule, row=cell.record, label=cell.label, value=cell.shown, severity=severity)


def _unique(labels: list[str]) -> list[str]:
    """Labels under which cells are kept apart: a second one of a name gets a number, an empty one its place."""
    found: list[str] = []
    for place, label in enumerate(labels, start=1):
        wanted, number = label or f"열_{place}", 2
        while wanted in found:
            wanted, number = f"{label}_{number}", number + 1
        found.append(wanted)
    return found
