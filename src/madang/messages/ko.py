"""Korean sentences by code. Problem rules get row, column (label), value and detail parameters."""

TEXTS: dict[str, str] = {
    # workspace and command line
    "workspace_missing": "{path} 폴더는 마당 작업 공간이 아닙니다. `madang init {path}`{으로} 먼저 만드십시오.",
    "workspace_exists": "{path} 폴더에 이미 마당 작업 공간이 있습니다.",
    "dataset_missing": "'{dataset}' 데이터가 뱅크에 없습니다. `madang datasets`로 이름을 확인하십시오.",
    "version_missing": "'{dataset}'에 {version}판이 없습니다. 있는 판: {versions}.",
    "file_missing": "{path} 파일을 찾을 수 없습니다. 경로와 이름을 확인하십시오.",
}
