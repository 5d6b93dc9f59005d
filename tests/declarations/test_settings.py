"""``madang.toml``: what a new workspace says, and what it may say."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.declarations.settings import Settings, load_settings, settings_toml
from madang.messages import MadangError


def settings(tmp_path: Path, text: str) -> Settings:
    (tmp_path / "madang.toml").write_text(text, encoding="utf-8")
    return load_settings(tmp_path / "madang.toml")


def test_a_new_workspace_says_its_name_and_nothing_made_up(tmp_path: Path) -> None:
    made = settings(tmp_path, settings_toml('따옴표 "구" \\'))
    assert (made.name, made.area_code, made.is_synthetic, made.withholding) == (
        '따옴표 "구" \\',
        "",
        False,
        "discard",
    )


def test_a_made_up_city_says_so(tmp_path: Path) -> None:
    made = settings(tmp_path, settings_toml("여울구", "9911000000", True))
    assert (made.area_code, made.is_synthetic) == ("9911000000", True)


def test_an_old_file_without_the_newer_settings_is_read(tmp_path: Path) -> None:
    assert not settings(tmp_path, 'name = "가나구"').is_synthetic


@pytest.mark.parametrize(
    "line", ['synthetic = "maybe"', "synthetic = 1", 'rrn_original = "keep"', "unknown = 1", "name ="]
)
def test_nonsense_is_refused_with_its_key(tmp_path: Path, line: str) -> None:
    with pytest.raises(MadangError) as refused:
        settings(tmp_path, f'name = "가나구"\n{line}')
    assert refused.value.code == "settings_broken"


@pytest.mark.parametrize(
    "where",
    [
        "local[2]",
        "local[*]",
        "local-cluster[2,1,1024]",
        "spark://10.0.0.5:7077",
        "spark://a.go.kr:7077,b.go.kr:7077",
    ],
)
def test_a_spark_is_named_by_its_address(tmp_path: Path, where: str) -> None:
    assert settings(tmp_path, f'name = "가나구"\n[engine]\nspark = "{where}"').spark == where
    assert settings(tmp_path, 'name = "가나구"').spark == ""


@pytest.mark.parametrize(
    "said",
    [
        'spark = "sparky"',
        "spark = 2",
        'duckdb = "x"',
        'spark = "spark://:7077"',
        'spark = "local[2]\\n--conf x"',
    ],
)
def test_another_engine_is_refused(tmp_path: Path, said: str) -> None:
    with pytest.raises(MadangError) as refused:
        settings(tmp_path, f'name = "가나구"\n[engine]\n{said}')
    assert refused.value.code == "settings_broken"


def test_an_engine_without_a_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MadangError) as refused:
        settings(tmp_path, 'name = "가나구"\nengine = "spark"')
    assert refused.value.code == "settings_broken"
