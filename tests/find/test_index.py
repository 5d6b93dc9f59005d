"""Search as people type it: what is found, in which field, for which reason."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
import statistics
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.find import Doc, Hit, Index, Synonyms
from madang.messages import MadangError

CITY = [
    Doc("parking", "도봉구 공영 주차장 정보", "노상과 노외", ("주차장명", "주차구획수"), "주차장", "서울특별시 도봉구", 3),
    Doc("toilet", "공중화장실", "개방 시간", ("화장실명", "개방시간"), "공중화장실", "도봉구", 1),
    Doc("library", "도봉구 도서관 현황", "", ("도서관명", "열람좌석수"), "도서관", "도봉구", 1),
    Doc("people", "주민등록 연령별 인구", "", ("행정구역", "총인구수"), "주민등록인구", "행정안전부", 2),
    Doc("roads", "노선 대장", "도서 관리", ("노선",), "", "도봉구", 1),
    Doc("bus", "Bus Stop 위치 100%", "snake_case", ("정류장 ID",), "", "교통과", 1),
]  # fmt: skip


@pytest.fixture
def index(tmp_path: Path) -> Index:
    index = Index(tmp_path / "cache" / "search.db")
    assert index.rebuild(CITY) == len(CITY)
    return index


def first(index: Index, text: str) -> tuple[str, str, str] | None:
    hits = index.search(text)
    return (hits[0].id, hits[0].field, hits[0].reason) if hits else None


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("주차장", ("parking", "title", "exact")),
        ("공영주차장", ("parking", "title", "exact")),  # stands there with a blank between
        ("주차장 도봉구", ("parking", "title", "exact")),
        ("공영주차", ("parking", "title", "synonym")),
        ("공용주차장", ("parking", "title", "synonym")),
        ("주자장", ("parking", "title", "typo")),
        ("주차쟝", ("parking", "title", "synonym")),  # 주차 at its head is asked for 주차장
        ("도셔관", ("library", "title", "typo")),
        ("ㅈㅊㅈ", ("parking", "title", "initials")),
        ("ㅊㅈ", ("parking", "title", "initials")),  # below three letters the index of trigrams is no help
        ("주차ㅈ", ("parking", "title", "partial")),
        ("주찾", ("parking", "title", "partial")),
        ("wnckwkd", ("parking", "title", "keyboard")),
        ("구획수", ("parking", "columns", "exact")),
        ("노외", ("parking", "description", "exact")),
        ("변소", ("toilet", "title", "synonym")),
        ("책", ("library", "title", "synonym")),
        ("행정안전부", ("people", "provider", "exact")),
        ("행정안전부 인구", ("people", "title", "exact")),
        ("bus stop", ("bus", "title", "exact")),
        ("BUSSTOP", ("bus", "title", "exact")),
        ("100%", ("bus", "title", "exact")),
        ("차", ("parking", "title", "exact")),
    ],
)
def test_people_find_what_they_mean(index: Index, typed: str, answer: tuple[str, str, str]) -> None:
    assert first(index, typed) == answer


def test_a_car_park_is_found_from_another_word_for_it(tmp_path: Path) -> None:
    index = Index(tmp_path / "search.db")
    index.rebuild([Doc("a", "노상 주차장 현황"), Doc("b", "도서관 현황")])
    for typed in ("공영주차", "공영주차안내", "공영 주차", "파킹", "차 세울 곳"):
        assert [(hit.id, hit.reason) for hit in index.search(typed)] == [("a", "synonym")], typed


def test_synonyms_that_are_only_asked_for_lead_one_way(index: Index) -> None:
    index.put(Doc("books", "책임 감리 현황"))
    assert [hit.id for hit in index.search("도서관")] == ["library"]


def test_a_slip_in_a_title_without_blanks(tmp_path: Path) -> None:
    index = Index(tmp_path / "search.db")
    index.rebuild([Doc("a", "전국무인민원발급기표준데이터"), Doc("b", "전국도서관표준데이터")])
    assert [(hit.id, hit.reason) for hit in index.search("무인민언발급기")] == [("a", "typo")]


def test_letters_across_a_blank_are_not_the_word(index: Index) -> None:
    """도서 관리 holds the letters of 도서관, but not the word; 공영 주차장 is 공영주차장."""
    assert [hit.id for hit in index.search("도서관")] == ["library"]
    assert "roads" in {hit.id for hit in index.search("도서관리")}


def test_a_title_that_is_the_word_comes_first(index: Index) -> None:
    index.put(Doc("long", "공중화장실 청소 위탁 업체 현황"))
    assert [hit.id for hit in index.search("공중화장실")][:2] == ["toilet", "long"]


def test_all_words_must_answer_and_else_the_most(index: Index) -> None:
    assert {hit.id for hit in index.search("도봉구 도서관")} == {"library"}
    assert index.search("도봉구 도서관 쿄쿄쿄쿄쿄")[0].id == "library"


def test_the_text_that_answered_is_told(index: Index) -> None:
    (hit,) = index.search("열람좌석수")
    assert hit == Hit(
        "library", "도봉구 도서관 현황", "columns", "exact", "열람좌석수", 4.5
    )  # 3 x 1.5, the whole


def test_nothing_is_found_from_nothing(index: Index) -> None:
    for typed in ("", "   ", '"', "***", "쿄쿄쿄쿄쿄", "ㅋㅋㅋㅋ"):
        assert index.search(typed) == [], typed
    assert index.search("주차장", limit=0) == []


def test_put_replaces_and_remove_removes(index: Index) -> None:
    index.put(Doc("library", "작은 서재 목록", version=2))
    assert first(index, "서재") == ("library", "title", "exact")
    assert "library" not in {hit.id for hit in index.search("열람좌석수")}
    assert index.versions()["library"] == 2
    index.remove("library")
    index.remove("library")
    assert index.search("서재") == []
    assert set(index.versions()) == {doc.id for doc in CITY} - {"library"}


def test_typos_know_of_what_was_put_since(index: Index) -> None:
    assert index.search("배슈펌프장") == []
    index.put(Doc("pump", "배수펌프장"))
    assert first(index, "배슈펌프장") == ("pump", "title", "typo")
    Index(index.path).rebuild([Doc("other", "빗물받이")])
    assert index.search("배슈펌프장") == []


def test_the_workspace_may_have_its_own_synonyms(tmp_path: Path) -> None:
    index = Index(tmp_path / "search.db", Synonyms({"거점": frozenset({"도서관"})}))
    index.rebuild(CITY)
    assert first(index, "거점") == ("library", "title", "synonym")


HOSTILE = ['"', "*", "a NEAR b", "NEAR(주차장, 2)", "title:주차장", "a OR", "AND", "^주", "(((", "%", "_", "\0", "'; DROP TABLE doc;--",
           "주" * 10_000, "가 " * 500, "\ud800", "{title} : x", "+ - ~", "\n", "🙂🙂🙂", "ㅈ" * 500, "ﷺ", "a\0b"]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_hostile_words_never_raise(index: Index, typed: str) -> None:
    index.search(typed)
    index.put(Doc("x", typed or "x", typed, (typed,), typed, typed))
    index.search(typed)
    assert first(index, "주차장") is not None
    assert set(index.versions()) == {doc.id for doc in CITY} | {"x"}


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_asked(index: Index, typed: str) -> None:
    assert all(isinstance(hit, Hit) for hit in index.search(typed))


def test_a_missing_or_damaged_index_says_so_and_is_rebuilt(tmp_path: Path) -> None:
    index = Index(tmp_path / "search.db")
    assert not index.ready()
    with pytest.raises(MadangError) as raised:
        index.search("주차장")
    assert raised.value.code == "search_index_broken"
    index.path.write_bytes(b"no database at all" * 1000)
    assert not index.ready()
    assert index.versions() == {}
    index.rebuild(CITY)
    assert index.ready()
    with open(index.path, "r+b") as stream:  # the middle of the file overwritten
        stream.seek(8192)
        stream.write(b"\xff" * 20_000)
    assert not index.ready()
    index.put(CITY[0])
    assert index.ready()
    assert set(index.versions()) == {"parking"}


def test_a_rebuild_that_fails_leaves_the_old_index(index: Index) -> None:
    def failing() -> Iterator[Doc]:
        yield Doc("new", "새 자료")
        raise ValueError("the bank went away")

    with pytest.raises(ValueError, match="went away"):
        index.rebuild(failing())
    assert set(index.versions()) == {doc.id for doc in CITY}
    assert index.rebuild(CITY) == len(CITY)


def _die_while_rebuilding(path: Path) -> None:
    def docs() -> Iterator[Doc]:
        yield Doc("new", "새 자료")
        os._exit(9)

    Index(path).rebuild(docs())


def _die_while_putting(path: Path) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA cache_spill = 1")
    db.execute("PRAGMA cache_size = 1")
    db.execute("BEGIN IMMEDIATE")
    db.execute("UPDATE doc SET title = title || hex(randomblob(20000))")
    os._exit(9)  # leaves a journal that the next reader must roll back


@pytest.mark.slow
@pytest.mark.parametrize("death", [_die_while_rebuilding, _die_while_putting])
def test_a_writer_that_dies_leaves_the_old_index(index: Index, death: object) -> None:
    process = multiprocessing.get_context("spawn").Process(target=death, args=(index.path,))  # type: ignore[arg-type]
    process.start()
    process.join(30)
    assert process.exitcode == 9
    assert first(index, "주차장") == ("parking", "title", "exact")
    assert index.rebuild(CITY[:2]) == 2
    assert set(index.versions()) == {"parking", "toilet"}


def test_readers_see_the_new_index_at_once(index: Index) -> None:
    other = Index(index.path)
    other.rebuild([Doc("fresh", "새로 지은 주차장")])
    assert [hit.id for hit in index.search("주차장")] == ["fresh"]


@pytest.mark.slow
def test_five_thousand_titles_answer_within_ten_milliseconds(tmp_path: Path) -> None:
    places = [
        f"{name}구"
        for name in ("도봉", "광산", "종로", "강남", "해운대", "수영", "팔달", "덕진", "완산", "북")
    ]
    kinds = ("공영", "노상", "무료", "작은", "개방", "마을", "우수", "임시", "민간", "야간")
    things = ("주차장", "화장실", "도서관", "공원", "약국", "병원", "가로등", "인구", "민원", "하천")
    forms = ("현황", "정보", "목록", "통계", "요금")
    titles = [" ".join(words) for words in product(places, kinds, things, forms)]
    assert len(titles) == 5000
    index = Index(tmp_path / "search.db")
    index.rebuild(
        Doc(f"d{at}", title, f"{title} 자료입니다.", ("시설명", "주소", "위도", "경도"))
        for at, title in enumerate(titles)
    )
    best = []
    for typed in (
        "주차장",
        "공용주차장",
        "주자장",
        "주차쟝",
        "ㅈㅊㅈ",
        "도봉구 도서관",
        "현황",
        "강",
        "wnckwkd",
        "쿄쿄쿄",
    ):
        seconds = []
        for _ in range(7):
            began = time.perf_counter()
            index.search(typed)
            seconds.append(time.perf_counter() - began)
        best.append(min(seconds))
    assert statistics.median(best) < 0.010
