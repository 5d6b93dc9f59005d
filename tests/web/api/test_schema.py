"""The whole API attacked by its own description: never a server error, never a value that is not the asker's."""

from __future__ import annotations

import time
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

import made_up_bank
from api_city import SECRET
from madang.web.api.page import ADDRESS

SECONDS, FEWEST = 40, 3  # of all; cases of an operation, however slow the machine
DATASETS = [made_up_bank.PARKING, SECRET, "새빛시-도서관", "nix", "민원-처리-목록"]
WORDS = [
    "prkplce_nm",
    "구분",
    "주차구획수",
    "reference_date",
    "name",
    "count",
    "sum.주차구획수",
    "-구분",
    "노상",
    "시청",
    "주민등록",
]


def planted(ws: Any) -> set[bytes]:
    """Titles and ids of what the asker may not see."""
    return {SECRET.encode(), str(ws.bank[SECRET].card["title"]).encode()}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_no_server_error_no_answer_of_another_shape_and_no_leak(program: Any, api_city: Any) -> None:
    client = program("official")
    app = get_wsgi_application()
    schema = schemathesis.openapi.from_wsgi(f"{ADDRESS}openapi.json", app)
    secrets = planted(api_city)
    operations = [each.ok() for each in schema.get_all_operations()]
    assert len(operations) >= 12
    share = SECONDS / len(operations)
    asked: dict[str, int] = {}
    for operation in operations:
        asked[operation.label] = _attack(operation, client, secrets, time.monotonic() + share)
    assert all(asked.values()), asked


def _attack(operation: Any, client: Any, secrets: set[bytes], until: float) -> int:
    """Cases by the description, half of them with words that mean something, until the time is over; how many."""
    count = 0
    checks: list[Any] = [
        status_code_conformance,
        content_type_conformance,
        response_schema_conformance,
    ]

    @given(case=operation.as_strategy(), dataset=st.sampled_from(DATASETS), words=st.lists(st.sampled_from(WORDS), max_size=3), kept=st.booleans())  # fmt: skip
    @settings(
        max_examples=60, deadline=None, database=None, derandomize=True,
        phases=[Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def attack(case: Any, dataset: str, words: list[str], kept: bool) -> None:
        nonlocal count
        if count >= FEWEST and time.monotonic() > until:
            return
        if "dataset" in (case.path_parameters or {}) and kept:
            case.path_parameters = {**case.path_parameters, "dataset": dataset}
        query = dict(case.query or {})
        if kept and words:
            query = {
                name: value
                for name, value in query.items()
                if name in ("limit", "offset", "format", "total", "a", "b")
            }
            query |= dict(zip(("sort", "group", "q"), words, strict=False))
            case.query = query
        answer = case.call(
            headers={
                "Authorization": client.defaults["HTTP_AUTHORIZATION"],
                "Host": "127.0.0.1",
                "Accept-Encoding": "identity",
            }
        )
        count += 1
        assert answer.status_code < 500, answer.text
        case.validate_response(answer, checks=checks)
        said = answer.content
        asked = " ".join(map(str, [case.path_parameters, query, case.body])).encode()
        for secret in secrets:
            assert secret in asked or secret not in said, (case.path_parameters, query, answer.text[:500])

    attack()
    return count
