"""What a run found leaves the bank by a decision: small counts hidden, sentences with them withheld, taken back, erased."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from madang.messages import MadangError
from madang.release import Measure, OpenBank, TableRule, Treatment, keys
from madang.release.bundle import pack
from madang.release.decision import Dim
from madang.release.receive import receive
from madang.release.result_narrowed import restricted_since
from madang.release.result_story import Story, filters_of
from madang.results import sentence
from madang.runs import Run
from madang.workspace import Workspace
from release import city, found
from release.found import decision, people, results


@pytest.fixture
def ws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    return found.city(tmp_path, monkeypatch)


def run(ws: Workspace) -> Run:
    return ws.run("dong-people", by="lee")


def story(ws: Workspace, edition: str = "동의-사람") -> Story:
    """As the public has it: of the open bank alone."""
    live = OpenBank(ws.folder / "open")[edition].latest
    assert live is not None
    return Story.from_json(live.facts["result"])


def said(told: Story) -> list[str]:
    return [sentence(each, told.result) for each in told.result.findings]


def files(ws: Workspace) -> bytes:
    return b"".join(path.read_bytes() for path in (ws.folder / "open").rglob("*") if path.is_file())


def test_small_counts_stay_inside_and_so_does_what_would_tell_them(ws: Workspace) -> None:
    results(ws).decide(decision(run(ws)))
    told = story(ws)
    dongs = told.result.table("dongs").rows.to_pylist()
    # 3 is small; alone it would be the total less the others, so another is hidden, with what was made of both
    hidden = [each["dong_code"] for each in dongs if each["people"] is None]
    assert "9911051000" in hidden
    assert len(hidden) == 2
    assert [each["twice"] for each in dongs if each["dong_code"] in hidden] == [None, None]
    assert {each["dong_code"]: each["people"] for each in dongs if each["dong_code"] not in hidden} == {
        code: n for code, n in found.PEOPLE.items() if code not in hidden
    }
    # the run has the largest first: that order would tell between which numbers a hidden one is
    assert [each["dong_code"] for each in dongs] == sorted(found.PEOPLE)
    assert said(told) == ["가장 많은 동은 9911054000, 60\u202f명입니다.", "카페는 9\u202f곳 닫았습니다."]
    assert told.findings_withheld == 1
    assert told.cells_hidden == 4
    rows = city.published(ws.releases, "동의-사람")
    assert [each["people_note"] for each in rows].count("비공개") == 2


def test_few_who_are_left_when_one_count_is_taken_from_another_are_hidden(ws: Workspace) -> None:
    """Of 60 people 58 are reached: nobody is to read that two are not."""
    code = ws.folder.parent / "shipped" / "dong-people" / "analysis.py"
    told = code.read_text("utf-8").replace("persons * 2.0 AS twice", "if(persons = 60, 58, persons) AS twice")
    code.write_text(
        told.replace('Column("twice", "두 배", "number")', 'Column("twice", "닿는 사람", "integer", "명")'),
        encoding="utf-8",
    )
    people(ws, {"9911051000": 30, "9911052000": 40, "9911053000": 50, "9911054000": 60})
    results(ws).decide(decision(run(ws)))
    dongs = {each["dong_code"]: each["people"] for each in story(ws).result.table("dongs").rows.to_pylist()}
    assert dongs["9911054000"] is None


def test_a_small_count_of_shops_is_no_count_of_people(ws: Workspace, tmp_path: Path) -> None:
    ws.deposit(found.shops(tmp_path / "카페.csv", "카페", 1, 19), "cafes", standard="licence", by="lee")
    results(ws).decide(decision(run(ws)))
    assert story(ws).result.table("kinds").rows.to_pylist() == [{"kind": "카페", "shops": 20, "closed": 1}]
    named = decision(run(ws), people={"kinds.closed": "가게 주인"})
    results(ws).decide(named)
    assert story(ws).result.table("kinds").rows.to_pylist() == [
        {"kind": "카페", "shops": None, "closed": None}
    ]


def test_what_was_published_of_the_same_people_is_counted_in(ws: Workspace) -> None:
    """The table that is open hides 3 and one more; the run hides another one beside 3: together they would tell."""
    rule = TableRule(
        (Dim("code", "area", name="area", system="행정동"),), (Measure("persons", population="주민"),)
    )
    ws.releases.decide(city.decision("인구", "동별사람", table=rule))
    open_now = {each["code"]: each["persons"] for each in city.published(ws.releases, "인구")}
    wanted = decision(run(ws), people={"dongs.people": "주민"})
    results(ws).decide(wanted)
    told = {each["dong_code"]: each["people"] for each in story(ws).result.table("dongs").rows.to_pylist()}
    assert {code for code, n in told.items() if n is None} == {
        code for code, n in open_now.items() if n is None and code != "계"
    }


def test_a_table_left_out_takes_its_sentences_with_it(ws: Workspace) -> None:
    results(ws).decide(decision(run(ws), without=("dongs",)))
    told = story(ws)
    assert [each.id for each in told.result.tables] == ["kinds"]
    assert said(told) == ["카페는 9\u202f곳 닫았습니다."]
    assert (told.findings_withheld, told.tables_withheld, told.result.charts) == (2, 1, ())
    assert b"9911054000" not in files(ws)


def test_the_public_learns_titles_of_closed_inputs_and_ways_to_open_ones(ws: Workspace) -> None:
    kept = {each.name: Treatment() for each in ws.bank["동별사람"].latest.columns}  # type: ignore[union-attr]
    ws.write_card("cafes", {"title": "카페 인허가", "access": "internal", "steward": "위생과"})
    ws.releases.decide(city.decision("people-open", "동별사람", columns=kept))
    results(ws).decide(decision(ws.run("dong-people", inputs={"shops": "cafes"}, by="lee")))
    told = story(ws)
    assert [(each.title, each.edition) for each in told.inputs] == [
        ("동별사람", "people-open"),
        ("카페 인허가", ""),
    ]
    dongs, kinds = told.result.table("dongs"), told.result.table("kinds")
    assert kinds.origins == ()
    (way,) = dongs.origins_of("people")
    (one,) = filters_of(told, way, dongs, 3) or ()
    assert (way.role, one.operator, one.value) == ("people-open", "eq", "9911054000")
    secret = json.dumps(OpenBank(ws.folder / "open")["동의-사람"].latest.facts, ensure_ascii=False)  # type: ignore[union-attr]
    assert "lee" not in secret
    assert "폐업일자" not in secret


def test_a_result_is_taken_back(ws: Workspace) -> None:
    opened = results(ws)
    opened.decide(decision(run(ws)))
    opened.withdraw("동의-사람", by="kim", post="기획과", document="기획과-2", ground="다시 셈")
    assert opened.result("동의-사람").state == "withdrawn"
    with pytest.raises(MadangError) as caught:
        OpenBank(ws.folder / "open")["동의-사람"]
    assert caught.value.code == "edition_over"
    assert b"60" not in b"".join(path.read_bytes() for path in (ws.folder / "open").rglob("facts.json"))
    with pytest.raises(MadangError, match="이미 개방을 거두었습니다"):
        opened.withdraw("동의-사람", by="kim", post="기획과", document="기획과-2", ground="다시")
    assert opened.refresh() == []
    opened.decide(decision(run(ws)))
    assert opened.result("동의-사람").state == "open"


def test_an_erasure_of_an_input_takes_the_result_away_for_good(ws: Workspace) -> None:
    made = run(ws)
    results(ws).decide(decision(made))
    label = next(
        each.label
        for each in ws.bank["cafes"].latest.columns
        if each.name == "사업장명" or each.label == "사업장명"
    )  # type: ignore[union-attr]
    ws.erase("cafes", column=label, value="카페 1", ground="정보주체 요구", by="kim")
    assert "동의-사람" not in OpenBank(ws.folder / "open")
    assert results(ws).result("동의-사람").state == "waiting"
    assert results(ws).refresh() == []
    with pytest.raises(MadangError) as caught:
        results(ws).decide(decision(made))
    assert caught.value.code == "run_missing"
    results(ws).decide(decision(run(ws)))
    assert "카페는 8\u202f곳 닫았습니다." in said(story(ws))


def test_a_run_that_read_rows_of_people_or_what_is_restricted_does_not_leave(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = run(ws)
    ws.write_card("동별사람", {"title": "동별사람", "access": "restricted", "steward": "총무과"})
    refused(ws, made, "release_restricted")
    results(ws).decide(decision(made, restricted_ground="위원회 의결"))
    import madang.release.results as module

    before = module.personal_now
    note = next(each.name for each in ws.bank["동별사람"].latest.columns if each.label == "통장")  # type: ignore[union-attr]
    name = next(each.name for each in ws.bank["동별사람"].latest.columns if each.label == "인구수")  # type: ignore[union-attr]
    monkeypatch.setattr(module, "personal_now", lambda bank, dataset, n: before(bank, dataset, n) | {name})
    refused(ws, made, "release_result_personal", restricted_ground="위원회 의결")
    monkeypatch.setattr(module, "personal_now", lambda bank, dataset, n: frozenset({note}))
    refused(ws, made, "release_result_people", restricted_ground="위원회 의결")


def test_a_result_of_data_that_are_closed_since_stays_and_is_not_opened_again(ws: Workspace) -> None:
    """As editions do: what was decided stands, and the next time it is asked for a ground."""
    made = run(ws)
    opened = results(ws)
    opened.decide(decision(made))
    said = opened.decisions.latest("동의-사람")
    assert restricted_since(ws.bank, said) == ()
    ws.write_card("cafes", {"title": "카페 인허가", "access": "restricted", "steward": "위생과"})
    assert restricted_since(ws.bank, said) == ("cafes",)
    assert restricted_since(ws.bank, replace(said, restricted_ground="위원회 의결")) == ()
    assert restricted_since(ws.bank, replace(said, verdict="withdraw")) == ()
    assert opened.result("동의-사람").state == "open"
    shutil.rmtree(ws.folder / "open")
    assert opened.refresh() == []
    assert opened.result("동의-사람").state == "waiting"
    opened.decide(decision(made, restricted_ground="위원회 의결"))
    assert opened.result("동의-사람").state == "open"


def test_a_result_of_what_was_made_of_closed_data_is_told_too(ws: Workspace) -> None:
    opened = results(ws)
    opened.decide(decision(run(ws)))
    ws.bank.change_card("cafes", lambda card: {**card, "made_of": ["동별사람"]}, by="lee", at=ws.clock())
    ws.write_card("동별사람", {"title": "동별사람", "access": "restricted", "steward": "총무과"})
    assert set(restricted_since(ws.bank, opened.decisions.latest("동의-사람"))) == {"동별사람", "cafes"}


def test_a_run_that_read_texts_about_people_does_not_leave(ws: Workspace) -> None:
    """Its card says that what it reads of the shops is free text, of which names were taken out."""
    made = run(ws)
    card = ws.folder.parent / "shipped" / "dong-people" / "card.toml"
    told = card.read_text("utf-8").replace("many = true", 'many = true\nredacted = ["business_name"]')
    card.write_text(told, encoding="utf-8")
    refused(Workspace.open(ws.folder), made, "release_result_people")


def refused(ws: Workspace, made: Run, code: str, **more: Any) -> None:
    with pytest.raises(MadangError) as caught:
        results(ws).decide(decision(made, **more))
    assert caught.value.code == code


def test_what_has_become_personal_shuts_the_result(ws: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    results(ws).decide(decision(run(ws)))
    import madang.release.result_shut as module

    monkeypatch.setattr(
        module,
        "personal_now",
        lambda bank, dataset, n: frozenset(results(ws).decisions.latest("동의-사람").sources[0].columns),
    )
    people(ws, {**found.PEOPLE, "9911056000": 80})
    assert "동의-사람" not in OpenBank(ws.folder / "open")


@pytest.mark.parametrize(
    "more", [{"document": ""}, {"post": " "}, {"licence": "undecided"}, {"until": "2020-01-01"}]
)
def test_a_decision_without_its_grounds_is_none(ws: Workspace, more: dict[str, str]) -> None:
    with pytest.raises(MadangError, match="적|고르십시오"):
        decision(run(ws), **more)


def test_a_name_is_of_a_result_or_of_a_dataset(ws: Workspace) -> None:
    made = run(ws)
    results(ws).decide(decision(made))
    kept = {each.name: Treatment() for each in ws.bank["동별사람"].latest.columns}  # type: ignore[union-attr]
    with pytest.raises(MadangError) as caught:
        ws.releases.decide(city.decision("동의-사람", "동별사람", columns=kept))
    assert caught.value.code == "release_result_taken"
    ws.releases.decide(city.decision("사람", "동별사람", columns=kept))
    with pytest.raises(MadangError) as caught:
        results(ws).decide(found.ResultDecision("사람", made.key, **city.SAID))
    assert caught.value.code == "release_result_taken"


def test_a_bundle_carries_a_result_and_its_withdrawal(ws: Workspace, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    keys.trust(outer / "keys", keys.make(ws.folder / "keys"))
    opened = results(ws)
    opened.decide(decision(run(ws)))
    pack(ws.releases.open_bank, ws.releases.decisions, ws.folder / "keys", tmp_path / "1.tar")
    receive(outer, tmp_path / "1.tar", outer / "keys")
    live = OpenBank(outer / "open")["동의-사람"].latest
    assert live is not None
    assert Story.from_json(live.facts["result"]) == story(ws)
    opened.withdraw("동의-사람", by="kim", post="기획과", document="기획과-2", ground="다시 셈")
    pack(ws.releases.open_bank, ws.releases.decisions, ws.folder / "keys", tmp_path / "2.tar", since=1)
    receive(outer, tmp_path / "2.tar", outer / "keys")
    assert "동의-사람" not in OpenBank(outer / "open")


def test_after_a_restore_what_was_decided_opens_again(ws: Workspace) -> None:
    opened = results(ws)
    opened.decide(decision(run(ws)))
    shutil.rmtree(ws.folder / "open")
    assert opened.result("동의-사람").state == "waiting"
    (again,) = opened.refresh()
    assert (again.n, opened.result("동의-사람").state) == (2, "open")
