"""``madang`` and ``python -m madang``: the command line in a process of its own."""

import os

from madang.cli import main
from madang.intake.no_pandas import without_pandas


def run() -> None:
    """Run the command line; the process ends with its exit code. What it makes is its owner's alone to read."""
    os.umask(0o077)
    without_pandas()
    main(prog_name="madang")


if __name__ == "__main__":
    run()
