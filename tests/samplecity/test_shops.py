"""The shops of the sample city: their files agree with each other, with the ground and with what is told as truth."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
import openpyxl
import pytest
import shapely
from pyproj import Transformer

from madang.samplecity import Setting
from madang.samplecity.layers import grown
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.layers.shops.model import Shops
from madang.samplecity.layers.shops.trades import kinds, trades
from madang.samplecity.layers.streets.model import Streets
from madang.samplecity.words import words
from tests.samplecity.shops_papers import Papers, day, written

pytestmark = pytest.mark.slow  # they share one city and its files: two seconds
NEWEST = "상가/상가정보_202609.csv"
SETTING = Setting(seed=7, scale=0.05)


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return written(tmp_path_factory.mktemp("shops"), SETTING)


def outside(papers: Papers, rows: list[tuple[str, str, str]], epsg: int) -> int:
    """How many points (x, y, code of the 행정동 that they should lie in) lie elsewhere; a conversion may move them by 1 cm."""
    ground = papers.city.get(Ground)
    x, y, codes = zip(*rows, strict=True)
    moved = Transformer.from_crs(epsg, 5179, always_xy=True).transform(
        [float(each) for each in x], [float(each) for each in y]
    )
    shapes = ground.dongs.shape[[ground.dongs.code.index(code) for code in codes]]
    return int((~shapely.dwithin(shapes, shapely.points(*moved), 0.01)).sum())


def test_licences_and_the_newest_snapshot_have_the_same_living_shops(papers: Papers) -> None:
    """By trade, with rows that were planted counted as the city knows them."""
    bad = Counter(defect.file for number, defect in papers.defects if number == 1)
    by_code = {kind.code: trades()[kind.trade].name for kind in kinds()}
    living = Counter(by_code[row["상권업종소분류코드"]] for row in papers.rows(NEWEST))
    for name, rows in papers.licences().items():
        counted = sum(row["영업상태구분코드"] in ("01", "02") for row in rows)
        assert abs(counted - living[name]) <= bad[f"인허가/{name}_20260930.csv"] + bad[NEWEST]
    told = {row["name"]: row["value"] for row in papers.truths["numbers"] if row["delivery"] == 1}
    with (papers.folder / "delivery-1" / NEWEST).open(encoding="utf-8") as file:
        assert sum(1 for _ in file) - 1 == told["living"]
    assert sum(row["living_delivery_1"] for row in papers.truths["shops"]) == told["living"]


def test_the_number_of_shops_goes_with_the_city(papers: Papers) -> None:
    told = {(row["delivery"], row["name"]): row["value"] for row in papers.truths["numbers"]}
    assert told[1, "living"] == pytest.approx(15_000 * SETTING.scale, rel=0.12)
    assert 2.5 < told[1, "records"] / told[1, "living_licensed"] < 4.5
    assert 0.12 < told[1, "succession_share"] < 0.3


def test_every_shop_of_a_snapshot_lies_in_its_dong(papers: Papers) -> None:
    for month in ("202512", "202603", "202606", "202609"):
        rows = papers.rows(f"상가/상가정보_{month}.csv")
        assert outside(papers, [(row["경도"], row["위도"], row["행정동코드"]) for row in rows], 4326) == 0


def test_every_licence_lies_in_its_dong_and_at_its_address(papers: Papers) -> None:
    truth = {row["licence_number"]: row for row in papers.truths["shops"]}
    lots = defaultdict(set)
    for lot, at in zip(papers.city.get(Streets).buildings.lot_address, papers.city.get(Streets).buildings.dong, strict=True):  # fmt: skip
        lots[lot].add(papers.city.get(Ground).dongs.code[at])
    for rows in papers.licences().values():
        placed = [row for row in rows if row["좌표정보(X)"]]
        wanted = [truth[row["관리번호"]]["dong_code"] for row in placed]
        points = [
            (row["좌표정보(X)"], row["좌표정보(Y)"], code) for row, code in zip(placed, wanted, strict=True)
        ]
        assert outside(papers, points, 5174) == 0
        for row, code in zip(placed, wanted, strict=True):
            lot = next(lot for lot in (row["소재지전체주소"], row["소재지전체주소"].rsplit(" ", 1)[0], row["소재지전체주소"].rsplit(" ", 2)[0]) if lot in lots)  # fmt: skip
            assert code in lots[lot]


def test_codes_of_a_snapshot_row_agree(papers: Papers) -> None:
    for row in papers.rows(NEWEST):
        assert row["상권업종소분류코드"].startswith(row["상권업종중분류코드"])
        assert row["지번코드"].startswith(row["법정동코드"])
        assert row["건물관리번호"].startswith(row["법정동코드"])
        assert row["지번코드"][11:15] == f"{int(row['지번본번지']):04d}"
        assert row["도로명주소"].startswith(row["도로명"] + " ")
        assert row["법정동명"] in row["지번주소"]
        assert row["행정동코드"].startswith(row["시군구코드"])


def test_a_shop_keeps_its_number_through_the_quarters(papers: Papers) -> None:
    """What left between two quarters is what ended in them, by the truth."""
    ends = {row["shop_id"]: row["ended_on"] for row in papers.truths["shops"]}
    quarters = [
        {row["상가업소번호"] for row in papers.rows(f"상가/상가정보_{month}.csv")}
        for month in ("202606", "202609")
    ]
    planted = 2 * sum("상가정보" in defect.file for _, defect in papers.defects)
    gone = {
        shop for shop in quarters[0] - quarters[1] if ends[shop] is None or str(ends[shop]) > "2026-09-30"
    }
    assert len(gone) <= planted
    assert len(quarters[0] - quarters[1]) > 5


def test_states_say_what_their_dates_say(papers: Papers) -> None:
    for delivery, last in ((1, "2026-09-30"), (2, "2026-10-31")):
        for rows in papers.licences(delivery).values():
            assert len({row["관리번호"] for row in rows}) == len(rows)
            for row in rows:
                state = row["영업상태구분코드"]
                assert (state == "03") == bool(row["폐업일자"])
                assert (state == "04") == bool(row["인허가취소일자"])
                opened, closed = day(row["인허가일자"]), day(row["폐업일자"] or row["인허가취소일자"])
                begun, until = day(row["휴업시작일자"]), day(row["휴업종료일자"])
                assert opened <= np.datetime64(last)
                for earlier, later in ((opened, closed), (begun, until), (opened, begun), (until, closed)):
                    assert not earlier > later
                assert not closed > np.datetime64(last)
                assert not closed < np.datetime64("2005-01-01")
                assert (state == "02") == bool(begun <= np.datetime64(last) <= until)


def test_names_that_are_corrected_were_torn_apart(papers: Papers) -> None:
    told = {row["licence_number"] for row in papers.truths["changes"] if row["change"] == "name_corrected"}
    first = {row["관리번호"]: row["사업장명"] for rows in papers.licences(1).values() for row in rows}
    second = {row["관리번호"]: row["사업장명"] for rows in papers.licences(2).values() for row in rows}
    both = [number for number in told if number in first and number in second]
    assert both
    for number in both:
        assert first[number] != second[number]
        assert first[number].replace(" ", "") == second[number].replace(" ", "")


def test_what_changed_between_the_deliveries_is_told(papers: Papers) -> None:
    first = {row["관리번호"]: row for rows in papers.licences(1).values() for row in rows}
    second = {row["관리번호"]: row for rows in papers.licences(2).values() for row in rows}
    told = defaultdict(set)
    for row in papers.truths["changes"]:
        told[row["change"]].add(row["licence_number"])
    both = first.keys() & second.keys()

    def turned(state: str) -> set[str]:
        return {at for at in both if first[at]["영업상태구분코드"] != second[at]["영업상태구분코드"] == state}

    new = {
        at for at in second.keys() - first.keys() if second[at]["인허가일자"].replace("-", "") > "20260930"
    }
    assert turned("03") == told["closed"] & both
    assert turned("04") == told["cancelled"] & both
    assert turned("02") == told["suspended"] & both
    assert new == told["opened"] & second.keys()
    renamed = {at for at in both if first[at]["사업장명"] != second[at]["사업장명"]}
    assert renamed <= told["succeeded"] | told["name_corrected"] | told["opened"]
    assert told["name_corrected"] & both <= renamed
    assert {first[at]["인허가일자"] for at in renamed} == {second[at]["인허가일자"] for at in renamed}


def test_no_building_has_a_shop_before_it_stood(papers: Papers) -> None:
    shops, buildings = papers.city.get(Shops), papers.city.get(Streets).buildings
    early = buildings.opened[shops.building] > shops.lives.opened
    assert early.mean() < 0.01  # where a 행정동 had no building as yet


def test_the_quarter_adds_up_from_its_months(papers: Papers) -> None:
    groups = {name: told["group"] for name, told in words("shops_sales")["trades"].items()}
    sums: Counter[tuple[str, str, str]] = Counter()
    for row in papers.rows("상가/카드매출_월별_20260930.csv"):
        if row["기준연월"] in ("202607", "202608", "202609") and row["매출금액"] != "X":
            sums[row["행정동명"], groups[row["업종명"]], row["기준연월"]] += int(row["매출금액"])
    planted = {defect.row for _, defect in papers.defects if "월별" in defect.file}
    sheet = openpyxl.load_workbook(papers.folder / "delivery-1/상가/카드매출_분기요약_202609.xlsx").active
    assert sheet is not None
    wrong = 0
    dong = ""
    for cells in sheet.iter_rows(min_row=5, values_only=True):
        dong = str(cells[0] or dong)
        for at, month in enumerate(("202607", "202608", "202609")):
            if cells[1] in groups.values():
                wrong += abs(float(str(cells[2 + at])) - sums[dong, str(cells[1]), month] / 1e6) > 0.51
    assert wrong <= len(planted)
    assert len(sums) > 100


def test_small_cells_are_hidden(papers: Papers) -> None:
    rows = papers.rows("상가/카드매출_월별_20261031.csv", 2)
    assert all(
        (row["매출금액"] == "X") == (row["승인건수"] == "X") == (int(row["가맹점수"]) < 3) for row in rows
    )
    assert len({row["기준연월"] for row in rows}) == 37


def test_members_of_the_programme_are_shops_of_its_dongs(papers: Papers) -> None:
    dongs = {row["상가업소번호"]: row["행정동명"] for row in papers.rows(NEWEST)}
    rows = papers.rows("상가/지원사업_대상점포_20260930.csv")
    assert {row["행정동명"] for row in rows} <= set(words("shops_sales")["programme"]["dongs"])
    assert all(dongs.get(row["상가업소번호"], row["행정동명"]) == row["행정동명"] for row in rows)


def test_a_chain_is_small_and_its_branches_have_names_of_their_own(papers: Papers) -> None:
    brands = {name for names in words("shops_names")["brands"].values() for name in names}
    chains = Counter(row["상호명"] for row in papers.rows(NEWEST) if row["지점명"])
    branches = Counter((row["상호명"], row["지점명"]) for row in papers.rows(NEWEST) if row["지점명"])
    assert len(chains) >= 10
    assert chains.keys() <= brands
    assert max(chains.values()) <= 15
    assert set(branches.values()) == {1}
    shops = papers.city.get(Shops)
    ever = [(name, branch) for name, branch in zip(shops.first_name, shops.branch, strict=True) if branch]
    assert len(set(ever)) == len(ever)
    assert not brands & {
        name for name, branch in zip(shops.second_name, shops.branch, strict=True) if not branch
    }


def test_names_of_shops_are_made_of_two_parts_that_go_together(papers: Papers) -> None:
    """Something in front and the word of the trade; 네 behind people, nothing said twice, no boast before a doctor."""
    said, shops = words("shops_names"), papers.city.get(Shops)
    lists = [said[name] for name in ("fronts", "adjectives", "modern", "old", "careful", "boasts", "homes")]
    stems = [name.removesuffix("동").rstrip("0123456789") for name in papers.city.get(Ground).dongs.name]
    fronts = {front for each in lists for front in each} | set(stems)
    for names in (shops.first_name, shops.second_name):
        for number, name in enumerate(names):
            lasts = said["words"][kinds()[shops.kind[number]].words]
            if not shops.branch[number]:
                assert any(name == last or (name.endswith(last) and name.removesuffix(last) in fronts) for last in lasts), name  # fmt: skip
    assert {front for front in fronts if front.endswith("네")} <= set(said["homes"])
    people = (
        "이모",
        "할매",
        "고모",
        "삼촌",
        "형제",
        "막내",
        "언니",
        "누이",
        "순이",
        "옥이",
        "분이",
        "영이",
        "복실",
    )
    assert {home.removesuffix("네") for home in said["homes"] if home.endswith("네")} <= set(people)
    grave = {"pharmacy", "clinic", "dental", "oriental", "vet", "academy", "realty"}
    assert not grave & {each for kinds_ in said["homely"].values() for each in kinds_}


def test_few_shops_of_a_city_are_called_the_same() -> None:
    """At a tenth of the city, of all that ever were."""
    shops = grown(Setting(seed=3, scale=0.1), "shops").get(Shops)
    own = Counter(name for name, branch in zip(shops.first_name, shops.branch, strict=True) if not branch)
    assert max(own.values()) <= 8
    doubled = [name for name in own if name.endswith(("원원", "국국", "점점", "방방", "집집"))]
    assert doubled == []


def test_the_same_setting_gives_the_same_bytes(
    papers: Papers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = written(tmp_path_factory.mktemp("again"), SETTING)
    files = sorted(path.relative_to(papers.folder) for path in papers.folder.rglob("*.*"))
    assert len(files) > 25
    assert all((papers.folder / path).read_bytes() == (again.folder / path).read_bytes() for path in files)
    assert papers.defects == again.defects
