"""Korean sentences of sql: the query process and the SQL desk."""

TEXTS: dict[str, str] = {
    # the text of a query
    "sql_empty": "질의가 비어 있습니다. SELECT로 시작하는 질의를 적으십시오.",
    "sql_too_long": "질의가 너무 깁니다. {limit}자까지 쓸 수 있습니다. 질의를 나누거나 줄이십시오.",
    "sql_one_statement": "질의는 한 번에 하나만 실행합니다. 세미콜론(;)으로 나눈 문장은 하나만 남기십시오.",
    "sql_only_questions": "묻는 질의만 실행합니다. SELECT, WITH, DESCRIBE, SUMMARIZE, EXPLAIN으로 시작하고 목록에 있는 표만 읽으십시오. 표를 바꾸거나 파일, 설정을 다루는 문장은 쓸 수 없습니다.",
    "sql_function": "{line}행 {column}열의 함수 {function}{은} 여기서 쓸 수 없습니다. 파일, 설정, 다른 질의를 다루는 함수는 막혀 있습니다. 목록에 있는 표를 이름으로 읽으십시오.",
    "sql_table_unknown": "{line}행 {column}열의 '{table}'{은} 없는 표이거나 볼 권한이 없는 표입니다. 왼쪽 목록의 이름을 쓰십시오. 읽을 수 있는 표: {tables}",
    "sql_syntax": "{line}행 {column}열의 '{near}' 가까이에서 문장을 이해하지 못했습니다. 쉼표, 괄호, 따옴표가 맞는지 보십시오. 한글 이름과 빈칸이 든 이름은 큰따옴표(\")로 묶습니다.",
    "sql_column_unknown": "{line}행 {column}열의 '{name}'{은} 표에 없는 항목입니다. 비슷한 이름: {candidates}. 빈칸이나 붙임표가 든 이름은 큰따옴표(\")로, 글자 값은 작은따옴표(')로 묶습니다.",
    "sql_function_unknown": "{line}행 {column}열의 함수 {function}{이} 없습니다. 이름의 철자를 확인하십시오.",
    "sql_group": "{line}행 {column}열의 '{name}'{은} 묶는 기준이 아닙니다. GROUP BY에 넣거나 sum, max 같은 집계 함수로 감싸십시오.",
    "sql_failed": "질의를 실행하지 못했습니다({line}행 {column}열). 데이터베이스의 말: {message}",
    "sql_value_missing": "'{name}' 값이 비어 있습니다. 질의 위의 칸에 값을 적고 다시 실행하십시오.",
    "sql_value": "'{name}'에 적은 '{value}'{을} 알맞은 값({kind})으로 읽을 수 없습니다. 날짜는 2026-06-30, 수는 1200처럼 적으십시오.",
    # what is kept
    "sql_title": "저장할 질의의 제목이 비어 있습니다. 무엇을 묻는 질의인지 적으십시오.",
    "sql_saved_missing": "저장된 질의가 없거나, 지워졌거나, 다른 사람이 공유하지 않은 질의입니다. 저장된 질의 목록에서 고르십시오.",
    "sql_answer_missing": "결과가 없습니다. 결과는 하루 동안 보관하며 물은 사람만 봅니다. 질의를 다시 실행하십시오.",
    "sql_derived_exists": "'{dataset}'{은} 이미 있는 데이터입니다. 다른 식별자를 적으십시오.",
    "sql_derived_truncated": "결과가 한도에서 잘려 데이터로 만들 수 없습니다. 모든 행이 담기도록 질의를 좁히거나 묶으십시오.",
    "sql_derived_empty": "결과에 행이나 열이 없어 데이터로 만들 수 없습니다.",
    # its limits
    "sql_too_wide": "결과의 열이 너무 많습니다. {limit}개까지 볼 수 있습니다. 필요한 항목만 고르십시오.",
    "sql_memory": "질의에 쓸 수 있는 메모리를 다 썼습니다. 필요한 항목만 고르고, WHERE로 줄이고, 큰 정렬이나 모든 짝을 만드는 조인을 피하십시오.",
    "sql_time": "{seconds}초 안에 끝나지 않아 멈추었습니다. WHERE로 범위를 좁히거나 먼저 묶어 센 뒤에 이으십시오.",
    "sql_cancelled": "질의를 취소했습니다. 결과는 남지 않습니다.",
    "sql_ended": "질의가 시간이나 메모리의 한도를 넘어 도중에 끝났습니다. 더 작은 범위로 다시 실행하십시오. 되풀이되면 관리자에게 알리십시오.",
    "sql_busy": "지금 다른 질의가 {most}개 실행되고 있습니다. 잠시 뒤에 다시 실행하십시오.",
    "sql_too_often": "한 주소에서 1분에 {most}번까지 물을 수 있습니다. {seconds}초 뒤에 다시 실행하십시오.",
}
