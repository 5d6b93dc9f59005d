"""Names of places in letters: the longest name of a gazetteer that begins a word, and whether it means one place."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from madang.messages import MadangError

Progress = Callable[[int, int, str], None]
# only: the one place of that name. within: the one of several that lies in another place the letter names.
# ambiguous: several places have that name and nothing in the letter decides.
HOWS = ("only", "within", "ambiguous")
_SPANNED = 4  # names of so many characters are found with blanks in them, too
_SHORT = 3  # names of so few are names only where a particle or no Korean letter follows
_AT_ONCE = 2_000
_FOLLOWS = re.compile(
    r"$|[^가-힣0-9A-Za-z]|(?:에서|에게|에는|에도|에|의|을|를|이라|이나|이고|이며|이|가|은|는|으로|로|와|과|도|만|까지|부터|마다|보다|께서"
    r"|내|안|앞|뒤|옆|쪽|밑|위|근처|부근|인근|주변|일대|건너|맞은|입구|사거리|삼거리|방면|방향|주민|거주|사는|정문|후문)"
)
_BEGINS = re.compile(r"(?<![가-힣0-9A-Za-z])[가-힣0-9A-Za-z]")
_SCHEMA = pa.schema(
    [
        ("letter", pa.int64()), ("start", pa.int64()), ("end", pa.int64()), ("name", pa.string()),
        ("id", pa.string()), ("how", pa.string()), ("candidates", pa.list_(pa.string())),
    ]
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A place of the gazetteer. `within`: ids of places it lies in or at (its 행정동, its road)."""

    id: str
    name: str
    within: frozenset[str] = frozenset()


class Gazetteer:
    """Names of areas, roads and facilities, ready to be found in texts. A place with several names is given several times.

    Blanks and middle dots in names do not count. Names of one character are left out. Raises
    MadangError("gazetteer_empty") where none is left. Memory: the names, once.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._of_name: dict[str, list[Place]] = {}
        for place in places:
            key = _squeezed(place.name)
            if len(key) > 1 and place.id not in [each.id for each in self._of_name.get(key, ())]:
                self._of_name.setdefault(key, []).append(place)
        if not self._of_name:
            raise MadangError("gazetteer_empty")
        lengths: dict[str, set[int]] = {}
        for key in self._of_name:
            lengths.setdefault(key[:2], set()).add(len(key))
        self._lengths = {head: sorted(found, reverse=True) for head, found in lengths.items()}

    def mentions(
        self, texts: Iterable[str | None], *, whole: int = 0, progress: Progress | None = None
    ) -> pa.Table:
        """Every name found in texts, in reading order: letter (row), start and end in it, name, id, how, candidates.

        A name begins where a word begins or another name ends, and the longest that fits is taken; of names of up to
        three characters only those that a particle, a word of place or another name follows. Start and end count
        characters of the text in NFC. `id` is null where `how` is ambiguous;
        `candidates` are the ids of all places of that name. Bound: the mentions found; texts are not kept.
        """
        batches, rows = [], []
        letter = -1
        for letter, text in enumerate(texts):
            rows.extend(self._of_letter(letter, unicodedata.normalize("NFC", text or "")))
            if letter % _AT_ONCE == _AT_ONCE - 1:
                batches.append(pa.RecordBatch.from_pylist(rows, schema=_SCHEMA))
                rows = []
                if progress:
                    progress(letter + 1, max(whole, letter + 1), "places")
        batches.append(pa.RecordBatch.from_pylist(rows, schema=_SCHEMA))
        return pa.Table.from_batches(batches, schema=_SCHEMA)

    def _of_letter(self, letter: int, text: str) -> list[dict[str, Any]]:
        found = [(start, end, self._of_name[key]) for start, end, key in self._found(text)]
        named = {places[0].id for *_, places in found if len(places) == 1}
        rows = []
        for start, end, places in found:
            inside = [place for place in places if place.within & named]
            chosen = places if len(places) == 1 else inside
            how = "only" if len(places) == 1 else "within" if len(inside) == 1 else "ambiguous"
            rows.append(
                {
                    "letter": letter,
                    "start": start,
                    "end": end,
                    "name": text[start:end],
                    "id": None if how == "ambiguous" else chosen[0].id,
                    "how": how,
                    "candidates": [place.id for place in places],
                }
            )
        return rows

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        squeezed, at = _without_blanks(text)
        last = 0
        for begin in _BEGINS.finditer(text):
            start = bisect_left(at, begin.start())
            while start >= last and (found := self._longest(text, squeezed, at, start)):
                yield at[start], at[start + len(found) - 1] + 1, found
                start = last = start + len(found)

    def _longest(self, text: str, squeezed: str, at: list[int], start: int) -> str:
        for length in self._lengths.get(squeezed[start : start + 2], ()):
            key, after = squeezed[start : start + length], start + length
            if key not in self._of_name or len(key) < length:
                continue
            end = at[after - 1] + 1
            if not _whole(text, at[start], end, length):
                continue
            if length > _SHORT or _FOLLOWS.match(text, end) or self._longest(text, squeezed, at, after):
                return key
        return ""


def _whole(text: str, start: int, end: int, length: int) -> bool:
    """Whether what stands there is the name and no beginning of a longer number, nor a short name over a blank."""
    if length < _SPANNED and end - start > length:
        return False
    return not (text[end - 1].isdigit() and text[end : end + 1].isdigit())


def place_of_letters(
    mentions: pa.Table, letters: int, ranks: Mapping[str, int]
) -> tuple[list[str | None], list[str]]:
    """One place for each letter: of the decided mentions the one of the best rank (0 is best; the first named of equals).

    `ranks`: id -> rank, as facility before road before area; ids without a rank are not taken. Returns ids (None where
    there is none) and how: "named", "several" (others of the same rank are named, too), "ambiguous" (only names that
    mean several places) or "none".
    """
    best: list[str | None] = [None] * letters
    how = ["none"] * letters
    for row in mentions.select(["letter", "id"]).to_pylist():
        letter, id_ = row["letter"], row["id"]
        kept = best[letter]
        if id_ is None:
            how[letter] = "ambiguous" if how[letter] == "none" else how[letter]
        elif id_ in ranks and (kept is None or ranks[id_] < ranks[kept]):
            best[letter], how[letter] = id_, "named"
        elif id_ in ranks and kept is not None and id_ != kept and ranks[id_] == ranks[kept]:
            how[letter] = "several"
    return best, how


def _squeezed(name: str) -> str:
    return re.sub(r"[\s·ㆍ‧・]+", "", unicodedata.normalize("NFC", name))


def _without_blanks(text: str) -> tuple[str, list[int]]:
    """The text without blanks and middle dots, and where each of its characters stood."""
    at = [place for place, letter in enumerate(text) if not (letter.isspace() or letter in "·ㆍ‧・")]
    return "".join([text[place] for place in at]), at
