"""The audit trail: a chain that tells when somebody touched it, whoever writes at the same time."""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import transaction
from django.test import override_settings
from django.utils import timezone

import madang
import people
from madang.access import Person
from madang.cli import main
from madang.web.audit.models import Entry, Head
from madang.web.audit.record import record, seal
from madang.web.audit.take_in import take_in
from madang.web.audit.verify import verify
from madang.web.audit.words import title
from madang.workspace import Workspace
from made_up_bank import PARKING
from web_page import Page

KIM = Person("kim", via="web")


def three() -> None:
    for thing in ("a", "b", "c"):
        record(KIM, "dataset.edit_card", thing, why="문서-1", detail={"n": 1})


def error_code(**said: Any) -> str | None:
    found = verify(**said)
    return found.error.code if found.error else None


def test_a_trail_nobody_touched_is_whole() -> None:
    assert verify().entries == 0
    three()
    found = verify()
    assert (found.entries, found.error) == (3, None)
    assert found.head == f"3:{Entry.objects.get(number=3).digest}"


@pytest.mark.parametrize(
    "said",
    [
        {"by": "lee"},
        {"what": "x"},
        {"thing": "x"},
        {"why": ""},
        {"via": "cli"},
        {"address": "1.1.1.1"},
        {"detail": {}},
    ],
)
def test_a_changed_entry_is_found(said: dict[str, Any]) -> None:
    three()
    Entry.objects.filter(number=2).update(**said)
    found = verify()
    assert found.error
    assert (found.error.code, found.error.params["number"]) == ("audit_broken", 2)


def test_an_entry_taken_out_is_found() -> None:
    three()
    Entry.objects.filter(number=2).delete()
    assert error_code() == "audit_broken"


def test_a_tail_cut_off_is_found() -> None:
    three()
    Entry.objects.filter(number=3).delete()
    assert error_code() == "audit_cut"
    Head.objects.all().delete()
    assert error_code() == "audit_cut"


def test_a_tail_cut_off_with_its_head_rewritten_is_found_without_the_sites_key() -> None:
    three()
    Entry.objects.filter(number=3).delete()
    last = Entry.objects.get(number=2)
    with override_settings(SECRET_KEY="what somebody with the database alone may guess"):
        forged = seal(2, last.digest)
    Head.objects.update(number=2, digest=last.digest, seal=forged)
    assert error_code() == "audit_seal_broken"


def test_a_trail_written_anew_is_found_by_a_head_noted_elsewhere() -> None:
    three()
    noted = verify().head
    assert error_code(noted=noted) is None
    record(KIM, "x")
    assert error_code(noted=noted) is None  # it grew: the noted head is still part of it
    Entry.objects.all().delete()
    Head.objects.all().delete()
    three()
    assert error_code() is None  # whole in itself
    assert error_code(noted=noted) == "audit_head_unknown"


def test_a_new_key_keeps_what_the_old_one_sealed() -> None:
    three()
    from django.conf import settings

    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert error_code() is None
    with override_settings(SECRET_KEY="new"):
        assert error_code() == "audit_seal_broken"


def test_an_act_undone_leaves_no_entry_and_no_gap() -> None:
    three()
    with transaction.atomic():
        record(KIM, "x")
        transaction.set_rollback(True)
    record(KIM, "y")
    assert list(Entry.objects.order_by("number").values_list("number", "what"))[-1] == (4, "y")
    assert error_code() is None


def test_text_that_a_database_would_not_keep_is_kept_as_far_as_it_goes() -> None:
    record(KIM, "x", "a\x00b" + "다" * 300, why="\ud800", detail={"said": "a\x00b"})
    entry = Entry.objects.get()
    assert (entry.thing[:2], len(entry.thing), entry.detail) == ("ab", 200, {"said": "ab"})
    assert error_code() is None


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_processes_that_record_at_once_make_one_chain(tmp_path: Path) -> None:
    check = (
        "import django; django.setup()\n"
        "from madang.web.audit.verify import verify\nfound = verify()\nprint(found.entries, found.error)\n"
    )
    with people.shared_database(tmp_path) as environment:
        people.at_once(
            environment,
            4,
            "from madang.access import Person\nfrom madang.web.audit.record import record",
            "for n in range(25): record(Person(str(number)), 'x', str(n))",
        )
        said = subprocess.run(
            [sys.executable, "-c", check], env=environment, capture_output=True, text=True, timeout=60
        )
    assert said.stdout.split() == ["100", "None"]


