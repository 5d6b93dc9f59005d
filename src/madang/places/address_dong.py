"""The 행정동 of an address without a register of addresses: through the dong that it names."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from madang.places.codes import Relation
from madang.places.names import AreaNames


def dongs_named(
    parsed: pa.Table,
    legal: AreaNames | None,
    relation: Relation | None,
    admin: AreaNames | None = None,
    sigungu: pa.Array | None = None,
) -> pa.Table:
    """What the names of parsed addresses (`address.parse`) say: bjd_code, hjd_code, sigungu_code, each null if unknown.

    The dong of a lot, and the one in brackets behind a road address, is a legal dong (법정동): `legal` gives its code,
    `relation` its 행정동 where there is only one; elsewhere the address is known to its 시군구 and no further. Where no
    legal dong has the name (역삼1동) it is looked up among `admin`, the names of 행정동. `sigungu` (5-digit codes, null
    allowed) stands in where the address names none.
    """
    nothing = pa.nulls(len(parsed), pa.string())
    within = None if sigungu is None else pc.if_else(pc.is_null(parsed["sigungu"]), sigungu, None)
    dong = pc.coalesce(
        pc.binary_join_element_wise(parsed["emd"], parsed["ri"], " "), parsed["emd"], parsed["ri"]
    )

    def found(names: AreaNames | None, name: pa.ChunkedArray) -> pa.Array:
        if names is None:
            return nothing
        codes = names.find(parsed["sido"], parsed["sigungu"], name, within).codes
        return pc.if_else(pc.and_(pc.is_valid(name), pc.is_valid(codes)), codes, None).combine_chunks()

    bjd = found(legal, dong)
    by_relation = relation.to_admin(bjd) if relation is not None else nothing
    hjd = pc.if_else(pc.equal(by_relation, ""), None, by_relation)
    hjd = pc.if_else(pc.is_null(bjd), found(admin, parsed["emd"]), hjd)
    names = legal if legal is not None else admin
    upper = nothing if names is None else names.find(parsed["sido"], parsed["sigungu"], None).codes
    upper = pc.if_else(pc.match_substring_regex(upper, "^..000"), None, upper)
    five = pc.utf8_slice_codeunits(pc.coalesce(bjd, hjd, upper), 0, 5)
    return pa.table(
        {
            "bjd_code": bjd,
            "hjd_code": hjd,
            "sigungu_code": five if sigungu is None else pc.coalesce(five, sigungu),
        }
    )
