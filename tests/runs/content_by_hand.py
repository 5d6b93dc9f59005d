"""What the shipped indicators have to say of the made-up city, counted from its files and its planted truth with pandas."""

from __future__ import annotations

import json
from collections.abc import Callable

import pandas as pd

from tests.runs.content_city import LICENCES, Files

BY_HAND: dict[str, Callable[[Files], float]] = {}


def by_hand(name: str) -> Callable[[Callable[[Files], float]], Callable[[Files], float]]:
    def keep(count: Callable[[Files], float]) -> Callable[[Files], float]:
        BY_HAND[name] = count
        return count

    return keep


def people(files: Files, ages: str = r"\d+") -> int:
    """Residents of October in all 행정동, of the ages that begin with `ages`."""
    table = files.frame("주민등록인구_5세별_월별").set_index("행정구역")
    table = table[table.index.str.contains(r"동\s*\(")]
    cells = table.filter(regex=rf"^2026년10월_계_({ages})(~\d+세|세 이상)$")
    return int(cells.map(lambda each: int(each.replace(",", ""))).to_numpy().sum())


def _share(files: Files, stem: str, column: str, yes: str = "Y", no: str = "N") -> float:
    cells = files.frame(stem)[column]
    return 100 * (cells == yes).sum() / cells.isin([yes, no]).sum()


def letters(files: Files) -> pd.DataFrame:
    """Letters with whole days; those of the last whole month are what most indicators speak of."""
    found = files.frame("민원접수")
    for column in ("접수일시", "답변일시", "처리기한"):
        found[column] = pd.to_datetime(found[column], errors="coerce")
    found["month"] = found["접수일시"].dt.strftime("%Y-%m")
    return found


def shops(files: Files) -> pd.DataFrame:
    found = pd.concat([files.frame(stem).assign(stem=stem) for stem in LICENCES.split()], ignore_index=True)
    found["updated"] = found["데이터갱신일자"].fillna(found["데이터갱신시점"])
    state = found["영업상태구분코드"] if "영업상태구분코드" in found else pd.Series(index=found.index)
    found["state"] = state.fillna(found.get("영업상태코드"))
    for column in ("인허가일자", "폐업일자", "인허가취소일자"):
        found[column] = pd.to_datetime(found[column].str.replace("-", ""), format="%Y%m%d", errors="coerce")
    found["ended"] = found["폐업일자"].fillna(found["인허가취소일자"])
    ended = found["state"].isin(["03", "04"])
    found = found[found["state"].isin(["01", "02"]) | (ended & (found["ended"] >= found["인허가일자"]))]
    found.loc[~found["state"].isin(["03", "04"]), "ended"] = pd.NaT
    return found.drop_duplicates("관리번호")


@by_hand("population")
def _(files: Files) -> float:
    return people(files)


@by_hand("elderly-share")
def _(files: Files) -> float:
    return 100 * people(files, r"6[5-9]|[7-9]\d|100") / people(files)


@by_hand("births")
def _(files: Files) -> float:
    events = files.truth("people/events")
    return int(events[events["to_month_end"].str.startswith("2025")]["births"].sum())


@by_hand("net-migration")
def _(files: Files) -> float:
    moves = files.truth("people/moves")
    moves = moves[moves["year"] == 2025]
    here = [moves[name].fillna("") != "" for name in ("to_dong_code", "from_dong_code")]
    return int(moves["persons"][here[0]].sum() - moves["persons"][here[1]].sum())


@by_hand("security-lights")
def _(files: Files) -> float:
    lights = files.numbers("보안등", "설치개수")
    return 1000 * lights[lights > 0].sum() / people(files)


@by_hand("library-seats")
def _(files: Files) -> float:
    seats = files.numbers("도서관", "열람좌석수")
    return 1000 * seats[seats >= 0].sum() / people(files)


@by_hand("library-books")
def _(files: Files) -> float:
    books = files.numbers("도서관", "자료수(도서)")
    return books[books >= 0].sum() / people(files)


@by_hand("public-rooms")
def _(files: Files) -> float:
    return 10000 * len(json.loads(files.newest["공공시설개방"].read_bytes())["records"]) / people(files)


@by_hand("child-zone-cctv")
def _(files: Files) -> float:
    return _share(files, "어린이보호구역", "CCTV설치여부")


@by_hand("hydrants-usable")
def _(files: Files) -> float:
    return _share(files, "소방용수시설", "사용가능여부")


@by_hand("speed-bumps-standard")
def _(files: Files) -> float:
    return _share(files, "과속방지턱", "규격여부")


@by_hand("crosswalks-audible")
def _(files: Files) -> float:
    found = files.frame("횡단보도")
    found = found[(found["보행자신호등유무"] == "Y") & found["음향신호기설치여부"].isin(["Y", "N"])]
    return 100 * (found["음향신호기설치여부"] == "Y").mean()


@by_hand("card-sales")
def _(files: Files) -> float:
    found = files.frame("카드매출_월별")
    sales = pd.to_numeric(found["매출금액"].str.replace(",", ""), errors="coerce")
    return sales[found["기준연월"] == "202610"].sum() / 1e8


@by_hand("shops-opened")
def _(files: Files) -> float:
    opened = shops(files)["인허가일자"]
    return int(opened.between("2026-07-01", "2026-09-30").sum())


@by_hand("shops-closed")
def _(files: Files) -> float:
    return int(shops(files)["ended"].between("2026-07-01", "2026-09-30").sum())


@by_hand("shops-closing-rate")
def _(files: Files) -> float:
    found = shops(files)
    updated = pd.to_datetime(found["updated"], format="mixed", errors="coerce")
    newest = updated.groupby(found["stem"]).transform("max")
    found = found[newest >= updated.max() - pd.Timedelta(days=366)]  # registers that still speak
    there = (found["인허가일자"] < "2026-07-01") & (found["ended"].isna() | (found["ended"] >= "2026-07-01"))
    return 100 * found["ended"].between("2026-07-01", "2026-09-30").sum() / there.sum()


@by_hand("letter-satisfaction")
def _(files: Files) -> float:
    found = letters(files)
    points = pd.to_numeric(found[found["month"] == "2026-10"]["만족도"], errors="coerce")
    return points[points.between(1, 5)].mean()


@by_hand("letters-moved")
def _(files: Files) -> float:
    found = letters(files)
    found = found[found["month"] == "2026-10"].dropna(subset=["최초배정부서", "처리부서"])
    return 100 * (found["최초배정부서"] != found["처리부서"]).mean()


@by_hand("answered-in-week")
def _(files: Files) -> float:
    found = letters(files)
    found = found[(found["month"] == "2026-10") & (found["접수일시"].dt.day <= 24)]
    took = (found["답변일시"].dt.normalize() - found["접수일시"].dt.normalize()).dt.days
    return 100 * (took <= 7).sum() / len(found)


@by_hand("hot-days")
def _(files: Files) -> float:
    found = files.frame("일별기상")
    days = pd.to_datetime(found.iloc[:, 0], errors="coerce")
    hot = pd.to_numeric(found["최고기온(℃)"], errors="coerce") >= 33
    return int(hot[days.dt.strftime("%Y-%m") == "2026-10"].sum())
