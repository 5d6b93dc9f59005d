"""Korean sentences of methods."""

TEXTS: dict[str, str] = {
    # survival, districts, coverage
    "lengths_differ": "{names}의 길이가 서로 다릅니다. 행마다 값이 하나씩 있어야 합니다.",
    "level_outside": "{level}{은} 0과 1 사이가 아닙니다.",
    "share_impossible": "{count}곳에서 세어진 수가 0보다 작거나 전체보다 큽니다. 센 것과 전체를 바꾸어 넣지 않았는지 확인하십시오.",
    "times_impossible": "{count}행의 기간이 비었거나 0보다 작거나, 지켜보기 시작한 때보다 먼저 끝납니다. 이런 행을 먼저 빼고 센 수를 함께 밝히십시오.",
}
