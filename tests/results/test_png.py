"""Pictures of documents as PNG: readable in Korean with our own font alone, in the colours of the page."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import resvg_py
from PIL import Image

from madang.results import chart_png
from madang.results.chart_png import png
from madang.results.report import figure
from results.shown import result
from results.test_charts import BARS, LINES

FONT = Path(chart_png.__file__).parent / "font" / "Pretendard-Regular.otf"
needs_font = pytest.mark.skipif(not FONT.is_file(), reason="the font is put there by `python hatch_build.py`")


@needs_font
def test_every_letter_has_a_shape_of_its_own_without_fonts_of_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = resvg_py.svg_to_bytes

    def bare(**said: object) -> bytes:
        return plain(**said, skip_system_fonts=True)  # type: ignore[arg-type]

    monkeypatch.setattr(resvg_py, "svg_to_bytes", bare)
    made = result(BARS)
    drawn = figure(made.charts[0], made)
    assert drawn is not None
    told = Image.open(io.BytesIO(png(drawn)[0])).convert("L")
    names = [
        told.crop((0, row * 90, 190, row * 90 + 90)).point(lambda v: 255 * (v < 128)) for row in range(2)
    ]
    assert all(each.getbbox() for each in names)  # 제과점, 카페: there is ink
    letters = [bare(svg_string=f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><text y="15">{each}</text></svg>',
                    font_files=[str(FONT)], font_family="Pretendard") for each in "가나뷁%\u202f"]  # fmt: skip
    assert len(set(letters)) == 5  # boxes for letters that are missing would be one like the other


def test_a_picture_is_as_wide_as_a_page_of_a4_takes_and_has_the_colours_of_its_series() -> None:
    made = result(LINES, table="curve")
    drawn = figure(made.charts[0], made)
    assert drawn is not None
    body, high = png(drawn)
    shown = Image.open(io.BytesIO(body)).convert("RGB")
    assert (shown.width, shown.height) == (1920, round(1920 * high))
    colours = {colour for _, colour in shown.getcolors(1 << 24) or ()}
    assert {(0x2F, 0x6F, 0xDE), (0xE0, 0x7A, 0x00), (255, 255, 255)} <= colours
