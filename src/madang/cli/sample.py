"""``madang sample``: a made-up city in files as offices write them, and a workspace filled with it."""

from __future__ import annotations

import fcntl
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from madang.cli.common import OUR_FAILURE, echo_json, json_option
from madang.cli.folder import Job, Outcome, deposit_folder, files_of, named
from madang.cli.folder_report import advancing
from madang.cli.sample_cards import write_cards
from madang.cli.sample_score import score, show
from madang.intake.raw import Override
from madang.messages import MadangError, text
from madang.samplecity import Made, Setting, found, make_city
from madang.samplecity.score import Score
from madang.workspace import Workspace

NAMES = (("여울구", "9911000000"), ("가온광역시", "9900000000"))  # of one 구, of several
UNFINISHED = "unfinished"  # beside the city of a workspace, until all of it is in the bank


@click.command(
    help="지어낸 도시를 실제와 같은 꼴의 파일로 만듭니다. 심은 결함과 정답은 truth 폴더에 있습니다."
)
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", type=click.IntRange(min=0), help="같은 시드면 같은 도시입니다 (기본: 1).")
@click.option(
    "--scale", type=float, help="1이면 40만 명, 10이면 자치구 열 곳의 큰 도시입니다 (0.03–10, 기본: 1)."
)
@click.option(
    "--deposit", "into", is_flag=True, help="만든 뒤 작업 공간에 입고합니다. 작업 공간이 없으면 만듭니다."
)
@click.option(
    "--score", "scored", is_flag=True, help="입고된 도시에서 심은 결함이 모두, 그것만 알려졌는지 셉니다."
)
@json_option
@click.pass_context
def sample(
    context: click.Context,
    /,
    directory: Path,
    into: bool,
    scored: bool,
    as_json: bool,
    **told: Any,
) -> None:
    """Make the sample city in a folder; with ``--deposit`` the workspace gets both deliveries."""
    folder, code = Path(context.find_root().obj), 0
    if into and (folder / "madang.toml").exists():
        workspace_of(folder, Setting())  # what is wrong is rather told now than after the city is made
    elif scored and not into:
        Workspace.open(folder)
    made = made_city(directory, _setting(directory, **told), quiet=as_json)
    if into:
        code = deposit_city(made, workspace_of(folder, made.setting), quiet=as_json)
    result = score(made, Workspace.open(folder).bank) if scored else None
    if as_json:
        echo_json(_as_json(made, result))
    elif result is not None:
        show(result)
    context.exit(code)


def _setting(directory: Path, seed: int | None, scale: float | None) -> Setting:
    """What is told; of the rest what the city in the folder has, or the usual."""
    there = found(directory)
    known = there.setting if there else Setting()
    return replace(
        known, seed=known.seed if seed is None else seed, scale=known.scale if scale is None else scale
    )


def _as_json(made: Made, result: Score | None) -> dict[str, Any]:
    setting = made.setting
    values = {
        "path": str(made.folder),
        "seed": setting.seed,
        "scale": setting.scale,
        "until": setting.until,
        "files": made.files,
        "defects": made.defects,
    }
    if result is None:
        return values
    return {**values, "recall": result.recall, "precision": result.precision, "missed": result.missed, "extra": result.extra}  # fmt: skip


def workspace_of(folder: Path, setting: Setting) -> Workspace:
    """The workspace in `folder`; where there is none, one that says of itself that its city is made up.

    Raises MadangError("sample_real_workspace") for one that does not: made-up data never come among real ones.
    """
    if (folder / "madang.toml").exists():
        workspace = Workspace.open(folder)
        if not workspace.settings.is_synthetic:
            raise MadangError("sample_real_workspace", path=folder)
        return workspace
    name, area_code = NAMES[setting.districts > 1]
    return Workspace.init(folder, text("sample_name", name=name), area_code=area_code, synthetic=True)


def fill(folder: Path, setting: Setting) -> bool:
    """Make a workspace with the city of `setting` in it; one that was interrupted is finished, any other is left alone.

    True where something was deposited. Raises MadangError("sample_busy") while another process is at it.
    """
    city = folder / "sample"
    unfinished = city / UNFINISHED
    if not (folder / "madang.toml").exists():
        if folder.exists() and any(folder.iterdir()):
            return False  # somebody's folder
        workspace_of(folder, setting)
    workspace = Workspace.open(folder)
    started = unfinished.exists() or not workspace.bank.datasets()
    if not (workspace.settings.is_synthetic and started):
        return False
    city.mkdir(exist_ok=True)
    with unfinished.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise MadangError("sample_busy", path=folder) from error
        click.echo(text("sample_first"), err=True)
        made = found(city / "files")
        made = made_city(city / "files", made.setting if made else setting)
        if deposit_city(made, workspace) != OUR_FAILURE:
            unfinished.unlink(missing_ok=True)
    return True


def made_city(folder: Path, setting: Setting, *, quiet: bool = False) -> Made:
    """The city in `folder`, made where it is not there."""
    there, began = found(folder) is not None, time.monotonic()
    made = make_city(folder, setting, (lambda *_: None) if quiet else _telling())
    if not quiet:
        values: dict[str, Any] = {"path": folder, "defects": f"{made.defects:,}", "first": made.files[0], "second": made.files[1]}  # fmt: skip
        code = "sample_there" if there else "sample_made"
        click.echo(_blank() + text(code, **values, seconds=f"{time.monotonic() - began:.0f}"))
    return made


def _telling() -> Callable[[str, str, int, int], None]:
    """Says each step: on one line where somebody watches, otherwise a line for each."""

    def tell(kind: str, label: str, done: int, steps: int) -> None:
        said = text(f"sample_{kind}", label=label, done=done + 1, steps=steps)
        click.echo(_blank() + said, err=True, nl=not sys.stderr.isatty())

    return tell


def _blank() -> str:
    return "\r\033[K" if sys.stderr.isatty() else ""


def deposit_city(made: Made, workspace: Workspace, *, quiet: bool = False) -> int:
    """Deposit both deliveries; 0, or OUR_FAILURE where a file failed for no fault of its own."""
    began, sums, failures = time.monotonic(), Counter[str](), []

    def told(outcome: Outcome) -> None:
        for receipt in outcome.receipts:
            sums["problems"] += receipt.problems
            sums["refused"] += receipt.verdict == "refused"
        if outcome.error:
            failures.append(outcome)
            click.echo(f"✕ {outcome.path.name}: {outcome.error}", err=True)

    job = Job(workspace.folder, Override(), None)
    every: dict[str, list[Path]] = {}
    for part, folder in enumerate(made.deliveries, 1):
        groups = named(folder, files_of(folder, lambda _: None))
        every = {**groups, **every}
        if not quiet:
            click.echo(text("sample_depositing", part=part, files=made.files[part - 1]), err=True)
        with advancing(quiet=quiet) as show:
            deposit_folder(job, groups, told, show)
    write_cards(workspace, every)
    from madang.release.samples import open_samples

    opened = open_samples(workspace.releases)
    datasets = workspace.bank.datasets()
    if not quiet:
        rows = sum(dataset.latest.rows for dataset in datasets if dataset.latest)
        counts: dict[str, Any] = {
            "datasets": len(datasets),
            "rows": f"{rows:,}",
            "problems": f"{sums['problems']:,}",
        }
        seconds = f"{time.monotonic() - began:.0f}"
        click.echo(text("sample_deposited", **counts, refused=sums["refused"], seconds=seconds))
        click.echo(text("sample_opened", editions=len(opened)))
    return OUR_FAILURE if failures else 0


COMMANDS = [sample]
