"""``python -m madang`` is the command line."""

from madang.cli import main

main(prog_name="madang")
