"""A new analysis: the folder with a card, a run that answers something, and a test that fails until it is yours."""

from __future__ import annotations

import re
from pathlib import Path

from madang.bank.durable import write_text
from madang.messages import MadangError

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CARD = """\
title = "{id}"
question = "무엇을 묻습니까? 한두 문장으로 적으십시오."
why = "답이 나오면 누가 무엇을 정합니까?"
author = ""
not_for = ["이 결과를 쓰면 안 되는 곳을 적으십시오."]

# 쓰는 데이터마다 자리 하나. 표준은 madang standards, 항목은 표준의 이름으로 적습니다.
[inputs.rows]
standard = "{standard}"
label = "무엇의 목록"

[inputs.areas]
standard = "area-boundary"
label = "행정동 이름"
columns = ["hjd_code", "area_name"]
optional = true

# run의 이름 있는 인자마다 하나: 화면에 보일 말
[parameters.least]
label = "적어도"
unit = "행"
help = "이보다 행이 적은 동은 보이지 않습니다."
"""
_CODE = '''\
"""무엇을 묻는지 한 줄로. (What it asks, in a line.)"""

from __future__ import annotations

from typing import Annotated

import pyarrow as pa

from madang.results import Cell, Column, Finding, Origin, Result, table_of
from madang.runs import Inputs, Range


def run(inputs: Inputs, *, least: Annotated[int, Range(0, 1000)] = 1) -> Result:
    # 데이터: SQL은 rows라는 표에 묻습니다. 표준의 이름에 dong_code, lon, lat, source_row가 더 있습니다.
    counted = inputs["rows"].sql(
        "SELECT dong_code, count(*) AS many FROM rows GROUP BY 1 HAVING many >= $least ORDER BY many DESC, 1",
        {"least": least},
    )
    names = inputs.area_names()  # 코드마다 행정동의 이름. 행정동 경계가 없으면 비어 있습니다.
    dong = [names.get(code, code) for code in counted.column("dong_code").to_pylist()]
    counted = counted.append_column("dong", pa.array(dong, pa.string()))
    # 표: origins가 표의 한 줄에서 그 줄을 만든 행들로 이끕니다 (이 숫자는 왜?).
    dongs = table_of(
        "dongs",
        "동마다 행의 수",
        counted,
        [Column("dong", "행정동"), Column("many", "행", "integer", "행"), Column("dong_code", "행정동코드", "code")],
        [Origin("rows", {"dong_code": "dong_code"})],
    )
    # 답: 문장 속의 숫자는 모두 표의 칸입니다.
    answer = Finding(
        "가장 많은 동은 {dong}이고 {many}입니다.",
        {"dong": Cell("dongs", "dong"), "many": Cell("dongs", "many")},
    )
    return Result(findings=(answer,), tables=(dongs,), method="동마다 행을 셉니다.")
'''
_TEST = '''\
"""답을 아는 작은 데이터로 분석을 시험합니다: python -m pytest {folder}"""

from pathlib import Path

from madang.results import sentence
from madang.workspace import Workspace

HERE = Path(__file__).parent


def test_the_answer_is_the_one_that_was_planted(tmp_path: Path) -> None:
    ws = Workspace.init(tmp_path / "w", "시험 도시")
    data = tmp_path / "data.csv"
    data.write_text("여기에\\n답을 아는 행을 적으십시오\\n", encoding="utf-8")  # 1. 작은 데이터
    ws.deposit(data, standard="{standard}")
    place = ws.folder / "content" / "analyses" / HERE.name
    place.mkdir(parents=True)
    for name in ("card.toml", "analysis.py"):
        (place / name).write_bytes((HERE / name).read_bytes())
    ws.approve(HERE.name)
    run = ws.run(HERE.name)
    told = sentence(run.result.findings[0], run.result).replace("\\u202f", " ")  # 숫자와 단위 사이의 좁은 빈칸
    assert told == "여기에 알고 있는 답을 적으십시오"  # 2. 답
'''


def begin(analysis: str, place: Path, standard: str) -> Path:
    """Make the folder of a new analysis below `place`; returns it. Raises MadangError: analysis_id, analysis_exists."""
    if not _ID.fullmatch(analysis):
        raise MadangError("analysis_id", analysis=analysis)
    folder = place / analysis
    if folder.exists():
        raise MadangError("analysis_exists", folder=folder)
    folder.mkdir(parents=True)
    write_text(folder / "card.toml", _CARD.format(id=analysis, standard=standard))
    write_text(folder / "analysis.py", _CODE)
    write_text(
        folder / "pytest.ini", "[pytest]\n"
    )  # its test is run here, whatever project the folder lies in
    write_text(
        folder / f"test_{analysis.replace('-', '_')}.py", _TEST.format(folder=folder, standard=standard)
    )
    return folder
