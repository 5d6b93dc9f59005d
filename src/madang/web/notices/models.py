"""Notices: to a person or to whoever holds a post, as a code of the vocabulary and its parameters."""

from __future__ import annotations

from django.db import models
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from madang.messages import text

ALSO: dict[str, object] = {
    "compare": _("무엇이 달라졌는지 견주기")
}  # what a second link of a notice leads to


class Notice(models.Model):
    """One thing to know. A notice to a post is seen for all who hold it once one of them has seen it.

    `resolved_at`: what it tells of has passed; nobody needs to see it any more. `also_url` is a second link, called
    `also` (of ALSO).
    """

    person = models.CharField(max_length=150, blank=True, db_index=True)  # a login name, or …
    post = models.CharField(max_length=150, blank=True, db_index=True)  # … a post
    code = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    thing = models.CharField(max_length=200, blank=True)
    url = models.CharField(max_length=300, blank=True)
    also = models.CharField(max_length=20, blank=True)
    also_url = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True)
    seen_by = models.CharField(max_length=150, blank=True)
    resolved_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(name="notices_unseen", fields=["seen_at", "post", "person"])]

    @property
    def sentence(self) -> str:
        """The notice in the language of the page."""
        code = (translation.get_language() or "ko")[:2]
        return text(self.code, "en" if code == "en" else "ko", **self.params)

    @property
    def is_fresh(self) -> bool:
        """Whether it has yet to be seen."""
        return self.seen_at is None and self.resolved_at is None

    @property
    def also_words(self) -> object:
        """What the second link is called."""
        return ALSO.get(self.also, self.also)
