"""An analysis: its card and its ``run``, found by being there: shipped, of another package, of the workspace."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, cached_property
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path
from types import ModuleType

from madang.bank.durable import write_json
from madang.declarations.analysis import AnalysisCard, load_analysis_card
from madang.messages import MadangError
from madang.results import Result
from madang.runs.parameters import Parameter, parameters_of

SHIPPED = Path(str(files("madang") / "content" / "analyses"))
GROUP = "madang.analyses"  # entry points of other packages: each names a module whose folder holds analyses
_OURS = Path(str(files("madang") / "methods"))
_LONGEST_REASON = 2_000


@dataclass(frozen=True)
class Analysis:
    """One analysis in `folder`. `origin` is where it was found: "madang", a package, or "workspace".

    One that is not ours runs only `approved`: an administrator looked at its files as they are now.
    """

    folder: Path
    card: AnalysisCard
    origin: str
    approved: bool = False

    @property
    def id(self) -> str:
        return self.card.id

    @property
    def is_ours(self) -> bool:
        return self.origin == "madang"

    @cached_property
    def code(self) -> str:
        """The hash of what computes: its own files, and the methods it may call."""
        return _hash([*_sources(self.folder), *_sources(_OURS)])

    @cached_property
    def own_code(self) -> str:
        """The hash of its own files, which is what an administrator approves."""
        return _hash(_sources(self.folder))

    @property
    def tests(self) -> list[str]:
        """Its own tests by name. Madang never runs them: they are code like its own, and need more than it may reach."""
        return sorted(path.name for path in self.folder.glob("test_*.py") if path.is_file())

    def check_approved(self) -> None:
        """Raises MadangError("analysis_unapproved") where it is not ours and nobody approved these files."""
        if not (self.is_ours or self.approved):
            raise MadangError("analysis_unapproved", analysis=self.card.title, id=self.id, origin=self.origin)

    def check_reads(self) -> None:
        """Raises MadangError("analysis_broken") where its code is no Python; nothing of it is run."""
        path = self.folder / "analysis.py"
        try:
            compile(path.read_bytes(), path.name, "exec")
        except (OSError, SyntaxError, ValueError) as error:
            raise MadangError("analysis_broken", analysis=self.id, reason=reason_of(error)) from error

    @cached_property
    def run(self) -> Callable[..., Result]:
        """Its ``run``, loaded into this process: of ours, and of another in the process made for it alone (`outside`).

        Raises MadangError("analysis_broken").
        """
        assert self.is_ours
        path = self.folder / "analysis.py"
        module = ModuleType(f"madang_analysis_{self.id.replace('-', '_')}")
        module.__file__ = str(path)
        sys.modules[module.__name__] = module  # where a dataclass looks for the names in its fields
        try:  # from the source, never from what Python compiled before: that is known by its second and size only
            exec(compile(path.read_bytes(), str(path), "exec"), module.__dict__)
            run: Callable[..., Result] = module.run
        except Exception as error:
            raise MadangError(
                "analysis_broken", analysis=self.id, reason=reason_of(error, self.folder)
            ) from error
        return run

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What can be chosen. Raises MadangError: analysis_broken, analysis_parameter, analysis_unapproved, run_ended."""
        if not self.is_ours:
            from madang.runs.outside import described

            self.check_approved()
            return described(self)
        return parameters_of(self.run, self.card.parameters)


class Analyses:
    """All analyses there are, by id; one of the workspace hides a package's, a package's one of ours.

    A folder that is no analysis is left out and told in `broken`.
    """

    def __init__(self, own: Path) -> None:
        self._own = own
        self._approvals = own / ".approved"
        self.broken: list[MadangError] = []

    def __iter__(self) -> Iterator[Analysis]:
        return iter(sorted(self._found.values(), key=lambda each: each.card.title))

    def __getitem__(self, analysis: str) -> Analysis:
        """Raises MadangError("analysis_missing")."""
        if analysis not in self._found:
            raise MadangError(
                "analysis_missing", analysis=analysis, analyses=", ".join(sorted(self._found)) or "-"
            )
        return self._found[analysis]

    def __contains__(self, analysis: str) -> bool:
        return analysis in self._found

    @cached_property
    def _found(self) -> dict[str, Analysis]:
        found = {}
        for place, origin in self._places():
            for folder in sorted(path.parent for path in place.glob("*/card.toml")):
                try:
                    found[folder.name] = self._approved(Analysis(folder, load_analysis_card(folder), origin))
                except MadangError as error:
                    self.broken.append(error)
        return found

    def approve(self, analysis: str, *, by: str, at: datetime) -> Analysis:
        """Let an analysis that is not ours run as its files are now; who did stands beside it. Raises MadangError."""
        found = self[analysis]
        found.check_reads()
        self._approvals.mkdir(parents=True, exist_ok=True)
        told = {
            "analysis": analysis,
            "origin": found.origin,
            "by": by,
            "at": at.isoformat(),
            "tests": found.tests,
        }
        write_json(self._approvals / f"{analysis}.{found.own_code[:40]}.json", told)
        return replace(found, approved=True)

    def _approved(self, found: Analysis) -> Analysis:
        if found.is_ours:
            return found
        return replace(found, approved=(self._approvals / f"{found.id}.{found.own_code[:40]}.json").is_file())

    def _places(self) -> Iterator[tuple[Path, str]]:
        yield SHIPPED, "madang"
        for each in entry_points(group=GROUP):
            spec = importlib.util.find_spec(each.value)
            for place in spec.submodule_search_locations or () if spec else ():
                yield Path(place), each.dist.name if each.dist else each.name
        yield self._own, "workspace"


def reason_of(error: Exception, folder: Path | None = None) -> str:
    """What an error says, and where in the files of this folder it came from, as in ``(analysis.py:12)``."""
    said = f"{type(error).__name__}: {error}".split("\n\n")[0][:_LONGEST_REASON]
    lines = [
        f"{path.name}:{line}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if (path := Path(frame.f_code.co_filename)).parent == folder
    ]
    return f"{said} ({lines[-1]})" if lines else said


@cache
def methods_code() -> str:
    """The hash of all methods as this process found them: what is computed with them is new where any of them is."""
    return _hash(_sources(_OURS))


def _hash(paths: Sequence[Path]) -> str:
    told = hashlib.sha256()
    for path in paths:
        content = path.read_bytes()
        told.update(f"{path.name}\0{len(content)}\0".encode() + content)
    return told.hexdigest()


def _sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in (".py", ".toml") and path.is_file())
