"""Korean sentences of results."""

TEXTS: dict[str, str] = {
    "result_no_value": "자료 없음",
    "result_empty": "결과에 알아낸 것이 한 문장도 없습니다. findings에 적어도 한 문장을 넣으십시오.",
    "result_table": "결과에 '{table}' 표가 없습니다.",
    "result_table_twice": "결과의 두 표가 같은 이름을 씁니다. 표마다 다른 id를 쓰십시오.",
    "result_columns": "'{table}' 표의 columns가 표의 열과 다릅니다. 모든 열을 같은 차례로 적으십시오.",
    "result_column": "'{table}' 표에 '{column}' 열이 없습니다.",
    "result_cell": "'{table}' 표의 '{column}' 열에는 {row}번째 행이 없습니다.",
    "result_name": "문장의 이름 '{name}'{이} 어느 칸인지 적혀 있지 않습니다: {sentence}",
}
