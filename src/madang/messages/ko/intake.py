"""Korean sentences of deposits."""

TEXTS: dict[str, str] = {
    "file_empty": "{file}{은} 빈 파일입니다. 내용이 있는 파일을 올리십시오.",
    "file_not_regular": "{file}{은} 파일이 아닙니다. 폴더를 통째로 올리려면 `madang deposit --all {quoted}`{을} 쓰십시오.",
    "form_not_supported": "{file}{은} {form} 형식입니다. CSV·TXT, Excel, JSON, XML, Parquet, HWPX·HWP의 표, SHP·GeoJSON·GPKG·KML, 그리고 이들을 묶은 ZIP을 읽습니다. 그 가운데 하나로 저장해 다시 올리십시오.",
    "no_table": "{file}에서 표를 찾지 못했습니다. 머리글과 값이 있는 표인지 확인하십시오.",
    "standard_missing": "'{standard}' 표준이 없습니다. `madang standards`로 이름을 확인하십시오.",
    "type_unknown": "'{type}'{은} 아는 자료형이 아닙니다. 쓸 수 있는 자료형: {types}.",
    "other_columns": "'{dataset}'의 지금 열 {before}개 가운데 {kept}개만 이 파일에 있습니다. 다른 데이터라면 `--as {proposal}`{으로} 올리십시오.",
    "other_provider": "'{dataset}'의 제공기관은 {before}인데 이 파일은 {after}입니다. 다른 데이터라면 `--as {proposal}`{으로} 올리십시오.",
    "became_empty": "'{dataset}'의 지금 판은 {before}행인데 이 파일에는 데이터 행이 없습니다. 파일을 확인하십시오.",
    "rows_fell": "'{dataset}'의 행이 {before}행에서 {after}행으로 줄었습니다. 일부만 담긴 파일인지 확인하십시오.",
    "no_rows": "머리글만 있고 데이터 행이 없습니다.",
    "own_failure": "{file}{을} 처리하다가 프로그램에 오류가 났습니다({error}). 마지막 판은 그대로입니다. 오류 내용을 개발자에게 알려 주십시오.",
    "file_changing": "{file}{이} 읽는 동안 바뀌었습니다. 다른 프로그램에서 저장을 마치고 닫은 뒤 다시 올리십시오.",
    "rows_unpivoted": "값이 옆으로 펼쳐진 표라 파일의 {before}행을 {after}행으로 풀어 담았습니다(값 하나에 한 행).",
    "totals_left_out": "합계 행 {count}개는 자료에서 빼고 검산에 썼습니다.",
    "erased_again": "이 파일에는 파기한 행 {rows}개가 다시 들어 있습니다(파기 {at}, 근거: {ground}). 원본을 보관하지 않았습니다. 그 행을 지운 파일을 올리십시오.",
    "delimiter_unusable": "구분자 '{delimiter}'{은} 쓸 수 없습니다. 한 글자에서 {most}글자까지 적으십시오(탭은 \\t).",
    "header_rows_unusable": "머리글 행 번호로 {rows}{을} 쓸 수 없습니다. 1부터 시작하는 행 번호를 작은 것부터 적으십시오. 예: 3 또는 3,4",
    "header_rows_beyond": "{file}의 표에 머리글이라고 한 {rows}행이 없습니다. 행 번호를 확인하십시오.",
    "type_column_missing": "자료형을 정한 '{column}' 열이 {file}에 없습니다. 있는 열: {columns}.",
}
