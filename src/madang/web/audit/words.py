"""What was done, in words. Apps add theirs with `say`."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

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
    "dataset.read": _("제한 자료를 봄"),
    "dataset.read_personal": _("개인정보를 그대로 봄"),
    "dataset.deposit": _("올림"),
    "dataset.rollback": _("되돌림"),
    "dataset.edit_card": _("카드를 고침"),
    "dataset.rekey": _("지역을 다시 이음"),
    "dataset.erase": _("파기함"),
    "dataset.erase_copies": _("파기한 자료의 화면 사본을 지움"),
    "dataset.export": _("내보냄"),
    "dataset.forget_reading": _("읽는 법을 잊음"),
    "workspace.restore": _("백업에서 복원함"),
    "audit.verify": _("기록을 확인함"),
    "audit.export": _("기록을 내려받음"),
}


def say(titles: Mapping[str, object]) -> None:
    """Add words for what an app records; in its ready()."""
    _TITLES.update(titles)


def title(code: str) -> str:
    """What was done in words; the code itself where nobody said."""
    return str(_TITLES.get(code, code))
