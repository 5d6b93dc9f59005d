"""Which department is a letter for that names none? Learnt from letters that do, with how often such suggestions are right."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.messages import MadangError
from madang.methods.departments import HeldOut, Suggester, Suggestion, learn_departments
from madang.methods.duplicates import near_duplicates
from madang.results import Cell, Chart, Column, Finding, Origin, Result, Table, table_of
from madang.runs import Inputs, Range

BATCH = 2000  # letters
CALLED = {"department": "부서", "category": "분류"}
PEOPLE = "사람이 봅니다"
CONFUSED = 20  # pairs told


def run(
    inputs: Inputs,
    *,
    learn: Literal["department", "category"] = "department",
    sure: Annotated[int, Range(30, 95)] = 50,
) -> Result:
    letters = inputs["letters"].texts("source_row", learn, "title", "body").sort_by("source_row")
    told = pc.utf8_trim_whitespace(pc.fill_null(letters.column(learn), ""))
    known = pc.not_equal(told, "")
    learnt, waiting = letters.filter(known), letters.filter(pc.invert(known))
    if not learnt.num_rows:
        raise MadangError("departments_few", least=5, count=0)
    texts, names = _texts(learnt), told.filter(known).to_pylist()
    repeats = near_duplicates(texts, progress=inputs.progress)
    learned = learn_departments(
        texts,
        names,
        groups=repeats.of_letter,
        threshold=sure / 100,
        seed=inputs.seed,
        progress=inputs.progress,
    )
    said = _suggested(learned, waiting, inputs)
    called = CALLED[learn]
    origin = Origin("letters", {"name": learn})
    overview = _overview(learned, said, learnt.num_rows)
    departments, sureness = _departments(learned, called, origin), _sureness(learned.held_out)
    suggestions = _suggestions(waiting, said, called)
    return Result(
        findings=_findings(overview, departments, called),
        tables=(overview, suggestions, departments, sureness, _confusions(learned.held_out, called)),
        charts=(
            Chart(
                "확신한다고 한 만큼 맞았습니까", "sureness",
                {"layer": [{"mark": "bar", "encoding": {"y": {"field": "step"}, "x": {"field": "right"}}}]},
            ),
            Chart(
                f"{called}마다 제 글을 알아본 비율", "departments",
                {"mark": "bar", "encoding": {"y": {"field": "name", "sort": "-x"}, "x": {"field": "recall"}}},
            ),
        ),
        caveats=(
            f"지난 글에 적힌 {called}를 옳다고 보고 배웁니다. 조직이 바뀌거나 잘못 적힌 글이 많으면 그대로 배웁니다.",
            f"글이 다섯 건보다 적은 {called}는 배우지 못하며, 시험에서는 틀린 것으로 셉니다.",
            "글에서 전화번호 같은 번호는 지우고 읽었습니다. 표에는 글의 내용이 없습니다.",
        ),
        method="낱말과 글자 조각의 TF-IDF, 선형 서포트 벡터, 온도와 시그모이드 보정(궈 등 2017, 플랫 1999), 다섯 겹 교차 시험.",
    )  # fmt: skip


def _texts(letters: pa.Table) -> list[str]:
    both = (pc.fill_null(letters.column(name), "") for name in ("title", "body"))
    found: list[str] = pc.binary_join_element_wise(*both, "\n").to_pylist()
    return found


def _suggested(learned: Suggester, waiting: pa.Table, inputs: Inputs) -> list[Suggestion]:
    found: list[Suggestion] = []
    for start in range(0, waiting.num_rows, BATCH):
        inputs.progress(start, waiting.num_rows, "departments")
        found += learned.suggest(_texts(waiting.slice(start, BATCH)))
    return found


def _overview(learned: Suggester, said: list[Suggestion], letters: int) -> Table:
    held, named = learned.held_out, sum(each.department is not None for each in said)
    row = {
        "letters": letters, "departments": len(learned.departments), "accuracy": round(100 * held.accuracy, 1),
        "low": round(100 * held.accuracy_low, 1), "high": round(100 * held.accuracy_high, 1),
        "baseline": round(100 * held.baseline, 1), "suggested": round(100 * held.suggested, 1),
        "right": None if np.isnan(held.right) else round(100 * held.right, 1), "apart": round(100 * held.calibration, 1),
        "waiting": len(said), "named": named, "people": len(said) - named,
    }  # fmt: skip
    columns = [
        Column("letters", "배운 글", "integer", "건"), Column("departments", "배운 곳", "integer", "곳"),
        Column("accuracy", "시험에서 맞은 비율", "percent", digits=1), Column("low", "95 % 구간 아래", "percent", digits=1),
        Column("high", "위", "percent", digits=1), Column("baseline", "늘 가장 많은 곳이라 했다면", "percent", digits=1),
        Column("suggested", "확신해 권한 비율", "percent", digits=1), Column("right", "권한 것 가운데 맞은", "percent", digits=1),
        Column("apart", "말한 확신과 실제의 차이", "percent", digits=1), Column("waiting", "적히지 않은 글", "integer", "건"),
        Column("named", "권한 글", "integer", "건"), Column("people", "사람이 볼 글", "integer", "건"),
    ]  # fmt: skip
    return table_of("overview", "모두", [row], columns)


def _suggestions(waiting: pa.Table, said: list[Suggestion], called: str) -> Table:
    rows = [
        {
            "source_row": row, "name": each.department or PEOPLE, "sure": round(100 * each.confidence, 1),
            **dict(zip(("first", "second", "third"), each.nearest, strict=False)),
        }
        for row, each in zip(waiting.column("source_row").to_pylist(), said, strict=True)
    ]  # fmt: skip
    kinds = {"source_row": pa.int64(), "sure": pa.float64()}
    columns = [
        Column("source_row", "글의 행", "integer"), Column("name", f"권하는 {called}"), Column("sure", "확신", "percent", digits=1),
        Column("first", "첫째로 가까운"), Column("second", "둘째"), Column("third", "셋째"),
    ]  # fmt: skip
    schema = pa.schema([(each.name, kinds.get(each.name, pa.string())) for each in columns])
    return table_of(
        "suggestions", f"{called}가 적히지 않은 글", pa.Table.from_pylist(rows, schema), columns,
        [Origin("letters", {"source_row": "source_row"})], "확신이 모자란 글은 사람이 봅니다.",
    )  # fmt: skip


def _departments(learned: Suggester, called: str, origin: Origin) -> Table:
    rows: list[dict[str, Any]] = [
        {
            "name": each.department, "letters": each.letters, "recall": round(100 * each.recall, 1),
            "precision": None if np.isnan(each.precision) else round(100 * each.precision, 1),
            "few": "글이 적어 대강임" if each.few else "",
        }
        for each in learned.held_out.departments
    ]  # fmt: skip
    rows += [
        {"name": name, "letters": size, "recall": None, "precision": None, "few": "글이 적어 배우지 못함"}
        for name, size in learned.left_out
    ]
    rows.sort(key=lambda row: -row["letters"])
    columns = [
        Column("name", called), Column("letters", "글", "integer", "건"), Column("recall", "제 글을 알아본", "percent", digits=1),
        Column("precision", "여기라 한 것이 맞은", "percent", digits=1), Column("few", "믿을 만한지"),
    ]  # fmt: skip
    return table_of("departments", f"{called}마다", rows, columns, [origin], "배우지 않은 글로 시험했습니다.")


def _sureness(held: HeldOut) -> Table:
    rows = [
        {
            "step": f"{10 * int(min(said, 0.999) * 10)}–{10 * int(min(said, 0.999) * 10) + 10} %", "said": round(100 * said, 1),
            "right": round(100 * right, 1), "letters": count,
        }
        for said, right, count in held.reliability
    ]  # fmt: skip
    columns = [
        Column("step", "말한 확신"), Column("said", "말한 확신의 평균", "percent", digits=1),
        Column("right", "실제로 맞은 비율", "percent", digits=1), Column("letters", "글", "integer", "건"),
    ]  # fmt: skip
    return table_of("sureness", "확신한다고 한 만큼 맞았습니까", rows, columns)


def _confusions(held: HeldOut, called: str) -> Table:
    rows = [
        {"name": true, "instead": named, "letters": count}
        for true, named, count in held.confusions[:CONFUSED]
    ]
    columns = [
        Column("name", f"맞는 {called}"), Column("instead", "대신 말한 곳"), Column("letters", "글", "integer", "건")
    ]  # fmt: skip
    return table_of("confusions", "자주 헷갈린 짝", rows, columns)


def _findings(overview: Table, departments: Table, called: str) -> tuple[Finding, ...]:
    first = Finding(
        f"배우지 않은 글로 시험했을 때 맞는 {called}를 고른 비율은 {{accuracy}}입니다(95 % 구간 {{low}}–{{high}}). "
        "늘 가장 많은 곳이라 했다면 {baseline}였을 것입니다.",
        {name: Cell("overview", name) for name in ("accuracy", "low", "high", "baseline")},
    )
    if not overview.value(0, "waiting"):
        second = Finding(f"{called}가 적히지 않은 글은 없어, 권할 것이 없습니다.")
    elif overview.value(0, "right") is None:
        second = Finding(
            f"{called}가 적히지 않은 글 {{waiting}}{{은}} 모두 사람이 봅니다: 권할 만큼 확신한 적이 없습니다.",
            {"waiting": Cell("overview", "waiting")},
        )
    else:
        second = Finding(
            f"{called}가 적히지 않은 글 {{waiting}} 가운데 {{named}}에 {called}를 권하고 {{people}}{{은}} 사람이 봅니다. "
            "시험에서 이렇게 권한 것은 {right} 맞았습니다.",
            {name: Cell("overview", name) for name in ("waiting", "named", "people", "right")},
        )
    rows = departments.rows.to_pylist()
    sound = [n for n, row in enumerate(rows) if not row["few"]]
    if not sound:
        return first, second
    worst = min(sound, key=lambda n: float(rows[n]["recall"]))
    third = Finding(
        "가장 알아보기 어려운 곳은 '{name}'입니다: 제 글 {letters} 가운데 {recall} 알아보았습니다.",
        {name: Cell("departments", name, worst) for name in ("name", "letters", "recall")},
    )
    return first, second, third
