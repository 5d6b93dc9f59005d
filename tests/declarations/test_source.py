"""Sources: what stands in ``content/sources``, read back as written, every slip told with file and key."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from madang.declarations.source import Change, Source, load_source, source_file, source_toml
from madang.messages import MadangError

CHANGE = Change("2026-11-20T10:00:00+09:00", "김담당", "header_rows", "3, 4", deposit="d1", file="공원.csv")
FULL = Source(
    "공원",
    encoding="cp949",
    delimiter="\t",
    header_rows=(3, 4),
    standard="library",
    crs="EPSG:5174",
    types={'면적 "m2" = [\\]': "text", "이름\x7f\n둘째 줄": "date"},
    mapping={"비고": "", "간판": "library_name"},
    labels=("면적", "이름"),
    width=3,
    history=(CHANGE, Change("2026-11-21T10:00:00+09:00", "b", "types", None, "면적")),
)


def write(folder: Path, content: str, name: str = "공원") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(content, encoding="utf-8")
    return file


@pytest.mark.parametrize("source", [FULL, Source("a"), Source("a", header_rows=()), Source("a", text=True)])
def test_what_is_written_is_read_back(tmp_path: Path, source: Source) -> None:
    write(tmp_path, source_toml(source), source.id)
    assert load_source(tmp_path, source.id) == source


def test_it_can_be_read_and_written_by_hand(tmp_path: Path) -> None:
    content = source_toml(FULL)
    assert content.startswith("# '공원' 데이터의 파일을 읽을 때 담당자가 정한 것입니다.")
    assert 'crs = "EPSG:5174"\n' in content
    assert tomllib.loads(content)["mapping"] == {"비고": "", "간판": "library_name"}
    write(
        tmp_path,
        'id = "공원"\nheader_rows = [2]\n[types]\n우편번호 = "text"\n'.replace("우편번호", '"우편번호"'),
    )
    by_hand = load_source(tmp_path, "공원")
    assert by_hand == Source("공원", header_rows=(2,), types={"우편번호": "text"})
    assert by_hand is not None
    assert by_hand.change("header_rows") is None


def test_a_dataset_nobody_told_about_has_none(tmp_path: Path) -> None:
    assert load_source(tmp_path / "none", "공원") is None


@pytest.mark.parametrize(
    ("content", "code", "key"),
    [
        ("id = ", "standard_toml", "-"),
        ("header_rows = [3]", "standard_key_missing", "id"),
        ('id = "다른이름"', "standard_id", "id"),
        ('id = "공원"\nheader_row = [3]', "standard_key_unknown", "header_row"),
        ('id = "공원"\nheader_rows = 3', "standard_type", "header_rows"),
        ('id = "공원"\nheader_rows = [0]', "standard_type", "header_rows"),
        ('id = "공원"\ntext = "yes"', "standard_type", "text"),
        ('id = "공원"\n[types]\n"수" = "numbr"', "standard_choice", "types.수"),
        (
            'id = "공원"\n[[history]]\nat = "2026"\nby = "a"\nsetting = "x"',
            "standard_choice",
            "history[1].setting",
        ),
    ],
)
def test_slips_are_told_with_file_and_key(tmp_path: Path, content: str, code: str, key: str) -> None:
    file = write(tmp_path, content)
    with pytest.raises(MadangError) as error:
        load_source(tmp_path, "공원")
    assert (error.value.code, error.value.params["file"], error.value.params["key"]) == (code, str(file), key)


def test_the_last_time_it_was_told_counts(tmp_path: Path) -> None:
    later = Change("2026-12-01T10:00:00+09:00", "c", "header_rows", "5")
    assert Source("a", history=(CHANGE, later)).change("header_rows") == later
    gone = Change("2026-12-02T10:00:00+09:00", "c", "header_rows", None)
    assert Source("a", history=(CHANGE, later, gone)).change("header_rows") is None


def test_a_name_longer_than_files_may_have_is_shortened_and_stays_its_own(tmp_path: Path) -> None:
    one, two = "가" * 119 + "나", "가" * 119 + "다"
    files = [source_file(tmp_path, each) for each in (one, two)]
    assert files[0] != files[1]
    assert all(len(file.name.encode()) < 255 for file in files)
    files[0].write_text(source_toml(Source(one, crs="EPSG:5186")), encoding="utf-8")
    assert load_source(tmp_path, one) == Source(one, crs="EPSG:5186")
    assert load_source(tmp_path, two) is None
