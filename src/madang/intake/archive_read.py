"""Archives: each file in a ZIP (also one ZIP within it) or a GZIP is read by the reader of its form."""

from __future__ import annotations

import gzip
import re
import stat
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO, cast

from madang.intake.archive_guard import BROKEN, UNPACKED_LIMIT, Unsafe, checked, name_of
from madang.intake.forms import read_here
from madang.intake.kinds import kind_of
from madang.intake.problems import ProblemSink
from madang.intake.raw import Evidence, Override, Progress, RawTable, Refused, no_progress

DEPTH = 2  # archives within archives
_MEMBERS = 2_000  # each becomes a table or a refusal of its own
_BLOCK = 1 << 20
_GZIP = b"\x1f\x8b"
_GZIP_RATIO, _GZIP_FROM = 1_100, 100 * 1024**2  # deflate itself reaches 1,032
_TOLD = 30
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.|~\$|thumbs\.db$|desktop\.ini$)", re.I)
_PICTURES = frozenset(
    ".png .jpg .jpeg .gif .bmp .tif .tiff .svg .webp .ico .pdf .doc .docx .ppt .pptx .mp3 .mp4 .exe .dll .md .rtf .log"
    " .css .js .py .r .sql .ini .yml .yaml .toml".split()
)
_NOTES = re.compile(
    r"(?:read\s*_?me|읽어\s*보|읽어\s*주|안내|설명|라이[선센]스|licen[cs]e|notice|변경\s*이력)", re.I
)
_PARTS = (".dbf", ".shx", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".fbn", ".fbx", ".shp.xml")
_NO_TABLE = frozenset(
    "form_not_supported file_empty no_table workbook_no_table document_no_table archive_no_table".split()
)
_LAYER_EXTENSION = ".shp"


@dataclass(frozen=True)
class _Member:
    """A file of an archive: its path as people wrote it, and what of the archive it is made of."""

    name: str
    infos: tuple[zipfile.ZipInfo, ...]  # several: the parts of one shapefile, the .shp first


@dataclass
class _Unpacking:
    """One deposit of an archive: where things go, and what may still be unpacked."""

    place: Path
    override: Override
    left: int = UNPACKED_LIMIT
    count: int = 0
    tables: list[RawTable] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def folder(self) -> Path:
        """A new folder for one member."""
        self.count += 1
        if self.count > _MEMBERS:
            raise Unsafe("reason_files_over", count=f"{_MEMBERS:,}")
        made = self.place / f"m{self.count}"
        made.mkdir()
        return made


def read_archive(
    path: Path, place: Path, override: Override, progress: Progress = no_progress
) -> list[RawTable]:
    """The tables of all files of an archive, staged in `place`.

    The member is the path inside (with "/<sheet>" where such a file has several tables). A file that is broken
    comes as a table with `refused` set; files that are no tables are named in the first table's evidence. The parts
    of a shapefile are one file. Progress counts files.
    Raises Refused: archive_broken, archive_unsafe, archive_encrypted, archive_no_table.
    """
    unpacking = _Unpacking(place, override)
    _take(path, path.name, "", 1, unpacking, progress)
    if not unpacking.tables:
        left = ", ".join(unpacking.left_out[:5]) or "빈 압축 파일"
        raise Refused("archive_no_table", file=path.name, left=left)
    if unpacking.left_out:
        more = f" 외 {len(unpacking.left_out) - _TOLD}개" if len(unpacking.left_out) > _TOLD else ""
        because = "표가 아닌 파일은 뺐음: " + ", ".join(unpacking.left_out[:_TOLD]) + more
        note = Evidence("archive", f"표 {len(unpacking.tables)}개", because, 0.95)
        first = next((each for each in unpacking.tables if each.refused is None), unpacking.tables[0])
        first.evidence.append(note)
    return unpacking.tables


def read_member(path: Path, member: str, place: Path, override: Override) -> list[RawTable]:
    """The tables of the one file of an archive whose member is `member`. Raises Refused as `read_archive`."""
    unpacking = _Unpacking(place, override)
    _take(path, path.name, "", 1, unpacking, no_progress, wanted=member)
    return unpacking.tables


