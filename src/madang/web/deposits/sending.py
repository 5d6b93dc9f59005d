"""Workbooks sent to a browser from a file that is gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO
from urllib.parse import quote

from django.http import StreamingHttpResponse

_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BLOCK = 1 << 18


def workbook(held: IO[bytes], name: str) -> StreamingHttpResponse:
    """The workbook in `held`, to be saved as `name`; the file is closed when the last block is out."""
    disposition = f"attachment; filename*=UTF-8''{quote(name)}"
    return StreamingHttpResponse(
        _blocks(held), content_type=_TYPE, headers={"Content-Disposition": disposition}
    )


def _blocks(held: IO[bytes]) -> Iterator[bytes]:
    with held:
        held.seek(0)
        while block := held.read(_BLOCK):
            yield block
