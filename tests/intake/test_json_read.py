"""JSON as portals and services hand it out, read as tables of text."""

from __future__ import annotations

import json

import pyarrow.parquet as pq
import pytest

from intake.forms_helper import labels, natives, one, problems, refused, rows, source_rows, tables
from madang.intake.json_read import read_json
from madang.intake.raw import Override, no_progress

TWO = '[{"이름":"가","수":1},{"이름":"나","수":2}]'


def test_the_standard_data_form(tmp_path):
    """`fields` fixes the order of the columns, also of one that no record has."""
    table = one(
        tmp_path,
        '{"fields":[{"id":"이름"},{"id":"전화번호"},{"id":"비고"}],\n'
        ' "records":[{"전화번호":"02-1","이름":"가"},\n{"이름":"나"}]}',
    )
    assert labels(table) == ["이름", "전화번호", "비고"]
    assert rows(table) == [["가", "02-1", ""], ["나", "", ""]]
    assert source_rows(table) == [1, 2]
    assert table.header_rows == ()
    assert "행 번호는 1부터 세는 그 순서임" in next(
        e.because for e in table.evidence if e.decision == "records"
    )


@pytest.mark.parametrize(
    "text",
    [
        TWO,
        f'{{"data":{TWO}}}',
        f'{{"result":{{"code":"INFO-000","row":{TWO}}}}}',
        f'{{"response":{{"header":{{"resultCode":"00"}},"body":{{"items":{{"item":{TWO}}},"totalCount":2}}}}}}',
        f'{{"Store":[{{"head":[{{"list_total_count":2}},{{"RESULT":{{"CODE":"INFO-000"}}}}]}},{{"row":{TWO}}}]}}',
        f'[{{"items":{TWO}}}]',
        '{"가":{"수":1,"이름":"가"},"나":{"이름":"나","수":2}}',
        '{"이름":["가","나"],"수":[1,2]}',
        '{"이름":{"0":"가","1":"나"},"수":{"0":1,"1":2}}',
        '{"columns":["이름","수"],"index":[0,1],"data":[["가",1],["나",2]]}',
        '[["이름","수"],["가",1],["나",2]]',
        '{"이름":"가","수":1}\n{"이름":"나","수":2}\n',
        '{"이름":"가",\n"수":1}{"이름":"나",\n"수":2}',
        f"callback({TWO});",
        '{""data"":[{""이름"":""가"",""수"":1},{""이름"":""나"",""수"":2}]}',
        '"{""data"":[{""이름"":""가"",""수"":1},{""이름"":""나"",""수"":2}]}"\n',
        '[{"이름":"가","수":1},{"이름":"나","수":2},]',
    ],
)
def test_records_are_found_wherever_they_stand(tmp_path, text):
    table = one(tmp_path, text)
    places = [labels(table).index("이름"), labels(table).index("수")]
    assert [[row[place] for place in places] for row in rows(table)] == [["가", "1"], ["나", "2"]]
    assert natives(table) == {"수": {"number": 2}}
    assert problems(table) == []


@pytest.mark.parametrize(
    "text",
    [
        f'{{"response":{{"body":{{"items":{{"item":{TWO}}},"numOfRows":10,"totalCount":1300}}}}}}',
        f'{{"Store":[{{"head":[{{"list_total_count":1300}},{{"RESULT":{{"CODE":"INFO-000"}}}}]}},{{"row":{TWO}}}]}}',
        f'{{"currentCount":2,"data":{TWO},"totalCount":"1300"}}',
    ],
)
def test_another_number_of_records_than_the_file_tells_is_a_warning(tmp_path, text):
    table = one(tmp_path, text)
    assert problems(table) == [(None, "json_count_differs", None)]
    (problem,) = pq.read_table(table.problems.path).to_pylist()
    assert (problem["severity"], json.loads(problem["detail"])) == ("warning", {"told": "1,300", "rows": "2"})


