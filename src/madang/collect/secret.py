"""Keys and passwords that sources ask for: named, never written down, and told only to the hosts they are meant for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from madang.collect.address import parts_of
from madang.collect.allowed import is_named
from madang.messages import MadangError

HOSTS = "_HOSTS"  # COLLECT_X_HOSTS says where COLLECT_X may go, as a list of hosts like that of content/collect.toml
_VARIABLE = re.compile(r"COLLECT_[A-Z0-9_]{1,60}")
_SCHEMES = ("http", "https", "postgresql")
_SECRET_NAME = re.compile(
    r"(?i)(key|(.*[-_.])?((service|api|auth|access|confm|crtfc|consumer|secret|private|client|app|open|subscription|cert)[-_.]?key"
    r"|(access|auth|bearer|refresh|api|user)?[-_.]?token|pass(word|wd|phrase)?|pw|pwd|(client)?[-_.]?secret|authorization|credentials?))"
)
_PASSWORD = re.compile(r"(?P<user>://[^/@:\s]*):[^/@\s]*@")
_KEY_STEP = re.compile(r"[0-9A-Za-z%+=]{16,}")
_PAIR = re.compile(r"(?P<name>[^?&;=\s/]+)[ \t]*=[ \t]*(?P<value>[^&;\s]*)")
_FILLED = re.compile(r"\{\w+[^{}]*\}")


@dataclass(frozen=True)
class Secret:
    """A key that an origin asks for: the name of an environment variable, never its value, and where it goes.

    `into`: the query or a header called `name`; the password of a database. The variable ``<name>_HOSTS`` beside it
    says which hosts it may be told.
    """

    variable: str
    into: Literal["query", "header", "password"] = "query"
    name: str = "serviceKey"

    def value(self, environment: Mapping[str, str], address: str) -> str:
        """The key, for a request to `address`. Raises MadangError: collect_secret_missing, collect_secret_host, and
        those of an address."""
        found = environment.get(self.variable, "").strip()
        if not found:
            raise MadangError("collect_secret_missing", variable=self.variable)
        self.check_host(environment, address)
        return found

    def check_host(self, environment: Mapping[str, str], address: str) -> None:
        """Raises MadangError("collect_secret_host") where the key may not be told to the host of `address`."""
        split, host, port = parts_of(address, _SCHEMES)
        setting = self.variable + HOSTS
        if not is_named(host, port, environment.get(setting, "").replace(",", " ").lower().split()):
            shown = f"[{host}]" if ":" in host else host
            shown = f"{shown}:{port}" if split.port is not None else shown
            raise MadangError("collect_secret_host", variable=self.variable, host=shown, setting=setting)


def check_variable(variable: str) -> None:
    """Raises MadangError("collect_secret_name") for what cannot be the variable of a secret; it may be the secret itself,
    so it is not repeated."""
    if not _VARIABLE.fullmatch(variable) or variable.endswith(HOSTS):
        raise MadangError("collect_secret_name")


def check_plain(address: str, parameters: Mapping[str, str], *, in_path: bool) -> None:
    """Raises MadangError where a key or password is written into an address or its parameters: collect_userinfo,
    collect_secret_plain. `in_path`: the first step of the path is where the service wants its key."""
    if _PASSWORD.search(address):
        raise MadangError("collect_userinfo", host=urlsplit(address).netloc.rpartition("@")[2])
    told = [*((m["name"], m["value"]) for m in _PAIR.finditer(address)), *parameters.items()]
    for name, value in told:
        if _is_secret(name, value):
            raise MadangError("collect_secret_plain", name=unquote(name)[:60])
    first = urlsplit(address).path.removeprefix("/").partition("/")[0]
    if in_path and _KEY_STEP.fullmatch(first):
        raise MadangError("collect_secret_plain", name="{key}")


def without_values(said: str, *, in_path: bool) -> str:
    """An address, or lines of parameters, without what `check_plain` would refuse in it."""
    if in_path:
        said = re.sub(rf"(://[^/\s]+/){_KEY_STEP.pattern}(?=/|$)", r"\1{key}", said)
    return _PAIR.sub(
        lambda m: f"{m['name']}=" if _is_secret(m["name"], m["value"]) else m[0],
        _PASSWORD.sub(lambda m: f"{m['user']}@", said),
    )


def _is_secret(name: str, value: str) -> bool:
    """Whether this is a key with a value of its own: {key} and the like are filled in later."""
    return bool(_SECRET_NAME.fullmatch(unquote(name).strip())) and bool(_FILLED.sub("", value).strip())
