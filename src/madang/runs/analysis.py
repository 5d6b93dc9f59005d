"""An analysis: its card and its ``run``, found by being there: shipped, of another package, of the workspace."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import entry_points
from importlib.resources import files
from pathlib import Path

from madang.declarations.analysis import AnalysisCard, load_analysis_card
from madang.messages import MadangError
from madang.results import Result
from madang.runs.parameters import Parameter, parameters_of

SHIPPED = Path(str(files("madang") / "content" / "analyses"))
GROUP = "madang.analyses"  # entry points of other packages: each names a module whose folder holds analyses
_OURS = Path(str(files("madang") / "methods"))


@dataclass(frozen=True)
class Analysis:
    """One analysis in `folder`. `origin` is where it was found: "madang", a package, or "workspace"."""

    folder: Path
    card: AnalysisCard
    origin: str

    @property
    def id(self) -> str:
        return self.card.id

    @property
    def is_ours(self) -> bool:
        return self.origin == "madang"

    @cached_property
    def code(self) -> str:
        """The hash of what computes: the files of the folder, and for a shipped one the methods it may call."""
        told = hashlib.sha256()
        for path in [*_sources(self.folder), *_sources(_OURS)]:
            told.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
        return told.hexdigest()

    @cached_property
    def run(self) -> Callable[..., Result]:
        """Its ``run``. Raises MadangError: analysis_broken, analysis_outside (only ours are loaded into this process)."""
        if not self.is_ours:
            raise MadangError("analysis_outside", analysis=self.card.title, origin=self.origin)
        path = self.folder / "analysis.py"
        spec = importlib.util.spec_from_file_location(f"madang_analysis_{self.id.replace('-', '_')}", path)
        try:
            assert spec
            assert spec.loader
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            run: Callable[..., Result] = module.run
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise MadangError("analysis_broken", analysis=self.id, reason=reason) from error
        return run

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """What can be chosen. Raises MadangError: analysis_broken, analysis_parameter."""
        return parameters_of(self.run, self.card.parameters)


class Analyses:
    """All analyses there are, by id; one of the workspace hides a package's, a package's one of ours.

    A folder that is no analysis is left out and told in `broken`.
    """

    def __init__(self, own: Path) -> None:
        self._own = own
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
                    found[folder.name] = Analysis(folder, load_analysis_card(folder), origin)
                except MadangError as error:
                    self.broken.append(error)
        return found

    def _places(self) -> Iterator[tuple[Path, str]]:
        yield SHIPPED, "madang"
        for each in entry_points(group=GROUP):
            spec = importlib.util.find_spec(each.value)
            for place in spec.submodule_search_locations or () if spec else ():
                yield Path(place), each.dist.name if each.dist else each.name
        yield self._own, "workspace"


def _sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in (".py", ".toml") and path.is_file())
