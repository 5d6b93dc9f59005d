"""How far it is from people to places: along the walking network, or straight with a detour factor; said which.

Points and nodes are metres in one projected system (EPSG:5179). Network distances are shortest paths (Dijkstra 1959, as
in SciPy's csgraph) between the nodes nearest to either point, and the ways to and from those nodes are added, so a
network distance is never shorter than the straight line. Who is nearer to a place than to the network needs no street:
that way is the straight line with a detour.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from madang.messages import MadangError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_BLOCK = 1 << 23  # path lengths held at once: 64 MB
DETOUR = 1.3
SPACING_M = 50.0  # between the points of a street where people step onto it: the most that a way is too long at an end


@dataclass(frozen=True)
class Travel:
    """`distance_m`: demand x candidates, float32, inf where there is no way (or none within the limits asked).

    kind: "network", or "straight" with its `detour` factor. For a network: `demand_snap_m` and `candidate_snap_m` from
    each point to its node; `demand_off`, `candidates_off`: points farther from any node than was allowed;
    `lengthened`: edges given shorter than the straight line between their ends, which were counted as that line.
    """

    kind: Literal["network", "straight"]
    distance_m: NDArray[np.float32]
    detour: float | None = None
    demand_snap_m: Floats | None = None
    candidate_snap_m: Floats | None = None
    demand_off: int = 0
    candidates_off: int = 0
    lengthened: int = 0


def straight(demand_xy: ArrayLike, candidate_xy: ArrayLike, detour: float = DETOUR) -> Travel:
    """Straight lines times `detour` (1.2 to 1.4 is usual in towns; 1 is the line itself).

    Raises MadangError: travel_points, travel_detour. Memory: 8 bytes for each pair.
    """
    if not detour >= 1:
        raise MadangError("travel_detour", detour=detour)
    metres = scipy.spatial.distance.cdist(_points(demand_xy), _points(candidate_xy))
    return Travel("straight", _upwards(metres * detour), detour)


@dataclass(frozen=True)
class Network:
    """Nodes (n x 2) and an undirected graph of lengths in metres; made by `network`."""

    nodes: Floats
    graph: scipy.sparse.csr_matrix
    lengthened: int


def network(nodes_xy: ArrayLike, edges: ArrayLike, length_m: ArrayLike | None = None) -> Network:
    """A walking network. `edges`: pairs of node numbers, walked both ways; `length_m`: by default the straight line.

    Of several edges between two nodes the shortest counts; an edge shorter than the straight line is as long as that.
    Raises MadangError: travel_points, travel_edges.
    """
    nodes, pairs = _points(nodes_xy), np.asarray(edges, dtype=np.int64).reshape(-1, 2)
    if len(pairs) and (pairs.min() < 0 or pairs.max() >= len(nodes)):
        raise MadangError("travel_edges", nodes=len(nodes))
    line = np.hypot(*(nodes[pairs[:, 0]] - nodes[pairs[:, 1]]).T)
    length = line if length_m is None else np.asarray(length_m, dtype=np.float64)
    if length.shape != line.shape or not np.isfinite(length).all() or (length < 0).any():
        raise MadangError("travel_edges", nodes=len(nodes))
    shorter = length < line * (1 - 1e-9)
    length = np.maximum(length, line)
    low, high = np.sort(pairs, axis=1).T
    order = np.lexsort((length, high, low))
    low, high, length = low[order], high[order], length[order]
    kept = np.append(True, (np.diff(low) != 0) | (np.diff(high) != 0))[: len(low)] & (low != high)
    graph = scipy.sparse.csr_matrix((length[kept], (low[kept], high[kept])), shape=(len(nodes), len(nodes)))
    return Network(nodes, graph, int(shorter.sum()))


@dataclass(frozen=True)
class Streets:
    """A network made of lists of nodes and links, and how many links name a node that is not listed."""

    network: Network
    loose: int


def streets(
    node: ArrayLike, node_xy: ArrayLike, one: ArrayLike, other: ArrayLike, length_m: ArrayLike
) -> Streets:
    """The walking network of nodes by name and links between them (`one`, `other`: names; NaN or 0: the straight line).

    Long links are parted every 50 m, so that people step onto the street and not onto its ends only; nodes without a
    link are nobody's. Raises MadangError: travel_points, travel_streets where no link is left.
    """
    names, points = np.asarray(node, dtype=str), _points(node_xy)
    order = np.argsort(names, kind="stable")
    ends = np.column_stack([np.asarray(each, dtype=str) for each in (one, other)])
    at = order[np.minimum(np.searchsorted(names, ends, sorter=order), len(names) - 1)]
    known = (names[at] == ends).all(axis=1)
    told = np.asarray(length_m, dtype=np.float64)[known]
    pairs = at[known]
    if not len(pairs):
        raise MadangError("travel_streets", links=len(known))
    line = np.hypot(*(points[pairs[:, 0]] - points[pairs[:, 1]]).T)
    length = np.where(told > 0, np.maximum(told, line), line)
    used, ends = np.unique(pairs, return_inverse=True)
    nodes, pairs, length = _parted(points[used], ends.reshape(-1, 2), length)
    found = network(nodes, pairs, length)
    short = int((told[told > 0] < line[told > 0] * (1 - 1e-9)).sum())
    return Streets(Network(found.nodes, found.graph, short), int((~known).sum()))


def _parted(nodes: Floats, pairs: Ints, length: Floats) -> tuple[Floats, Ints, Floats]:
    """Edges in pieces of `SPACING_M` at most, evenly along the straight line between their ends."""
    parts = np.maximum(np.ceil(length / SPACING_M - 1e-6).astype(np.int64), 1)
    edge = np.repeat(np.arange(len(pairs)), parts)
    place = np.arange(len(edge)) - np.repeat(np.cumsum(parts) - parts, parts)
    inner = place > 0
    share = (place[inner] / parts[edge[inner]])[:, None]
    start, end = nodes[pairs[edge[inner], 0]], nodes[pairs[edge[inner], 1]]
    number = np.full(len(edge), -1, dtype=np.int64)
    number[inner] = len(nodes) + np.arange(int(inner.sum()))
    first = np.where(inner, number, pairs[edge, 0])
    last = np.where(place == parts[edge] - 1, pairs[edge, 1], np.append(number[1:], -1))
    return (
        np.vstack([nodes, start + (end - start) * share]),
        np.column_stack([first, last]),
        (length / parts)[edge],
    )


def walking(
    net: Network,
    demand_xy: ArrayLike,
    candidate_xy: ArrayLike,
    *,
    snap_limit_m: float = np.inf,
    limit_m: float = np.inf,
    progress: Callable[[int, int, str], None] = lambda done, whole, what: None,
) -> Travel:
    """Distances along `net` from every demand point to every candidate, searched from the candidates.

    A point farther than `snap_limit_m` from any node has no way; paths end at `limit_m`, which keeps large networks
    fast. Raises MadangError (travel_points). Memory: the answer, and 64 MB of paths at a time.
    """
    demand, candidates = _points(demand_xy), _points(candidate_xy)
    tree = scipy.spatial.cKDTree(net.nodes)
    demand_snap, demand_node = tree.query(demand)
    candidate_snap, candidate_node = tree.query(candidates)
    demand_on, candidate_on = demand_snap <= snap_limit_m, candidate_snap <= snap_limit_m
    starts, which = np.unique(candidate_node, return_inverse=True)
    answer = np.full((len(demand), len(candidates)), np.inf, dtype=np.float32)
    step = max(1, _BLOCK // max(len(net.nodes), len(demand)))
    for start in range(0, len(starts), step):
        progress(start, len(starts), "paths")
        paths = scipy.sparse.csgraph.dijkstra(
            net.graph, directed=False, indices=starts[start : start + step], limit=limit_m
        )
        here = np.flatnonzero((which >= start) & (which < start + step) & candidate_on)
        ways = paths[which[here] - start][:, demand_node].T + demand_snap[:, None] + candidate_snap[here]
        line = scipy.spatial.distance.cdist(demand, candidates[here])
        near = line <= demand_snap[:, None]
        ways[near] = np.minimum(ways[near], line[near] * DETOUR)
        ways[ways > limit_m] = np.inf
        answer[:, here] = _upwards(ways)
    answer[~demand_on] = np.inf
    return Travel(
        "network",
        answer,
        None,
        demand_snap,
        candidate_snap,
        int((~demand_on).sum()),
        int((~candidate_on).sum()),
        net.lengthened,
    )


def walking_nearest(
    net: Network, demand_xy: ArrayLike, place_xy: ArrayLike, *, snap_limit_m: float = np.inf
) -> tuple[Floats, int]:
    """(demand) the way to the nearest place, inf where there is none; how many points are too far from any street.

    One search from all places at once, however many. Raises MadangError (travel_points).
    """
    demand, places = _points(demand_xy), _points(place_xy)
    tree = scipy.spatial.cKDTree(net.nodes)
    demand_snap, demand_node = tree.query(demand)
    place_snap, place_node = tree.query(places)
    on = place_snap <= snap_limit_m
    least = np.full(len(net.nodes), np.inf)
    np.minimum.at(least, place_node[on], place_snap[on])
    begins = np.flatnonzero(np.isfinite(least))
    whole = scipy.sparse.coo_matrix(net.graph)
    size = len(net.nodes)
    graph = scipy.sparse.csr_matrix(
        (
            np.concatenate([whole.data, least[begins]]),
            (np.concatenate([whole.row, np.full(len(begins), size)]), np.concatenate([whole.col, begins])),
        ),
        shape=(size + 1, size + 1),
    )
    metres: Floats = scipy.sparse.csgraph.dijkstra(graph, directed=False, indices=size)
    metres = metres[demand_node] + demand_snap
    line = scipy.spatial.cKDTree(places[on]).query(demand)[0] if on.any() else np.full(len(demand), np.inf)
    near = line <= demand_snap
    metres[near] = np.minimum(metres[near], line[near] * DETOUR)
    metres[demand_snap > snap_limit_m] = np.inf
    return metres, int((demand_snap > snap_limit_m).sum())


def _points(xy: ArrayLike) -> Floats:
    points = np.asarray(xy, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 2 or not len(points) or not np.isfinite(points).all():
        bad = int((~np.isfinite(points)).any(axis=-1).sum()) if points.ndim == 2 else 0
        raise MadangError("travel_points", count=bad)
    return points


def _upwards(metres: Floats) -> NDArray[np.float32]:
    """As float32, never rounded below: a network distance stays at least the straight one."""
    rounded = metres.astype(np.float32)
    short = rounded < metres
    rounded[short] = np.nextafter(rounded[short], np.float32(np.inf))
    return rounded
