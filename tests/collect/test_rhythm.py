"""When the next run is: calculated by hand, on the calendar of 2026 (22 November is a Sunday)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from madang.bank.durable import SEOUL
from madang.collect.placeholders import filled
from madang.collect.rhythm import Rhythm
from madang.messages import MadangError


def at(said: str) -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("rhythm", "after", "next_"),
    [
        ("every 10 minutes", "2026-11-22 12:03", "2026-11-22 12:13"),
        ("every 2 hours", "2026-11-22 23:30", "2026-11-23 01:30"),
        ("daily 06:30", "2026-11-22 06:29", "2026-11-22 06:30"),
        ("daily 06:30", "2026-11-22 06:30", "2026-11-23 06:30"),
        ("weekly mon 09:00", "2026-11-22 12:00", "2026-11-23 09:00"),
        ("weekly sun 09:00", "2026-11-22 12:00", "2026-11-29 09:00"),
        ("monthly 5 01:00", "2026-11-22 12:00", "2026-12-05 01:00"),
        ("monthly 31 01:00", "2026-11-22 12:00", "2026-12-31 01:00"),
        ("monthly 31 01:00", "2026-12-31 01:00", "2027-01-31 01:00"),
        ("monthly last 01:00", "2026-11-22 12:00", "2026-11-30 01:00"),
        ("monthly last 01:00", "2027-02-01 00:00", "2027-02-28 01:00"),
        ("*/15 9-17 * * 1-5", "2026-11-22 12:00", "2026-11-23 09:00"),
        ("*/15 9-17 * * 1-5", "2026-11-23 17:45", "2026-11-24 09:00"),
        ("*/15 9-17 * * 1-5", "2026-11-23 10:01", "2026-11-23 10:15"),
        ("0 0 1,15 * 0", "2026-11-22 12:00", "2026-11-29 00:00"),  # cron: day or weekday
        ("0 0 29 2 *", "2026-11-22 12:00", "2028-02-29 00:00"),
        ("30 4 * * 7", "2026-11-22 12:00", "2026-11-29 04:30"),
    ],
)
def test_the_next_run(rhythm: str, after: str, next_: str) -> None:
    assert Rhythm.of(rhythm).after(at(after)) == at(next_)


def test_a_rhythm_is_of_the_wall_clock_in_korea() -> None:
    utc = datetime.fromisoformat("2026-11-21T21:29:00+00:00")  # 06:29 on the 22nd in Seoul
    assert Rhythm.of("daily 06:30").after(utc) == utc + timedelta(minutes=1)


@pytest.mark.parametrize(
    "wrong",
    [
        "", "daily", "daily 24:00", "every 0 minutes", "weekly 월 09:00", "monthly 32 01:00", "60 * * * *", "* * 0 * *",
        "* * * *", "0 0 30 2 *", "every -5 minutes", "5-1 * * * *", "*/0 * * * *", "daily 06:30; rm -rf /",
    ],
)  # fmt: skip
def test_what_is_no_rhythm(wrong: str) -> None:
    with pytest.raises(MadangError) as caught:
        Rhythm.of(wrong)
    assert caught.value.code == "collect_rhythm"


def test_rhythms_are_said_in_korean() -> None:
    said = [Rhythm.of(each).shown() for each in ("every 10 minutes", "every 120 minutes", "daily 06:30", "weekly mon 09:00", "monthly last 01:00", "0 6 * * 1-5")]  # fmt: skip
    assert said == [
        "10분마다",
        "2시간마다",
        "날마다 06:30",
        "월요일마다 09:00",
        "달마다 마지막 날 01:00",
        "0 6 * * 1-5",
    ]


def test_days_are_filled_in() -> None:
    new_year = at("2027-01-01 00:05")
    said = "{today}/{yesterday}/{month}/{last_month}/{year}/{now}/{today:%d.%m.%Y}"
    assert filled(said, new_year) == "20270101/20261231/202701/202612/2027/202701010005/01.01.2027"
    with pytest.raises(MadangError) as caught:
        filled("{tomorrow}", new_year)
    assert caught.value.code == "collect_placeholder"
