"""An origin: where data is fetched from, how and when. One file each, ``content/collect/<id>.toml`` of the workspace.

Not to be confused with ``content/sources``, which keeps what people told of the files of a dataset.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from madang.access import Thing
from madang.bank.durable import disk_errors, write_text
from madang.collect.origin_api import Api, api_of, api_toml
from madang.collect.origin_text import quoted, reading_of, reading_toml
from madang.collect.rhythm import Rhythm
from madang.collect.secret import Secret, check_plain, check_variable
from madang.declarations.fields import Fields, bad
from madang.intake.raw import Override
from madang.messages import MadangError

Kind = Literal["folder", "http", "api", "sql", "feed"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_ID = re.compile(r"[0-9a-z가-힣][0-9a-z가-힣_-]{0,59}")


@dataclass(frozen=True)
class Origin:
    """What is fetched, from where, when, and into which dataset ("" where the file's name decides, from a folder).

    `steward` is the post that answers for it. `attempts` fetches in all, the first pause between them `wait_s` seconds.
    `reading` fixes how the file is read, where that is not left to the intake.
    """

    id: str
    title: str
    kind: Kind
    address: str
    rhythm: Rhythm
    dataset: str = ""
    steward: str = ""
    paused: bool = False
    parameters: dict[str, str] = field(default_factory=dict)
    secret: Secret | None = None
    timeout_s: int = 300
    most_mb: int = 500
    attempts: int = 4
    wait_s: int = 60
    html: bool = False  # a table in an HTML page is what is wanted
    settle_s: int = 10  # seconds for which a file in a folder must not have changed
    api: Api = field(default_factory=Api)
    query: str = ""
    reading: Override = field(default_factory=Override)

    @property
    def thing(self) -> Thing:
        """The origin as the policy knows it."""
        return Thing("source", self.id, steward=self.steward)


def origin_file(workspace: Path, id_: str) -> Path:
    """Where the origin `id_` of a workspace is declared. Raises MadangError("collect_id")."""
    if not _ID.fullmatch(id_):
        raise MadangError("collect_id", id=id_)
    return workspace / "content" / "collect" / f"{id_}.toml"


def load_origins(workspace: Path) -> tuple[list[Origin], list[MadangError]]:
    """All origins of a workspace by id, and what is wrong with the files that cannot be read."""
    found, broken = [], []
    for file in sorted((workspace / "content" / "collect").glob("*.toml")):
        try:
            found.append(load_file(file))
        except MadangError as error:
            broken.append(error)
    return found, broken


def load_origin(workspace: Path, id_: str) -> Origin:
    """One origin. Raises MadangError: origin_missing, ``standard_*`` and ``collect_*`` for a file that is not valid."""
    try:
        file = origin_file(workspace, id_)
    except MadangError as error:
        raise MadangError("origin_missing", id=id_) from error
    if not file.is_file():
        raise MadangError("origin_missing", id=id_)
    return load_file(file)


def load_file(file: Path) -> Origin:
    """The origin declared in one TOML file, validated."""
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad("standard_toml", file, "", reason=str(error)) from error
    origin = origin_of(table, file)
    if origin.id != file.stem:
        raise bad("standard_id", file, "id", value=origin.id, expected=file.stem)
    return origin


def origin_of(table: dict[str, Any], file: Path) -> Origin:
    """The origin that a table declares. Raises MadangError with `file` and key."""
    fields = Fields(table, file, "")
    kind = fields.choice("kind", KINDS)
    usual = Origin("", "", kind, "", Rhythm("", every=1))
    origin = Origin(
        id=fields.text("id", required=True),
        title=fields.text("title", required=True),
        kind=kind,
        address=fields.text("address", required=True),
        rhythm=Rhythm.of(fields.text("rhythm", required=True)),
        dataset=fields.text("dataset"),
        steward=fields.text("steward"),
        paused=fields.boolean("paused"),
        parameters=fields.mapping("parameters"),
        secret=_secret(fields, kind),
        timeout_s=fields.integer("timeout_s") or usual.timeout_s,
        most_mb=fields.integer("most_mb") or usual.most_mb,
        attempts=fields.integer("attempts") or usual.attempts,
        wait_s=fields.integer("wait_s") or usual.wait_s,
        html=fields.boolean("html"),
        settle_s=fields.integer("settle_s") or usual.settle_s,
        api=api_of(fields.table("api")),
        query=fields.text("query", required=kind == "sql"),
        reading=reading_of(fields.table("reading")),
    )
    fields.done()
    check_origin(origin)
    return origin


def _secret(fields: Fields, kind: Kind) -> Secret | None:
    variable = fields.text("secret")
    into = fields.choice("secret_in", ("query", "header"), default="query")
    name = fields.text("secret_name") or "serviceKey"
    if not variable:
        return None
    check_variable(variable)
    return Secret(variable, "password", "") if kind == "sql" else Secret(variable, into, name)


def check_origin(origin: Origin) -> None:
    """What the fields alone do not say. Raises MadangError: collect_id, collect_dataset, collect_userinfo,
    collect_secret_plain, collect_limits."""
    if not _ID.fullmatch(origin.id):
        raise MadangError("collect_id", id=origin.id)
    if not origin.dataset and origin.kind != "folder":
        raise MadangError("collect_dataset", id=origin.id)
    in_path = origin.kind == "api" and origin.api.shape == "seoul"
    check_plain(origin.address, origin.parameters, in_path=in_path)
    if (
        origin.timeout_s > 6 * 3600
        or origin.most_mb > 20_000
        or origin.attempts > 20
        or origin.wait_s > 86_400
    ):
        raise MadangError("collect_limits", id=origin.id)


def save_origin(workspace: Path, origin: Origin) -> Path:
    """Write an origin; `load_origin` reads the same back. Raises MadangError: collect_*, disk_*."""
    file = origin_file(workspace, origin.id)
    written = origin_toml(origin)
    origin_of(tomllib.loads(written), file)
    with disk_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, written)
    return file


def origin_toml(origin: Origin) -> str:
    """The declaration as TOML, without what is usual."""
    usual = Origin("", "", origin.kind, "", Rhythm("", every=1))
    lines = [f"id = {quoted(origin.id)}", f"title = {quoted(origin.title)}", f"kind = {quoted(origin.kind)}"]
    lines += [f"address = {quoted(origin.address)}", f"rhythm = {quoted(origin.rhythm.said)}"]
    for key in ("dataset", "steward", "query"):
        if getattr(origin, key):
            lines.append(f"{key} = {quoted(getattr(origin, key))}")
    for key in ("paused", "html"):
        if getattr(origin, key):
            lines.append(f"{key} = true")
    for key in ("timeout_s", "most_mb", "attempts", "wait_s", "settle_s"):
        if getattr(origin, key) != getattr(usual, key):
            lines.append(f"{key} = {getattr(origin, key)}")
    if origin.secret:
        lines.append(f"secret = {quoted(origin.secret.variable)}")
        if origin.secret.into != "password":
            lines += [
                f"secret_in = {quoted(origin.secret.into)}",
                f"secret_name = {quoted(origin.secret.name)}",
            ]
    if origin.parameters:
        lines += ["", "[parameters]"]
        lines += [f"{quoted(name)} = {quoted(value)}" for name, value in origin.parameters.items()]
    return "\n".join([*lines, *api_toml(origin.api), *reading_toml(origin.reading)]) + "\n"
