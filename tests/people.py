"""People for the tests of pages."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

_numbers = count(1)


def make(
    *roles: str,
    posts: Iterable[str] = (),
    department: str = "",
    username: str = "",
    password: str | None = None,
) -> Any:
    """An account with these roles, holding these posts (the first word of a post is its department)."""
    from madang.web.accounts.models import Department, Holding, Post, User

    own = Department.objects.get_or_create(name=department)[0] if department else None
    user = User.objects.create_user(
        username or f"person{next(_numbers)}", password, name="김담당", roles=" ".join(roles), department=own
    )
    for name in posts:
        of_post = Department.objects.get_or_create(name=name.split()[0])[0]
        post = Post.objects.get_or_create(name=name, defaults={"department": of_post})[0]
        Holding.objects.create(user=user, post=post, valid_from=date(2020, 1, 1))
    return user


def browser(user: Any = None, *, name: str = "127.0.0.1", **said: Any) -> Any:
    """A browser without a screen, signed in as `user` or else as an administrator; `name` is the host it asks for."""
    from django.test import Client

    from madang.web.accounts.models import User

    opened = Client(SERVER_NAME=name, **said)
    if user is None:
        user = User.objects.filter(username="admin").first() or make("administrator", username="admin")
    opened.force_login(user)
    return opened


def session(username: str, *roles: str) -> str:
    """The session key of an account that is signed in; the account is made where there is none."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from madang.web.accounts.models import User

    user = User.objects.filter(username=username).first() or make(*roles, username=username)
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)


@contextmanager
def shared_database(folder: Path) -> Iterator[dict[str, str]]:
    """The environment of other processes that work on one database: the PostgreSQL of this run, else a SQLite file
    in `folder`; its tables are made."""
    from django.db import connections

    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "madang.web.config.settings"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    environment["MADANG_SECRET_KEY"] = "the same in every process"
    here = connections["default"]
    if (
        here.vendor == "postgresql"
    ):  # the test's own database, which the other processes see as it is committed
        said = here.settings_dict
        environment["MADANG_DATABASE_URL"] = (
            f"postgresql://{said['USER']}@{said['HOST']}:{said['PORT']}/{said['NAME']}"
        )
        yield environment
        return
    environment["MADANG_WORKSPACE"] = str(folder)
    migrate = [sys.executable, "-m", "django", "migrate", "-v", "0"]
    subprocess.run(migrate, env=environment, check=True, timeout=120)
    yield environment


_AT_ONCE = """
import contextlib, io, os, sys, traceback
import django
django.setup()
count, prepare, do = int(sys.argv[1]), sys.argv[2], sys.argv[3]
names = {}
exec(prepare, names)
waiting, opened = os.pipe()
children = []
for number in range(count):
    children.append(os.fork())
    if not children[-1]:
        code = 1
        try:
            os.close(opened)
            os.read(waiting, 1)
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                exec(do, {**names, "number": number})
            os.write(1, said.getvalue().encode())  # whole lines, even where Python writes without a buffer
            code = 0
        except BaseException:
            traceback.print_exc()
        os._exit(code)
os.close(opened)
sys.exit(sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0 for child in children))
"""


def at_once(environment: dict[str, str], count: int, prepare: str, do: str) -> list[str]:
    """The lines that `count` processes print that do the same at the same moment; `number` tells them apart.

    They are forked from one that has `prepare`d, which is to import and no more: each opens the database itself."""
    done = subprocess.run(
        [sys.executable, "-c", _AT_ONCE, str(count), prepare, do],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def without_refresh() -> None:
    """The site begins to make no declared table or indicator while its pages are looked at: it looks again in a day."""
    from datetime import timedelta

    from django.utils import timezone

    from madang.web.indicators.jobs import MAKER, REFRESH
    from madang.web.work.models import Job
    from madang.web.work.states import DONE

    tomorrow = timezone.now() + timedelta(days=1)
    Job.objects.create(kind=REFRESH, by=MAKER.id, state=DONE, run_at=tomorrow, made_at=tomorrow, timeout_s=1)
