"""Forms of public bodies through the whole deposit: what only shows where reading, recognition and places meet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from shapely.geometry import box

from madang.intake.receipt import Receipt
from madang.workspace import Workspace
from tests.intake.layer_helper import packed, shp


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.init(tmp_path / "bank")


def deposited(workspace: Workspace, name: str, content: str | bytes) -> Receipt:
    path = workspace.folder.parent / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    (receipt,) = workspace.deposit(path)
    return receipt


def cells(workspace: Workspace, receipt: Receipt, name: str) -> list[Any]:
    """A column of what was deposited, in the order of the source."""
    version = workspace.bank[receipt.dataset].latest
    assert version is not None
    tables = [pq.read_table(path, columns=["source_row", name]) for path in version.files]
    found: list[Any] = pa.concat_tables(tables).sort_by("source_row")[name].to_pylist()
    return found


def dongs() -> str:
    """Two 행정동 beside each other."""
    codes = {"1111053000": "서울특별시 종로구 사직동", "1111054000": "서울특별시 종로구 삼청동"}
    features = [
        {
            "type": "Feature",
            "properties": {"adm_nm": name, "adm_cd2": code, "sgg": code[:5], "sido": code[:2]},
            "geometry": shapely.geometry.mapping(box(126.96 + 0.01 * i, 37.57, 126.97 + 0.01 * i, 37.58)),
        }
        for i, (code, name) in enumerate(codes.items())
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


@pytest.mark.slow
def test_shapes_without_attributes_take_their_place_among_known_areas(workspace: Workspace) -> None:
    deposited(workspace, "dongs.geojson", dongs())
    main, index = shp([(126.965, 37.575), (126.975, 37.575)])
    archive = packed(workspace.folder.parent / "points.zip", {"a.shp": main, "a.shx": index})
    (receipt,) = workspace.deposit(archive)
    assert receipt.verdict == "accepted_with_problems"
    assert cells(workspace, receipt, "dong_code") == ["1111053000", "1111054000"]


@pytest.mark.slow
def test_a_map_whose_addresses_end_with_the_gu_is_taken(workspace: Workspace) -> None:
    """As Google My Maps writes it."""
    deposited(workspace, "dongs.geojson", dongs())
    place = (
        '<Placemark><name>{0}</name><ExtendedData><Data name="주소"><value>서울 종로구</value></Data><Data name="면수">'
        "<value>1,200</value></Data></ExtendedData><Point><coordinates>\n {1},37.575,0\n</coordinates></Point></Placemark>"
    )
    text = place.format("가", 126.965) + place.format("나", 126.975)
    kml = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Folder>{text}</Folder></Document></kml>'
    receipt = deposited(workspace, "map.kml", kml)
    assert receipt.verdict == "accepted", receipt.reasons
    assert cells(workspace, receipt, "name") == ["가", "나"]
    assert cells(workspace, receipt, "면수") == [1200, 1200]
    assert cells(workspace, receipt, "dong_code") == ["1111053000", "1111054000"]
