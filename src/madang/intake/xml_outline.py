"""Which elements of an XML file are records, by which of them repeat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from madang.intake.json_text import TextSource
from madang.intake.raw import Refused
from madang.intake.xml_parse import elements, forget, local

LOOKED_AT = 8 << 20  # bytes of the file
_PATHS = 20_000
_TABLES = 50
_INNER = 5  # times as many records inside than around them
_DESCRIBING = frozenset(
    "fields field columninfo columns column header head meta metadata schema parameters".split()
)
_SINGLE = frozenset("item row record".split())
Path = tuple[str, ...]


@dataclass
class Place:
    """Elements of one path: how many, how many in one parent at most, and what stands in them."""

    count: int = 0
    most: int = 0
    attributes: int = 0
    children: set[str] = field(default_factory=set)

    @property
    def is_leaf(self) -> bool:
        return not self.children and self.attributes < 2


def record_paths(source: TextSource) -> list[Path]:
    """The paths of the elements that are records, by the first 8 MB; [] where there is none. Raises Refused."""
    places = _places(source)
    repeated = [path for path, place in places.items() if place.most > 1 and not place.is_leaf]
    chosen: list[Path] = []
    for path in sorted(repeated, key=len):
        path = _unwrapped(path, places)
        if any(path[: len(other)] == other for other in chosen):
            continue
        inner = [p for p in repeated if len(p) > len(path) and p[: len(path)] == path]
        if inner and _only_wraps(path, places, inner):
            continue
        chosen.append(path)
    if not chosen:
        single = [path for path, place in places.items() if path[-1] in _SINGLE and not place.is_leaf]
        chosen = single[:1]
    data = [path for path in chosen if not _DESCRIBING & {step.lower() for step in path[1:]}]
    chosen = data or chosen
    order = list(places)
    return sorted(chosen, key=order.index)[:_TABLES]


def _unwrapped(path: Path, places: dict[Path, Place]) -> Path:
    """What stands alone in elements that have nothing else in them."""
    while len(places[path].children) == 1 and not places[path].attributes:
        inner = (*path, *places[path].children)
        if places[inner].is_leaf or places[inner].most > 1:
            break
        path = inner
    return path


def _only_wraps(path: Path, places: dict[Path, Place], inner: list[Path]) -> bool:
    """Whether repeated elements only hold the records: no values of their own, and far fewer."""
    own = [name for name in places[path].children if places[(*path, name)].is_leaf]
    return not own and max(places[each].count for each in inner) >= _INNER * places[path].count


def _places(source: TextSource) -> dict[Path, Place]:
    found: dict[Path, Place] = {}
    path: list[str] = []
    inside: list[Counter[str]] = [Counter()]
    for event, element in elements(source, ("start", "end"), limit=LOOKED_AT):
        name = local(element.tag)
        if event == "start":
            path.append(name)
            place = found.setdefault(tuple(path), Place())
            place.count += 1
            inside[-1][name] += 1
            place.most = max(place.most, inside[-1][name])
            place.attributes = max(place.attributes, len(element.attrib))
            if len(path) > 1:
                found[tuple(path[:-1])].children.add(name)
            inside.append(Counter())
            if len(found) > _PATHS:
                raise Refused("xml_no_records")
        else:
            path.pop()
            inside.pop()
            forget(element)
    return found
