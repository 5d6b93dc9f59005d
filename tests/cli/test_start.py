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


@pytest.mark.slow
def test_pages_and_jobs_start_without_what_only_the_protection_of_a_table_needs() -> None:
    asked = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'madang.web.config.settings'; django.setup();"
        "from madang.web.work.registry import _discover; _discover();"
        "print([each for each in ('scipy.sparse', 'scipy.optimize') if each in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
