"""What do residents say, what is said more and more, and how many matters is it without repeats?"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from madang.messages import MadangError
from madang.methods.duplicates import Duplicates, near_duplicates
from madang.methods.keyness import keyness
from madang.methods.rising import word_trends
from madang.methods.topics import Topics, find_topics
from madang.methods.words import Dictionary, WordCounts, count_words
from madang.results import Cell, Chart, Column, Finding, Origin, Result, Table, table_of
from madang.runs import Inputs, Range

SHOWN = 30
TRIED = (5, 8, 12, 16, 20, 25, 30, 40)  # numbers of topics
DAY = np.timedelta64(1, "D")


def run(
    inputs: Inputs,
    *,
    topics: Annotated[int, Range(2, 60)] | None = None,
    recent_days: Annotated[int, Range(7, 366)] = 60,
    words: str = "",
    least: Annotated[int, Range(3, 100)] = 5,
) -> Result:
    letters = inputs["letters"].texts("source_row", "received_at", "department", "dong_code", "title", "body")
    letters = letters.filter(pc.is_valid(letters.column("received_at"))).sort_by(
        [("received_at", "ascending"), ("source_row", "ascending")]
    )
    if not letters.num_rows:
        raise MadangError("topics_few_letters", letters=0)
    days = letters.column("received_at").to_numpy(zero_copy_only=False).astype("datetime64[D]")
    texts = pc.binary_join_element_wise(
        pc.fill_null(letters.column("title"), ""), pc.fill_null(letters.column("body"), ""), " "
    ).to_pylist()
    own = Dictionary(words=tuple(word.strip() for word in words.split(",") if word.strip()))
    repeats = near_duplicates(texts, progress=inputs.progress)
    counted = count_words(texts, own, whole=len(texts), progress=inputs.progress).common(least=least)
    found = find_topics(
        counted,
        counts=(topics,) if topics else TRIED,
        seed=inputs.seed,
        once=repeats.once,
        progress=inputs.progress,
    )
    since = days[-1] - (recent_days - 1) * DAY
    recent = days >= since
    months, month = np.unique(days.astype("datetime64[M]"), return_inverse=True)

    overview = _overview(days, repeats, found, recent)
    table = _topics(found, recent)
    rising, fresh = _rising(counted, month, len(months)), _fresh(counted, recent)
    return Result(
        findings=_findings(overview, table, rising, fresh, recent_days),
        tables=(overview, table, _by_month(found, months, month), rising, fresh, _issues(repeats, letters), _letters(letters, found, repeats)),
        charts=(
            Chart(
                "주제마다 글의 수", "topics",
                {"mark": "bar", "encoding": {"y": {"field": "words", "sort": "-x"}, "x": {"field": "letters"}}},
            ),
            Chart(
                "달마다 주제마다", "months",
                {"mark": "line", "encoding": {"x": {"field": "month"}, "y": {"field": "letters"}, "color": {"field": "topic"}}},
            ),
        ),
        caveats=(
            f"{least}건보다 적은 글에 나온 말은 세지 않았습니다. 글에서 전화번호 같은 번호는 지우고 읽었습니다.",
            "주제의 이름은 기계가 고른 말입니다(추정). 사람이 읽고 이름을 붙여야 합니다."
            + ("" if found.stable else " 되풀이할 때마다 주제가 달라져, 여기의 나눔은 여럿 가운데 하나입니다."),
            "접수하는 길이 바뀌면(앱이 합쳐지는 것처럼) 말이 늘어난 것처럼 보입니다.",
        ),
        method="키위 형태소, TF-IDF와 NMF(리·승 1999), NPMI 일관성과 되풀이 안정성, 로그 오즈비(먼로 등 2008), 준포아송 추세, 민해시(브로더 1997).",
    )  # fmt: skip


def _overview(days: Any, repeats: Duplicates, found: Topics, recent: Any) -> Table:
    row = {
        "letters": len(days), "issues": repeats.issue_count, "topics": len(found.topics), "recent": int(recent.sum()),
        "first": str(days[0]), "last": str(days[-1]), "told": int((found.of_letter >= 0).sum()),
    }  # fmt: skip
    columns = [
        Column("letters", "글", "integer", "건"), Column("issues", "되풀이를 뺀 일", "integer", "건"),
        Column("topics", "주제", "integer", "개"), Column("recent", "요즘의 글", "integer", "건"),
        Column("first", "첫 글", "date"), Column("last", "마지막 글", "date"),
        Column("told", "주제를 아는 글", "integer", "건"),
    ]  # fmt: skip
    return table_of("overview", "모두", [row], columns, [Origin("letters")])


def _topics(found: Topics, recent: Any) -> Table:
    before = max(int((~recent).sum()), 1)
    rows = []
    for n, topic in enumerate(found.topics):
        of = found.of_letter == n
        now, then = int((of & recent).sum()), int((of & ~recent).sum())
        share_now, share_then = now / max(int(recent.sum()), 1), then / before
        rows.append(
            {
                "topic": n + 1, "words": ", ".join(topic.words[:6]), "letters": topic.letters,
                "share": round(100 * topic.share, 1), "recent": now,
                "change": round(share_now / share_then, 2) if share_then else None,
                "stability": round(topic.stability, 2), "sure": "" if topic.stable else "흔들림",
            }
        )  # fmt: skip
    columns = [
        Column("topic", "주제", "integer"), Column("words", "말"), Column("letters", "글", "integer", "건"),
        Column("share", "몫", "percent", digits=1), Column("recent", "요즘", "integer", "건"),
        Column("change", "요즘의 몫은 그 전의", "number", "배", 2), Column("stability", "안정성", "number", digits=2),
        Column("sure", "흔들리는지"),
    ]  # fmt: skip
    return table_of("topics", "주제", rows, columns)


def _by_month(found: Topics, months: Any, month: Any) -> Table:
    rows = []
    for n, topic in enumerate(found.topics[:8]):
        counts = np.bincount(month[found.of_letter == n], minlength=len(months))
        rows += [
            {"month": str(each), "topic": ", ".join(topic.words[:2]), "letters": int(count)}
            for each, count in zip(months, counts, strict=True)
        ]
    columns = [
        Column("month", "달", "month"),
        Column("topic", "주제"),
        Column("letters", "글", "integer", "건"),
    ]
    return table_of("months", "달마다", rows, columns)


def _rising(counted: WordCounts, month: Any, months: int) -> Table:
    columns = [
        Column("word", "말"), Column("said", "쓰인 수", "integer", "번"), Column("growth", "한 달에", "number", "배", 2),
        Column("low", "95 % 구간 아래", "number", "배", 2), Column("high", "위", "number", "배", 2),
        Column("whole", "처음부터 끝까지", "number", "배", 1),
    ]  # fmt: skip
    rows: list[dict[str, Any]] = []
    if months >= 4:
        of_month = np.zeros((months, counted.letters))
        of_month[month, np.arange(counted.letters)] = 1
        counts = np.asarray(counted.counts.T @ of_month.T)
        trends = word_trends(counted.words, counts, counts.sum(axis=0))
        rows = [
            {"word": trends.words[n], "said": int(trends.said[n]), "growth": round(float(trends.growth[n]), 2),
             "low": round(float(trends.low[n]), 2), "high": round(float(trends.high[n]), 2), "whole": round(float(trends.whole[n]), 1)}
            for n in np.flatnonzero(trends.rising)[:SHOWN]
        ]  # fmt: skip
    return _table("rising", "달마다 몫이 늘어난 말", rows, columns)


def _fresh(counted: WordCounts, recent: Any) -> Table:
    columns = [
        Column("word", "말"), Column("recent", "요즘", "integer", "번"), Column("before", "그 전", "integer", "번"),
        Column("z", "표준화한 차이 (z)", "number", digits=1),
    ]  # fmt: skip
    now, then = counted.totals(recent), counted.totals(~recent)
    rows: list[dict[str, Any]] = []
    if now.sum() and then.sum():
        found = keyness(counted.words, now, then)
        marked = np.flatnonzero(found.marked & (found.z > 0))[:SHOWN]
        rows = [
            {
                "word": found.words[n],
                "recent": int(found.target[n]),
                "before": int(found.others[n]),
                "z": round(float(found.z[n]), 1),
            }
            for n in marked
        ]
    return _table("fresh", "요즘 두드러진 말", rows, columns)


def _issues(repeats: Duplicates, letters: pa.Table) -> Table:
    row, department = letters.column("source_row"), letters.column("department")
    rows = [
        {"letters": len(each.letters), "first": row[each.letters[0]].as_py(), "department": department[each.letters[0]].as_py(),
         "alike": round(float(each.least_alike), 2)}
        for each in repeats.issues[:SHOWN]
    ]  # fmt: skip
    columns = [
        Column("letters", "거의 같은 글", "integer", "건"), Column("first", "첫 글의 행", "integer"),
        Column("department", "처리부서"), Column("alike", "닮은 정도 (적어도)", "number", digits=2),
    ]  # fmt: skip
    return _table("issues", "되풀이된 글", rows, columns, [Origin("letters", {"first": "source_row"})])


def _letters(letters: pa.Table, found: Topics, repeats: Duplicates) -> Table:
    names = [", ".join(topic.words[:2]) for topic in found.topics]
    rows = pa.table(
        {
            "source_row": letters.column("source_row"),
            "topic": pa.array([names[n] if n >= 0 else None for n in found.of_letter.tolist()], pa.string()),
            "issue": pa.array(repeats.of_letter.astype(np.int64)), "dong_code": letters.column("dong_code"),
        }
    )  # fmt: skip
    columns = [
        Column("source_row", "글의 행", "integer"), Column("topic", "주제"), Column("issue", "일", "integer"),
        Column("dong_code", "행정동코드", "code"),
    ]  # fmt: skip
    return table_of("letters", "글마다", rows, columns, [Origin("letters", {"source_row": "source_row"})])


def _table(
    name: str, title: str, rows: list[dict[str, Any]], columns: list[Column], origins: Any = ()
) -> Table:
    kinds = {"integer": pa.int64(), "number": pa.float64()}
    schema = pa.schema([(each.name, kinds.get(each.kind, pa.string())) for each in columns])
    return table_of(name, title, pa.Table.from_pylist(rows, schema), columns, origins)


def _findings(
    overview: Table, topics: Table, rising: Table, fresh: Table, recent_days: int
) -> tuple[Finding, ...]:
    found = [
        Finding(
            "글 {letters}{은} 되풀이를 빼면 {issues}의 일이고, 가장 많은 말은 '{words}'입니다({share}).",
            {"letters": Cell("overview", "letters"), "issues": Cell("overview", "issues"),
             "words": Cell("topics", "words"), "share": Cell("topics", "share")},
        )
    ]  # fmt: skip
    grown = [
        n for n, row in enumerate(topics.rows.to_pylist()) if (row["change"] or 0) > 1 and row["recent"] >= 5
    ]
    if grown:
        most = max(grown, key=lambda n: topics.value(n, "change") or 0)
        found.append(
            Finding(
                f"최근 {recent_days}일에 가장 늘어난 주제는 '{{words}}'로, 몫이 그 전의 {{change}}입니다({{recent}}).",
                {name: Cell("topics", name, most) for name in ("words", "change", "recent")},
            )
        )
    if rising.rows.num_rows:
        found.append(
            Finding(
                "달마다 몫이 가장 뚜렷이 늘어난 말은 '{word}'입니다(한 달에 {growth}).",
                {"word": Cell("rising", "word"), "growth": Cell("rising", "growth")},
            )
        )
    if fresh.rows.num_rows:
        found.append(Finding("요즘 두드러진 말은 '{word}'입니다.", {"word": Cell("fresh", "word")}))
    return tuple(found)