def test_a_number_inside_the_records_or_told_in_several_ways_is_no_number_of_them(tmp_path):
    inside = '{"data":[{"totalCount":9,"이름":"가"},{"totalCount":9,"이름":"나"}]}'
    assert problems(one(tmp_path, inside)) == []
    several = f'{{"totalCount":9,"data":{TWO},"list_total_count":8}}'
    assert problems(one(tmp_path, several)) == []
    pages = "\n".join(f'{{"data":{TWO},"totalCount":4}}' for _ in range(2))
    assert "json_count_differs" not in {rule for _, rule, _ in problems(one(tmp_path, pages))}


def test_the_key_of_named_records_is_a_column(tmp_path):
    table = one(tmp_path, '{"r1":{"키":"a","수":1},"r2":{"키":"b","수":2},"r3":{"키":"c","수":3}}')
    assert labels(table) == ["키_", "키", "수"]
    assert rows(table) == [["r1", "a", "1"], ["r2", "b", "2"], ["r3", "c", "3"]]


def test_a_single_item_is_a_record_and_no_item_is_none(tmp_path):
    answer = '{"response":{"header":{"resultCode":"00","resultMsg":"OK"},"body":{"items":%s}}}'
    table = one(tmp_path, answer % '{"item":{"이름":"가","수":1}}')
    assert rows(table) == [["가", "1"]]
    assert refused(tmp_path, answer % '""')[0] == "json_no_records"


def test_one_plain_object_is_one_record(tmp_path):
    table = one(tmp_path, '{"시설명":"가","수":3,"갈래":["공원","숲"]}')
    assert labels(table) == ["시설명", "수", "갈래"]
    assert rows(table) == [["가", "3", "공원+숲"]]
    assert source_rows(table) == [1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"response":{"status":"ERROR","error":{"code":"INVALID_KEY","text":"등록되지 않은 인증키입니다."}}}',
         "INVALID_KEY 등록되지 않은 인증키입니다."),
        ('{"response":{"header":{"resultCode":"30","resultMsg":"SERVICE_KEY_IS_NOT_REGISTERED"}}}',
         "30 SERVICE_KEY_IS_NOT_REGISTERED"),
        ('{"RESULT":{"CODE":"INFO-200","MESSAGE":"해당하는 데이터가 없습니다."}}',
         "INFO-200 해당하는 데이터가 없습니다."),
    ],
)  # fmt: skip
def test_an_error_of_the_service_is_told_in_its_words(tmp_path, text, said):
    code, params = refused(tmp_path, text)
    assert (code, params["said"]) == ("service_said", said)


def test_several_lists_are_several_tables(tmp_path):
    found = tables(
        tmp_path, f'{{"meta":{{"n":1}},"가게":{TWO},"links":[{{"a":1}}],"역":[{{"b":1}},{{"b":2}}]}}'
    )
    assert [(table.member, table.rows) for table in found] == [("가게", 2), ("역", 2)]


def test_numbers_keep_the_text_of_the_source(tmp_path):
    written = ["0.10", "1e5", "12345678901234567890", "-0", "37.5206127169276", "1.0"]
    table = one(tmp_path, "[" + ",".join(f'{{"x":{each}}}' for each in written) + "]")
    assert rows(table) == [[each] for each in written]


def test_nested_records_are_flattened(tmp_path):
    table = one(
        tmp_path,
        '[{"a":{"b":{"c":1,"d":null}},"tags":["x","y",3],"on":true,"list":[{"k":0.10}]},'
        '{"a":"plain","tags":[],"on":false,"list":null}]',
    )
    assert labels(table) == ["a_b_c", "a_b_d", "a", "tags", "on", "list"]
    assert rows(table) == [
        ["1", "", "", "x+y+3", "true", '[{"k": 0.10}]'],
        ["", "", "plain", "", "false", ""],
    ]


