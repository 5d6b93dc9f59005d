"""A browser without a screen that uploads files, and a runner that does the jobs they start."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from madang.web.work import queue
from madang.web.work.registry import Finisher, kind_of
from madang.web.work.running import Running

ROWS = "번호,이름,수량\n1,가람,3\n2,나루,4\n3,다온,5\n"


def upload(browser: Any, content: bytes, name: str = "물품.csv", piece: int = 40) -> str:
    """Upload in pieces of so many bytes; returns the key."""
    made = create(browser, name, len(content))
    assert made.status_code == 201, made.content
    key = str(made.json()["key"])
    for at in range(0, len(content), piece):
        answer = patch(browser, key, at, content[at : at + piece])
        assert answer.status_code == 204, answer.content
    return key


def create(browser: Any, name: str, size: int, fingerprint: str = "") -> Any:
    said = {"name": name, "size": size, "fingerprint": fingerprint}
    return browser.post("/deposits/uploads/", json.dumps(said), content_type="application/json")


def patch(browser: Any, key: str, offset: int, piece: bytes) -> Any:
    return browser.patch(
        f"/deposits/uploads/{key}", piece, content_type="application/offset+octet-stream",
        headers={"upload-offset": str(offset)},
    )  # fmt: skip


def work() -> int:
    """Do every job in line; how many there were."""
    done = 0
    while job := queue.claim(timezone.now()):
        queue.finish(job, kind_of(job.kind).run(Running(job), **job.params), timezone.now())
        done += 1
    return done


def at_another_start(finisher: Finisher) -> Finisher:
    """What the runner finishes when it starts, as if it had just started."""
    return Finisher(finisher._things, finisher._finish)


def seen_of(page: Any) -> str:
    """The digest that the form of a review carries."""
    return str(page.tree.xpath("//input[@name='seen']/@value")[0])
