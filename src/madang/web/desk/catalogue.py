"""The catalogue: what a person may see of the bank, searched, chosen by facets, sorted, a page at a time.

Every list and every count starts from `known_to`: what somebody may not see is not there to be counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from madang.declarations.rhythm import freshness_status
from madang.find.served import served
from madang.web.desk.entries import entry_of
from madang.web.desk.known import Known, book_of, day_of, known_to
from madang.web.desk.map_spots import NO_THEME
from madang.web.desk.pages import Catalogue, Choice, Facet, Shelf
from madang.web.desk.people import people_of
from madang.web.shell import words
from madang.web.shell.whole import whole
from madang.web.shell.workspace import asker, bank, workspace
from madang.workspace import Workspace

PER_PAGE = 30
_ON_SHELF = 6  # datasets of a theme that stand in the window
_SEARCH_LIMIT = 1_000
_CHOICES = 12  # of a facet that are shown; one that is chosen always is
STATES = ("all", "late", "errors", "refused")
SORTS = ("match", "title", "new", "quality")
FACETS = ("theme", "department", "fresh", "quality", "access", "form", "standard", "places")
_IN_PANEL = FACETS[1:]  # themes have a row of their own
_GOOD, _FAIR = 95, 80
_NONE = "-"  # the value of a facet for datasets that have none


def catalogue(given: Mapping[str, str]) -> Catalogue:
    """The page of the catalogue that the parameters ask for: q, state, sort, page, list, and one value of each of FACETS.

    Where nothing is asked for and not all fit on one page they stand by theme, unless `list` is given.
    """
    ws, person = workspace(), asker()
    every = known_to(ws, person)
    query = given.get("q", "")
    found = _found(ws, every, query) if query else every
    today = ws.clock().date()
    values = [_values(each, today) for each in found]
    asked = _asked(given, values)
    state = given.get("state", "all") if given.get("state") in STATES else "all"
    left, counts, states = _counted(found, values, asked, state, today)
    sort = _sort(given.get("sort", ""), bool(query))
    left = _sorted(left, sort)
    pages = max(1, -(-len(left) // PER_PAGE))
    at = min(max(whole(given.get("page"), otherwise=1), 1), pages)
    said = {"q": query, **asked, "state": "" if state == "all" else state, "sort": given.get("sort", "")}
    nothing = not (query or asked or said["state"] or said["sort"] or given.get("list") is not None)
    window = nothing and pages > 1 and at == 1
    themes = _choices("theme", counts["theme"], asked, said, most=len(counts["theme"]), order=_theme_order)
    shown = left[(at - 1) * PER_PAGE : at * PER_PAGE]
    return Catalogue(
        [entry_of(each, today) for each in shown] if not window else [],
        len(left), len(every), query, state,
        [Choice(name, _state(name), states[name], name == state, _address({**said, "state": "" if name == "all" else name}))
         for name in STATES],
        at, pages, themes=themes, theme=asked.get("theme", ""),
        shelves=_shelves(left, themes, today) if window else [],
        people=None if query else people_of(ws, [bank().bank[each.id] for each in every if each.standard == "resident-population"]),
        facets=[
            Facet(name, _label(name), _choices(name, counts[name], asked, said)) for name in _IN_PANEL if len(counts[name]) > 1 or name in asked
        ],
        sort=sort,
        sorts=[Choice(name, _sort_label(name), 0, name == sort, _address({**said, "sort": name}))
               for name in SORTS if query or name != "match"],
        all_themes=_address({**said, "theme": ""}),
        pages_at=_address({**said, "list": "1"}),
    )  # fmt: skip


def _found(ws: Workspace, every: Sequence[Known], query: str) -> list[Known]:
    """Those that answer to the words, best first. The index knows all titles; only what may be seen is taken from it."""
    seen = {each.id: each for each in every}
    all_known = book_of(ws).every()
    live = {each.id: each.version or 0 for each in all_known if not each.damaged}
    own = ws.folder / "content" / "synonyms.toml"
    path = ws.folder / "cache" / "search.db"
    index = served(ws.bank, path, own, ws.standards, live, {each.id for each in all_known})
    return [seen[hit.id] for hit in index.search(query, _SEARCH_LIMIT) if hit.id in seen]


# facets ----------------------------------------------------------------------------------------------------

Values = tuple[str, ...]  # of one dataset, in the order of FACETS


def _values(known: Known, today: date) -> Values:
    fresh = freshness_status(day_of(known.day), known.rhythm_days, today)
    return (
        known.theme.split(" - ")[0] or NO_THEME,
        known.steward.split(" ")[0] or _NONE,
        fresh,
        _quality(known.score),
        known.access,
        known.form or _NONE,
        known.standard_label or _NONE,
        "yes" if known.places else "no",
    )


def _quality(score: float | None) -> str:
    if score is None:
        return _NONE
    return "good" if score >= _GOOD else "fair" if score >= _FAIR else "poor"


def _asked(given: Mapping[str, str], values: Sequence[Values]) -> dict[str, str]:
    """The values asked for that any dataset has; others are as if they were not said."""
    there = [{each[place] for each in values} for place in range(len(FACETS))]
    return {name: given[name] for place, name in enumerate(FACETS) if given.get(name, "") in there[place]}


def _counted(
    found: Sequence[Known], values: Sequence[Values], asked: Mapping[str, str], state: str, today: date
) -> tuple[list[Known], dict[str, Counter[str]], Counter[str]]:
    """What fits all that is asked; how many each value of a facet would leave; how many each state would."""
    wanted = [asked.get(name) for name in FACETS]
    counts: list[Counter[str]] = [Counter() for _each in FACETS]
    states: Counter[str] = Counter()
    left = []
    for known, own in zip(found, values, strict=True):
        failed = [place for place, value in enumerate(wanted) if value is not None and own[place] != value]
        if len(failed) > 1:
            continue
        in_states = [name for name in STATES if _in_state(known, name, today)]
        if not failed:
            states.update(in_states)
        if state not in in_states:
            continue
        if not failed:
            left.append(known)
            for place, value in enumerate(own):
                counts[place][value] += 1
        else:
            counts[failed[0]][own[failed[0]]] += 1
    return left, dict(zip(FACETS, counts, strict=True)), states


def _in_state(known: Known, state: str, today: date) -> bool:
    match state:
        case "late":
            return freshness_status(day_of(known.day), known.rhythm_days, today) == "late"
        case "errors":
            return known.errors > 0
        case "refused":
            return known.last_refused or known.verdict == "refused"
    return True


def _choices(
    facet: str,
    counts: Counter[str],
    asked: Mapping[str, str],
    said: Mapping[str, str],
    *,
    most: int = _CHOICES,
    order: object = None,
) -> list[Choice]:
    names = sorted(counts, key=_theme_order) if order else [name for name, _count in counts.most_common()]
    chosen = asked.get(facet, "")
    if chosen and chosen not in counts:
        names = [chosen, *names]
    shown = [name for place, name in enumerate(names) if place < most or name == chosen]
    return [
        Choice(
            name, _value_label(facet, name), counts[name], name == chosen,
            _address({**said, facet: "" if name == chosen else name}),
        )
        for name in shown
    ]  # fmt: skip


def _theme_order(name: str) -> tuple[bool, str]:
    return name == NO_THEME, name


def _address(said: Mapping[str, str]) -> str:
    return "?" + urlencode({name: value for name, value in said.items() if value})


def _label(facet: str) -> str:
    return {
        "department": _("담당 부서"), "fresh": _("최신 여부"), "quality": _("품질"), "access": _("공개 범위"),
        "form": _("원본 형식"), "standard": _("표준"), "places": _("위치"),
    }[facet]  # fmt: skip


def _value_label(facet: str, value: str) -> str:
    if value == _NONE:
        return {"quality": _("점검 안 함"), "department": _("담당 없음"), "standard": _("표준 없음")}.get(
            facet, _("없음")
        )
    match facet:
        case "theme":
            return _(value) if value == NO_THEME else words.theme(value)
        case "fresh":
            return {"fresh": _("최신"), "late": _("늦음"), "unknown": _("갱신 주기 없음")}[value]
        case "quality":
            return {"good": _("95점 이상"), "fair": _("80점 이상 95점 미만"), "poor": _("80점 미만")}[value]
        case "access":
            return str(words.ACCESS.get(value, value))
        case "form":
            return value.upper()
        case "places":
            return _("지도에 놓을 수 있음") if value == "yes" else _("위치 없음")
    return value


def _state(name: str) -> str:
    return {
        "all": _("전체"), "late": _("늦은 데이터"), "errors": _("오류가 있는 데이터"), "refused": _("마지막 입고가 반려됨"),
    }[name]  # fmt: skip


# order and pages -------------------------------------------------------------------------------------------


def _sort(said: str, searched: bool) -> str:
    known = SORTS if searched else SORTS[1:]
    return said if said in known else known[0]


def _sorted(found: list[Known], sort: str) -> list[Known]:
    match sort:
        case "new":
            return sorted(found, key=lambda each: (each.day or "", each.deposited_at), reverse=True)
        case "quality":
            return sorted(found, key=lambda each: (each.score is None, -(each.score or 0), each.title))
        case "title":
            return sorted(found, key=lambda each: each.title)
    return found


def _sort_label(name: str) -> str:
    return {
        "match": _("찾은 말에 가까운 순"),
        "title": _("이름순"),
        "new": _("최신순"),
        "quality": _("품질순"),
    }[name]


def _shelves(found: Sequence[Known], themes: Sequence[Choice], today: date) -> list[Shelf]:
    """The first datasets of every theme."""
    by_theme: dict[str, list[Known]] = {each.id: [] for each in themes}
    for known in found:
        by_theme[known.theme.split(" - ")[0] or NO_THEME].append(known)
    return [
        Shelf(name, _value_label("theme", name), len(of), [entry_of(each, today) for each in of[:_ON_SHELF]])
        for name, of in by_theme.items()
    ]
