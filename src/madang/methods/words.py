"""Korean letters to counted words: morphemes by Kiwi, a dictionary of one's own, synonyms, stop words of complaints.

Texts must have been redacted before (`madang.privacy.redact_all`): nothing here knows what is personal.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import scipy

from madang.messages import MadangError

Progress = Callable[[int, int, str], None]

# what every letter says, whatever it is about
COMPLAINT_STOPWORDS = frozenset(
    """민원 부탁 드리다 바라다 조치 요청 문의 건의 신고 접수 처리 답변 확인 검토 해결 개선 시정 관련 내용 경우 관계 부서 담당 담당자
    담당자님 공무원 구청 시청 구청장 구청장님 시장님 구민 시민 주민 안녕 안녕하다 감사 감사하다 고맙다 수고 수고하다 고생 죄송 죄송하다
    하다 되다 있다 없다 같다 보다 주다 받다 가다 오다 나다 알다 모르다 싶다 않다 말다 들다 이다 아니다 그렇다 이렇다 저렇다 어떻다 많다
    생각 정도 때문 사람 지금 오늘 어제 내일 요즘 최근 매일 항상 다시 번 회 년 월 일 시 분 시간 오전 오후 우리 저희 이번 다음 이후
    이전 계속 빠르다 하루 며칠 동안 때 점 곳 안 전 후 중 측 위 아래 옆 앞 뒤 쪽 근처 주변""".split()
)
_STEMMED = ("VV", "VA")
_KEPT = frozenset({"NNG", "NNP", "SL"})
_ENDLESS = re.compile(r"\S{200}")  # Kiwi's time grows with the square of what has no blank
_HALVES = re.compile("[\ud800-\udfff]")  # of characters that were cut in two
_PREFERRED = 3.0  # a word of the dictionary before its parts; at 0 what stands beside it would decide
_AT_ONCE = 1000
_LOCK = threading.Lock()


@dataclass(frozen=True)
class Dictionary:
    """What an office knows about its own words.

    `words`: names and terms that must not be cut ("불법 주정차" is found with and without its blank). `synonyms`: how
    people say it -> how it is counted; nouns of it are known as words. `stopwords`: counted words that are left out.
    """

    words: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    stopwords: frozenset[str] = COMPLAINT_STOPWORDS

    def known(self) -> tuple[str, ...]:
        """Words handed to Kiwi, each once, in an order that does not depend on how they were given."""
        nouns = (word for pair in self.synonyms.items() for word in pair if not word.endswith("다"))
        return tuple(sorted({tidied(word).strip() for word in (*self.words, *nouns)} - {""}))


@dataclass(frozen=True)
class WordCounts:
    """`counts` (letters x words, int32): how often each of `words` stands in each letter, in the order of the letters."""

    words: tuple[str, ...]
    counts: Any

    @property
    def letters(self) -> int:
        return int(self.counts.shape[0])

    def totals(self, letters: Any = None) -> Any:
        """How often each word is said, in all letters or in those of a mask or of row numbers."""
        rows = self.counts if letters is None else self.counts[letters]
        return np.asarray(rows.sum(axis=0), np.int64).ravel()

    def spread(self) -> Any:
        """In how many letters each word stands."""
        return np.bincount(self.counts.indices, minlength=len(self.words))

    def common(self, least: int = 2, most: float = 1.0) -> WordCounts:
        """Only words that stand in `least` letters or more and in no more than the share `most` of all letters."""
        spread = self.spread()
        kept = np.flatnonzero((spread >= least) & (spread <= most * max(self.letters, 1)))
        return WordCounts(tuple(self.words[at] for at in kept.tolist()), self.counts[:, kept])


def tidied(text: str | None) -> str:
    """One form of a text: NFC, with blanks in what is longer than 200 characters without one; "" for none."""
    whole = _HALVES.sub(" ", unicodedata.normalize("NFC", text or ""))
    return _ENDLESS.sub(lambda run: run[0] + " ", whole)


def words_of(
    texts: Iterable[str | None], dictionary: Dictionary | None = None, *, workers: int = 2
) -> Iterator[list[str]]:
    """The counted words of each text, in order: nouns (NNG, NNP), verbs and adjectives as stem + 다, foreign words in capitals.

    A root with 하 (깨끗 + 하) is an adjective. Texts are taken from the iterable a few dozen ahead and not kept, so
    that any number may pass. The model (0.6 GB, some seconds) is loaded at the first text and once for a dictionary.
    Source: Kiwi (Lee, M. C., 2024, Korean Journal of Digital Humanities 1(1)).
    """
    dictionary = dictionary or Dictionary()
    kiwi = _loaded(dictionary.known(), workers)
    synonyms = {_counted(said): _counted(as_) for said, as_ in dictionary.synonyms.items()}
    left_out = dictionary.stopwords
    for tokens in kiwi.tokenize(map(tidied, texts), z_coda=False):
        found = (synonyms.get(word, word) for word in _kept(tokens))
        yield [word for word in found if word not in left_out]


def count_words(
    texts: Iterable[str | None],
    dictionary: Dictionary | None = None,
    *,
    workers: int = 2,
    whole: int = 0,
    progress: Progress | None = None,
) -> WordCounts:
    """How often each word stands in each text.

    Bound: no text is kept; eight bytes for each different word of a letter (a million letters of 40: 0.35 GB) and the
    vocabulary. `whole`: how many texts there are, for `progress` alone. Raises MadangError("texts_without_words").
    """
    numbers: dict[str, int] = {}
    blocks: list[Any] = []
    lengths, found = array("q"), array("i")
    for letter, words in enumerate(words_of(texts, dictionary, workers=workers), 1):
        found.extend([numbers.setdefault(word, len(numbers)) for word in words])
        lengths.append(len(words))
        if letter % _AT_ONCE == 0:
            blocks.append(_block(lengths, found))
            lengths, found = array("q"), array("i")
            if progress:
                progress(letter, max(whole, letter), "words")
    blocks.append(_block(lengths, found))
    if not numbers:
        raise MadangError("texts_without_words")
    for block in blocks:
        block.resize(block.shape[0], len(numbers))
    counts = scipy.sparse.csr_matrix(scipy.sparse.vstack(blocks, format="csr"))
    return WordCounts(tuple(numbers), counts)


def _block(lengths: array[int], found: array[int]) -> Any:
    ends = (
        np.concatenate([[0], np.cumsum(np.frombuffer(lengths, np.int64))])
        if lengths
        else np.zeros(1, np.int64)
    )
    columns = np.frombuffer(found, np.int32).copy() if found else np.zeros(0, np.int32)
    wide = int(columns.max(initial=-1)) + 1
    block = scipy.sparse.csr_matrix(
        (np.ones(len(columns), np.int32), columns, ends), shape=(len(lengths), wide)
    )
    block.sum_duplicates()
    return block


def _kept(tokens: Iterable[Any]) -> Iterator[str]:
    root = ""
    for token in tokens:
        tag, form = token.tag, token.form
        if tag in _KEPT:
            yield form.upper() if tag == "SL" else form
        elif tag[:2] in _STEMMED:
            yield form + "다"
        elif tag[:3] == "XSA" and root:
            yield root + form + "다"
        root = form if tag == "XR" else ""


def _counted(word: str) -> str:
    """A word of the dictionary as it comes out of `_kept`."""
    word = tidied(word).strip()
    return word.upper() if word.isascii() else word


def _loaded(words: tuple[str, ...], workers: int) -> Any:
    with _LOCK:
        return _kiwi(words, workers)


@lru_cache(maxsize=2)
def _kiwi(words: tuple[str, ...], workers: int) -> Any:
    from kiwipiepy import Kiwi

    kiwi = Kiwi(num_workers=workers)
    for word in words:
        kiwi.add_user_word(word, "NNP", _PREFERRED)
    return kiwi
