"""What people write: planted truths found again in the files, texts that differ, nothing that CP949 cannot say."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from madang.privacy import redact
from madang.samplecity.city import City, Setting
from madang.samplecity.layers import grown, voices
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.model import Voices
from madang.samplecity.paper import Defect

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def city() -> City:
    return grown(Setting(seed=7, scale=0.05), "voices")


@pytest.fixture(scope="module")
def written(city: City, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Defect]]:
    folder = tmp_path_factory.mktemp("voices")
    second = city.deliveries[1]
    return folder, [defect for paper in voices.papers(city, second) for defect in paper.write(folder)]


@pytest.fixture(scope="module")
def rows(written: tuple[Path, list[Defect]]) -> list[dict[str, str]]:
    """Complaints as they stand in the CP949 file, joined to their truth by their number."""
    path = next((written[0] / "민원").glob("민원접수_*.csv"))
    with path.open(encoding="cp949", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def truth(city: City) -> dict[str, list[dict[str, Any]]]:
    return {name: table.to_pylist() for name, table in voices.truths(city).items()}


def days_of(rows: list[dict[str, str]]) -> list[date]:
    found = []
    for row in rows:
        try:
            found.append(date.fromisoformat(row["접수일시"][:10]))
        except ValueError:
            found.append(date(1, 1, 1))
    return found


def test_every_letter_stands_in_the_file_and_cells_have_lines(rows: list[dict[str, str]], city: City) -> None:
    assert len(rows) == len(city.get(Voices).complaints) == city.setting.count(40_000)
    assert sum("\n" in row["민원내용"] for row in rows) > len(rows) * 0.1
    assert len({row["민원유형"] for row in rows}) >= 24
    lengths = [len(row["민원내용"]) for row in rows]
    assert min(lengths) < 45
    assert max(lengths) > 300


def test_bursts_show_in_the_file_against_their_neighbours(
    rows: list[dict[str, str]], truth: dict[str, list[dict[str, Any]]]
) -> None:
    """Letters a day of the burst are at least five times those of the 120 days around it."""
    where = {each["id"]: (each["topic"], each["dong"]) for each in truth["complaints"]}
    days = days_of(rows)
    assert len(truth["bursts"]) >= 8
    for burst in truth["bursts"]:
        start, end = date.fromisoformat(burst["start"]), date.fromisoformat(burst["end"])
        mine = [
            day
            for day, row in zip(days, rows, strict=True)
            if where[row["접수번호"]] == (burst["topic"], burst["dong"])
        ]
        within = sum(start <= day <= end for day in mine) / ((end - start).days + 1)
        around = (
            sum(start - timedelta(60) <= day < start or end < day <= end + timedelta(60) for day in mine)
            / 120
        )
        assert within >= 5 * around, burst
        assert within > 0


def test_seasons_and_market_days(rows: list[dict[str, str]]) -> None:
    months: dict[str, Counter[int]] = defaultdict(Counter)
    market: Counter[bool] = Counter()
    for day, row in zip(days_of(rows), rows, strict=True):
        months[row["민원유형"]][day.month] += 1
        if row["민원유형"] == "장날 노점·혼잡":
            market[day.day % 10 in (2, 7)] += 1
    bug, snow = months["벌레·해충"], months["제설"]
    assert sum(bug[month] for month in (5, 6, 7, 8, 9)) > 0.75 * bug.total()
    assert sum(snow[month] for month in (11, 12, 1, 2, 3)) == snow.total() > 0
    assert market[True] > market[False]  # though only a fifth of the days are market days


def test_a_new_topic_comes_in_the_last_six_weeks(rows: list[dict[str, str]], city: City) -> None:
    of = [day for day, row in zip(days_of(rows), rows, strict=True) if row["민원유형"] == "데이터센터 건립"]
    assert len(of) >= 12
    assert min(day for day in of if day.year > 1) >= city.setting.until - timedelta(days=42)


def test_points_lie_in_their_dong(city: City) -> None:
    told = city.get(Voices).complaints
    assert (city.get(Ground).dongs_at(told.x, told.y) == told.dong).all()
    assert 0.3 < told.located.mean() < 0.6


def shingles(text: str) -> set[str]:
    bare = re.sub(r"\s+", " ", text)
    return {bare[at : at + 5] for at in range(len(bare) - 4)}


def test_letters_of_a_cluster_are_nearly_the_same(city: City) -> None:
    """Every letter of a cluster shares 70 % of its shingles with the first, petitions all of them."""
    told = city.get(Voices).complaints
    first: dict[str, int] = {}
    compared = 0
    planted = {each.row for each in city.get(Voices).personal if each.file == "민원접수"}
    for row, name in enumerate(told.cluster):
        if not name or row in planted:
            continue
        base = first.setdefault(name, row)
        if base == row:
            continue
        a, b = shingles(told.body[base]), shingles(told.body[row])
        assert len(a & b) / len(a | b) >= (1.0 if name[0] == "P" else 0.7), (
            name,
            told.body[base],
            told.body[row],
        )
        compared += 1
    assert compared > 80
    assert max(Counter(told.person.tolist()).values()) >= 30


def bare(text: str, names: tuple[str, ...]) -> str:
    for name in names:
        text = text.replace(name, "")
    return re.sub(r"[0-9]+", "0", text)


def test_texts_differ(city: City) -> None:
    """Without places and numbers nearly all bodies are still different, and no sentence is in more than 3 % of a topic."""
    told, dongs = city.get(Voices).complaints, city.get(Ground).dongs.name
    alone = [row for row, name in enumerate(told.cluster) if not name]
    texts = [bare(told.body[row], dongs) for row in alone]
    assert len(set(texts)) >= 0.97 * len(texts)
    triples = Counter(text[at : at + 3] for text in texts for at in range(len(text) - 2))
    assert len(triples) > 9_000
    by_topic: dict[int, list[str]] = defaultdict(list)
    for row, text in zip(alone, texts, strict=True):
        by_topic[int(told.topic[row])].append(text)
    for letters in by_topic.values():
        sentences = Counter(
            each for text in letters for each in set(re.split(r"(?<=[.!?])\s+|\n", text)) if len(each) > 12
        )
        assert sentences.most_common(1)[0][1] <= max(4, 0.03 * len(letters)), sentences.most_common(2)


def test_personal_numbers_are_where_the_truth_says(
    rows: list[dict[str, str]], truth: dict[str, list[dict[str, Any]]]
) -> None:
    by_id: dict[str, str] = defaultdict(str)
    for row in rows:
        by_id[row["접수번호"]] += row["민원내용"]
    planted = [each for each in truth["personal"] if each["table"] == "민원접수"]
    assert {each["kind"] for each in planted} >= {"mobile", "email", "vehicle"}
    there = [each for each in planted if each["value"] in by_id[each["id"]]]
    assert (
        len(there) >= len(planted) - 2
    )  # a number of a letter may have been overwritten by a planted double
    for each in there:
        assert each["value"] not in redact(by_id[each["id"]]), each
    assert [each["kind"] for each in truth["personal"] if each["table"] != "민원접수"].count("rrn") == 2


def test_nothing_left_of_the_grammar(city: City) -> None:
    told = city.get(Voices)
    texts = [
        *told.complaints.title,
        *told.complaints.body,
        *told.mayor.title,
        *told.mayor.body,
        *told.mayor.answer,
    ]
    texts += [*told.press.title, *told.press.summary]
    plain = [text for text in texts if "@example.kr" not in text]
    assert [text for text in plain if re.search(r"[@#&^$*{}<>|]|\(으\)|을\(를\)|\\n", text)] == []
    for text in texts:
        text.encode("cp949")


def test_second_delivery_holds_the_first_and_the_new_month(city: City, tmp_path: Path) -> None:
    lines = []
    for delivery in city.deliveries:
        paper = next(iter(voices.papers(city, delivery)))
        assert delivery.stamp in paper.path
        paper.write(tmp_path)
        with (tmp_path / paper.path).open(encoding="cp949", newline="") as file:
            lines.append(list(csv.DictReader(file)))
    first, second = lines
    assert max(row["접수일시"][:7] for row in first) == "2026-09"
    assert len(second) > len(first)
    waiting = {row["접수번호"] for row in first if row["처리상태"] in ("접수", "처리중")}
    answered = {row["접수번호"] for row in second if row["처리상태"] == "답변완료"}
    assert len(waiting & answered) > 0.5 * len(waiting) > 0


def test_the_same_setting_gives_the_same_letters(city: City) -> None:
    again = grown(Setting(seed=7, scale=0.05), "voices").get(Voices)
    told = city.get(Voices)
    assert again.complaints.body == told.complaints.body
    assert again.press.title == told.press.title
    assert again.personal == told.personal


def test_every_defect_is_told_with_the_line_where_its_record_starts(
    written: tuple[Path, list[Defect]],
) -> None:
    folder, defects = written
    path = next((folder / "민원").glob("민원접수_*.csv"))
    text = path.read_text(encoding="cp949").split("\n")
    found = [each for each in defects if each.file.endswith(path.name)]
    assert len({each.rule for each in found}) >= 6
    for each in found:
        assert each.row is not None
        assert text[each.row - 1].startswith("1AA-"), each
