"""Small tools for graphs in arrays: parts that hang together, and the order along chains."""

from __future__ import annotations

import numpy as np

from madang.samplecity.city import Array


def components(count: int, a: Array, b: Array) -> Array:
    """For each of `count` nodes the smallest node that it hangs together with through the edges a-b."""
    label = np.arange(count)
    while True:
        least = np.minimum(label[a], label[b])
        before = label.copy()
        np.minimum.at(label, label[a], least)
        np.minimum.at(label, label[b], least)
        label = label[label]
        label = label[label]
        if np.array_equal(before, label):
            return label


def largest(count: int, a: Array, b: Array) -> Array:
    """Whether each node belongs to the largest part."""
    label = components(count, a, b)
    found: Array = label == np.bincount(label, minlength=count).argmax()
    return found


def ways_to_end(following: Array, length: Array) -> tuple[Array, Array]:
    """Along chains: for each state its way to the end of its chain (its own length included), and its last state.

    `following` is the next state, or the state itself at the end. States of a circle have NaN and -1.
    """
    end, way = following.copy(), length.astype(np.float64)
    way_on = np.where(end == np.arange(len(end)), 0.0, way)
    for _ in range(max(1, int(np.ceil(np.log2(max(len(end), 2)))) + 1)):
        way_on = way_on + way_on[end]
        end = end[end]
    ended = following[end] == end
    total = np.where(ended, way_on + length[end], np.nan)
    return total, np.where(ended, end, -1)


def turns(node: Array, bearing: Array, group: Array, widest: float) -> tuple[Array, Array]:
    """Pairs of ends that continue each other: at the same node, of the same group, each the straightest for the other.

    `bearing` is the direction (radians) in which an end leaves its node. Two ends pair where the bend is below `widest`.
    """
    order = np.argsort(node, kind="stable")
    starts = np.flatnonzero(np.r_[True, node[order][1:] != node[order][:-1]])
    size = np.diff(np.r_[starts, len(node)])
    first, second = [], []
    for step in range(1, int(size.max(initial=1))):
        place = np.arange(len(order)) - np.repeat(starts, size)
        can = place + step < np.repeat(size, size)
        at = np.flatnonzero(can)
        first.append(order[at])
        second.append(order[at + step])
    if not first:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    a, b = np.concatenate(first), np.concatenate(second)
    bend = np.abs(np.mod(bearing[a] - bearing[b], 2 * np.pi) - np.pi)
    keep = (group[a] == group[b]) & (bend < widest)
    a, b, bend = a[keep], b[keep], bend[keep]
    best = np.full(len(node), np.inf)
    np.minimum.at(best, a, bend)
    np.minimum.at(best, b, bend)
    mutual = (best[a] == bend) & (best[b] == bend)
    a, b = a[mutual], b[mutual]
    _, once = np.unique(a, return_index=True)
    a, b = a[once], b[once]
    _, once = np.unique(b, return_index=True)
    a, b = a[once], b[once]
    clash = np.isin(a, b)
    return a[~clash], b[~clash]
