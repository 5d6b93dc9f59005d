"""Korean sentences of the web pages."""

TEXTS: dict[str, str] = {
    "port_taken": "{host}의 {port}번 포트에서 서비스를 시작할 수 없습니다: {reason}. 이미 열려 있는 것을 끄거나 `--port`로 다른 번호를 쓰십시오.",
}
