"""A workbook with flipped bits is a broken workbook, never a failure of ours."""

from __future__ import annotations

import random
from pathlib import Path

import openpyxl
import pytest

from madang.workspace import Workspace


@pytest.mark.slow
def test_flipped_bits_are_refused_as_a_broken_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for i in range(200):
        book.active.append([i, f"이름{i}", i * 1.5])
    book.save(tmp_path / "a.xlsx")
    content = (tmp_path / "a.xlsx").read_bytes()
    chance, workspace = random.Random(1), Workspace.init(tmp_path / "w")
    for number in range(25):
        flipped = bytearray(content)
        for _ in range(3):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        path = tmp_path / f"{number}.xlsx"
        path.write_bytes(flipped)
        for receipt in workspace.deposit(path):
            assert "own_failure" not in {reason.code for reason in receipt.reasons}, receipt.reasons
