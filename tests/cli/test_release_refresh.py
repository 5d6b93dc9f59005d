"""``madang release refresh`` without a dataset: one that is refused holds up no other, and is told at the end."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from madang.cli import main
from madang.release import Treatment
from release.city import decision, deposit, made


def test_what_is_refused_is_told_at_the_end_and_the_others_are_published(tmp_path: Path) -> None:
    ws, releases = made(tmp_path / "city")
    for dataset in ("가게", "나무", "다리"):
        deposit(ws, dataset, ["별칭", "수량"], [(f"가람{n}", 10 * n) for n in range(1, 10)])
        columns = {column.name: Treatment() for column in ws.version(dataset).columns}
        releases.decide(decision(dataset, dataset, columns=columns))
    for dataset, label in (("가게", "수량"), ("나무", "그루"), ("다리", "수량")):
        deposit(ws, dataset, ["별칭", label], [(f"가람{n}", 10 * n) for n in range(1, 11)])
    done = CliRunner().invoke(main, ["-w", str(ws.folder), "release", "refresh"])
    assert done.exit_code == 3, done.output
    assert [releases.open_bank[name].latest.rows for name in ("가게", "나무", "다리")] == [10, 9, 10]  # type: ignore[union-attr]
    told = done.stderr.splitlines()
    assert told[0] == "열지 못한 자료 1개:"
    assert [line.split(":")[0].strip() for line in told[1:]] == ["나무"]
    one = CliRunner().invoke(main, ["-w", str(ws.folder), "release", "refresh", "나무"])
    assert one.exit_code == 2
