"""Opens an old or binary workbook in a process of its own first.

A cell at an absurd place makes the reader ask for more memory than there is, and that ends the process. In an XLSX such
places are seen in its XML beforehand (`excel_guard`); the binary forms are tried where nothing else can be lost.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from madang.intake.raw import Refused

_SECONDS = 60
_CHILD = """
import resource, sys
import python_calamine as calamine
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
with open(sys.argv[1], "rb") as stream:
    book = calamine.CalamineWorkbook.from_filelike(stream)
    for sheet in book.sheets_metadata:
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet:
            book.get_sheet_by_name(sheet.name)
"""


def probe(path: Path) -> None:
    """Raises Refused(workbook_bomb) where opening the workbook takes more than 3 GB, or a minute.

    What else is wrong with it is left to whoever reads it. Without effect where memory cannot be limited (Windows).
    """
    if sys.platform == "win32":
        return
    command = [sys.executable, "-I", "-c", _CHILD, str(path.resolve())]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False).returncode
    except subprocess.TimeoutExpired:
        raise Refused("workbook_bomb", file=path.name, reason=f"{_SECONDS}초 넘게 열리지 않음") from None
    if ended < 0:
        raise Refused("workbook_bomb", file=path.name, reason="메모리 3 GB를 넘음")
