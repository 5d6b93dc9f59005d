"""How predicates end in each register: what is so, what is asked for, what is asked."""

from __future__ import annotations

from functools import cache

from madang.samplecity.layers.voices.korean import (
    before_noun,
    infinitive,
    nida,
    noun,
    past,
    plain,
    said,
    surprised,
    tail,
    though,
    yo,
)

# {n} 습니다, {y} 해요, {e} 명사형, {d} 다, {q} 다고, {b} 관형형, {h} 는데, {s} 네; of nouns {N} the word, {i} 이 after a consonant
_STATE = {
    "polite": ("{n}.", "{n}.", "{y}."),
    "polite S": ("{n}.", "{n}.", "{n}.", "{n}.", "{b} 상황입니다."),
    "haeyo": ("{y}.", "{y}.", "{y}.", "{s}요.", "{h}요.", "{n}."),
    "memo": ("{e}", "{e}", "{e}.", "{e}.", "{n}."),
    "angry": ("{n}!", "{n}.", "{n}.", "{y}!", "{q}요!", "{s}요 정말."),
    "elder": ("{y}.", "{h} ", "{n}.", "{s}요.", "{h}요,", "{y}.."),
    "official": ("{n}.", "{n}.", "{e}."),
    "official S": ("{n}.", "{b} 실정입니다.", "{b} 상황으로,", "{b} 상황입니다."),
    "phone": ("{q} 하심.", "{q} 하심.", "{q} 말씀하심.", "{q} 함.", "{q} 하시며,"),
    "chatty": ("{y}ㅠㅠ", "{s}요...", "{y}", "{h}요;;", "{e}ㅠ", "{y}..", "{s}요ㅋㅋ"),
    "plain": ("{d}.",),
}
_NOUN = {
    "polite": ("{N}입니다.",),
    "haeyo": ("{N}{ye}.", "{N}네요.", "{N}이거든요."),
    "memo": ("{N}임", "{N}임.", "{N}.", "{N}입니다."),
    "angry": ("{N}입니다!", "{N}입니다.", "{N}라니요!"),
    "elder": ("{N}입니다.", "{N}이오.", "{N}인데 ", "{N}이라서요."),
    "official": ("{N}입니다.", "{N}임."),
    "phone": ("{q} 하심.", "{q} 말씀하심.", "{N}임."),
    "chatty": ("{N}{ye}ㅠㅠ", "{N}임;;", "{N}네요..", "{N}인데요ㅠ"),
    "plain": ("{N}이다.",),
}
_ASK = {
    "polite": ("{f} 주시기 바랍니다.", "{f} 주십시오.", "{f} 주시면 감사하겠습니다.", "{f} 주시길 부탁드립니다.", "{f} 주세요.", "{f} 주셨으면 합니다.", "{f} 주시면 좋겠습니다.", "{f} 주실 수 있을까요?", "{f} 주시기를 바랍니다.", "{f} 주실 것을 부탁드립니다."),
    "haeyo": ("{f} 주시면 고맙겠어요.", "{f} 주시길 바라요.", "{f} 주시면 안 될까요?", "{f} 주세요.", "{f} 주시면 좋겠어요.", "{f} 주실 수 있나요?", "{f} 주셨으면 해요.", "{f} 주세요~"),
    "memo": ("{f} 주시길 바람", "{f} 주시면 감사하겠습니다", "{f} 주십시오", "{f} 주시기 바람", "{f} 주세요.", "{f} 주시길", "{f} 주세요", "{f} 주기 바랍니다."),
    "angry": ("당장 {f} 주세요!", "{f} 주십시오!", "제발 좀 {f} 주세요.", "{f} 달라고 몇 번을 말합니까.", "말로만 하지 말고 {f} 주세요!"),
    "elder": ("좀 {f} 주소.", "꼭 좀 {f} 주시오.", "{f} 주시면 고맙겠네요.", "{f} 주시기를 바라오.", "{f} 주시구려."),
    "official": ("조속히 {f} 주시기 바랍니다.", "{f} 주실 것을 요청합니다.", "{f} 주시기를 건의합니다.", "{f} 주실 것을 청원합니다.", "{f} 주시기 바랍니다.", "{f} 주실 것을 건의드립니다."),
    "phone": ("{f} 달라고 하심.", "{f} 주기를 요청하심.", "{f} 줄 것을 요구하심.", "{f} 달라고 여러 차례 말씀하심.", "{f} 주길 바란다고 하심."),
    "chatty": ("{f} 주세요ㅠㅠ", "{f} 주시면 안 될까요?", "{f} 주세요!!", "제발 {f} 주세요ㅠ", "{f}주세용"),
}  # fmt: skip
_QUESTION = {
    "polite": ("{k} 궁금합니다.", "{k} 문의드립니다.", "{k} 알고 싶습니다.", "{k} 여쭙니다."),
    "haeyo": ("{k} 궁금해요.", "{k} 여쭤봐요.", "{k} 알 수 있을까요?", "{k} 모르겠어요."),
    "memo": ("{k} 문의", "{k} 문의드림", "{k} 확인 부탁드립니다"),
    "angry": ("{k} 속 시원히 말 좀 해 보세요!", "{k} 아무도 대답을 못 합니다.", "{k} 똑바로 답하세요."),
    "elder": ("{k} 통 모르겠어요.", "{k} 좀 가르쳐 주시오.", "{k} 알아야 말이지요."),
    "official": ("{k} 질의합니다.", "{k} 회신 바랍니다.", "{k} 법적 근거와 함께 답변 바랍니다."),
    "phone": ("{k} 문의하심.", "{k} 물어보심.", "{k} 궁금하다고 하심."),
    "chatty": ("{k} 아시는 분?", "{k} 궁금해요ㅎㅎ", "{k} 모르겠어요ㅠㅠ"),
}