def _take(
    path: Path,
    file: str,
    inside: str,
    depth: int,
    unpacking: _Unpacking,
    progress: Progress,
    wanted: str = "",
) -> None:
    """Read the files of one archive, which lies at `inside` of the outermost ("" or a path ending in "/")."""
    if depth > DEPTH:
        raise Refused("archive_too_deep", file=file)
    try:
        with open(path, "rb") as stream:
            packed_alone = stream.read(2) == _GZIP
        if packed_alone:
            _take_gzip(path, file, inside, depth, unpacking)
            progress(1, 1)
            return
        with zipfile.ZipFile(path) as archive:
            infos = checked(path, archive, entries=_MEMBERS, unpacked=unpacking.left)
            if infos and all(info.flag_bits & 1 for info in infos):
                raise Refused("archive_encrypted", file=file)
            members = list(_members(infos, inside, unpacking))
            for done, member in enumerate(members, 1):
                if not wanted or wanted == member.name or wanted.startswith(member.name + "/"):
                    _one(archive, member, depth, unpacking, wanted)
                progress(done, len(members))
    except Unsafe as unsafe:
        raise Refused("archive_unsafe", file=file, reason=unsafe.reason) from unsafe
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk
        raise Refused("archive_broken", file=file) from error


def _members(infos: list[zipfile.ZipInfo], inside: str, unpacking: _Unpacking) -> Iterator[_Member]:
    """What is to be read, by name; what never is a table is noted."""
    named = sorted(((inside + name_of(info), info) for info in infos), key=lambda each: each[0])
    by_name = {name.casefold(): info for name, info in named}
    parts = {
        (name[: -len(_LAYER_EXTENSION)] + part).casefold(): name
        for name, _ in named if name.casefold().endswith(_LAYER_EXTENSION) for part in _PARTS
    }  # fmt: skip
    for name, info in named:
        folded = name.casefold()
        if folded in parts:
            continue
        why = _no_table(name, info)
        if why is not None:
            unpacking.left_out += [f"{name}({why})"] if why else []
        elif folded.endswith(_LAYER_EXTENSION):
            stem = folded[: -len(_LAYER_EXTENSION)]
            beside = [by_name[stem + part] for part in _PARTS if stem + part in by_name]
            yield _Member(name, (info, *beside))
        else:
            yield _Member(name, (info,))


def _no_table(name: str, info: zipfile.ZipInfo) -> str | None:
    """Why a file is not tried: "" where it is not even worth a word; None where it is tried."""
    if _LITTER.search(name):
        return ""
    if stat.S_ISLNK(info.external_attr >> 16):
        return "바로 가기"
    path = PurePosixPath(name)
    if path.suffix.lower() in _PICTURES:
        return "표가 아님"
    if path.suffix.lower() in ("", ".txt", ".html", ".htm") and _NOTES.search(path.stem):
        return "안내문"
    return None


def _one(archive: zipfile.ZipFile, member: _Member, depth: int, unpacking: _Unpacking, wanted: str) -> None:
    """Read one file; where it is broken only it is refused."""
    folder = unpacking.folder()
    try:
        if any(info.flag_bits & 1 for info in member.infos):
            raise Refused("archive_encrypted", file=member.name)
        _read(_unpacked(archive, member, folder, unpacking), member.name, folder, depth, unpacking, wanted)
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk
        _refuse(member.name, Refused("archive_broken", file=member.name), folder, unpacking)
    except Refused as refused:
        if refused.code in _NO_TABLE:
            unpacking.left_out.append(f"{member.name}({_why(refused)})")
        else:
            told = Refused(refused.code, **{**refused.params, "file": member.name})
            _refuse(member.name, told, folder, unpacking)
    except (Unsafe, MemoryError):
        raise
    except Exception as error:  # our own failure over one file takes the others not down
        said = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        _refuse(member.name, Refused("member_failed", file=member.name, error=said), folder, unpacking)


