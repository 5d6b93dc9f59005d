"""Korean sentences about documents and archives: HWPX, HWP, ZIP, GZIP, and about originals that are shown again."""

TEXTS: dict[str, str] = {
    "document_broken": "{file}{을} 한글 문서로 열 수 없습니다. 내려받다 끊겼거나 손상된 파일입니다. 한글에서 열어 HWPX로 다시 저장해 올리십시오.",
    "document_encrypted": "{file}에 열기 암호나 보안이 걸려 있습니다. 한글에서 암호를 풀고 HWPX로 저장한 뒤 다시 올리십시오.",
    "document_for_show": "{file}{은} 배포용 문서라서 내용을 꺼낼 수 없습니다. 작성 부서에서 배포용이 아닌 원본을 받아 HWPX로 저장해 올리십시오.",
    "document_changes": "{file}에 변경 내용 추적이 켜져 있어 어느 글이 맞는지 정할 수 없습니다. 한글에서 변경 내용을 모두 적용하고 HWPX로 저장해 올리십시오.",
    "document_bomb": "{file}{은} 지나치게 크거나 안전하지 않은 문서라 열지 않았습니다({reason}). 한글에서 열어 새로 저장하거나, 필요한 표만 나누어 올리십시오.",
    "document_no_table": "{file}에서 자료로 볼 표를 찾지 못했습니다(결재란·글상자 같은 틀 {frames}개는 자료가 아닙니다). 머리글이 있는 표를 CSV나 XLSX로 올리십시오.",
    "archive_broken": "{file}{을} 압축 파일로 열 수 없습니다. 내려받다 끊겼거나 손상된 파일입니다. 다시 받아 올리십시오.",
    "archive_unsafe": "{file}{은} 안전하지 않은 압축 파일이라 풀지 않았습니다({reason}). 안의 파일을 새로 압축하거나 하나씩 올리십시오.",
    "archive_encrypted": "{file}에 압축 암호가 걸려 있습니다. 암호 없이 다시 압축해 올리십시오.",
    "archive_too_deep": "{file}{은} 압축 안의 압축이 두 겹을 넘어 풀지 않았습니다. 밖에서 풀어 올리십시오.",
    "archive_no_table": "{file} 안에서 표로 읽을 파일을 찾지 못했습니다({left}). 자료 파일이 들어 있는지 확인하십시오.",
    "member_failed": "{file}{을} 읽다가 마당 안에서 오류가 났습니다({error}). 같은 압축 파일의 다른 파일은 읽었습니다. 이 파일을 따로 올려 보고, 또 나면 관리자에게 알리십시오.",
    "reader_died": "{file}{을} 읽던 프로그램이 멈췄습니다. 파일이 손상되었거나 정상적인 프로그램이 만든 모양이 아닙니다. 마당과 다른 자료에는 영향이 없습니다. 만든 프로그램에서 열어 CSV나 GeoPackage 같은 다른 형식으로 저장해 올리고, 그래도 안 되면 파일과 함께 관리자에게 문의하십시오.",
    "reader_out_of_memory": "{file}{을} 읽는 데 메모리가 2 GB 넘게 들어 중단했습니다. 마당과 다른 자료에는 영향이 없습니다. 행이나 지역별로 나누거나 CSV·GeoPackage로 저장해 올리고, 그래도 안 되면 관리자에게 문의하십시오.",
    "reader_too_long": "{file}{을} 읽는 데 {seconds}초가 넘게 걸려 중단했습니다. 이 크기의 파일로는 지나치게 복잡합니다. 행이나 지역별로 나누거나 CSV·GeoPackage로 저장해 올리고, 그래도 안 되면 관리자에게 문의하십시오.",
    "reader_too_much": "{file}{을} 펼치면 {gigabytes} GB를 넘어 중단했습니다. 파일 크기에 비해 지나치게 큽니다. 안의 자료를 나누어 올리거나 CSV로 저장해 올리고, 그래도 안 되면 관리자에게 문의하십시오.",
    "original_not_shown": "이 형식은 원본 보기를 할 수 없습니다. 원본 파일을 내려받아 확인하십시오.",
    "original_too_large": "원본이 커서({megabytes} MB) 화면에서 다시 펼치지 않았습니다. 원본 파일을 내려받아 확인하십시오.",
    "folder_progress": "파일 {done} / {files} · {bytes_done} / {bytes}",
    "folder_reason": "  {sign} {count}건: {example}",
}
