"""Korean sentences of deposits."""

TEXTS: dict[str, str] = {
    "review_outdated": "검토한 뒤에 파일이나 읽는 방법(표준, 기억한 것, 구역 대장)이 달라졌습니다. 다시 읽어 확인하십시오.",
}
