"""The XML that portals and services hand out, read as tables of text."""

from __future__ import annotations

import pytest

from intake.forms_helper import labels, natives, one, problems, refused, rows, source_rows, tables
from madang.intake.raw import Refused

ROWS = "<row><이름>가</이름><수>1</수></row><row><이름>나</이름><수> 2 </수></row>"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SHEET = """<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Styles><Style ss:ID="s1"/></Styles>
<Worksheet ss:Name="현황"><Table>
<Row><Cell ss:MergeAcross="2"><Data ss:Type="String">시설 현황</Data></Cell></Row>
<Row ss:Index="3"><Cell><Data ss:Type="String">이름</Data></Cell><Cell><Data ss:Type="String">설치일</Data></Cell>
<Cell><Data ss:Type="String">수</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">가</Data></Cell><Cell><Data ss:Type="DateTime">2020-01-02T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="Number">3</Data></Cell></Row>
<Row><Cell><Data ss:Type="String">나</Data></Cell><Cell ss:Index="3"><Data ss:Type="Number">4.5</Data></Cell></Row>
</Table></Worksheet></Workbook>"""


@pytest.mark.parametrize(
    "text",
    [
        f"<SeoulApi><list_total_count>2</list_total_count><RESULT><CODE>INFO-000</CODE></RESULT>{ROWS}</SeoulApi>",
        f"<response><header><resultCode>00</resultCode></header><body><items>{ROWS}</items></body></response>",
        f'<a:list xmlns:a="urn:x" xmlns="urn:y">{ROWS}</a:list>',
        '<r><row 이름="가" 수="1"/><row 이름="나" 수="2"/></r>',
        '<r><row><c name="이름">가</c><c name="수">1</c></row><row><c name="이름">나</c><c name="수">2</c></row></r>',
        f"<all><table>{ROWS.replace('</row><row>', '</row></table><table><row>')}</table></all>",
        "<r><row><이름><![CDATA[가]]></이름><수>1</수></row><!-- x --><row><이름>나</이름><수>2</수></row></r>",
    ],
)
@pytest.mark.parametrize("declared", [HEAD, ""])
def test_elements_that_repeat_are_records(tmp_path, text, declared):
    table = one(tmp_path, declared + text, "a.xml")
    assert labels(table) == ["이름", "수"]
    assert rows(table) == [["가", "1"], ["나", "2"]]
    assert source_rows(table) == [1, 2]
    assert problems(table) == []
    assert "행 번호는 1부터 세는 그 순서임" in next(
        e.because for e in table.evidence if e.decision == "records"
    )


def test_inner_elements_are_flattened(tmp_path):
    table = one(
        tmp_path,
        '<r><p id="1"><위치><x>1</x><y>2</y></위치><값 단위="원">5</값><t>a</t><t>b</t></p>'
        '<p id="2"><위치/><값>6</값><새>n</새></p></r>',
        "a.xml",
    )
    assert labels(table) == ["id", "위치_x", "위치_y", "값_단위", "값", "t", "새"]
    assert rows(table) == [["1", "1", "2", "원", "5", "a+b", ""], ["2", "", "", "", "6", "", "n"]]


def test_a_single_item_is_a_record(tmp_path):
    text = "<response><header><resultCode>00</resultCode></header><body><items><item><a>1</a></item></items></body></response>"
    assert rows(one(tmp_path, text, "a.xml")) == [["1"]]


def test_lists_of_two_kinds_are_two_tables(tmp_path):
    text = "<r><역><a>1</a></역><역><a>2</a></역><가게><b>1</b></가게><가게><b>2</b></가게></r>"
    found = tables(tmp_path, text, "a.xml")
    assert [(table.member, rows(table)) for table in found] == [
        ("역", [["1"], ["2"]]),
        ("가게", [["1"], ["2"]]),
    ]


@pytest.mark.parametrize("codec", ["euc-kr", "cp949", "utf-8", "utf-16"])
def test_the_bytes_tell_the_encoding_whatever_is_declared(tmp_path, codec):
    text = (
        '<?xml version="1.0" encoding="EUC-KR"?>'
        + f"<r>{ROWS.replace('가', '가나다라' if codec == 'euc-kr' else '똠방각하')}</r>"
    )
    table = one(tmp_path, text.encode(codec), "a.xml")
    assert rows(table)[0][0] in ("가나다라", "똠방각하")


