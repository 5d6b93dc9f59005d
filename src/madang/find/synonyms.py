"""Words that search treats alike, declared in ``content/synonyms.toml`` of the package and of the workspace."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from madang.find.jamo import squeezed
from madang.messages import MadangError

SHIPPED = Path(__file__).parents[1] / "content" / "synonyms.toml"
_SHORTEST_STEM = 2  # syllables: a shorter word at the head of a longer one says nothing


@dataclass(frozen=True)
class Synonyms:
    """For each known word (squeezed) the other words that answer to it."""

    others: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, word: str) -> frozenset[str]:
        """Words alike to `word`; of a compound (공영주차안내) those of the longest known word at its head."""
        if word in self.others:
            return self.others[word]
        heads = (word[:length] for length in range(len(word) - 1, _SHORTEST_STEM - 1, -1))
        head = next((head for head in heads if head in self.others), None)
        return self.others[head] | {head} if head else frozenset()


def load_synonyms(*paths: Path) -> Synonyms:
    """The synonyms of the given TOML files together; a file that does not exist is empty.

    Raises MadangError("synonyms_invalid") naming the file and what is wrong in it.
    """
    others: dict[str, set[str]] = {}
    for path in paths:
        if path.exists():
            for number, entry in enumerate(_entries(path), 1):
                _learn(others, entry, path, number)
    return Synonyms({word: frozenset(alike - {word}) for word, alike in others.items()})


def _entries(path: Path) -> list[Any]:
    try:
        entries = tomllib.loads(path.read_text("utf-8")).get("synonym", [])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MadangError("synonyms_invalid", file=path, reason=str(error)) from error
    return entries if isinstance(entries, list) else [entries]


def _learn(others: dict[str, set[str]], entry: Any, path: Path, number: int) -> None:
    """Add one [[synonym]]: `word` and `same` answer to each other, `asked` only leads to them."""
    known = {"word": "", "same": [], "asked": [], **entry} if isinstance(entry, dict) else {}
    lists = [known.get("same"), known.get("asked")]
    texts = [known.get("word"), *(text for each in lists if isinstance(each, list) for text in each)]
    right = all(isinstance(each, list) for each in lists) and all(isinstance(text, str) for text in texts)
    if not right or not texts[0] or len(known) > 3:
        reason = f'[[synonym]] {number}: word = "…", same = […], asked = […]'
        raise MadangError("synonyms_invalid", file=path, reason=reason)
    alike = {squeezed(text) for text in (known["word"], *known["same"])} - {""}
    for text in texts:
        if word := squeezed(text):
            others.setdefault(word, set()).update(alike)
