"""The rows of a page for programs: the same question in curl, Python, R and Excel, to copy."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from madang.web.desk.asked import Asked

ROWS = "/api/v1/datasets/{id}/rows"


@dataclass(frozen=True)
class Recipe:
    """One example to copy."""

    id: str
    label: str
    code: str


def recipes(asked: Asked, host: str) -> list[Recipe]:
    """Examples against the server at `host` (https://data.example.kr). A token stands where one's own belongs."""
    start = host + ROWS.format(id=quote(asked.dataset.id))
    query = asked.link(asked.bare)
    url = start + (query if query != "?" else "")
    return [
        Recipe("curl", "curl", f"curl -H 'Authorization: Bearer TOKEN' \\\n  '{_shell(url)}'"),
        Recipe("python", "Python", _python(url)),
        Recipe("r", "R", _r(url)),
        Recipe("excel", "Excel (Power Query)", _excel(url)),
    ]


def _shell(url: str) -> str:
    return url.replace("'", "%27")


def _python(url: str) -> str:
    return (
        "import requests\n\n"
        f'answer = requests.get("{_shell(url)}",\n'
        '                      headers={"Authorization": "Bearer TOKEN"})\n'
        "answer.raise_for_status()\n"
        'rows = answer.json()["rows"]'
    )


def _r(url: str) -> str:
    return (
        "library(httr2)\n\n"
        f'rows <- request("{_shell(url)}") |>\n'
        '  req_auth_bearer_token("TOKEN") |>\n'
        "  req_perform() |>\n"
        "  resp_body_json(simplifyVector = TRUE)"
    )


def _excel(url: str) -> str:
    return (
        "let\n"
        f'  Answer = Json.Document(Web.Contents("{_shell(url)}",\n'
        '    [Headers = [Authorization = "Bearer TOKEN"]])),\n'
        "  Table = Table.FromRecords(Answer[rows])\n"
        "in\n  Table"
    )
