"""Korean sentences of access."""

TEXTS: dict[str, str] = {
    "access_denied": "{thing}에 대해 이 일을 할 권한이 없습니다. 필요하면 담당 부서나 관리자에게 요청하십시오. (권한: {verb})",
}
