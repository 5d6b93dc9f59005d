"""One question to the index: candidates by SQL, then the field and the reason of each by looking at its words."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Literal

from madang.find.jamo import from_english_keys, initials, jamo, only_initials, words
from madang.find.synonyms import Synonyms
from madang.find.typos import Vocabulary

Field = Literal["title", "description", "columns", "standard", "provider"]
FIELDS: tuple[Field, ...] = ("title", "description", "columns", "standard", "provider")
# exact     the word stands there                    partial   it stands there when typed on (주차ㅈ, 주차자)
# initials  as its first consonants (ㅈㅊㅈ)           synonym   a word that means the same stands there
# keyboard  typed with the keyboard in English       typo      something a few keystrokes away stands there
Reason = Literal["exact", "partial", "initials", "synonym", "keyboard", "typo"]

_WEIGHT: dict[Field, float] = {"title": 10, "standard": 6, "columns": 3, "provider": 3, "description": 1}
_STRENGTH: dict[Reason, float] = {
    "exact": 1.0, "partial": 0.9, "initials": 0.8, "keyboard": 0.7, "synonym": 0.6, "typo": 0.5,
}  # fmt: skip
_WHOLE, _HEAD = 1.5, 1.2  # a title that is the word, a title with a word that begins with it
_TRIGRAM = 3
_CANDIDATES = 100  # looked at closely, those with the word in a short title first


@dataclass(frozen=True)
class Hit:
    """A dataset found: in which field, for which reason, and the text of the field that answered."""

    id: str
    title: str
    field: Field
    reason: Reason
    matched: str
    score: float


@dataclass(frozen=True)
class Way:
    """One way to find a word: what to look for (plain and as keystrokes), or the documents already known."""

    reason: Reason
    text: str
    typed: str
    documents: dict[int, float] = field(default_factory=dict)

    def condition(self) -> tuple[str, list[str]]:
        """The SQL of a document that may answer, with its parameters."""
        if self.reason == "typo":
            return f"text.rowid IN ({', '.join(map(str, self.documents))})", []
        if self.reason == "initials":
            if len(self.typed) < _TRIGRAM:
                return "text.rowid IN (SELECT rowid FROM text WHERE initials LIKE ?)", [f"%{self.typed}%"]
            return "text.rowid IN (SELECT rowid FROM text WHERE text MATCH ?)", [f'initials : "{self.typed}"']
        if len(self.typed) < _TRIGRAM:
            there = " OR ".join(f"{name} LIKE ?" for name in FIELDS)
            return f"text.rowid IN (SELECT number FROM doc WHERE {there})", [f"%{self.text}%"] * len(FIELDS)
        return "text.rowid IN (SELECT rowid FROM text WHERE text MATCH ?)", [f'{_PLAIN} : "{self.typed}"']


_PLAIN = "{" + " ".join(FIELDS) + "}"


class Query:
    """Answers one question over an open index; see `Index.search`."""

    def __init__(
        self, db: sqlite3.Connection, synonyms: Synonyms, vocabulary: Vocabulary, limit: int
    ) -> None:
        self.db = db
        self.synonyms = synonyms
        self.vocabulary = vocabulary
        self.limit = limit

    def answer(self, asked: list[str]) -> list[Hit]:
        plain = [[_as_it_stands(word)] for word in asked]
        found = self._run(plain, "AND")
        alike = [ways + self._synonyms(word) for word, ways in zip(asked, plain, strict=True)]
        if len(found) < self.limit:
            found |= self._run(alike, "AND")
            if len(asked) > 1 and (together := self._synonyms("".join(asked))):
                found |= {id: hit for id, hit in self._run([together], "AND").items() if id not in found}
        if not found:
            guessed = [ways if self._run([ways], "AND") else ways + self._guesses(word)
                       for word, ways in zip(asked, alike, strict=True)]  # fmt: skip
            found = self._run(guessed, "AND") or self._run(guessed, "OR")
        return sorted(found.values(), key=lambda hit: (-hit.score, len(hit.title), hit.title, hit.id))[
            : self.limit
        ]

    def _synonyms(self, word: str) -> list[Way]:
        return [Way("synonym", other, jamo(other)) for other in sorted(self.synonyms.of(word))]

    def _guesses(self, word: str) -> list[Way]:
        """What a word that finds nothing may have been meant to be."""
        typed = from_english_keys(word)
        if typed is not None and self._run([[Way("keyboard", word, typed)]], "AND"):
            return [Way("keyboard", word, typed)]
        near = self.vocabulary.near(self.db, jamo(word))
        return [Way("typo", word, jamo(word), near)] if near else []

    def _run(self, groups: list[list[Way]], how: Literal["AND", "OR"]) -> dict[str, Hit]:
        """Hits by id of the documents in which every group (OR: any) answers by one of its ways."""
        parameters: list[str] = []
        conditions = []
        for ways in groups:
            parts = [way.condition() for way in ways]
            conditions.append("(" + " OR ".join(sql for sql, _ in parts) + ")")
            parameters += [value for _, values in parts for value in values]
        columns = ", ".join(f"doc.{name}" for name in FIELDS)
        in_title = " + ".join("(instr(text.title, ?) > 0)" for _ in groups)
        rows = self.db.execute(
            f"SELECT doc.number, doc.id, {columns} FROM text JOIN doc ON doc.number = text.rowid "
            f"WHERE {f' {how} '.join(conditions)} ORDER BY {in_title} DESC, length(doc.title) LIMIT ?",
            [*parameters, *(ways[0].typed for ways in groups), max(_CANDIDATES, 3 * self.limit)],
        ).fetchall()
        found = {}
        for number, id, *texts in rows:
            answers = [_best(ways, number, dict(zip(FIELDS, texts, strict=True))) for ways in groups]
            given = [answer for answer in answers if answer is not None]
            if given and (len(given) == len(groups) or how == "OR"):
                best = max(given, key=lambda hit: hit.score)
                score = sum(answer.score for answer in given)
                found[id] = Hit(id, texts[0], best.field, best.reason, best.matched, round(score, 3))
        return found


def _as_it_stands(word: str) -> Way:
    return Way("initials", word, word) if only_initials(word) else Way("exact", word, jamo(word))


@dataclass(frozen=True)
class _Answer:
    field: Field
    reason: Reason
    matched: str
    score: float


def _best(ways: list[Way], number: int, texts: dict[Field, str]) -> _Answer | None:
    """The best of the answers that a document's fields give to the ways of one word."""
    best: _Answer | None = None
    for name in sorted(FIELDS, key=lambda name: -_WEIGHT[name]):
        if best is not None and best.score >= _WEIGHT[name] * _WHOLE:
            break
        for line in texts[name].split("\n") if texts[name] else ():
            for way in ways:
                reason, factor = _likeness(way, number, name, line)
                score = _WEIGHT[name] * factor * (_STRENGTH[reason] if reason else 0)
                if reason and (best is None or score > best.score):
                    best = _Answer(name, reason, line, score)
    return best


