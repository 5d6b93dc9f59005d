"""Korean words of the pages for the codes of the core."""

from __future__ import annotations

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
}
NUMERIC = {"integer", "number", "percent"}
VERDICTS = {
    "accepted": Mark("받음", "good", "문제 없이 새 판이 되었습니다."),
    "accepted_with_problems": Mark("문제와 함께 받음", "warn", "새 판이 되었고, 고칠 곳이 있습니다."),
    "refused": Mark("받지 않음", "bad", "새 판이 되지 않았습니다. 앞의 판이 그대로 쓰입니다."),
    "unchanged": Mark("그대로", "", "지금 판과 같은 내용이라 새 판을 만들지 않았습니다."),
}
NO_VERDICT = Mark("입고 없음")
SEVERITIES = {
    "error": Mark("오류", "bad"),
    "warning": Mark("확인 필요", "warn"),
    "info": Mark("알림"),
}
KINDS = {"deposit": "입고", "rollback": "되돌림"}
CARD = {
    "theme": "주제",
    "steward": "담당",
    "licence": "이용 조건",
    "access": "공개 범위",
    "rhythm": "갱신 주기",
    "source": "출처",
}
DECISIONS = {
    "encoding": "문자 집합",
    "delimiter": "구분자",
    "header": "머리글",
    "layout": "표의 배치",
    "standard": "표준",
    "key": "기준 열",
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
RULES = {  # short names, for choosing; the whole sentence stands beside each problem
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
    "sum_mismatch": "맞지 않는 합계",
    "rule_list_cut": "줄여 적은 목록",
}
