"""Forms that may do harm are read in a process of their own: what happens to it is told, and nothing else happens."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.intake import reader_apart
from madang.intake.forms import read_tables
from madang.intake.problems import ProblemSink
from madang.intake.raw import Override, RawTable, Refused, no_progress
from madang.intake.reader_apart import cpu_seconds, memory_of

BOOKS = '[{"책": "토지", "쪽": 1}, {"책": "광장", "쪽": 2}]'


def read(path: Path, place: Path) -> list[RawTable]:
    return read_tables(path, path.name, place, Override(), no_progress)


def outcome(path: Path, place: Path) -> str:
    try:
        read(path, place)
    except Refused as refused:
        return refused.code
    return "read"


def written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def replaced_by(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """Let the process of readers do something else once it has its request."""
    setup = "import madang.intake.reader_process as here\n"
    command = f"{setup}def _read(request, progress):\n    {body}\nhere._read = _read\nhere.main()"
    monkeypatch.setattr(reader_apart, "_COMMAND", command)


def test_a_refusal_travels_between_processes() -> None:
    told = pickle.loads(pickle.dumps(Refused("layer_broken", file="a.shp", line=3)))
    assert (type(told), told.code, told.params) == (Refused, "layer_broken", {"file": "a.shp", "line": 3})


@pytest.mark.slow
def test_a_sink_that_was_handed_over_keeps_its_rows_and_counts(tmp_path: Path) -> None:
    sink = ProblemSink(tmp_path / "a.problems.parquet")
    sink.add("rows_fell", row=1, severity="warning")
    sink.add("no_rows", row=2, severity="info")
    sink.close()
    taken: ProblemSink = pickle.loads(pickle.dumps(sink))
    assert (taken.by_rule, taken.count) == ({"rows_fell": 1, "no_rows": 1}, 1)
    taken.add("rows_fell", row=3)
    taken.close()
    assert pq.read_table(taken.path).column("row").to_pylist() == [1, 2, 3]
    assert (taken.by_rule, taken.count) == ({"rows_fell": 2, "no_rows": 1}, 2)
    assert [each.name for each in tmp_path.iterdir()] == ["a.problems.parquet"]


@pytest.mark.slow
def test_tables_and_problems_come_back_as_they_were_read(tmp_path: Path) -> None:
    path = written(tmp_path, "책.json", BOOKS)
    (tmp_path / "here").mkdir()
    (table,) = read(path, tmp_path / "here")
    (batch,) = table.batches()
    assert [column.label for column in table.columns] == ["책", "쪽"]
    assert batch.column(1).to_pylist() == ["토지", "광장"]
    table.problems.add("no_rows")
    table.problems.close()
    assert pq.read_table(table.problems.path).column("rule").to_pylist() == ["no_rows"]


@pytest.mark.slow
def test_what_a_reader_refuses_is_refused_here(tmp_path: Path) -> None:
    assert outcome(written(tmp_path, "a.xml", "<?xml version='1.0'?><a><b>"), tmp_path) == "xml_cut_off"


@pytest.mark.slow
def test_a_nest_that_ends_the_library_does_not_end_us(tmp_path: Path) -> None:
    nest = b"\x01\x07\0\0\0\x01\0\0\0" * 300_000 + b"\x01\x01\0\0\0" + bytes(16)  # a point, wrapped often
    geo = b'{"version":"1.0.0","primary_column":"g","columns":{"g":{"encoding":"WKB","geometry_types":[]}}}'
    table = pa.table({"이름": ["가"], "g": pa.array([nest], pa.binary())}).replace_schema_metadata(
        {"geo": geo}
    )
    pq.write_table(table, tmp_path / "nest.parquet")
    assert outcome(tmp_path / "nest.parquet", tmp_path) in ("read", "reader_died")  # and we are still here


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "reader_died"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "reader_out_of_memory"),
        ("raise MemoryError", "reader_out_of_memory"),
        ("raise RecursionError", "reader_died"),
        ("import os; os._exit(7)", "reader_died"),
        ("while True: pass", "reader_too_long"),
        ("import time; time.sleep(600)", "reader_too_long"),
        ("x = bytearray(b'x') * (3 << 28); import time; time.sleep(600)", "reader_out_of_memory"),
        (
            "(request.place / 'x').write_bytes(bytes(3 << 20)); import time; time.sleep(600)",
            "reader_too_much",
        ),
    ],
)
def test_however_a_reader_ends_it_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, code: str
) -> None:
    replaced_by(monkeypatch, body)
    monkeypatch.setattr(reader_apart, "_SECONDS", 2)
    monkeypatch.setattr(reader_apart, "_WALL", 3 if code == "reader_too_long" else 60)  # else: until it is
    monkeypatch.setattr(reader_apart, "MEMORY", 512 << 20)
    monkeypatch.setattr(reader_apart, "_DISK", 2 << 20)
    assert outcome(written(tmp_path, "책.json", BOOKS), tmp_path) == code


@pytest.mark.slow
def test_a_fault_of_ours_is_no_outcome(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced_by(monkeypatch, "raise KeyError('책')")
    with pytest.raises(KeyError, match="책") as caught:
        read(written(tmp_path, "책.json", BOOKS), tmp_path)
    assert "_read" in caught.value.__notes__[0]
    monkeypatch.setattr(reader_apart, "_COMMAND", "import nowhere")
    with pytest.raises(RuntimeError, match="nowhere"):
        read(written(tmp_path, "책.json", BOOKS), tmp_path)


@pytest.mark.slow
def test_what_a_library_prints_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replaced_by(monkeypatch, "import os; os.write(1, b'x' * 100_000); print('y'); return []")
    assert read(written(tmp_path, "책.json", BOOKS), tmp_path) == []


@pytest.mark.slow
def test_progress_is_told_and_whoever_listens_may_stop_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid = tmp_path / "pid"
    replaced_by(
        monkeypatch,
        f"import os, time; open({str(pid)!r}, 'w').write(str(os.getpid())); progress(2, 2); time.sleep(600)",
    )
    told: list[tuple[int, int | None]] = []

    def stop(done: int, total: int | None) -> None:
        told.append((done, total))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_tables(written(tmp_path, "a.json", BOOKS), "a.json", tmp_path, Override(), stop)
    assert told == [(2, 2)]
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)  # it has ended, and nothing of it is left


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the reader ends at its next breath")
def test_a_reader_ends_with_whoever_was_killed(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    written(tmp_path, "a.json", BOOKS)
    code = f"""