# what the command line did -----------------------------------------------------------------------------------


def test_what_the_command_line_does_reaches_the_trail(own_city: Workspace) -> None:
    run = CliRunner().invoke(
        main, ["-w", str(own_city.folder), "card", PARKING, "--steward", "교통과 주차팀", "--by", "lee"]
    )
    assert run.exit_code == 0, run.output
    own_city.rollback(PARKING, 1, by="lee")
    assert take_in(own_city.journal) == 2
    assert take_in(own_city.journal) == 0
    found = list(Entry.objects.order_by("number").values_list("what", "thing", "by", "via", "address"))
    assert found == [
        ("dataset.edit_card", PARKING, "lee", "cli", ""),
        ("dataset.rollback", PARKING, "lee", "cli", ""),
    ]
    assert error_code(journal=own_city.journal) is None
    own_city.journal.path.unlink()
    assert error_code(journal=own_city.journal) == "journal_broken"


def test_pages_do_not_write_the_journal(own_city: Workspace) -> None:
    from madang.web.shell.workspace import workspace

    workspace().rollback(PARKING, 1, by="kim")
    assert not own_city.journal.path.exists()


def test_the_command_verifies_and_exits_with_failure(own_city: Workspace) -> None:
    three()
    command = ["-w", str(own_city.folder), "audit", "--verify", "--json"]
    said = json.loads(CliRunner().invoke(main, command).output)
    assert (said["whole"], said["entries"]) == (True, 3)
    Entry.objects.filter(number=2).update(by="lee")
    run = CliRunner().invoke(main, command)
    assert (run.exit_code, json.loads(run.output)["error"]) == (1, "audit_broken")


# pages -------------------------------------------------------------------------------------------------------


def test_the_page_finds_by_person_thing_act_and_day(client: Any) -> None:
    three()
    record(Person("lee"), "people.add", "park")
    rows = Page(client.get("/audit/")).texts("tbody tr")
    assert [row.split()[-1] for row in rows] == ["4", "3", "2", "1"]
    for query, numbers in {
        "by=lee": ["4"],
        "what=dataset": ["3", "2", "1"],
        "what=people.add": ["4"],
        "thing=park": ["4"],
        "thing=문서": ["3", "2", "1"],
        "since=2999-01-01": [],
        "until=2000-01-01": [],
    }.items():
        found = Page(client.get(f"/audit/?{query}")).texts("tbody tr")
        assert [row.split()[-1] for row in found] == numbers, query


@pytest.mark.parametrize("query", ["since=2026-13-45", "until=rubbish", "since=0001-01-01"])
def test_a_day_that_is_none_is_answered_with_a_sentence(client: Any, query: str) -> None:
    three()
    answer = client.get(f"/audit/?{query}")
    page = Page(answer)
    assert answer.status_code == 400
    assert f"'{query.partition('=')[2]}'" in page.text
    assert "날짜가 아니어서 찾지 않았습니다" in page.text
    assert not page.texts("tbody tr")
    assert client.get(f"/audit/export.csv?{query}").status_code == 400
    assert not Entry.objects.filter(what="audit.export").exists()


def test_the_page_is_in_the_order_of_time(client: Any) -> None:
    now = timezone.now()
    record(KIM, "people.sign_in", at=now)
    record(Person("root", via="cli"), "dataset.deposit", at=now - timedelta(days=1))  # taken in afterwards
    rows = Page(client.get("/audit/")).texts("tbody tr")
    assert [row.split()[-1] for row in rows] == ["1", "2"]


