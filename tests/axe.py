"""Accessibility of a page, as axe finds it: WCAG 2.2 AA and best practices that KWCAG shares."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest
from playwright.sync_api import Page

SCRIPT = Path(__file__).parents[1] / "frontend/node_modules/axe-core/axe.min.js"
_RUN = """async () => (await axe.run(document, {resultTypes: ["violations"], preload: false})).violations.map(
  (each) => `${each.id}: ${each.help}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`)"""


@lru_cache(maxsize=1)
def _script() -> str:
    if not SCRIPT.is_file():
        pytest.skip("axe is not installed (python hatch_build.py)")
    return SCRIPT.read_text("utf-8")


def violations(page: Page) -> list[str]:
    """What axe has against the page that is open: rule, what it asks for, and the elements."""
    page.evaluate(_script())
    found: list[str] = page.evaluate(_RUN)
    return found
