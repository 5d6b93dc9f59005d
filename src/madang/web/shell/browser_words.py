"""What the core says to the command line, said to somebody in a browser: where to press instead of what to type."""

from __future__ import annotations

import re
from typing import Any

from madang.messages import Language, text
from madang.messages.josa import printable

_BY_HAND = (  # Korean: what stands in a sentence, what is said in its place
    (r"어느 좌표계인지 `--crs EPSG:번호`로 정하십시오", "‘읽는 방법 고치기’의 ‘좌표계’에서 고르십시오"),
    (r"다르면 `--crs EPSG:번호`로 다시 올리십시오", "다르면 다시 올린 뒤 ‘좌표계’에서 고르십시오"),
    (r"아니면 --crs (.+?)로 다시 올리십시오", r"아니면 ‘좌표계’에서 \1 좌표계를 고르십시오"),
    (r"맞는 좌표계를 --crs로 알려 주십시오", "‘좌표계’에서 맞는 것을 고르십시오"),
    (r"--crs로 알려 주십시오", "‘좌표계’에서 고르십시오"),
    (r"폴더를 통째로 올리려면 `madang deposit --all [^`]*`[을를] 쓰십시오", "폴더 안의 파일을 골라 올리십시오"),
    (r"`madang standards`로 이름을 확인하십시오", "‘표준’ 목록에서 고르십시오"),
    (r"`--as ([^`]*)`(?:으로|로) 올리십시오", r"‘넣을 데이터’ 칸에 새 이름(예: \1)을 적고 ‘다시 읽기’를 누르십시오"),
    (r"`--map [^`]*`[을를] 붙여 다시 올리십시오", "그 열의 ‘표준의 열’을 고르고 ‘다시 읽기’를 누르십시오"),
    (r"`--map [^`]*`[을를] 붙이고", "그 열의 ‘표준의 열’을 고르고"),
    (r"`--standard [^`]*`[을를] 붙이고 바뀐 머리글은 `--map`으로 이으십시오", "‘표준’을 고르고 바뀐 머리글은 ‘표준의 열’에서 이으십시오"),
    (r"`madang standards`에서 맞는 표준을 찾거나 `--standard generic`으로 다시 넣으십시오", "‘표준’에서 맞는 것이나 ‘표준 없음’을 고르고 ‘다시 읽기’를 누르십시오"),
    (r"--text나 --standard generic을 빼십시오", "‘모든 열을 글자 그대로 두기’와 ‘표준 없음’을 풀고 다시 읽으십시오"),
    (r"표준이 있으면 `--standard`로 정하고, 그 열은 `madang standards --json`에서 보십시오", "표준이 있으면 ‘표준’에서 고르십시오"),
    (r" `madang standards --json`에 모두 있습니다\.", ""),
    (r"`--standard`로 표준을 함께 정하십시오", "‘표준’도 함께 고르십시오"),
    (r"다른 표준이면 `--standard`로 정하십시오", "다른 표준이면 ‘표준’에서 고르십시오"),
    (r"없어진 열이면 `madang source forget [^`]*`(?:으로|로) 지우십시오", "없어진 열이면 그대로 두어도 됩니다"),
    (r"이번만 그러려면 --once를, 잊게 하려면 `madang source forget [^`]*`[을를] 쓰십시오", "잊게 하려면 관리자에게 요청하십시오"),
    (r"고치거나 `madang source forget [^`]*`(?:으로|로) 지우십시오", "관리자에게 고쳐 달라고 하십시오"),
    (r"넣고 `madang rekey [^`]*`[을를] 하십시오", "올린 뒤 관리자에게 지역을 다시 이어 달라고 하십시오"),
    (r"더 크면 서버에서 `madang deposit`으로 넣으십시오", "더 크면 나누어 올리거나 관리자에게 맡기십시오"),
    (r"`madang doctor`로 (?:살피고|무엇이 빠졌는지 보고) 백업에서 복원하십시오", "관리자에게 알려 백업에서 복원하게 하십시오"),
    (r"`madang datasets`로 이름을 확인하십시오", "데이터 목록에서 이름을 확인하십시오"),
    (r"`madang problems [^`]*`(?:으로|로) 까닭을 보십시오", "데이터 화면의 ‘문제’에서 까닭을 보십시오"),
    (r"`madang release list`로 목록을 보십시오", "공개 자료 목록에서 찾으십시오"),
    (r"`madang doctor --fix`로 다시 만드십시오", "관리자에게 다시 만들어 달라고 하십시오"),
    (r"Say with `--crs EPSG:NUMBER` which it is", "Choose it under ‘Coordinate system’"),
    (r"deposit again with `--crs EPSG:number`", "upload again and choose it under ‘Coordinate system’"),
    (r"deposit again with --crs (.+?)\. This", r"choose \1 under ‘Coordinate system’. This"),
    (r"Say which with --crs", "Choose it under ‘Coordinate system’"),
    (r"say it with --crs", "choose it under ‘Coordinate system’"),
    (r"To deposit a whole folder use `madang deposit --all [^`]*`", "Choose the files in the folder instead"),
    (r"See `madang standards`", "Choose one from the list of standards"),
    (r"deposit it (?:with )?`--as ([^`]*)`", r"write a new name (like \1) as the dataset and read again"),
    (r"deposit again with `--map [^`]*`", "choose its column of the standard and read again"),
    (r"add `--map [^`]*`", "choose its column of the standard"),
    (r"add `--standard [^`]*` and tell the changed headers by `--map`", "choose that standard and the columns of the changed headers"),
    (r"Look for another in `madang standards`, or deposit again with `--standard generic`", "Choose another standard, or none, and read again"),
    (r"Leave out --text or --standard generic", "Do not keep all columns as text, and choose a standard"),
    (r"Where there is one name it with `--standard`; `madang standards --json` lists its columns", "Where there is one, choose it under ‘Standard’"),
    (r" `madang standards --json` lists them all\.", ""),
    (r"[Nn]ame it with `--standard`", "choose it under ‘Standard’"),
    (r"if the column is gone, run `madang source forget [^`]*`", "if the column is gone, nothing needs to be done"),
    (r"Use --once for this time only, or `madang source forget [^`]*` to forget", "An administrator can have it forgotten"),
    (r"Mend it, or run `madang source forget [^`]*`", "Ask an administrator to mend it"),
    (r"then run `madang rekey [^`]*`", "then ask an administrator to link the areas again"),
    (r"Deposit a larger one on the server with `madang deposit`", "Split a larger one, or ask an administrator"),
    (r"Look with `madang doctor` and restore them from a backup", "Ask an administrator to restore them from a backup"),
    (r"See `madang datasets`", "Look in the list of datasets"),
    (r"see `madang problems [^`]*`", "see the problems on its page"),
    (r"See the list with `madang release list`", "Look in the list of open data"),
    (r"Build it anew: `madang doctor --fix`", "Ask an administrator to build it anew"),
    (r"See with `madang doctor` what is missing and restore it from a backup", "Ask an administrator to restore them from a backup"),
)  # fmt: skip
_SENTENCES = ("because",)  # parameters that are finished sentences of the core themselves
_RULES = tuple((re.compile(pattern), instead) for pattern, instead in _BY_HAND)


