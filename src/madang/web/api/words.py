"""Words of the page about the API: what each address and parameter is for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as lazy

GROUPS = {
    "datasets": lazy("데이터"),
    "search": lazy("찾기"),
    "rows": lazy("행"),
    "downloads": lazy("파일로 받기"),
    "runs": lazy("분석"),
    "deposits": lazy("올리기"),
    "me": lazy("나"),
}
OPERATIONS = {
    "list_datasets": lazy("볼 수 있는 데이터를 낱말과 갈래로 찾습니다."),
    "get_dataset": lazy("데이터가 무엇인지, 지금 판의 항목과 함께 알려 줍니다."),
    "list_versions": lazy("데이터의 모든 판을 새것부터 알려 줍니다."),
    "get_version": lazy("한 판과 그 항목을 알려 줍니다."),
    "diff_versions": lazy("두 판 사이에 바뀐 칸, 더해지고 빠진 행을 알려 줍니다."),
    "search": lazy("낱말에 답하는 데이터를 찾습니다. 초성, 비슷한 말, 오타도 알아듣습니다."),
    "get_rows": lazy("행을 고르고, 찾고, 거르고, 정렬하거나 묶어 한 쪽씩 줍니다."),
    "get_sketches": lazy("항목마다 빈 칸, 범위, 분포나 잦은 값을 알려 줍니다."),
    "get_problems": lazy("원본 파일의 몇 행에 무엇이 잘못되었는지 알려 줍니다."),
    "download": lazy("한 판, 또는 조건에 맞는 행을 파일로 줍니다."),
    "list_analyses": lazy("물을 수 있는 모든 분석을 알려 줍니다."),
    "get_analysis": lazy(
        "분석 하나의 정할 수 있는 값, 쓰는 데이터의 자리, 자리마다 맞는 데이터를 알려 줍니다."
    ),
    "list_runs": lazy("볼 수 있는 실행을 새것부터 알려 줍니다."),
    "begin_run": lazy(
        "분석을 실행합니다. 같은 것을 실행한 적이 있으면 200과 그 열쇠, 아니면 202와 작업을 줍니다."
    ),
    "get_run": lazy("실행의 결과를 줍니다. 내가 시킨 실행이 아직 끝나지 않았으면 202와 진행을 줍니다."),
    "cancel_run": lazy("기다리거나 하고 있는 내 실행을 멈춥니다."),
    "get_run_table": lazy("결과의 표를 한 쪽씩, 또는 모두 CSV, Parquet, Arrow로 줍니다."),
    "why": lazy("표의 한 칸에서 그 값을 만든 데이터의 행까지 거슬러 갑니다."),
    "deposit": lazy("파일을 새 판으로 올립니다. 본문에 파일을 그대로 넣거나 multipart의 file로 보냅니다."),
    "get_job": lazy("올린 파일이 어디까지 처리되었는지, 끝났으면 접수증을 줍니다."),
    "who_am_i": lazy("이 토큰이 누구의 것이고 무엇을 할 수 있는지 알려 줍니다."),
}
PARAMETERS = {
    "dataset": lazy("데이터 이름(id)"),
    "job": lazy("작업 번호"),
    "analysis": lazy("분석 이름(id)"),
    "run": lazy("실행의 열쇠"),
    "table": lazy("결과의 표 이름"),
    "column": lazy("표의 항목 이름"),
    "row": lazy("표의 몇 번째 행. 0부터 셉니다."),
    "q": lazy("찾을 낱말. 모두 들어 있어야 합니다."),
    "theme": lazy("이 분류만"),
    "steward": lazy("이 담당 자리만"),
    "access": lazy("이 열람 범위만"),
    "licence": lazy("이 이용 조건만"),
    "standard": lazy("이 표준만"),
    "limit": lazy("한 번에 받을 수"),
    "offset": lazy("건너뛸 수. 끝까지 읽을 때는 next가 낫습니다."),
    "after": lazy("앞 쪽이 끝난 곳. 답의 next에 들어 있습니다."),
    "select": lazy("받을 항목. 쉼표로 잇습니다."),
    "sort": lazy("정렬할 항목. 쉼표로 잇고, 큰 것부터면 앞에 -를 붙입니다."),
    "filters": lazy("항목=값, 항목.연산=값. 연산: eq ne lt le gt ge in null contains starts"),
    "group": lazy("묶을 항목"),
    "measure": lazy("셀 것: count, 또는 distinct sum mean min max median에 항목을 붙여 sum.요금처럼"),
    "total": lazy("모두 몇 행인지도 셉니다."),
    "format": lazy("답의 형식"),
    "version": lazy("몇 번째 판. 없으면 지금 판입니다."),
    "as_of": lazy("이 날이 끝날 때의 판"),
    "a": lazy("앞의 판"),
    "b": lazy("뒤의 판"),
    "name": lazy("본문이 파일일 때 파일 이름. 확장자까지 씁니다."),
}
