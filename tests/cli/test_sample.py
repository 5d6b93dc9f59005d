"""``madang sample`` and ``madang up --sample``: a workspace full of the made-up city, and nobody else's touched."""

from __future__ import annotations

import fcntl
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import pytest
from click.testing import CliRunner, Result

from madang.cli import main, sample
from madang.messages import MadangError
from madang.samplecity import Setting
from madang.workspace import Workspace
from samplecity.toy import toy_layers


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("madang.samplecity.make.layers", toy_layers)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def test_a_city_in_a_folder(tmp_path: Path) -> None:
    done = run("sample", tmp_path / "city", "--seed", "3", "--scale", "0.5")
    assert (done.exit_code, "나무 (2/2)" in done.output) == (0, True)
    assert (tmp_path / "city/delivery-2/나무/나무_20261031.csv").is_file()
    again = run("sample", tmp_path / "city")
    assert (again.exit_code, "이미 만들어진 도시" in again.output) == (0, True)


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--scale", "99"), "규모"), (("--seed", "-1"), "-1")],
)
def test_wrong_use_is_told(tmp_path: Path, options: tuple[str, ...], said: str) -> None:
    done = run("sample", tmp_path / "city", *options)
    assert (done.exit_code, said in done.output) == (2, True)
    assert not (tmp_path / "city").exists()


def test_the_folder_of_another_city_is_not_written_over(tmp_path: Path) -> None:
    run("sample", tmp_path / "city")
    done = run("sample", tmp_path / "city", "--seed", "2")
    assert (done.exit_code, "시드 1" in done.output) == (2, True)


@pytest.mark.slow
def test_deposited_and_scored(tmp_path: Path) -> None:
    done = run("-w", tmp_path / "w", "sample", tmp_path / "city", "--deposit", "--score", "--json")
    said = json.loads(done.stdout.splitlines()[-1])
    assert (done.exit_code, said["recall"], said["precision"], said["missed"]) == (0, 1.0, 1.0, [])
    workspace = Workspace.open(tmp_path / "w")
    assert workspace.settings.is_synthetic
    assert [version.rows for version in workspace.bank["나무"].versions] == [31, 32]
    card = workspace.bank["행정동경계"].card
    assert (card["steward"], card["known_defects"]) == (
        "자치행정과 자치행정팀",
        ["지어낸 자료입니다. 결함을 일부러 조금 심었습니다."],
    )
    assert card["standard"] == "area-boundary"
    table = run("-w", tmp_path / "w", "sample", tmp_path / "city", "--score")
    assert "cell_no_such_month" in table.output
    assert "100.0%" in table.output


@pytest.mark.slow
def test_a_missed_and_an_unplanted_problem_are_told(tmp_path: Path) -> None:
    run("sample", tmp_path / "city")
    first, second = (tmp_path / f"city/delivery-{number}/나무" for number in (1, 2))
    (file,) = first.iterdir()
    text = file.read_bytes()
    file.write_bytes(text.replace(b"2021-13-05", b"2021-12-05"))  # mended behind its back
    (file,) = second.iterdir()
    lines = file.read_bytes().split(b"\r\n")
    lines[1] = lines[1].replace(b"20", b"abc", 1)
    file.write_bytes(b"\r\n".join(lines))
    done = run("-w", tmp_path / "w", "sample", tmp_path / "city", "--deposit", "--score")
    assert "놓침: 나무_20260930.csv 5행 cell_no_such_month" in done.output
    assert "심지 않은 것을 알림: 나무_20261031.csv 2행" in done.output