def _why(refused: Refused) -> str:
    form = str(refused.params.get("form") or "")
    return f"{form} 형식" if form else "비어 있음" if refused.code == "file_empty" else "표가 없음"


def _read(path: Path, name: str, folder: Path, depth: int, unpacking: _Unpacking, wanted: str) -> None:
    """Read an unpacked file into tables; its bytes are removed at once."""
    try:
        if kind_of(path, name) == "archive":
            _take(path, name, name + "/", depth + 1, unpacking, no_progress, wanted)
            return
        tables = read_here(path, PurePosixPath(name).name, folder, unpacking.override, no_progress)
    finally:
        path.unlink(missing_ok=True)
    if PurePosixPath(name).suffix.lower() == ".txt" and all(len(each.columns) < 2 for each in tables):
        raise Refused("no_table", file=name)
    for table in tables:
        inner = name if table.member is None else f"{name}/{table.member}"
        unpacking.tables.append(replace(table, member=inner))


def _refuse(name: str, refused: Refused, folder: Path, unpacking: _Unpacking) -> None:
    sink = ProblemSink(folder / "refused.problems.parquet")
    empty = RawTable(name, folder / "refused.arrow", [], 0, (), sink, refused=refused)
    unpacking.tables.append(empty)


def _unpacked(archive: zipfile.ZipFile, member: _Member, folder: Path, unpacking: _Unpacking) -> Path:
    """The bytes of a member in a file of their own; those of a shapefile as a ZIP of nothing else."""
    stem = re.sub(r'[\x00-\x1f/\\:*?"<>|]', "_", PurePosixPath(member.name).name)
    name = stem.encode()[-200:].decode("utf-8", "ignore") or "file"
    if len(member.infos) == 1 and not name.casefold().endswith(_LAYER_EXTENSION):
        with archive.open(member.infos[0]) as source, open(folder / name, "xb") as target:
            _copy(source, target, unpacking)
        return folder / name
    bundle = folder / f"{name[: -len(_LAYER_EXTENSION)]}.zip"
    with zipfile.ZipFile(bundle, "x", zipfile.ZIP_STORED) as parts:
        for info in member.infos:
            ending = ".shp.xml" if info.filename.lower().endswith(".xml") else Path(info.filename).suffix
            with (
                archive.open(info) as source,
                parts.open(f"{Path(name).stem}{ending}", "w", force_zip64=True) as part,
            ):
                _copy(source, part, unpacking)
    return bundle


def _copy(
    source: IO[bytes], target: IO[bytes], unpacking: _Unpacking, bound: Callable[[int], bool] | None = None
) -> None:
    """Copy block by block as long as what may be unpacked lasts. Raises Unsafe."""
    done = 0
    while block := source.read(_BLOCK):
        done += len(block)
        unpacking.left -= len(block)
        if unpacking.left < 0 or (bound is not None and not bound(done)):
            raise Unsafe("reason_unpacked_over", size=f"{done / 1024**2:,.0f} MB")
        target.write(block)


def _take_gzip(path: Path, file: str, inside: str, depth: int, unpacking: _Unpacking) -> None:
    """The one file in a GZIP; its tables are called as they would be without the GZIP around."""
    packed = max(1, path.stat().st_size)
    folder = unpacking.folder()
    target = folder / (re.sub(r"\.gz(?:ip)?$", "", PurePosixPath(file).name, flags=re.I) or "file")
    with gzip.open(path, "rb") as source, open(target, "xb") as writing:
        _copy(
            cast(IO[bytes], source),
            writing,
            unpacking,
            lambda done: done < _GZIP_FROM or done < packed * _GZIP_RATIO,
        )
    if inside:
        _read(target, inside.rstrip("/"), folder, depth, unpacking, "")
    elif kind_of(target, target.name) == "archive":
        _take(target, target.name, "", depth + 1, unpacking, no_progress)
    else:
        unpacking.tables += read_here(target, target.name, folder, unpacking.override, no_progress)
        target.unlink()
