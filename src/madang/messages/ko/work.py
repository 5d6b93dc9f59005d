"""Korean sentences of work."""

TEXTS: dict[str, str] = {
    "job_kind_unknown": "'{kind}'{은} 알 수 없는 작업 종류입니다. 마당을 다시 시작해도 같으면 관리자에게 알리십시오.",
    "job_missing": "{number}번 작업이 없거나 볼 권한이 없습니다. 내 작업 목록에서 고르십시오.",
    "job_over": "{number}번 작업은 이미 끝났으므로 멈출 것이 없습니다.",
    "job_not_over": "{number}번 작업은 아직 끝나지 않았습니다. 끝난 뒤에 다시 하십시오.",
    "job_orphaned": "{number}번 작업을 맡은 프로그램의 소식이 끊겼습니다. 같은 작업을 다시 하십시오.",
    "job_timeout": "작업이 {seconds}초 안에 끝나지 않아 멈췄습니다. 더 작은 파일로 나누거나 관리자에게 알리십시오.",
    "job_died": "작업을 하던 프로그램이 갑자기 끝났습니다(끝난 값 {value}). 다시 해 보고, 또 그러면 관리자에게 알리십시오.",
    "job_broken": "작업을 하다가 마당 안에서 오류가 났습니다({kind}). 다시 해 보고, 또 그러면 관리자에게 알리십시오.",
    "notice_job_failed": "‘{job}’ 작업({number}번)이 실패했습니다. {reason}",
    "work_started": "작업을 맡습니다. 멈추려면 Ctrl+C를 누르십시오.",
    "work_ended": "작업 맡기를 마쳤습니다.",
}
