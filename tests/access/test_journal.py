"""The journal of the command line: a chain in a file."""

from __future__ import annotations

import json
import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from madang.access.journal import START, Journal
from madang.messages import MadangError

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "audit" / "journal.jsonl")


def write(journal: Journal, *things: str) -> None:
    for thing in things:
        journal.note("dataset.deposit", thing, by="kim", at=NOON, why="문서-1", detail={"version": 1})


def changed(journal: Journal, at: int, **said: object) -> None:
    lines = journal.path.read_text().splitlines()
    lines[at - 1] = json.dumps({**json.loads(lines[at - 1]), **said}, ensure_ascii=False)
    journal.path.write_text("\n".join(lines) + "\n")


def test_lines_are_read_as_written(journal: Journal) -> None:
    write(journal, "공원", "주차장")
    assert [(line.number, line.thing, line.by, line.why) for line in journal.lines()] == [
        (1, "공원", "kim", "문서-1"),
        (2, "주차장", "kim", "문서-1"),
    ]


@pytest.mark.parametrize(
    "said", [{"by": "lee"}, {"thing": "x"}, {"why": ""}, {"number": 7}, {"digest": START}, {"more": 1}]
)
def test_a_changed_line_breaks_the_chain_there(journal: Journal, said: dict[str, object]) -> None:
    write(journal, "a", "b", "c")
    changed(journal, 2, **said)
    with pytest.raises(MadangError) as error:
        list(journal.lines())
    assert (error.value.code, error.value.params["line"]) == ("journal_broken", 2)


def test_a_line_taken_out_breaks_the_chain(journal: Journal) -> None:
    write(journal, "a", "b", "c")
    lines = journal.path.read_text().splitlines(keepends=True)
    journal.path.write_text(lines[0] + lines[2])
    with pytest.raises(MadangError):
        list(journal.lines())


def test_what_was_taken_in_before_has_to_be_there_still(journal: Journal) -> None:
    write(journal, "a", "b")
    known = list(journal.lines())[-1]
    journal.path.unlink()
    write(journal, "a", "x")  # a chain that is whole, and another one
    with pytest.raises(MadangError):
        list(journal.lines(2, known.digest))
    journal.path.unlink()
    with pytest.raises(MadangError):
        list(journal.lines(2, known.digest))


def test_nothing_is_added_to_a_line_cut_short(journal: Journal) -> None:
    write(journal, "a")
    journal.path.write_bytes(journal.path.read_bytes()[:-5])
    with pytest.raises(MadangError, match="journal"):
        write(journal, "b")


def test_a_long_line_is_followed_too(journal: Journal) -> None:
    journal.note("x", "a", by="kim", at=NOON, detail={"said": "가" * 100_000})
    write(journal, "b")
    assert len(list(journal.lines())) == 2


@pytest.mark.slow
def test_processes_that_write_at_once_make_one_chain(journal: Journal) -> None:
    context = multiprocessing.get_context("spawn")
    running = [
        context.Process(target=write, args=(journal, *[f"{n}-{i}" for i in range(25)])) for n in range(4)
    ]
    for each in running:
        each.start()
    for each in running:
        each.join(60)
        assert each.exitcode == 0
    lines = list(journal.lines())
    assert [line.number for line in lines] == list(range(1, 101))
    assert {line.thing for line in lines} == {f"{n}-{i}" for n in range(4) for i in range(25)}
