"""What the command line loads before it knows what it is asked for."""

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_the_command_line_starts_without_what_only_a_deposit_needs() -> None:
    heavy = (
        "pandas shapely pyproj pyogrio lxml olefile ijson madang.intake.settle madang.intake.place".split()
    )
    asked = f"import sys, madang.cli; print([each for each in {heavy!r} if each in sys.modules])"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
