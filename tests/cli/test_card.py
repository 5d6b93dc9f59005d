"""The card: shown, written anew, and obeyed by the next deposit. All numbers are made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

import madang
from madang.cli import main

ROWS = "".join(f"{i},김나래{i % 7},010-2345-{i:04d},국민은행 738291-04-{918_000 + i}\n" for i in range(60))
MEMBERS = f"번호,이름,휴대전화,계좌번호\n{ROWS}"


@pytest.fixture
def said(tmp_path: Path) -> Any:
    workspace = str(tmp_path / "w")

    def say(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(main, ["-w", workspace, *arguments], catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result.output

    say("init", workspace)
    (tmp_path / "회원.csv").write_text(MEMBERS, encoding="utf-8")
    say("deposit", str(tmp_path / "회원.csv"))
    return say


def column(folder: Path, label: str) -> tuple[str, str, Any]:
    """Privacy, what was done, and the first value of a column of the live version."""
    live = madang.open(folder / "w").bank["회원"].latest
    assert live is not None
    (found,) = (each for each in live.columns if each.label == label)
    done = [each["action"] for each in live.facts["personal_data"] if each["label"] == label]
    return found.privacy, done[0], pq.read_table(live.files[0])[found.name][0].as_py()


@pytest.mark.slow
def test_the_next_deposit_obeys_the_card_also_with_the_same_file(said: Any, tmp_path: Path) -> None:
    assert column(tmp_path, "휴대전화") == ("personal", "restrict", "010-2345-0000")
    assert column(tmp_path, "계좌번호") == ("personal", "mask", "**** ******-**-******")
    said("card", "회원", "--personal", "mobile=mask", "--personal", "account=restrict", "--by", "정다온")
    (receipt,) = (
        json.loads(line) for line in said("deposit", str(tmp_path / "회원.csv"), "--json").splitlines()
    )
    assert receipt["version"] == 2
    assert column(tmp_path, "휴대전화") == ("personal", "mask", "***-****-****")
    assert column(tmp_path, "계좌번호") == ("personal", "restrict", "국민은행 738291-04-918000")
    said("card", "회원", "--personal", "mobile=keep", "--personal", "account=")
    said("deposit", str(tmp_path / "회원.csv"))
    assert column(tmp_path, "휴대전화") == ("none", "keep", "010-2345-0000")
    assert "unchanged" in said("deposit", str(tmp_path / "회원.csv"), "--json")


def test_a_resident_number_can_never_be_kept(said: Any, tmp_path: Path) -> None:
    assert "남기게 할 수 없습니다" in said("card", "회원", "--personal", "rrn=keep", code=2)
    assert "keep, restrict, mask" in said("card", "회원", "--personal", "mobile=show", code=2)
    assert "종류=처리" in said("card", "회원", "--personal", "mobile", code=2)
    cards = tmp_path / "w/bank/회원/cards"
    assert [path.name for path in cards.iterdir()] == ["1.json"]
    written = json.loads((cards / "1.json").read_text("utf-8"))
    (cards / "2.json").write_text(
        json.dumps({**written, "personal_data": {"rrn": "keep"}}), "utf-8"
    )  # by hand
    file = tmp_path / "회원.csv"
    file.write_text("번호,주민등록번호\n" + "".join(f"{i},900101-123456{i}\n" for i in range(9)), "utf-8")
    assert "주민등록번호" in said("deposit", str(file), code=3)


@pytest.mark.slow
def test_a_card_is_written_beside_the_old_one_with_who_wrote_it(said: Any, tmp_path: Path) -> None:
    said("card", "회원", "--title", "평생학습 회원", "--steward", "평생학습과", "--licence", "kogl-1", "--access", "restricted",
         "--rhythm", "30", "--keyword", "강좌", "--keyword", "회원", "--by", "정다온")  # fmt: skip
    card = json.loads(said("card", "회원", "--json"))
    assert (card["title"], card["steward"], card["licence"]) == ("평생학습 회원", "평생학습과", "kogl-1")
    assert (card["rhythm_days"], card["keywords"], card["by"]) == (30, ["강좌", "회원"], "정다온")
    assert (tmp_path / "w/bank/회원/cards/1.json").exists()
    shown = said("card", "회원")
    assert "공공누리 제1유형" in shown
    assert "휴대전화번호" in shown
    assert "평생학습 회원" in said("search", "평생학습")


def test_every_key_of_a_card_is_documented(said: Any) -> None:
    page = (Path(__file__).parents[2] / "docs/reference/command-line.md").read_text("utf-8")
    told = page.split("## `card ID --json`")[1].split("\n## ")[0]
    assert all(f"`{key}`" in told for key in json.loads(said("card", "회원", "--json")))
