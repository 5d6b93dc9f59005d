"""A round with people in it: Alice opens it, Bora and Chul answer for two departments, Dan for none."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

HEADER = ["위원회명", "위원수(명)", "설치일", "구분"]
GOOD = [["노인복지위원회", 12, "2010-03-02", "법정"], ["아동위원회", 9, "2015-07-01", "조례"]]
BAD = [["도로명주소위원회", 7, "2012-01-01", "법정"], ["교통안전위원회", "열하나", "2001-05-05", "조례"]]


def xlsx(
    rows: Sequence[Sequence[object]], header: Sequence[str] = HEADER, name: str = "자료.xlsx"
) -> SimpleUploadedFile:
    """A workbook with one sheet."""
    book = openpyxl.Workbook()
    for row in [header, *rows]:
        book.active.append(list(row))
    held = io.BytesIO()
    book.save(held)
    return SimpleUploadedFile(name, held.getvalue())


class RoundOfTwo:
    """복지과 and 도로과 are asked for their committees by Alice, a steward."""

    def __init__(self, signed_in: Any, **settings: str) -> None:
        self.alice = signed_in("steward", posts=["기획과 데이터팀"], username="alice")
        self.bora = signed_in("official", department="복지과", username="bora")
        self.chul = signed_in("official", department="도로과", username="chul")
        self.dan = signed_in("official", department="세무과", username="dan")
        due = timezone.localtime() + timedelta(days=7)
        self.due = f"{due:%Y-%m-%dT%H:%M}"
        made = self.alice.post("/rounds/new/", {"title": "위원회 현황", "due_at": self.due})
        self.url = made["Location"]
        self.departments = ["복지과", "도로과"]
        told = {"title": "위원회 현황", "due_at": self.due, "target": "위원회-현황", "nothing_allowed": "on", "remind_days": "3, 1, 0",
                "why": "지방자치법", "department": [self.department(d) for d in self.departments], **COLUMNS, **settings}  # fmt: skip
        self.opened = self.alice.post(f"{self.url}settings/", {**told, "do": "open"}, follow=True)

    @property
    def round(self) -> Any:
        from madang.web.rounds.models import Round

        return Round.objects.get(key=self.url.strip("/").split("/")[-1])

    def part(self, name: str) -> Any:
        return self.round.parts.select_related("round", "department").get(department__name=name)

    def at(self, name: str) -> str:
        """The address of a department's part."""
        return f"{self.url}{self.part(name).pk}/"

    def link(self, name: str) -> str:
        from madang.web.rounds.links import token_of

        return f"/rounds/t/{token_of(self.part(name))}/"

    @staticmethod
    def department(name: str) -> int:
        from madang.web.accounts.models import Department

        return int(Department.objects.get(name=name).pk)


COLUMNS = {
    "label-0": "위원회명", "name-0": "name", "key-0": "on", "required-0": "on", "example-0": "도시계획위원회", "type-0": "text",
    "label-1": "위원수", "name-1": "members", "type-1": "integer", "unit-1": "명", "required-1": "on", "example-1": "15",
    "label-2": "설치일", "name-2": "founded", "type-2": "date", "example-2": "2009-04-01",
    "label-3": "구분", "name-3": "kind", "type-3": "text", "values-3": "법정, 조례", "example-3": "법정", "aliases-3": "종류",
}  # fmt: skip
