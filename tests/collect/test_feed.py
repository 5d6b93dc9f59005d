"""RSS and Atom: entries as rows, plain text, what was seen stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from madang.collect import feed
from madang.collect.fetched import Means, Retry
from madang.collect.origin import Origin
from madang.messages import MadangError
from tests.collect.rogue import Rogue

Make = Callable[..., Origin]
RSS = """<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>여울구 새소식</title>{}</channel></rss>"""
ITEM = "<item><title>{t}</title><link>https://example.kr/{n}</link><guid>g{n}</guid><pubDate>{at}</pubDate><description>{d}</description></item>"


def item(n: int, t: str = "글", d: str = "", at: str = "Sun, 22 Nov 2026 00:30:00 GMT") -> str:
    return ITEM.format(n=n, t=t, d=d, at=at)


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_an_entry_is_a_row_of_plain_text(origin: Make, means: Means, rogue: Rogue) -> None:
    described = "<![CDATA[<p>첫 줄<br>둘째 &amp; 줄</p><script>alert(1)</script><img src=x onerror=y>]]>"
    rogue.says("/rss", RSS.format(item(1, "제목 &amp; 하나", described)).encode(), type="application/rss+xml")
    (found,) = feed.fetch(origin("/rss", "feed"), means)
    assert rows(found.path) == [
        {
            "id": "g1",
            "title": "제목 & 하나",
            "link": "https://example.kr/1",
            "published": "2026-11-22 09:30:00",  # half past midnight in Greenwich
            "summary": "첫 줄 둘째 & 줄",
        }
    ]


def test_atom_is_read_too(origin: Make, means: Means, rogue: Rogue) -> None:
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><title type="html">&lt;b&gt;굵게&lt;/b&gt;</title>'
        '<link rel="self" href="https://example.kr/self"/><link href="https://example.kr/1"/>'
        "<updated>2026-11-22T10:00:00+09:00</updated><content>내용</content></entry>"
        '<entry><title>이름 없음</title><link href="javascript:alert(1)"/></entry></feed>'
    )
    rogue.says("/atom", atom.encode(), type="application/atom+xml")
    (found,) = feed.fetch(origin("/atom", "feed"), means)
    (row,) = rows(found.path)
    assert row == {
        "id": "urn:1", "title": "굵게", "link": "https://example.kr/1", "published": "2026-11-22 10:00:00", "summary": "내용",
    }  # fmt: skip


def test_what_was_seen_stays_what_is_new_is_added_what_was_corrected_is(
    origin: Make, means: Means, rogue: Rogue
) -> None:
    rogue.says(
        "/rss", RSS.format(item(2) + item(1)).encode(), RSS.format(item(3) + item(2, "고친 글")).encode()
    )
    (first,) = feed.fetch(origin("/rss", "feed"), means)
    kept = first.path.rename(means.place / "kept")
    (second,) = feed.fetch(origin("/rss", "feed"), replace(means, previous=kept))
    assert [(row["id"], row["title"]) for row in rows(second.path)] == [
        ("g1", "글"),
        ("g2", "고친 글"),
        ("g3", "글"),
    ]
    assert second.evidence.notes[-1].params == {"new": 1, "changed": 1, "all": 3}


def test_a_previous_file_that_is_not_ours_counts_for_nothing(
    origin: Make, means: Means, rogue: Rogue
) -> None:
    other = means.workspace / "other.csv"
    other.write_text("이름,수\n가,1\n")
    rogue.says("/rss", RSS.format(item(1)).encode())
    (found,) = feed.fetch(origin("/rss", "feed"), replace(means, previous=other))
    assert len(rows(found.path)) == 1


@pytest.mark.parametrize(
    ("body", "code", "type_"),
    [
        (b"<!DOCTYPE r [<!ENTITY a 'b'>]><rss><channel><item><title>&a;</title></item></channel></rss>", "collect_feed", MadangError),
        (b"<rss><channel><item><title>", "collect_answer_cut", Retry),
        (b"<kml/>", "collect_feed", MadangError),
        (b"<rss><channel></channel></rss>", "collect_no_rows", MadangError),
        (b"<!DOCTYPE html><html><body>x</body></html>", "collect_html", MadangError),
    ],
)  # fmt: skip
def test_what_is_no_feed(
    origin: Make, means: Means, rogue: Rogue, body: bytes, code: str, type_: type
) -> None:
    rogue.says("/rss", body)
    with pytest.raises(MadangError) as caught:
        feed.fetch(origin("/rss", "feed"), means)
    assert (caught.value.code, type(caught.value)) == (code, type_)


@pytest.mark.parametrize(
    ("said", "moment"),
    [
        ("Sun, 22 Nov 2026 09:30:00 +0900", "2026-11-22 09:30:00"), ("2026-11-22", "2026-11-22 00:00:00"),
        ("2026-11-22T00:30:00Z", "2026-11-22 09:30:00"), ("어제", "어제"), ("", ""),
    ],
)  # fmt: skip
def test_moments(said: str, moment: str) -> None:
    assert feed.moment(said) == moment
