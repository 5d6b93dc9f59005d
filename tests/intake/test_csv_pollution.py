"""The Pollock method over pollutions of a made-up table, and over the ten given files where they are at hand."""

from __future__ import annotations

import importlib.util
from collections import defaultdict
from pathlib import Path
from types import ModuleType

import pytest

from madang.intake.csv_read import read_csv
from madang.intake.raw import Override
from tests.intake.pollute import Polluted, pollutions, table, write
from tests.shared_data import DATA, needs_shared


def _bench() -> ModuleType:
    path = Path(__file__).parents[2] / "bench" / "pollock.py"
    spec = importlib.util.spec_from_file_location("pollock", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


pollock = _bench()
# A label run together with its neighbour ("DAYHOUR") cannot be told apart; it is reported, not guessed.
UNDECIDABLE = {f"less_separators_col{column}_row0" for column in range(1, 6)}


def score(polluted: Polluted, folder: Path) -> float:
    path = folder / "polluted.csv"
    path.write_bytes(polluted.data)
    truth = (polluted.header, polluted.records)
    return sum(pollock.measures(truth, pollock.loaded(path)))


def by_kind() -> dict[str, list[Polluted]]:
    header, records = table(12)
    kinds: dict[str, list[Polluted]] = defaultdict(list)
    for polluted in pollutions(header, records):
        kinds[polluted.name.split("_col")[0].split("_row")[0]].append(polluted)
    return kinds


FILE_WIDE = [each for kind in by_kind().values() if len(kind) == 1 for each in kind]


@pytest.mark.parametrize("polluted", FILE_WIDE, ids=lambda each: each.name)
def test_a_file_wide_pollution_is_read_without_loss(polluted: Polluted, tmp_path: Path):
    assert score(polluted, tmp_path) == 10


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind, files in by_kind().items() if len(files) > 1])
def test_a_polluted_row_is_put_right(kind: str, tmp_path: Path):
    scores = {each.name: score(each, tmp_path) for each in by_kind()[kind]}
    wrong = {name: value for name, value in scores.items() if value < 10 and name not in UNDECIDABLE}
    # with twelve rows to learn from, one text row of fifty may be read otherwise
    assert len(wrong) <= len(scores) / 50
    assert min(scores.values()) > 9.3


def test_the_measures_agree_with_a_calculation_by_hand():
    """Two records of two cells; one record lost, one cell of the other wrong."""
    wanted = (["a", "b"], [["1", "2"], ["3", ""]])
    got = (["a", "x"], [["1", "9"]])
    # header 1/2, 1/2, 1/2; records 0/1, 0/2, 0; cells: {1, 2, 3, null} and {1, 9}: 1/2, 1/4, 1/3
    assert pollock.measures(wanted, got) == pytest.approx([1, 0.5, 0.5, 0.5, 0, 0, 0, 1 / 2, 1 / 4, 1 / 3])


@needs_shared
@pytest.mark.slow
def test_the_given_files_of_the_benchmark_score_above_nine_point_nine():
    assert pollock.score(DATA / "benchmarks" / "pollock_polluted", show=False) >= 9.9


@pytest.mark.parametrize(
    "columns", [[0, 2, 3, 5], list(range(9)), [*range(9), 1, 2]], ids=["fewer", "same", "more"]
)
@pytest.mark.parametrize("between", [b"\r\n", b",,,,,,,,\r\n"], ids=["blank", "delimited"])
def test_a_second_table_below_is_a_table_of_its_own(columns: list[int], between: bytes, tmp_path: Path):
    header, records = table(30)
    below = [f"OLD_{header[c]}" + ("_AGAIN" if i > 8 else "") for i, c in enumerate(columns)]
    rows = [[record[c] for c in columns] for record in records[:8]]
    path = tmp_path / "two.csv"
    text = "".join(
        ",".join(f'"{c.replace(chr(34), chr(34) * 2)}"' for c in row) + "\r\n" for row in [below, *rows]
    )
    path.write_bytes(write([header, *records]) + between + text.encode())
    first, second = read_csv(path, tmp_path, Override())
    assert (first.rows, second.rows) == (30, 8)
    assert [column.label for column in second.columns] == below
    assert second.header_rows == (33,)
    assert next(second.batches()).to_pylist()[-1]["source_row"] == 41
