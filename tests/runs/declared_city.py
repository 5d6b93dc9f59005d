"""A workspace with people by month, 행정동 and age, an own table and an own indicator: numbers small enough to add by hand."""

from __future__ import annotations

import csv
from pathlib import Path

from madang.workspace import Workspace

DONGS = {"1111051500": "청운효자동", "1111053000": "사직동", "1111054000": "삼청동"}
# people of 0–4 and of 70–74 years in each 행정동, by month
PEOPLE = {
    "2026-01": {"1111051500": (40, 60), "1111053000": (10, 90), "1111054000": (3, 97)},
    "2026-02": {"1111051500": (44, 66), "1111053000": (8, 92), "1111054000": (4, 96)},
}
TABLE = """
id = "old-people"
version = "1"
label = "나이 든 사람"
description = "달과 행정동마다 일흔 살 넘은 사람."
why = "시험"
key = ["month", "hjd_code"]
columns = [
  { name = "month", label = "기준년월", type = "month", required = true },
  { name = "hjd_code", label = "행정동코드", format = "hjd_code", required = true },
  { name = "old", label = "일흔 넘은 사람", type = "integer", unit = "명" },
]
query = \"\"\"
SELECT month, area_code AS hjd_code, sum(population_persons) FILTER (age_from >= 70)::BIGINT AS old
FROM people WHERE age_from IS NOT NULL GROUP BY ALL ORDER BY ALL
\"\"\"
[[checks]]
label = "사람이 백 명을 넘지 않는다"
violated = "SELECT hjd_code, old FROM made WHERE old > 100"
[[origins]]
role = "people"
columns = { month = "month", hjd_code = "area_code" }
[inputs.people]
standard = "resident-population"
label = "주민등록인구"
columns = ["month", "area_code", "age_from", "population_persons"]
"""
INDICATOR = """
label = "어린이의 몫"
question = "주민 가운데 다섯 살 밑은 몇 %입니까?"
why = "시험"
theme = "인구"
unit = "%"
digits = 1
direction = "up"
target = 20.0
least = 5
rows = \"\"\"
SELECT source_row, dataset, strptime(month || '-01', '%Y-%m-%d')::DATE AS "day", area_code AS area, age_from, population_persons AS n
FROM people WHERE age_from IS NOT NULL
\"\"\"
[measure]
numerator = "sum(n) FILTER (age_from < 5)"
denominator = "sum(n)"
scale = 100
[by]
time = "month"
area = true
[inputs.people]
standard = "resident-population"
label = "주민등록인구"
columns = ["month", "area_code", "age_from", "population_persons"]
"""


def people(path: Path, told: dict[str, dict[str, tuple[int, int]]] = PEOPLE) -> Path:
    """A file of residents in the long form of the portal."""
    with open(path, "w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(
            ["행정구역", "행정기관코드", "기준연월", "성별", "나이", "나이 시작", "나이 끝", "인구"]
        )
        for month, dongs in told.items():
            for code, (young, old) in dongs.items():
                name = f"서울특별시 종로구 {DONGS[code]}"
                writer.writerow([name, code, month, "계", "0~4세", 0, 4, young])
                writer.writerow([name, code, month, "계", "70~74세", 70, 74, old])
    return path


def declared_city(folder: Path) -> Workspace:
    """The workspace, with its people in the dataset ``people``."""
    ws = Workspace.init(folder / "w", "시험 도시")
    for kind, name, told in (("tables", "old-people", TABLE), ("indicators", "young-share", INDICATOR)):
        place = ws.folder / "content" / kind
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{name}.toml").write_text(told, encoding="utf-8")
    ws.deposit(people(folder / "주민등록인구.csv"), "people", standard="resident-population", by="lee")
    return ws
