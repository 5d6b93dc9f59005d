"""Korean sentences of exports."""

TEXTS: dict[str, str] = {
    "format_unknown": "'{format}'{은} 내보낼 수 있는 형식이 아닙니다. 쓸 수 있는 형식: {formats}.",
    "export_too_wide": "열이 {columns}개여서 엑셀 파일로 내보낼 수 없습니다(엑셀은 {limit}개까지). csv나 parquet으로 내보내십시오.",
    "export_sheet": "데이터",
    "export_sheet_about": "정보",
    "export_about_title": "데이터와 판",
    "export_about_as_of": "기준일",
    "export_about_source": "원본 파일",
    "export_about_rows": "행 수",
    "export_about_cut": "잘린 칸",
    "export_about_cut_cells": "{cells}칸을 엑셀의 한도인 {limit}자에서 잘랐습니다. 온전한 값은 csv로 내보내면 있습니다.",
    "export_hwpx_about": "기준일 {as_of}, 원본 {source}.",
    "export_hwpx_cut": "전체 {rows}행 가운데 처음 {shown}행입니다. 나머지는 CSV나 엑셀로 내려받으십시오.",
    "export_hwpx_narrow": "항목 {columns}개 가운데 처음 {shown}개입니다.",
    "export_yes": "예",
    "export_no": "아니요",
}
