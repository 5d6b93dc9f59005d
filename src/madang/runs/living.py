"""Results that are kept alive: the same question is answered again when one of its inputs has a newer version.

    content/living/<id>.toml   what somebody wants kept alive, how often, and who follows it; written by people's acts
    living/<id>.json           where it stands: the last good result, what failed; written by whoever computes

The id is made of the analysis, its parameters, its input datasets and its seed: one question is kept alive once.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal, get_args

from madang.access import Person, Thing, as_close, can
from madang.bank import Bank
from madang.bank.durable import SEOUL, disk_errors, locked, read_json, write_json, write_text
from madang.bank.made_of import Lineage, Stamp, stamp_of
from madang.declarations.fields import Fields, bad
from madang.messages import MadangError
from madang.runs.inputs import Progress, no_progress
from madang.runs.ledger import Ledger, Run
from madang.runs.matching import LEFT_OUT

Every = Literal["now", "day", "week", "month", "year"]
EVERY: tuple[Every, ...] = get_args(Every)
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=10), timedelta(days=1)


@dataclass(frozen=True)
class Living:
    """A question that is kept alive. `inputs` are datasets by role, several with commas; `parameters` as a form sends them.

    `keeper` is a login name and `via` the door of who began it; `stopped` says why it rests ("left": its keeper works here
    no more, "right": may not read an input any more).
    """

    id: str
    analysis: str
    title: str
    parameters: Mapping[str, str]
    inputs: Mapping[str, str]
    seed: int
    every: Every
    keeper: str
    via: str
    since: str
    run: str
    followers: tuple[str, ...] = ()
    stopped: str = ""

    @property
    def datasets(self) -> list[str]:
        """What it reads, each once."""
        return sorted({name for told in self.inputs.values() for name in _names(told)})


@dataclass(frozen=True)
class State:
    """Where it stands: `run` is the last good result, `looked` when it was last looked at as its rhythm asks.

    `error` (code and parameters) is why the last `failures` attempts failed, since `failed_at`; `told`: the keeper knows.
    `under_way` stays where an attempt died.
    """

    run: str = ""
    looked: str = ""
    failures: int = 0
    failed_at: str = ""
    error: Mapping[str, Any] | None = None
    told: bool = False
    under_way: bool = False
    stamps: Mapping[str, list[int]] = field(default_factory=dict)  # of the inputs, when it was last looked at

    @property
    def again(self) -> datetime | None:
        """When it is tried again; None where the last attempt was good."""
        if not self.failures:
            return None
        wait: timedelta = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(self.failures - 1, 10))
        return datetime.fromisoformat(self.failed_at) + wait


def living_of(run: Run, ledger: Ledger, *, every: str, by: str, via: str, at: datetime) -> Living:
    """What it would be to keep a run alive. Raises MadangError: run_every, analysis_missing."""
    if every not in EVERY:
        raise MadangError("run_every", every=every, choices=", ".join(EVERY))
    told: dict[str, list[str]] = {}
    for each in run.inputs:
        told.setdefault(each.role, []).append(each.dataset)
    inputs = {role: ", ".join(sorted(set(names))) for role, names in told.items()}
    for role in ledger.analyses[run.analysis].card.inputs:
        if role.optional:
            inputs.setdefault(role.name, LEFT_OUT)
    parameters = {name: _spelled(value) for name, value in run.parameters.items()}
    question = json.dumps([run.analysis, parameters, inputs, run.seed], ensure_ascii=False, sort_keys=True)
    id_ = hashlib.sha256(question.encode()).hexdigest()[:12]
    return Living(
        id_, run.analysis, run.title, parameters, inputs, run.seed, every, by, via,
        at.isoformat(timespec="seconds"), run.key,
    )  # fmt: skip


def newest_answer(run: Run, runs: Iterable[Run]) -> Run | None:
    """Of `runs` the one that answers the same question with the newest data: same analysis, parameters, datasets and seed, no
    version older than the run's own and one newer; None where there is none."""
    own = _versions(run)
    question = (run.analysis, run.seed, run.parameters)
    alike = [each for each in runs if (each.analysis, each.seed, each.parameters) == question]
    last = {tuple(map(id, each.inputs)): each for each in sorted(alike, key=lambda each: each.at)}
    read = [(_versions(each), each) for each in last.values()]
    newer = [
        (sum(found.values()), each)
        for found, each in read
        if found != own and found.keys() == own.keys() and all(found[name] >= own[name] for name in own)
    ]
    return max(newer, key=lambda each: (each[0], each[1].at))[1] if newer else None


