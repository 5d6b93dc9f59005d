"""Korean sentences of audit."""

TEXTS: dict[str, str] = {
    "journal_broken": "명령줄 기록이 {line}번째 줄에서 이어지지 않습니다: {path}. 파일을 고치지 말고 백업과 견주어 보십시오.",
    "audit_whole": "감사 기록이 온전합니다: {entries}건, 머리 {head}",
    "audit_broken": "감사 기록이 {number}번째에서 이어지지 않습니다. 누군가 고쳤거나 지웠습니다. 데이터베이스를 백업과 견주어 보십시오.",
    "audit_cut": "감사 기록의 끝이 잘렸습니다: 봉인에는 {sealed}건, 남은 것은 {entries}건입니다.",
    "audit_seal_broken": "감사 기록의 봉인이 맞지 않습니다. 기록이 바뀌었거나 MADANG_SECRET_KEY가 바뀌었습니다.",
    "audit_head_unknown": "적어 둔 머리 {head}{이} 기록 안에 없습니다. 그 뒤에 기록이 갈아 끼워졌습니다.",
    "audit_day_wrong": "'{value}'{은} 날짜가 아니어서 찾지 않았습니다. 2026-07-01처럼 적으십시오.",
    "reason_short": "까닭을 10자 이상 적으십시오. 업무 이름과 문서번호를 적으면 나중에 찾기 쉽습니다.",
}