def test_late_keys_add_columns_also_after_many_records(tmp_path, monkeypatch):
    monkeypatch.setattr("madang.intake.csv_text.PIECE", 10_000)
    monkeypatch.setattr("madang.intake.json_text.BLOCK", 10_000)
    many = [{"a": i, "b": "글" * 60} for i in range(1_000)] + [{"a": "끝", "c": "늦음"}]
    table = one(tmp_path, json.dumps(many, ensure_ascii=False))
    assert labels(table) == ["a", "b", "c"]
    assert table.rows == 1_001
    staged = rows(table)
    assert staged[0] == ["0", "글" * 60, ""]
    assert staged[-1] == ["끝", "", "늦음"]
    assert source_rows(table) == list(range(1, 1_002))


def test_a_key_that_comes_twice_is_a_problem(tmp_path):
    table = one(tmp_path, '[{"a":1,"b":"x"},{"a":2,"a":3,"b":"x"},{"b":{"c":1,"c":2}}]')
    assert rows(table) == [["1", "", "x"], ["3", "", "x"], ["", "2", ""]]
    assert problems(table) == [(2, "json_key_twice", "a"), (3, "json_key_twice", "c")]


def test_a_key_that_comes_twice_is_seen_in_flat_records_too(tmp_path):
    table = one(tmp_path, '[{"a":"가","b":"\\"x\\\\"},{"a":"나","a":"다","b":""}]')
    assert rows(table) == [["가", '"x\\'], ["다", ""]]
    assert problems(table) == [(2, "json_key_twice", "a")]


def test_what_is_not_a_number_is_empty_and_said(tmp_path):
    table = one(tmp_path, '[{"a":1},{"a":NaN},{"a":-Infinity}]')
    assert rows(table) == [["1"], [""], [""]]
    assert problems(table) == [
        (2, "json_not_a_number", "a"),
        (3, "json_not_a_number", "a"),
    ]


def test_values_that_are_no_records_are_said(tmp_path):
    table = one(tmp_path, '[{"a":1},null,{"a":2},"x"]')
    assert rows(table) == [["1"], ["2"]]
    assert source_rows(table) == [1, 3]
    assert problems(table) == [(2, "json_not_a_record", None), (4, "json_not_a_record", None)]


def test_a_broken_record_is_a_problem_with_its_line(tmp_path):
    table = one(tmp_path, '[\n{"a":1},\n{"a":2},\n{"a": 나},\n{"a":4}\n]')
    assert rows(table) == [["1"], ["2"], ["4"]]
    assert source_rows(table) == [1, 2, 4]
    assert problems(table) == [(3, "json_record_broken", None)]


def test_most_records_broken_is_a_refusal(tmp_path):
    code, params = refused(tmp_path, '[\n{a:1},\n{a:2},\n{"a":3}\n]', "a.json")
    assert (code, params["line"], params["broken"]) == ("json_records_broken", 2, 2)


@pytest.mark.parametrize("cut", [5, 20, 30, 41])
def test_a_truncated_file_is_refused_with_its_line(tmp_path, cut):
    whole = '[{"이름":"가"},\n{"이름":"나"},\n{"이름":"다"}]'
    code, params = refused(tmp_path, whole.encode()[:cut])
    assert code in ("json_cut_off", "csv_undecodable")
    assert params["line"] == whole.encode()[:cut].count(b"\n") + 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, "json_nested_too_deep"),
        ('[{"a":' * 50_000, "json_nested_too_deep"),
        ('{"a":[1,2}]', "json_unmatched"),
        ('[{"a":1}]]', "json_unmatched"),
        ('{"a":1,"b":{"c":"x"},"d":2}', "json_no_records"),
        ('{"a":1}', "json_no_records"),
        ('{"page":1,"perPage":10,"totalCount":0,"data":[]}', "service_empty"),
        ('{"svc":{"list_total_count":0,"RESULT":{"CODE":"INFO-000","MESSAGE":"OK"}}}', "service_empty"),
        ('{"response":{"status":"NOT_FOUND","record":{"total":"0","current":"0"}}}', "service_empty"),
        ("[1,2,3]", "json_no_records"),
        ("[]", "json_no_records"),
        ("이름,수\n가,1\n", "json_not"),
        ("  \n", "file_empty"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, text, code):
    assert refused(tmp_path, text)[0] == code


