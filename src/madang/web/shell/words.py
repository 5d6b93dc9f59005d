"""Words of the pages for the codes of the core, each in the language of the page that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from madang.messages import ko, text
from madang.web.shell.browser_words import in_browser, said_in_browser
from madang.web.shell.mark import Mark

TYPES: dict[str, str] = {
    "text": _("글자"),
    "integer": _("정수"),
    "number": _("수"),
    "percent": _("비율"),
    "boolean": _("예·아니요"),
    "date": _("날짜"),
    "datetime": _("날짜와 시각"),
    "time": _("시각"),
    "month": _("연월"),
    "year": _("연도"),
    "geometry": _("도형"),
}
NUMERIC = {"integer", "number", "percent"}
VERDICTS = {
    "accepted": Mark(_("정상"), "good", _("문제 없이 새 판이 되었습니다.")),
    "accepted_with_problems": Mark(_("문제 있음"), "warn", _("새 판이 되었고, 살펴볼 문제가 있습니다.")),
    "refused": Mark(_("반려"), "bad", _("새 판이 되지 않았습니다. 앞의 판이 그대로 쓰입니다.")),
    "unchanged": Mark(_("변화 없음"), "", _("지금 판과 같은 내용이라 새 판을 만들지 않았습니다.")),
}
NO_VERDICT = Mark(_("입고 없음"))
LAST_REFUSED = Mark(
    _("마지막 입고 반려"), "bad", _("마지막으로 올린 파일이 반려되었습니다. 앞의 판이 그대로 쓰입니다.")
)
DAMAGED = Mark(_("기록이 손상됨"), "bad", _("관리자에게 알려 백업에서 복원하게 하십시오."))
SEVERITIES = {
    "error": Mark(_("오류"), "bad"),
    "warning": Mark(_("확인 필요"), "warn"),
    "info": Mark(_("알림")),
}
KINDS: dict[str, str] = {"deposit": _("입고"), "rollback": _("되돌림"), "edit": _("고침")}
CARD: dict[str, str] = {
    "theme": _("주제"),
    "steward": _("담당"),
    "provider": _("제공기관"),
    "licence": _("이용 조건"),
    "access": _("공개 범위"),
}
ACCESS: dict[str, str] = {"public": _("공개"), "internal": _("내부"), "restricted": _("제한")}
LICENCES: dict[str, str] = {
    "unlimited": _("이용허락범위 제한 없음"),
    "kogl-0": _("공공누리 제0유형"),
    "kogl-1": _("공공누리 제1유형: 출처표시"),
    "kogl-2": _("공공누리 제2유형: 출처표시, 상업적 이용금지"),
    "kogl-3": _("공공누리 제3유형: 출처표시, 변경금지"),
    "kogl-4": _("공공누리 제4유형: 출처표시, 상업적 이용금지, 변경금지"),
    "cc-by": _("저작자표시(BY)"),
    "cc-by-nc": _("저작자표시-비영리(BY-NC)"),
    "cc-by-nd": _("저작자표시-변경금지(BY-ND)"),
    "cc-by-nc-nd": _("저작자표시-비영리-변경금지(BY-NC-ND)"),
    "undecided": _("정하지 않음"),
}

THEMES: dict[str, str] = {  # of the classification of public data, as cards keep them
    "공공행정": _("공공행정"),
    "과학기술": _("과학기술"),
    "교육": _("교육"),
    "교통물류": _("교통물류"),
    "국토관리": _("국토관리"),
    "농축수산": _("농축수산"),
    "문화관광": _("문화관광"),
    "법률": _("법률"),
    "보건의료": _("보건의료"),
    "사회복지": _("사회복지"),
    "산업고용": _("산업고용"),
    "식품건강": _("식품건강"),
    "재난안전": _("재난안전"),
    "재정금융": _("재정금융"),
    "통일외교안보": _("통일외교안보"),
    "환경기상": _("환경기상"),
}


def in_korean() -> bool:
    """Whether the page is in Korean, as the words that the core has stored are."""
    return not (get_language() or "ko").startswith("en")


def said(code: str, **params: Any) -> str:
    """A sentence of the core in the language of the page. Raises KeyError for a code that it does not have."""
    return said_in_browser(code, "ko" if in_korean() else "en", **params)


def reason(stored: Mapping[str, Any]) -> str:
    """A reason of a receipt in the language of the page: as it was written then where the page is Korean."""
    code, written = str(stored.get("code") or ""), str(stored.get("text") or "")
    params = {k: v for k, v in (stored.get("params") or {}).items() if k not in ("code", "language")}
    try:
        if (
            written and in_korean() and text(code, **params) != written
        ):  # the vocabulary said it otherwise then
            return in_browser(written)
        return said(code, **params)
    except (KeyError, TypeError, ValueError):  # a code, or parameters, of another time
        return in_browser(written) or code


def card_value(key: str, value: object) -> str:
    """A value of the card in words."""
    if key == "theme":
        return theme(str(value))
    known = {"licence": LICENCES, "access": ACCESS}.get(key, {})
    return str(known.get(str(value), value))


def theme(stored: str) -> str:
    """A theme in words; "대분류 - 중분류" is kept as it is but for its first part."""
    first, dash, rest = stored.partition(" - ")
    return f"{THEMES.get(first, first)}{dash}{rest}"


# how a row found its place, most exact first: in words, and what that rests on
LEVELS: dict[str, tuple[str, str]] = {
    "point": (_("점"), _("좌표")),
    "building": (_("건물"), _("도로명주소")),
    "road": (_("도로"), _("도로명")),
    "lot": (_("지번"), _("지번주소")),
    "code": (_("코드"), _("행정구역 코드")),
    "name": (_("이름"), _("주소나 열에 적힌 지역 이름")),
}
ACTIONS = {  # what is done with personal data
    "mask": Mark(_("가림"), "warn", _("번호를 가린 뒤 보관합니다.")),
    "restrict": Mark(_("제한"), "warn", _("화면과 내려받는 파일에서 첫 글자만 보입니다.")),
    "keep": Mark(_("그대로"), "", _("개인정보로 보지 않아 그대로 둡니다.")),
}
DECLARED_PERSONAL: str = _("표준이나 데이터 카드에서 개인정보 항목으로 정함")


DECISIONS: dict[str, str] = {
    "encoding": _("문자 인코딩"),
    "delimiter": _("구분자"),
    "header": _("머리글"),
    "layout": _("표의 배치"),
    "standard": _("표준"),
    "key": _("기준 항목"),
    "totals": _("합계 행"),
    "sheets": _("시트"),
    "tables": _("표 나누기"),
    "merged": _("합친 칸"),
    "type": _("자료형"),
    "column": _("표준 열"),
    "crs": _("좌표계"),
    "codes": _("지역 코드"),
    "layer": _("도형"),
    "learned": _("기억한 것"),
    "changed": _("앞 판과 견줌"),
}
LEFT_OUT: dict[str, str] = {
    "preamble": _("표 위의 글"),
    "footnote": _("표 아래의 주석"),
    "unit": _("단위 행"),
    "total": _("합계 행"),
    "blank": _("빈 행"),
    "repeated_header": _("되풀이된 머리글"),
}
ENCODINGS: dict[str, str] = {
    "utf-8": _("UTF-8(유니코드)"),
    "utf-8-sig": _("UTF-8(유니코드)"),
    "utf-16": _("UTF-16(유니코드)"),
    "cp949": _("CP949(한글 윈도, EUC-KR 포함)"),
}
DELIMITERS: dict[str, str] = {
    ",": _("쉼표(,)"),
    "\t": _("탭"),
    ";": _("쌍반점(;)"),
    "|": _("세로줄(|)"),
    " ": _("공백"),
}


def evidence_value(decision: str, value: str) -> str:
    """What was decided, in words."""
    if decision == "codes":
        return said(f"code_system_{value.lower()}") if f"code_system_{value.lower()}" in ko.TEXTS else value
    if decision == "standard":
        return str(_("표준 없음(일반 표)")) if value == "generic" else value
    return DELIMITERS.get(value, value) if decision == "delimiter" else value


RULES: dict[str, str] = {  # short names, to choose by; the whole sentence stands beside each problem
    "date_out_of_range": _("범위 밖 날짜"),
    "as_of_in_future": _("앞날의 기준일"),
    "as_of_went_back": _("앞 판보다 이른 기준일"),
    "amount_negative": _("0보다 작은 금액"),
    "quantity_negative": _("0보다 작은 수량"),
    "percent_out_of_range": _("범위 밖 비율"),
    "code_not_listed": _("정해지지 않은 값"),
    "number_pattern": _("번호 형식"),
    "required_missing": _("빈 필수 칸"),
    "required_column_missing": _("없는 필수 항목"),
    "coordinate_outside": _("우리나라 밖 좌표"),
    "coordinate_swapped": _("뒤바뀐 좌표"),
    "key_duplicate": _("겹치는 행"),
    "row_duplicate": _("똑같은 행"),
    "row_rule": _("표준의 점검 규칙"),
    "sum_mismatch": _("맞지 않는 합계"),
    "rule_list_cut": _("줄여 적은 목록"),
    "total_mismatch": _("맞지 않는 합계 행"),
    "standard_hardly_fits": _("맞지 않는 표준"),
    "total_kept": _("맞지 않아 자료로 둔 합계 행"),
    "total_suspected": _("합계로 보이는 행"),
    "cell_error": _("수식 오류"),
    "cell_cut": _("잘라 읽은 긴 칸"),
    "cell_outside": _("표 밖의 값"),
    "cell_not_integer": _("정수가 아닌 칸"),
    "cell_not_number": _("수가 아닌 칸"),
    "cell_not_boolean": _("여부가 아닌 칸"),
    "cell_not_date": _("날짜가 아닌 칸"),
    "cell_not_datetime": _("날짜와 시각이 아닌 칸"),
    "cell_not_time": _("시각이 아닌 칸"),
    "cell_not_month": _("연월이 아닌 칸"),
    "cell_not_year": _("연도가 아닌 칸"),
    "cell_not_text": _("읽을 수 없는 칸"),
    "cell_not_extracted": _("찾지 못한 값"),
    "cell_no_such_month": _("없는 달"),
    "cell_no_such_day": _("없는 날"),
    "cell_day_month_unclear": _("월과 일이 불분명함"),
    "cell_leading_zero": _("0으로 시작하는 코드"),
    "cell_too_long": _("너무 긴 수"),
    "cell_sentinel_date": _("날짜 없음 표시"),
    "cell_excel_serial": _("엑셀 날짜 일련번호"),
    "cell_provisional": _("잠정·추정·정정 표시"),
    "cell_dash": _("줄표 표시"),
    "cell_suppressed": _("비밀보호 표시"),
    "cell_masked": _("가린 값"),
    "cell_not_available": _("자료 없음 표시"),
    "cell_not_applicable": _("해당 없음 표시"),
    "cell_missing_token": _("값 없음 표시"),
    "cell_time_unknown": _("시각 없음 표시"),
    "stray_quote": _("짝 없는 따옴표"),
    "row_too_long": _("칸이 많은 행"),
    "row_too_short": _("칸이 적은 행"),
    "other_delimiter": _("다른 구분자"),
    "undecodable_bytes": _("읽을 수 없는 바이트"),
    "nul_bytes": _("값이 0인 바이트"),
    "header_width": _("머리글의 칸 수"),
    "header_longer": _("머리글의 칸 수"),
    # what was told or learnt, what changed since the version before
    "layout_gone_and_new": _("사라지고 생긴 열"),
    "layout_gone": _("사라진 열"),
    "layout_new": _("새 열"),
    "layout_renamed": _("바뀐 머리글"),
    "layout_likely": _("바뀐 듯한 머리글"),
    "layout_likely_mapped": _("바뀐 듯한 머리글(표준 열)"),
    "layout_types": _("바뀐 자료형"),
    "layout_unit": _("바뀐 단위"),
    "layout_table_unit": _("바뀐 표의 단위"),
    "layout_rules_unchecked": _("점검하지 못한 규칙"),
    "layout_standard_lost": _("잃은 표준"),
    "learned_applied": _("지난번에 고친 대로"),
    "learned_not_fitting": _("맞지 않는 지난 고침"),
    "learned_header_gone": _("지난번에 고친 열이 없음"),
    "learned_idle": _("잇지 못한 지난 고침"),
    "rows_fell": _("줄어든 행"),
    "no_rows": _("행이 없음"),
    # places
    "crs_asked": _("정하지 못한 좌표계"),
    "crs_abroad": _("다른 나라 좌표로 보임"),
    "crs_declared_off": _("밝힌 것과 다른 좌표계"),
    "crs_told_off": _("알려 준 좌표계와 어긋남"),
    "crs_needs_register": _("확인하지 못한 좌표계"),
    "no_register": _("행정구역 경계 없음"),
    "pairs_disagree": _("서로 먼 두 좌표"),
    "code_change_trusted": _("확인되지 않은 변경을 따른 코드"),
    "code_change_unverified": _("확인되지 않은 변경의 코드"),
    "code_split": _("나뉜 지역의 코드"),
    "point_zero": _("0인 좌표"),
    "point_dummy": _("자리만 채운 좌표"),
    "point_swapped": _("경도와 위도가 바뀜"),
    "point_digit": _("숫자 하나가 틀린 좌표"),
    "point_outside_korea": _("우리나라 밖의 좌표"),
    "point_outside_claim": _("적힌 지역 밖의 좌표"),
    "point_duplicated": _("여러 주소가 함께 쓰는 좌표"),
    "point_dragged": _("끌어 채운 좌표"),
    "degrees_dms": _("도·분·초 좌표"),
    "degrees_dm": _("도·분 좌표"),
    "degrees_marked": _("글자가 붙은 좌표"),
    "degrees_comma": _("쉼표로 적은 좌표"),
    "degrees_two_points": _("점이 두 번인 좌표"),
    "degrees_lost_point": _("소수점이 빠진 좌표"),
    "degrees_unreadable": _("읽을 수 없는 좌표"),
    # personal data
    "cell_rrn_masked": _("가린 주민등록번호"),
    # layers
    "cell_not_geometry": _("옮길 수 없는 도형"),
    "layer_shape_unreadable": _("읽을 수 없는 도형"),
    "layer_shape_unknown": _("알 수 없는 도형"),
    "layer_shape_not_finite": _("수가 아닌 좌표가 든 도형"),
    "layer_shape_invalid": _("바르지 않은 도형"),
    "layer_shape_unsound": _("바로잡을 수 없는 도형"),
    "layer_arc_missing": _("없는 선을 가리키는 도형"),
    "layer_specks": _("오그라든 테두리"),
    "layer_ring_open": _("닫히지 않은 테두리"),
    "layer_heights": _("쓰지 않은 높이"),
    "layer_no_features_inside": _("도형이 없는 파일"),
    "layer_not_degrees": _("경위도가 아닌 좌표"),
    "layer_crs_unknown": _("알 수 없는 좌표계"),
    "layer_prj_unreadable": _("읽을 수 없는 .prj"),
    "shp_without_dbf": _("속성표 없음"),
    "shp_without_shx": _("색인 없음"),
    "shp_counts_differ": _("도형과 속성의 수가 다름"),
    "dbf_deleted": _("지운 것으로 표시된 행"),
    "dbf_cell_cut": _("잘린 칸"),
    "dbf_cell_bytes": _("읽을 수 없는 글자"),
    "gpkg_not_a_table": _("읽지 않은 뷰"),
    "gpkg_blobs": _("비운 이진 자료"),
    "kml_links": _("열지 않은 링크"),
    # records of other forms
    "json_record_broken": _("읽을 수 없는 기록"),
    "json_line_broken": _("읽을 수 없는 줄"),
    "json_not_a_record": _("기록이 아닌 값"),
    "json_count_differs": _("적힌 전체 건수와 다른 행 수"),
    "json_key_twice": _("두 번 적힌 항목"),
    "json_not_a_number": _("수가 아니라는 표시"),
}


_STEPS: dict[str, object] = {  # what a method says that it does
    "bound": _("더 나은 답이 있을 수 있는지 셈하는 중"),
    "departments": _("부서를 맞혀 보는 중"),
    "draws": _("무작위로 되풀이하는 중"),
    "duplicates": _("같은 글을 찾는 중"),
    "origins": _("지난 자료로 예측을 시험하는 중"),
    "paths": _("길을 재는 중"),
    "permutations": _("우연과 견주는 중"),
    "places": _("글에서 장소를 찾는 중"),
    "proof": _("가장 나은 답인지 확인하는 중"),
    "reach": _("닿는 거리를 좁히는 중"),
    "replicates": _("우연과 견주는 중"),
    "sensitivity": _("조건을 바꾸어 다시 셈하는 중"),
    "topics": _("주제를 나누는 중"),
    "words": _("낱말을 나누는 중"),
}


def step_word(step: str) -> str:
    """What a job does now, in words: steps of methods have one, other English of theirs is only "computing"."""
    if step in _STEPS:
        return str(_STEPS[step])
    return str(_("셈하는 중")) if step.isascii() and step.strip() else step