def test_bare_ampersands_and_control_letters_are_read_as_meant(tmp_path):
    table = one(tmp_path, "<r><row><a>R&D</a></row><row><a>A\x01 &amp; B&#44;</a></row></r>", "a.xml")
    assert rows(table) == [["R&D"], ["A & B,"]]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg><returnAuthMsg>SERVICE_KEY_IS_NOT_"
         "REGISTERED_ERROR</returnAuthMsg><returnReasonCode>30</returnReasonCode></cmmMsgHeader>"
         "</OpenAPI_ServiceResponse>", "30 SERVICE_KEY_IS_NOT_REGISTERED_ERROR SERVICE ERROR"),
        ("<RESULT><CODE>INFO-200</CODE><MESSAGE>해당하는 데이터가 없습니다.</MESSAGE></RESULT>",
         "INFO-200 해당하는 데이터가 없습니다."),
    ],
)  # fmt: skip
def test_an_error_of_the_service_is_told_in_its_words(tmp_path, text, said):
    code, params = refused(tmp_path, HEAD + text, "a.xml")
    assert (code, params["said"]) == ("service_said", said)


def test_a_workbook_saved_as_xml(tmp_path):
    table = one(tmp_path, SHEET, "a.xls")
    assert labels(table) == ["이름", "설치일", "수"]
    assert rows(table) == [["가", "2020-01-02", "3"], ["나", "", "4.5"]]
    assert table.header_rows == (3,)
    assert natives(table) == {"설치일": {"datetime": 1}, "수": {"number": 2}}


def test_what_only_describes_the_records_is_no_table(tmp_path):
    """The standard data of the portal as XML, and the dataset of a form server."""
    fields = "<fields><field><id>이름</id></field><field><id>수</id></field></fields>"
    records = "<records><record><이름>가</이름></record><record><이름>나</이름></record></records>"
    assert rows(one(tmp_path, f"{HEAD}<목록>{fields}{records}</목록>", "a.xml")) == [["가"], ["나"]]
    columns = '<ColumnInfo><Column id="NM" type="STRING"/><Column id="CNT" type="INT"/></ColumnInfo>'
    row = '<Row><Col id="NM">{}</Col><Col id="CNT">1</Col></Row>'
    found = one(tmp_path, f"{HEAD}<Dataset>{columns}<Rows>{row}{row}</Rows></Dataset>", "b.xml")
    assert labels(found) == ["NM", "CNT"]
    only = "<fields><field><id>1</id></field><field><id>2</id></field></fields>"
    assert rows(one(tmp_path, f"{HEAD}<r>{only}</r>", "c.xml")) == [["1"], ["2"]]


BOMB = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (f"{BOMB}<r><row><a>&b;</a></row><row><a>2</a></row></r>", "xml_entities"),
        (f"{OUTSIDE}<r><row><a>&x;</a></row><row><a>2</a></row></r>", "xml_entities"),
        (HEAD + "<a>" * 100_000, "xml_broken"),
        (HEAD + "<r><row><a>1</a></row>\n<row><a>2</a>", "xml_cut_off"),
        (HEAD + "<r><row><a>1</b></row></r>", "xml_broken"),
        (HEAD + "<r><a>1</a></r>", "xml_no_records"),
        (HEAD + "<r><body><items/><totalCount>0</totalCount></body></r>", "service_empty"),
        (SHEET.replace('ss:Index="3"><Data', 'ss:Index="999999"><Data'), "workbook_bomb"),
        (SHEET.replace('Row ss:Index="3"', 'Row ss:Index="99999999"'), "workbook_bomb"),
    ],
)
def test_what_is_broken_or_hostile_is_refused(tmp_path, text, code):
    told, params = refused(tmp_path, text, "a.xml")
    assert told == code
    if code == "xml_cut_off":
        assert params["line"] == 3


def test_a_long_stretch_without_records_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr("madang.intake.xml_read._NOTHING", 10_000)
    monkeypatch.setattr("madang.intake.xml_outline.LOOKED_AT", 1)
    monkeypatch.setattr("madang.intake.json_text.BLOCK", 1_000)
    monkeypatch.setattr("madang.intake.csv_text.PIECE", 1_000)
    with pytest.raises(Refused) as caught:
        tables(tmp_path, HEAD + f"<r>{ROWS * 20}{'<other><x>1</x></other>' * 2_000}</r>", "a.xml")
    assert caught.value.code == "xml_too_large"
