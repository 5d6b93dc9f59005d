"""What is done with each kind unless the card says otherwise, and why. The laws are settings: they change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from madang.messages import text
from madang.privacy.patterns import Kind

# keep      stays as it is
# restrict  stays in the bank, shown masked to everybody without the right to see it, never indexed or exported
# mask      the number is replaced before anything is stored
# refuse    the table is not taken; single cells elsewhere are masked
Action = Literal["keep", "restrict", "mask", "refuse"]


@dataclass(frozen=True)
class Policy:
    """The default for one kind. `law` is a setting: the article as of the year in it, to be checked by the office."""

    kind: Kind
    action: Action
    law: str

    @property
    def reason(self) -> str:
        """Why, as one Korean sentence."""
        return text(f"privacy_policy_{self.kind}")


_ACT = "개인정보 보호법 {}(2023. 9. 15. 시행)"
_UNIQUE, _RRN, _SAFE, _SCOPE = (_ACT.format(a) for a in ("제24조", "제24조의2", "제29조", "제2조제1호"))

POLICY: Mapping[Kind, Policy] = MappingProxyType(
    {
        policy.kind: policy
        for policy in (
            Policy("rrn", "refuse", _RRN),
            Policy("rrn_masked", "mask", _SCOPE),
            Policy("licence", "mask", _UNIQUE),
            Policy("passport", "mask", _UNIQUE),
            Policy("card", "mask", _SAFE),
            Policy("account", "mask", _SAFE),
            Policy("insurance", "mask", _SAFE),
            Policy("mobile", "restrict", _SCOPE),
            Policy("landline", "restrict", _SCOPE),
            Policy("hotline", "keep", _SCOPE),
            Policy("email", "restrict", _SCOPE),
            Policy("vehicle", "restrict", _SCOPE),
            Policy("name", "restrict", _SCOPE),
            Policy("birth", "restrict", _SCOPE),
        )
    }
)
