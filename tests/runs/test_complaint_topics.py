"""The shipped analysis of letters: planted topics, a planted rise and planted repeats are told; numbers of people are not read."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.results import Result, sentence
from madang.runs import Analyses, Input, Inputs, Part

SAID = {
    "주차": "골목에 주차 차량이 많아 주차장 단속 견인 불법주차 주차선 통행".split(),
    "쓰레기": "쓰레기 봉투 무단투기 악취 수거 재활용 분리배출 종량제 파리".split(),
    "소음": "공사장 소음 진동 새벽 방음벽 굴착기 먼지 소리 창문".split(),
}


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Ten months; of parking 20 letters a month, of rubbish 20, of noise 4 and in the last two months 30. One letter of
    noise came 12 times, with a phone number each."""
    rng = np.random.default_rng(3)
    rows = []
    for month in range(10):
        for kind, count in (("주차", 20), ("쓰레기", 20), ("소음", 30 if month >= 8 else 4)):
            for _ in range(count):
                said = " ".join(rng.choice(SAID[kind], 9))
                at = datetime(2025, 1, 1) + timedelta(
                    days=30 * month + int(rng.integers(28)), minutes=int(rng.integers(999))
                )
                rows.append((at, kind, f"{kind} 민원", f"{said} {rng.integers(10**9)} 때문에 힘듭니다"))
    for n in range(12):
        text = f"옛성동 공사장 소음이 너무 심해서 창문을 열 수가 없습니다 밤에 잠을 못 잡니다 연락처 010-1234-{n:04d}"
        rows.append((datetime(2025, 10, 20, n), "소음", "공사장 소음", text))
    folder = tmp_path_factory.mktemp("letters")
    pq.write_table(
        pa.table(
            {"source_row": np.arange(len(rows)) + 2, "received_at": [row[0] for row in rows], "department": [row[1] for row in rows],
             "category": [row[1] for row in rows], "title": [row[2] for row in rows], "body": [row[3] for row in rows]}
        ),
        folder / "letters.parquet",
    )  # fmt: skip
    named = {name: name for name in ("source_row", "received_at", "department", "category")}
    redacted = {"title": "title", "body": "body"}
    part = Part("letters", 1, "민원", "2025-10-28", named, (folder / "letters.parquet",), redacted)
    analysis = Analyses(folder / "none")["complaint-topics"]
    found: Result = analysis.run(
        Inputs({"letters": Input("letters", (part,))}, seed=1), topics=3, recent_days=60
    )
    return found.check()


pytestmark = pytest.mark.slow


def test_planted_topics_are_found(result: Result) -> None:
    topics = result.table("topics").rows.to_pylist()
    for kind in ("주차", "쓰레기", "소음"):
        (one,) = [row for row in topics if any(word in row["words"] for word in SAID[kind][2:])]
        wanted = {"주차": 200, "쓰레기": 200, "소음": 8 * 4 + 2 * 30 + 12}[kind]
        assert one["letters"] == pytest.approx(wanted, abs=0.1 * wanted)


def test_the_planted_rise_is_told(result: Result) -> None:
    topics = result.table("topics").rows.to_pylist()
    (noise,) = [row for row in topics if "소음" in row["words"] or "공사장" in row["words"]]
    assert noise["change"] > 3
    assert any(
        "가장 늘어난 주제" in sentence(each, result) and noise["words"] in sentence(each, result)
        for each in result.findings
    )
    fresh = {row["word"] for row in result.table("fresh").rows.to_pylist()}
    assert fresh & {"소음", "공사장", "진동", "방음벽"}
    assert not fresh & {"주차", "쓰레기", "악취"}


def test_repeats_are_one_matter_and_letters_are_counted_with_them(result: Result) -> None:
    (overview,) = result.table("overview").rows.to_pylist()
    assert overview["letters"] == 400 + 92 + 12
    assert overview["issues"] <= 400 + 92 + 1
    assert result.table("issues").value(0, "letters") == 12


def test_no_number_of_a_person_is_anywhere(result: Result) -> None:
    for table in result.tables:
        assert "1234" not in str(table.rows.to_pylist())
