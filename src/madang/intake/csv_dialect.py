"""Which delimiter, quote and escape a text file uses, judged by the records that each choice would give.

A choice scores high when its records have the same number of cells (the pattern) and the cells look like values
(the types): the idea of van den Burg, Nazábal and Sutton, "Wrangling messy CSV files by detecting row and type
patterns", Data Mining and Knowledge Discovery 33 (2019); the scores are our own.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from madang.intake.address_fixed import fixed_places
from madang.intake.csv_record import Dialect, Record, records
from madang.intake.raw import Evidence
from madang.messages import text as text_of

SAMPLE_RECORDS = 300
_CANDIDATES = {
    ",": 1.0,
    "\t": 1.0,
    ";": 1.0,
    "|": 1.0,
    ", ": 0.99,
    "; ": 0.99,
    "||": 0.95,
    "^": 0.8,
    "~": 0.7,
    "¦": 0.9,
}
_CANDIDATES |= {"\x01": 0.9, "\x1f": 0.9, "::": 0.7, ":": 0.45, " ": 0.45}
_UNQUOTED = 0.95  # quotes that mean nothing must explain the file clearly better than a few broken ones
_LEAST = 0.2  # below this score the file is one column
_NAMES = {
    ",": "쉼표",
    "\t": "탭",
    ";": "쌍반점",
    "|": "세로줄",
    " ": "빈칸",
    ", ": "쉼표와 빈칸",
    "": "없음(한 칸)",
    ":": "쌍점",
}
_VALUE = re.compile(
    r"[+\-−△▲]?[$₩€£]?\s?\d[\d,.]*\s?(?:%|원|명|개)?|\d{1,4}[-./년]\s?\d{1,2}[-./월]\s?\d{1,4}[.일]?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?|https?://\S+|[^\s@]+@[^\s@]+\.\w+|[\w.\-]+|[\w\- ()·.]+"
)


def detect(lines: list[str], given: str | None = None) -> tuple[Dialect, Evidence]:
    """The dialect of a file from the lines of its head, with the evidence; `given` fixes the delimiter."""
    sample = [line for line in lines[: SAMPLE_RECORDS * 3] if line.strip()]
    text = "\n".join(sample)
    candidates = {given: 1.0} if given is not None else {d: w for d, w in _CANDIDATES.items() if d in text}
    for double in [d for d in candidates if len(d) == 2 and d[0] == d[1]]:
        if given is None and double[0] not in text.replace(double, ""):
            candidates.pop(double[0], None)
    scored: list[tuple[float, float, Dialect]] = []
    for delimiter, weight in candidates.items():
        for dialect in _variants(delimiter, text):
            pattern, types = _score(sample, dialect)
            usual = weight if dialect.quote else weight * _UNQUOTED
            scored.append((pattern * types * usual, pattern, dialect))
    scored.sort(key=lambda entry: -entry[0])
    if given is None and (fixed := _fixed(lines, scored)):
        return fixed
    if not scored or (scored[0][0] < _LEAST and given is None):
        dialect = Dialect("", '"')
        return dialect, Evidence("delimiter", "", "칸을 일정하게 나누는 구분자가 없어 한 칸으로 읽음", 0.6)
    best = scored[0]
    dialect = best[2]
    return dialect, _evidence(sample, dialect, best[0], scored, given)


def _fixed(lines: list[str], scored: list[tuple[float, float, Dialect]]) -> tuple[Dialect, Evidence] | None:
    """Columns at fixed places of the line, where no delimiter gives all lines the same number of cells."""
    score, pattern, best = scored[0] if scored else (0.0, 0.0, Dialect("", '"'))
    if score >= _LEAST and best.delimiter != " ":
        return None
    places = fixed_places(lines)
    if places is None or (
        not places.ruler and best.delimiter == " " and pattern >= 1 - 1 / len(places.begins)
    ):
        return None
    begins = ", ".join(str(begin + 1) for begin in places.begins)
    kind = "because_fixed_bytes" if places.wide else "because_fixed_letters"
    dialect = Dialect(" ", "", places=places)
    return dialect, Evidence("delimiter", text_of("fixed_width"), text_of(kind, places=begins), 0.85)


def _evidence(
    sample: list[str],
    dialect: Dialect,
    score: float,
    scored: list[tuple[float, float, Dialect]],
    given: str | None,
) -> Evidence:
    widths = Counter(len(record.cells) for record in _sample_records(sample, dialect))
    width, agreeing = widths.most_common(1)[0]
    because = f"표본 {sum(widths.values()):,}행 가운데 {agreeing:,}행이 {width:,}칸"
    if dialect.quote == "'":
        because += ", 작은따옴표로 묶음"
    if dialect.escape == "\\":
        because += ", 따옴표 앞에 역빗금"
    if given is not None:
        return Evidence("delimiter", dialect.delimiter, "사람이 정함; " + because, 1.0)
    rival = next((entry[0] for entry in scored if entry[2].delimiter != dialect.delimiter), 0.0)
    name = _NAMES.get(dialect.delimiter, dialect.delimiter)
    sure = max(0.5, min(1.0, 0.5 + (score - rival)))
    return Evidence("delimiter", dialect.delimiter, f"{name}: {because}", round(sure, 2))


def _variants(delimiter: str, text: str) -> list[Dialect]:
    """Quotings worth trying with a delimiter: the usual one, and others that occur at the edge of a cell.

    Where every line begins or every line ends with the blank that parts the cells, no cell stands outside of it.
    """
    if delimiter == " " and '"' not in text and _framed(text):
        return [Dialect(" ", "", runs=True)]
    plain = Dialect(delimiter, '"', _escape(delimiter, '"', text))
    choices = [plain]
    edge = re.escape(delimiter) if delimiter else "(?!)"
    if re.search(f"(?:^|{edge})'[^\n]*'(?={edge}|$)", text, re.M):
        choices.append(Dialect(delimiter, "'", _escape(delimiter, "'", text)))
    if '"' in text:
        choices.append(replace(plain, quote="", escape=""))
    if delimiter == " " and "  " in text and '"' not in text:
        choices.append(Dialect(" ", "", runs=True))
    return choices


def _framed(text: str) -> bool:
    lines = text.split("\n")
    return all(line.startswith(" ") for line in lines) or all(line.endswith(" ") for line in lines)


def _escape(delimiter: str, quote: str, text: str) -> str:
    """What escapes a quote inside a cell, if not another one: `\\` where most inner quotes have it before them.

    Inside other quotes, double quotes that only occur doubled are left over from an earlier quoting: '"'.
    """
    edge = re.escape(delimiter) if delimiter else "(?!)"
    inner = rf"(?<!{edge})(?<!^)(?<!{quote}){quote}(?!{edge}|$|{quote})"
    inside = re.findall(r"\\?" + inner, text, re.M)
    if sum(each[0] == "\\" for each in inside) * 2 > len(inside):
        return "\\"
    runs = re.findall('"+', text) if quote == "'" else []
    return '"' if runs and all(len(run) % 2 == 0 for run in runs) else ""


def _sample_records(sample: list[str], dialect: Dialect) -> list[Record]:
    prepared = dialect.prepare("\n".join(sample).encode()).decode().split("\n")
    return records(prepared, dialect, limit=SAMPLE_RECORDS, search=dialect.quote == "'")


def _score(sample: list[str], dialect: Dialect) -> tuple[float, float]:
    """How regular the records are (0..1) and how plausible their cells (0..1)."""
    found = _sample_records(sample, dialect)
    widths = Counter(len(record.cells) for record in found)
    width = max((w for w in widths if w > 1), key=lambda w: widths[w] * (w - 1) / w, default=1)
    if width == 1:
        return 0.0, 0.0
    share = widths[width] / len(found)
    sound = sum(record.sound for record in found) / len(found)
    cells = [cell for record in found if len(record.cells) == width for cell in record.cells][:6000]
    types = sum(_plausible(cell) for cell in cells) / len(cells)
    return share * (width - 1) / width, types * (0.3 + 0.7 * sound)


def _plausible(cell: str) -> float:
    text = cell.strip()
    if not text:
        return 0.9
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return 0.1
    if text[0] in "\"'" or text[-1] == '"':
        return 0.3
    leading = 0.7 if cell[0] == " " else 1.0
    if len(text) < 200 and _VALUE.fullmatch(text):
        return leading
    return 0.7 * leading
