"""What a job can be in, and which step leads where."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"

LABELS = {
    WAITING: _("기다림"),
    RUNNING: _("하는 중"),
    DONE: _("끝남"),
    FAILED: _("실패"),
    CANCELLED: _("멈춤"),
}
ACTIVE = (WAITING, RUNNING)

#  step       from      to
STEPS = {
    "claim": (WAITING, RUNNING),
    "finish": (RUNNING, DONE),
    "fail": (RUNNING, FAILED),
    "again": (RUNNING, WAITING),  # it failed and has attempts left, or its runner was stopped
    "stop": (RUNNING, CANCELLED),
    "drop": (WAITING, CANCELLED),
}
