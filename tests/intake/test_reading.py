"""Under which reading a file was understood: the same standards are the same reading, others are another."""

from __future__ import annotations

from dataclasses import replace

from madang.declarations.standard import Standard, StandardColumn
from madang.intake.raw import Override
from madang.intake.reading import Reading

YARDS = Standard("yards", "1", "마당", columns=(StandardColumn("yard_id", "관리번호"),))
WELLS = Standard("wells", "1", "우물")


def digest(*standards: Standard) -> str:
    return Reading.of(Override(), {each.id: each for each in standards}).standards


def test_whatever_is_declared_otherwise_makes_another_reading() -> None:
    assert digest(YARDS, WELLS) == digest(WELLS, replace(YARDS))
    others = [
        digest(YARDS),
        digest(YARDS, replace(WELLS, description="우물의 목록")),
        digest(replace(YARDS, columns=(StandardColumn("yard_id", "번호"),)), WELLS),
    ]
    assert len({digest(YARDS, WELLS), *others}) == 4


def test_what_a_standard_declares_is_digested_once() -> None:
    standard = replace(YARDS)
    assert digest(standard) == digest(standard)
    assert standard.__dict__["digest"] == YARDS.digest
