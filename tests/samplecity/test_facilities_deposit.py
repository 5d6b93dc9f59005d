"""What intake says of the facilities: the planted slips, row by row, and nothing else."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from madang.bank.describe import problems_file
from madang.samplecity import Setting
from madang.samplecity.layers.ground.model import Ground
from madang.samplecity.map_paper import GeoJsonPaper
from madang.workspace import Workspace
from tests.samplecity.facility_files import Files, written

pytestmark = pytest.mark.slow

SETTING = Setting(seed=7, scale=0.05)
STEMS = {"CCTV": "cctv", "공공시설개방": "공공시설개방", "도시공원": "도시공원", "과속방지턱": "과속방지턱", "휴지통": "휴지통", "민방위대피시설": "민방위대피시설"}  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return written(tmp_path_factory.mktemp("facilities"), SETTING)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, files: Files) -> Workspace:
    made = Workspace.init(tmp_path_factory.mktemp("bank") / "w")
    dongs = files.city.get(Ground).dongs
    columns = {
        "adm_cd2": dongs.code,
        "adm_nm": [f"가온광역시 여울구 {name}" for name in dongs.name],
        "sgg": ["99110"] * len(dongs),
        "sidonm": ["가온광역시"] * len(dongs),
        "sggnm": ["여울구"] * len(dongs),
    }
    GeoJsonPaper("행정동경계_20260930.geojson", dongs.shape, columns, 7).write(files.folder)
    made.deposit(files.folder / "행정동경계_20260930.geojson")
    return made


@pytest.mark.parametrize("stem", STEMS)
def test_intake_tells_the_slips_and_nothing_else(files: Files, workspace: Workspace, stem: str) -> None:
    for delivery in (1, 2) if stem == "CCTV" else (1,):
        path = files.path(stem, delivery)
        (receipt,) = workspace.deposit(path)
        dataset = workspace.bank[STEMS[stem]]
        assert receipt.dataset == dataset.id
        planted = Counter(
            (defect.row, defect.rule)
            for number, defect in files.defects
            if number == delivery and Path(defect.file).name == path.name
        )
        assert planted
        told = problems_file(dataset)
        assert told is not None
        problems = pq.read_table(told).to_pylist()
        found = Counter((row["row"], row["rule"]) for row in problems if row["severity"] != "info")
        assert set(found) == set(planted)
        assert receipt.located_share is not None
        assert receipt.located_share > 0.9
