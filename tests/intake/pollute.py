"""A made-up table, and the ways in which CSV files are polluted: each with what a good reader makes of it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

Row = list[str]
QUOTED = {"Item", "Description", "Page"}  # columns written in quotes where the table says so


@dataclass(frozen=True)
class Polluted:
    """A file with one defect, and the header ([] for none) and records that it holds in truth."""

    name: str
    data: bytes
    header: Row
    records: list[Row]


HEADER = ["DAY", "HOUR", "Count", "ITEM_NO", "Fee", "Item", "Description", "Page", "Remarks"]
_THINGS = [
    "Folding Chair",
    "Kids' Bicycle",
    'Drill, 13"',
    "Projector",
    "Camping Table, Large",
    "Cargo Trolley",
]
_TEXTS = [
    "Sturdy and light, made for two days of use; return it clean, dry and complete.",
    'The 10" wheels roll well on gravel, sand or grass.',
    "Ask at the desk for the manual. Batteries are charged, please don't remove them.",
    "A plain model without extras.",
]


def table(rows: int = 30, seed: int = 7) -> tuple[Row, list[Row]]:
    """Header and records: dates, times, counts, ids, money, texts with commas and quotes, URLs, an empty column."""
    rng = random.Random(seed)
    records = []
    for index in range(rows):
        item = f"{rng.choice('ABKQ')}{rng.choice('XYZ')}-{rng.randint(1000, 9999)}"
        records.append(
            [
                f"{index % 28 + 1:02}/{index // 28 + 3:02}/2024",
                f"{index % 24:02}:{index % 4 * 15:02}",
                str(rng.choice([0, 1, 2, 3, 12])),
                item,
                f"${rng.randint(3, 99)}.{rng.randint(10, 99)}",
                rng.choice(_THINGS),
                rng.choice(_TEXTS),
                f"https://lend.example.org/things/{item.replace('-', '_')}.html",
                "",
            ]
        )
    return list(HEADER), records


def cell(
    text: str, delimiter: str = ",", quote: str = '"', escape: str | None = None, force: bool = False
) -> str:
    """A cell as it stands in a file; `escape` "" leaves inner quotes alone."""
    escape = quote if escape is None else escape
    if force or any(sign in text for sign in (delimiter.strip() or delimiter, '"', "\n", ",")):
        inner = text.replace(quote, escape + quote) if escape != "" else text
        return f"{quote}{inner}{quote}"
    return text


def line(row: Row, **form: str | None) -> str:
    forced = [index in (6, 7) for index in range(len(row))]
    delimiter = form.get("delimiter") or ","
    return delimiter.join(cell(text, force=force, **form) for text, force in zip(row, forced, strict=True))  # type: ignore[arg-type]


def write(rows: list[Row], end: str = "\r\n", **form: str | None) -> bytes:
    return "".join(line(row, **form) + end for row in rows).encode()


def pollutions(header: Row, records: list[Row]) -> Iterator[Polluted]:
    """Every file-wide and row-wise defect of the benchmark's kinds, over this table."""
    everything = [header, *records]

    def made(name: str, data: bytes, head: Row = header, rows: list[Row] = records) -> Polluted:
        return Polluted(name, data, head, rows)

    plain = write(everything)
    yield made("source", plain)
    yield made("no_payload", b"", [], [])
    yield made("no_trailing_newline", plain.removesuffix(b"\r\n"))
    yield made("double_trailing_newline", plain + b"\r\n")
    yield made("no_header", write(records), [])
    yield made("header_twice", write([header]) + plain)
    yield made("header_thrice", write([header]) * 2 + plain)
    yield made("preamble", b"LENDING LIST,,,,,,,,\r\n,,,,,,,,\r\n" + plain)
    yield made("header_only", write([header]), header, [])
    yield made("one_row", write(everything[:2]), header, records[:1])
    yield made("line_feed", write(everything, "\n"))
    yield made("carriage_return", write(everything, "\r"))
    yield made("semicolon", write(everything, delimiter=";"))
    yield made("tab", write(everything, delimiter="\t"))
    yield made("comma_blank", write(everything, delimiter=", "))
    yield made("apostrophe", write(everything, quote="'", escape=""))
    yield made("backslash", write(everything, escape="\\"))
    yield made("no_escape", write(everything, escape=""))
    yield from _row_defects(everything, header, records)


def _row_defects(everything: list[Row], header: Row, records: list[Row]) -> Iterator[Polluted]:
    lines = [line(row) for row in everything]
    for number, row in enumerate(everything):
        forced = [index in (6, 7) for index in range(len(row))]
        cells = [cell(text, force=force) for text, force in zip(row, forced, strict=True)]

        def made(name: str, text: str, number: int = number, changed: Row | None = None) -> Polluted:
            data = "".join(each + "\r\n" for each in [*lines[:number], text, *lines[number + 1 :]])
            truth = [*everything[:number], changed or everything[number], *everything[number + 1 :]]
            return Polluted(f"{name}_row{number}", data.encode(), truth[0], truth[1:])

        for column in range(len(row)):
            more = [*cells[:column], "", *cells[column:]]
            if column:
                yield made(f"more_separators_col{column}", ",".join(more))
                run = [*cells[: column - 1], cells[column - 1] + cells[column], *cells[column + 1 :]]
                yield made(f"less_separators_col{column}", ",".join(run))
            quoted = [*cells[:column], '"' + cells[column], *cells[column + 1 :]]
            changed = [*row[:column], '"' + row[column], *row[column + 1 :]]
            yield made(f"extra_quote_col{column}", ",".join(quoted), changed=changed)
        yield made("blank_as_delimiter", " ".join(cells))
