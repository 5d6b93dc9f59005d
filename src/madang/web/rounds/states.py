"""The states of a round and of a department's part in it, and what leads from one to the next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from madang.messages import MadangError
from madang.web.shell.mark import Mark

DRAFT, OPEN, CLOSED = "draft", "open", "closed"
ROUND = {DRAFT: _("준비 중"), OPEN: _("받는 중"), CLOSED: _("닫음")}

WAITING, OPENED, CHECKING, ERRORS, READY = "waiting", "opened", "checking", "errors", "ready"
SUBMITTED, SIGNED, RETURNED, ACCEPTED, NOTHING = "submitted", "signed", "returned", "accepted", "nothing"

LABELS = {
    WAITING: _("아직 열지 않음"),
    OPENED: _("열어 봄"),
    CHECKING: _("점검 중"),
    ERRORS: _("고칠 곳 있음"),
    READY: _("제출 준비됨"),
    SUBMITTED: _("제출함"),
    SIGNED: _("결재함"),
    RETURNED: _("돌려보냄"),
    ACCEPTED: _("접수함"),
    NOTHING: _("해당 없음"),
}
_TONES = {ERRORS: "bad", RETURNED: "bad", READY: "warn", SUBMITTED: "good", SIGNED: "good", ACCEPTED: "good", NOTHING: "good"}  # fmt: skip
IN = (SUBMITTED, SIGNED, ACCEPTED, NOTHING)  # the department has answered
BEFORE = (WAITING, OPENED, ERRORS, READY, RETURNED)  # it has not, or not well enough
_ALL = tuple(LABELS)

# what is done -> from which states -> to which. Corrections may come at any time: what was handed in before stays
# handed in until the corrected contribution replaces it.
MOVES: dict[str, tuple[tuple[str, ...], str]] = {
    "open": ((WAITING,), OPENED),
    "receive": (_ALL, CHECKING),
    "empty": ((CHECKING, *BEFORE, *IN), OPENED),
    "fail": ((CHECKING, ERRORS, READY), ERRORS),
    "pass": ((CHECKING, ERRORS, READY), READY),
    "submit": ((READY, ERRORS, RETURNED), SUBMITTED),
    "say_nothing": (BEFORE, NOTHING),
    "sign": ((SUBMITTED,), SIGNED),
    "send_back": (IN, RETURNED),
    "accept": ((SUBMITTED, SIGNED, NOTHING), ACCEPTED),
}


def after(state: str, move: str) -> str:
    """The state after a move. Raises MadangError("round_move") where it cannot be made from this one."""
    before, then = MOVES[move]
    if state not in before:
        raise MadangError("round_move", state=str(LABELS[state]))
    return then


def may(state: str, move: str) -> bool:
    """Whether a move can be made from a state."""
    return state in MOVES[move][0]


def mark(state: str) -> Mark:
    """A state as pages show it."""
    return Mark(str(LABELS[state]), _TONES.get(state, ""))  # type: ignore[arg-type]
