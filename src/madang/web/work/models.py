"""Jobs: what is to be done, by whom it was asked, how far it is and how it ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone, translation

from madang.access import Person
from madang.messages import text
from madang.web.accounts.models import User
from madang.web.accounts.people import person_of_user
from madang.web.work.states import ACTIVE, LABELS, WAITING


class Job(models.Model):
    """One piece of work. Whoever runs it holds a lease: what it writes counts only while `lease` is its own."""

    kind = models.CharField(max_length=60)
    params = models.JSONField(default=dict)
    by = models.CharField(max_length=150, db_index=True)
    person = models.JSONField(default=dict)  # who asked, as they were then
    thing = models.CharField(max_length=200, blank=True, db_index=True)
    key = models.CharField(max_length=200, blank=True)  # of two jobs with one key only one is under way

    state = models.CharField(max_length=12, choices=LABELS, default=WAITING)
    run_at = models.DateTimeField()  # not before
    made_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    most_attempts = models.PositiveSmallIntegerField(default=1)
    timeout_s = models.PositiveIntegerField(default=600)
    lease = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=150, blank=True)

    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    step = models.CharField(max_length=100, blank=True)
    result = models.JSONField(null=True)
    error_code = models.CharField(max_length=80, blank=True)
    error_params = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(name="work_job_state", condition=Q(state__in=list(LABELS))),
            models.UniqueConstraint(
                name="work_job_one_active", fields=["key"], condition=Q(state__in=ACTIVE) & ~Q(key="")
            ),
        ]
        indexes = [models.Index(name="work_job_next", fields=["state", "run_at", "id"])]

    @property
    def is_active(self) -> bool:
        """Whether it waits or runs."""
        return self.state in ACTIVE

    @property
    def percent(self) -> int | None:
        """How much of it is done; None where nobody knows."""
        return min(100, self.done * 100 // self.total) if self.total else None

    @property
    def error(self) -> str:
        """Why it failed, as a sentence in the language of the page; "" where it did not."""
        if not self.error_code:
            return ""
        code = (translation.get_language() or "ko")[:2]
        return text(self.error_code, "en" if code == "en" else "ko", **self.error_params)

    def asked_by(self) -> Person:
        """Who asked for it, with the rights they had then and still have; somebody without an account, as they were."""
        said = self.person
        then = Person(
            id=self.by,
            name=said.get("name", ""),
            roles=frozenset(said.get("roles", ())),
            posts=frozenset(said.get("posts", ())),
            departments=frozenset(said.get("departments", ())),
            via="work",
        )
        user = User.objects.filter(username=self.by).first()
        if user is None:
            return then
        now = person_of_user(user, via="work")  # nobody, where the account was closed
        return replace(
            then,
            roles=then.roles & now.roles,
            posts=then.posts & now.posts,
            departments=then.departments & now.departments,
        )

    def seconds(self, now: datetime) -> float | None:
        """How long it ran, or runs until `now`; None before it began."""
        return ((self.ended_at or now) - self.started_at).total_seconds() if self.started_at else None


def snapshot(person: Person) -> dict[str, object]:
    """A person as a job keeps them."""
    return {
        "name": person.name,
        "roles": sorted(person.roles),
        "posts": sorted(person.posts),
        "departments": sorted(person.departments),
    }
