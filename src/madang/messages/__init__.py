"""One vocabulary of everything Madang says: a code and its parameters become a sentence here and nowhere else.

Core raises ``MadangError(code, **params)`` and records problems by rule; Korean texts stand in ``ko``,
English ones in ``en``, a module for each room, under the same codes (a test keeps the two alike).
"""

from __future__ import annotations

from typing import Any, Literal

from madang.messages import en, ko
from madang.messages.josa import with_josa

Language = Literal["ko", "en"]
_TEXTS: dict[str, dict[str, str]] = {"ko": ko.TEXTS, "en": en.TEXTS}


class MadangError(Exception):
    """An error that a person can act on: a `code` of the vocabulary and the parameters of its sentence."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(text(code, **params))

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self.code, self.params)

    @property
    def about_the_machine(self) -> bool:
        """Whether a disk or another writer is to blame, not what was asked or the file."""
        return self.code.startswith("disk_") or self.code == "conflict"


def _again(code: str, params: dict[str, Any]) -> MadangError:
    return MadangError(code, **params)


class Missing(dict[str, Any]):
    """Parameters of a sentence; one that was not given shows as a dash instead of failing."""

    def __missing__(self, key: str) -> str:
        return "-"


def text(code: str, language: Language = "ko", **params: Any) -> str:
    """The sentence for `code` with `params` filled in; Korean particles are chosen by the word before them.

    A sentence may write ``{column}{을}``: the particle pair is chosen by the last syllable of the word before it.
    Raises KeyError for a code that is not in the vocabulary.
    """
    return with_josa(_TEXTS[language][code], Missing(params))
