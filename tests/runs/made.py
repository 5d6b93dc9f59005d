"""A workspace with two made-up lists of licences, and an analysis that counts closings, as a municipality would write it."""

from __future__ import annotations

import csv
from pathlib import Path

from madang.workspace import Workspace

HEADER = "번호 개방자치단체코드 관리번호 인허가일자 영업상태구분코드 영업상태명 폐업일자 소재지전화 사업장명 업태구분명".split()
CARD = """
title = "문 닫은 가게"
question = "업태마다 몇 곳이 문을 닫았습니까?"
why = "어느 업태를 도울지 정합니다."
not_for = ["개별 가게를 평가하는 데 쓰지 마십시오."]
[inputs.shops]
standard = "licence"
label = "인허가 자료"
columns = ["licensed_on", "closed_on", "status_code", "business_type"]
many = true
[parameters.since]
label = "이 날부터"
[parameters.least]
label = "적어도"
unit = "곳"
"""
CODE = '''
from datetime import date
from typing import Annotated, Literal

from madang.results import Cell, Column, Finding, Origin, Result, table_of
from madang.runs import Inputs, Range


def run(
    inputs: Inputs,
    *,
    since: date = date(2000, 1, 1),
    least: Annotated[int, Range(1, 100)] = 1,
    order: Literal["closed", "name"] = "closed",
) -> Result:
    shops = inputs["shops"]
    rows = shops.sql(
        """SELECT business_type, count(*) AS shops, count(*) FILTER (closed_on >= $since) AS closed FROM rows
           GROUP BY 1 HAVING shops >= $least ORDER BY closed DESC, business_type""",
        {"since": since, "least": least},
    )
    table = table_of(
        "closed", "업태별 폐업", rows,
        [Column("business_type", "업태"), Column("shops", "가게", "integer", "곳"), Column("closed", "폐업", "integer", "곳")],
        [Origin("shops", {"business_type": "business_type"}, (("closed_on", "ge", since),))],
    )
    found = {"kind": Cell("closed", "business_type"), "closed": Cell("closed", "closed")}
    return Result((Finding("{kind}{이} 가장 많이, {closed} 닫았습니다.", found),), (table,), caveats=("인허가 업종만 셉니다.",))
'''


def analysis(folder: Path, name: str = "closed-shops", card: str = CARD, code: str = CODE) -> Path:
    """The folder of an analysis below `folder`."""
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "card.toml").write_text(card, encoding="utf-8")
    (place / "analysis.py").write_text(code, encoding="utf-8")
    return place


def shops(path: Path, kind: str, closed: int, open_: int) -> Path:
    """A file of licences: `closed` shops that closed on 2021-05-01, and `open_` others."""
    with open(path, "w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        for n in range(closed + open_):
            gone = n < closed
            writer.writerow([n + 1, "3000000", f"{kind}-{n:04d}", "2015-03-02", "03" if gone else "01",
                             "폐업" if gone else "영업/정상", "2021-05-01" if gone else "", f"02-123-{n:04d}", f"{kind} {n}", kind])  # fmt: skip
    return path


def city(folder: Path) -> Workspace:
    """Two trades in two datasets: of 30 bakeries 7 closed, of 20 cafés 9."""
    ws = Workspace.init(folder / "w", "시험 도시")
    ws.deposit(shops(folder / "빵집.csv", "제과점", 7, 23), "bakeries", standard="licence", by="lee")
    ws.deposit(shops(folder / "카페.csv", "카페", 9, 11), "cafes", standard="licence", by="lee")
    return ws
