"""``madang sample --score``: what intake reported of a deposited sample city, against what was planted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from typing import Any

import click
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Bank
from madang.cli.common import echo_table
from madang.messages import text
from madang.samplecity import Made
from madang.samplecity.score import Found, Score, planted

_SHOWN = 20


def score(made: Made, bank: Bank) -> Score:
    """The score of a city of which both deliveries were deposited into `bank`."""
    files = {path.name for folder in made.deliveries for path in folder.rglob("*")}
    return Score(planted(made), frozenset(_reported(bank, files)))


def _reported(bank: Bank, files: Container[str]) -> Iterator[Found]:
    """The errors and warnings of all deposits of `files`."""
    for dataset in bank.datasets():
        for deposit in dataset.deposits():
            file = str(dataset.receipt(deposit)["file"])
            problems = dataset.deposit_folder(deposit) / "problems.parquet"
            if file not in files or not problems.is_file():
                continue
            table = pq.read_table(problems, columns=["row", "rule", "severity"])
            table = table.filter(pc.not_equal(table["severity"], "info"))
            yield from ((file, row["row"], row["rule"]) for row in table.to_pylist())


def show(score: Score) -> None:
    """A line for each rule, then what was missed and what was reported besides."""
    counts = [Counter(rule for _, _, rule in found) for found in (score.planted, score.planted & score.reported, score.extra)]  # fmt: skip
    rules = sorted(counts[0] | counts[2])
    rows: list[list[Any]] = [[rule, *(count[rule] for count in counts)] for rule in rules]
    echo_table(
        [text(f"score_{head}") for head in ("rule", "planted", "found", "extra")], rows, right=(1, 2, 3)
    )
    shares: dict[str, Any] = {"recall": f"{score.recall:.1%}", "precision": f"{score.precision:.1%}"}
    click.echo(text("score_sum", planted=len(score.planted), reported=len(score.reported), **shares))
    for code, found in (("score_missed", score.missed), ("score_extra_row", score.extra)):
        for file, row, rule in found[:_SHOWN]:
            click.echo(text(code, file=file, row=row if row is not None else "-", rule=rule))
