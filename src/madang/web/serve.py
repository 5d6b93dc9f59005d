"""Serves the pages with Granian, in the foreground until it is stopped."""

from __future__ import annotations

import os
from pathlib import Path

_KILL_AFTER_S = 10


def serve(workspace: Path, host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Serve the pages of `workspace` on ``http://host:port/`` until Ctrl-C or SIGTERM.

    Blocks. Worker processes are started with the workspace in their environment; one that does not end within
    ten seconds is killed. Raises OSError where the port cannot be taken.
    """
    from granian import Granian
    from granian.constants import Interfaces

    os.environ["MADANG_WORKSPACE"] = str(Path(workspace).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.config.settings")
    if host not in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::"):
        os.environ["MADANG_HOSTS"] = f"{os.environ.get('MADANG_HOSTS', '')} {host}".strip()
    Granian(
        "madang.web.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        workers_kill_timeout=_KILL_AFTER_S,
        log_enabled=False,
        websockets=False,
    ).serve()
