"""A notice of a source that failed is resolved once the source works again, and not before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils import timezone

from madang.collect.history import History, State
from madang.web.notices.actions import tell
from madang.web.sources.jobs import plan
from madang.workspace import Workspace
from web_page import Page


def test_a_source_that_recovered_needs_nobody_any_more(
    empty_city: Workspace, signed_in: Callable[..., Any]
) -> None:
    kim = signed_in("official", username="kim")
    now = timezone.now()
    for source in ("rain", "bus"):
        said = {"title": source, "reason": "끊김"}
        tell("notice_collect_failed", said, to="kim", thing=f"source:{source}")
        History(empty_city.folder, source).save(State(now, failures=1, failing_since=now, told=True))
    plan(now)
    assert "새 알림 2개" in Page(kim.get("/notices/")).text
    History(empty_city.folder, "rain").save(State(now, good_at=now))
    plan(now)
    page = Page(kim.get("/notices/"))
    assert "새 알림 1개" in page.text
    (resolved,) = page.texts(".notices .resolved")
    assert "'rain'" in resolved
    assert "에 풀림" in resolved
