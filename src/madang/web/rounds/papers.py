"""Papers of a round: the list of addresses for a mail merge, and the record of how it went."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _

from madang.web.accounts.models import Holding, User
from madang.web.accounts.people import lasting
from madang.web.rounds import states
from madang.web.rounds.board import board
from madang.web.rounds.models import Part, Round
from madang.web.rounds.names import name_of, names_of
from madang.web.shell.mark import Mark

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def addresses(round_: Round, host: str) -> str:
    """CSV for Excel: department, link, due date, how far it is, addresses of who works there. `host`: https://…"""
    held = io.StringIO()
    held.write("\ufeff")
    writer = csv.writer(held)
    writer.writerow([_("부서"), _("직위"), _("상태"), _("기한"), _("링크"), _("전자우편")])
    mail = _mail()
    for line in board(round_).lines:
        until = timezone.localtime(line.part.until)
        writer.writerow(
            _plain(
                [line.part.name, line.part.post, line.mark.words, f"{until:%Y-%m-%d %H:%M}",
                 f"{host}{line.link}" if line.link else "", ", ".join(mail.get(line.part.name, ()))]
            )
        )  # fmt: skip
    return held.getvalue()


@dataclass(frozen=True)
class Link:
    """A department, where its link leads, and whether somebody there has an account and so a notice."""

    part: Part
    mark: Mark
    address: str
    told: bool


def links(round_: Round, host: str) -> list[Link]:
    """The links of a round that is open. `host`: https://…"""
    today = timezone.localdate()
    holding = Holding.objects.filter(lasting(today), user__is_active=True)
    posts = set(holding.values_list("post__name", flat=True))
    departments = set(holding.values_list("post__department__name", flat=True))
    departments |= set(User.objects.filter(is_active=True).values_list("department__name", flat=True))
    return [
        Link(line.part, line.mark, f"{host}{line.link}", line.part.post in posts if line.part.post else line.part.name in departments)
        for line in board(round_).lines
        if line.link
    ]  # fmt: skip


def _mail() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    people = User.objects.filter(is_active=True, department__isnull=False).exclude(email="")
    for name, email in people.values_list("department__name", "email"):
        found.setdefault(name, []).append(email)
    return found


def _plain(cells: Iterable[str]) -> list[str]:
    return [f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells]


def for_the_record(round_: Round) -> bytes:
    """A workbook of who answered what and when, with counts, versions and decisions."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(
        held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    bold = book.add_format({"bold": True})
    _about(book, round_, bold)
    made = board(round_)
    rows = [
        [
            line.part.name, line.mark.words, line.given.rows if line.given else None, line.part.rows_before,
            _when(line.given.at) if line.given else "", line.by, line.signed_by, ", ".join(mark.words for mark in line.marks),
            line.given.note if line.given else line.part.reason,
        ]
        for line in made.lines
    ]  # fmt: skip
    head = [
        _("부서"),
        _("상태"),
        _("행"),
        _("지난 행"),
        _("낸 때"),
        _("낸 사람"),
        _("결재"),
        _("표시"),
        _("적은 말"),
    ]
    _sheet(book, _("부서"), head, rows, bold)
    given = list(round_.contributions.select_related("part__department"))
    names = names_of(login for c in given for login in (c.by, c.signed_by) if login)
    contributions = [
        [c.number, c.part.name, _when(c.at), names[c.by], c.rows, c.errors, _("해당 없음") if c.is_nothing else "",
         _("일부") if c.is_partial else "", _("늦음") if c.is_late else "", names.get(c.signed_by, ""), _when(c.returned_at), c.note,
         " ".join(sorted({table["sha256"] for table in c.tables}))]
        for c in given
    ]  # fmt: skip
    head = [_("번호"), _("부서"), _("낸 때"), _("낸 사람"), _("행"), _("오류"), _("해당 없음"), _("일부"), _("늦음"),
            _("결재"), _("돌려보낸 때"), _("적은 말"), _("원본(SHA-256)")]  # fmt: skip
    _sheet(book, _("제출"), head, contributions, bold)
    merges = [
        [m.version, _when(m.at), name_of(m.by), m.rows, ", ".join(map(str, m.contributions))]
        for m in round_.merges.all()
    ]
    _sheet(book, _("모은 판"), [_("판"), _("때"), _("누가"), _("행"), _("제출 번호")], merges, bold)
    decided = [[d.key, d.keeps or _("모두 둠"), name_of(d.by), _when(d.at)] for d in round_.decisions.all()]
    _sheet(book, _("정한 것"), [_("기준 값"), _("남긴 부서"), _("누가"), _("때")], decided, bold)
    book.close()
    return held.getvalue()


def _about(book: xlsxwriter.Workbook, round_: Round, bold: object) -> None:
    sheet = book.add_worksheet(_("취합"))
    sheet.set_column(0, 0, 16)
    sheet.set_column(1, 1, 60)
    lines = [
        (_("제목"), round_.title), (_("근거"), round_.why), (_("문서번호"), round_.document_number),
        (_("상태"), str(states.ROUND[round_.state])), (_("연 사람"), name_of(round_.made_by)), (_("연 때"), _when(round_.opened_at)),
        (_("기한"), _when(round_.due_at)), (_("닫은 때"), _when(round_.closed_at)), (_("닫은 사람"), name_of(round_.closed_by)),
        (_("데이터"), round_.target),
    ]  # fmt: skip
    for number, (name, value) in enumerate(lines):
        sheet.write_string(number, 0, name, bold)
        sheet.write_string(number, 1, value)


def _sheet(
    book: xlsxwriter.Workbook, name: str, head: list[str], rows: list[list[object]], bold: object
) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(head) - 1, 16)
    sheet.write_row(0, 0, head, bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if isinstance(value, int):
                sheet.write_number(number, place, value)
            elif value is not None:
                sheet.write_string(number, place, str(value))


def _when(at: object) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
