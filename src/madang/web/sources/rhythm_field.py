"""A rhythm as a person chooses it: how often, on which day, at what time; written as the core reads it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from madang.collect.rhythm import Rhythm
from madang.messages import MadangError

_HOW = [
    ("minutes", _("몇 분마다")),
    ("hours", _("몇 시간마다")),
    ("daily", _("매일")),
    ("weekly", _("매주")),
    ("monthly", _("매월")),
    ("other", _("직접 적기(cron)")),
]
_WEEKDAYS = [
    ("mon", _("월요일")), ("tue", _("화요일")), ("wed", _("수요일")), ("thu", _("목요일")), ("fri", _("금요일")),
    ("sat", _("토요일")), ("sun", _("일요일")),
]  # fmt: skip
_DAYS = [*((str(n), format_lazy(_("{n}일"), n=n)) for n in range(1, 29)), ("last", _("말일"))]
_PARTS = ("how", "every", "weekday", "day", "at", "other")
_USUAL = {"how": "daily", "every": "10", "weekday": "mon", "day": "1", "at": "06:30", "other": ""}


class RhythmWidget(forms.MultiWidget):
    """Its parts, each with a label; those that the choice does not need are hidden by the style sheet."""

    template_name = "sources/parts/rhythm.html"

    def __init__(self) -> None:
        number = {"class": "input", "min": 1, "max": 44_640, "aria-label": _("몇")}
        super().__init__(
            {
                "how": forms.Select({"class": "input", "aria-label": _("주기")}, choices=_HOW),
                "every": forms.NumberInput(number),
                "weekday": forms.Select({"class": "input", "aria-label": _("요일")}, choices=_WEEKDAYS),
                "day": forms.Select({"class": "input", "aria-label": _("날")}, choices=_DAYS),
                "at": forms.TimeInput({"class": "input", "type": "time", "aria-label": _("시각")}, format="%H:%M"),
                "other": forms.TextInput({"class": "input", "aria-label": _("cron 다섯 칸"), "placeholder": "30 6 * * 1-5"}),
            }
        )  # fmt: skip

    def decompress(self, value: str | None) -> list[Any]:
        return [parts_of(value)[name] for name in _PARTS] if value else [_USUAL[name] for name in _PARTS]


def parts_of(said: str) -> dict[str, str]:
    """The parts of a rhythm as it was written; what no choice says is there to be written."""
    try:
        rhythm = Rhythm.of(said)
    except MadangError:
        return {**_USUAL, "how": "other", "other": said}
    words = said.lower().split()
    if rhythm.every:
        hours = rhythm.every % 60 == 0
        return {
            **_USUAL,
            "how": "hours" if hours else "minutes",
            "every": str(rhythm.every // (60 if hours else 1)),
        }
    if words[0] == "daily":
        return {**_USUAL, "how": "daily", "at": _time(words[1])}
    if words[0] == "weekly":
        return {**_USUAL, "how": "weekly", "weekday": words[1], "at": _time(words[2])}
    if words[0] == "monthly" and words[1] in dict(_DAYS):
        return {**_USUAL, "how": "monthly", "day": words[1], "at": _time(words[2])}
    return {**_USUAL, "how": "other", "other": said}


def _time(said: str) -> str:
    return said.zfill(5)


class RhythmField(forms.MultiValueField):
    """Yields the rhythm as text: "weekly mon 06:30". Whether it is one, `Rhythm.of` says."""

    widget = RhythmWidget

    def __init__(self, **kwargs: Any) -> None:
        fields = [forms.CharField(required=False, max_length=60) for _ in _PARTS]
        super().__init__(fields, require_all_fields=False, **kwargs)

    def compress(self, data_list: list[str]) -> str:
        said = dict(zip(_PARTS, data_list, strict=False))
        match said.get("how"):
            case "minutes" | "hours" as unit:
                return f"every {said['every']} {unit}"
            case "daily":
                return f"daily {said['at']}"
            case "weekly":
                return f"weekly {said['weekday']} {said['at']}"
            case "monthly":
                return f"monthly {said['day']} {said['at']}"
        return said.get("other", "")
