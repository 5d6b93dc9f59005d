"""Reads a page as a person would: its text, its links, the rows of its tables."""

from __future__ import annotations

import re
from typing import Any

from lxml import html

_BLOCK_END = re.compile(
    r"</(?:td|th|dt|dd|div|p|li|h\d|caption)>"
)  # words on either side are apart on the screen


class Page:
    """A rendered answer of the test client."""

    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.tree = html.fromstring(_BLOCK_END.sub(r"\g<0> ", response.content.decode()))

    @property
    def text(self) -> str:
        return " ".join(self.tree.text_content().split())

    def texts(self, selector: str) -> list[str]:
        """The text of every element that a CSS selector finds (tag, .class, #id, nested by a space)."""
        return [" ".join(each.text_content().split()) for each in self.find(selector)]

    def find(self, selector: str) -> list[Any]:
        path = ""
        for step in selector.split():
            name, _, of_class = step.partition(".")
            name, _, of_id = name.partition("#")
            condition = f"[contains(concat(' ', @class, ' '), ' {of_class} ')]" if of_class else ""
            condition += f"[@id='{of_id}']" if of_id else ""
            path += f"//{name or '*'}{condition}"
        return list(self.tree.xpath(path))

    def link(self, text: str) -> str:
        """The address behind the first link whose text holds `text`."""
        for each in self.find("a"):
            if text in " ".join(each.text_content().split()):
                return str(each.get("href"))
        raise AssertionError(f"no link says {text!r}")

    def filled(self, action: str) -> dict[str, list[str]]:
        """What a browser sends where the form with this address is sent as it stands, without any button."""
        form = next(each for each in self.tree.forms if (each.action or "") == action)
        said: dict[str, list[str]] = {}
        for name, value in form.form_values():
            said.setdefault(name, []).append(value)
        return said

    def rows(self, section: str) -> list[list[str]]:
        """Cell texts of the body rows of the first table inside the element with this id."""
        table = self.find(f"#{section} table")[0]
        return [
            [" ".join(c.text_content().split()) for c in row.xpath("./*")]
            for row in table.xpath(".//tbody/tr")
        ]
