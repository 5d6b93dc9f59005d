"""Rounds, the part of each department, the files it brought, what it handed in, and what was merged of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from madang.web.accounts.models import Department
from madang.web.rounds import states


class Round(models.Model):
    """One collection: what is asked, of whom, until when. `columns` is its form (`form.FormColumn`)."""

    key = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=120)
    why = models.TextField(blank=True)
    document_number = models.CharField(max_length=80, blank=True)
    contact = models.CharField(max_length=120, blank=True)
    standard = models.CharField(max_length=80)
    columns = models.JSONField(default=list)
    target = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    remind_days = models.JSONField(default=list)  # so many days before it is due
    reminded_on = models.DateField(null=True)
    nothing_allowed = models.BooleanField(default=True)
    needs_signature = models.BooleanField(default=False)
    own_rows_only = models.BooleanField(default=False)  # of the merged table a department sees its own rows
    post = models.CharField(max_length=150, blank=True)  # whose round it is, besides who opened it
    state = models.CharField(max_length=10, choices=states.ROUND, default=states.DRAFT)
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=150, blank=True)
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="following")

    class Meta:
        constraints = [
            models.CheckConstraint(name="rounds_round_state", condition=Q(state__in=list(states.ROUND)))
        ]

    @property
    def is_open(self) -> bool:
        return self.state == states.OPEN


class Part(models.Model):
    """What one department owes a round, and how far it is. Where a `post` is named, only who holds it answers."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="parts")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="round_parts")
    post = models.CharField(max_length=150, blank=True)
    state = models.CharField(max_length=10, choices=states.LABELS, default=states.WAITING)
    due_at = models.DateTimeField(null=True)  # where it was given longer than the others
    link_secret = models.CharField(max_length=64, blank=True)  # "": no link leads here
    opened_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)  # why it was sent back
    rows = models.PositiveBigIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    rows_before = models.PositiveBigIntegerField(null=True)  # in the round before

    class Meta:
        constraints = [
            models.UniqueConstraint(name="rounds_part_once", fields=["round", "department", "post"]),
            models.CheckConstraint(name="rounds_part_state", condition=Q(state__in=list(states.LABELS))),
        ]
        ordering = ["department__name", "post"]

    @property
    def name(self) -> str:
        """Who answers, as the merged table says it."""
        return self.department.name

    @property
    def until(self) -> datetime:
        """When it is due."""
        return self.due_at or self.round.due_at

    @property
    def handed_in(self) -> Contribution | None:
        """What counts of it now; None where nothing was handed in, or it was sent back."""
        return self.contributions.filter(returned_at=None).order_by("-number").first()

    def is_overdue(self, now: datetime) -> bool:
        """Whether the day has passed without an answer."""
        return self.round.is_open and now > self.until and self.handed_in is None


class Upload(models.Model):
    """A file as a department brought it. `tables` says what became of each table in it (`door.Checked`)."""

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="uploads")
    number = models.PositiveIntegerField()
    file = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(default=0)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    mapping = models.JSONField(default=dict)  # header -> column, as a person said
    tables = models.JSONField(default=list)
    checking = models.BooleanField(default=True)
    failure = models.JSONField(null=True)  # code and params, where it could not be read
    seconds = models.FloatField(null=True)
    current = models.BooleanField(default=True)  # False: replaced, or taken away

    class Meta:
        constraints = [models.UniqueConstraint(name="rounds_upload_number", fields=["part", "number"])]
        ordering = ["number"]

    @property
    def used(self) -> list[dict[str, Any]]:
        """The tables of it that count."""
        return [table for table in self.tables if table["used"]]


class Contribution(models.Model):
    """What a department handed in at a moment; never changed. `tables` names versions in the bank of the round."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="contributions")
    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="contributions")
    number = models.PositiveIntegerField()
    tables = models.JSONField(default=list)
    rows = models.PositiveBigIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    is_nothing = models.BooleanField(default=False)
    is_partial = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)
    note = models.TextField(blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)
    signed_by = models.CharField(max_length=150, blank=True)
    signed_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="rounds_contribution_number", fields=["round", "number"])]
        ordering = ["number"]


class Decision(models.Model):
    """Whose row stays where several departments handed in the same key; "": everybody's."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="decisions")
    key = models.TextField()
    keeps = models.CharField(max_length=150, blank=True)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="rounds_decision_once", fields=["round", "key"])]


class Merged(models.Model):
    """One merging of a round: which version it made of which contributions."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="merges")
    version = models.PositiveIntegerField()
    rows = models.PositiveBigIntegerField()
    contributions = models.JSONField(default=list)  # their numbers
    by = models.CharField(max_length=150)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at"]
