"""When something is fetched: "every 10 minutes", "daily 06:30", "weekly mon 06:30", "monthly 5 06:30", or five cron fields.

All times are those of the clock on the wall in Korea, where no hour is skipped or comes twice.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from madang.bank.durable import SEOUL
from madang.messages import Language, MadangError, text

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))
_AT = r"([01]?\d|2[0-3]):([0-5]\d)"
_FAR_DAYS = 366 * 8 + 2  # from one 29 February to the next, over a century


@dataclass(frozen=True)
class Rhythm:
    """A rhythm as it was written. `every` minutes, or else days and times that fit all five fields."""

    said: str
    every: int = 0
    minutes: frozenset[int] = frozenset()
    hours: frozenset[int] = frozenset()
    days: frozenset[int] = frozenset()
    months: frozenset[int] = frozenset()
    weekdays: frozenset[int] = frozenset()  # 0 is Sunday
    either_day: bool = False  # cron: day and weekday both told, one of them is enough

    @classmethod
    def of(cls, said: str) -> Rhythm:
        """The rhythm written as `said`. Raises MadangError("collect_rhythm")."""
        words = " ".join(said.lower().split())
        if found := re.fullmatch(r"every (\d{1,5}) ?(minutes?|hours?)", words):
            minutes = int(found[1]) * (60 if found[2].startswith("hour") else 1)
            if 1 <= minutes <= 44_640:
                return cls(said, every=minutes)
        if found := re.fullmatch(rf"daily {_AT}", words):
            return cls._cron(said, f"{found[2]} {found[1]} * * *")
        if found := re.fullmatch(rf"weekly ({'|'.join(_DAYS)}) {_AT}", words):
            return cls._cron(said, f"{found[3]} {found[2]} * * {_DAYS.index(found[1])}")
        if found := re.fullmatch(rf"monthly (\d{{1,2}}|last) {_AT}", words):
            return cls._cron(said, f"{found[3]} {found[2]} {found[1]} * *")
        if len(words.split()) == 5 and re.fullmatch(r"[\d*,/ -]+", words):
            return cls._cron(said, words)
        raise MadangError("collect_rhythm", value=said)

    @classmethod
    def _cron(cls, said: str, fields: str) -> Rhythm:
        words = fields.split()
        last = words[2] == "last"
        sets = [
            frozenset({0}) if word == "last" else _numbers(word, least, most, said)
            for word, (_, least, most) in zip(words, _FIELDS, strict=True)
        ]
        weekdays = frozenset(day % 7 for day in sets[4])
        either = words[2] != "*" and words[4] != "*"
        found = cls(said, 0, sets[0], sets[1], frozenset({0}) if last else sets[2], sets[3], weekdays, either)
        if found._next_day(datetime(2024, 1, 1, tzinfo=SEOUL)) is None:  # 30 February
            raise MadangError("collect_rhythm", value=said)
        return found

    def after(self, moment: datetime) -> datetime:
        """The first time after `moment` that fits; both with a time zone, to the minute."""
        local = moment.astimezone(SEOUL)
        if self.every:
            return local + timedelta(minutes=self.every)
        start = local.replace(second=0, microsecond=0) + timedelta(minutes=1)
        day = self._next_day(start)
        if day is not None and day.date() == start.date():
            left = [(h, m) for h, m in self._times() if (h, m) >= (start.hour, start.minute)]
            if left:
                return start.replace(hour=left[0][0], minute=left[0][1])
            day = self._next_day(day + timedelta(days=1))
        assert day is not None  # looked for when it was made
        hour, minute = self._times()[0]
        return day.replace(hour=hour, minute=minute)

    def shown(self, language: Language = "ko") -> str:
        """The rhythm for people: "10분마다", "날마다 06:30"; cron fields as they are."""
        words = self.said.lower().split()
        if self.every:
            whole = self.every % 60 == 0
            code, n = ("rhythm_hours", self.every // 60) if whole else ("rhythm_minutes", self.every)
            return text(code, language, n=n)
        if words[0] == "daily":
            return text("rhythm_daily", language, at=words[1])
        if words[0] == "weekly":
            return text("rhythm_weekly", language, day=text(f"rhythm_{words[1]}", language), at=words[2])
        if words[0] == "monthly":
            last = words[1] == "last"
            day = text("rhythm_last", language) if last else text("rhythm_day", language, n=words[1])
            return text("rhythm_monthly", language, day=day, at=words[2])
        return self.said

    def _times(self) -> list[tuple[int, int]]:
        return sorted((hour, minute) for hour in self.hours for minute in self.minutes)

    def _next_day(self, moment: datetime) -> datetime | None:
        """Midnight of the first day from `moment` on that fits; None where no day ever does."""
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        for _ in range(_FAR_DAYS):
            if self._fits(day):
                return day
            day += timedelta(days=1)
        return None

    def _fits(self, day: datetime) -> bool:
        if day.month not in self.months:
            return False
        of_month = day.day in self.days or (0 in self.days and (day + timedelta(days=1)).day == 1)
        of_week = day.isoweekday() % 7 in self.weekdays
        return (of_month or of_week) if self.either_day else (of_month and of_week)


def _numbers(word: str, least: int, most: int, said: str) -> frozenset[int]:
    """The numbers that one cron field names: "*", "5", "1-5", "*/10", "0-30/5", "1,15"."""
    found: set[int] = set()
    for part in word.split(","):
        match = re.fullmatch(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?", part)
        if match is None:
            raise MadangError("collect_rhythm", value=said)
        low, high, step = match.groups()
        first = least if low is None else int(low)
        last = int(high) if high else (most if low is None or step else first)
        if not (least <= first <= last <= most) or (step is not None and int(step) < 1):
            raise MadangError("collect_rhythm", value=said)
        found |= set(range(first, last + 1, int(step or 1)))
    return frozenset(found)
