"""What was done, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

from madang.web.shell import words

_TITLES: dict[str, object] = {
    "people.sign_in": _("로그인"),
    "people.sign_in_failed": _("로그인 실패"),
    "people.sign_out": _("로그아웃"),
    "people.change_password": _("비밀번호를 바꿈"),
    "people.reset_password": _("한 번만 쓰는 비밀번호를 냄"),
    "people.add_second_factor": _("2차 인증을 씀"),
    "people.remove_second_factor": _("2차 인증을 그만둠"),
    "people.from_provider": _("통합 로그인에서 옴"),
    "people.add": _("사람을 더함"),
    "people.change": _("사람을 고침"),
    "people.close": _("계정을 닫음"),
    "people.open": _("계정을 엶"),
    "people.unlock": _("잠금을 풂"),
    "people.end_sessions": _("로그인을 끝냄"),
    "people.give_post": _("자리를 맡김"),
    "people.end_post": _("자리를 거둠"),
    "people.add_department": _("부서를 더함"),
    "people.add_post": _("자리를 더함"),
    "people.pass_on": _("부서를 넘김"),
    "people.succeed_post": _("자리를 넘김"),
    "people.make_token": _("열쇠를 만듦"),
    "people.revoke_token": _("열쇠를 끊음"),
    "people.make_sample": _("표본 사람을 만듦"),
    "dataset.create": _("데이터를 만듦"),
    "dataset.read": _("제한 자료를 봄"),
    "dataset.read_personal": _("개인정보를 그대로 봄"),
    "dataset.download": _("내려받음"),
    "dataset.copy": _("고칠 엑셀을 내려받음"),
    "dataset.copy_back": _("고친 엑셀을 올림"),
    "dataset.edit": _("행을 고침"),
    "dataset.edit_drop": _("고치던 것을 버림"),
    "dataset.card": _("카드를 고침"),
    "dataset.deposit": _("입고함"),
    "dataset.rollback": _("되돌림"),
    "dataset.edit_card": _("카드를 고침"),
    "dataset.rekey": _("지역을 다시 이음"),
    "dataset.erase": _("파기함"),
    "dataset.erase_copies": _("파기한 자료의 화면 사본을 지움"),
    "dataset.export": _("내보냄"),
    "dataset.forget_reading": _("읽는 법을 잊음"),
    "deposit.begin": _("올리기 시작함"),
    "deposit.read": _("올린 파일을 읽음"),
    "deposit.confirm": _("입고를 확인함"),
    "deposit.drop": _("올린 파일을 버림"),
    "deposit.change": _("올린 파일의 담당을 바꿈"),
    "deposit.expire": _("오래된 올린 파일을 지움"),
    "round.make": _("취합을 만듦"),
    "round.change": _("취합 설정을 고침"),
    "round.columns": _("취합 항목을 정함"),
    "round.departments": _("취합할 부서를 정함"),
    "round.open": _("취합을 엶"),
    "round.addresses": _("취합 링크를 봄"),
    "round.renew_link": _("취합 링크를 바꿈"),
    "round.revoke_link": _("취합 링크를 없앰"),
    "round.remind": _("취합을 알림"),
    "round.extend": _("취합 기한을 늦춤"),
    "round.look": _("취합 화면을 엶"),
    "round.file": _("취합 자료를 올림"),
    "round.take_away": _("취합 자료를 뺌"),
    "round.map": _("취합 머리글을 이음"),
    "round.mend": _("취합 자료를 고침"),
    "round.submit": _("취합 자료를 냄"),
    "round.nothing": _("해당 없음으로 답함"),
    "round.sign": _("취합 자료를 결재함"),
    "round.send_back": _("취합 자료를 돌려보냄"),
    "round.accept": _("취합 자료를 접수함"),
    "round.decide": _("겹치는 행을 정함"),
    "round.merge": _("취합 자료를 모음"),
    "round.close": _("취합을 닫음"),
    "source.create": _("수집원을 만듦"),
    "source.change": _("수집원을 고침"),
    "source.remove": _("수집원을 없앰"),
    "source.run": _("지금 수집함"),
    "source.try": _("수집을 시험함"),
    "source.pause": _("수집을 멈춤"),
    "source.resume": _("수집을 다시 시작함"),
    "source.hosts": _("받아도 되는 주소를 정함"),
    "release.decide": _("개방을 결정함"),
    "release.refresh": _("개방 자료를 새로 함"),
    "release.withdraw": _("개방을 거둠"),
    "release.pack": _("개방 묶음을 만듦"),
    "sql.ask": _("SQL로 질의함"),
    "sql.save": _("질의를 저장함"),
    "sql.remove": _("저장한 질의를 지움"),
    "sql.derive": _("질의로 데이터를 만듦"),
    "run.make": _("분석을 실행함"),
    "run.keep": _("결과를 살려 둠"),
    "run.change_keep": _("살려 둔 결과의 주기를 바꿈"),
    "run.renew": _("살려 둔 결과를 다시 셈함"),
    "run.stop": _("살려 둔 결과를 멈춤"),
    "indicator.measure": _("지표나 표를 다시 만들게 함"),
    "indicator.target": _("지표의 목표를 적음"),
    "analysis.approve": _("분석의 코드를 승인함"),
    "work.cancel": _("작업을 그만둠"),
    "work.repeat": _("작업을 다시 함"),
    "workspace.restore": _("백업에서 복원함"),
    "audit.verify": _("기록을 확인함"),
    "audit.export": _("기록을 내려받음"),
}
GROUPS: dict[str, object] = {  # the first word of a code
    "people": _("사람"),
    "dataset": _("데이터"),
    "deposit": _("올리기"),
    "upload": _("올린 파일"),
    "round": _("취합"),
    "source": _("수집"),
    "release": _("개방"),
    "sql": _("질의"),
    "run": _("분석"),
    "indicator": _("지표"),
    "work": _("작업"),
    "workspace": _("작업 공간"),
    "audit": _("기록"),
}
_DOORS: dict[str, object] = {
    "web": _("화면"),
    "cli": _("명령줄"),
    "api": _("프로그램(API)"),
    "work": _("작업"),
    "link": _("취합 링크"),
}
_NAMES: dict[str, object] = {  # of what an entry tells in detail
    "access": _("공개 범위"),
    "analysis": _("분석"),
    "after": _("뒤"),
    "before": _("앞"),
    "bytes": _("바이트"),
    "by": _("누가"),
    "cells": _("칸"),
    "changed": _("바뀐 것"),
    "columns": _("열"),
    "dataset": _("데이터"),
    "department": _("부서"),
    "departments": _("부서"),
    "deposit": _("접수 번호"),
    "document": _("문서번호"),
    "every": _("주기"),
    "file": _("파일"),
    "form": _("형식"),
    "format": _("형식"),
    "inputs": _("쓴 데이터"),
    "job": _("작업"),
    "journal": _("명령줄 기록 번호"),
    "keeper": _("살려 둔 사람"),
    "keeps": _("쓰는 값"),
    "kind": _("종류"),
    "licence": _("이용 조건"),
    "living": _("살려 둔 결과"),
    "new": _("새로 만듦"),
    "number": _("번호"),
    "on": _("날짜"),
    "post": _("자리"),
    "problems": _("문제"),
    "verdict": _("판정"),
    "page": _("화면"),
    "parameters": _("정한 값"),
    "people": _("사람"),
    "replace": _("바꿔 넣음"),
    "roles": _("역할"),
    "rows": _("행"),
    "scopes": _("쓸 수 있는 일"),
    "sessions": _("끝낸 로그인"),
    "shared": _("함께 씀"),
    "since": _("언제부터"),
    "standard": _("표준"),
    "state": _("상태"),
    "steward": _("담당"),
    "successor": _("이어받은 자리"),
    "thing": _("대상"),
    "title": _("제목"),
    "to": _("받은 곳"),
    "token": _("열쇠"),
    "type": _("종류"),
    "until": _("언제까지"),
    "version": _("판"),
    "what": _("무엇을"),
    "whole": _("온전함"),
}


_VALUES: dict[str, Mapping[str, object]] = {
    "verdict": {code: mark.words for code, mark in words.VERDICTS.items()},
    "access": words.ACCESS,
    "licence": words.LICENCES,
    "every": {
        "now": _("새 판이 오면 바로"),
        "day": _("날마다"),
        "week": _("매주"),
        "month": _("매달"),
        "year": _("해마다"),
    },
}


def title(code: str) -> str:
    """What was done in words; the code itself where nobody said."""
    return str(_TITLES.get(code, code))


def group(code: str) -> str:
    """The kind of thing that a code is about, in words."""
    start = code.partition(".")[0]
    return str(GROUPS.get(start, start))


def door(via: str) -> str:
    """Through which door, in words."""
    return str(_DOORS.get(via, via))


def who(by: str, via: str) -> str:
    """Who did it: at the command line the operator of the computer, "명령줄(root)"."""
    return f"{door(via)}({by})" if via == "cli" and by else by or "-"


def name(code: str) -> str:
    """The name of a detail in words."""
    return str(_NAMES.get(code, code))


def value(said: Any, of: str = "") -> str:
    """A value of a detail as people write it; `of` names the detail, since some values are words of a list."""
    if of in _VALUES and isinstance(said, str):
        return str(_VALUES[of].get(said, said))
    if isinstance(said, bool):
        return str(_("예") if said else _("아니요"))
    if isinstance(said, list):
        return ", ".join(value(each, of) for each in said)
    if isinstance(said, dict):
        return ", ".join(f"{name(key)} {value(each, key)}" for key, each in said.items())
    return str(said)


def thing(said: str) -> tuple[str, str, str]:
    """What it was done with: the kind in words, its name, the address where it can be seen; "" where there is none."""
    start, colon, rest = said.partition(":")
    if not colon or start not in GROUPS:
        return "", said, ""
    address = {
        "dataset": f"/data/{quote(rest)}/",
        "round": f"/rounds/{quote(rest)}/",
        "source": f"/sources/{quote(rest)}/",
        "run": f"/runs/{quote(rest)}/",
        "indicator": f"/indicators/{quote(rest)}/",
    }
    return str(GROUPS[start]), rest, address.get(start, "")
