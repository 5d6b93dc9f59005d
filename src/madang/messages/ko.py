"""Korean sentences by code. Problem rules get row, column (label), value and detail parameters."""

TEXTS: dict[str, str] = {
    # workspace and command line
    "workspace_missing": "{path} 폴더는 마당 작업 공간이 아닙니다. `madang init {path}`{으로} 먼저 만드십시오.",
    "workspace_exists": "{path} 폴더에 이미 마당 작업 공간이 있습니다.",
    "dataset_missing": "'{dataset}' 데이터가 뱅크에 없습니다. `madang datasets`로 이름을 확인하십시오.",
    "version_missing": "'{dataset}'에 {version}판이 없습니다. 있는 판: {versions}.",
    "file_missing": "{path} 파일을 찾을 수 없습니다. 경로와 이름을 확인하십시오.",
    # bank
    "as_of_missing": "{day} 당시 '{dataset}'의 판이 없습니다. 첫 판은 {first}에 만들어졌습니다.",
    "busy": "'{path}' 데이터에 다른 작업이 진행 중입니다. 그 작업이 끝난 뒤 다시 하십시오.",
    "disk_full": "디스크가 가득 차서 {path}에 쓸 수 없습니다. 마지막 판은 그대로입니다. 공간을 비운 뒤 다시 올리십시오.",
    "disk_read_only": "{path}{은} 읽기 전용이라 쓸 수 없습니다. 마지막 판은 그대로입니다. 쓰기 권한이 있는 곳인지 확인하십시오.",
    "disk_no_permission": "{path}에 쓸 권한이 없습니다. 마지막 판은 그대로입니다. 폴더의 소유자와 권한을 확인하십시오.",
    "conflict": "'{dataset}'에 다른 작업이 계속 끼어들어 판을 만들지 못했습니다. 잠시 뒤 다시 하십시오.",
    "snapshot_missing": "이 입고의 원본 {sha256}{이} 남아 있지 않습니다. 파기되었을 수 있습니다.",
    "dataset_id_invalid": "'{dataset}'{은} 데이터 이름으로 쓸 수 없습니다. 한글, 영문 소문자, 숫자, 붙임표(-)로 지으십시오.",
    "rollback_same": "'{dataset}'의 {version}판은 지금 판과 같습니다. 되돌릴 것이 없습니다.",
    "key_missing": "'{column}' 열이 두 판 모두에 있지 않아 비교 기준으로 쓸 수 없습니다. 있는 열: {columns}.",
    "erase_column": "'{dataset}'에 '{column}' 열이 없습니다. 있는 열: {columns}.",
    "erase_nothing": "'{dataset}'에서 조건에 맞는 행을 찾지 못했습니다. 아무것도 파기하지 않았습니다.",
    "restore_not_empty": "{path}에 이미 데이터가 있습니다. 빈 작업 공간에 복원하십시오.",
    "backup_broken": "{path}{은} 마당 백업 파일이 아니거나 손상되었습니다: {reason}.",
    "backup_exists": "{path} 파일이 이미 있습니다. 다른 이름을 쓰십시오.",
    # deposits
    "file_empty": "{file}{은} 빈 파일입니다. 내용이 있는 파일을 올리십시오.",
    "file_not_regular": "{file}{은} 파일이 아닙니다. 폴더를 통째로 올리려면 `madang deposit --all {file}`{을} 쓰십시오.",
    "form_not_supported": "{file}{은} {form} 형식입니다. 지금은 CSV·TSV·TXT와 Excel(XLSX, XLS)을 읽습니다. 표로 저장해 다시 올리십시오.",
    "no_table": "{file}에서 표를 찾지 못했습니다. 머리글과 값이 있는 표인지 확인하십시오.",
    "standard_missing": "'{standard}' 표준이 없습니다. `madang standards`로 이름을 확인하십시오.",
    "type_unknown": "'{type}'{은} 아는 자료형이 아닙니다. 쓸 수 있는 자료형: {types}.",
    "other_columns": "'{dataset}'의 지금 열 {before}개 가운데 {kept}개만 이 파일에 있습니다. 다른 데이터라면 `--as {proposal}`{으로} 올리십시오.",
    "other_provider": "'{dataset}'의 제공기관은 {before}인데 이 파일은 {after}입니다. 다른 데이터라면 `--as {proposal}`{으로} 올리십시오.",
    "became_empty": "'{dataset}'의 지금 판은 {before}행인데 이 파일에는 데이터 행이 없습니다. 파일을 확인하십시오.",
    "rows_fell": "'{dataset}'의 행이 {before}행에서 {after}행으로 줄었습니다. 일부만 담긴 파일인지 확인하십시오.",
    "no_rows": "머리글만 있고 데이터 행이 없습니다.",
    "own_failure": "{file}{을} 처리하다가 프로그램에 오류가 났습니다({error}). 마지막 판은 그대로입니다. 오류 내용을 개발자에게 알려 주십시오.",
}
