"""Comments of a worksheet: its comments part, and the old drawing that Excel wants beside it."""

from __future__ import annotations

import re
from typing import Any, Protocol

from lxml import etree

from madang.intake.marked_parts import (
    DOCUMENT,
    MAIN,
    PACKAGE,
    Types,
    cell_reference,
    relation_path,
    resolved,
)
from madang.messages import text

_AFTER = ("legacyDrawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
_COMMENTS = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
_VML = "application/vnd.openxmlformats-officedocument.vmlDrawing"
_HEAD = (
    '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel"><o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="{block}"/>'
    '</o:shapelayout><v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe">'
    '<v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)
_SHAPE = (
    '<v:shape xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office"'
    ' xmlns:x="urn:schemas-microsoft-com:office:excel" id="_x0000_s{id}" type="#_x0000_t202"'
    ' style="position:absolute;margin-left:80pt;margin-top:5pt;width:240pt;height:90pt;z-index:{z};visibility:hidden"'
    ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow color="black" obscured="t"/>'
    '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"/><x:ClientData ObjectType="Note">'
    "<x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{left},15,{top},2,{right},31,{bottom},9</x:Anchor><x:AutoFill>False</x:AutoFill>"
    "<x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"
)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 2_000


class Book(Protocol):
    """The parts of a workbook."""

    def has(self, name: str) -> bool: ...
    def read(self, name: str) -> bytes: ...
    def tree(self, name: str) -> Any: ...
    def put(self, name: str, tree: Any) -> None: ...
    @property
    def new(self) -> dict[str, bytes]: ...


def _namespace(name: str) -> Any:
    return {None: name}


class Notes:
    """The comments of one sheet; those that are there stay, and are added to."""

    def __init__(self, book: Book, types: Types, part: str, sheet: Any, number: int) -> None:
        self.book, self.types, self.part, self.sheet, self.number = book, types, part, sheet, number
        path = relation_path(part)
        self.relations = (
            book.tree(path)
            if book.has(path)
            else etree.Element(f"{{{PACKAGE}}}Relationships", nsmap=_namespace(PACKAGE))
        )
        self.path = self._target("/comments") or self._made("comments", f"xl/commentsMadang{number}.xml")
        self.drawing = self._target("/vmlDrawing", legacy=True) or self._made_drawing()
        self.tree = book.tree(self.path) if book.has(self.path) else self._empty()
        authors = self.tree.find(f"{{{MAIN}}}authors")
        self.author = len(authors)
        etree.SubElement(authors, f"{{{MAIN}}}author").text = text("marked_author")
        self.list = self.tree.find(f"{{{MAIN}}}commentList")
        self.known = {each.get("ref"): each for each in self.list}
        self.shapes: list[str] = []

    def add(self, row: int, column: int, said: str) -> None:
        """A comment on a cell (row from 1, column from 0); one that has one gets the text at its end."""
        said = _CONTROLS.sub("", said)[:_LONGEST]
        at = cell_reference(row, column)
        there = self.known.get(at)
        if there is not None:
            run = etree.SubElement(there.find(f"{{{MAIN}}}text"), f"{{{MAIN}}}r")
            self._text(run, f"\n{said}")
            return
        comment = etree.SubElement(self.list, f"{{{MAIN}}}comment", ref=at, authorId=str(self.author))
        self._text(etree.SubElement(etree.SubElement(comment, f"{{{MAIN}}}text"), f"{{{MAIN}}}r"), said)
        self.known[at] = comment
        where = {"left": column + 1, "right": column + 5, "top": max(row - 2, 0), "bottom": row + 4}
        shape = _SHAPE.format(id=1024 * (500 + self.number) + len(self.shapes) + 1, z=len(self.shapes) + 1,
                              row=row - 1, column=column, **where)  # fmt: skip
        self.shapes.append(shape)

    def save(self) -> None:
        """Put the parts into the workbook."""
        self.book.put(self.path, self.tree)
        data = (
            self.book.read(self.drawing)
            if self.book.has(self.drawing)
            else _HEAD.format(block=500 + self.number).encode()
        )
        before, end, after = data.rpartition(b"</xml>")
        self.book.new[self.drawing] = before + "".join(self.shapes).encode("utf-8") + end + after
        self.book.put(relation_path(self.part), self.relations)

    def _text(self, run: Any, said: str) -> None:
        found = etree.SubElement(run, f"{{{MAIN}}}t")
        found.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        found.text = said

    def _target(self, ends: str, *, legacy: bool = False) -> str:
        """The part a relation leads to; "" where the sheet has none."""
        wanted = self.sheet.find(f"{{{MAIN}}}legacyDrawing") if legacy else None
        for each in self.relations:
            if not str(each.get("Type")).endswith(ends):
                continue
            if not legacy or (wanted is not None and wanted.get(f"{{{DOCUMENT}}}id") == each.get("Id")):
                return resolved(self.part, str(each.get("Target")))
        return ""

    def _made(self, kind: str, path: str) -> str:
        etree.SubElement(
            self.relations, f"{{{PACKAGE}}}Relationship", Id=f"rIdMadang{kind}", Type=f"{DOCUMENT}/{kind}", Target=f"/{path}"
        )  # fmt: skip
        if kind == "comments":
            self.types.part(path, _COMMENTS)
        return path

    def _made_drawing(self) -> str:
        path = self._made("vmlDrawing", f"xl/drawings/vmlDrawingMadang{self.number}.vml")
        self.types.extension("vml", _VML)
        element = etree.Element(f"{{{MAIN}}}legacyDrawing")
        element.set(f"{{{DOCUMENT}}}id", "rIdMadangvmlDrawing")
        later = [i for i, child in enumerate(self.sheet) if etree.QName(child).localname in _AFTER]
        self.sheet.insert(later[0] if later else len(self.sheet), element)
        return path

    def _empty(self) -> Any:
        tree = etree.Element(f"{{{MAIN}}}comments", nsmap=_namespace(MAIN))
        etree.SubElement(tree, f"{{{MAIN}}}authors")
        etree.SubElement(tree, f"{{{MAIN}}}commentList")
        return tree
