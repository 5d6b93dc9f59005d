"""Why rows got no 행정동: counted while they are placed, told on the receipt with what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from madang.intake.place_arrays import Ints
from madang.intake.place_claims import Claims, Placing
from madang.intake.receipt import Reason
from madang.intake.registers_known import Known
from madang.messages import text

# each row counts for the first that fits. missing: the register has no shape of the 시군구 that the row names; outside:
# its point lies outside every area; several: a legal dong of several 행정동; road: a road, and no addresses are known;
# unlisted: a dong or a road that is not found; upper: it names no more than a 시군구; nothing: no word, no coordinate
CAUSES = ("missing", "outside", "several", "road", "unlisted", "upper", "nothing")
_NAMED = 3  # areas that the receipt names
_KEPT = 20  # areas that are kept in facts
_MOST_AREAS = 10_000  # names that are counted


@dataclass
class Left:
    """Rows without a 행정동 by cause, and the areas that are missing, by name."""

    causes: Counter[str] = field(default_factory=Counter)
    areas: Counter[str] = field(default_factory=Counter)

    def add(
        self,
        placing: Placing,
        texts: Mapping[int, pa.Array],
        claims: Claims,
        rows: Ints,
        pointed: NDArray[np.bool_],
    ) -> None:
        """Count the `rows` of a group that got none; `pointed`: which of its rows have a point."""
        known = placing.known
        if known is None or not len(rows):
            return
        areas = _areas(placing, texts, claims, rows, known)
        beyond = pointed[rows]
        own = claims.sigungu[rows]
        unshaped = beyond & (own > 0) & ~np.isin(own, known.shaped_sigungus)
        missing = ((own == 0) & np.asarray(areas.is_valid())) | unshaped
        facts = {
            "missing": missing,
            "outside": beyond,
            "several": claims.several[rows],
            "road": claims.road[rows],
            "unlisted": claims.unlisted[rows],
            "upper": own > 0,
        }
        which = np.select(list(facts.values()), list(range(len(facts))), len(facts))
        for number, count in enumerate(np.bincount(which, minlength=len(CAUSES))):
            self.causes[CAUSES[number]] += int(count)
        for each in areas.filter(pa.array(missing)).drop_null().value_counts().to_pylist():
            if each["values"] in self.areas or len(self.areas) < _MOST_AREAS:
                self.areas[each["values"]] += each["counts"]

    def join(self, other: Left) -> None:
        """Count what another part counted."""
        self.causes += other.causes
        self.areas += other.areas

    def to_json(self) -> dict[str, dict[str, int]]:
        """What facts keep: rows by cause, and the areas that are missing most."""
        return {"left": dict(+self.causes), "missing": dict(self.areas.most_common(_KEPT))}


def why_left(
    rows: int, left: Mapping[str, int], missing: Mapping[str, int], dataset: str
) -> tuple[Reason, ...]:
    """What the receipt says of the rows without a 행정동; nothing where there are none. `left`, `missing`: `Left.to_json`."""
    if not left:
        return ()
    areas = ", ".join(text("left_area", area=a, rows=f"{n:,}") for a, n in list(missing.items())[:_NAMED])
    first = next(iter(missing), "")
    told = [
        text(f"left_{cause}", rows=f"{left[cause]:,}", areas=areas, area=first, dataset=dataset)
        for cause in CAUSES
        if left.get(cause)
    ]
    params = {"rows": f"{rows:,}", "left": f"{sum(left.values()):,}", "causes": " ".join(told)}
    return (Reason("places_left", params),)


def note_address(claims: Claims, rows: Ints, parsed: pa.Table, named: pa.Table, known: Known) -> None:
    """Note what the addresses of `rows` lead to, where they lead to no 행정동. `named`: `dongs_named` of `parsed`."""
    legal, dong = (np.asarray(named[name].is_valid()) for name in ("bjd_code", "hjd_code"))
    said = np.asarray(pc.or_(parsed["emd"].is_valid(), parsed["ri"].is_valid()))
    road = np.asarray(parsed["road"].is_valid()) & ~legal & ~said
    claims.several[rows] |= legal & ~dong
    claims.road[rows] |= road & (known.addresses is None)
    claims.unlisted[rows] |= (said & ~legal & ~dong) | (road & (known.addresses is not None))
    lost = claims.sigungu[rows] == 0
    claims.areas[rows[lost]] = _unknown(
        parsed["sido"].combine_chunks().filter(pa.array(lost)),
        parsed["sigungu"].combine_chunks().filter(pa.array(lost)),
        known,
    ).to_numpy(zero_copy_only=False)


def _areas(
    placing: Placing, texts: Mapping[int, pa.Array], claims: Claims, rows: Ints, known: Known
) -> pa.Array:
    """The area that each row names and the register does not have, as it is called: by address, columns, codes."""
    areas = pa.array(claims.areas[rows], pa.string())
    at, names = pa.array(rows), placing.columns.names
    if "sido_name" in names or "sigungu_name" in names:
        nothing = pa.nulls(len(rows), pa.string())
        sido = texts[names["sido_name"]].take(at) if "sido_name" in names else nothing
        sigungu = texts[names["sigungu_name"]].take(at) if "sigungu_name" in names else nothing
        areas = pc.coalesce(areas, _unknown(sido, sigungu, known))
    strange = np.where(claims.sigungu[rows] > 0, claims.sigungu[rows], claims.strange[rows])
    coded = pa.array(strange, mask=strange == 0).cast(pa.string()).dictionary_encode()
    called = pa.array([_called(code, known) for code in coded.dictionary.to_pylist()], pa.string())
    return pc.coalesce(areas, called.take(coded.indices))


def _unknown(sido: pa.Array, sigungu: pa.Array, known: Known) -> pa.Array:
    """What to call the area of each row that the register does not know; null where it knows it, or several."""
    pairs = pc.binary_join_element_wise(pc.fill_null(sido, ""), pc.fill_null(sigungu, ""), "|")
    coded = pairs.dictionary_encode()
    split = [each.split("|", 1) for each in coded.dictionary.to_pylist()]
    above, below = (pa.array([each[i] for each in split], pa.string()) for i in (0, 1))
    found = known.names.find(above, below, None)
    whole = known.names.find(above, None, None)
    called = [
        None if code or how == "ambiguous" else (f"{one} {other}".strip() if there or not one else one)
        for (one, other), code, how, there in zip(
            split, found.codes.to_pylist(), found.how.to_pylist(), whole.codes.to_pylist(), strict=True
        )
    ]
    return pa.array([name or None for name in called], pa.string()).take(coded.indices)


def _called(code: str, known: Known) -> str:
    """A 시군구 by its code: its 시도, where nothing of that is known."""
    sido = next((s.name for s in known.declared.sidos if code[:2] in (s.mois, *s.old)), code[:2])
    if not (known.shaped_sigungus // 1000 == int(code[:2])).any():
        return sido
    return known.sigungu_names.get(code, f"{sido} {code}")
