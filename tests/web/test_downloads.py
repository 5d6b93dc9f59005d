"""What is taken away: the rows that were asked for, masked as on the pages, whole or not at all, and on record."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pyarrow.parquet as pq
import pytest
from django.test import override_settings

from madang.messages import MadangError
from madang.web.audit.models import Entry
from madang.web.desk import take
from madang.workspace import Workspace
from made_up_bank import PARKING
from release import city
from web_page import Page


def body(client: Any, form: str, **asked: str) -> bytes:
    answer = client.get(f"/data/{PARKING}/download.{form}", asked)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content)


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def test_excel_reads_the_csv_and_programs_the_other(client: Any) -> None:
    excel, plain = body(client, "csv"), body(client, "csv-utf8")
    assert excel.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in excel
    assert not plain.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in plain
    assert lines(excel) == lines(plain)
    assert len(lines(excel)) == 61


@pytest.mark.parametrize("form", ["csv", "csv-utf8", "xlsx", "json", "jsonl", "parquet"])
def test_every_form_holds_the_rows_that_were_asked_for(client: Any, form: str) -> None:
    data = body(client, form, **{"prkcmprt_co.ge": "104", "구분": "노외"})
    if form.startswith("csv"):
        found = [row[0] for row in lines(data)[1:]]
    elif form == "xlsx":
        import openpyxl

        sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
        found = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    elif form == "parquet":
        found = pq.read_table(io.BytesIO(data)).column("주차장명").to_pylist()
    else:
        rows = json.loads(data) if form == "json" else [json.loads(line) for line in data.splitlines()]
        found = [row["주차장명"] for row in rows]
    assert found == [
        "시청 앞 제2주차장",
        "강마루 제6주차장",
    ]  # i = 12 and 51 of those with 104 places are i % 3 == 0


def test_the_name_tells_what_it_is(client: Any) -> None:
    answer = client.get(f"/data/{PARKING}/download.csv", {"구분": "노외"})
    assert unquote(answer.headers["Content-Disposition"]).endswith(f"{PARKING}-2판-고른행.csv")
    b"".join(answer.streaming_content)


def test_a_column_chosen_is_all_there_is(client: Any) -> None:
    assert lines(body(client, "csv", select="구분,주차장명"))[0] == ["구분", "주차장명"]


def test_taking_from_a_restricted_dataset_is_on_record(own_city: Workspace, signed_in: Any) -> None:
    found = own_city.bank[PARKING]
    found.write_card(
        {**found.card, "access": "restricted", "readers": ["교통과"]}, by="김새빛", at=own_city.clock()
    )
    alice = signed_in("official", department="교통과", username="alice")
    body(alice, "csv", 구분="노외")
    entry = Entry.objects.get(what="dataset.download")
    assert (entry.by, entry.thing) == ("alice", PARKING)
    assert entry.detail == {"version": 2, "form": "csv", "filtered_by": ["prkplce_se.eq"]}
    assert signed_in("official").get(f"/data/{PARKING}/download.csv").status_code == 404


def test_open_data_leave_no_record(client: Any) -> None:
    body(client, "csv")
    assert not Entry.objects.filter(what="dataset.download").exists()


def test_what_cannot_be_asked_is_told(client: Any) -> None:
    answer = client.get(f"/data/{PARKING}/download.csv", {"없는항목": "1"})
    assert answer.status_code == 400
    assert "없는항목" in Page(answer).text
    assert client.get(f"/data/{PARKING}/download.exe").status_code == 404


def test_a_failure_before_the_first_block_is_an_error() -> None:
    def write(out: Any) -> None:
        raise MadangError("format_unknown", format="x", formats="y")

    with pytest.raises(MadangError):
        take.streamed(write)


def test_a_failure_later_breaks_off() -> None:
    def write(out: Any) -> None:
        out.write(b"x" * (1 << 18))
        raise OSError("disk")

    blocks = take.streamed(write)
    assert next(blocks) == b"x" * (1 << 18)
    with pytest.raises(OSError, match="disk"):
        next(blocks)


def test_a_reader_that_goes_away_stops_the_writer() -> None:
    import threading

    stopped = threading.Event()

    def write(out: Any) -> None:
        try:
            for _ in range(10_000):
                out.write(b"x" * (1 << 18))
        finally:
            stopped.set()

    blocks = take.streamed(write)
    next(blocks)
    blocks.close()  # type: ignore[attr-defined]
    assert stopped.wait(5)


def test_files_of_places_are_offered_where_rows_have_places(
    own_city: Workspace, client: Any, tmp_path: Path
) -> None:
    version = own_city.bank[PARKING].latest
    assert version is not None
    path = own_city.bank[PARKING].deposit_folder(version.deposit_id) / "facts.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    facts["located"] = {"levels": {"code": 60}, "rows": 60}  # every row is known by its area, none by a point
    path.write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
    with override_settings(MADANG_WORKSPACE=str(own_city.folder)):
        assert not {"geojson", "geoparquet"} & offers(client, PARKING)
        assert client.get(f"/data/{PARKING}/download.geojson").status_code == 404
        assert client.get(f"/data/{PARKING}/map/").status_code == 404
    with override_settings(MADANG_WORKSPACE=str(tmp_path / "placed")):
        ws = city.made(tmp_path / "placed")[0]
        city.deposit(ws, "곳", ["이름", "위도", "경도"], [("가", 35.61, 124.91), ("나", 35.62, 124.92)])
        assert {"geojson", "geoparquet"} <= offers(client, "곳")


def offers(client: Any, dataset: str) -> set[str]:
    page = Page(client.get(f"/data/{dataset}/take/"))
    return {
        each.get("href").partition("?")[0].rpartition("download.")[2] for each in page.find("ul.offers a")
    }