@pytest.mark.slow
def test_an_empty_workspace_is_filled_once_and_an_interrupted_one_finished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "w"
    with monkeypatch.context() as interrupted:
        interrupted.setattr(sample, "deposit_city", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            sample.fill(folder, Setting())
    assert not Workspace.open(folder).bank.datasets()
    assert sample.fill(folder, Setting())
    bank = Workspace.open(folder).bank
    assert [dataset.id for dataset in bank.datasets()] == ["나무", "행정동경계"]
    deposits = bank["나무"].deposits()
    assert not sample.fill(folder, Setting())
    assert bank["나무"].deposits() == deposits


def _interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


def test_a_workspace_that_somebody_made_is_left_alone(tmp_path: Path) -> None:
    Workspace.init(tmp_path / "mine", "우리구")
    assert not sample.fill(tmp_path / "mine", Setting())
    mine = Workspace.open(tmp_path / "mine")
    assert (mine.settings.name, mine.settings.is_synthetic, mine.bank.datasets()) == ("우리구", False, [])
    assert not (tmp_path / "mine/sample").exists()


def test_two_windows_do_not_fill_one_workspace(tmp_path: Path) -> None:
    sample.workspace_of(tmp_path / "w", Setting())
    city = tmp_path / "w/sample"
    city.mkdir()
    with (city / sample.UNFINISHED).open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(MadangError, match="다른 창"):
            sample.fill(tmp_path / "w", Setting())
    assert not Workspace.open(tmp_path / "w").bank.datasets()


def test_a_score_without_a_workspace_is_refused_before_the_city_is_made(tmp_path: Path) -> None:
    done = run("-w", tmp_path / "w", "sample", tmp_path / "city", "--score")
    assert (done.exit_code, (tmp_path / "city").exists()) == (2, False)


@pytest.mark.slow
def test_pages_answer_after_the_first_start(tmp_path: Path) -> None:
    """The process that deposited has threads of the library of tables: a server that is forked from it answers nothing."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    start = (
        "import madang.samplecity.make as make, samplecity.toy as toy; make.layers = toy.toy_layers;"
        f"from madang.cli import main; main(['-w', 'w', 'up', '--sample', '--port', '{port}'])"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    server = subprocess.Popen([sys.executable, "-c", start], cwd=tmp_path, env=environment)
    try:
        site = f"http://127.0.0.1:{port}"
        browser = build_opener(HTTPCookieProcessor())
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', _page(browser, f"{site}/accounts/login/"))
        assert token
        said = {"csrfmiddlewaretoken": token[1], "login": "official", "password": "sample-city"}
        browser.open(f"{site}/accounts/login/", urlencode(said).encode()).close()
        assert "나무" in _page(browser, f"{site}/data/")
        assert "지어낸 도시" in _page(browser, f"{site}/data/{quote('나무')}/")
    finally:
        server.terminate()
        server.wait(20)


def _page(browser: OpenerDirector, address: str) -> str:
    """A page as soon as somebody answers; an answer that is an error fails at once."""
    for _ in range(480):
        try:
            with browser.open(address, timeout=20) as answer:
                return str(answer.read().decode())
        except HTTPError:
            raise
        except OSError:
            time.sleep(0.25)
    raise AssertionError("nobody answers")


def test_made_up_data_do_not_come_among_real_ones(tmp_path: Path) -> None:
    Workspace.init(tmp_path / "mine", "우리구")
    done = run("-w", tmp_path / "mine", "sample", tmp_path / "city", "--deposit")
    assert (done.exit_code, "실제 작업 공간" in done.output) == (2, True)
    assert not (tmp_path / "city").exists()


def test_a_folder_with_something_in_it_is_not_filled(tmp_path: Path) -> None:
    (tmp_path / "w/sample").mkdir(parents=True)
    (tmp_path / "w/sample/mine.txt").write_text("mine")
    assert not sample.fill(tmp_path / "w", Setting())
    assert [path.name for path in (tmp_path / "w").iterdir()] == ["sample"]


def test_a_city_of_several_gu_is_called_by_the_whole(tmp_path: Path) -> None:
    made = sample.workspace_of(tmp_path / "w", Setting(scale=3)).settings
    assert (made.name, made.area_code) == ("가온광역시 (표본)", "9900000000")


def test_without_telling_it_is_the_usual_city(tmp_path: Path) -> None:
    run("sample", tmp_path / "city")
    said = json.loads((tmp_path / "city/truth/city.json").read_text())
    assert (said["seed"], said["scale"], said["until"]) == (1, 1.0, str(Setting().until))
