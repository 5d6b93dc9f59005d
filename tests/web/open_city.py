"""A made-up city of which something is open, for the tests of public pages."""

from __future__ import annotations

from pathlib import Path

from madang.release import Dim, Measure, TableRule, Treatment
from madang.workspace import Workspace
from release import city

LIBRARIES = [
    (f"열린도서관{n}", f"99110{51 + n}000", 10 * n, 35.60 + n / 500, 124.90 + n / 500) for n in range(30)
]


def make(folder: Path) -> Workspace:
    """Libraries (rows with places), people by neighbourhood (a table), and an edition that was withdrawn."""
    ws, releases = city.made(folder)
    city.deposit(ws, "도서관", ["도서관명", "동코드", "열람좌석수", "위도", "경도"], LIBRARIES)
    kept = {column.name: Treatment() for column in ws.bank["도서관"].latest.columns}
    releases.decide(city.decision("도서관", "도서관", columns=kept, places="keep", title="열린 도서관"))
    people = [(f"99110{51 + n}000", count) for n, count in enumerate([3, 40, 50, 60, 2, 70])]
    city.deposit(ws, "인구", ["동코드", "인구"], people)
    rule = TableRule((Dim("동코드", "area", system="행정동"),), (Measure("인구"),))
    releases.decide(city.decision("인구", "인구", table=rule, title="동별 인구"))
    city.deposit(ws, "주차장", ["주차장명", "면수"], [("가", 1), ("나", 2)])
    kept = {column.name: Treatment() for column in ws.bank["주차장"].latest.columns}
    releases.decide(city.decision("주차장", "주차장", columns=kept, title="주차장"))
    releases.withdraw("주차장", by="kim", post="교통과", document="교통과-3", ground="수치 오류")
    return ws
