"""Korean of the voices: particles and endings against a list made by hand."""

from __future__ import annotations

import pytest

from madang.samplecity.layers.voices.endings import ends
from madang.samplecity.layers.voices.grammar import frames
from madang.samplecity.layers.voices.korean import (
    before_noun,
    infinitive,
    nida,
    noun,
    past,
    plain,
    said,
    soft,
    though,
    with_particles,
    yo,
)
from madang.samplecity.layers.voices.slips import slipped


@pytest.mark.parametrize(
    ("written", "sounds"),
    [
        ("트럭{이} 승용차{이}", "트럭이 승용차가"),
        ("현수막{을} 쓰레기{을}", "현수막을 쓰레기를"),
        ("벌{은} 모기{은}", "벌은 모기는"),
        ("여울역{과} 구청 앞{과} 공원 옆길{과} 나루{과}", "여울역과 구청 앞과 공원 옆길과 나루와"),
        ("꽁초{으로} 물{으로} 흙{으로}", "꽁초로 물로 흙으로"),
        ("버들로 12{이} 버들로 13{을} 버들로 16{으로} 버들로 27{으로}", "버들로 12가 버들로 13을 버들로 16으로 버들로 27로"),
        ("SUV{이}", "SUV가"),
        ("'사용 금지'{이라}", "'사용 금지'라"),
    ],
)  # fmt: skip
def test_particles(written: str, sounds: str) -> None:
    assert with_particles(written) == sounds


@pytest.mark.parametrize(
    ("stem", "kind", "forms"),
    [
        ("막히", "v", ("막힙니다", "막혀요", "막힘", "막힌다", "막히는", "막히는데", "막힌다고")),
        ("위험하", "a", ("위험합니다", "위험해요", "위험함", "위험하다", "위험한", "위험한데", "위험하다고")),
        ("있", "a", ("있습니다", "있어요", "있음", "있다", "있는", "있는데", "있다고")),
        ("어둡", "a", ("어둡습니다", "어두워요", "어두움", "어둡다", "어두운", "어두운데", "어둡다고")),
        ("힘들", "a", ("힘듭니다", "힘들어요", "힘듦", "힘들다", "힘든", "힘든데", "힘들다고")),
        ("흐르", "v", ("흐릅니다", "흘러요", "흐름", "흐른다", "흐르는", "흐르는데", "흐른다고")),
        ("걸", "v", ("겁니다", "걸어요", "걺", "건다", "거는", "거는데", "건다고")),
        ("나", "v", ("납니다", "나요", "남", "난다", "나는", "나는데", "난다고")),
        ("크", "a", ("큽니다", "커요", "큼", "크다", "큰", "큰데", "크다고")),
        ("좁", "a", ("좁습니다", "좁아요", "좁음", "좁다", "좁은", "좁은데", "좁다고")),
    ],
)
def test_endings(stem: str, kind: str, forms: tuple[str, ...]) -> None:
    found = (
        nida(stem), yo(stem, kind), noun(stem), plain(stem, kind), before_noun(stem, kind), though(stem, kind), said(stem, kind)
    )  # fmt: skip
    assert found == forms


@pytest.mark.parametrize(
    ("stem", "forms"),
    [
        ("쌓이", ("쌓였", "쌓인")),
        ("놓", ("놓았", "놓은")),
        ("꺼지", ("꺼졌", "꺼진")),
        ("붓", ("부었", "부은")),
        ("때우", ("때웠", "때운")),
        ("돕", ("도왔", "도운")),
    ],
)
def test_past(stem: str, forms: tuple[str, str]) -> None:
    assert (past(stem), before_noun(stem, "p")) == forms
    assert yo(stem, "p") == forms[0] + "어요"
    assert nida(past(stem)) == forms[0] + "습니다"


def test_asked_and_told() -> None:
    assert though("모르겠", "a") == "모르겠는데"
    assert infinitive("고치") == "고쳐"
    assert soft("치우") == "치우"
    assert "치워 달라고 하심." in ends("치우", "r", "phone")
    assert "열어 주십시오." in ends("열", "r", "polite")
    assert "어디에서 쓰는지 궁금합니다.".endswith(ends("쓰", "q", "polite")[0])
    assert ends("가능하", "Q", "phone")[0] == "가능한지 문의하심."
    assert ends("낙", "n", "phone")[0] == "낙이라고 하심."
    assert ends("상태", "n", "haeyo") == ("상태예요.", "상태네요.", "상태거든요.")


def test_alternatives_are_all_laid_out() -> None:
    found = frames("(승용차|트럭)이 (인도|보도)에 <(서 있|멈춰 있)a>")
    texts = {frame.said("plain", 0) for frame in found}
    assert len(found) == 8
    assert with_particles("승용차{이} 인도에 서 있다.") in {with_particles(text) for text in texts}
    assert with_particles("트럭{이} 보도에 멈춰 있다.") in {with_particles(text) for text in texts}


def test_slips_keep_most_of_the_text() -> None:
    text = "가로등이 며칠째 꺼져 있습니다. 밤길이 어두워 무섭습니다. 고쳐 주세요."
    found = {slipped(text, pick) for pick in range(200)}
    assert len(found) > 40
    assert all(0.7 * len(text) < len(each) <= len(text) + 12 for each in found)
