"""Korean and English texts: the same codes with the same parameters."""

from __future__ import annotations

import re
from pathlib import Path

from madang.messages import en, josa, ko

PARTICLES = set(josa._PAIRS)


def parameters(text: str) -> set[str]:
    return set(re.findall(r"\{(\w+)[:}]", text)) - PARTICLES


def test_both_languages_have_the_same_codes() -> None:
    assert set(ko.TEXTS) == set(en.TEXTS)


def test_both_languages_tell_the_same_parameters() -> None:
    differing = {
        code: (parameters(ko.TEXTS[code]), parameters(en.TEXTS[code]))
        for code in set(ko.TEXTS) & set(en.TEXTS)
        if parameters(ko.TEXTS[code]) != parameters(en.TEXTS[code])
    }
    assert differing == {}


def test_korean_sentences_are_korean() -> None:
    words = {code: re.sub(r"\{[^}]*\}", "", text) for code, text in ko.TEXTS.items()}
    assert [
        code
        for code, text in words.items()
        if re.search(r"[A-Za-z]", text) and not re.search("[가-힣]", text)
    ] == []


def test_particles_are_left_to_the_one_function_for_them() -> None:
    """`{column}을` would be wrong after half of all words: it must be `{column}{을}`."""
    loose = re.compile(r"\}['\"`」』]*(?:을|를|은|는|이|가|과|와)(?=[ ,.]|$)")
    assert [code for code, text in ko.TEXTS.items() if loose.search(text)] == []


def test_a_particle_follows_a_field() -> None:
    """After a fixed word it is written out: a pair there would be taken for a parameter."""
    pair = re.compile(r"\{(?:" + "|".join(PARTICLES) + r")\}")
    assert [code for code, text in ko.TEXTS.items() if pair.search(josa._FIELD.sub("", text))] == []


def test_every_code_is_said_somewhere() -> None:
    """By its whole name, or by its beginning where the rest is filled in ("type_" + …, f"step_{…}")."""
    root = Path(josa.__file__).parents[1]
    files = [*root.rglob("*.py"), *root.rglob("*.html")]
    texts = (ko.__path__[0], en.__path__[0])
    source = "\n".join(path.read_text("utf-8") for path in files if not str(path).startswith(texts))
    whole = set(re.findall(r"\w+", source))
    begun = tuple(set(re.findall(r"""["']([a-z][a-z_]*_)(?:\{|["'])""", source)))
    assert [code for code in ko.TEXTS if code not in whole and not code.startswith(begun)] == []


def test_no_code_is_written_twice() -> None:
    for language in (ko, en):
        rooms = [path for place in language.__path__ for path in Path(place).glob("*.py")]
        codes = [
            code
            for path in rooms
            for code in re.findall(r'^    "(\w+)":', path.read_text(encoding="utf-8"), re.MULTILINE)
        ]
        assert len(codes) > 200
        assert len(codes) == len(set(codes))
