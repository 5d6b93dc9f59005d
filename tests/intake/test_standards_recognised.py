"""Every standard knows its own headers, of every generation, and nobody else's: the confusion matrix is diagonal."""

from __future__ import annotations

from functools import cache

import pyarrow as pa
import pytest

from madang.declarations.load import SHIPPED, load_standards
from madang.intake.address_layout import LAYOUTS
from madang.intake.conform_plan import standard_column
from madang.intake.raw import Override
from madang.intake.recognise import Recognition, recognise
from tests.declarations import public_forms
from tests.intake.standard_headers import FORMS, STRANGERS, labels_of

STANDARDS = load_standards(SHIPPED)
READ = {key: each for key, each in STANDARDS.items() if not each.made_here}
ROWS = [(id_, row) for id_, rows in FORMS.items() for row in rows] + [
    ("library", public_forms.LIBRARY),
    ("library", public_forms.LIBRARY_30),
    ("parking", public_forms.PARKING),
    ("public-toilet", public_forms.TOILET),
    ("public-toilet", public_forms.TOILET_OLDER),
    ("licence", public_forms.LICENCE_OLD),
    ("licence", public_forms.LICENCE_NEW),
    ("licence", public_forms.LICENCE_NEWEST),
]
# headers that officials put in which no standard knows
_STRANGE = {"관리비구분", "신설항목", "행정기관코드", "geometry", "id"}
LAYERS = {
    "행정동 (admdongkor)": ("OBJECTID, adm_nm, adm_cd, adm_cd2, sgg, sido, sidonm, sggnm, geometry", "0106000000"),
    "시군구 (도로명주소)": ("SIG_CD, SIG_KOR_NM, SIG_ENG_NM, ESRI_PK, SHAPE_AREA, SHAPE_LEN, geometry", "0103000000"),
    "법정동 (도로명주소)": ("EMD_CD, EMD_ENG_NM, EMD_KOR_NM, geometry", "0103000000"),
    "시도 (도로명주소)": ("CTPRVN_CD, CTP_ENG_NM, CTP_KOR_NM, geometry", "0106000000"),
    "행정동 (SGIS)": ("BASE_DATE, ADM_CD, ADM_NM, geometry", "0103000000"),
    "TopoJSON": ("id, name, base_year, name_eng, code, geometry", "0103000000"),
}  # fmt: skip

GROUND = {
    "tong-boundary": ("TONG_ID, HJD_CD, HJD_NM, TONG_NO, TONG_NM, AREA_M2, geometry", "0103000000"),
    "land-cover": ("OBJ_ID, L1_CODE, L1_NAME, L2_CODE, L2_NAME, AREA_M2, IMG_DATE, geometry", "0103000000"),
    "stream-line": (
        "하천코드, 하천명, 하천등급, 하천연장(m), 평균하폭(m), 유입하천명, 데이터기준일자, geometry",
        "0102000000",
    ),
    "stream-ground": ("RIV_CD, RIV_NM, RIV_GRD, AREA_M2, NTFC_DE, geometry", "0103000000"),
}


@cache
def seen(text: str, shape: str = "") -> Recognition:
    labels = labels_of(text)
    cells = {f"c{i}": pa.array([""], pa.string()) for i in range(len(labels))}
    if shape:
        cells[f"c{len(labels) - 1}"] = pa.array([shape + "0100000005000000"], pa.string())
    return recognise(labels, pa.table(cells), STANDARDS)


def test_every_standard_has_header_rows_here() -> None:
    by_shape = {"area-boundary", "basic-district", "road-node", "road-link", *GROUND}
    assert {id_ for id_, _ in ROWS} | by_shape | {"resident-population"} == set(READ)


@pytest.mark.parametrize(("id_", "row"), ROWS)
def test_a_published_header_row_is_recognised_whole(id_: str, row: str) -> None:
    found = seen(row)
    assert found.standard is not None, found.runners_up
    assert found.standard.id == id_
    wide = {header.index for header in found.wide.headers} if found.wide else set()
    labels = labels_of(row)
    left = {label for i, label in enumerate(labels) if i not in found.mapping and i not in wide}
    assert left - _STRANGE == set()


@pytest.mark.parametrize("id_", GROUND)
def test_a_layer_of_the_ground_is_recognised_whole(id_: str) -> None:
    row, shape = GROUND[id_]
    found = seen(row, shape)
    assert found.standard is not None
    assert found.standard.id == id_
    assert len(found.mapping) == len(labels_of(row)) - 1


