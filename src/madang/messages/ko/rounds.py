"""Korean sentences of rounds."""

TEXTS: dict[str, str] = {
    "merge_contributor": "제출 부서",
    "merge_contribution": "제출 번호",
    "merge_contribution_row": "제출 자료의 행",
    "because_merged": "제출 자료 {count}개에서 모음",
    "merge_nothing": "{dataset}에 모을 행이 없습니다. 제출한 부서가 있는지 확인하십시오.",
    "merge_undecided": "여러 부서가 같은 행을 낸 곳이 {count}건 있습니다(첫째: {first}). 어느 부서의 행을 쓸지 정한 뒤 다시 모으십시오.",
    "merge_other_dataset": "{dataset}{은} 이 취합과 다른 자료로 보입니다. 항목 {before}개 가운데 {kept}개만 같습니다. 다른 데이터 이름을 적으십시오.",
    "amend_cell_missing": "고치려는 칸({row}행 {column})이 자료에 없습니다. 화면을 새로 고친 뒤 다시 고치십시오.",
}
