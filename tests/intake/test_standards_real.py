"""Real tables are recognised as what they are, or stay generic; none is taken for something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.declarations.load import SHIPPED, load_standards
from madang.intake.forms import read_tables
from madang.intake.layout_totals import take_out_totals
from madang.intake.raw import Override, no_progress
from madang.intake.recognise import Recognition, recognise
from madang.intake.values_evidence import sample
from tests.shared_data import shared

STANDARDS = load_standards(SHIPPED)
_AREAS = '{"type":"Polygon","coordinates":[[[127.0,37.0],[127.1,37.0],[127.1,37.1],[127.0,37.0]]]}'


def told(path: Path, place: Path) -> Recognition:
    place.mkdir()
    (table,) = read_tables(path, path.name, place, Override(), no_progress)
    table = take_out_totals(table)
    return recognise([column.label for column in table.columns], sample(table).table(2_000), STANDARDS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("folder", "file", "standard"),
    [
        ("boundaries", "coordinate_UTMK_이름포함.tsv", "area-centre"),
        ("boundaries", "hangjeongdong_광주광역시.geojson", "area-boundary"),
        ("boundaries", "seoul_municipalities_juso2015/seoul_municipalities.shp", "area-boundary"),
        ("boundaries", "seoul_submunicipalities_2013_bessel/seoul_submunicipalities.shp", "area-boundary"),
        ("boundaries", "skorea-municipalities-2018-topo-simple.json", "area-boundary"),
        ("boundaries", "vote_emd_20220309.tsv", "election-votes"),
        ("codes", "KIKmix_행정동_법정동_20200814.xlsx", "dong-relation"),
        ("codes", "법정동코드_utf8.csv", "legal-dong-code"),
        ("commercial", "상권분석_개폐업수_2021.xlsx", "district-turnover"),
        ("commercial", "상권분석_인구수_2021.xlsx", "district-people"),
        ("commercial", "점포수_데이터_2021.xlsx", "district-shops"),
        ("commercial", "서울시 우리마을가게 상권분석서비스(상권영역).csv", "commercial-area"),
        ("commercial", "행정동_코드명.csv", None),
        ("epidemic", "kr_daily.csv", "epidemic-daily"),
        ("housing", "서울시 공동주택 아파트 정보.csv", "apartment"),
        ("licences", "fulldata_02_03_01_P_동물병원.csv", "licence"),
        ("licences", "상가상권정보_서울_202212_표본2행.csv", "shops"),
        ("population", "광진구_격자_돌봄틈새공백.csv", None),
        ("population", "서울_행정동별_세대원수별세대_201712.txt", "households-by-size"),
        ("population", "서울_행정동별거주인구_2020q2.txt", "population-by-nationality"),
        ("population", "주민등록_연령별_202107_1세단위.csv", "resident-population"),
        ("standard", "부산광역시_방범용CCTV 정보_구판.csv", None),
        ("standard", "서울시 주요 공원현황.csv", None),
        ("standard", "서울시버스정류소좌표데이터(2020.03.06).xlsx", "bus-stop"),
        ("standard", "서울특별시_박물관미술관정보_20180821.csv", "museum"),
        ("standard", "스마트 버스쉘터 설치 현황.csv", None),
        ("standard", "유치원_초중고_위치데이터_원본.geojson", None),
        ("standard", "전국공공시설개방정보표준데이터_2020.csv", "public-facility"),
        ("standard", "전국도서관표준데이터_2020.csv", "library"),
        ("standard", "지역아동센터_191231기준.xlsx", None),
        ("text", "klue_ynat_test_data.csv", None),
        ("text", "seoul-120-text_even.csv", "letters"),
        ("weather_water", "ASOS_대구_일별.csv", "weather-daily"),
        ("weather_water", "팔당댐_한강수위_2022.csv", "river-level"),
    ],
)
def test_a_real_file(tmp_path: Path, folder: str, file: str, standard: str | None) -> None:
    found = told(shared(folder, file), tmp_path / "stage")
    assert (found.standard.id if found.standard else None) == standard
    assert standard is None or found.missing_required == ()


def test_a_made_up_layer_of_areas(tmp_path: Path) -> None:
    """The twin: two areas with the codes of both systems; the same with points is no layer of areas."""
    feature = '{"type":"Feature","properties":{"adm_cd":"1101053","adm_cd2":"1111053000","adm_nm":"가시 나구 다동"},"geometry":%s}'
    for name, geometry, standard in (
        ("areas", _AREAS, "area-boundary"),
        ("points", '{"type":"Point","coordinates":[127.0,37.0]}', None),
    ):
        path = tmp_path / f"{name}.geojson"
        path.write_text(
            f'{{"type":"FeatureCollection","features":[{",".join([feature % geometry] * 2)}]}}',
            encoding="utf-8",
        )
        found = told(path, tmp_path / name)
        assert (found.standard.id if found.standard else None) == standard


def test_a_made_up_register_of_rivers_becomes_long(tmp_path: Path) -> None:
    path = tmp_path / "수위.csv"
    path.write_text(
        "ymdhm,swl,inf,tototf,wl_1018662,fw_1018662\n2026-07-01 00:00,25.2,739.4,124.4,290.7,-12.5\n"
        "2026-07-01 00:10,25.2,124.5,124.5,291.7,343.7\n",
        encoding="utf-8",
    )
    found = told(path, tmp_path / "stage")
    assert found.standard is STANDARDS["river-level"]
    assert found.wide is not None
    assert [tuple(header.values[name] for name in ("measure", "station_code")) for header in found.wide.headers] == [
        ("댐수위", None), ("유입량", None), ("총방류량", None), ("수위", "1018662"), ("유량", "1018662"),
    ]  # fmt: skip