import sys; sys.path[:0] = {[str(Path(__file__).parents[2]), *sys.path]!r}
from pathlib import Path
from madang.intake import reader_apart
from madang.intake.raw import Override, no_progress
reader_apart._COMMAND = '''
import madang.intake.reader_process as here
def _read(request, progress):
    import os
    open({str(pid)!r}, "w").write(str(os.getpid()))
    while True: pass
here._read = _read
here.main()'''
reader_apart.read_apart(Path({str(tmp_path / "a.json")!r}), "a.json", Path({str(tmp_path)!r}), Override(), no_progress)
"""
    parent = subprocess.Popen([sys.executable, "-c", code])
    for _ in range(300):
        if pid.exists() and pid.read_text():
            break
        time.sleep(0.1)
    parent.kill()
    parent.wait()
    reader = int(pid.read_text())
    for _ in range(100):
        if not Path(f"/proc/{reader}").exists() or "State:\tZ" in Path(f"/proc/{reader}/status").read_text():
            return
        time.sleep(0.1)
    os.kill(reader, signal.SIGKILL)
    raise AssertionError("the reader outlived whoever started it")


def test_honest_files_have_time_and_small_ones_not_too_much() -> None:
    assert cpu_seconds(100_000) <= 60
    assert cpu_seconds(600_000_000) >= 10 * 40
    assert cpu_seconds(160_000_000) >= 10 * 60


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell")
def test_memory_is_what_a_process_has_of_its_own() -> None:
    before = memory_of(os.getpid())
    held = bytearray(b"x") * (64 << 20)
    assert 0.9 * len(held) < memory_of(os.getpid()) - before < 1.5 * len(held)
    assert memory_of(2**22 + 1) == 0


@pytest.mark.slow
def test_a_document_type_that_could_be_read_in_many_ways_is_told_at_once(tmp_path: Path) -> None:
    many = "<?xml version='1.0'?><!DOCTYPE r " + "[]" * 40 + "[" * 40 + "<r/>"
    assert outcome(written(tmp_path, "a.xml", many), tmp_path) == "xml_broken"