@pytest.mark.parametrize("codec", ["utf-8-sig", "cp949", "utf-16", "utf-16-le"])
def test_encodings(tmp_path, codec):
    table = one(tmp_path, '[{"이름":"똠방각하 {[","수":1}]'.encode(codec))
    assert rows(table) == [["똠방각하 {[", "1"]]
    assert table.encoding == codec.replace("utf-16-sig", "utf-16")


def test_strings_with_brackets_escapes_and_line_breaks(tmp_path):
    written = ['a"]}', "\\", 'x\\"', "[[{", "새\n줄", "\U0001f600", "탭\t"]
    table = one(tmp_path, json.dumps([{"s": each} for each in written]))
    assert rows(table) == [[each] for each in written]
    raw = one(tmp_path, '[{"s":"새\n줄"},{"s":"\\ud83d"}]')
    assert rows(raw) == [["새\n줄"], ["\ufffd"]]


def test_blocks_may_end_anywhere(tmp_path, monkeypatch):
    """Small blocks give what one large block gives: strings, escapes and keys cut in the middle."""
    records = [{"이름": f'말 "{i}" \\ }}{{', "수": i, "더": {"가": [i, "x"]}} for i in range(300)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"머리": {"a": [1]}, "자료": records}, ensure_ascii=False), encoding="utf-8")
    (whole,) = read_json(path, tmp_path, Override(), no_progress)
    expected = rows(whole)
    monkeypatch.setattr("madang.intake.csv_text.PIECE", 7)
    monkeypatch.setattr("madang.intake.json_text.BLOCK", 7)
    (table,) = read_json(path, tmp_path, Override(), no_progress)
    assert rows(table) == expected
    assert expected[4] == ['말 "4" \\ }{', "4", "4+x"]


def test_json_lines_are_counted_by_line_and_broken_ones_are_problems(tmp_path):
    table = one(tmp_path, '{"a":1}\n\n{"a":2\n{"a":3,"b":[1,2]}\n{"a":4}')
    assert rows(table) == [["1", ""], ["3", "1+2"], ["4", ""]]
    assert source_rows(table) == [1, 4, 5]
    assert problems(table) == [(3, "json_line_broken", None)]
    assert "줄 번호" in next(e.because for e in table.evidence if e.decision == "records")


def test_json_lines_mostly_broken_are_refused(tmp_path):
    text = '{"a":1}\n' * 40 + "{oops\n" * 60
    code, params = refused(tmp_path, text, "a.jsonl")
    assert (code, params["broken"], params["lines"], params["line"]) == ("json_lines_broken", "60", "100", 41)


def test_more_different_keys_than_a_table_has_columns(tmp_path):
    text = json.dumps([{f"k{i}": 1} for i in range(5_001)])
    assert refused(tmp_path, text)[0] == "json_too_many_columns"


@pytest.mark.parametrize("form", ["[{}]", '{{"items": [{}]}}'])
def test_a_record_beyond_the_longest_is_given_up(tmp_path, monkeypatch, form):
    monkeypatch.setattr("madang.intake.csv_text.PIECE", 1_000)
    monkeypatch.setattr("madang.intake.json_text.BLOCK", 1_000)
    monkeypatch.setattr("madang.intake.json_parse._LONGEST", 20_000)
    records = [json.dumps({"a": str(number), "b": "x" * 15_000}) for number in range(4)]
    assert one(tmp_path, form.format(",\n".join(records))).rows == 4
    records[2] = json.dumps({"a": "2", "b": "x" * 30_000})
    code, params = refused(tmp_path, form.format(",\n".join(records)))
    assert (code, params["line"]) == ("json_record_too_long", 3)
