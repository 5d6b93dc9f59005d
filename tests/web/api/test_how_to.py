"""The guide to the API, each of its addresses asked as written, of the car parks of the made-up city."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from api_city import PARKING
from madang.workspace import Workspace

GUIDE = (Path(__file__).parents[3] / "docs/how-to/use-the-api.md").read_text("utf-8")
ADDRESSES = sorted(set(re.findall(r"`(/api/v1/datasets[^`]*)`", GUIDE)))


def test_the_guide_has_addresses() -> None:
    assert len(ADDRESSES) > 12


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_the_guide_says_works(program: Any, address: str) -> None:
    answer = program("official").get(address.replace("/주차장/", f"/{PARKING}/"))
    assert answer.status_code == 200
    if answer.streaming:
        assert b"".join(answer.streaming_content)
    answer.close()


CURLS = [
    shlex.split(each.replace("\\\n", "")) for each in re.findall(r"```sh\n(curl .*?)```", GUIDE, re.DOTALL)
]


@pytest.mark.parametrize("words", CURLS, ids=lambda words: words[-1].rpartition("/")[2])
def test_a_line_of_the_guide_runs_as_it_stands(
    program: Any, own_api_city: Workspace, words: list[str]
) -> None:
    """As curl would send it: address, headers and body of the line, with a token and a file put in."""
    headers = dict(each.split(": ", 1) for flag, each in zip(words, words[1:], strict=False) if flag == "-H")
    assert headers.pop("Authorization") == "Bearer madang_…"
    address = words[-1].removeprefix("http://127.0.0.1:8000").replace("/주차장/", f"/{PARKING}/")
    with override_settings(MADANG_WORKSPACE=str(own_api_city.folder)):
        steward = program("steward", posts=["데이터정책과"], scopes=("read", "deposit"))
        if "--data-binary" not in words:
            answer = steward.get(address)
            assert answer.status_code == 200
            assert [each["id"] for each in answer.json()["datasets"]][:1] == [PARKING]
            return
        file = "주차장명,주차구획수\n가,1\n".encode()
        answer = steward.generic("POST", address, file, headers.get("Content-Type", ""))
        assert answer.status_code == 202, answer.content
        job = steward.get(answer.headers["Location"])
        assert job.status_code == 200


def test_the_error_of_the_guide_is_the_one_that_comes(program: Any) -> None:
    told = json.loads(re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)[0])
    answer = program("official").get(f"/api/v1/datasets/{PARKING}/rows?요굼=1")
    came = answer.json()
    assert {name: came[name] for name in ("type", "title", "status", "code")} == {
        name: told[name] for name in ("type", "title", "status", "code")
    }
    assert came["detail"].startswith(told["detail"].split("쓸 수 있는")[0])


def test_names_of_the_guide_are_those_of_the_description(program: Any) -> None:
    """Operators, measures and forms that the guide lists are those that the description of the API lists."""
    described = json.dumps(program("official").get("/api/v1/openapi.json").json(), ensure_ascii=False)
    lists = re.findall(r"(?:연산|셈): `([^`]+)`", GUIDE)
    assert len(lists) == 2
    for name in " ".join(lists).split():
        assert re.search(rf"\b{name}\b", described), name
    for form in re.findall(r"`([a-z0-9-]+)`", GUIDE.split("형식:")[1].split("\n")[0]):
        answer = program("official").get(f"/api/v1/datasets/{PARKING}/download?format={form}")
        assert answer.status_code == 200, form
        b"".join(answer.streaming_content)
        answer.close()
