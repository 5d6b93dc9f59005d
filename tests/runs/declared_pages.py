"""docs/reference/indicators.md, made of the declarations.

python -m tests.runs.declared_pages        writes it anew
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from madang.declarations import indicator, table
from madang.declarations.analysis import Role
from madang.declarations.indicator import THEMES, load_indicator
from madang.declarations.table import load_table

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "indicators.md"
BETTER = {"up": "높을수록", "down": "낮을수록", "none": ""}
TIMES = {"week": "주", "month": "달", "quarter": "분기", "year": "해", "stock": "잰 날"}
HEAD = """# 지표와 통합표

마당에 들어 있는 지표와 통합표입니다. 쓰는 표준의 데이터가 은행에 있으면 `madang refresh`가 만들고, 없으면 무엇이 없는지
알려 줍니다. 목표와 담당은 작업 공간의 `content/indicators.toml`에 적습니다
([표나 지표를 더하기](../how-to/declare-a-table-or-an-indicator.md)).

좋은 쪽이 빈 지표는 높고 낮음이 좋고 나쁨이 아닌 것입니다. 동 칸의 ○는 행정동마다의 값도 있다는 뜻이고, 가림 칸의 수보다
적은 칸은 동마다의 값에서 가립니다.
"""


def page() -> str:
    """The whole page."""
    read = [load_indicator(file) for file in sorted(indicator.SHIPPED.glob("*.toml"))]
    parts = [HEAD]
    for theme in THEMES:
        rows = [
            [
                f"`{each.id}`", each.label, each.unit, BETTER[each.direction], TIMES[each.time],
                "○" if each.by_area else "", str(each.least or ""), _of(role for role in each.inputs if role.name != "areas"),
            ]
            for each in read
            if each.theme == theme
        ]  # fmt: skip
        parts.append(
            f"\n## {theme}\n\n"
            + _table(["이름", "지표", "단위", "좋은 쪽", "기간", "동", "가림", "쓰는 표준"], rows)
        )
    tables = [load_table(file) for file in sorted(table.SHIPPED.glob("*.toml"))]
    rows = [
        [f"`{each.id}`", each.standard.label, ", ".join(f"`{name}`" for name in each.standard.key),
         str(len(each.checks)), _of(each.inputs)]
        for each in tables
    ]  # fmt: skip
    parts.append("\n## 통합표\n\n" + _table(["이름", "표", "한 행을 가리키는 열", "검사", "쓰는 표준"], rows))
    return "".join(parts)


def _of(roles: Iterable[Role]) -> str:
    return ", ".join(f"`{standard}`" for role in roles for standard in role.standards)


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
