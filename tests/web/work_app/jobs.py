"""Jobs that end well, badly, suddenly, slowly and never."""

from __future__ import annotations

import os
import signal
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from madang.messages import MadangError
from madang.web.work.registry import job, planner
from madang.web.work.running import Running


@job("adds", label="더하기")
def adds(running: Running, a: int, b: int, file: str = "") -> dict[str, Any]:
    running.progress(1, 2, "더하는 중")
    if file:
        with open(file, "a") as stream:
            stream.write(f"{a + b}\n")
    return {"sum": a + b, "by": running.by.id, "posts": sorted(running.by.posts), "via": running.by.via}


@job("refuses", label="거절", attempts=3)
def refuses(running: Running) -> None:
    raise MadangError("folder_missing", path="/없음")


@job("dies", label="죽음", attempts=2)
def dies(running: Running, file: str) -> str:
    with open(file, "a") as stream:
        stream.write("x")
    if len(Path(file).read_text()) < 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return "둘째에 됨"


@job("sleeps", label="잠", timeout=1)
def sleeps(running: Running, seconds: float) -> None:
    time.sleep(seconds)


@job("listens", label="듣는 잠", timeout=60)
def listens(running: Running, file: str) -> None:
    Path(file).write_text(str(os.getpid()))
    while True:
        running.progress(0, None, "기다림")
        time.sleep(0.1)


@job("stubborn", label="안 듣는 잠", timeout=60, attempts=2)
def stubborn(running: Running, file: str) -> None:
    with open(file, "a") as stream:
        stream.write(f"{os.getpid()}\n")
    time.sleep(60)


@job("threads", label="스레드를 쓰는 표")
def threads(running: Running, folder: str) -> int:
    import pyarrow as pa
    from deltalake import DeltaTable, write_deltalake

    write_deltalake(folder, pa.table({"x": list(range(1000))}))
    return int(DeltaTable(folder).to_pyarrow_table().num_rows)


@planner
def plans(now: datetime) -> None:
    if said := os.environ.get("WORK_APP_PLANNED"):
        Path(said).write_text(now.isoformat())
