"""Where accounts, work and the audit trail are kept: SQLite in the workspace, or PostgreSQL by address."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

_SQLITE_WAIT_S = 20
_PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"


def database(workspace: str, url: str = "") -> dict[str, Any]:
    """Django's settings for the database at `url` ("postgresql://user:password@host:port/name"), else for
    ``db.sqlite3`` in the workspace; in memory where there is no workspace."""
    if url:
        said = urlsplit(url)
        if said.scheme not in ("postgres", "postgresql"):
            raise ValueError("MADANG_DATABASE_URL: postgresql://…")
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(said.path.lstrip("/")),
            "USER": unquote(said.username or ""),
            "PASSWORD": unquote(said.password or ""),
            "HOST": said.hostname or "",
            "PORT": str(said.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": dict(parse_qsl(said.query)),
        }
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(Path(workspace) / "db.sqlite3") if workspace else ":memory:",
        "CONN_MAX_AGE": 60,
        "OPTIONS": {"timeout": _SQLITE_WAIT_S, "transaction_mode": "IMMEDIATE", "init_command": _PRAGMAS},
    }


def secret_key(workspace: str) -> str:
    """The key that signs sessions: from the environment, else made once and kept beside the database, for its owner only."""
    if said := os.environ.get("MADANG_SECRET_KEY"):
        return said
    if not workspace or not Path(workspace).is_dir():
        return secrets.token_urlsafe(50)
    path = Path(workspace) / ".secret-key"
    try:
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    except OSError:  # a workspace that can only be read: sessions end with the process
        return secrets.token_urlsafe(50)
    return path.read_text(encoding="utf-8").strip()
