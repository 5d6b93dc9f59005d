"""Score of the CSV reader by the Pollock method (Vitagliano et al., VLDB 2023): `python bench/pollock.py FOLDER`.

FOLDER holds `csv/` (polluted files) and `clean/` (what each should be read as, all cells quoted). Ten measures per
file, each 0..1: read at all; precision, recall and F1 of header cells, of records and of cells, as multisets; an
empty cell counts as "null", a record is the concatenation of its cells. A file without header scores 1 in the
header measures if none was found. The score is the sum of the ten averages, at most 10.
"""

from __future__ import annotations

import csv
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from madang.intake.csv_read import read_csv
from madang.intake.raw import Override, Refused

Table = tuple[list[str], list[list[str]]]  # header ([] where there is none), records


def loaded(path: Path) -> Table:
    """What the reader makes of a file; a further table of the file follows as records, its header first."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            tables = read_csv(path, Path(folder), Override(text=True))
        except Refused as refusal:
            if refusal.code == "file_empty":
                return [], []
            raise
        header: list[str] = []
        records: list[list[str]] = []
        for number, table in enumerate(tables):
            labels = [column.label for column in table.columns] if table.header_rows else []
            if number == 0:
                header = labels
            elif labels:
                records.append(labels)
            for batch in table.batches():
                columns = [column.to_pylist() for column in batch.columns[1:]]
                records += [list(cells) for cells in zip(*columns, strict=True)]
            table.problems.close()
        return header, records


def expected(path: Path, has_header: bool) -> Table:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return (rows[0], rows[1:]) if has_header and rows else ([], rows)


def agreement(wanted: Counter[str], got: Counter[str]) -> list[float]:
    """Precision, recall and F1 of two multisets."""
    common, asked, given = (wanted & got).total(), wanted.total(), got.total()
    if not asked and not given:
        return [1.0, 1.0, 1.0]
    precision, recall = common / given if given else 0.0, common / asked if asked else 0.0
    return [precision, recall, 2 * precision * recall / (precision + recall) if common else 0.0]


def measures(wanted: Table, got: Table) -> list[float]:
    """The ten measures of one file that was read."""
    (header, records), (our_header, our_records) = wanted, got

    def cells(rows: list[list[str]]) -> Counter[str]:
        return Counter(cell or "null" for row in rows for cell in row)

    def joined(rows: list[list[str]]) -> Counter[str]:
        return Counter("".join(cell or "null" for cell in row) for row in rows)

    heads = agreement(cells([header]), cells([our_header])) if header else [1.0, 1.0, 1.0]
    return [
        1.0,
        *heads,
        *agreement(joined(records), joined(our_records)),
        *agreement(cells(records), cells(our_records)),
    ]


def score(folder: Path, show: bool = True) -> float:
    """The Pollock score of all files of a folder, and (if `show`) a line per file that is not perfect."""
    totals: list[list[float]] = []
    for path in sorted((folder / "csv").iterdir()):
        parameters = folder / "parameters" / f"{path.name}_parameters.json"
        lines = json.loads(parameters.read_text())["header_lines"] if parameters.exists() else None
        has_header = lines > 0 if lines is not None else "no_header" not in path.name
        try:
            values = measures(expected(folder / "clean" / path.name, has_header), loaded(path))
        except Exception as error:
            print(f"{path.name}: {type(error).__name__}: {error}")
            values = [0.0] * 10
        totals.append(values)
        if show:
            print(f"{sum(values):7.4f}  {path.name}")
    return sum(sum(column) / len(totals) for column in zip(*totals, strict=True))


if __name__ == "__main__":
    print(f"{score(Path(sys.argv[1])):.4f} of 10")
