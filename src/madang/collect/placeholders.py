"""Words in addresses and parameters that stand for the day of the run: {today}, {yesterday}, {month}, {now}."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from madang.bank.durable import SEOUL
from madang.messages import MadangError

_WORD = re.compile(r"\{(\w+)(?::([^{}]*))?\}")
_USUAL = {
    "today": "%Y%m%d",
    "yesterday": "%Y%m%d",
    "month": "%Y%m",
    "last_month": "%Y%m",
    "year": "%Y",
    "now": "%Y%m%d%H%M",
}


def filled(said: str, now: datetime, others: Mapping[str, str] | None = None) -> str:
    """`said` with its words filled in for the moment `now`: {today} is 20261122, {today:%Y-%m-%d} is 2026-11-22.

    `others` are words with a value of their own. Raises MadangError("collect_placeholder").
    """
    local = now.astimezone(SEOUL)
    moments = {
        "today": local,
        "yesterday": local - timedelta(days=1),
        "month": local,
        "last_month": local.replace(day=1) - timedelta(days=1),
        "year": local,
        "now": local,
    }

    def fill(match: re.Match[str]) -> str:
        word, pattern = match.groups()
        if others and word in others:
            return others[word]
        if word not in moments:
            raise MadangError(
                "collect_placeholder", word=match[0], known=", ".join(f"{{{each}}}" for each in moments)
            )
        return moments[word].strftime(pattern or _USUAL[word])

    return _WORD.sub(fill, said)
