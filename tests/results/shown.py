"""A result made by hand: three trades, a curve of two of them, a table of words alone."""

from __future__ import annotations

from typing import Any

from madang.results import Cell, Chart, Column, Finding, Origin, Result, table_of
from madang.results.report import About, Used

TRADES = [("카페", 40.0, 123_456), ("제과점", 80.0, 900), ("<약국>", None, 12)]
CURVE = [("카페", 0, 100.0), ("제과점", 0, 100.0), ("카페", 1, 60.0), ("제과점", 1, None), ("카페", 2, 40.0), ("제과점", 2, 80.0)]  # fmt: skip
ABOUT = About(
    "가게의 생존", "몇 해를 버팁니까?", (Used("인허가", "카페 & 빵", "cafes@2", "2026-06-30", "/data/cafes/"),),
    (("햇수", "3\u202f년"),), ("개별 가게를 평가하지 마십시오.",), "김주무", "2026-11-22 15:00", 1.25, "ab12",
)  # fmt: skip


def result(*charts: dict[str, Any], table: str = "trades") -> Result:
    """The result with a chart for each specification, titled "그림"."""
    trades = table_of(
        "trades", "업종별 생존", [{"trade": a, "alive": b, "shops": c} for a, b, c in TRADES],
        [Column("trade", "업종"), Column("alive", "3년 생존율", "percent", "", 1), Column("shops", "가게", "integer", "곳")],
        [Origin("shops", {"trade": "business_type"})], note="적은 업종은 조심하십시오.",
    )  # fmt: skip
    curve = table_of(
        "curve", "곡선", [{"trade": a, "year": b, "alive": c} for a, b, c in CURVE],
        [Column("trade", "업종"), Column("year", "해", "integer", "년"), Column("alive", "남은 비율", "percent", "", 1)],
    )  # fmt: skip
    found = {"kind": Cell("trades", "trade", 1), "alive": Cell("trades", "alive", 1)}
    return Result(
        (
            Finding("{kind}{이} {alive}{으로} 가장 오래 버팁니다.", found),
            Finding("카페는 {shops}입니다.", {"shops": Cell("trades", "shops")}),
            Finding("모두 세 업종입니다."),
        ),
        (trades, curve),
        tuple(Chart("그림", table, spec, "말로 한 그림") for spec in charts),
        caveats=("인허가 업종만 셉니다.",), method="카플란-마이어",
    ).check()  # fmt: skip
