"""The day that data speak of: of the data, else of the name of their file, never of today."""

from __future__ import annotations

from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from madang.bank.describe import as_of, data_day, of_file_name

DEPOSITED = datetime(2026, 11, 22, 14, 30)


def version(file: str, said: str | None = None, member: str = "") -> Any:
    facts = {"quality": {"freshness": {"as_of": said}}}
    return SimpleNamespace(facts=facts, receipt={"file": file, "member": member}, at=DEPOSITED)


@pytest.mark.parametrize(
    ("file", "day"),
    [
        ("세대원수별_세대_20261031.txt", date(2026, 10, 31)),
        ("공원 2026-09.xlsx", date(2026, 9, 30)),
        ("공원 2026년 2월.xlsx", date(2026, 2, 28)),
        ("공원_2026년 11월.xlsx", DEPOSITED.date()),  # a month that is not over yet
        ("공원_20270101.csv", None),
        ("공원_20260231.csv", None),
        ("공원_2026.csv", None),
        ("공원.csv", None),
    ],
)
def test_the_name_of_the_file_says_the_day_where_the_data_do_not(file: str, day: date | None) -> None:
    assert as_of(version(file)) == day
    assert of_file_name(version(file)) == (day is not None)
    assert data_day(version(file)) == (day or DEPOSITED.date())


def test_the_data_themselves_go_before_the_name_and_the_table_before_its_archive() -> None:
    both = version("공원_20260930.csv", "2026-08-30")
    assert (as_of(both), of_file_name(both)) == (date(2026, 8, 30), False)
    assert as_of(version("묶음_20261101.zip", member="공원_20260930.csv")) == date(2026, 9, 30)
