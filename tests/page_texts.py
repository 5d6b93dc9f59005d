"""Korean texts of the pages and their English: what stands in templates and code, and what the catalogue has.

Run as a program (`make texts`) it writes the catalogue anew: new texts without English, texts that are gone left out.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
WEB = ROOT / "src/madang/web"
CATALOGUE = WEB / "locale/en/LC_MESSAGES/django.po"
KEYWORDS = {
    "_": None, "lazy": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "ngettext": (1, 2), "npgettext": ((1, "c"), 2, 3),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "ngettext_lazy": (1, 2),
}  # fmt: skip


def said() -> Iterator[tuple[str, int, str | tuple[str, ...], str | None]]:
    """Every text marked for translation: file, line, text (with its plural), context."""
    if not settings.configured:
        settings.configure(USE_I18N=True)
        django.setup()
    for path in sorted([*WEB.rglob("*.py"), *WEB.rglob("*.html"), *WEB.rglob("*.svg"), *WEB.rglob("*.txt")]):
        source = path.read_text("utf-8")
        if path.suffix != ".py":
            source = templatize(source)
        found = extract("python", io.BytesIO(source.encode()), KEYWORDS, options={"encoding": "utf-8"})
        for line, text, _, context in found:
            if text:
                yield path.relative_to(ROOT).as_posix(), line, text, context


def catalogue() -> Catalog:
    """The English catalogue as it stands."""
    if not CATALOGUE.is_file():
        return _empty()
    with open(CATALOGUE, "rb") as file:
        return read_po(file, locale="en")


def _empty() -> Catalog:
    """A catalogue whose head does not change from day to day."""
    made = datetime(2026, 11, 22, tzinfo=UTC)
    head = "# English of the pages; the Korean is written where it is said. Renewed by `make texts`."
    return Catalog(locale="en", project="Madang", version="0", header_comment=head, creation_date=made, revision_date=made,
                   fuzzy=False)  # fmt: skip


def renewed() -> Catalog:
    """A catalogue of all texts said, with the English that is known."""
    known, new = catalogue(), _empty()
    for path, _, text, context in said():
        before = known.get(text if isinstance(text, str) else text[0], context)
        new.add(text, before.string if before else "", locations=[(path, None)], context=context)
    return new


if __name__ == "__main__":
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    made = renewed()
    with open(CATALOGUE, "wb") as out:
        write_po(out, made, width=120, sort_output=True, no_location=True)
    missing = [message.id for message in made if message.id and not message.string]
    print(f"{len(made)} texts, {len(missing)} without English")