def _likeness(way: Way, number: int, name: Field, line: str) -> tuple[Reason | None, float]:
    """Whether and how well a line of a field answers to a way: (None, 0) or the reason and a factor."""
    if way.reason == "typo":
        return ("typo", way.documents[number]) if name == "title" and number in way.documents else (None, 0)
    parts = words(line)
    whole = "".join(parts)
    if way.reason == "initials":
        found = name in ("title", "standard") and way.typed in initials(whole)
        return ("initials", _HEAD if initials(whole).startswith(way.typed) else 1.0) if found else (None, 0)
    if way.reason != "keyboard" and way.text in whole:
        if way.text == whole:
            return way.reason, _WHOLE
        if any(word.startswith(way.text) for word in parts):
            return way.reason, _HEAD
        if any(way.text in word for word in parts) or _whole_words(way.text, parts):
            return way.reason, 1.0
    if way.reason in ("exact", "keyboard") and any(_typed_on(way.typed, word) for word in parts):
        return ("partial" if way.reason == "exact" else way.reason), 1.0
    return None, 0


def _whole_words(text: str, parts: list[str]) -> bool:
    """Whether a text is some words written together: 공영주차장 of 공영 주차장, but not 도서관 of 도서 관리."""
    starts = [0, *accumulate(len(word) for word in parts)]
    whole = "".join(parts)
    return any(whole.startswith(text, start) and start + len(text) in starts for start in starts)


def _typed_on(typed: str, word: str) -> bool:
    """Whether the keystrokes stand in a word from the beginning of a syllable on."""
    keys = [jamo(char) for char in word]
    whole = "".join(keys)
    if len(typed) < _TRIGRAM or typed not in whole:
        return False
    starts = [0, *accumulate(len(syllable) for syllable in keys)]
    return any(whole.startswith(typed, start) for start in starts)
