"""Every dependency has a reason and a permissive licence; locks hold versions and hashes, no addresses."""

from __future__ import annotations

import importlib.metadata
import json
import re
import tomllib

import pytest

from repository_files import ROOT, files, named

# Words of licences that would bind those who install Madang. MPL (Hypothesis, pathspec) binds its own files only.
BINDING = re.compile(
    r"\b(A?GPL|LGPL|GNU|SSPL|BUSL|EUPL|CC[- ]BY[- ]NC|Commons Clause|Proprietary)\b", re.IGNORECASE
)
# Looked at one by one: what the words of their licences do not bind.
ALLOWED = {
    "psycopg",  # LGPL, optional: Django knows no other driver of PostgreSQL; it binds changes to psycopg itself
    "psycopg-binary",
    "qrcode",  # BSD; "Other/Proprietary" stands there for the trade mark of the word QR Code
}
LOCKS = ("requirements.lock", "requirements-dev.lock")


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: str) -> dict[str, set[str]]:
    """Names of a lock file with their versions (several where they depend on the Python)."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(
        r"^([A-Za-z0-9_.-]+)==([^ \\;]+)", (ROOT / lock).read_text(), re.MULTILINE
    ):
        found.setdefault(canonical(name), set()).add(version)
    return found


MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy of this software"


def declared() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"].values()
    return [*project["project"]["dependencies"], *(each for group in groups for each in group)]


def _licence_files(name: str) -> list[str]:
    held = importlib.metadata.files(name) or []
    return [each.read_text("utf-8") for each in held if each.name.upper().startswith("LICENSE")]


def licence(name: str) -> str:
    """What a distribution says of its licence; of a whole licence text the first line only; else what its licence file is."""
    metadata = importlib.metadata.metadata(name)
    classifiers = [each for each in metadata.get_all("Classifier") or [] if each.startswith("License")]
    stated = [metadata.get("License-Expression"), (metadata.get("License") or "").partition("\n")[0]]
    said = " ; ".join(filter(None, [*stated, *classifiers]))
    return said or " ; ".join("MIT" for each in _licence_files(name) if MIT in " ".join(each.split()))


def test_every_dependency_has_a_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    bare = []
    for requirement in declared():
        reason = re.search(re.escape(f'"{requirement}"') + r",?\s*#\s*(\S.*)", text)
        if reason is None or len(reason[1]) < 4:
            bare.append(requirement)
    assert bare == []


def test_locks_hold_every_declared_dependency() -> None:
    names = {canonical(re.split(r"[<>=!~\[ ;]", requirement)[0]) for requirement in declared()}
    assert names <= set(locked("requirements-dev.lock"))


def test_what_runs_and_what_is_tested_are_the_same_versions() -> None:
    everything = locked("requirements-dev.lock")
    assert {name: everything.get(name) for name in locked("requirements.lock")} == locked("requirements.lock")


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_version_has_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text())
    without = [each for each in entries if "==" in each and "--hash=sha256:" not in each]
    assert without == []
    assert "://" not in (ROOT / lock).read_text()


def test_licences_are_permissive() -> None:
    installed = {canonical(each.name) for each in importlib.metadata.distributions()}
    used = sorted(installed & set(locked("requirements-dev.lock")))
    assert len(used) > 40
    silent = [name for name in used if not licence(name)]
    binding = {name: licence(name) for name in used if name not in ALLOWED and BINDING.search(licence(name))}
    assert (silent, binding) == ([], {})


def test_the_front_end_lock_holds_no_addresses() -> None:
    locks = files("package-lock.json")
    for path in locks:
        packages = json.loads(path.read_text("utf-8"))["packages"]
        addressed = [name for name, entry in packages.items() if "://" in str(entry.get("resolved", ""))]
        assert (named(path), addressed) == (named(path), [])
