"""The process that does one job: ``python -m madang.web.work.child <job> <lease>``.

A fresh process and not a fork: the library of tables keeps threads, which do not survive one. It ends with the runner.
"""

from __future__ import annotations

import ctypes
import os
import random
import signal
import sys
import traceback
from contextlib import suppress

_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of Linux


def end_with_parent(parent: int) -> None:
    """End at once when the process `parent` ends, however it ends."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:  # it ended before that took hold
        os._exit(1)


def main(job_id: int, lease: str) -> None:
    """Do the job while `lease` is its own. How it went stands in the job, not in the exit code."""
    from django.utils import timezone

    from madang.messages import MadangError
    from madang.web.work import queue
    from madang.web.work.models import Job
    from madang.web.work.registry import kind_of
    from madang.web.work.running import Cancelled, Running
    from madang.web.work.states import RUNNING

    job = Job.objects.filter(pk=job_id, lease=lease, state=RUNNING).first()
    if job is None:
        return
    try:
        running = Running(job)
        result = kind_of(job.kind).run(running, **job.params)
    except Cancelled:
        queue.stop(job, timezone.now())
    except MadangError as error:
        queue.fail(job, error, timezone.now(), random.random, heals=error.about_the_machine)
    except Exception as error:
        traceback.print_exc()  # to the runner's log; people are told the kind only
        broken = MadangError("job_broken", kind=type(error).__name__)
        queue.fail(job, broken, timezone.now(), random.random, heals=True)
    else:
        queue.finish(job, result, timezone.now())


if __name__ == "__main__":
    import django

    from madang.intake.no_pandas import without_pandas

    end_with_parent(int(sys.argv[3]))
    os.umask(0o077)
    without_pandas()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.config.settings")
    django.setup()
    main(int(sys.argv[1]), sys.argv[2])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)  # libraries take their time to tidy up; there is nothing left to save
