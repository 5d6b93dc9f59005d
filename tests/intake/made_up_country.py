"""A made-up country: two 시도, four 시군구, twelve 행정동 in a grid, with its boundaries, code lists and addresses.

Areas are squares of 0.02 degrees; column 0 of the grid is 새빛시, 1 한솔군, 2 다온구, 3 미르구, row 0 the south.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pyproj

from madang.bank import Version
from madang.intake.raw import Override
from madang.intake.receipt import Receipt
from madang.workspace import Workspace

WEST, SOUTH, SIDE = 127.0, 37.4, 0.02
SIGUNGUS = (
    ("41910", "경기도", "새빛시"),
    ("41930", "경기도", "한솔군"),
    ("11810", "서울특별시", "다온구"),
    ("11830", "서울특별시", "미르구"),
)
# per 시군구 from south to north: 행정동 code and name, the legal dong it lies in
DONGS = (
    ("4191051000", "가람1동", "4191010100", "가람동"),
    ("4191052000", "가람2동", "4191010100", "가람동"),
    ("4191053000", "나래동", "4191010200", "나래동"),
    ("4193025000", "한솔읍", "4193025021", "가재리"),
    ("4193031000", "들말면", "4193031021", "윗말리"),
    ("4193032000", "샛별면", "4193032021", "별내리"),
    ("1181051000", "다온동", "1181010100", "다온동"),
    ("1181052000", "중앙동", "1181010200", "중앙동"),
    ("1181053000", "노을동", "1181010300", "노을동"),
    ("1183051000", "미르동", "1183010100", "미르동"),
    ("1183052000", "중앙동", "1183010200", "중앙동"),
    ("1183053000", "하늘동", "1183010300", "하늘동"),
)
CODES = tuple(dong[0] for dong in DONGS)


def full_name(place: int) -> str:
    _, sido, sigungu = SIGUNGUS[place // 3]
    return f"{sido} {sigungu} {DONGS[place][1]}"


def square(place: int) -> list[list[float]]:
    west, south = WEST + SIDE * (place // 3), SOUTH + SIDE * (place % 3)
    east, north = west + SIDE, south + SIDE
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def dong_at(lon: float, lat: float) -> str:
    """The 행정동 of a point, by arithmetic."""
    return CODES[3 * int((lon - WEST) / SIDE) + int((lat - SOUTH) / SIDE)]


def boundaries(folder: Path, name: str = "행정동경계_20260101.geojson", **codes: str) -> Path:
    """The boundary file; `codes` replaces codes of 행정동 ("4191051000" -> another) by name "c4191051000"."""
    features = [
        {
            "type": "Feature",
            "properties": {"adm_cd2": codes.get(f"c{code}", code), "adm_nm": full_name(place)},
            "geometry": {"type": "Polygon", "coordinates": [square(place)]},
        }
        for place, code in enumerate(CODES)
    ]
    path = folder / name
    path.write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8"
    )
    return path


def relation(folder: Path) -> Path:
    """What the ministry's list of 행정동 and legal dongs says of the country."""
    lines = ["행정동코드,시도명,시군구명,읍면동명,법정동코드,동리명,생성일자,말소일자"]
    for place, (code, name, legal, legal_name) in enumerate(DONGS):
        _, sido, sigungu = SIGUNGUS[place // 3]
        lines.append(f"{code},{sido},{sigungu},{name},{legal},{legal_name},19990101,")
    return write(folder, "KIKmix.csv", lines)


def legal_dongs(folder: Path) -> Path:
    lines = ["법정동코드,법정동명,폐지여부", "4100000000,경기도,존재", "1100000000,서울특별시,존재"]
    lines += [f"{code}00000,{sido} {sigungu},존재" for code, sido, sigungu in SIGUNGUS]
    for place, (code, name, legal, legal_name) in enumerate(DONGS):
        _, sido, sigungu = SIGUNGUS[place // 3]
        above = f"{name} " if legal[8:] != "00" else ""
        if above:
            lines.append(f"{code},{sido} {sigungu} {name},존재")
        lines.append(f"{legal},{sido} {sigungu} {above}{legal_name},존재")
    return write(folder, "법정동코드.csv", list(dict.fromkeys(lines)))


def addresses(folder: Path) -> Path:
    """An address file of 24 columns: 가람로 1 to 20 runs through 가람1동 (to 10) and 가람2동; 다온길 lies in 다온동."""
    rows = []
    for number in range(1, 21):
        dong = 0 if number <= 10 else 1
        rows.append((f"{number:026d}", "4191010100", "경기도", "새빛시", "가람동", "", "0", number, 0, "419103000001",
                     "가람로", "0", number, 0, CODES[dong], DONGS[dong][1]))  # fmt: skip
    for number in range(1, 11):
        rows.append((f"{100 + number:026d}", "1181010100", "서울특별시", "다온구", "다온동", "", "0", 100 + number, 0,
                     "118103000002", "다온길", "0", number, 0, CODES[6], "다온동"))  # fmt: skip
    lines = ["|".join([*map(str, row), "03045", "", "20240101", "0", "31", "", "", ""]) for row in rows]
    return write(folder, "rnaddrkor_sample.txt", lines)


def write(folder: Path, name: str, lines: Sequence[str]) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def made(folder: Path, *parts: str) -> Workspace:
    """A workspace that knows the country; `parts`: boundaries, relation, legal, addresses (default: the first three)."""
    workspace = Workspace.init(folder / "w")
    files = folder / "country"
    files.mkdir()
    for part in parts or ("boundaries", "relation", "legal"):
        path = {
            "boundaries": boundaries,
            "relation": relation,
            "legal": legal_dongs,
            "addresses": addresses,
        }[part](files)
        for receipt in workspace.deposit(path):
            assert receipt.verdict == "accepted", (receipt.file, receipt.verdict, receipt.reasons)
    return workspace


def points(count: int = 120, seed: int = 1) -> list[tuple[float, float]]:
    """Points all over the country, none within 5 m of a border, in EPSG:4326."""
    random = np.random.default_rng(seed)
    inside = 0.0001 + random.random((count, 2)) * (SIDE - 0.0002)
    cells = np.arange(count) % 12
    lon, lat = WEST + SIDE * (cells // 3) + inside[:, 0], SOUTH + SIDE * (cells % 3) + inside[:, 1]
    return list(zip(lon.tolist(), lat.tolist(), strict=True))


def projected(lonlat: Sequence[tuple[float, float]], crs: int) -> list[tuple[float, float]]:
    """The same points in another system, easting first, by PROJ itself."""
    pyproj.network.set_network_enabled(False)
    way = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    lon, lat = zip(*lonlat, strict=True)
    x, y = way.transform(lon, lat)
    return list(zip(x, y, strict=True))


def deposit(workspace: Workspace, path: Path, override: Override | None = None) -> Receipt:
    (receipt,) = workspace.deposit(path, override=override)
    return receipt


def live(workspace: Workspace, dataset: str) -> Version:
    version = workspace.bank[dataset].latest
    assert version is not None
    return version


def column(workspace: Workspace, dataset: str, name: str) -> list[Any]:
    """A column of the live version in the order of the source."""
    found: list[Any] = []
    for path in live(workspace, dataset).files:
        found += pq.read_table(path, columns=[name])[name].to_pylist()
    return found


def problems(workspace: Workspace, dataset: str, rule: str = "") -> list[dict[str, Any]]:
    """The problems of the live version, details parsed."""
    rows = pq.read_table(live(workspace, dataset).problems_path).to_pylist()
    return [
        {**row, "detail": json.loads(row["detail"] or "{}")}
        for row in rows
        if not rule or row["rule"] == rule
    ]


def evidence(workspace: Workspace, dataset: str, what: str) -> dict[str, Any]:
    told = live(workspace, dataset).facts["evidence"]
    return next((each for each in told if each["decision"] == what), {})
