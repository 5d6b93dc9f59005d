"""Entries of the audit trail: written once, chained by hash, and a sealed head that says how many there are."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act. `number` counts without gaps; `digest` covers everything here and the digest before it."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=150, db_index=True)
    via = models.CharField(max_length=20)
    address = models.CharField(max_length=64, blank=True)
    what = models.CharField(max_length=60, db_index=True)
    thing = models.CharField(max_length=200, blank=True, db_index=True)
    why = models.TextField(blank=True)
    detail = models.JSONField(default=dict)
    before = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)


class Head(models.Model):
    """The one row that every writer locks: the last entry, sealed with the site's key, and how far the journal of
    the command line has been taken in."""

    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64)
    seal = models.CharField(max_length=100)
    journal_lines = models.PositiveBigIntegerField(default=0)
    journal_digest = models.CharField(max_length=64)
