"""What an upload and a draft can be in, and which step leads where."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

COMING, READING, REVIEW, COMMITTING, DONE, FAILED = (
    "coming",
    "reading",
    "review",
    "committing",
    "done",
    "failed",
)

UPLOADS = {
    COMING: _("올리는 중"),
    READING: _("읽는 중"),
    REVIEW: _("확인 기다림"),
    COMMITTING: _("입고하는 중"),
    DONE: _("끝남"),
    FAILED: _("읽지 못함"),
}
UNFINISHED = (COMING, READING, REVIEW, COMMITTING, FAILED)

#  step        from                       to
STEPS = {
    "read": ((COMING, REVIEW, FAILED), READING),  # all bytes are here, or something was corrected
    "show": ((READING,), REVIEW),
    "fail": ((READING,), FAILED),
    "confirm": ((REVIEW,), COMMITTING),
    "back": ((COMMITTING,), REVIEW),  # the live version moved, or the disk failed: look again
    "end": ((COMMITTING, READING), DONE),
}

OPEN, COMMITTED, DROPPED = "open", "committed", "dropped"
DRAFTS = {OPEN: _("고치는 중"), COMMITTED: _("반영함"), DROPPED: _("버림")}
