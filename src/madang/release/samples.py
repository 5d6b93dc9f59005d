"""Made-up decisions for the made-up city: a handful of editions, so that the public pages are not empty."""

from __future__ import annotations

from contextlib import suppress

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.bank import Version
from madang.messages import MadangError
from madang.release.decision import Decision, Dim, Filter, Measure, TableRule, Treatment
from madang.release.editions import Releases
from madang.release.exposed import columns_now
from madang.release.rows import tells_place

_WHOLE = ("도서관", "주차장", "도시공원", "공중화장실", "무더위쉼터", "행정동경계")
_LICENCES = "일반음식점"
_PEOPLE = "주민등록인구-연령별-연말"
_CARDS = "카드매출-분기요약"


def open_samples(releases: Releases) -> list[Version]:
    """Decide to open what the sample city has of libraries, parking, parks, people, card sales; versions published.

    A dataset that is not there, or an edition that was decided about before, is left alone.
    """
    done = []
    for decision in _decisions(releases):
        if decision.edition not in releases.decisions.editions():
            with suppress(MadangError):  # a city with planted defects: what may not leave stays
                done.append(releases.decide(decision))
    return done


def _decisions(releases: Releases) -> list[Decision]:
    live = {
        name: releases.bank[name].latest
        for name in (*_WHOLE, _LICENCES, _PEOPLE, _CARDS)
        if name in releases.bank
    }
    found = [_rows(releases, version) for name in _WHOLE if (version := live.get(name))]
    if version := live.get(_LICENCES):
        found.append(_licences(releases, version))
    if version := live.get(_PEOPLE):
        found.append(_people(releases, version))
    if version := live.get(_CARDS):
        found.append(_cards(releases, version))
    return found


def _decision(releases: Releases, version: Version, edition: str, title: str, **more: object) -> Decision:
    card = version.dataset.card
    said = {
        "by": "표본", "post": str(card.get("steward") or "정보통계과"), "at": releases.clock().isoformat(),
        "document": f"{str(card.get('steward') or '정보통계과').split()[0]}-{len(edition) * 137 + 1000}",
        "ground": "공공데이터의 제공 및 이용 활성화에 관한 법률 제17조(지어낸 결정)", "licence": "kogl-1",
        "rhythm": "automatic", "title": title,
    }  # fmt: skip
    return Decision(edition, version.dataset.id, **{**said, **more})  # type: ignore[arg-type]


def _rows(releases: Releases, version: Version) -> Decision:
    """As it is, but for what is personal."""
    kept = {
        column.name: Treatment() for column in columns_now(releases.bank, version) if column.privacy == "none"
    }
    title = str(version.dataset.card["title"])
    return _decision(releases, version, version.dataset.id, title, columns=kept, places="keep")


def _licences(releases: Releases, version: Version) -> Decision:
    """Shops in business, on a grid of 100 metres, without address and telephone, days to the month."""
    kept = {
        column.name: Treatment("month") if column.type in ("date", "datetime") else Treatment()
        for column in columns_now(releases.bank, version)
        if column.privacy == "none" and not tells_place(column)
    }
    chosen = [c.name for c in version.columns if c.standard == "status_name"]
    rows = tuple(Filter(name, ("영업/정상",)) for name in chosen)
    return _decision(
        releases, version, version.dataset.id, "영업 중인 일반음식점(100m 격자)", columns=kept, places="100", rows=rows
    )  # fmt: skip


def _people(releases: Releases, version: Version) -> Decision:
    area = Dim("area_code", "area", name="area", system="행정동", label="area_name")
    rule = TableRule(
        (Dim("month", "time", total=False), area, Dim("age", "age")),
        (Measure("population_persons", population="주민등록인구"),),
    )
    months = pa.concat_arrays(
        [pq.read_table(p, columns=["month"]).column(0).combine_chunks() for p in version.files]
    )
    newest = (Filter("month", (str(pc.max(months).as_py()),)),)
    return _decision(
        releases, version, "주민등록인구-동-나이", "동별 나이별 주민등록인구", table=rule, rows=newest
    )


def _cards(releases: Releases, version: Version) -> Decision:
    rule = TableRule(
        (Dim("dong_name", name="area"), Dim("trade_group")),
        (
            Measure(
                "quarter_sales_million_krw", "amount", contributors="card_shops_count", population="카드매출"
            ),
        ),
    )
    return _decision(releases, version, "카드매출-동", "동별 업종별 카드매출(분기)", table=rule)
