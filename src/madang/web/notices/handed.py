"""A post that takes over from another is told what comes to it, and from when."""

from __future__ import annotations

from datetime import date

from django.urls import reverse

from madang.web.accounts.handover import Inventory, tells
from madang.web.accounts.models import Post
from madang.web.notices.actions import tell


@tells
def tell_successor(found: Inventory, successor: Post, on: date, why: str) -> None:
    """A line to whoever holds the successor, with the page of the post."""
    said = {
        "old": found.post, "new": successor.name, "day": on, "datasets": len(found.owns), "owed": len(found.owes),
        "why": why or "-",
    }  # fmt: skip
    tell("notice_post_handed", said, post=successor.name, url=reverse("post", args=[successor.pk]))
