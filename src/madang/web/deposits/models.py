"""Files on their way in, and edits that are not versions yet."""

from __future__ import annotations

from typing import cast

from django.db import models
from django.db.models import Q
from django.utils import timezone, translation

from madang.messages import Language
from madang.web.deposits.states import COMING, DRAFTS, OPEN, UNFINISHED, UPLOADS
from madang.web.shell.browser_words import said_in_browser


class Upload(models.Model):
    """A file that somebody uploads: its bytes lie in ``uploads/<key>``, how far they are says the file itself."""

    key = models.CharField(max_length=32, unique=True)
    by = models.CharField(max_length=150, db_index=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    fingerprint = models.CharField(
        max_length=64, blank=True
    )  # of name, size and date: the same file again goes on
    state = models.CharField(max_length=12, choices=UPLOADS, default=COMING)
    made_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    dataset = models.CharField(
        max_length=200, blank=True
    )  # as a person said; "" goes by the name of the file
    told = models.JSONField(default=dict)  # the override
    personal = models.JSONField(default=dict)
    card = models.JSONField(default=dict)
    job = models.BigIntegerField(null=True)
    seen = models.CharField(max_length=64, blank=True)  # digest of the preview that is shown
    error_code = models.CharField(max_length=80, blank=True)
    error_params = models.JSONField(default=dict)
    receipts = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(name="deposits_upload_state", condition=Q(state__in=list(UPLOADS)))
        ]
        indexes = [models.Index(name="deposits_upload_mine", fields=["by", "state"])]

    @property
    def thing(self) -> str:
        """As the audit trail and the jobs call it."""
        return f"upload:{self.key}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    @property
    def error(self) -> str:
        """Why the last step failed, in the language of the page."""
        return sentence(self.error_code, self.error_params)


class Draft(models.Model):
    """Edits of one version that somebody works on: in the grid, or as a copy that came back. `edits` is what
    `round_trip.Edits` holds; `upload` the key of the workbook it came in, "" for the grid."""

    by = models.CharField(max_length=150, db_index=True)
    dataset = models.CharField(max_length=200, db_index=True)
    base = models.PositiveIntegerField()
    edits = models.JSONField(default=dict)
    notes = models.JSONField(default=list)
    upload_name = models.CharField(max_length=255, blank=True)
    state = models.CharField(max_length=12, choices=DRAFTS, default=OPEN)
    saved = models.PositiveIntegerField(default=0)  # counts every save: a second window is told
    made_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(null=True)
    why = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="deposits_draft_state", condition=Q(state__in=list(DRAFTS))),
            models.UniqueConstraint(
                name="deposits_draft_one_grid",
                fields=["by", "dataset"],
                condition=Q(state=OPEN, upload_name=""),
            ),
        ]

    @property
    def changes(self) -> int:
        """How many rows it touches."""
        return sum(len(self.edits.get(name) or ()) for name in ("cells", "added", "removed"))


def sentence(code: str, params: dict[str, object]) -> str:
    """A sentence of the vocabulary in the language of the page; "" for no code."""
    if not code:
        return ""
    language = "en" if (translation.get_language() or "ko").startswith("en") else "ko"
    known = {k: v for k, v in params.items() if k not in ("code", "language")}
    return said_in_browser(code, cast(Language, language), **known)
