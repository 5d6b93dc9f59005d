"""Serves the pages with Granian, in the foreground until it is stopped."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import madang
from madang.messages import MadangError
from madang.web import announce

_KILL_AFTER_S = 10
_MOST_WORKERS = 4
_THREADS = 12  # of each worker: a question in SQL holds one while it is answered


def serve(
    workspace: Path, host: str = "127.0.0.1", port: int = 8000, workers: int = 0, said: str = ""
) -> None:
    """Serve the pages of `workspace` on ``http://host:port/`` until Ctrl-C or SIGTERM. `said` is printed once they answer.

    `workers`: processes that answer; 0 for one a core, at most four. Blocks; a runner takes the jobs meanwhile. Worker processes are started with the workspace in their environment;
    one that does not end within ten seconds is killed. Raises MadangError("port_taken") where somebody listens there already.
    """
    from granian import Granian
    from granian.constants import Interfaces

    from madang.web.work.beside import runner_beside

    check_free(host, port)
    os.environ["MADANG_WORKSPACE"] = str(Path(workspace).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.config.settings")
    _say_to_settings(Path(workspace), host)
    _make_ready()
    server = Granian(
        "madang.web.config.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers or min(os.cpu_count() or 1, _MOST_WORKERS),
        blocking_threads=_THREADS,
        workers_kill_timeout=_KILL_AFTER_S,
        log_enabled=False,
        websockets=False,
    )
    with runner_beside(Path(workspace).resolve()), _announced(host, port, said):
        server.serve()


@contextmanager
def _announced(host: str, port: int, said: str) -> Iterator[None]:
    """A process that says `said` when the pages answer; a thread would not survive the server's forks."""
    here = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    command = [sys.executable, str(Path(announce.__file__)), f"http://{here}:{port}/", said, str(os.getpid())]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL) if said else None
    try:
        yield
    finally:
        if process:
            process.terminate()
            process.wait()


def _make_ready() -> None:
    """Tables, and somebody who can sign in, by a process of its own: what it loads keeps threads, and the server forks.

    Raises MadangError("site_not_ready"); what went wrong stands on the error stream.
    """
    done = subprocess.run([sys.executable, "-m", "madang.web.serve"], check=False)
    if done.returncode:
        raise MadangError("site_not_ready", exit_code=done.returncode)


def prepare() -> None:
    """Make or renew the tables of accounts, work and the audit trail. The environment names the workspace."""
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    connections.close_all()


def _say_to_settings(workspace: Path, host: str) -> None:
    """What the settings have to know of how the site is served, before they are read."""
    synthetic = madang.open(workspace).settings.is_synthetic
    os.environ["MADANG_SAMPLE_LOGINS"] = str(int(sample_logins_work(host, synthetic=synthetic)))
    if host not in ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::"):
        os.environ["MADANG_HOSTS"] = f"{os.environ.get('MADANG_HOSTS', '')} {host}".strip()


def sample_logins_work(host: str, *, synthetic: bool) -> bool:
    """Whether the stated password of the sample city may open the door: a made-up city, this computer alone, and
    nothing before it that would bring others in."""
    proxied = any(os.environ.get(name) for name in ("MADANG_HOSTS", "MADANG_HTTPS"))
    return synthetic and host in ("127.0.0.1", "localhost", "::1") and not proxied


def check_free(host: str, port: int) -> None:
    """Granian shares its port with whoever else shares it, so two servers would answer by turns: look first."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise MadangError("port_taken", host=host, port=port, reason=error.strerror) from error


def _ready() -> None:
    """What `_make_ready` starts; prints what is said once, to whoever starts Madang."""
    prepare()
    from madang.access import ANONYMOUS
    from madang.web.accounts.first import welcome
    from madang.web.desk.known import known_to

    for line in welcome():
        print(line, flush=True)
    known_to(
        madang.open(os.environ["MADANG_WORKSPACE"]), ANONYMOUS
    )  # the catalogue of many datasets is read now


if __name__ == "__main__":
    _ready()
