"""Korean words of the pages for the codes of the core."""

from __future__ import annotations

from madang.declarations.card import ACCESS, LICENCES
from madang.messages import ko, text
from madang.web.shell.mark import Mark

TYPES = {
    "text": "글자",
    "integer": "정수",
    "number": "수",
    "percent": "비율",
    "boolean": "예·아니요",
    "date": "날짜",
    "datetime": "날짜와 시각",
    "time": "시각",
    "month": "연월",
    "year": "연도",
    "geometry": "도형",
}
NUMERIC = {"integer", "number", "percent"}
VERDICTS = {
    "accepted": Mark("정상", "good", "문제 없이 새 판이 되었습니다."),
    "accepted_with_problems": Mark("문제 있음", "warn", "새 판이 되었고, 살펴볼 문제가 있습니다."),
    "refused": Mark("반려", "bad", "새 판이 되지 않았습니다. 앞의 판이 그대로 쓰입니다."),
    "unchanged": Mark("변화 없음", "", "지금 판과 같은 내용이라 새 판을 만들지 않았습니다."),
}
NO_VERDICT = Mark("입고 없음")
LAST_REFUSED = Mark(
    "마지막 입고 반려", "bad", "마지막으로 올린 파일이 반려되었습니다. 앞의 판이 그대로 쓰입니다."
)
DAMAGED = Mark("기록이 손상됨", "bad", "`madang doctor`로 무엇이 빠졌는지 보고 백업에서 복원하십시오.")
SEVERITIES = {
    "error": Mark("오류", "bad"),
    "warning": Mark("확인 필요", "warn"),
    "info": Mark("알림"),
}
KINDS = {"deposit": "입고", "rollback": "되돌림", "edit": "고침"}
CARD = {
    "theme": "주제",
    "steward": "담당",
    "provider": "제공기관",
    "licence": "이용 조건",
    "access": "공개 범위",
}


def card_value(key: str, value: object) -> str:
    """A value of the card in words."""
    known = {"licence": LICENCES, "access": ACCESS}.get(key, {})
    return known.get(str(value), str(value))


LEVELS = {  # how a row found its place, most exact first: in words, and what that rests on
    "point": ("점", "좌표"),
    "building": ("건물", "도로명주소"),
    "road": ("도로", "도로명"),
    "lot": ("지번", "지번주소"),
    "code": ("코드", "행정구역 코드"),
    "name": ("이름", "주소나 열에 적힌 지역 이름"),
}
ACTIONS = {  # what is done with personal data
    "mask": Mark("가림", "warn", "번호를 가린 뒤 보관합니다."),
    "restrict": Mark("제한", "warn", "화면과 내려받는 파일에서 첫 글자만 보입니다."),
    "keep": Mark("그대로", "", "개인정보로 보지 않아 그대로 둡니다."),
}
DECLARED_PERSONAL = "표준이나 데이터 카드에서 개인정보 항목으로 정함"


DECISIONS = {
    "encoding": "문자 인코딩",
    "delimiter": "구분자",
    "header": "머리글",
    "layout": "표의 배치",
    "standard": "표준",
    "key": "기준 항목",
    "totals": "합계 행",
    "sheets": "시트",
    "tables": "표 나누기",
    "merged": "합친 칸",
    "type": "자료형",
    "column": "표준 열",
    "crs": "좌표계",
    "codes": "지역 코드",
    "layer": "도형",
    "learned": "기억한 것",
    "changed": "앞 판과 견줌",
}
LEFT_OUT = {
    "preamble": "표 위의 글",
    "footnote": "표 아래의 주석",
    "unit": "단위 행",
    "total": "합계 행",
    "blank": "빈 행",
    "repeated_header": "되풀이된 머리글",
}
DELIMITERS = {",": "쉼표(,)", "\t": "탭", ";": "쌍반점(;)", "|": "세로줄(|)", " ": "공백"}


