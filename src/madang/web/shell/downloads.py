"""Versions as files to take away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import IO

from madang.bank import Version
from madang.web.shell.masking import masked_copy, personal_of
from madang.web.shell.workspace import bank, workspace

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
    "parquet": "application/vnd.apache.parquet",
}
_BLOCK = 1 << 18


def download(dataset_id: str, form: str, version: int | None) -> tuple[Iterator[bytes], str]:
    """The bytes of a version in `form`, a block at a time, and the name to save them under.

    Personal columns are starred, as on the pages. Written whole before the first block goes out, so that a failure
    is an error page and never half a file. Raises MadangError: dataset_missing, version_missing, no_version.
    """
    held = TemporaryFile()  # noqa: SIM115 - closed by the generator
    try:
        ws = workspace()
        bank().may("read", dataset_id)
        chosen = ws.version(dataset_id, version)
        hidden = personal_of(chosen.dataset, chosen.columns)
        if hidden:
            _export_masked(chosen, hidden, form, held)
        else:
            ws.export(dataset_id, form, held, version=chosen.n)
    except BaseException:
        held.close()
        raise
    return _blocks(held), f"{dataset_id}-{chosen.n}판{'-가림' if hidden else ''}.{form}"


def _export_masked(version: Version, hidden: set[str], form: str, held: IO[bytes]) -> None:
    from madang.formats import export

    title, source = workspace().export_names(version)
    with TemporaryDirectory() as folder:
        files, columns = masked_copy(version, hidden, Path(folder))
        export(
            files,
            columns,
            form,
            held,  # type: ignore[arg-type]
            as_of=version.at.date().isoformat(),
            title=title,
            source=source,
            places=False,  # a point would tell the address that is starred
        )


def _blocks(held: IO[bytes]) -> Iterator[bytes]:
    with held:
        held.seek(0)
        while block := held.read(_BLOCK):
            yield block