@cache
def ends(stem: str, kind: str, register: str, slot: str = "") -> tuple[str, ...]:
    """All ways in which a predicate may end; `register` "plain" is that of newspapers."""
    if kind == "r":
        made = infinitive(stem)
        return tuple(each.format(f=made).replace("하여 주", "해 주") for each in _ASK[register])
    if kind in "qQm":
        asked = stem + "인지" if kind == "m" else before_noun(stem, "v" if kind == "q" else "a") + "지"
        return tuple(each.format(k=asked) for each in _QUESTION[register])
    if kind == "n":
        end = "이에요" if tail(stem) else "예요"
        return tuple(
            _noun_joined(each, stem).format(N=stem, ye=end, q=said(stem, "n")) for each in _NOUN[register]
        )
    told = (
        _STATE.get(f"{register} {slot}", _STATE[register])
        if kind == "v" or stem.endswith(" 있")
        else _STATE[register]
    )
    return tuple(each.format(**_forms(stem, kind)) for each in told)


def _noun_joined(pattern: str, stem: str) -> str:
    """이 falls after a vowel in 이거든요, 이오, 이라서, and stands after a consonant in 이네요, 이라니요."""
    if tail(stem):
        return pattern.replace("{N}네요", "{N}이네요").replace("{N}라니요", "{N}이라니요")
    return (
        pattern.replace("{N}이거든요", "{N}거든요")
        .replace("{N}이라서요", "{N}라서요")
        .replace("{N}이다", "{N}다")
    )


def _forms(stem: str, kind: str) -> dict[str, str]:
    base = past(stem) if kind == "p" else stem
    return {
        "n": nida(base),
        "y": yo(stem, kind),
        "e": noun(base),
        "d": plain(stem, kind),
        "q": said(stem, kind),
        "b": before_noun(stem, kind),
        "h": though(stem, kind),
        "s": surprised(stem, kind),
    }
