"""Korean sentences of the web pages."""

TEXTS: dict[str, str] = {
    "port_taken": "{host}의 {port}번 포트에서 서비스를 시작할 수 없습니다: {reason}. 이미 열려 있는 것을 끄거나 `--port`로 다른 번호를 쓰십시오.",
    "records_damaged": "'{dataset}'의 기록이 손상되었습니다. `madang doctor`로 무엇이 빠졌는지 보고 백업에서 복원하십시오.",
    "synthetic_note": "{name}{은} 지어낸 도시입니다. 이 누리집의 사람, 가게, 글, 숫자는 모두 만들어 낸 것이며 실제와 관계가 없습니다.",
    "synthetic_title": "[표본] {title}",
    "synthetic_source": "{source} (지어낸 도시의 자료이며 실제와 관계가 없음)",
    "source_withheld": "주민등록번호가 든 파일이라 원본을 보관하지 않거나 봉인했습니다. 이 행은 올리신 파일에서 확인하십시오.",
    "places_personal": "이 데이터에는 가린 개인정보가 있어 위치를 한 행씩 지도에 찍지 않습니다. 데이터 화면에서 지역마다의 수를 보십시오.",
    "places_own_rows": "이 데이터는 내 부서의 행만 보여 지도를 그리지 않습니다. 표에서 보십시오.",
    "places_masked": "이 데이터에는 가린 개인정보가 있어 위치를 한 행씩 내보낼 수 없습니다. 다른 형식으로 내려받으십시오.",
    "rollback_reason": "까닭을 적으십시오. 되돌린 까닭은 기록에 남습니다.",
    "card_moved": "고치는 사이에 다른 사람이 이 카드를 고쳤습니다. 화면을 다시 열어 지금 카드를 보고 고치십시오.",
    "site_not_ready": "누리집을 열 준비를 하지 못했습니다(종료 코드 {exit_code}). 위에 나온 내용을 확인하십시오. 데이터베이스 주소나 작업 공간에 쓸 권한이 없는 때가 많습니다.",
}
