"""Analyses that are not Madang's own: approved by hash, run in a process that reads its inputs and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.cli import main
from madang.messages import MadangError
from madang.runs import analysis as analyses
from madang.workspace import Workspace
from runs.made import CODE, analysis, city

LINE = '    shops = inputs["shops"]\n'
pytestmark = pytest.mark.slow


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setattr(analyses, "SHIPPED", tmp_path / "shipped")
    ws = city(tmp_path)
    analysis(ws.folder / "content" / "analyses")
    return ws


def refused(ws: Workspace, **said: int) -> str:
    with pytest.raises(MadangError) as caught:
        ws.run("closed-shops", said)
    return caught.value.code


def test_it_runs_once_it_is_approved_and_no_more_once_it_changed(ws: Workspace) -> None:
    assert refused(ws) == "analysis_unapproved"
    ws.approve("closed-shops", by="admin")
    run = ws.run("closed-shops", {"least": 25})
    assert run.result.table("closed").rows.to_pylist() == [
        {"business_type": "제과점", "shops": 30, "closed": 7}
    ]
    assert refused(ws, least=0) == "run_range"
    place = analysis(
        ws.folder / "content" / "analyses", code=CODE.replace("적어도", "많아도") + "\n# changed\n"
    )
    assert refused(ws) == "analysis_unapproved"
    (place / "analysis.py").write_text(CODE, encoding="utf-8")
    assert ws.run("closed-shops", {"least": 25}) == run


ATTEMPTS = [
    'open("/etc/hostname").read()',
    'open("{ws}/madang.toml").read()',
    'open("{bank}", "rb").read()',
    'open("{ws}/left", "w").write("x")',
    'open("/tmp/left-by-an-analysis", "w").write("x")',
    '__import__("socket").create_connection(("127.0.0.1", 9), 1)',
    '__import__("subprocess").run(["/bin/true"], check=True)',
    '__import__("os").kill(__import__("os").getppid(), 0)',
    """shops.sql("SELECT * FROM read_csv('{ws}/madang.toml')")""",
    'shops.sql("SELECT phone FROM rows")',
    """shops.sql("SELECT * FROM read_parquet('{bank}')")""",
]
TRIED = """
    done = []
    for attempt in {attempts!r}:
        try:
            eval(attempt)
            done.append(attempt)
        except Exception as error:
            if "refused" in str(error):
                done.append(attempt)
    raise ValueError("done: " + repr(done))
"""


def test_it_reaches_nothing_but_its_inputs(ws: Workspace) -> None:
    """Each attempt is made; what it says of itself in the end is the list of those that led anywhere."""
    bank = next((ws.folder / "bank" / "cafes" / "tables").rglob("*.parquet"))
    attempts = [each.format(ws=ws.folder, bank=bank) for each in ATTEMPTS] + ["1 + 1"]
    analysis(
        ws.folder / "content" / "analyses", code=CODE.replace(LINE, LINE + TRIED.format(attempts=attempts))
    )
    ws.approve("closed-shops", by="admin")
    with pytest.raises(MadangError, match=re.escape("done: ['1 + 1']")):
        ws.run("closed-shops")


def test_an_accident_ends_the_run_and_nothing_else(ws: Workspace) -> None:
    for line in ("import os; os._exit(3)", "bytearray(20 << 30)"):
        analysis(ws.folder / "content" / "analyses", code=CODE.replace(LINE, f"{LINE}    {line}\n"))
        ws.approve("closed-shops", by="admin")
        assert refused(ws) in ("run_failed", "run_ended")
    assert not list((ws.folder / "runs").glob("*")) if (ws.folder / "runs").is_dir() else True


def test_what_is_no_python_is_not_approved(ws: Workspace) -> None:
    analysis(ws.folder / "content" / "analyses", code=CODE.replace("-> Result:", "-> Result"))
    with pytest.raises(MadangError, match=r"SyntaxError: .*\(analysis\.py, line \d+\)") as error:
        ws.approve("closed-shops", by="admin")
    assert error.value.code == "analysis_broken"
    assert refused(ws) == "analysis_unapproved"


def test_what_goes_wrong_is_told_with_its_line(ws: Workspace) -> None:
    code = CODE.replace(LINE, f"{LINE}    {{}}['가게']\n")
    line = next(n for n, each in enumerate(code.splitlines(), 1) if "{}['가게']" in each)
    analysis(ws.folder / "content" / "analyses", code=code)
    ws.approve("closed-shops", by="admin")
    with pytest.raises(MadangError, match=rf"KeyError: '가게' \(analysis\.py:{line}\)"):
        ws.run("closed-shops")


def test_who_approves_is_told_which_tests_there_are_and_that_nobody_ran_them(
    ws: Workspace, tmp_path: Path
) -> None:
    def said() -> str:
        done = CliRunner().invoke(main, ["-w", str(ws.folder), "approve", "closed-shops", "--by", "admin"])
        assert done.exit_code == 0, done.output
        return done.output

    place = ws.folder / "content" / "analyses" / "closed-shops"
    assert "시험이 없습니다" in said()
    mark = tmp_path / "mark"
    (place / "test_closed.py").write_text(f'open("{mark}", "w")\nassert False\n', encoding="utf-8")
    assert refused(ws) == "analysis_unapproved"  # a test is part of what is approved
    told = said()
    assert "시험 test_closed.py가 있지만 돌려 보지 않았습니다" in told
    assert f"python -m pytest {place}" in told
    assert not mark.exists()
    kept = [json.loads(each.read_text("utf-8"))["tests"] for each in place.parent.glob(".approved/*.json")]
    assert sorted(kept) == [[], ["test_closed.py"]]


def test_its_code_is_not_loaded_into_this_process(ws: Workspace, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    code = f'from pathlib import Path\ntry:\n    Path("{mark}").touch()\nexcept OSError:\n    pass\n' + CODE
    analysis(ws.folder / "content" / "analyses", code=code)
    assert [each.id for each in ws.ledger.analyses] == ["closed-shops"]
    ws.approve("closed-shops", by="admin")
    assert ws.run("closed-shops").result
    assert not mark.exists()
