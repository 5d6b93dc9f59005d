"""Who asks to be erased is also searched in files that were refused: they became no version, and their bytes are kept."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from unicodedata import normalize
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from madang.bank import Bank
from madang.bank.erase import erase, pending, receipt_of, replay, tombstones
from madang.messages import MadangError
from tests.bank.made import LIBRARIES, NOON, make_version, read
from tests.bank.test_erase_and_backup import PHONE, everywhere

DAY = timedelta(days=1)


@pytest.fixture
def bank(tmp_path: Path) -> Bank:
    return Bank(tmp_path / "workspace" / "bank")


def refused(bank: Bank, body: bytes, *, dataset: str = "libraries", days: int = 0) -> str:
    """Put a file on record that was refused, its bytes kept and a problem quoted; its SHA-256."""
    source = bank.folder.parent / "source"
    source.parent.mkdir(parents=True, exist_ok=True)
    source.write_bytes(body)
    sha256 = bank.snapshots.put(source)
    at = NOON + timedelta(days=days, hours=1)
    problems = bank.folder.parent / "problems.parquet"
    pq.write_table(pa.table({"row": [1], "value": [PHONE]}), problems)
    receipt = {"file": "a.csv", "sha256": sha256, "verdict": "refused", "reasons": [], "at": at.isoformat()}
    facts = {"columns": [], "left_out": [{"text": PHONE}]}
    bank.record(dataset, receipt=receipt, facts=facts, problems=problems, at=at)
    source.unlink()
    problems.unlink()
    return sha256


def zipped(text: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<sst><si><t>{text}</t></si></sst>")
    return held.getvalue()


BODIES = {
    "utf-8": f"이름,전화\n가,{PHONE}\n".encode(),
    "cp949": f"이름,전화\n가,{PHONE}\n".encode("cp949"),
    "utf-16": f"이름,전화\n가,{PHONE}\n".encode("utf-16"),
    "across blocks": b"x" * ((1 << 20) - 3) + b"," + PHONE.encode() + b"\n",
    "workbook": zipped(PHONE),
    "cannot be searched": gzip.compress(PHONE.encode()),
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_refused_original_that_holds_the_person_goes_with_what_was_listed_of_it(
    bank: Bank, kind: str
) -> None:
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    gone = refused(bank, BODIES[kind])
    other = refused(bank, f"이름,전화\n나,{PHONE}9\n나,1{PHONE}\n".encode())  # numbers that hold hers
    stone = erase(bank, "libraries", column="phone", value=PHONE, ground="요구", by="lee", at=NOON + DAY)
    assert gone in stone.originals
    assert not bank.snapshots.is_kept(gone)
    assert bank.snapshots.is_kept(other)
    assert PHONE not in [row["phone"] for version in bank["libraries"].versions for row in read(version)]
    left = {str(path) for path in everywhere(bank.folder, PHONE)}
    assert all(other in path for path in left if "snapshots" in path)
    assert (pending(bank), replay(bank)) == ([], [])


def test_who_stands_in_a_refused_file_alone_is_erased_too(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    gone = refused(bank, "이름,전화\n마,02-999-0000\n".encode())
    kept = refused(
        bank, gzip.compress(b"02-999-0000")
    )  # cannot be searched, and no row says that she is here
    stone = erase(
        bank, "libraries", column="phone", value="02-999-0000", ground="요구", by="lee", at=NOON + DAY
    )
    assert (stone.rows, stone.snapshots, stone.originals) == (0, 1, (gone,))
    assert bank.snapshots.is_kept(kept)
    assert bank["libraries"].versions[0].rows == len(LIBRARIES)
    with pytest.raises(MadangError) as caught:
        erase(bank, "libraries", column="phone", value="02-111-1111", ground="요구", by="lee", at=NOON + DAY)
    assert caught.value.code == "erase_nothing"


NAME = "김담장 & 아들"
DIGITS = PHONE.replace("-", "")
OTHERWISE = {  # value, bytes
    "utf-16, the other end first": (PHONE, f"전화\n{PHONE}\n".encode("utf-16-be")),
    "utf-16 beside Korean": (PHONE, f"갰{PHONE}갰".encode("utf-16-le")),
    "utf-16, the other end first, beside Korean": (PHONE, f"갰{PHONE}갰".encode("utf-16-be")),
    "cp949 beside Korean": (PHONE, f"똠{PHONE}똠".encode("cp949")),
    "as macOS writes it": (NAME, normalize("NFD", NAME).encode()),
    "asked for as macOS writes it": (normalize("NFD", NAME), NAME.encode("cp949")),
    "without hyphens": (PHONE, f"전화\n{DIGITS}\n".encode()),
    "with hyphens": (DIGITS, f"전화\n{PHONE}\n".encode()),
    "with other signs": (PHONE, f"전화\n{PHONE.replace('-', ') ', 1).replace('-', '.')}\n".encode()),
    "without hyphens, utf-16": (PHONE, f"전화\n{DIGITS}\n".encode("utf-16")),
    "JSON": (NAME, json.dumps({"이름": f"가\n{NAME}"}).encode()),
    "JSON in capitals": (NAME, json.dumps({"이름": NAME}).replace("ae40", "AE40").encode()),
    "JSON after a Korean character": (PHONE, json.dumps(f"담{PHONE}").encode()),
    "XML": (NAME, f"<n>{escape(NAME)}</n>".encode("ascii", "xmlcharrefreplace")),
    "XML in hexadecimal": (NAME, ("<n>" + "".join(f"&#x{ord(each):X};" for each in NAME) + "</n>").encode()),
    "without the zero that Excel takes": (PHONE, f"전화\n{DIGITS[1:]}\n".encode()),
    "without the zero, in a workbook": (PHONE, zipped(DIGITS[1:])),
    "asked for without the zero": (DIGITS[1:], f"전화\n{PHONE}\n".encode()),
    "as dialled from other countries": (PHONE, f"전화\n+82-{PHONE[1:]}\n".encode()),
    "as dialled, without anything": (PHONE, f"전화\n82{DIGITS[1:]}\n".encode("utf-16-le")),
    "as dialled, with the zero": (PHONE, f"전화\n0082 (0){PHONE[1:]}\n".encode()),
    "asked for as dialled": (f"+82-{PHONE[1:]}", f"전화\n{PHONE}\n".encode()),
    "with a long hyphen": (PHONE, PHONE.replace("-", "\u2013").encode()),
    "with a hyphen that holds together": (PHONE, PHONE.replace("-", "\u2011").encode("utf-16")),
    "with a space that holds together": (PHONE, PHONE.replace("-", "\u00a0").encode()),
    "with such a space in XML": (PHONE, PHONE.replace("-", "&#160;").encode("cp949")),
    "with blanks and hyphens": (PHONE, PHONE.replace("-", "  -  ").encode()),
    "in wide digits": (PHONE, PHONE.translate({ord("0") + n: 0xFF10 + n for n in range(10)}).encode("cp949")),
    "behind a word": (PHONE, f"tel{PHONE}".encode()),
    "before a word": (PHONE, f"{DIGITS}tel".encode()),
    "bold in the middle": (NAME, zipped("김담</t></r><r><rPr><b/><sz val=\"11\"/></rPr><t>장 &amp; 아들")),
    "a number bold in the middle": (PHONE, zipped(f"{PHONE[:6]}</t></r>\n<r><t>{PHONE[6:]}")),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERWISE)
def test_the_person_is_found_however_she_is_written(bank: Bank, kind: str) -> None:
    value, body = OTHERWISE[kind]
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    gone = refused(bank, body)
    other = refused(bank, f"{PHONE}9\n1{DIGITS}\n김담장\n{DIGITS}9".encode())
    stone = erase(bank, "libraries", column="phone", value=value, ground="요구", by="lee", at=NOON + DAY)
    assert gone in stone.originals
    assert not bank.snapshots.is_kept(gone)
    assert bank.snapshots.is_kept(other)


NOT_HERS = {
    "a longer number": (PHONE, f"1{DIGITS} {DIGITS}1 1{DIGITS[1:]} 5{PHONE[1:]} +81-{DIGITS[1:]}1".encode()),
    "digits in cells of their own": (PHONE, ",".join(DIGITS).encode()),
    "digits in cells of a workbook": (PHONE, zipped("</v></c><c><v>".join(DIGITS))),
    "half a name in two cells": (NAME, zipped("김담</t></si><si><t>장 &amp; 아들")),
    "half a name in two paragraphs": (
        NAME,
        "<w:p><w:t>김담</w:t></w:p><w:p><w:t>장 & 아들</w:t></w:p>".encode(),
    ),
}


@pytest.mark.parametrize("kind", NOT_HERS)
def test_what_only_looks_like_her_stays(bank: Bank, kind: str) -> None:
    value, body = NOT_HERS[kind]
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    kept, gone = refused(bank, body), refused(bank, f"이름\n{value}\n".encode())
    stone = erase(bank, "libraries", column="phone", value=value, ground="요구", by="lee", at=NOON + DAY)
    assert gone in stone.originals
    assert bank.snapshots.is_kept(kept)


def test_refused_files_that_cannot_be_searched_and_are_kept_stand_in_the_receipt(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    gone = refused(bank, "이름,전화\n마,02-999-0000\n".encode())
    packed = [refused(bank, body) for body in (gzip.compress(b"x"), b"%PDF-1.7 x", b"\xd0\xcf\x11\xe0 x")]
    refused(bank, b"a,b\n1,2\n")  # was searched
    refused(bank, zipped("x"))  # too
    stone = erase(
        bank, "libraries", column="phone", value="02-999-0000", ground="요구", by="lee", at=NOON + DAY
    )
    assert stone.originals == (gone,)
    assert stone.unread == tuple(sorted(f"a.csv ({each[:12]})" for each in packed))
    assert receipt_of(stone)["unread"] == stone.unread
    assert tombstones(bank)[0].unread == stone.unread


def test_what_an_encoding_cannot_write_is_not_left_out_of_the_word(bank: Bank) -> None:
    """The word é김 has no é in CP949: a file that holds 김 is not hers."""
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    other = refused(bank, "이름\n김\n".encode("cp949"))
    with pytest.raises(MadangError):
        erase(bank, "libraries", column="phone", value="é김", ground="요구", by="lee", at=NOON + DAY)
    assert bank.snapshots.is_kept(other)


def test_a_dataset_of_nothing_but_refused_files_is_searched(bank: Bank) -> None:
    gone = refused(bank, BODIES["utf-8"])
    stone = erase(bank, "libraries", column="전화", value=PHONE, ground="요구", by="lee", at=NOON + DAY)
    assert stone.originals == (gone,)
    assert everywhere(bank.folder, PHONE) == []


def test_bytes_that_a_version_was_made_of_elsewhere_stay(bank: Bank) -> None:
    version = make_version(bank, "others", LIBRARIES, at=NOON)
    make_version(bank, "libraries", LIBRARIES[1:], at=NOON)
    path = bank.snapshots.path(str(version.receipt["sha256"]))
    again = refused(bank, path.read_bytes())
    assert again == version.receipt["sha256"]
    value = LIBRARIES[1]["phone"]
    erase(bank, "libraries", column="phone", value=value, ground="요구", by="lee", at=NOON + DAY)
    assert bank.snapshots.is_kept(again)


def test_an_erasure_that_was_killed_before_the_refused_file_went_is_finished(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    gone = refused(bank, "이름,전화\n마,02-999-0000\n".encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(bank.snapshots), "remove", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            erase(
                bank, "libraries", column="phone", value="02-999-0000", ground="요구", by="lee", at=NOON + DAY
            )
    assert [each.originals for each in tombstones(bank)] == [(gone,)]
    assert len(pending(bank)) == 1
    replay(bank)
    assert not bank.snapshots.is_kept(gone)
    assert pending(bank) == []


def test_a_file_refused_after_the_erasure_stays(bank: Bank) -> None:
    make_version(bank, "libraries", LIBRARIES, at=NOON)
    erase(bank, "libraries", column="phone", value=PHONE, ground="요구", by="lee", at=NOON + DAY)
    later = refused(bank, BODIES["utf-8"], days=2)
    replay(bank)
    assert bank.snapshots.is_kept(later)
