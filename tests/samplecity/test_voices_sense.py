"""Sense of the voices: seasons, sub-subjects, particles and titles, over all texts of the sample city."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

import madang
from madang.samplecity.city import City, Setting
from madang.samplecity.layers import grown
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.voices.grammar import frames
from madang.samplecity.layers.voices.korean import tail, with_particles
from madang.samplecity.layers.voices.model import Voices
from madang.samplecity.layers.voices.topics import common, topics
from madang.samplecity.words import words

pytestmark = pytest.mark.slow

_SEASONS = (  # words, and the months in which alone they may stand
    (r"더운 날씨|무더위에|이 더위", {7, 8}),
    (r"추운 날씨|추위에 |한겨울에", {11, 12, 1, 2, 3}),
    (r"입학했|입학하", {2, 3, 4}),
    (r"구더기|무더위쉼터", {6, 7, 8, 9}),
    (r"한파쉼터", {11, 12, 1, 2}),
    (r"은행나무에서 떨어진", {9, 10, 11, 12}),
    (r"꽃가루와", {4, 5, 6}),
)
_PAIRS = (  # never together in one letter, title included
    (r"윗집|층간", r"현장 소장|공사장|시공"),
    (r"이행강제금", r"영업신고|지위승계"),
    (r"노래연습장|음악을 크게", r"층간|공사장"),
    (r"화장실이 \(", r"음수대"),
    (r"음수대", r"화장실"),
    (r"쉼터라고|쉼터 개방", r"계단이 높"),
    (r"전입신고", r"고지서"),
)


@pytest.fixture(scope="module")
def city() -> City:
    return grown(Setting(seed=7, scale=0.05), "voices")


@pytest.fixture(scope="module")
def letters(city: City) -> list[tuple[int, str]]:
    """Month and text (title and body) of complaints and letters to the mayor."""
    told = city.get(Voices)
    found = []
    for kind in (told.complaints, told.mayor):
        months = kind.received.astype("datetime64[M]").astype(int) % 12 + 1
        found += list(
            zip(
                months.tolist(),
                (f"{a}\n{b}" for a, b in zip(kind.title, kind.body, strict=True)),
                strict=True,
            )
        )
    return found


def test_seasons_are_spoken_of_in_their_months(letters: list[tuple[int, str]]) -> None:
    for pattern, months in _SEASONS:
        found = Counter(month for month, text in letters if re.search(pattern, text))
        assert set(found) <= months, (pattern, found)
    assert any("날씨에" in text for _, text in letters)


def test_what_does_not_belong_together_is_not_in_one_letter(letters: list[tuple[int, str]]) -> None:
    for one, other in _PAIRS:
        assert [t for _, t in letters if re.search(one, t) and re.search(other, t)] == [], (one, other)


def test_noise_is_loud(letters: list[tuple[int, str]]) -> None:
    levels = [int(each) for _, text in letters for each in re.findall(r"(\d+)\s*데시벨", text)]
    assert levels
    assert min(levels) >= 60
    assert max(levels) <= 90


def test_titles_follow_what_the_letter_is_about() -> None:
    """Every first sentence has a title that names its part of the topic, and every condition names a part that exists."""
    names = set(common().registers)
    for topic in topics():
        parts = {part for frame in topic.slots["S"] for part in frame.subjects}
        titled = {part for frame in topic.titles for part in frame.subjects}
        assert parts == titled, topic.id
        pools = [*topic.slots.values(), topic.titles, topic.answers]
        assert {part for pool in pools for frame in pool for part in frame.subjects} <= parts, topic.id
        assert {name for pool in pools for frame in pool for name in frame.not_in} <= names, topic.id
        for frame in topic.slots["S"]:
            for slot in "DHR":
                fitting = [each for each in topic.slots[slot] if each.fits(frame.subjects, 0)]
                assert fitting, (topic.id, slot, frame.front)


def test_registers_keep_to_their_words(city: City) -> None:
    told = city.get(Voices).complaints
    names = common().registers
    for text, register in zip(told.body, told.register.tolist(), strict=True):
        if names[register] == "phone":
            assert "제가 " not in text, text
        if names[register] == "elder":
            assert "앱으로" not in text, text
        if names[register] == "official":
            assert "솔직히" not in text, text
        assert "시간이 제일 심" not in text, text


def test_no_template_fixes_a_particle_behind_a_placeholder() -> None:
    folder = Path(madang.__file__).parent / "content" / "samplecity" / "voices"
    fixed = re.compile(r"[@#$](?:[은는이가을를과와]|으로|로)(?=[ .,…])")
    for path in sorted(folder.glob("*.toml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert [line for line in lines if not line.startswith("#") and fixed.search(line)] == [], path.name
    assert with_particles(frames("(주차난|쓰레기|소음)은 남았다")[1].front) == "쓰레기는 남았다"


def test_particles_sound_right_in_every_text(city: City, letters: list[tuple[int, str]]) -> None:
    """Behind names of things, places and offices, in all that is written but what fingers slipped on."""
    told, press = city.get(Voices), words("voices/press")
    things = {topic.told["thing"] for topic in topics()} | set(press["things"].values())
    things |= (
        {each["name"] for each in press["festivals"]}
        | set(city.get(Ground).dongs.name)
        | {"쓰레기", "소음", "주차난"}
    )
    pattern = re.compile(
        rf"({'|'.join(sorted(things, key=len, reverse=True))})[’'\"]*(은|는|을|를|과|와|으로|로)(?= )"
    )
    texts = [*told.press.title, *told.press.summary, *told.mayor.body, *told.mayor.answer]
    seen = 0
    for text in texts:
        for name, particle in pattern.findall(text):
            end = tail(name)
            closed = end not in (0, 8) if particle in ("으로", "로") else end != 0
            assert (particle in ("은", "을", "과", "으로")) == closed, text
            seen += 1
    assert seen > 20


def test_titles_of_the_press_seldom_repeat(city: City) -> None:
    titles = Counter(city.get(Voices).press.title)
    assert sum(many for many in titles.values() if many > 1) < 0.1 * titles.total()


def test_items_of_the_press_agree_with_themselves(city: City) -> None:
    press = city.get(Voices).press
    for title, tone, department, summary in zip(
        press.title, press.tone, press.department, press.summary, strict=True
    ):
        if re.search(r"못 살겠다|분통|민원 빗발|속앓이", title):
            assert tone == "부정", title
        if "보건소" in title and tone != "부정":
            assert department == "보건행정과", title
        assert "한 달 전보다" not in summary or "지난달" in summary
        assert not re.search(r"구의회는[^.]*입을 모았다", summary)
    repeated = Counter(
        re.sub(r"\d+", "0", part) for text in press.summary for part in re.split(r"(?<=\.) ", text)
    )
    assert repeated.most_common(1)[0][1] < 0.08 * len(press.title)
