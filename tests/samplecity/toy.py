"""Two small layers that stand for the city where its machinery is tested: 땅 (which holds boundaries) and 나무 on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from madang.samplecity.city import City, Delivery
from madang.samplecity.map_paper import GeoJsonPaper, projected
from madang.samplecity.text_paper import TextPaper

CODES, NAMES = ("9911051000", "9911052000"), ("나루동", "장터동")


def shapes() -> np.ndarray[Any, Any]:
    return shapely.box([800_000, 801_000], 1_736_000, [801_000, 802_000], 1_737_000)


def _boundaries(city: City, delivery: Delivery) -> Iterator[GeoJsonPaper]:
    if delivery.first:
        columns = {
            "adm_cd2": CODES,
            "adm_nm": [f"가온광역시 여울구 {name}" for name in NAMES],
            "sgg": ["99110"] * 2,
            "sidonm": ["가온광역시"] * 2,
            "sggnm": ["여울구"] * 2,
        }
        yield GeoJsonPaper(f"행정구역/행정동경계_{delivery.stamp}.geojson", shapes(), columns)


def _trees(city: City, delivery: Delivery) -> Iterator[TextPaper]:
    rng = city.rng("trees")
    count = 30 + delivery.number
    lon, lat = projected(rng.uniform(800_000, 802_000, count), np.full(count, 1_736_500.0), 4326)
    columns = {
        "나무번호": [f"T{number:04d}" for number in range(count)],
        "심은날": np.datetime64("2020-03-01") + rng.integers(0, 900, count),
        "위도": np.round(lat, 6),
        "경도": np.round(lon, 6),
    }
    paper = TextPaper(path=f"나무/나무_{delivery.stamp}.csv", columns=columns)
    paper.plant(3, "심은날", "2021-13-05", "cell_no_such_month")
    yield paper


def _truths(city: City) -> Mapping[str, pa.Table]:
    return {"counts": pa.table({"delivery": [1, 2], "trees": [31, 32]})}


def toy_layers(*names: str) -> Iterator[tuple[str, Any]]:
    """In place of `samplecity.layers.layers`."""
    nothing: dict[str, Any] = {"NEEDS": (), "build": lambda city: None}
    yield "ground", SimpleNamespace(LABEL="땅", papers=_boundaries, truths=lambda city: {}, **nothing)
    yield "trees", SimpleNamespace(LABEL="나무", papers=_trees, truths=_truths, **nothing)
