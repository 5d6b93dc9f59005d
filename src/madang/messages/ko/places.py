"""Korean sentences about places: coordinate systems, areas, addresses."""

TEXTS: dict[str, str] = {
    # words and codes: code systems, names, addresses, coordinates
    "codes_none": "값이 있는 칸이 없음",
    "codes_unknown": "서로 다른 코드 {count}개가 아는 코드 체계 어디에도 맞지 않음",
    "codes_undecided": "{systems} 가운데 어느 체계인지 값만으로는 알 수 없음",
    "codes_fit": "서로 다른 코드 {of}개 가운데 {hits}개가 {system}에 있음",
    "code_digits": "숫자 {count}자리",
    "code_system_hjd": "행정동코드",
    "code_system_bjd": "법정동코드",
    "code_system_hjd8": "행정동코드 8자리",
    "code_system_sigungu": "시군구코드(행정안전부)",
    "code_system_sido": "시도코드(행정안전부)",
    "code_system_sgis": "통계청 행정구역코드",
    "code_system_opn7": "개방자치단체코드",
    "code_system_kdca": "질병관리청 시도코드",
    "code_system_pnu": "필지고유번호(PNU)",
    "code_system_building": "건물관리번호",
    "code_system_road": "도로명코드",
    "code_system_address": "도로명주소관리번호",
}
