"""Korean sentences of the sample city."""

TEXTS: dict[str, str] = {
    "sample_folder_taken": "'{path}'에는 다른 것이 있습니다. 빈 폴더를 주십시오.",
    "sample_other_city": "'{path}'에는 다른 설정(시드 {seed}, 규모 {scale}, {until}까지)으로 만든 도시가 있습니다. 다른 폴더를 주거나 그 폴더를 지우십시오.",
    "sample_scale": "규모는 {low}에서 {high} 사이여야 합니다: {given}",
    "sample_building": "도시를 만듭니다: {label} ({done}/{steps})",
    "sample_writing": "파일을 씁니다: {label} ({done}/{steps})",
    "sample_made": "지어낸 도시를 만들었습니다: {path} · 첫 전달 {first}개 파일, 한 달 뒤 전달 {second}개 파일 · 심은 결함 {defects}건 · {seconds}초",
    "sample_there": "이미 만들어진 도시입니다: {path} · 심은 결함 {defects}건",
    "sample_depositing": "{part}번째 전달을 입고합니다: 파일 {files}개",
    "sample_deposited": "입고했습니다: 데이터 {datasets}개 · {rows}행 · 문제 {problems}건 · 반려 {refused}건 · {seconds}초",
    "sample_name": "{name} (표본)",
    "score_rule": "규칙",
    "score_planted": "심음",
    "score_found": "찾음",
    "score_extra": "더 알림",
    "score_sum": "심은 결함 {planted}건, 알린 문제 {reported}건 · 재현율 {recall}, 정밀도 {precision}",
    "score_missed": "놓침: {file} {row}행 {rule}",
    "score_extra_row": "심지 않은 것을 알림: {file} {row}행 {rule}",
    "feed_serving": "실시간 값을 내보냅니다: http://127.0.0.1:{port} (시드 {seed}) · /rain /river /traffic /parking · 정답은 /truth · 끝내기 Ctrl+C",
    "feed_ended": "실시간 값 내보내기를 끝냈습니다.",
    "feed_port": "포트 {port}에서 들을 수 없습니다({error}). `--port`로 다른 번호를 주십시오.",
}
