"""A made-up bank of a made-up city, written through the bank itself: what the web pages are tested against."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from madang.bank.durable import SEOUL
from madang.declarations.standard import DatasetColumn
from madang.intake.problems import ProblemSink
from madang.workspace import Workspace

START = datetime(2026, 7, 1, 9, 30, tzinfo=SEOUL)
PARKING = "새빛시-공영주차장"
NAMES = (
    "새빛역 환승",
    "강마루",
    "시청 앞",
    "들꽃시장",
    "한솔공원",
    "미르천 둔치",
    "다온로 노상",
    "구름재",
    "중앙도서관 옆",
    "누리마을",
)
TEXT_HEAD = "주차장명,구분,주차구획수,요금정보,1회기본요금,위도,경도,데이터기준일자"
COLUMNS = [
    DatasetColumn("prkplce_nm", "주차장명", "text", standard="prkplce_nm", because="머리글이 표준 항목과 같음"),
    DatasetColumn("prkplce_se", "구분", "text", because="값이 2가지뿐인 글자"),
    DatasetColumn("prkcmprt_co", "주차구획수", "integer", unit="면", because="머리글이 표준의 다른 이름과 같음"),
    DatasetColumn("parkingchrge_info", "요금정보", "text", because="머리글이 표준 항목과 같음"),
    DatasetColumn("basic_charge", "1회기본요금", "integer", unit="원", because="표본 60행이 모두 수", confidence=0.97),
    DatasetColumn("latitude", "위도", "number", because="33과 39 사이의 수"),
    DatasetColumn("longitude", "경도", "number", because="124와 132 사이의 수"),
    DatasetColumn("reference_date", "데이터기준일자", "date", because="표본 60행이 모두 날짜"),
]  # fmt: skip
FORMULA = "점수 99.1 = 100 − 오류율 0.91; 오류율 0.91% = 오류 4건 ÷ 진단 440건 × 100"


def make(folder: Path) -> Workspace:
    """A workspace with six datasets: two versions, one late, one refused, one without a standard."""
    ws = Workspace.init(folder, "새빛시")
    parking(ws, folder)
    simple(
        ws,
        folder,
        "새빛시-도서관",
        "도서관 현황",
        "시립과 작은 도서관의 위치, 여는 시간, 자료 수",
        "library",
        31,
        98.4,
        3,
        START,
    )
    simple(
        ws,
        folder,
        "새빛시-공중화장실",
        "공중화장실",
        "누구나 쓸 수 있는 화장실의 위치와 시설",
        "public-toilet",
        214,
        91.2,
        187,
        START - timedelta(days=500),
        "accepted_with_problems",
    )
    simple(
        ws,
        folder,
        "새빛시-주민등록인구",
        "주민등록 인구",
        "동, 나이, 성별로 센 주민 수",
        "resident-population",
        128_412,
        100.0,
        0,
        START - timedelta(days=20),
    )
    simple(
        ws, folder, "민원-처리-목록", "민원 처리 목록", "", None, 3_904, None, 0, START - timedelta(days=3)
    )
    refused(ws, folder)
    return ws  # fmt: skip


def parking(ws: Workspace, folder: Path) -> None:
    """Sixty car parks in two versions; the second changes two, drops one and adds one."""
    first = [_car_park(i) for i in range(60)]
    second = [dict(row) for row in first[:59]] + [{**_car_park(60), "source_row": 61}]
    second[3]["basic_charge"] = 1500
    second[7]["prkcmprt_co"] = 88
    second[11]["basic_charge"] = None
    _card(ws, PARKING, "공영주차장 정보", "노상과 노외 공영주차장의 위치, 구획 수, 요금. 시설공단이 달마다 확인합니다.", "parking",
          known_defects=["미르천 둔치 주차장의 좌표는 입구가 아니라 가운데입니다."])  # fmt: skip
    for n, rows in enumerate((first, second)):
        at = START + timedelta(days=31 * n)
        name = f"새빛시_공영주차장_{at:%Y%m%d}.csv"
        original = folder / name
        original.write_text(text_of(rows, broken=n == 1), encoding="cp949", newline="")
        sink = ProblemSink(folder / "problems.parquet")
        if n == 1:
            _parking_problems(sink)
        sink.close()
        facts = _facts(COLUMNS, rows, 99.1, 4, 440, as_of=at.date().isoformat())
        _commit(ws, folder, PARKING, rows, COLUMNS, facts, original, "parking", at, sink.path, sink.count)


def shelters(ws: Workspace, folder: Path) -> None:
    """Twelve shelters with places, for pages with a map; not in what `make` makes."""
    columns = [DatasetColumn("name", "쉼터명", "text"), DatasetColumn("seats", "자리", "integer", unit="석")]
    rows = [
        {"source_row": i + 2, "name": f"{NAMES[i % 10]} 쉼터 {i}", "seats": 4 * i, "lon": 127.0 + i / 500, "lat": 37.4 + i / 700}
        for i in range(12)
    ]  # fmt: skip
    original = folder / "쉼터.csv"
    original.write_text("쉼터명,자리\n", encoding="cp949")
    sink = ProblemSink(folder / "problems.parquet")
    sink.close()
    facts = _facts(columns, rows, 100.0, 0, 24, as_of="2026-07-01")
    _commit(ws, folder, "쉼터", rows, columns, facts, original, None, START, sink.path, 0)


def _car_park(i: int) -> dict[str, Any]:
    return {
        "source_row": i + 2,
        "prkplce_nm": f"{NAMES[i % 10]} 제{i // 10 + 1}주차장",
        "prkplce_se": "노상" if i % 3 else "노외",
        "prkcmprt_co": 20 + 7 * (i % 13),
        "parkingchrge_info": "유료" if i % 4 else "무료",
        "basic_charge": 1000 if i % 4 else 0,
        "latitude": round(37.41 + i / 1000, 3),
        "longitude": round(127.02 + i / 1000, 3),
        "reference_date": START.date(),
    }


def text_of(rows: list[dict[str, Any]], *, broken: bool) -> str:
    """The CSV the rows came from; `broken` puts a date into row 13 that no calendar has."""
    lines = [TEXT_HEAD]
    for row in rows:
        cells = ["" if row[c.name] is None else str(row[c.name]) for c in COLUMNS]
        if broken and row["source_row"] == 13:
            cells[4] = "천원"
        lines.append(",".join(cells))
    return "\r\n".join(lines) + "\r\n"


def _parking_problems(sink: ProblemSink) -> None:
    sink.add(
        "number_pattern",
        row=13,
        column="basic_charge",
        label="1회기본요금",
        value="천원",
        detail='{"expected": "숫자"}',
    )
    for row in range(20, 80):
        sink.add(
            "quantity_negative",
            row=row % 60 + 2,
            column="prkcmprt_co",
            label="주차구획수",
            value=f"-{row}",
            severity="warning",
        )
    sink.add("required_missing", row=31, column="prkplce_nm", label="주차장명", value="")  # fmt: skip


def simple(
    ws: Workspace, folder: Path, id: str, title: str, about: str, standard: str | None, rows: int, score: float | None,
    errors: int, at: datetime, verdict: str = "accepted",
) -> None:  # fmt: skip
    """A dataset of one version and two columns."""
    columns = [
        DatasetColumn("name", "이름", "text", because="글자"),
        DatasetColumn("value", "수", "integer", because="모두 수"),
    ]
    held = [{"source_row": i + 2, "name": f"{title} {i + 1}", "value": i} for i in range(rows)]
    _card(ws, id, title, about, standard)
    sink = ProblemSink(folder / "problems.parquet")
    sink.close()
    original = folder / f"{id}.csv"
    original.write_text("이름,수\n", encoding="utf-8")
    facts = _facts(columns, held[:1], score, errors, rows * 10, as_of=at.date().isoformat())
    declared = ws.standards.get(standard or "")  # its rhythm is noted at the deposit
    facts["quality"]["freshness"]["rhythm_days"] = declared.rhythm_days if declared else None
    _commit(ws, folder, id, held, columns, facts, original, standard, at, sink.path, errors, verdict)


def refused(ws: Workspace, folder: Path) -> None:
    """A dataset whose only deposit was refused."""
    _card(ws, "새빛시-가로등", "가로등", "가로등과 보안등의 위치", None)
    receipt = {"file": "가로등.pdf", "member": None, "sha256": "0" * 64, "verdict": "refused", "rows": None, "problems": 0,
               "reasons": [{"code": "form_not_supported", "text": "가로등.pdf는 PDF 형식입니다. 표로 저장해 다시 올리십시오."}],
               "by": "김새빛", "at": START.isoformat()}  # fmt: skip
    ws.bank.record("새빛시-가로등", receipt=receipt, facts={"columns": []}, problems=None, at=START)


def _card(ws: Workspace, id: str, title: str, about: str, standard: str | None, **more: Any) -> None:
    folder = ws.bank.folder / id
    (folder / "deposits").mkdir(parents=True, exist_ok=True)
    card = {
        "title": title,
        "description": about,
        "standard": standard,
        "steward": "데이터정책과",
        "licence": "kogl-1",
        **more,
    }
    ws.bank[id].write_card(card, by="김새빛", at=START)


def _facts(
    columns: list[DatasetColumn],
    rows: list[dict[str, Any]],
    score: float | None,
    errors: int,
    checked: int,
    *,
    as_of: str,
) -> dict[str, Any]:
    filled = [
        asdict(column)
        | {"facts": {"cells": len(rows), "empty": sum(row[column.name] is None for row in rows)}}
        for column in columns
    ]
    checks = [
        _check("required_missing", "필수값", "반드시 있어야 하는 값", columns[0], 1, 60),
        _check(
            "quantity_negative",
            "수량",
            "0 이상인 수량",
            columns[2 % len(columns)],
            max(errors - 1, 0),
            checked - 60,
        ),
    ]
    quality = {
        "score": score, "formula": FORMULA, "wrong": errors, "checked": checked, "warnings": 0, "checks": checks,
        "columns": [
            {"column": c.name, "label": c.label, "filled": sum(row[c.name] is not None for row in rows),
             "rows": len(rows), "required": c is columns[0]} for c in columns
        ],
        "freshness": {"as_of": as_of}, "not_checked": [],
    }  # fmt: skip
    evidence = [
        {"decision": "encoding", "value": "cp949", "because": "UTF-8로 읽히지 않고 CP949로 모두 읽힘", "confidence": 0.99},
        {"decision": "delimiter", "value": ",", "because": "61행이 모두 8칸", "confidence": 1.0},
    ]  # fmt: skip
    return {"columns": filled, "quality": quality if score is not None else {"freshness": {"as_of": as_of}}, "evidence": evidence,
            "left_out_counts": {"footnote": 1}, "key": [columns[0].name]}  # fmt: skip


def _check(
    rule: str, kind: str, label: str, column: DatasetColumn, wrong: int, checked: int
) -> dict[str, Any]:
    return {"id": f"{rule}:{column.name}", "kind": kind, "rule": rule, "label": label, "columns": [column.name],
            "severity": "error", "checked": checked, "wrong": wrong}  # fmt: skip


def _commit(
    ws: Workspace, folder: Path, id: str, rows: list[dict[str, Any]], columns: list[DatasetColumn], facts: dict[str, Any],
    original: Path, standard: str | None, at: datetime, problems: Path, count: int, verdict: str = "",
) -> None:  # fmt: skip
    parquet = folder / "part.parquet"
    pq.write_table(pa.Table.from_pylist(rows), parquet)
    receipt = {
        "file": original.name, "member": None, "sha256": ws.bank.snapshots.put(original), "rows": len(rows),
        "verdict": verdict or ("accepted_with_problems" if count else "accepted"), "columns": len(columns),
        "problems": count, "reasons": [], "standard": standard, "encoding": "cp949", "delimiter": ",",
        "header_rows": [1], "by": "김새빛", "at": at.isoformat(),
    }  # fmt: skip
    ws.bank.commit(id, [parquet], receipt=receipt, facts=facts, problems=problems, by="김새빛", at=at)
    original.unlink()