@pytest.mark.parametrize(("id_", "row"), ROWS)
def test_no_other_standard_would_take_it(id_: str, row: str) -> None:
    """Also without its own standard, which a workspace may lack: then it stays generic."""
    labels = labels_of(row)
    others = {key: standard for key, standard in STANDARDS.items() if key != id_}
    cells = pa.table({f"c{i}": pa.array([""], pa.string()) for i in range(len(labels))})
    taken = recognise(labels, cells, others).standard
    assert taken is None, (id_, taken.id if taken else "")


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_stays_generic(name: str) -> None:
    found = seen(STRANGERS[name])
    assert found.standard is None
    assert found.mapping == {}


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_of_areas_is_known_by_its_shapes_too(name: str) -> None:
    text, area = LAYERS[name]
    assert seen(text, area).standard is STANDARDS["area-boundary"]
    for not_area in ("", "0101000000", "0102000000"):
        assert seen(text, not_area).standard is None


@pytest.mark.parametrize(
    ("id_", "text", "shape"),
    [
        ("road-node", "NODE_ID, NODE_TYPE, NODE_NAME, TURN_P, UPDATEDATE, REMARK, HIST_TYPE, HISTREMARK, geometry", "0101000000"),
        ("road-link", """LINK_ID, F_NODE, T_NODE, LANES, ROAD_RANK, ROAD_TYPE, ROAD_NO, ROAD_NAME, ROAD_USE, MULTI_LINK, CONNECT,
         MAX_SPD, REST_VEH, REST_W, REST_H, LENGTH, UPDATEDATE, REMARK, HIST_TYPE, HISTREMARK, geometry""", "0102000000"),
    ],
)  # fmt: skip
def test_nodes_and_links_of_roads_are_known_with_their_shapes(id_: str, text: str, shape: str) -> None:
    found = seen(text, shape)
    assert found.standard is STANDARDS[id_], found.runners_up
    assert len(found.mapping) == len(labels_of(text)) - 1


def test_shapes_of_areas_with_their_centre_beside_are_boundaries() -> None:
    """The open API of SGIS: as plain rows, the same headers are centre points."""
    assert (
        seen("adm_nm, addr_en, adm_cd, x, y, id, geometry", "0103000000").standard
        is STANDARDS["area-boundary"]
    )
    assert seen("adm_nm, adm_cd, x, y").standard is STANDARDS["area-centre"]


def test_every_address_file_of_the_service_is_whole_in_itself() -> None:
    """The lots have no road name and the entrances no address number: nothing of theirs is missing."""
    for layout in LAYOUTS:
        labels = list(layout.labels)
        cells = pa.table({f"c{i}": pa.array([""], pa.string()) for i in range(len(labels))})
        found = recognise(labels, cells, STANDARDS)
        assert found.standard is None or found.missing_required == (), layout.name


def test_postcode_districts_are_no_administrative_areas() -> None:
    """TL_KODIS_BAS of 도로명주소 and of the older 기초구역도: they must not become a register of areas."""
    for text in (
        "BAS_MGT_SN, CTP_KOR_NM, SIG_CD, SIG_KOR_NM, BAS_ID, BAS_AR, OPERT_DE, NTFC_DE, MVM_RES_CD, MVMN_DE, geometry",
        "BAS_ID, BAS_MGT_SN, CTP_KOR_NM, SIG_CD, SIG_KOR_NM, geometry",
    ):
        assert seen(text, "0103000000").standard is STANDARDS["basic-district"]


@pytest.mark.parametrize("id_", sorted(set(STANDARDS) - set(READ)))
def test_no_file_is_taken_for_a_table_that_is_made_here(id_: str) -> None:
    assert seen(", ".join(column.label for column in STANDARDS[id_].columns)).standard is None


@pytest.mark.parametrize("id_", sorted(READ))
def test_its_own_labels_lead_to_it_and_to_no_other(id_: str) -> None:
    standard = STANDARDS[id_]
    if standard.unpivot or standard.shape:
        pytest.skip("its columns are not headers")
    text = ", ".join(c.label for c in standard.columns if not c.derived_from).replace(
        "(아파트,주상복합", "(아파트/주상복합"
    )
    found = seen(text)
    assert found.standard is not None
    assert found.standard.id == id_


def test_a_person_may_say_which_column_a_header_is() -> None:
    row = "보안등위치명, 설치개수, 소재지도로명주소, 소재지지번주소, 위도, 경도, 켜는때, 설치연도, 데이터기준일자"
    labels = labels_of(row)
    cells = pa.table({f"c{i}": pa.array([""], pa.string()) for i in range(len(labels))})
    told = Override(mapping={"켜는때": "installation_type", "설치연도": ""})
    found = recognise(labels, cells, STANDARDS, told)
    assert found.mapping[labels.index("켜는때")].name == "installation_type"
    assert labels.index("설치연도") not in found.mapping


def test_a_column_of_a_version_carries_its_term_and_format() -> None:
    column = standard_column(STANDARDS["cctv"].column("road_address"), "소재지도로명주소", "")
    assert (column.term, column.format) == ("소재지도로명주소", "address_road")
