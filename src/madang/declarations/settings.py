"""The settings of a workspace: ``madang.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from madang.messages import MadangError

_TEMPLATE = """# 마당 작업 공간 설정. 비밀번호 같은 비밀은 여기에 쓰지 않습니다(환경 변수로 줍니다).
name = {name}            # 화면에 나오는 기관 이름
area_code = {area_code}           # 행정구역 코드 10자리 (예: 시군구)
theme_colour = "#256ef4"
rrn_original = "discard" # 주민등록번호가 든 원본 파일: discard(두지 않음) 또는 seal(봉인해 따로 둠)
trust_unverified_changes = false # 확인되지 않은 행정구역 변경으로도 옛 코드를 지금 코드로 잇기
synthetic = {synthetic} # 지어낸 표본 도시의 자료이면 true: 모든 화면이 그렇다고 밝힌다
"""
# on this machine: threads of a process, or processes of workers (how many, processors and MB of each); or a cluster
_SPARK = re.compile(r"local\[(\d+|\*)\]|local-cluster\[\d+, ?\d+, ?\d+\]|spark://[\w.-]+:\d+(,[\w.-]+:\d+)*")


@dataclass(frozen=True)
class Settings:
    """What ``madang.toml`` says."""

    name: str
    area_code: str = ""
    theme_colour: str = "#256ef4"
    rrn_original: str = "discard"  # or "seal": what becomes of an original with resident registration numbers
    trust_unverified_changes: str = "False"  # or "True": codes follow changes that were noted from memory
    synthetic: str = "False"  # or "True": the city is made up, and every page says so
    spark: str = ""  # of [engine]: the Spark that analyses compute on; "" for DuckDB

    @property
    def is_synthetic(self) -> bool:
        return self.synthetic == "True"

    @property
    def withholding(self) -> Literal["discard", "seal"]:
        return "seal" if self.rrn_original == "seal" else "discard"


def load_settings(toml: Path) -> Settings:
    """Raises MadangError("settings_broken")."""
    try:
        values = tomllib.loads(toml.read_text(encoding="utf-8"))
        engine = dict(values.pop("engine", {}))
        settings = Settings(spark=_spark(**engine), **{key: str(value) for key, value in values.items()})
    except (tomllib.TOMLDecodeError, TypeError, ValueError) as error:
        raise MadangError("settings_broken", path=toml, reason=error) from error
    for key, allowed in (
        ("rrn_original", ("discard", "seal")),
        ("trust_unverified_changes", ("True", "False")),
        ("synthetic", ("True", "False")),
    ):
        value = getattr(settings, key)
        if value not in allowed:
            raise MadangError("settings_broken", path=toml, reason=f"{key} = {value!r}")
    return settings


def _spark(spark: str = "") -> str:
    """The address of a Spark, checked. Raises ValueError, and TypeError for other keys."""
    if spark and not (isinstance(spark, str) and _SPARK.fullmatch(spark)):
        raise ValueError(f"engine.spark = {spark!r}")
    return spark


def settings_toml(name: str, area_code: str = "", synthetic: bool = False) -> str:
    """The file of a new workspace called `name`."""
    return _TEMPLATE.format(
        name=_quoted(name), area_code=_quoted(area_code), synthetic=str(synthetic).lower()
    )


def _quoted(said: str) -> str:
    return '"' + said.replace("\\", "\\\\").replace('"', '\\"') + '"'
