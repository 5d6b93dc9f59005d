"""A city with people by neighbourhood and shops, and an analysis whose numbers are counts of both."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import shapely

from madang.release.result_decision import ResultDecision
from madang.release.results import OpenResults
from madang.results.map_picture import Area
from madang.runs import Run
from madang.runs import analysis as analyses
from madang.runs import borders as runs_borders
from madang.workspace import Workspace
from release.city import SAID, Clock, deposit
from runs.made import analysis, shops

PEOPLE = {"9911051000": 3, "9911052000": 40, "9911053000": 50, "9911054000": 60, "9911055000": 7}
CARD = """
title = "동의 사람"
question = "어느 동에 사람이 많습니까?"
why = "어디를 도울지 정합니다."
not_for = ["동을 줄 세우는 데 쓰지 마십시오."]
[inputs.people]
standard = "places"
label = "동별 인구"
columns = ["code", "persons"]
[inputs.shops]
standard = "licence"
label = "인허가 자료"
columns = ["business_type", "closed_on"]
many = true
"""
STANDARD = """
id = "places"
version = "1"
label = "동별 인구"
description = "동마다 사람의 수"
source = "시험"
columns = [
  { name = "code", label = "동코드", required = true },
  { name = "persons", label = "인구수", type = "integer", unit = "명", required = true },
]
"""
CODE = """
from madang.results import Cell, Chart, Column, Finding, Layer, Origin, Result, table_of
from madang.runs import Inputs


def run(inputs: Inputs) -> Result:
    dongs = inputs["people"].sql("SELECT code AS dong_code, persons AS people, persons * 2.0 AS twice FROM rows ORDER BY persons DESC")
    kinds = inputs["shops"].sql("SELECT business_type AS kind, count(*) AS shops, count(closed_on) AS closed FROM rows GROUP BY 1 ORDER BY 1")
    least = dongs.num_rows - 1
    tables = (
        table_of("dongs", "동별 사람", dongs, [Column("dong_code", "행정동코드", "code"), Column("people", "사람", "integer", "명"), Column("twice", "두 배", "number")],
                 [Origin("people", {"dong_code": "code"})]),
        table_of("kinds", "업태별 가게", kinds, [Column("kind", "업태"), Column("shops", "가게", "integer", "곳"), Column("closed", "닫음", "integer", "곳")],
                 [Origin("shops", {"kind": "business_type"}, (("closed_on", "null", False),), ("closed",)),
                  Origin("shops", {"kind": "business_type"}, (), ("shops",))]),
    )
    findings = (
        Finding("가장 많은 동은 {dong}, {people}입니다.", {"dong": Cell("dongs", "dong_code"), "people": Cell("dongs", "people")}),
        Finding("{kind}{은} {closed} 닫았습니다.", {"kind": Cell("kinds", "kind"), "closed": Cell("kinds", "closed")}),
        Finding("가장 적은 동은 {people}입니다.", {"people": Cell("dongs", "people", least)}),
    )
    chart = Chart("동별 사람", "dongs", {"mark": "bar", "encoding": {"x": {"field": "people", "type": "quantitative"}, "y": {"field": "dong_code", "type": "nominal"}}})
    layers = (Layer("동마다 두 배", "dongs", "areas", "twice"), Layer("동마다 사람", "dongs", "areas", "people"))
    return Result(findings, tables, (chart,), layers, caveats=("해마다 다시 봅니다.",), method="동마다 셉니다.")
"""


def city(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Its analysis ships with Madang here; nothing is open yet."""
    monkeypatch.setattr(analyses, "SHIPPED", folder / "shipped")
    analysis(folder / "shipped", "dong-people", CARD, CODE)
    ws = Workspace.init(folder / "w", "여울구", area_code="9911000000")
    (ws.folder / "content" / "standards" / "places.toml").write_text(STANDARD, encoding="utf-8")
    ws = Workspace.open(ws.folder)
    ws.clock = Clock()
    people(ws, PEOPLE)
    ws.deposit(shops(folder / "카페.csv", "카페", 9, 11), "cafes", standard="licence", by="lee")
    return ws


def borders(monkeypatch: pytest.MonkeyPatch) -> dict[str, Area]:
    """The rows were placed by squares; one is of another city."""
    codes = (*PEOPLE, "1111051500")
    sides = [
        [(127 + (n + k / 40) / 10, 37 + 0.00001 * (k % 2)) for k in range(41)] + [(127 + (n + 1) / 10, 37.1), (127 + n / 10, 37.1)]
        for n in range(len(codes))
    ]  # fmt: skip
    known = {code: Area(f"{n}동", shapely.Polygon(side), "동별사람@1") for n, (code, side) in enumerate(zip(codes, sides, strict=True))}  # fmt: skip
    monkeypatch.setattr(runs_borders, "borders_of", lambda run, registers: known)
    return known


def people(ws: Workspace, counts: dict[str, int]) -> None:
    deposit(ws, "동별사람", ["동코드", "인구수", "통장"], [(*each, "-") for each in counts.items()])


def results(ws: Workspace) -> OpenResults:
    return OpenResults(ws.releases, ws.ledger)


def decision(run: Run, **more: Any) -> ResultDecision:
    """It is known that the table of people by 행정동 is the rows of the data that it read."""
    return ResultDecision("동의-사람", run.key, **{**SAID, "with_rows": ("dongs",), **more})
