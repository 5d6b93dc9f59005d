"""The card of a dataset: what it is, who answers for it, who may use it and what it must not be used for."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

from madang.messages import MadangError
from madang.privacy import POLICY

Access = Literal["public", "internal", "restricted"]  # anyone | the municipality | named posts
ACCESS: dict[str, str] = {"public": "공개", "internal": "내부", "restricted": "제한"}

# the 16 themes (대분류) of the public data portal
THEMES = (
    "공공행정", "과학기술", "교육", "교통물류", "국토관리", "농축수산", "문화관광", "법률", "보건의료", "사회복지",
    "산업고용", "식품건강", "재난안전", "재정금융", "통일외교안보", "환경기상",
)  # fmt: skip

LICENCES: dict[str, str] = {
    "unlimited": "이용허락범위 제한 없음",
    "kogl-0": "공공누리 제0유형",
    "kogl-1": "공공누리 제1유형: 출처표시",
    "kogl-2": "공공누리 제2유형: 출처표시, 상업적 이용금지",
    "kogl-3": "공공누리 제3유형: 출처표시, 변경금지",
    "kogl-4": "공공누리 제4유형: 출처표시, 상업적 이용금지, 변경금지",
    "cc-by": "저작자표시(BY)",
    "cc-by-nc": "저작자표시-비영리(BY-NC)",
    "cc-by-nd": "저작자표시-변경금지(BY-ND)",
    "cc-by-nc-nd": "저작자표시-비영리-변경금지(BY-NC-ND)",
    "undecided": "정하지 않음",
}
_TEXT_LIMIT = 5_000


@dataclass(frozen=True)
class Card:
    """What a dataset is. Rejects nonsense when made: MadangError ``card_*`` with the key and what is allowed.

    `personal_data` says what is done with a kind of personal data ("mobile": "keep"), where it is not what
    `privacy.POLICY` says; a resident registration number can only be refused.

    `steward` is a post ("교통과 주차관리팀"), never a person; `provider` the body the data comes from. `rhythm_days` are the days expected between updates.
    `readers` are posts and departments that may read a restricted one; where `own_rows` names a column, a reader sees
    the rows whose column reads one of his own departments or posts, and no other.
    `made_of` are datasets that it was made of by a question: it is as closed as they are, and they stay on every later card.
    `theme` is one of THEMES, alone or followed by " - " and a 중분류. Licences: the keys of LICENCES.
    """

    title: str
    description: str = ""
    theme: str = ""
    steward: str = ""
    provider: str = ""
    licence: str = "undecided"
    access: Access = "internal"
    rhythm_days: int | None = None
    standard: str | None = None
    keywords: tuple[str, ...] = ()
    known_defects: tuple[str, ...] = ()
    not_for: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    own_rows: str = ""
    personal_data: dict[str, str] = field(default_factory=dict)
    made_of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.title.strip() or "\n" in self.title:
            raise MadangError("card_title", key="title", value=self.title)
        for key in ("title", "description", "steward", "provider", "own_rows"):
            if len(getattr(self, key)) > _TEXT_LIMIT:
                length = len(getattr(self, key))
                raise MadangError("card_too_long", key=key, length=f"{length:,}", limit=f"{_TEXT_LIMIT:,}")
        if self.theme and self.theme.split(" - ")[0] not in THEMES:
            raise MadangError("card_theme", key="theme", value=self.theme, choices=", ".join(THEMES))
        if self.licence not in LICENCES:
            raise _choice("licence", self.licence, LICENCES)
        if self.access not in ACCESS:
            raise _choice("access", self.access, ACCESS)
        for kind, action in self.personal_data.items():
            if kind not in POLICY or kind == "rrn":
                raise _choice("personal_data", kind, {each: each for each in POLICY if each != "rrn"})
            if action not in ("keep", "restrict", "mask"):
                raise MadangError(
                    "card_choice", key="personal_data", value=action, choices="keep, restrict, mask"
                )
        if not all(each.strip() for each in self.readers):
            raise MadangError("card_texts", key="readers", value=list(self.readers))
        if self.rhythm_days is not None and not 1 <= self.rhythm_days <= 36_500:
            raise MadangError("card_days", key="rhythm_days", value=self.rhythm_days)

    def to_json(self) -> dict[str, Any]:
        """A JSON object with the names of the fields as stable keys; lists for tuples."""
        return {
            key: list(value) if isinstance(value, tuple) else value for key, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Card:
        """The card of such an object, or of one that the bank kept (with ``by`` and ``at``).

        Raises MadangError ``card_*`` for an unknown key or a wrong type.
        """
        known = {field.name for field in fields(cls)}
        data = {key: value for key, value in data.items() if key not in ("by", "at")}
        for key in data:
            if key not in known:
                raise MadangError("card_key_unknown", key=key, choices=", ".join(sorted(known)))
        if "title" not in data:
            raise MadangError("card_title", key="title", value="")
        return cls(**{key: _typed(key, value) for key, value in data.items()})


def _typed(key: str, value: Any) -> Any:
    if key in ("keywords", "known_defects", "not_for", "readers", "made_of"):
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise MadangError("card_texts", key=key, value=value)
        return tuple(value)
    if key == "rhythm_days":
        if value is not None and type(value) is not int:
            raise MadangError("card_days", key=key, value=value)
        return value
    if key == "personal_data":
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            raise MadangError("card_text", key=key, value=value)
        return value
    if not isinstance(value, str) and not (key == "standard" and value is None):
        raise MadangError("card_text", key=key, value=value)
    return value


def _choice(key: str, value: str, choices: dict[str, str]) -> MadangError:
    return MadangError("card_choice", key=key, value=value, choices=", ".join(choices))
