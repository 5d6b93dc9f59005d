"""What click itself says, in Korean."""

from __future__ import annotations

import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.termui
import click.types

_SAID = {
    "Usage:": "사용법:",
    "Options": "옵션",
    "Commands": "명령",
    "required": "꼭 적음",
    "default: {default}": "기본: {default}",
    "Show this message and exit.": "이 도움말을 봅니다.",
    "Show the version and exit.": "마당의 버전을 봅니다.",
    "Try '{command} {option}' for help.": "`{command} {option}`로 쓰는 법을 볼 수 있습니다.",
    "Error: {message}": "오류: {message}",
    "Error: invalid input": "오류: y나 n으로 답하십시오.",
    "Aborted!": "그만두었습니다.",
    "Missing command.": "명령을 적으십시오.",
    "Missing argument": "꼭 적어야 하는 것이 빠졌습니다:",
    "Missing option": "꼭 적어야 하는 옵션이 빠졌습니다:",
    "Missing parameter: {param_name}": "꼭 적어야 하는 것이 빠졌습니다: {param_name}",
    "No such option {name!r}.": "{name} 옵션은 없습니다.",
    "No such command {name!r}.": "{name} 명령은 없습니다.",
    "Invalid value: {message}": "쓸 수 없는 값입니다: {message}",
    "Invalid value for {param_hint}: {message}": "{param_hint}에 쓸 수 없는 값입니다: {message}",
    "{value!r} is not a valid {number_type}.": "{value}: 수가 아닙니다.",
    "{value} is not in the range {range}.": "{value}: {range} 안의 수가 아닙니다.",
    "Option {name!r} does not take a value.": "{name} 옵션에는 값을 적지 않습니다.",
    "file": "파일",
    "directory": "폴더",
    "path": "경로",
    "{name} {filename!r} does not exist.": "{filename} {name}: 찾을 수 없습니다.",
    "{name} {filename!r} is a file.": "{filename}: 폴더가 아니라 파일입니다.",
    "{name} {filename!r} is a directory.": "{filename}: 파일이 아니라 폴더입니다.",
}


def speak_korean() -> None:
    """Let click say its own texts in Korean; those without a translation stay English. Call before commands are made."""
    for module in (
        click.core,
        click.decorators,
        click.exceptions,
        click.formatting,
        click.termui,
        click.types,
    ):
        vars(module)["_"] = _translated


def _translated(said: str) -> str:
    return _SAID.get(said, said)
