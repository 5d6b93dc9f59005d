"""Korean sentences of portal."""

TEXTS: dict[str, str] = {
    "edition_over": "'{dataset}'{은} 더는 개방하지 않는 자료입니다.",
}