def said_in_browser(code: str, language: Language, **params: Any) -> str:
    """The sentence for `code` without commands; what is filled in stays as it is. Raises KeyError as `text` does."""
    kept: dict[str, str] = {}
    marked = {
        name: _Marked(number, in_browser(str(value)) if name in _SENTENCES else value, kept)
        for number, (name, value) in enumerate(params.items())
    }
    sentence = in_browser(text(code, language, **marked))
    for mark, shown in kept.items():
        sentence = sentence.replace(mark, shown)
    return sentence


def in_browser(sentence: str) -> str:
    """A finished sentence of the core without commands: what to do on the page. Only where no code was kept with it."""
    if "--" not in sentence and "madang " not in sentence:
        return sentence
    for pattern, instead in _RULES:
        sentence = pattern.sub(instead, sentence)
    return sentence


class _Marked:
    """A parameter as a mark that no rule knows, ending as the parameter sounds, since particles follow its end."""

    def __init__(self, number: int, value: Any, kept: dict[str, str]) -> None:
        self._number, self._value, self._kept = number, value, kept

    def __str__(self) -> str:
        return self._mark(str(self._value))

    def __format__(self, spec: str) -> str:
        return self._mark(str(self._value) if isinstance(self._value, str) else format(self._value, spec))

    def _mark(self, shown: str) -> str:
        shown = printable(shown)
        end = "zip" if shown.lower().endswith("zip") else next(filter(str.isalnum, reversed(shown)), "")
        mark = f"\ue000{chr(0xE100 + self._number)}\ue001{end}"
        self._kept[mark] = shown
        return mark
