"""What an edition or an open result can be in, as its lamp and its word."""

from __future__ import annotations

from django.utils.translation import gettext_noop

STATES = {
    "open": ("good", gettext_noop("개방 중")), "behind": ("warn", gettext_noop("새 판이 기다림")),
    "waiting": ("bad", gettext_noop("아직 열지 못함")), "over": ("warn", gettext_noop("기한 지남")),
    "withdrawn": ("none", gettext_noop("거둠")),
}  # fmt: skip
