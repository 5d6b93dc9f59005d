"""Korean sentences of portal."""

TEXTS: dict[str, str] = {
    "edition_over": "'{dataset}'{은} 더는 개방하지 않는 자료입니다.",
    "edition_version_closed": "'{dataset}' {version}판은 나중 결정에 따라 닫았습니다. 지금 개방하는 판을 쓰십시오: /open/{dataset}/",
    "portal_too_often": "한 주소에서 1분에 {limit}번까지 열 수 있습니다. {seconds}초 뒤에 다시 여십시오.",
}