def _versions(run: Run) -> dict[tuple[str, str], int]:
    """Which version it read of which dataset in which role."""
    return {(each.role, each.dataset): each.version for each in run.inputs}


class Livings:
    """What is kept alive in a workspace."""

    def __init__(self, workspace: Path) -> None:
        self.declared = workspace / "content" / "living"
        self.states = workspace / "living"

    def all(self) -> tuple[list[Living], list[MadangError]]:
        """Everything that is kept alive, by title, and what is wrong with the files that cannot be read."""
        found, broken = [], []
        for file in sorted(self.declared.glob("*.toml")):
            try:
                found.append(_load(file))
            except MadangError as error:
                broken.append(error)
            except FileNotFoundError:  # stopped meanwhile
                continue
        return sorted(found, key=lambda each: (each.title, each.id)), broken

    def __getitem__(self, id_: str) -> Living:
        """Raises MadangError: living_missing, ``standard_*`` for a file that is not valid."""
        file = self.declared / f"{id_}.toml"
        try:
            if id_.isalnum():
                return _load(file)
        except FileNotFoundError:
            pass
        raise MadangError("living_missing", id=id_)

    def get(self, id_: str) -> Living | None:
        """The one called so, where there is one."""
        return self[id_] if (self.declared / f"{id_}.toml").is_file() else None

    def save(self, living: Living) -> None:
        """Write a declaration."""
        with disk_errors(self.declared):
            self.declared.mkdir(parents=True, exist_ok=True)
            write_text(self.declared / f"{living.id}.toml", _toml(living))

    def remove(self, id_: str) -> None:
        """Have something kept alive no more; its results stay."""
        (self.declared / f"{id_}.toml").unlink(missing_ok=True)
        (self.states / f"{id_}.json").unlink(missing_ok=True)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """While the block runs nobody else changes a declaration."""
        with locked(self.states / ".lock"):
            yield

    def state(self, living: Living) -> State:
        """Where it stands; where nothing is written, or what is cannot be read, with the run that it began with."""
        try:
            return State(**read_json(self.states / f"{living.id}.json"))
        except (OSError, ValueError, TypeError):
            return State(run=living.run, looked=living.since)

    def put(self, living: Living, state: State) -> None:
        """Write where it stands."""
        with disk_errors(self.states):
            self.states.mkdir(parents=True, exist_ok=True)
            write_json(self.states / f"{living.id}.json", asdict(state))


def stamps(bank: Bank, living: Living) -> dict[str, list[int]]:
    """Marks of the inputs that change with every new version of them; cheap to look up."""
    found: dict[str, Stamp] = {name: stamp_of(str(bank.folder / name)) for name in living.datasets}
    return {name: list(each) for name, each in found.items()}


def is_due(living: Living, state: State, now: datetime, seen: Mapping[str, list[int]]) -> bool:
    """Whether it is time to look whether an input has a newer version; `seen` are the stamps of now."""
    if living.stopped:
        return False
    moved = dict(state.stamps) != dict(seen)
    if state.again is not None:  # what failed by its data is worth another attempt as soon as they are others
        return moved or now >= state.again
    if living.every == "now":
        return moved
    return _period(living.every, now) != _period(living.every, datetime.fromisoformat(state.looked))


