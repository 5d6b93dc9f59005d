"""Nothing that the room says, keeps or raises repeats a value it has seen. All numbers here are made up."""

from __future__ import annotations

import dataclasses
import pickle
import re
from typing import Any

import pyarrow as pa
import pytest

from madang.messages import en, ko, text
from madang.privacy import KINDS, MASKS, POLICY, Column, judge_table, mask, redact, rrn_verdict, scan
from madang.privacy.policy import Policy

PLANTED = {
    "주민등록번호": "850714-2345671",
    "신청인 연락처": "010-7391-4826",
    "이메일": "uniq.person77@example.kr",
    "카드번호": "4111-1111-1111-1111",
    "계좌번호": "국민은행 738291-04-918273",
    "차량번호": "57너8246",
    "여권번호": "M73918264",
    "운전면허번호": "13-92-739182-64",
    "성명": "탁월한",
    "생년월일": "19850714",
    "내용": "저는 850714-2345671이고 010-7391-4826입니다",
}
SECRETS = (
    "850714",
    "2345671",
    "7391",
    "4826",
    "uniq",
    "1111",
    "738291",
    "918273",
    "57너",
    "8246",
    "73918264",
    "739182",
    "월한",
)


def said(thing: Any) -> str:
    """Everything a thing shows of itself: its words, its fields, the fields of those, and its bytes when sent on."""
    chance = r" at 0x[0-9a-f]+|\b\d{15,20}\b"  # where it lies in memory, and salted hashes: longer than any number planted
    shown = [re.sub(chance, "", each) for each in (repr(thing), str(thing))]
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        shown += [said(getattr(thing, field.name)) for field in dataclasses.fields(thing)]
    elif isinstance(thing, dict):
        shown += [said(part) for pair in thing.items() for part in pair]
    elif isinstance(thing, list | tuple | set | frozenset):
        shown += [said(part) for part in thing]
    return "\n".join(shown)


def test_hits_findings_and_verdicts_hold_no_value() -> None:
    columns = [
        Column(label, scan(pa.array([value] * 3 + [value + " 외 1"]), label=label))
        for label, value in PLANTED.items()
    ]
    assert all(column.hits.cells or column.label == "생년월일" for column in columns)
    shown = said(columns) + said(judge_table(columns))
    shown += "".join(rrn_verdict(column.label, column.hits) for column in columns)
    sent = pickle.dumps([column.hits for column in columns]).decode("latin-1")
    assert [secret for secret in SECRETS if secret in shown] == []
    assert [secret for secret in SECRETS if secret.encode().decode("latin-1") in sent] == []


def test_masks_and_redacted_texts_hold_no_value() -> None:
    for label, value in PLANTED.items():
        kinds = [kind for kind in KINDS if kind not in ("birth", "insurance", "name")]
        if label not in ("성명", "생년월일"):
            assert [secret for secret in SECRETS if secret in redact(value)] == []
            assert [secret for secret in SECRETS if secret in str(mask(pa.array([value]), kinds))] == []
        whole = str(mask(pa.array([value]), ["name"] if label == "성명" else ["birth"], whole=True))
        assert [secret for secret in SECRETS if secret in whole] == []


def test_errors_hold_no_value() -> None:
    for wrong in (pa.array([8507142345671]), pa.array([["850714-2345671"]])):
        for call in (scan, lambda cells: mask(cells, ["rrn"])):
            with pytest.raises(Exception) as raised:  # noqa: PT011 — whatever it is, it must not tell
                call(wrong)
            assert "850714" not in str(raised.value)


def test_hashes_are_of_this_process_only_and_bounded() -> None:
    hits = scan(pa.array([f"9001{1 + i % 28:02d}-{1_000_000 + i}" for i in range(2_000)]))
    assert hits.cells == {"rrn": 2_000}
    assert hits.different("rrn") == 256
    assert (hits + hits).different("rrn") == 256


def test_every_kind_has_a_policy_with_a_reason_in_both_languages() -> None:
    assert set(POLICY) == set(KINDS)
    for kind, policy in POLICY.items():
        assert policy.reason == text(f"privacy_policy_{kind}")
        assert {f"privacy_policy_{kind}", f"privacy_kind_{kind}"} <= set(ko.TEXTS) & set(en.TEXTS)
        assert "개인정보" in policy.law
    assert {kind for kind, policy in POLICY.items() if policy.action == "refuse"} == {"rrn"}
    with pytest.raises(TypeError):
        POLICY["rrn"] = Policy("rrn", "keep", "")  # type: ignore[index]


def test_masks_show_no_digit() -> None:
    assert not any(character.isdigit() for mask_ in MASKS.values() for character in mask_)
