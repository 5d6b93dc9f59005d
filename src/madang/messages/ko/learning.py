"""Korean sentences about what was learnt of a source, and layouts that changed."""

TEXTS: dict[str, str] = {
    # layouts that changed
    "layout_gone_and_new": "앞 판과 견주어 열 {gone}개가 사라지고 {new}개가 생겼습니다. 사라진 열: {gone_columns}. 새 열: {new_columns}.",
    "layout_gone": "앞 판과 견주어 열 {gone}개가 사라졌습니다. 사라진 열: {gone_columns}. 일부러 뺀 열인지 확인하십시오.",
    "layout_new": "앞 판에 없던 열 {new}개가 생겼습니다. 새 열: {new_columns}.",
    "layout_renamed": "머리글 '{before}'{이} '{after}'{으로} 바뀌었고, 같은 표준 열로 읽었습니다.",
    "layout_likely": "'{before}'{이} '{after}'{으로} 바뀐 것 같습니다(머리글 {header}% 닮음, 값 {values}% 같음). 짐작으로 잇지 않고 다른 열로 두었으니 확인하십시오.",
    "layout_likely_mapped": "'{before}'{이} '{after}'{으로} 바뀐 것 같습니다(머리글 {header}% 닮음, 값 {values}% 같음). 맞으면 `--map \"{after}={column}\"`{을} 붙여 다시 올리십시오.",
    "layout_types": "자료형이 바뀐 열 {count}개: {columns}. 앞 판과 이어 쓸 수 있는지 확인하십시오.",
    "layout_unit": "'{header}'의 단위가 {before}에서 {after}{으로} 바뀌었습니다. 앞 판과 더하거나 견주기 전에 값을 맞추십시오.",
    "layout_table_unit": "표의 단위 표시가 '{before}'에서 '{after}'{으로} 바뀌었습니다. 앞 판과 더하거나 견주기 전에 값을 맞추십시오.",
    "layout_key_gone": "'{dataset}'의 행을 가르는 열({columns})이 이 파일에 없어 앞 판과 이을 수 없습니다. 머리글이 바뀌었으면 `--map \"{header}={column}\"`{을} 붙이고, 다른 데이터라면 `--as 새이름`으로 올리십시오.",
    "layout_any_header": "새 머리글",
    "layout_rules_unchecked": "열이 사라져({columns}) 규칙 {count}개를 검사하지 못했습니다: {rules}",
    "layout_standard_lost": "앞 판은 표준 '{standard}'{으로} 읽었는데 이 파일은 머리글이 달라 일반 표로 읽었습니다. 같은 표라면 `--standard {standard}`{을} 붙이고 바뀐 머리글은 `--map`으로 이으십시오.",
    "layout_and_more": "{shown} 외 {more}개",
    # columns and coordinate systems that were told
    "crs_unusable": "좌표계 '{crs}'{을} 알 수 없습니다. EPSG:5174처럼 지도에 쓰는 좌표계의 번호를 적으십시오(자주 쓰는 것: 5174, 5179, 5181, 5186, 4326).",
    "maps_usage": '--map은 머리글=열 꼴로 적으십시오. 표준의 어느 열도 아니면 오른쪽을 비웁니다. 예: --map "연락처=phone" --map "비고="',
    "mapping_without_standard": "'{column}'{을} 표준의 열로 정했지만 표준 없이 읽으라고 하였습니다. --text나 --standard generic을 빼십시오.",
    "mapping_target_unknown": "'{label}'{을} 이으려는 표준 열 '{column}'{이} 없습니다. 쓸 수 있는 열: {columns}. `madang standards --json`에 모두 있습니다.",
    "mapping_twice": "표준 열 '{column}'에 머리글 둘('{first}', '{second}')을 이을 수 없습니다. 하나만 고르십시오.",
    "mapping_column_missing": "표준 열을 정한 '{column}' 열이 {file}에 없습니다. 있는 열: {columns}.",
    "mapping_needs_standard": "'{label}'{을} '{column}' 열로 정했지만 이 파일은 어느 표준인지 알아보지 못했습니다. `--standard`로 표준을 함께 정하십시오.",
    "mapping_other_standard": "'{label}'{을} '{column}' 열로 정했지만 이 파일의 표준 '{standard}'에는 그 열이 없습니다. 있는 열: {columns}. 다른 표준이면 `--standard`로 정하십시오.",
}