def evidence_value(decision: str, value: str) -> str:
    """What was decided, in words."""
    if decision == "codes":
        return text(f"code_system_{value.lower()}") if f"code_system_{value.lower()}" in ko.TEXTS else value
    known = {"delimiter": DELIMITERS, "standard": {"generic": "표준 없음(일반 표)"}}.get(decision, {})
    return known.get(value, value)


RULES = {  # short names, to choose by; the whole sentence stands beside each problem
    "date_out_of_range": "범위 밖 날짜",
    "as_of_in_future": "앞날의 기준일",
    "as_of_went_back": "앞 판보다 이른 기준일",
    "amount_negative": "0보다 작은 금액",
    "quantity_negative": "0보다 작은 수량",
    "percent_out_of_range": "범위 밖 비율",
    "code_not_listed": "정해지지 않은 값",
    "number_pattern": "번호 형식",
    "required_missing": "빈 필수 칸",
    "required_column_missing": "없는 필수 항목",
    "coordinate_outside": "우리나라 밖 좌표",
    "coordinate_swapped": "뒤바뀐 좌표",
    "key_duplicate": "겹치는 행",
    "row_duplicate": "똑같은 행",
    "row_rule": "표준의 점검 규칙",
    "sum_mismatch": "맞지 않는 합계",
    "rule_list_cut": "줄여 적은 목록",
    "total_mismatch": "맞지 않는 합계 행",
    "standard_hardly_fits": "맞지 않는 표준",
    "total_kept": "맞지 않아 자료로 둔 합계 행",
    "total_suspected": "합계로 보이는 행",
    "cell_error": "수식 오류",
    "cell_cut": "잘라 읽은 긴 칸",
    "cell_outside": "표 밖의 값",
    "cell_not_integer": "정수가 아닌 칸",
    "cell_not_number": "수가 아닌 칸",
    "cell_not_boolean": "여부가 아닌 칸",
    "cell_not_date": "날짜가 아닌 칸",
    "cell_not_datetime": "날짜와 시각이 아닌 칸",
    "cell_not_time": "시각이 아닌 칸",
    "cell_not_month": "연월이 아닌 칸",
    "cell_not_year": "연도가 아닌 칸",
    "cell_not_text": "읽을 수 없는 칸",
    "cell_not_extracted": "찾지 못한 값",
    "cell_no_such_month": "없는 달",
    "cell_no_such_day": "없는 날",
    "cell_day_month_unclear": "월과 일이 불분명함",
    "cell_leading_zero": "0으로 시작하는 코드",
    "cell_too_long": "너무 긴 수",
    "cell_sentinel_date": "날짜 없음 표시",
    "cell_excel_serial": "엑셀 날짜 일련번호",
    "cell_provisional": "잠정·추정·정정 표시",
    "cell_dash": "줄표 표시",
    "cell_suppressed": "비밀보호 표시",
    "cell_masked": "가린 값",
    "cell_not_available": "자료 없음 표시",
    "cell_not_applicable": "해당 없음 표시",
    "cell_missing_token": "값 없음 표시",
    "cell_time_unknown": "시각 없음 표시",
    "stray_quote": "짝 없는 따옴표",
    "row_too_long": "칸이 많은 행",
    "row_too_short": "칸이 적은 행",
    "other_delimiter": "다른 구분자",
    "undecodable_bytes": "읽을 수 없는 바이트",
    "nul_bytes": "값이 0인 바이트",
    "header_width": "머리글의 칸 수",
    "header_longer": "머리글의 칸 수",
    # what was told or learnt, what changed since the version before
    "layout_gone_and_new": "사라지고 생긴 열",
    "layout_gone": "사라진 열",
    "layout_new": "새 열",
    "layout_renamed": "바뀐 머리글",
    "layout_likely": "바뀐 듯한 머리글",
    "layout_likely_mapped": "바뀐 듯한 머리글(표준 열)",
    "layout_types": "바뀐 자료형",
    "layout_unit": "바뀐 단위",
    "layout_table_unit": "바뀐 표의 단위",
    "layout_rules_unchecked": "점검하지 못한 규칙",
    "layout_standard_lost": "잃은 표준",
    "learned_applied": "지난번에 고친 대로",
    "learned_not_fitting": "맞지 않는 지난 고침",
    "learned_header_gone": "지난번에 고친 열이 없음",
    "learned_idle": "잇지 못한 지난 고침",
    "rows_fell": "줄어든 행",
    "no_rows": "행이 없음",
    # places
    "crs_asked": "정하지 못한 좌표계",
    "crs_abroad": "다른 나라 좌표로 보임",
    "crs_declared_off": "밝힌 것과 다른 좌표계",
    "crs_told_off": "알려 준 좌표계와 어긋남",
    "crs_needs_register": "확인하지 못한 좌표계",
    "no_register": "행정구역 경계 없음",
    "pairs_disagree": "서로 먼 두 좌표",
    "code_change_trusted": "확인되지 않은 변경을 따른 코드",
    "code_change_unverified": "확인되지 않은 변경의 코드",
    "code_split": "나뉜 지역의 코드",
    "point_zero": "0인 좌표",
    "point_dummy": "자리만 채운 좌표",
    "point_swapped": "경도와 위도가 바뀜",
    "point_digit": "숫자 하나가 틀린 좌표",
    "point_outside_korea": "우리나라 밖의 좌표",
    "point_outside_claim": "적힌 지역 밖의 좌표",
    "point_duplicated": "여러 주소가 함께 쓰는 좌표",
    "point_dragged": "끌어 채운 좌표",
    "degrees_dms": "도·분·초 좌표",
    "degrees_dm": "도·분 좌표",
    "degrees_marked": "글자가 붙은 좌표",
    "degrees_comma": "쉼표로 적은 좌표",
    "degrees_two_points": "점이 두 번인 좌표",
    "degrees_lost_point": "소수점이 빠진 좌표",
    "degrees_unreadable": "읽을 수 없는 좌표",
    # personal data
    "cell_rrn_masked": "가린 주민등록번호",
    # layers
    "cell_not_geometry": "옮길 수 없는 도형",
    "layer_shape_unreadable": "읽을 수 없는 도형",
    "layer_shape_unknown": "알 수 없는 도형",
    "layer_shape_not_finite": "수가 아닌 좌표가 든 도형",
    "layer_shape_invalid": "바르지 않은 도형",
    "layer_shape_unsound": "바로잡을 수 없는 도형",
    "layer_arc_missing": "없는 선을 가리키는 도형",
    "layer_specks": "오그라든 테두리",
    "layer_ring_open": "닫히지 않은 테두리",
    "layer_heights": "쓰지 않은 높이",
    "layer_no_features_inside": "도형이 없는 파일",
    "layer_not_degrees": "경위도가 아닌 좌표",
    "layer_crs_unknown": "알 수 없는 좌표계",
    "layer_prj_unreadable": "읽을 수 없는 .prj",
    "shp_without_dbf": "속성표 없음",
    "shp_without_shx": "색인 없음",
    "shp_counts_differ": "도형과 속성의 수가 다름",
    "dbf_deleted": "지운 것으로 표시된 행",
    "dbf_cell_cut": "잘린 칸",
    "dbf_cell_bytes": "읽을 수 없는 글자",
    "gpkg_not_a_table": "읽지 않은 뷰",
    "gpkg_blobs": "비운 이진 자료",
    "kml_links": "열지 않은 링크",
    # records of other forms
    "json_record_broken": "읽을 수 없는 기록",
    "json_line_broken": "읽을 수 없는 줄",
    "json_not_a_record": "기록이 아닌 값",
    "json_count_differs": "적힌 전체 건수와 다른 행 수",
    "json_key_twice": "두 번 적힌 항목",
    "json_not_a_number": "수가 아니라는 표시",
}
