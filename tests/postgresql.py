"""A PostgreSQL of the tests' own: made in a new folder, listening on loopback alone, gone afterwards.

    python tests/postgresql.py python -m pytest tests/web

runs a command with the site's database in it. Where this runs as root, PostgreSQL, which refuses that, runs as
another user. Where there is none on the machine, it says so and the command is not run.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=60 -c shared_buffers=64MB"
_USERS = ("postgres", "nobody")


class NoPostgresql(Exception):
    """There is none on this machine."""


def tool(name: str) -> str:
    """The path of initdb or pg_ctl. Raises NoPostgresql."""
    found = shutil.which(name)
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    if not found and not places:
        raise NoPostgresql(f"{name} is not on this machine: install PostgreSQL to run these tests on it")
    real = (
        places[0] if places else Path(str(found)).resolve()
    )  # a link may lead through a wrapper that needs rights
    return str(real)


@contextmanager
def cluster() -> Iterator[str]:
    """The address of a new cluster, "postgresql://…/postgres", until the block ends. Raises NoPostgresql."""
    initdb, control = tool("initdb"), tool("pg_ctl")
    as_user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="madang-pg-"))
    data, port = folder / "data", _free_port()
    try:
        if as_user:
            os.chown(folder, as_user.pw_uid, as_user.pw_gid)
        _run(
            [initdb, "-D", str(data), "-U", "madang", "-A", "trust", "-E", "UTF8", "--no-locale", "-N"],
            as_user,
        )
        options = f"-h 127.0.0.1 -p {port} -k {folder} {_FAST}"
        _run(
            [control, "-D", str(data), "-w", "-t", "60", "-l", str(folder / "log"), "-o", options, "start"],
            as_user,
        )
        try:
            yield f"postgresql://madang@127.0.0.1:{port}/postgres"
        finally:
            _run([control, "-D", str(data), "-m", "immediate", "-w", "stop"], as_user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged() -> pwd.struct_passwd | None:
    if os.getuid() != 0:
        return None
    for name in _USERS:
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgresql("this runs as root, PostgreSQL does not, and there is no other user to run it as")


def _run(command: list[str], as_user: pwd.struct_passwd | None) -> None:
    said = {"user": as_user.pw_uid, "group": as_user.pw_gid, "extra_groups": []} if as_user else {}
    environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "HOME": "/"}
    done = subprocess.run(  # type: ignore[call-overload]
        command, env=environment, cwd="/", capture_output=True, text=True, timeout=120, **said
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr or done.stdout}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main(command: list[str]) -> int:
    """Run the command on a cluster; its exit code, 0 where there is no PostgreSQL."""
    try:
        with cluster() as url:
            environment = {**os.environ, "MADANG_DATABASE_URL": url}
            return subprocess.run(command, env=environment, check=False).returncode
    except NoPostgresql as none:
        print(f"Not run on PostgreSQL: {none}.", file=sys.stderr)
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
