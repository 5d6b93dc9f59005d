"""Korean sentences of sources."""

TEXTS: dict[str, str] = {
    "origin_exists": "'{id}' 수집원이 이미 있습니다. 다른 이름을 지으십시오.",
    "source_parameter": "인자 '{line}'{을} 읽을 수 없습니다. 한 줄에 하나씩 이름=값으로 적으십시오.",
    "notice_collect_failed": "'{title}' 수집이 실패했습니다. {reason}",
}
