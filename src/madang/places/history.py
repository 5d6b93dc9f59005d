"""How codes of areas changed: renamed, merged and split areas, forwards and backwards between two days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

ChangeKind = Literal["rename", "merge", "split"]
# how a code came to be its successor, the worst of a chain; later ones are worse
KINDS = ("same", "rename", "merge", "split", "coarser", "undecided", "unknown")
_LENGTHS = (2, 5, 8, 10)


@dataclass(frozen=True)
class CodeChange:
    """One pair of a declared change: codes that begin with `old` begin with `new` from `effective` on.

    `tail`: the digits behind are kept; else they were given anew and only the area `new` is known. `exact`: meant for
    the area itself, not for what lies in it. Several changes of one day with one `old` are a split, whose `weight` is
    the share (of people) that went to `new`. `verified` False: from memory, used only when asked for.
    """

    effective: date
    old: str
    new: str
    kind: ChangeKind
    tail: bool = True
    exact: bool = False
    weight: float | None = None
    label: str = ""
    source: str = ""
    verified: bool = True


@dataclass(frozen=True)
class NameAlias:
    """An old and a new name of one place; `within` limits it to a 시도 ("남구" of 인천광역시 is 미추홀구).

    `part`: the one is only a part of the other (전라남도 of 전남광주통합특별시), so the names lead to the dongs in them and
    never from one area to the other as a whole.
    """

    old: str
    new: str
    within: str = ""
    part: bool = False


@dataclass(frozen=True)
class Rekeyed:
    """Successors of codes: `index` is the row of the input, `weight` sums to 1 over the rows of one index.

    `kind` is one of KINDS. "undecided" (a split without weights) and "unknown" rows keep their code; "coarser" ones
    have the code of the 시군구, since the digits behind it were given anew.
    """

    index: np.ndarray
    code: pa.Array
    weight: np.ndarray
    kind: pa.Array
    verified: np.ndarray  # False where a change from memory was used
    skipped: tuple[str, ...] = ()  # labels of unverified changes that would have touched these codes


@dataclass(frozen=True)
class _Step:
    code: str
    weight: float = 1.0
    kind: str = "same"
    verified: bool = True


@dataclass(frozen=True)
class CodeHistory:
    """The changes of codes in the order of their days. The same rules serve 행정동 and 법정동 codes."""

    changes: tuple[CodeChange, ...]
    _days: dict[date, list[CodeChange]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        days: dict[date, list[CodeChange]] = {}
        for change in sorted(self.changes, key=lambda each: each.effective):
            days.setdefault(change.effective, []).append(change)
        object.__setattr__(self, "_days", days)

    def rekey(
        self,
        codes: pa.Array | pa.ChunkedArray,
        since: date | None,
        until: date,
        *,
        weights: Mapping[tuple[str, str], float] | None = None,
        known: pa.Array | None = None,
        trust_unverified: bool = False,
    ) -> Rekeyed:
        """The codes as of `until` for codes as of `since` (2, 5, 8 or 10 digits, of 행정안전부), rows of one input together.

        `since` None: a file that mixes generations; each code is brought to `until` from whichever side it is of.
        `until` before `since` goes backwards: what was merged is then a split. `weights` gives the shares of splits,
        by (code before, code after), for whole areas; a split with neither those nor declared ones is "undecided".
        `known` are the codes that exist on `until`; what is not among them at the end is "unknown". Null stays null.
        """
        array = codes.combine_chunks() if isinstance(codes, pa.ChunkedArray) else codes
        coded = array.cast(pa.string()).dictionary_encode()
        existing = set(known.cast(pa.string()).to_pylist()) if known is not None else None
        walk = _Walk(self._days, since, until, weights or {}, existing, trust_unverified)
        found = [walk.successors(code) for code in coded.dictionary.to_pylist()]
        return _spread(coded, found, tuple(sorted(walk.skipped)))


class _Walk:
    """The walk of one code through the days between `since` and `until`, in either direction."""

    def __init__(
        self,
        days: Mapping[date, list[CodeChange]],
        since: date | None,
        until: date,
        weights: Mapping[tuple[str, str], float],
        known: set[str] | None,
        trust: bool,
    ) -> None:
        self.weights = weights
        self.known = known
        self.trust = trust
        self.skipped: set[str] = set()
        self.mixed = since is None
        every = [change for changes in days.values() for change in changes]
        self.reused = {change.old for change in every} & {change.new for change in every}
        back = [day for day in sorted(days, reverse=True) if day > until and (since is None or day <= since)]
        forth = [day for day in sorted(days) if day <= until and (since is None or day > since)]
        self.steps = [*(_reversed(days[day]) for day in back), *(days[day] for day in forth)]

    def successors(self, code: str) -> list[_Step]:
        if self.mixed and self.known is not None and code in self.known:
            return [_Step(code)]
        if len(code) not in _LENGTHS or not code.isdigit():
            return [_Step(code, kind="unknown")]
        steps = [_Step(code)]
        for changes in self.steps:
            steps = _united(after for step in steps for after in self._after(step, changes))
        return [self._judged(step) for step in steps]

    def _judged(self, step: _Step) -> _Step:
        """ "unknown" where the code does not exist at the end; a split that nobody could decide stays that."""
        if self.known is None or step.code in self.known or step.kind == "undecided":
            return step
        return replace(step, kind="unknown")

    def _after(self, step: _Step, changes: list[CodeChange]) -> list[_Step]:
        if step.kind == "undecided":
            return [step]
        found = _matching(step.code, changes)
        if not self.trust:
            self.skipped |= {change.label or change.old for change in found if not change.verified}
            found = _matching(step.code, [change for change in changes if change.verified])
        if not found:
            return [step]
        if self.mixed and any(change.old in self.reused for change in found):
            return [replace(step, kind="undecided")]
        shares = self._shares(found)
        if shares is None:
            return [replace(step, kind="undecided")]
        return [
            _moved(step, change, share, len(found) > 1, changes)
            for change, share in zip(found, shares, strict=True)
        ]

    def _shares(self, found: list[CodeChange]) -> list[float] | None:
        """What part goes to each successor, summing to 1; None where nobody says."""
        if len(found) == 1:
            return [1.0]
        given = [self.weights.get((change.old, change.new), change.weight) for change in found]
        known = [share for share in given if share is not None and share >= 0]
        total = sum(known)
        return [share / total for share in known] if len(known) == len(found) and total > 0 else None


def _reversed(changes: list[CodeChange]) -> list[CodeChange]:
    """The changes of a day, the other way; a dong whose new digits are not known cannot be found back."""
    return [
        replace(change, old=change.new, new=change.old, weight=None)
        for change in changes
        if change.tail or len(change.old) <= len(change.new)
    ]


def _matching(code: str, changes: list[CodeChange]) -> list[CodeChange]:
    """The changes of one day that speak of `code`: those with the longest beginning of it."""
    fitting = [
        change
        for change in changes
        if code.startswith(change.old) and (not change.exact or not code[len(change.old) :].strip("0"))
    ]
    longest = max((len(change.old) for change in fitting), default=0)
    return list({change.new: change for change in fitting if len(change.old) == longest}.values())


def _moved(step: _Step, change: CodeChange, share: float, split: bool, changes: list[CodeChange]) -> _Step:
    """`step` after one change. Where digits were given anew the area itself is all that is known."""
    length = len(step.code)
    if change.tail:
        code, coarser = change.new + step.code[len(change.old) :], False
    else:
        code, coarser = change.new[:length].ljust(length, "0"), bool(step.code[len(change.new) :].strip("0"))
    several = len({each.old for each in changes if each.new == change.new}) > 1
    kind = "coarser" if coarser else "split" if split else "merge" if several else "rename"
    return _Step(code, step.weight * share, _worse(step.kind, kind), step.verified and change.verified)


def _united(steps: Iterable[_Step]) -> list[_Step]:
    """Parts that came together again are one."""
    found: dict[str, _Step] = {}
    for step in steps:
        before = found.setdefault(step.code, step)
        if before is not step:
            kind = _worse(before.kind, step.kind)
            verified = before.verified and step.verified
            found[step.code] = _Step(step.code, before.weight + step.weight, kind, verified)
    return list(found.values())


def _worse(one: str, other: str) -> str:
    return max(one, other, key=KINDS.index)


def _spread(coded: pa.DictionaryArray, found: list[list[_Step]], skipped: tuple[str, ...]) -> Rekeyed:
    """From the distinct codes back to rows: a row of the input has as many rows as its code has successors."""
    counts = np.array([len(steps) for steps in found] + [1])  # the last: null
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    flat = [step for steps in found for step in steps]
    codes = pa.array([*(step.code for step in flat), None], pa.string())
    weights = np.array([*(step.weight for step in flat), 1.0])
    kinds = pa.array([*(step.kind for step in flat), None], pa.string())
    rows = pc.fill_null(coded.indices, len(found)).to_numpy(zero_copy_only=False)
    index = np.repeat(np.arange(len(rows)), counts[rows])
    first = np.cumsum(counts[rows]) - counts[rows]
    at = np.repeat(starts[rows], counts[rows]) + np.arange(len(index)) - np.repeat(first, counts[rows])
    verified = np.array([*(step.verified for step in flat), True])
    rows_at = pa.array(at)
    return Rekeyed(index, codes.take(rows_at), weights[at], kinds.take(rows_at), verified[at], skipped)
