"""Korean sentences of methods."""

TEXTS: dict[str, str] = {
    # survival, districts, coverage
    "lengths_differ": "{names}의 길이가 서로 다릅니다. 행마다 값이 하나씩 있어야 합니다.",
    "level_outside": "{level}{은} 0과 1 사이가 아닙니다.",
    "share_impossible": "{count}곳에서 세어진 수가 0보다 작거나 전체보다 큽니다. 센 것과 전체를 바꾸어 넣지 않았는지 확인하십시오.",
    "times_impossible": "{count}행의 기간이 비었거나 0보다 작거나, 지켜보기 시작한 때보다 먼저 끝납니다. 이런 행을 먼저 빼고 센 수를 함께 밝히십시오.",
    # hot spots, rates, scans
    "weights_too_few": "이웃을 정하려면 지역이나 점이 적어도 {least}곳 있어야 합니다. 지금은 {areas}곳입니다.",
    "weights_no_shape": "{count}곳에 도형이나 좌표가 없어 이웃을 정할 수 없습니다. 위치를 채우거나 그곳을 빼십시오.",
    "weights_lengths": "좌표의 수가 서로 다릅니다: x {areas}개, y {given}개. 같은 수로 맞추십시오.",
    "hot_spots_lengths": "값은 {given}개인데 지역은 {areas}곳입니다. 지역마다 값 하나를 주십시오.",
    "hot_spots_gaps": "{count}곳에 값이 없습니다. 값을 채우거나 그곳을 뺀 뒤 이웃을 다시 정하십시오.",
    "hot_spots_same": "모든 지역의 값이 같아 모인 곳을 가릴 수 없습니다. 다른 값이나 기간을 고르십시오.",
    "hot_spots_sum": "값의 합이 0이어서 Gi*를 셈할 수 없습니다. 건수처럼 0보다 큰 값을 고르십시오.",
    "rates_lengths": "건수는 {cases}곳, 인구는 {population}곳의 것입니다. 같은 지역끼리 맞추십시오.",
    "rates_values": "{count}곳의 건수나 인구가 비었거나 0보다 작습니다. 값을 확인하십시오.",
    "rates_nobody": "{count}곳은 사는 사람이 없어 율을 셈할 수 없습니다. 인구를 확인하거나 그곳을 빼십시오.",
    "scan_lengths": "건수는 {cases}곳, 인구는 {population}곳, 좌표는 {places}곳의 것이거나 기간의 수가 다릅니다. 같은 지역과 기간끼리 맞추십시오.",
    "scan_share": "원이 담을 인구의 몫 {share}{은} 0보다 크고 0.5 이하여야 합니다.",
    "scan_values": "{count}곳의 건수, 인구 또는 좌표가 비었거나 0보다 작거나 건수가 자연수가 아닙니다. 값을 확인하십시오.",
    "scan_no_cases": "건수가 모두 0이어서 모인 곳을 찾을 수 없습니다. 기간을 넓히십시오.",
    "scan_strangers": "{count}곳은 인구가 0인데 건수가 있습니다. 인구를 채우거나 이웃 지역과 합치십시오.",
    "scan_too_many": "지역이 {areas}곳이라 살필 원이 너무 많습니다. 원이 담을 인구의 몫을 줄이거나 더 넓은 지역으로 묶으십시오.",
    # forecasts
    "forecast_empty": "예측할 수열이 비어 있습니다. 기간마다 건수가 하나씩 있는 표를 주십시오.",
    "forecast_gap": "{count}칸이 비어 있습니다. 건수가 없던 기간은 0으로 채우고, 모르는 기간이면 그 앞을 잘라 내십시오.",
    "forecast_negative": "{count}칸의 건수가 0보다 작습니다. 값을 확인하십시오.",
    "forecast_season": "한 해의 기간 수가 {season}입니다. 1 이상이어야 합니다(주 52, 달 12).",
    "forecast_horizon": "앞으로 {horizon}기간을 예측할 수 없습니다. 1 이상을 주십시오.",
    "forecast_short": "기간이 {periods}개뿐입니다. 예측을 되짚어 시험하려면 적어도 {needed}개가 있어야 합니다.",
    "forecast_candidate": "'{name}'{은} 예측 방법의 이름이 아닙니다.",
    "forecast_combination": "중앙값으로 묶을 예측 방법이 하나도 없습니다. 하나 이상을 함께 고르십시오.",
    "forecast_level": "'{level}'{은} 이 계층에 없는 단계입니다. 계층을 만든 열 이름으로 고르십시오.",
    "forecast_series_twice": "이름표가 같은 맨 아래 수열이 두 개 이상 있습니다. 먼저 하나로 더하십시오.",
    "forecast_rows": "수열은 {rows}개인데 계층의 맨 아래는 {needed}개입니다. 같은 차례로 하나씩 주십시오.",
    "forecast_months": "달은 {months}개인데 아는 기간과 앞으로의 기간을 더하면 {needed}개입니다. 기간마다 달 하나를 주십시오.",
}
