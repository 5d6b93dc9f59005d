"""The guide to running a site names every variable that the settings read, with its true default."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/how-to/run-in-production.md").read_text("utf-8")
_OURS = {"MADANG_SAMPLE_LOGINS"}  # set by `madang up` itself


def test_every_variable_of_the_settings_is_in_the_guide() -> None:
    read = set()
    for path in (ROOT / "src/madang/web/config").glob("*.py"):
        text = path.read_text("utf-8")
        read |= set(re.findall(r"(?:environ(?:\.get)?[\[(]|_number\()\"(MADANG_\w+)", text))
    assert len(read) > 15
    assert read - _OURS - set(re.findall(r"`(MADANG_\w+)`", GUIDE)) == set()


def test_defaults_are_those_of_the_settings() -> None:
    from madang.web.config import sign_in

    for name, value in {
        "MADANG_IDLE_MINUTES": sign_in.MADANG_IDLE_S // 60,
        "MADANG_SESSION_HOURS": sign_in.SESSION_COOKIE_AGE // 3600,
    }.items():
        row = next(line for line in GUIDE.splitlines() if line.startswith(f"| `{name}`"))
        assert row.endswith(f"| `{value}` |")
    row = next(line for line in GUIDE.splitlines() if "MADANG_LOCK_AFTER" in line)
    assert row.endswith(f"| `{sign_in.MADANG_LOCK_AFTER}` · `{sign_in.MADANG_LOCK_MINUTES}` |")
