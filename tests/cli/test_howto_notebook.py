"""docs/how-to/analyses-in-a-notebook.md as it stands: every block of it, one after the other, and what the cells show."""

from __future__ import annotations

import contextlib
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from madang.runs import Run
from madang.workspace import Workspace
from runs.test_shop_survival import licences

GUIDE = (Path(__file__).parents[2] / "docs/how-to/analyses-in-a-notebook.md").read_text("utf-8")


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], str]:
    """What the blocks left behind, and what they printed: 60 bakeries of which 14 closed, 60 cafés of which 27."""
    ws = Workspace.init(tmp_path / "workspace", "시험 도시")
    for name, closed, open_ in (("제과점", 14, 46), ("카페", 27, 33)):
        rows = [("2015-01-05", "03", "2016-07-05")] * closed + [("2015-01-05", "01", "")] * open_
        if name == "카페":  # the first to close, on the day from which closings are known: not counted
            rows[0] = ("2015-01-05", "03", "2016-01-05")
        ws.deposit(licences(tmp_path / f"{name}_20240101.csv", rows), standard="licence", by="lee")
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        for block in re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL):
            exec(compile(block, "guide", "exec"), names)
    return names, printed.getvalue()


@pytest.mark.slow
def test_the_guide_runs_as_it_is_written(told: tuple[dict[str, Any], str], tmp_path: Path) -> None:
    names, printed = told
    run = names["run"]
    assert isinstance(run, Run)
    assert "shop-survival" in printed
    assert {"trade", "survival", "shops"} <= set(names["frame"].columns)
    assert sorted(names["frame"]["shops"]) == [59, 60]
    assert (
        names["figure"].title
        == "2년을 버틴 가게의 비율은 카페 55.9\u202f%에서 제과점 76.7\u202f%까지 벌어집니다"
    )  # 33 of 59, 46 of 60
    assert names["figure"].title in printed
    (dataset,) = re.findall(r"^(\S+) 1 60$", printed, re.MULTILINE)  # the rows behind a number of bakeries
    assert dataset == "제과점"
    page = zipfile.ZipFile(tmp_path / "보고서.hwpx").read("Contents/section0.xml").decode()
    assert run.key in page
    assert "2\u202f년" in page
    said, shown = repr(run), run._repr_html_()
    assert said.splitlines()[0] == f"{run.title} ({run.key})"
    assert len(said.splitlines()) == 3  # and the answer in two sentences
    assert "<script" not in shown
    assert not re.search(
        r"(?:src|href|id)=|url\(|@import", shown
    )  # it needs nothing, and is one of many on a page
    text = html.fromstring(shown).text_content()
    for words in (
        *said.splitlines()[1:],
        "쓴 데이터",
        "제과점@1",
        run.key,
        run.analyses["shop-survival"].card.question,
    ):  # type: ignore[index]
        assert words in text, words
    for part in (names["table"], names["figure"]):
        assert part._repr_html_().startswith('<div class="madang-result bare"')
