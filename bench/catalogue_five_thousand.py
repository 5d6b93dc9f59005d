"""The catalogue page of a bank of 5,000 made datasets: how long the first answer takes, and the ones after it.

    python bench/catalogue_five_thousand.py [datasets]

Cold is the first request of a process with an empty cache, then with the cache of an earlier process; warm are the medians
of twenty requests for each kind of page. A thousand datasets are restricted to a department of their own.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

THEMES = ("교통물류", "문화관광", "환경기상", "보건의료", "산업고용", "재난안전", "공공행정", "사회복지")
NOUNS = (
    "주차장",
    "도서관",
    "공중화장실",
    "가로등",
    "CCTV",
    "어린이집",
    "공원",
    "약국",
    "하천 수위",
    "상가",
    "민원",
    "버스정류장",
)
KINDS = ("현황", "목록", "통계", "점검 결과", "위치", "이용 실적")
ADDRESSES = (
    "/data/",
    "/data/?list=1",
    "/data/?q=공영주차",
    "/data/?q=ㄷㅅㄱ",
    "/data/?theme=교통물류&fresh=late",
    "/data/?sort=quality&page=9",
)


def make(folder: Path, count: int) -> None:
    """Datasets as a bank keeps them, written file by file: one version of one tiny table each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    from madang.bank.dataset import Dataset
    from madang.workspace import Workspace

    ws, chance = Workspace.init(folder, "많은시"), random.Random(1)
    pq.write_table(pa.table({"source_row": [2, 3], "name": ["가", "나"]}), folder / "part.parquet")
    (folder / "problems.parquet").write_bytes(b"")
    for number in range(count):
        title = f"{chance.choice(NOUNS)} {chance.choice(KINDS)} {number}"
        place = ws.bank.folder / f"데이터-{number}"
        (place / "deposits" / "d1").mkdir(parents=True)
        (place / "cards").mkdir()
        card = {
            "title": title, "description": f"{title}를 모은 데이터", "theme": chance.choice(THEMES), "licence": "kogl-1",
            "steward": f"부서{number % 40} 담당", "rhythm_days": chance.choice((30, 90, 365)),
            "access": "restricted" if number % 5 == 0 else "internal", "at": "2026-06-30T09:00:00+09:00", "by": "bench",
        }  # fmt: skip
        column = {"name": "name", "label": "이름", "type": "text"}
        facts = {"columns": [column], "quality": {"score": chance.uniform(70, 100), "wrong": chance.choice((0, 3)), "checked": 100,
                 "freshness": {"as_of": f"2026-{chance.randint(1, 11):02d}-01"}}, "evidence": []}  # fmt: skip
        receipt = {"file": f"{title}.csv", "verdict": "accepted", "rows": 2, "problems": 0, "reasons": [], "sha256": "0" * 64,
                   "at": "2026-06-30T09:00:00+09:00", "by": "bench", "standard": None}  # fmt: skip
        for name, value in (
            ("cards/1.json", card),
            ("deposits/d1/facts.json", facts),
            ("deposits/d1/receipt.json", receipt),
        ):
            (place / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
        if number == 0:
            meta = {
                "deposit": "d1",
                "facts": "",
                "kind": "deposit",
                "by": "bench",
                "at": "2026-06-30T09:00:00+09:00",
            }
            Dataset(place).table.commit([folder / "part.parquet"], meta)
        else:  # the same table again: what is in it does not matter here
            first = ws.bank.folder / "데이터-0"
            shutil.copytree(first / "tables", place / "tables")
            (place / "table").symlink_to(os.readlink(first / "table"))


def measure(folder: Path) -> dict[str, Any]:
    """Seconds of every page, in this process, asked through Django's test client by an official."""
    os.environ.update(MADANG_WORKSPACE=str(folder), DJANGO_SETTINGS_MODULE="madang.web.config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from madang.web.accounts.models import User

    call_command("migrate", verbosity=0)
    user = User.objects.filter(username="bench").first() or User.objects.create_user(
        "bench", None, name="김", roles="official"
    )
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(user)
    found: dict[str, Any] = {}
    for address in ADDRESSES:
        began = time.perf_counter()
        answer = client.get(address)
        first = time.perf_counter() - began
        assert answer.status_code == 200
        times, busy = [], time.process_time()
        for _ in range(20):
            began = time.perf_counter()
            client.get(address)
            times.append(time.perf_counter() - began)
        busy = (time.process_time() - busy) / 20
        found[address] = {
            "first_s": round(first, 3),
            "median_s": round(statistics.median(times), 3),
            "cpu_s": round(busy, 3),
            "bytes": len(answer.content),
        }
    return found


def main() -> None:
    if len(sys.argv) > 2 and sys.argv[1] == "measure":
        print(json.dumps(measure(Path(sys.argv[2])), ensure_ascii=False))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "w"
        began = time.perf_counter()
        make(folder, count)
        print(f"{count:,} datasets made in {time.perf_counter() - began:.0f} s")
        for what in ("empty cache", "cache of another process"):
            done = subprocess.run(
                [sys.executable, __file__, "measure", str(folder)], check=True, capture_output=True, text=True
            )
            print(what)
            for address, told in json.loads(done.stdout.splitlines()[-1]).items():
                print(
                    f"  {address:45} first {told['first_s']:7.3f} s  median {1000 * told['median_s']:6.0f} ms  processor {1000 * told['cpu_s']:5.0f} ms  {told['bytes']:>9,} bytes"
                )


if __name__ == "__main__":
    main()
