"""The forms in which a report of a result leaves: one list for pages, command line and Python."""

from __future__ import annotations

from madang.messages import Language
from madang.results.html import report_html
from madang.results.report import About
from madang.results.result import Result
from madang.results.xlsx import report_xlsx

_OPEN = "application/vnd.openxmlformats-officedocument."
FORMS = {
    "html": "text/html; charset=utf-8",
    "docx": f"{_OPEN}wordprocessingml.document",
    "hwpx": "application/hwp+zip",
    "xlsx": f"{_OPEN}spreadsheetml.sheet",
}


def report_in(form: str, result: Result, about: About, language: Language = "ko") -> bytes:
    """A report in one of `FORMS`."""
    match form:
        case "html":
            return report_html(result, about, language).encode()
        case "docx":
            from madang.results.docx import report_docx  # 0.2 s

            return report_docx(result, about, language)
        case "hwpx":
            from madang.results.hwpx import report_hwpx

            return report_hwpx(result, about, language)
    return report_xlsx(result, about, language)
