"""The states of a query that was asked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

RUNNING, ANSWERED, FAILED, CANCELLED = "running", "answered", "failed", "cancelled"
LABELS = {RUNNING: _("실행 중"), ANSWERED: _("답함"), FAILED: _("실패"), CANCELLED: _("취소")}