def test_entries_are_told_in_words(client: Any) -> None:
    record(
        Person("root", via="cli"),
        "round.open",
        "round:r1",
        detail={"departments": 3, "new": True, "verdict": "refused"},
    )
    (row,) = Page(client.get("/audit/")).texts("tbody tr")
    assert "명령줄(root)" in row
    assert "취합을 엶" in row
    assert "취합 r1" in row
    assert "부서 3" in row
    assert "판정 반려" in row
    assert "예" in row.split()
    for raw in ("cli", "round.open", "departments", "true", "verdict", "refused"):
        assert raw not in row
    page = Page(client.get("/audit/?what=round"))
    assert page.texts("tbody tr") == [row]
    chosen = [each.text_content() for each in page.tree.xpath("//select[@name='what']//option[@selected]")]
    assert chosen == ["취합: 모두"]
    client.cookies["madang_language"] = "en"
    english = Page(client.get("/audit/")).texts("tbody tr")[0]
    assert not re.search("[가-힣]", english)


def test_an_export_has_code_and_words(client: Any) -> None:
    record(KIM, "dataset.copy", "a")
    line = json.loads(b"".join(client.get("/audit/export.jsonl?what=dataset").streaming_content))
    assert (line["what"], line["what_in_words"]) == ("dataset.copy", "고칠 엑셀을 내려받음")


def test_everything_that_is_ever_recorded_has_words() -> None:
    """Every code that the source writes into the trail or the journal."""
    found: dict[str, str] = {}
    for path in Path(madang.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in (
                "record",
                "note",
            ):
                for each in ast.walk(node):
                    if isinstance(each, ast.Constant) and re.fullmatch(r"[a-z]+\.[a-z_]+", str(each.value)):
                        found[each.value] = path.name
    assert len(found) > 70
    assert {code: where for code, where in found.items() if title(code) == code} == {}


def test_the_page_checks_the_chain(client: Any) -> None:
    three()
    assert "기록 3건이 처음부터 끝까지" in Page(client.post("/audit/")).text
    Entry.objects.filter(number=1).update(by="lee")
    assert "1번째에서 이어지지 않습니다" in Page(client.post("/audit/")).text


def test_the_trail_can_be_taken_along_and_that_is_entered(client: Any) -> None:
    record(KIM, "x", "=HYPERLINK(1)")
    lines = b"".join(client.get("/audit/export.jsonl").streaming_content).decode().splitlines()
    assert json.loads(lines[-1])["thing"] == "=HYPERLINK(1)"
    rows = list(
        csv.DictReader(
            io.StringIO(b"".join(client.get("/audit/export.csv").streaming_content).decode("utf-8-sig"))
        )
    )
    assert rows[-1]["thing"] == "'=HYPERLINK(1)"
    assert Entry.objects.filter(what="audit.export").count() == 2
    assert client.get("/audit/export.exe").status_code == 404


@pytest.mark.parametrize("role", ["official", "steward", "analyst", "executive"])
def test_the_trail_is_for_administrators(made_up: Workspace, signed_in: Any, role: str) -> None:
    with override_settings(MADANG_WORKSPACE=str(made_up.folder)):
        assert signed_in(role).get("/audit/").status_code == 403
        assert signed_in(role).get("/audit/export.csv").status_code == 403


def test_a_restricted_table_that_is_opened_is_entered(own_city: Workspace, signed_in: Any) -> None:
    card = own_city.bank[PARKING].card
    reader = signed_in("official", department="감사실", username="park")
    reader.get(f"/data/{PARKING}/")
    assert not Entry.objects.exists()  # an internal one is not
    own_city.bank.write_card(
        PARKING, {**card, "access": "restricted", "readers": ["감사실"]}, by="x", at=own_city.clock()
    )
    reader.get(f"/data/{PARKING}/", REMOTE_ADDR="10.0.0.9")
    stranger = signed_in("official", department="교통과")
    assert stranger.get(f"/data/{PARKING}/").status_code == 404
    entry = Entry.objects.get()
    assert (entry.what, entry.thing, entry.by, entry.address) == ("dataset.read", PARKING, "park", "10.0.0.9")
