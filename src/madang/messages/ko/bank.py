"""Korean sentences of the bank."""

TEXTS: dict[str, str] = {
    "as_of_missing": "{day} 당시 '{dataset}'의 판이 없습니다. 첫 판은 {first}에 만들어졌습니다.",
    "disk_full": "디스크가 가득 차서 {path}에 쓸 수 없습니다. 마지막 판은 그대로입니다. 공간을 비운 뒤 다시 올리십시오.",
    "disk_read_only": "{path}{은} 읽기 전용이라 쓸 수 없습니다. 마지막 판은 그대로입니다. 쓰기 권한이 있는 곳인지 확인하십시오.",
    "disk_no_permission": "{path}에 쓸 권한이 없습니다. 마지막 판은 그대로입니다. 폴더의 소유자와 권한을 확인하십시오.",
    "conflict": "'{dataset}'에 다른 작업이 계속 끼어들어 판을 만들지 못했습니다. 잠시 뒤 다시 하십시오.",
    "conflict_moved": "'{dataset}'에 그사이 다른 판이 만들어졌습니다. 다시 올리십시오.",
    "snapshot_missing": "이 입고의 원본 {sha256}{이} 남아 있지 않습니다. 파기되었을 수 있습니다.",
    "dataset_id_invalid": "'{dataset}'{은} 데이터 이름으로 쓸 수 없습니다. 한글, 영문 소문자, 숫자, 붙임표(-)로 지으십시오.",
    "rollback_same": "'{dataset}'의 {version}판은 지금 판과 같습니다. 되돌릴 것이 없습니다.",
    "key_missing": "'{column}' 열이 두 판 모두에 있지 않아 비교 기준으로 쓸 수 없습니다. 있는 열: {columns}.",
    "erase_column": "'{dataset}'에 '{column}' 열이 없습니다. 있는 열: {columns}.",
    "erase_column_absent": "'{dataset}'의 {versions}판에는 '{column}' 열이 없어 아무것도 파기하지 않았습니다. 그 판을 그대로 두고 파기하려면 --skip-versions-without를 붙이십시오.",
    "erase_nothing": "'{dataset}'에서 조건에 맞는 행을 찾지 못했습니다. 아무것도 파기하지 않았습니다.",
    "dataset_broken": "'{dataset}'의 기록을 읽을 수 없습니다: {reason}. `madang doctor`로 살피고 백업에서 복원하십시오.",
    "restore_not_empty": "{path}에 이미 데이터가 있습니다. 빈 작업 공간에 복원하십시오.",
    "backup_broken": "{path}{은} 마당 백업 파일이 아니거나 손상되었습니다: {reason}.",
    "backup_exists": "{path} 파일이 이미 있습니다. 다른 이름을 쓰십시오.",
}
