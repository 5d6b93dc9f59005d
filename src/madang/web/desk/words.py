"""Korean words of the pages for the codes of the core."""

from __future__ import annotations

from madang.declarations.card import ACCESS, LICENCES
from madang.web.desk.pages import Mark

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
KINDS = {"deposit": "입고", "rollback": "되돌림"}
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
}
