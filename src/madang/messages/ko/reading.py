"""Korean sentences of reading files: delimited text, layout, workbooks."""

TEXTS: dict[str, str] = {
    # layout and workbooks
    "total_mismatch": "{column}: 합계 행의 값 {value}{이} 그 아래 {children}행을 더한 값 {sum}{과} 다릅니다. 빠지거나 잘못 적힌 행이 있는지 확인하십시오.",
    "total_kept": "{column}: 합계라고 적힌 행의 값 {value}{이} 다른 {children}행을 더한 값 {sum}{과} 달라 자료로 두었습니다. 합계 행이 맞다면 빠지거나 잘못 적힌 행이 있는지 확인하고, 그대로 쓸 때는 이 행을 빼십시오.",
    "total_suspected": "합계·평균처럼 보이는 행이지만 숫자로 확인되지 않아 데이터로 두었습니다. 합계라면 분석할 때 빼십시오.",
    "workbook_broken": "{file}{을} 엑셀 파일로 열 수 없습니다. 내려받다 끊겼거나 손상된 파일입니다. 원본을 다시 받아 올리십시오.",
    "workbook_encrypted": "{file}에 열기 암호가 걸려 있습니다. 엑셀에서 암호를 풀고 저장한 뒤 다시 올리십시오.",
    "workbook_bomb": "{file}{은} 압축을 풀면 지나치게 커지는 파일이라 열지 않았습니다({reason}). 엑셀에서 열어 새로 저장한 뒤 올리십시오.",
    "workbook_no_table": "{file}에 표가 있는 시트가 없습니다. 자료가 든 시트가 있는지 확인하십시오.",
    "workbook_sheet_broken": "{file}의 '{sheet}' 시트를 읽을 수 없습니다. 엑셀에서 열어 새로 저장한 뒤 다시 올리십시오.",
    "cell_error": "{column}: 수식 오류 {value}{이} 든 칸이라 비워 두었습니다. 수식을 고치거나 값을 적으십시오.",
    "cell_cut": "{column}: 칸의 글이 {length}자로 너무 길어 앞의 {kept}자만 남겼습니다. 원본은 보관되어 있습니다.",
    "cell_outside": "표의 열 밖에 값 '{value}'{이} 있어 표에 넣지 않았습니다. 메모라면 그대로 두고, 자료라면 머리글을 붙이십시오.",
    # delimited text: how a CSV file was read
    "csv_binary": "{file}{은} 글자가 아닌 자료(바이너리)가 섞인 파일이라 표로 읽을 수 없습니다. 원본을 CSV나 XLSX로 다시 저장해 올리십시오.",
    "csv_undecodable": "{file}{을} 글자로 읽을 수 없습니다. {encoding}로 읽어도 {lines}줄이 깨지며, 처음 깨지는 곳은 {line}번째 줄({offset}바이트째)입니다. 파일을 UTF-8로 다시 저장해 올리십시오.",
    "csv_unknown_encoding": "'{encoding}'{은} 아는 문자 부호화가 아닙니다. utf-8이나 cp949처럼 적으십시오.",
    "csv_line_too_long": "{file}에 줄바꿈 없이 {megabytes}MB를 넘는 줄이 있어 표로 읽지 않았습니다. 올바른 CSV인지 확인하십시오.",
    "csv_too_many_columns": "{file}의 열이 {limit}개를 넘어 표로 읽지 않았습니다. 구분자를 확인하고, 가로로 긴 표라면 나누어 올리십시오.",
    "stray_quote": "짝이 맞지 않는 따옴표가 있는 행입니다. 따옴표를 글자로 보고 칸을 나누었습니다. 원본 줄을 확인하십시오.",
    "row_too_long": "칸이 {cells}개여서 표의 {expected}칸보다 많은 행입니다. 앞뒤 행의 모양에 맞추어 넣었으니 원본 줄과 견주어 보십시오.",
    "row_too_short": "칸이 {cells}개여서 표의 {expected}칸보다 적은 행입니다. 앞뒤 행의 모양에 맞추어 넣었으니 원본 줄과 견주어 보십시오.",
    "other_delimiter": "이 행만 다른 구분자('{delimiter}')를 씁니다. 그 구분자로 나누어 넣었습니다.",
    "undecodable_bytes": "읽을 수 없는 바이트({bytes})가 있어 �로 바꾸었습니다. 파일의 {offset}바이트째입니다. 원본에서 그 글자를 확인하십시오.",
    "nul_bytes": "값이 0인 바이트 {count}개를 빼고 읽었습니다. 파일을 만든 프로그램을 확인하십시오.",
    "header_width": "머리글이 {cells}칸인데 자료는 {expected}칸입니다. 머리글의 칸을 자료에 맞추었으니 열 이름을 확인하십시오.",
    "header_longer": "머리글이 {cells}칸인데 자료는 {expected}칸뿐입니다. 모자라는 열은 비워 두었으니 열 이름이 밀리지 않았는지 확인하십시오.",
}
