"""Notices: to a person or to whoever holds a post, as a code of the vocabulary and its parameters."""

from __future__ import annotations

from django.db import models
from django.utils import timezone, translation

from madang.messages import text


class Notice(models.Model):
    """One thing to know. A notice to a post is seen for all who hold it once one of them has seen it."""

    person = models.CharField(max_length=150, blank=True, db_index=True)  # a login name, or …
    post = models.CharField(max_length=150, blank=True, db_index=True)  # … a post
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    thing = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=150, blank=True)

    class Meta:
        indexes = [models.Index(name="notices_unseen", fields=["seen_at", "post", "person"])]

    @property
    def sentence(self) -> str:
        """The notice in the language of the page."""
        code = (translation.get_language() or "ko")[:2]
        return text(self.code, "en" if code == "en" else "ko", **self.params)
