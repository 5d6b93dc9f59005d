"""What leaves the bank and what must not: columns, places, bytes, names of people, what lies between the lines."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import pyproj
import pytest

from madang.messages import MadangError
from madang.release import Dim, Filter, Measure, Releases, TableRule, Treatment, editions
from madang.workspace import Workspace
from release.city import decision, deposit, made, published

SECRET = "비밀표식"  # stands in cells, header, file name: must be found nowhere in open/
HEADER = ["업소명", "대표자명", "전화", "개업일", "면적", "종업원", "위도", "경도", f"{SECRET}칸"]


def shops(count: int = 30) -> list[list[object]]:
    return [
        [f"가게{n}", "홍길동김민수이영희박철수최준호"[3 * (n % 5) : 3 * (n % 5) + 3], f"010-{1000 + n}-{2000 + n}",
         f"202{n % 5}-0{n % 9 + 1}-1{n % 9}", 40.5 + n, n % 40, 35.60 + n / 2000, 124.90 + n / 2000, f"{SECRET}{n}"]
        for n in range(count)
    ]  # fmt: skip


@pytest.fixture
def city(tmp_path: Path) -> tuple[Workspace, Releases]:
    ws, releases = made(tmp_path)
    deposit(ws, "가게", HEADER, shops())
    return ws, releases


def columns(ws: Workspace, **how: Treatment) -> dict[str, Treatment]:
    """All columns of the shops by label: dropped unless said otherwise."""
    named = {c.label: c.name for c in ws.bank["가게"].latest.columns}
    return {named[label]: each for label, each in how.items()}


def refused(releases: Releases, wish: object) -> str:
    with pytest.raises(MadangError) as error:
        releases.decide(wish)  # type: ignore[arg-type]
    assert not [path for path in releases.open_bank.folder.rglob("*.parquet") if ".workshop" not in str(path)]
    return error.value.code


def test_columns_are_kept_coarsened_and_dropped(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    how = columns(
        ws,
        업소명=Treatment(),
        개업일=Treatment("month"),
        면적=Treatment("round", 10),
        종업원=Treatment("band", 10),
    )
    releases.decide(
        decision("가게", "가게", columns=how, rows=(Filter(next(iter(how)), ("가게7", "가게13")),))
    )
    names = list(how)
    rows = {row[names[0]]: row for row in published(releases, "가게")}
    # 가게7: 2022-08-17, 47.5 m2, 7 people; 가게13: 2023-05-14, 53.5, 13
    assert [rows["가게7"][name] for name in names[1:]] == ["2022-08", 50.0, "0~9"]
    assert [rows["가게13"][name] for name in names[1:]] == ["2023-05", 50.0, "10~19"]
    assert set(rows["가게7"]) == {"source_row", *names}


def test_nothing_of_what_was_left_out_is_anywhere_in_open(city: tuple[Workspace, Releases]) -> None:
    """Every byte of every file: dropped values and headers, originals, file names, who did it."""
    ws, releases = city
    how = columns(ws, 업소명=Treatment(), 면적=Treatment())
    wish = decision("가게", "가게", columns=how, by="김담당")
    releases.decide(wish)
    files = [path for path in releases.open_bank.folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".parquet" for path in files)
    original = str(ws.bank["가게"].latest.receipt["sha256"])
    for path in files:
        raw = path.read_bytes()
        for leak in (SECRET, "홍길동", "010-1", "김담당", "tester", "35.60", original, ".csv"):
            assert leak.encode() not in raw, (path.name, leak)
            assert leak not in str(path.relative_to(releases.open_bank.folder))
    assert not (releases.open_bank.folder / "snapshots").exists()


def test_a_parquet_file_carries_no_statistics_of_dropped_columns(city: tuple[Workspace, Releases]) -> None:
    import pyarrow.parquet as pq

    ws, releases = city
    how = columns(ws, 업소명=Treatment())
    version = releases.decide(decision("가게", "가게", columns=how))
    meta = pq.read_metadata(version.files[0])
    assert [meta.schema.column(i).name for i in range(meta.num_columns)] == ["source_row", *how]
    assert meta.metadata is None or b"madang" not in b"".join(meta.metadata)


def test_the_order_of_rows_does_not_tell_the_order_of_the_source(tmp_path: Path) -> None:
    """The source is sorted by a dropped column; the edition is by what it shows."""
    ws, releases = made(tmp_path)
    deposit(ws, "가게", ["순위", "상호"], [(1, "하나"), (2, "가나"), (3, "다라")])
    name = ws.bank["가게"].latest.columns[1].name
    releases.decide(decision("가게", "가게", columns={name: Treatment()}))
    assert [row[name] for row in published(releases, "가게")] == ["가나", "다라", "하나"]


def test_personal_columns_are_refused_unless_masked(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    phone = next(c for c in ws.bank["가게"].latest.columns if c.label == "전화")
    assert phone.privacy == "personal"
    assert (
        refused(releases, decision("가게", "가게", columns=columns(ws, 전화=Treatment())))
        == "release_personal_column"
    )
    releases.decide(decision("가게", "가게", columns=columns(ws, 업소명=Treatment(), 전화=Treatment("mask"))))
    assert {row[phone.name] for row in published(releases, "가게")} == {"***-****-****"}


def test_personal_data_in_a_column_that_nobody_marked_is_found_at_the_door(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    from dataclasses import replace

    from madang.bank import Version

    ws, releases = city
    plain = [replace(c, privacy="none") for c in ws.bank["가게"].latest.columns]
    monkeypatch.setattr(Version, "columns", plain)
    assert (
        refused(releases, decision("가게", "가게", columns=columns(ws, 전화=Treatment())))
        == "release_personal_found"
    )


def test_no_table_is_counted_or_filtered_by_a_personal_column(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    phone = next(c.name for c in ws.bank["가게"].latest.columns if c.label == "전화")
    by_phone = decision("가게", "가게", table=TableRule((Dim(phone),), (Measure(),)))
    assert refused(releases, by_phone) == "release_personal_column"
    who = Filter(phone, ("010-1003-2003",))
    assert refused(
        releases, decision("가게", "가게", columns=columns(ws, 면적=Treatment()), rows=(who,))
    ) == ("release_personal_column")


def test_a_resident_number_in_what_is_said_is_refused(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    wish = decision(
        "가게", "가게", columns=columns(ws, 업소명=Treatment()), description="문의 900101-1234568"
    )
    assert refused(releases, wish) == "release_personal_said"


def test_places_are_moved_to_the_middle_of_their_square(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    how = columns(ws, 업소명=Treatment())
    releases.decide(decision("가게", "가게", columns=how, places="500"))
    to = pyproj.Transformer.from_crs(4326, 5179, always_xy=True)
    for row in published(releases, "가게"):
        n = int(str(row[next(iter(how))]).removeprefix("가게"))
        was, now = to.transform(124.90 + n / 2000, 35.60 + n / 2000), to.transform(row["lon"], row["lat"])
        for before, after in zip(was, now, strict=True):
            assert after == pytest.approx((math.floor(before / 500) + 0.5) * 500, abs=0.2)
        assert "dong_code" not in row  # with it the square would be cut smaller


def test_a_column_that_tells_the_place_cannot_go_with_a_coarsened_one(
    city: tuple[Workspace, Releases],
) -> None:
    ws, releases = city
    for label in ("위도", "경도"):
        wish = decision("가게", "가게", columns=columns(ws, **{label: Treatment()}), places="500")
        assert refused(releases, wish) == "release_place_leak"


def test_a_column_of_a_later_version_does_not_become_open_by_itself(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    how = columns(ws, 업소명=Treatment())
    releases.decide(decision("가게", "가게", columns=how, rhythm="automatic"))
    deposit(ws, "가게", [*HEADER, "새칸"], [[*row, "새값"] for row in shops(31)])
    rows = published(releases, "가게")
    assert len(rows) == 31  # followed by itself
    assert set(rows[0]) == {"source_row", *how}


def test_few_alike_are_refused(tmp_path: Path) -> None:
    """동 A has six of 30~39, 동 B only two: k = 5."""
    ws, releases = made(tmp_path)
    rows = [("A", 31)] * 6 + [("B", 35)] * 2
    deposit(ws, "사람", ["동", "나이", "번호"], [(*row, n) for n, row in enumerate(rows)])
    dong, age, _ = (c.name for c in ws.bank["사람"].latest.columns)
    how = {dong: Treatment(), age: Treatment("band", 10)}
    with pytest.raises(MadangError) as error:
        releases.decide(decision("사람", "사람", columns=how, quasi=(dong, age)))
    assert error.value.code == "release_few_alike"
    assert (error.value.params["groups"], error.value.params["rows"]) == ("1", "2")
    releases.decide(decision("사람", "사람", columns=how, quasi=(age,)))


def test_restricted_data_needs_a_ground_of_its_own(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    ws.write_card(
        "가게",
        {**{k: v for k, v in ws.bank["가게"].card.items() if k not in ("by", "at")}, "access": "restricted"},
    )
    how = columns(ws, 업소명=Treatment())
    assert refused(releases, decision("가게", "가게", columns=how)) == "release_restricted"
    releases.decide(decision("가게", "가게", columns=how, restricted_ground="정보공개심의회 의결"))


@pytest.mark.parametrize("key", ["document", "ground", "post", "by"])
def test_a_decision_without_document_or_ground_is_none(key: str) -> None:
    with pytest.raises(MadangError) as error:
        decision("가게", "가게", **{key: " "})
    assert error.value.code == f"release_no_{key}"


def test_withdrawing_leaves_word_and_no_data(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    releases.decide(decision("가게", "가게", columns=columns(ws, 업소명=Treatment())))
    releases.withdraw("가게", by="이담당", post="위생과", document="위생과-9", ground="오류가 있어 거둠")
    assert "가게" not in releases.open_bank
    left = b"".join(p.read_bytes() for p in releases.open_bank.folder.rglob("*") if p.is_file())
    assert "가게3".encode() not in left
    assert "위생과-9".encode() in left
    assert "이담당".encode() not in left
    assert [each.verdict for each in releases.decisions.history("가게")] == ["open", "withdraw"]
    with pytest.raises(MadangError):
        releases.withdraw("가게", by="x", post="x", document="x", ground="x")


def test_numbers_of_an_edition_go_on_after_a_withdrawal_and_without_the_open_bank(
    city: tuple[Workspace, Releases],
) -> None:
    ws, releases = city
    how = columns(ws, 업소명=Treatment())
    assert releases.decide(decision("가게", "가게", columns=how)).n == 1
    releases.withdraw("가게", by="이담당", post="위생과", document="위생과-9", ground="오류가 있어 거둠")
    assert releases.decide(decision("가게", "가게", columns=how)).n == 2
    shutil.rmtree(releases.open_bank.folder)  # as after restoring a backup, which holds no open bank
    assert [version.n for version in releases.refresh("가게")] == [3]


def test_a_withdrawal_that_was_stopped_half_way_is_finished(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch
) -> None:
    ws, releases = city
    releases.decide(decision("가게", "가게", columns=columns(ws, 업소명=Treatment())))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    said = {"by": "이담당", "post": "위생과", "document": "위생과-9", "ground": "오류가 있어 거둠"}
    with monkeypatch.context() as broken:
        broken.setattr(editions, "erase", full)
        with pytest.raises(OSError, match="space"):
            releases.withdraw("가게", **said)
    assert "가게" in releases.open_bank
    releases.withdraw("가게", **said)
    assert "가게" not in releases.open_bank
    assert [each.verdict for each in releases.decisions.history("가게")] == ["open", "withdraw"]


def test_erasing_a_person_reaches_every_edition(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    releases.decide(decision("가게", "가게", columns=columns(ws, 업소명=Treatment())))
    deposit(ws, "가게", HEADER, shops(29))
    releases.refresh("가게")
    name = next(c.name for c in ws.bank["가게"].latest.columns if c.label == "업소명")
    ws.erase("가게", column=name, value="가게7", ground="본인 요청", by="tester")
    assert len(published(releases, "가게")) == 28
    for path in releases.open_bank.folder.rglob("*.parquet"):
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        if name in table.column_names:
            assert "가게7" not in table.column(name).to_pylist()


def test_erasing_a_dataset_takes_its_editions_and_what_was_kept_of_its_counts(tmp_path: Path) -> None:
    ws, releases = made(tmp_path)
    deposit(ws, "인구", ["동코드", "인구"], [("9911051000", 3), ("9911052000", 33), ("9911053000", 41)])
    rule = TableRule((Dim("동코드", "area", system="행정동"),), (Measure("인구"),))
    releases.decide(decision("인구", "인구", table=rule))
    assert list((releases.folder / "인구" / "published").iterdir())
    ws.erase("인구", ground="보존 기간 끝남", by="tester")
    assert "인구" not in releases.open_bank
    assert not list((releases.folder / "인구" / "published").iterdir())


def test_a_rollback_reaches_the_editions_that_follow(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    releases.decide(decision("가게", "가게", columns=columns(ws, 업소명=Treatment()), rhythm="automatic"))
    deposit(ws, "가게", HEADER, shops(40))
    assert len(published(releases, "가게")) == 40
    ws.rollback("가게", 1, by="tester")
    assert len(published(releases, "가게")) == 30


class Killed(BaseException):
    pass


def killed(*_: object, **__: object) -> None:
    raise Killed


@pytest.mark.parametrize("again", ["the same file", "doctor"])
def test_a_deposit_killed_before_the_editions_followed_is_followed_later(
    city: tuple[Workspace, Releases], monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    ws, releases = city
    releases.decide(decision("가게", "가게", columns=columns(ws, 업소명=Treatment()), rhythm="automatic"))
    releases.follow("가게")
    with monkeypatch.context() as broken:
        broken.setattr(Workspace, "note", killed)
        with pytest.raises(Killed):
            deposit(ws, "가게", HEADER, shops(31))
    assert len(published(releases, "가게")) == 30
    if again == "doctor":
        ws.follow_late()
    else:
        receipts = ws.deposit(ws.folder / "cache" / "가게.csv", "가게", by="t")
        assert [each.verdict for each in receipts] == ["unchanged"]
    assert len(published(releases, "가게")) == 31
    monkeypatch.setattr(Releases, "refresh", killed)
    ws.follow_late()  # nothing is late any more, and nothing is looked through


def test_what_is_to_be_looked_at_waits(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    releases.decide(decision("가게", "가게", columns=columns(ws, 업소명=Treatment())))
    deposit(ws, "가게", HEADER, shops(40))
    assert releases.edition("가게").state == "behind"
    assert len(published(releases, "가게")) == 30
    releases.refresh("가게")
    assert releases.edition("가게").state == "open"


def test_an_edition_past_its_day_is_taken_down_by_the_next_refresh(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    kept = columns(ws, 업소명=Treatment())
    at = "2026-11-20T10:00:00+09:00"
    releases.decide(decision("가게", "가게", columns=kept, at=at, until="2026-11-21"))
    assert releases.edition("가게").state == "over"
    releases.refresh("가게")
    assert "가게" not in releases.open_bank


def test_a_last_day_that_has_passed_is_not_decided(city: tuple[Workspace, Releases]) -> None:
    ws, releases = city
    kept = columns(ws, 업소명=Treatment())
    with pytest.raises(MadangError) as refused:
        releases.decide(decision("가게", "가게", columns=kept, until="2026-11-21"))
    assert refused.value.code == "release_until_past"
    assert "가게" not in releases.open_bank
    assert "가게" not in releases.decisions.editions()
    releases.decide(decision("가게", "가게", columns=kept, until="2026-11-22"))
    assert releases.edition("가게").state == "open"


def test_a_hidden_count_is_neither_zero_nor_missing(tmp_path: Path) -> None:
    ws, releases = made(tmp_path)
    counts = [
        ("9911051000", 3),
        ("9911052000", 33),
        ("9911053000", 41),
        ("9911054000", 0),
        ("9911055000", None),
    ]
    deposit(ws, "인구", ["동코드", "인구"], counts)
    rule = TableRule((Dim("동코드", "area", system="행정동"),), (Measure("인구"),))
    version = releases.decide(decision("인구", "인구", table=rule))
    shown = {row["동코드"]: (row["인구"], row["인구_note"]) for row in published(releases, "인구")}
    assert shown["9911051000"] == (None, "비공개")
    assert shown["9911054000"] == (0, None)
    assert shown["9911055000"] == (None, "자료 없음")
    assert shown["계"] == (77, None)
    told = version.facts["release"]
    assert (told["cells"], told["hidden"]) == (5, 2)  # the 3 and one more to protect it


def test_amounts_of_few_or_of_one_giant_are_hidden(tmp_path: Path) -> None:
    """Sales by trade: two shops in one; one of 900 among 10 of together 1,000 in another; the rest is ordinary."""
    ws, releases = made(tmp_path)
    sales = [
        ("서점", 50),
        ("서점", 60),
        ("식당", 900),
        *[("식당", 10)] * 10,
        *[("카페", 100)] * 8,
        *[("약국", 90)] * 9,
    ]
    deposit(ws, "매출", ["업종", "금액"], sales)
    trade, amount = (c.name for c in ws.bank["매출"].latest.columns)
    releases.decide(decision("매출", "매출", table=TableRule((Dim(trade),), (Measure(amount, "amount"),))))
    hidden = {row[trade] for row in published(releases, "매출") if row[f"{amount}_note"] == "비공개"}
    assert {"서점", "식당"} <= hidden
    assert "계" not in hidden
