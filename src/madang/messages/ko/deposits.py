"""Korean sentences of deposits."""

TEXTS: dict[str, str] = {
    "review_outdated": "검토한 뒤에 파일이나 읽는 방법(표준, 기억한 것, 구역 대장)이 달라졌습니다. 다시 읽어 확인하십시오.",
    "edit_row_label": "행표(고치지 마십시오)",
    "edit_sheet_told": "이 시트는 고친 엑셀을 다시 올릴 때 쓰입니다. 지우거나 고치지 마십시오.",
    "edit_too_many_rows": "행이 {rows}개여서 사본으로 고칠 수 없습니다. {most}행까지 고칠 수 있습니다. 원본을 고쳐 파일로 올리십시오.",
    "edit_too_many_changes": "고친 행이 {changes}개입니다. 한 번에 {most}행까지 고칠 수 있습니다. 나누어 올리거나 파일로 입고하십시오.",
    "edit_columns_changed": "사본을 받은 뒤에 데이터의 열이 바뀌었습니다: {columns}. 지금 판을 다시 내려받아 고치십시오.",
    "edit_row_unknown": "사본의 {row}번째 행을 받은 판에서 찾을 수 없습니다. 지금 판을 다시 내려받아 고치십시오.",
    "edit_resident_number": "{column}: 주민등록번호는 적을 수 없습니다. 지우고 다시 저장하십시오.",
    "edit_too_long": "{column}: 한 칸에는 {most}자까지 적을 수 있습니다.",
    "edit_nothing": "고를 변경이 없습니다. 반영할 행을 고르십시오.",
    "edit_not_readable": "고른 변경 가운데 읽을 수 없는 칸이나 없어진 행이 있습니다(원본 {row}행). 그 행을 빼거나 고친 뒤 다시 하십시오.",
    "edited": "사람이 {base}판의 사본을 고쳤습니다: 바뀐 행 {changed}개, 더한 행 {added}개, 뺀 행 {removed}개. 까닭: {why}",
    "copy_broken": "이 엑셀에 숨겨 둔 표시(어느 판의 사본인지, 각 행이 어느 행인지)가 바뀌었거나 깨졌습니다. 데이터 화면에서 고칠 엑셀을 다시 내려받아 고치십시오.",
    "copy_masked_kept": "가려서 내려받은 칸 {cells}개를 고쳤지만, 가린 칸은 이 길로 고칠 수 없어 그대로 두었습니다.",
    "copy_columns_gone": "지워진 열이 있습니다: {columns}. 열은 이 길로 지울 수 없어 값을 그대로 두었습니다.",
    "copy_columns_new": "새로 생긴 열이 있습니다: {columns}. 열은 이 길로 더할 수 없어 넣지 않았습니다. 새 열이 필요하면 파일로 입고하십시오.",
    "copy_formulas_kept": "계산 결과가 저장되지 않은 수식 {cells}칸은 무슨 값인지 알 수 없어 그대로 두었습니다. 엑셀에서 열어 저장한 뒤 다시 올리십시오.",
}
