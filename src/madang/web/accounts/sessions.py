"""Sessions in the database that know whose they are, so that a person can see and end them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

BEGAN, SEEN, ADDRESS, AGENT = "began", "seen", "address", "agent"  # what a session holds of itself


class SessionStore(DatabaseStore):
    """As Django's, with columns for the person, the times and the browser."""

    @classmethod
    def get_model_class(cls) -> Any:
        from madang.web.accounts.models import Session

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        owner = data.get(SESSION_KEY)
        row.user_id = int(owner) if owner else None
        row.began_at, row.seen_at = _time(data.get(BEGAN)), _time(data.get(SEEN))
        row.address, row.agent = str(data.get(ADDRESS, ""))[:64], str(data.get(AGENT, ""))[:200]
        return row


def _time(said: object) -> datetime | None:
    return datetime.fromtimestamp(said, UTC) if isinstance(said, int | float) else None
