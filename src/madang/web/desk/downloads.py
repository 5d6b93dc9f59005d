"""Versions as files to take away."""

from __future__ import annotations

from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO

from madang.web.desk.workspace import workspace

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}
_BLOCK = 1 << 18


def download(dataset_id: str, form: str, version: int | None) -> tuple[Iterator[bytes], str]:
    """The bytes of a version in `form`, a block at a time, and the name to save them under.

    Written whole before the first block goes out, so that a failure is an error page and never half a file.
    """
    held = TemporaryFile()  # noqa: SIM115 - closed by the generator
    try:
        chosen = workspace().export(dataset_id, form, held, version=version)
    except BaseException:
        held.close()
        raise
    return _blocks(held), f"{dataset_id}-{chosen.n}판.{form}"


def _blocks(held: IO[bytes]) -> Iterator[bytes]:
    with held:
        held.seek(0)
        while block := held.read(_BLOCK):
            yield block
