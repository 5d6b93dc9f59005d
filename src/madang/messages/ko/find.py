"""Korean sentences of search."""

TEXTS: dict[str, str] = {
    # search
    "search_index_broken": "검색 색인 {path}{이} 없거나 손상되었습니다. 데이터는 그대로입니다. `madang doctor --fix`로 다시 만드십시오.",
    "synonyms_invalid": "{file}의 비슷한 말 목록을 읽을 수 없습니다: {reason}.",
    # search
    "found_exact": "{field}에 이 말이 있음",
    "found_partial": "{field}에 이렇게 시작하는 말이 있음",
    "found_initials": "{field}의 초성이 같음",
    "found_synonym": "{field}에 비슷한 뜻의 말이 있음",
    "found_keyboard": "한영 전환을 빠뜨린 것으로 봄: {field}",
    "found_typo": "오타로 추정: {field}",
    "field_title": "제목",
    "field_description": "설명",
    "field_columns": "열 이름",
    "field_standard": "표준",
    "field_provider": "제공기관",
}