def is_behind(ledger: Ledger, state: State) -> bool:
    """Whether an input of the last good result has a newer version, or the result is gone: its data were erased."""
    try:
        return bool(ledger.behind(ledger[state.run]))
    except MadangError:
        return True


def may_read(bank: Bank, living: Living, person: Person) -> bool:
    """Whether a person may read every input as a whole, as far as they are there."""
    lineage = Lineage(bank.folder)
    things = [lineage.thing(name) for name in living.datasets if name in bank]
    return can(person, "read", as_close(Thing("run"), things))


def computed(ledger: Ledger, living: Living, by: Person, progress: Progress = no_progress) -> Run:
    """The answer over the newest versions: recalled where it was made, else made now. Raises as `Ledger.ask` and `run`."""
    asked = ledger.ask(living.analysis, living.parameters, living.inputs, by=by, seed=living.seed)
    return ledger.run(asked, by=living.keeper, progress=progress)


def begun(ledger: Ledger, living: Living, state: State) -> State:
    """The state of an attempt that begins. The marks are taken before it reads: what comes meanwhile is looked at next."""
    return replace(state, under_way=True, stamps=stamps(ledger.bank, living))


def good(run: str, now: datetime, seen: Mapping[str, list[int]]) -> State:
    """The state after a good look, by which `run` is the newest result."""
    return State(run=run, looked=now.astimezone(SEOUL).isoformat(timespec="seconds"), stamps=seen)


def failed(state: State, error: MadangError, now: datetime) -> State:
    """The state after an attempt that failed: the last good result stays."""
    said = {"code": error.code, "params": {name: str(value) for name, value in error.params.items()}}
    return replace(
        state, failures=state.failures + 1, failed_at=now.astimezone(SEOUL).isoformat(timespec="seconds"), error=said, told=True,
        under_way=False,
    )  # fmt: skip


def _period(every: Every, at: datetime) -> date:
    """The first day of the day, week, month or year that a moment lies in, by the clock in Korea."""
    day = at.astimezone(SEOUL).date()
    first = {
        "day": day, "week": day - timedelta(days=day.weekday()), "month": day.replace(day=1),
        "year": day.replace(month=1, day=1),
    }  # fmt: skip
    return first[every]


def _names(told: str) -> list[str]:
    return [name for each in told.split(",") if (name := each.strip()) and name != LEFT_OUT]


def _spelled(value: Any) -> str:
    """A value of a parameter as a form sends it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _load(file: Path) -> Living:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad("standard_toml", file, "", reason=str(error)) from error
    fields = Fields(table, file, "")
    told = {name: fields.text(name, required=True) for name in ("id", "analysis", "title", "keeper", "run")}
    found = Living(
        **told, parameters=fields.mapping("parameters"), inputs=fields.mapping("inputs", required=True),
        seed=int(fields.text("seed") or 0), every=fields.choice("every", EVERY), via=fields.text("via"),
        since=fields.text("since", required=True), followers=fields.texts("followers"), stopped=fields.text("stopped"),
    )  # fmt: skip
    fields.done()
    if found.id != file.stem:
        raise bad("standard_id", file, "id", value=found.id, expected=file.stem)
    return found


def _toml(living: Living) -> str:
    """A declaration as TOML: strings of JSON are strings of TOML but for one control character."""

    def quoted(said: object) -> str:
        return json.dumps(said, ensure_ascii=False).replace("\x7f", "\\u007f")

    told = {name: value for name, value in asdict(living).items() if name not in ("parameters", "inputs")}
    told |= {"seed": str(living.seed), "followers": list(living.followers)}
    lines = [f"{name} = {quoted(value)}" for name, value in told.items()]
    for name in ("parameters", "inputs"):
        lines += ["", f"[{name}]"]
        lines += [f"{quoted(key)} = {quoted(value)}" for key, value in getattr(living, name).items()]
    return "\n".join(lines) + "\n"
