"""A picture as PNG for documents that take no SVG everywhere: the same drawing in the width of a page of A4.

Words are set in the font that lies beside (Pretendard, SIL Open Font License 1.1; put there by the build), so Korean is
read on a machine without Korean fonts too; a letter that it does not have is taken from the machine's.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import resvg_py

from madang.results.report import Figure

WIDTH = 640  # of the drawing: its letters are as large as those around it in a column of 170 mm
_ZOOM = 3  # 1920 pixels over 170 mm: 287 dots an inch


def png(figure: Figure) -> tuple[bytes, float]:
    """The picture on white, and how high it is to its width."""
    drawn = figure.svg(WIDTH, "wide").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    font, style = _beside()
    made = resvg_py.svg_to_bytes(
        svg_string=drawn, background="#ffffff", zoom=_ZOOM, style_sheet=style, font_files=font,
        font_family="Pretendard", sans_serif_family="Pretendard",
    )  # fmt: skip
    across, down = (int.from_bytes(made[at : at + 4], "big") for at in (16, 20))  # of the head of every PNG
    return made, down / across


@cache
def _beside() -> tuple[list[str], str]:
    here = files("madang.results")
    fonts = sorted(str(each) for each in (here / "font").iterdir() if each.name.endswith(".otf"))
    return fonts, (here / "picture.css").read_text("utf-8")
