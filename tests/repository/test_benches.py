"""Every measurement is run by `make bench` or named as one that is not, and told of in bench/README.md."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
BY_HAND = {"deposit_20gb", "pollock", "four_hundred"}  # hours, or a folder of real files
HELPERS = {"made_files", "measure"}


def test_every_bench_is_run_and_told_of() -> None:
    there = {path.stem for path in (ROOT / "bench").glob("*.py")} - HELPERS
    makefile = (ROOT / "Makefile").read_text("utf-8").replace("\\\n", " ")
    listed = re.search(r"^BENCHES\s*:=(.*)$", makefile, re.MULTILINE)
    assert listed
    assert set(listed[1].split()) == there - BY_HAND
    told = re.findall(r"^\| `(\w+)\.py` \|", (ROOT / "bench/README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(there)
