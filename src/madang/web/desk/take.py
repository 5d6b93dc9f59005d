"""Rows to take away: whole or as asked for, masked as on the pages, with bounded memory.

Lines of text go out while they are written. Other forms are written whole first, so that a failure is an error page and
never half a file.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO, cast

from django.utils.translation import gettext as _

from madang.bank.describe import data_day
from madang.formats import export
from madang.formats.hwpx import MOST_COLUMNS, MOST_ROWS
from madang.formats.taken import taken
from madang.formats.xlsx import ROWS_PER_SHEET
from madang.web.audit.taken import note_taken
from madang.web.desk.asked import Asked
from madang.web.shell.workspace import workspace

_BLOCK = 1 << 18
_AHEAD = 16  # blocks that are written before the reader asks for them
_WAIT_S = 0.5


@dataclass(frozen=True)
class Form:
    """A form to take away: its name in the address, what follows the name of the file, its type, whether it streams."""

    id: str
    ending: str
    type: str
    streamed: bool = False
    shapes: bool = False  # only for rows with places


FORMS = {
    form.id: form
    for form in (
        Form("csv", "csv", "text/csv; charset=utf-8", streamed=True),
        Form("csv-utf8", "utf8.csv", "text/csv; charset=utf-8", streamed=True),
        Form("xlsx", "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Form("hwpx", "hwpx", "application/hwp+zip"),
        Form("json", "json", "application/json", streamed=True),
        Form("jsonl", "ndjson", "application/x-ndjson", streamed=True),
        Form("geojson", "geojson", "application/geo+json", streamed=True, shapes=True),
        Form("geoparquet", "geo.parquet", "application/vnd.apache.parquet", shapes=True),
        Form("parquet", "parquet", "application/vnd.apache.parquet"),
    )
}


@dataclass(frozen=True)
class Offer:
    """A form as the page offers it."""

    id: str
    label: str
    note: str


def offers(asked: Asked, placed: bool) -> list[Offer]:
    """The forms in which these rows can be taken, with what to know of each."""
    said = {
        "csv": (_("CSV (엑셀용)"), _("엑셀에서 바로 열립니다. 수식으로 보일 글자 앞에는 '를 붙입니다.")),
        "csv-utf8": (_("CSV (UTF-8)"), _("프로그램에서 읽기에 좋습니다. 글자를 그대로 담으니 엑셀로는 열지 마십시오.")),
        "xlsx": (_("엑셀"), _("{rows}행마다 시트를 나눕니다.").format(rows=f"{ROWS_PER_SHEET:,}")),
        "hwpx": (_("한글 문서"), _("표 하나로, 처음 {rows}행과 {columns}항목까지 담습니다.").format(rows=f"{MOST_ROWS:,}", columns=MOST_COLUMNS)),
        "json": ("JSON", _("한 배열에 행마다 한 객체입니다.")),
        "jsonl": ("NDJSON", _("한 줄에 한 행입니다.")),
        "geojson": ("GeoJSON", _("지도 프로그램에서 열립니다.")),
        "geoparquet": ("GeoParquet", _("QGIS와 분석 도구에서 열립니다.")),
        "parquet": ("Parquet", _("자료형이 그대로 남습니다. 분석 도구에 좋습니다.")),
    }  # fmt: skip
    may_place = placed and not asked.view.masked
    return [Offer(form.id, *said[form.id]) for form in FORMS.values() if may_place or not form.shapes]


def take(asked: Asked, form: Form) -> tuple[Iterator[bytes], str]:
    """The bytes of what is asked for, a block at a time, and the name to save them under.

    Taking from a restricted dataset is recorded. Raises MadangError: rows_…, export_too_wide …
    """
    version, thing = asked.version, asked.dataset.id
    title, source = workspace().export_names(version)

    def write(out: IO[bytes]) -> None:
        with TemporaryDirectory(prefix="madang-take-") as folder:
            files, columns, places = taken(
                version.files, asked.bare, asked.view, asked.columns, Path(folder) / "taken.parquet"
            )
            export(
                files, columns, form.id, out, as_of=str(data_day(version)),  # type: ignore[arg-type]
                title=title, source=source, places=places and not asked.query.select, raw=form.id == "csv-utf8",
            )  # fmt: skip

    blocks = streamed(write) if form.streamed else held(write)
    note_taken(asked.dataset, form.id, filters=asked.query.filters, version=version.n)
    part = _("-고른행") if asked.filtered else ""
    hidden = _("-가림") if asked.view.masked else ""
    return blocks, f"{thing}-{version.n}{_('판')}{part}{hidden}.{form.ending}"


def held(write: Callable[[IO[bytes]], None]) -> Iterator[bytes]:
    """What `write` writes, whole before the first block goes out."""
    file = TemporaryFile()  # noqa: SIM115 - closed by the generator
    try:
        write(file)
    except BaseException:
        file.close()
        raise
    return _blocks(file)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while block := file.read(_BLOCK):
            yield block


# streaming -------------------------------------------------------------------------------------------------


class _Gone(Exception):
    """Nobody reads any more."""


class _Pipe:
    """A file to write to whose blocks another thread takes; the writer waits where the reader is slow."""

    def __init__(self) -> None:
        self.blocks: queue.Queue[bytes | BaseException | None] = queue.Queue(_AHEAD)
        self.gone = threading.Event()
        self._kept = bytearray()

    def write(self, data: bytes) -> int:
        self._kept += data
        if len(self._kept) >= _BLOCK:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._kept:
            self.put(bytes(self._kept))
            self._kept.clear()

    def put(self, block: bytes | BaseException | None) -> None:
        while not self.gone.is_set():
            try:
                return self.blocks.put(block, timeout=_WAIT_S)
            except queue.Full:
                continue
        raise _Gone


def streamed(write: Callable[[IO[bytes]], None]) -> Iterator[bytes]:
    """What `write` writes, while it writes. What fails before the first block is raised here and now; later it breaks off
    the answer, which the browser tells as a failed download."""
    pipe = _Pipe()

    def run() -> None:
        try:
            write(cast("IO[bytes]", pipe))
            pipe.flush()
            pipe.put(None)
        except _Gone:
            return
        except BaseException as error:
            try:
                pipe.put(error)
            except _Gone:
                return

    threading.Thread(target=run, name="madang-take", daemon=True).start()
    first = pipe.blocks.get()
    if isinstance(first, BaseException):
        raise first
    return _following(pipe, first)


def _following(pipe: _Pipe, block: bytes | BaseException | None) -> Iterator[bytes]:
    try:
        while block is not None:
            if isinstance(block, BaseException):
                raise block
            yield block
            block = pipe.blocks.get()
    finally:
        pipe.gone.set()
