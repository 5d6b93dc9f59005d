"""The numbers behind a register of addresses: each address as one 64-bit key, sorted; its 행정동 and point beside it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# how an address was found; the order is that of trust
LEVELS = ("building", "road", "lot", "")
_NUMBER_BITS = 17  # up to 131,071


@dataclass(frozen=True)
class Keys:
    """Sorted keys of one kind of number: `group` names the streets or legal dongs; -1 in `dong`: several 행정동."""

    group: pa.Array
    key: np.ndarray  # int64, sorted, distinct
    dong: np.ndarray  # int32, position in the register's dongs
    lon: np.ndarray
    lat: np.ndarray
    whole: np.ndarray  # for each group the one dong of all its numbers, else -1

    def find(self, group: np.ndarray, key: np.ndarray) -> np.ndarray:
        """The position of each key, -1 where it is not there or `group` is -1."""
        if len(self.key) == 0:
            return np.full(len(key), -1)
        at = np.minimum(np.searchsorted(self.key, key), len(self.key) - 1)
        return np.where((group >= 0) & (self.key[at] == key), at, -1)

    def groups(self, names: pa.Array) -> np.ndarray:
        return np.asarray(
            pc.fill_null(pc.index_in(names, value_set=self.group), -1).to_numpy(zero_copy_only=False)
        )


class Answers:
    """What has been found for each row so far; better levels come first, a second answer never replaces one."""

    def __init__(self, rows: int) -> None:
        self.dong = np.full(rows, -1, np.int64)
        self.lon = np.full(rows, np.nan)
        self.lat = np.full(rows, np.nan)
        self.level = np.full(rows, LEVELS.index(""))

    def take(self, keys: Keys, at: np.ndarray, level: int) -> None:
        """The addresses at positions `at` of `keys` (-1: none), unless they lie in several 행정동."""
        new = (at >= 0) & (self.level == LEVELS.index(""))
        new[new] = keys.dong[at[new]] >= 0
        self._set(new, keys.dong[at[new]], level)
        self.lon[new], self.lat[new] = keys.lon[at[new]], keys.lat[at[new]]

    def take_near(self, keys: Keys, near: np.ndarray, dong: np.ndarray) -> None:
        """The 행정동 `dong` (-1: none) with the point of the address at `near`, if that lies in it."""
        new = (dong >= 0) & (self.level == LEVELS.index(""))
        self._set(new, dong[new], LEVELS.index("road"))
        known = new & (near >= 0)
        known[known] = keys.dong[near[known]] == dong[known]
        self.lon[known], self.lat[known] = keys.lon[near[known]], keys.lat[near[known]]

    def _set(self, rows: np.ndarray, dong: np.ndarray, level: int) -> None:
        self.dong[rows] = dong
        self.level[rows] = level


@dataclass(frozen=True)
class Part:
    """One batch, reduced to numbers. The keys lack their group, whose number is known when all batches are."""

    street: pa.DictionaryArray
    parcel: pa.DictionaryArray
    dong: pa.DictionaryArray
    road_code: pa.DictionaryArray
    building: np.ndarray
    lot: np.ndarray
    lon: np.ndarray
    lat: np.ndarray
    areas: pa.Table


def compact(batch: pa.Table) -> Part:
    column = {name: batch[name].combine_chunks() for name in batch.column_names}
    sigungu = pc.utf8_slice_codeunits(column["bjd_code"].cast(pa.string()), 0, 5)
    name = pc.utf8_trim_whitespace(
        pc.binary_join_element_wise(
            pc.fill_null(column["sido"], ""), pc.fill_null(column["sigungu"], ""), " "
        )
    )
    dong = pc.binary_join_element_wise(column["emd"], pc.fill_null(column["ri"], ""), "")
    number = {
        each: filled(column[each], 0) for each in ("lot_main", "lot_sub", "building_main", "building_sub")
    }
    nothing = np.full(len(batch), np.nan)
    areas = pa.table({"code": pc.binary_join_element_wise(sigungu, "00000", ""), "name": name})
    return Part(
        street=joined(sigungu, spelled(column["road_name"])).dictionary_encode(),
        parcel=joined(sigungu, dong).dictionary_encode(),
        dong=column["hjd_code"].cast(pa.string()).dictionary_encode(),
        road_code=column["road_code"].cast(pa.string()).dictionary_encode(),
        building=number_of(filled(column["underground"], 0), number["building_main"], number["building_sub"]),
        lot=number_of(filled(column["san"], 0), number["lot_main"], number["lot_sub"]),
        lon=filled(column["lon"], np.nan) if "lon" in column else nothing,
        lat=filled(column["lat"], np.nan) if "lat" in column else nothing,
        areas=areas.group_by(["code", "name"]).aggregate([]).drop_null(),
    )


def unified(parts: list[Part], name: str) -> pa.DictionaryArray:
    return pa.chunked_array([getattr(part, name) for part in parts]).unify_dictionaries().combine_chunks()


def indices(coded: pa.DictionaryArray) -> np.ndarray:
    return np.asarray(pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False))


def sorted_keys(
    coded: pa.DictionaryArray, numbers: np.ndarray, dong: np.ndarray, lon: np.ndarray, lat: np.ndarray
) -> Keys:
    """Keys in order, one of each; a key or a group in several 행정동 has none."""
    group = indices(coded)
    usable = np.nonzero((group >= 0) & (dong >= 0))[0]
    key = (group[usable].astype(np.int64) << (2 * _NUMBER_BITS + 2)) | numbers[usable]
    order = np.argsort(key, kind="stable")
    key, rows = key[order], usable[order]
    first = np.nonzero(np.diff(key, prepend=-1))[0]
    low, high = (_reduced(how, dong[rows], first) for how in (np.minimum, np.maximum))
    distinct = np.where(low == high, low, -1).astype(np.int32)
    rows, key = rows[first], key[first]
    whole = np.full(len(coded.dictionary), -1, np.int32)
    starts = np.nonzero(np.diff(group_of(key), prepend=-1))[0]
    lowest, highest = (_reduced(how, distinct, starts) for how in (np.minimum, np.maximum))
    whole[group_of(key[starts])] = np.where(lowest == highest, lowest, -1)
    return Keys(coded.dictionary, key, distinct, lon[rows], lat[rows], whole)


def _reduced(how: np.ufunc, values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.asarray(how.reduceat(values, starts)) if len(starts) else values[:0]


def set_positions(arrays: dict[str, np.ndarray], roads: pa.DictionaryArray, positions: pa.Table) -> None:
    """Points for the buildings of `arrays`, joined by street code and number."""
    codes = positions["road_code"].combine_chunks().cast(pa.string())
    group = pc.fill_null(pc.index_in(codes, value_set=roads.dictionary), -1).to_numpy(zero_copy_only=False)
    parts = [filled(positions[name], 0) for name in ("underground", "building_main", "building_sub")]
    key = np.where(group >= 0, key_of(group, *parts), -1)
    order = np.argsort(key, kind="stable")
    key = key[order]
    asked = (indices(roads).astype(np.int64) << (2 * _NUMBER_BITS + 2)) | arrays["building"]
    at = np.minimum(np.searchsorted(key, asked), max(len(key) - 1, 0))
    hit = (key[at] == asked) & (indices(roads) >= 0) if len(key) else np.zeros(len(asked), bool)
    for name in ("lon", "lat"):
        axis = filled(positions[name], np.nan)
        arrays[name] = np.where(hit, axis[order][at] if len(key) else np.nan, arrays[name])


def number_of(flag: np.ndarray, main: np.ndarray, sub: np.ndarray) -> np.ndarray:
    """Flag (underground, 산) before main and sub number: 2 + 17 + 17 bits."""
    flag, main, sub = (np.asarray(each).astype(np.int64) for each in (flag, main, sub))
    return ((flag & 3) << (2 * _NUMBER_BITS)) | (main << _NUMBER_BITS) | sub


def key_of(group: np.ndarray, flag: np.ndarray, main: np.ndarray, sub: np.ndarray) -> np.ndarray:
    return np.asarray((group.astype(np.int64) << (2 * _NUMBER_BITS + 2)) | number_of(flag, main, sub))


def group_of(key: np.ndarray) -> np.ndarray:
    return np.asarray(key >> (2 * _NUMBER_BITS + 2))


def joined(codes: pa.Array, names: pa.Array | pa.ChunkedArray) -> pa.Array:
    plain = names.combine_chunks() if isinstance(names, pa.ChunkedArray) else names
    return pc.binary_join_element_wise(codes, plain, "|")


def spelled(roads: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Street names in one spelling: no blanks, one kind of middle dot."""
    plain = roads.combine_chunks() if isinstance(roads, pa.ChunkedArray) else roads
    return pc.replace_substring_regex(pc.replace_substring_regex(plain, r"\s+", ""), "[.ㆍ‧∙•・･]", "·")


def filled(column: pa.Array | pa.ChunkedArray, empty: float) -> np.ndarray:
    """Numbers of a column of texts or numbers; `empty` for null, for what is no number, and beyond the bits of a key."""
    plain = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if pa.types.is_string(plain.type) or pa.types.is_large_string(plain.type):
        plain = pc.if_else(
            pc.match_substring_regex(plain, r"^\s*-?\d+(?:\.\d+)?\s*$"), pc.utf8_trim_whitespace(plain), None
        )
    numbers = pc.fill_null(plain.cast(pa.float64()), empty).to_numpy(zero_copy_only=False)
    if np.isnan(empty):
        return np.asarray(numbers)
    usable = (numbers >= 0) & (numbers < 2**_NUMBER_BITS)
    return np.asarray(np.where(usable, numbers, empty).astype(np.int64))


def numbers(column: pa.ChunkedArray) -> np.ndarray:
    """A column of numbers or flags as int64, 0 for null."""
    return filled(column.cast(pa.int64()), 0)
