"""The layers of the city, one module or package each; found by being there, in the order of their needs.

A layer has

- ``LABEL``: what it is, in one Korean word, for the progress display;
- ``NEEDS``: names of the layers it builds on;
- ``build(city)``: makes its part of the city and puts it (`City.put`);
- ``papers(city, delivery)``: the files of a delivery (`samplecity.paper`); the second holds only what changed;
- ``truths(city)``: what was planted, as tables by name; written to ``truth/<layer>/<name>.csv``.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Protocol, cast

import pyarrow as pa

from madang.samplecity.city import City, Delivery, Setting
from madang.samplecity.paper import Paper


class Layer(Protocol):
    """What a module of this package offers."""

    LABEL: str
    NEEDS: tuple[str, ...]

    def build(self, city: City) -> None: ...
    def papers(self, city: City, delivery: Delivery) -> Iterable[Paper]: ...
    def truths(self, city: City) -> Mapping[str, pa.Table]: ...


def layers(*names: str) -> Iterator[tuple[str, Layer]]:
    """The layers called `names` and what they need (all of them without names): those needed first, otherwise by name."""
    wanted = list(names) or sorted(module.name for module in pkgutil.iter_modules(__path__))
    found: dict[str, Layer] = {}
    while wanted:
        name = wanted.pop()
        found[name] = cast(Layer, importlib.import_module(f"{__name__}.{name}"))
        wanted += [need for need in found[name].NEEDS if need not in found]
    needs = {name: found[name].NEEDS for name in sorted(found)}
    for name in TopologicalSorter(needs).static_order():
        yield name, found[name]


def grown(setting: Setting, *names: str) -> City:
    """A city of which only the layers called `names`, and those they need, are built."""
    city = City(setting)
    for _, layer in layers(*names):
        layer.build(city)
    return city
