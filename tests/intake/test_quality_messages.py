"""Every problem that quality lists becomes a whole sentence: its detail carries what the sentence asks for."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from madang.declarations.load import SHIPPED, load_standards
from madang.declarations.standard import DatasetColumn
from madang.messages import en, josa, ko, text
from tests.intake.quality_helper import Checked, checked, column, mapped

STANDARDS = load_standards(SHIPPED)
PARKING, LICENCE, POPULATION = (STANDARDS[id_] for id_ in ("parking", "licence", "resident-population"))


def every_rule(tmp_path: Path) -> list[Checked]:
    """Small tables that break every rule there is."""
    parking = mapped(PARKING, "parking_number", "ownership", "phone", "latitude", "longitude", "base_fee_krw",
                     "spaces_count", "fee_type", "reference_date")  # fmt: skip
    rows = [
        ["1", "공영", "123", 127.0, 37.5, -1, -1, "유료", date(2027, 1, 1)],
        ["1", "공용", None, 1.0, 127.0, 5, 3, "무료", date(1800, 1, 1)],
        ["1", "공용", None, 1.0, 127.0, 5, 3, "무료", date(1800, 1, 1)],
        [None, None, None, None, None, None, None, None, None],
    ]
    names = ("area_code", "area_name", "month", "sex", "age", "age_from", "population_persons")
    people = [["1111000000", "종로구", "2021-07", "계", "연령구간계", None, 12],
              ["1111000000", "종로구", "2021-07", "계", "0세", 0, 11]]  # fmt: skip
    generic: list[DatasetColumn] = [column("비율", "percent")]
    return [
        checked(tmp_path, parking, rows, PARKING, listed=1, previous_as_of=date(2030, 1, 1)),
        checked(tmp_path, parking, rows, PARKING, previous_as_of=date(1900, 1, 1)),
        checked(tmp_path, mapped(POPULATION, *names), people, POPULATION),
        checked(tmp_path, generic, [[120.0]]),
        checked(tmp_path, mapped(LICENCE, "status_code", "closed_on"), [["03", None]], LICENCE),
    ]


def test_every_problem_tells_a_whole_sentence(tmp_path: Path) -> None:
    seen = set()
    for result in every_rule(tmp_path):
        for problem in result.problems:
            detail = json.loads(problem["detail"] or "{}")
            asked = set(re.findall(r"\{(\w+)[:}]", ko.TEXTS[problem["rule"]])) - set(josa._PAIRS)
            given = {"row", *detail, *(key for key in ("value",) if problem["value"] is not None)}
            given |= {"column"} if problem["label"] else set()
            assert asked <= given, problem
            assert text(problem["rule"], "ko", **{**problem, **detail, "column": problem["label"]})
            seen.add(problem["rule"])
    assert seen >= {
        "required_column_missing", "number_pattern", "amount_negative", "quantity_negative", "code_not_listed",
        "coordinate_outside", "coordinate_swapped", "as_of_in_future", "date_out_of_range", "required_missing",
        "key_duplicate", "row_duplicate", "row_rule", "sum_mismatch", "percent_out_of_range", "rule_list_cut",
    }  # fmt: skip
    assert seen <= set(en.TEXTS)
