"""Queries: those that were asked, those that were saved with every text they had, and the tables made from them."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from madang.web.sql.states import LABELS, RUNNING


class Asked(models.Model):
    """One query that somebody ran. Its answer lies in the cache for a while; this stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    by = models.CharField(max_length=150, db_index=True)
    sql = models.TextField()
    values = models.JSONField(default=dict)  # of its parameters
    inputs = models.JSONField(default=list)  # [{"dataset": …, "version": …}]
    seen = models.JSONField(default=dict)  # by dataset: the mark of what of it was shown to who asked
    state = models.CharField(max_length=10, choices=LABELS, default=RUNNING)
    at = models.DateTimeField(default=timezone.now)
    cancel = models.BooleanField(default=False)
    seconds = models.FloatField(null=True)
    rows = models.BigIntegerField(null=True)
    truncated = models.BooleanField(default=False)
    columns = models.JSONField(default=list)  # [{"name": …, "type": …}] of the answer
    error_code = models.CharField(max_length=80, blank=True)
    error_params = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(name="sql_asked_state", condition=Q(state__in=list(LABELS)))]
        indexes = [models.Index(name="sql_asked_mine", fields=["by", "-at"])]


class Saved(models.Model):
    """A query kept under a title. `shared`: everybody who may ask sees and runs it, over what they may read."""

    title = models.CharField(max_length=120)
    description = models.TextField(blank=True)
    by = models.CharField(max_length=150, db_index=True)
    shared = models.BooleanField(default=False)
    removed = models.BooleanField(default=False)
    made_at = models.DateTimeField(default=timezone.now)

    @property
    def text(self) -> SavedText:
        """Its newest text."""
        found = self.texts.order_by("-number").first()
        assert found is not None
        return found


class SavedText(models.Model):
    """A text that a saved query had; the highest number counts, none is ever changed."""

    saved = models.ForeignKey(Saved, related_name="texts", on_delete=models.CASCADE)
    number = models.PositiveIntegerField()
    sql = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="sql_text_number", fields=["saved", "number"])]


class Derived(models.Model):
    """A dataset that was made from a query, and what to ask to make it again."""

    dataset = models.CharField(max_length=200, unique=True)
    sql = models.TextField()
    values = models.JSONField(default=dict)
    inputs = models.JSONField(default=list)  # datasets and versions of the last time
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
