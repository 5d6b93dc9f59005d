"""The search index: one SQLite file, a copy of what the bank knows, deletable and rebuilt by one command."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from madang.bank.durable import disk_errors, fsync_file, fsync_folder, locked
from madang.find.jamo import initials, jamo, squeezed, words
from madang.find.query import FIELDS, Hit, Query, Reason
from madang.find.synonyms import SHIPPED, Synonyms, load_synonyms
from madang.find.typos import Vocabulary
from madang.messages import MadangError

_SCHEMA = 1  # PRAGMA user_version; another number means: rebuild
_BUSY_SECONDS = 10.0

# `doc` keeps the plain texts, `text` the same as keystrokes (자모) under the same rowid, squeezed of blanks.
_TABLES = f"""
CREATE TABLE doc (number INTEGER PRIMARY KEY, id TEXT UNIQUE NOT NULL, version INTEGER NOT NULL,
                  {", ".join(f"{field} TEXT NOT NULL" for field in FIELDS)});
CREATE VIRTUAL TABLE text USING fts5({", ".join(FIELDS)}, initials, tokenize = 'trigram case_sensitive 1');
CREATE TABLE generation (number INTEGER NOT NULL);
INSERT INTO generation VALUES (0);
PRAGMA user_version = {_SCHEMA};
"""


@dataclass(frozen=True)
class Doc:
    """What the index knows of a dataset. `version` tells whether the index is behind the bank."""

    id: str
    title: str
    description: str = ""
    columns: tuple[str, ...] = ()
    standard: str = ""
    provider: str = ""
    version: int = 0


class Index:
    """A search index in the file `path`; it need not exist yet. Safe to share between threads and processes.

    Reading never blocks on a rebuild: the new file is written beside the old one and takes its place at once.
    """

    def __init__(self, path: Path, synonyms: Synonyms | None = None) -> None:
        self.path = path
        self.synonyms = load_synonyms(SHIPPED) if synonyms is None else synonyms
        self._vocabulary = Vocabulary()

    def ready(self) -> bool:
        """Whether the file is there, whole, and of the present shape; if not, `rebuild` it."""
        try:
            with self._open() as db:
                return bool(db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except MadangError:
            return False

    def rebuild(self, docs: Iterable[Doc]) -> int:
        """Write the index anew from `docs`; the old one serves until it is done. Returns the number of docs."""
        with self._writing():
            self.ready()  # rolls back what a writer that died has left
            fresh = self.path.with_name(f".{self.path.name}.new")
            fresh.unlink(missing_ok=True)
            db = sqlite3.connect(fresh, isolation_level=None)
            try:
                db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN; {_TABLES}")
                for doc in docs:
                    _write(db, doc)
                count = db.execute("SELECT count(*) FROM doc").fetchone()[0]
                db.execute("INSERT INTO text(text) VALUES ('optimize')")
                db.execute("UPDATE generation SET number = ?", (secrets.randbits(48),))
                db.execute("COMMIT")
            finally:
                db.close()
            fsync_file(fresh)
            self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)
            fresh.replace(self.path)
            fsync_folder(self.path.parent)
        return int(count)

    def put(self, doc: Doc) -> None:
        """Add a dataset, or write anew what is known of it. A missing or broken index is begun afresh."""
        with self._writing():
            self._begin_where_missing()
            with self._open() as db, db:
                _write(db, doc)

    def remove(self, id: str) -> None:
        """Take a dataset out; one that is not in it is no error."""
        if self.ready():
            with self._writing(), self._open() as db, db:
                _delete(db, id)

    def versions(self) -> dict[str, int]:
        """The version under which each dataset is indexed; {} where there is no index."""
        try:
            with self._open() as db:
                return dict(db.execute("SELECT id, version FROM doc"))
        except MadangError:
            return {}

    def search(self, text: str, limit: int = 20) -> list[Hit]:
        """Datasets that answer to the words of `text`, best first, with the field and the reason.

        All words must be found; where that finds nothing, the most. Each word is looked for as it stands (or as
        initials, where it is ㅈㅊㅈ), then by synonyms, and where nothing answers, as typed with the keyboard
        in English and as a slip of the finger. Any text is allowed; one without a letter finds nothing.
        Raises MadangError("search_index_broken") where the index is missing or damaged.
        """
        asked = words(text[:_LONGEST])[:_MOST_WORDS]
        if not asked or limit < 1:
            return []
        with self._open() as db:
            return Query(db, self.synonyms, self._vocabulary, limit).answer(asked)

    # the file --------------------------------------------------------------------------------------------

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """A connection for one task: cheap, and it sees a file that has taken the old one's place."""
        db: sqlite3.Connection | None = None
        try:
            db = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=rw", uri=True, timeout=_BUSY_SECONDS)
            if db.execute("PRAGMA user_version").fetchone()[0] != _SCHEMA:
                raise MadangError("search_index_broken", path=self.path)
            yield db
        except sqlite3.Error as error:
            raise MadangError("search_index_broken", path=self.path) from error
        finally:
            if db is not None:
                db.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, over processes; what the disk says becomes a sentence."""
        with disk_errors(self.path):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.path.with_name(f"{self.path.name}.lock")):
                yield

    def _begin_where_missing(self) -> None:
        if self.ready():
            return
        for name in (self.path.name, f"{self.path.name}-journal"):
            self.path.with_name(name).unlink(missing_ok=True)
        db = sqlite3.connect(self.path)
        try:
            db.executescript(_TABLES)
        finally:
            db.close()


_LONGEST = 200  # characters of a query that are looked at
_MOST_WORDS = 8


def _write(db: sqlite3.Connection, doc: Doc) -> None:
    _delete(db, doc.id)
    plain = [doc.title, doc.description, "\n".join(doc.columns), doc.standard, doc.provider]
    marks = ", ".join("?" * (2 + len(FIELDS)))
    row = db.execute(f"INSERT INTO doc (id, version, {', '.join(FIELDS)}) VALUES ({marks})",
                     (doc.id, doc.version, *map(_storable, plain)))  # fmt: skip
    typed = ["\n".join(jamo(squeezed(line)) for line in text.split("\n")) for text in plain]
    first = "\n".join(initials(squeezed(text)) for text in (doc.title, doc.standard))
    marks = ", ".join("?" * (2 + len(FIELDS)))
    db.execute(f"INSERT INTO text (rowid, {', '.join(FIELDS)}, initials) VALUES ({marks})",
               (row.lastrowid, *typed, first))  # fmt: skip
    db.execute("UPDATE generation SET number = number + 1")


def _delete(db: sqlite3.Connection, id: str) -> None:
    for (number,) in db.execute("SELECT number FROM doc WHERE id = ?", (id,)).fetchall():
        db.execute("DELETE FROM text WHERE rowid = ?", (number,))
        db.execute("DELETE FROM doc WHERE number = ?", (number,))
        db.execute("UPDATE generation SET number = number + 1")


def _storable(text: str) -> str:
    """Text as SQLite can keep it: without lone surrogates and NUL."""
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")


__all__ = ["Doc", "Hit", "Index", "Reason"]
