"""``madang feed`` as a process: it says where it listens, answers, and ends by itself when told to."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from madang.cli import main
from madang.samplecity.feed_trouble import LATE, RATES

ROOT = Path(__file__).parents[2]


def heeds_interrupts() -> None:
    """What a shell starts in the background ignores SIGINT, and so do its children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def served() -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-u", "-m", "madang", "feed", "--port", "0", "--seed", "7", "--calm"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=heeds_interrupts) as process:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        yield process, found[0]
        process.kill()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_ends_when_told(
    served: tuple[subprocess.Popen[str], str], number: signal.Signals
) -> None:
    process, address = served
    with urllib.request.urlopen(f"{address}/river?serviceKey=a&type=json", timeout=20) as answer:
        told = json.load(answer)
    assert told["response"]["header"]["resultCode"] == "00"
    process.send_signal(number)
    assert process.wait(20) == 0


def test_a_port_that_is_taken_is_said() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(main, ["feed", "--port", str(port)])
    assert result.exit_code == 2
    assert str(port) in result.output


def test_the_city_always_ends_in_the_same_month() -> None:
    result = CliRunner().invoke(main, ["feed", "--until", "2026-07"])
    assert result.exit_code == 2
    assert "--until" in result.output


def test_the_guide_tells_the_rates_that_there_are() -> None:
    guide = (ROOT / "docs/how-to/live-feed.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| (`\w+`|늦은 분) \| ([\d.]+) % \|", guide, re.MULTILINE))
    assert told == {f"`{name}`": f"{100 * rate:.1f}" for name, rate in RATES.items()} | {
        "늦은 분": f"{100 * LATE:.1f}"
    }
