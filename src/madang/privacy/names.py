"""Names of Korean persons: by their first syllable and their length. What looks like one need not be one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

# Surnames that together are borne by more than 99.9 % of Koreans (population census of 2015, surnames above 5,000).
SURNAMES = (
    "김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민나진지엄채원천방공현함변염여추"
    "도소석선설마길연위표명기반라왕금옥육인맹제모탁국어은편용예경봉사부가복태목형피두감음빈동온호범좌팽승간상시갈"
)
DOUBLE = ("남궁", "황보", "제갈", "사공", "선우", "서문", "독고", "동방")


def named(values: Any) -> NDArray[np.bool_]:
    """Which of `values` (text) could be the name of a person: Hangul, a surname, then one to three syllables."""
    hangul = pc.match_substring_regex(values, r"^[가-힣]{2,4}$")
    first = pc.is_in(pc.utf8_slice_codeunits(values, 0, 1), pa.array(list(SURNAMES)))
    double = pc.is_in(pc.utf8_slice_codeunits(values, 0, 2), pa.array(DOUBLE))
    short = pc.less_equal(pc.utf8_length(values), 3)
    found = pc.and_(hangul, pc.or_(double, pc.and_(first, short)))
    return np.asarray(found.to_numpy(zero_copy_only=False), np.bool_)
