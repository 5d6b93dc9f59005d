"""An address is checked before anything is asked of it: who may be asked, and where the name leads at this moment.

The connection then goes to the address that was checked, not to the name, which could lead elsewhere a moment later.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from madang.collect.allowed import Allowed
from madang.messages import MadangError

Resolve = Callable[[str, int], list[str]]  # host and port -> addresses, the preferred first
_PORTS = {"http": 80, "https": 443, "postgresql": 5432}
_STRANGE = re.compile(r"[\x00-\x20\x7f\\]")
_NUMERIC = re.compile(r"(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+)){0,3}")


@dataclass(frozen=True)
class Place:
    """A checked place: the name that is asked for, and the address that a connection goes to."""

    scheme: str
    host: str
    port: int
    ip: str
    target: str  # path and query

    @property
    def named(self) -> str:
        """Host and port as the Host header and messages have them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a name, by the system's resolver. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(each[4][0]) for each in found))


def checked(
    url: str, allowed: Allowed, *, schemes: tuple[str, ...] = ("http", "https"), resolve: Resolve = resolved
) -> Place:
    """The place of an address. Raises MadangError: collect_address, collect_userinfo, collect_host,
    collect_private, collect_name."""
    split, host, port = parts_of(url, schemes)
    if not allowed.host(host, port):
        raise MadangError("collect_host", host=host, port=port)
    try:
        found = [ipaddress.ip_address(each.partition("%")[0]) for each in resolve(host, port)]
    except (OSError, ValueError) as error:
        raise MadangError("collect_name", host=host) from error
    if not found:
        raise MadangError("collect_name", host=host)
    for ip in found:
        if not allowed.address(ip):
            raise MadangError("collect_private", host=host, address=ip)
    target = (split.path or "/") + (f"?{split.query}" if split.query else "")
    return Place(split.scheme, host, port, str(found[0]), target)


def parts_of(url: str, schemes: tuple[str, ...]) -> tuple[SplitResult, str, int]:
    """The parts of an address, its host in plain ASCII, its port. Raises MadangError: collect_address, collect_userinfo."""
    if _STRANGE.search(url):
        raise MadangError("collect_address", value=_bare(url))
    try:
        split = urlsplit(url)
        port = split.port
        host = (split.hostname or "").rstrip(".")
        host = host if ":" in host else host.encode("idna").decode("ascii").lower()
    except (ValueError, UnicodeError) as error:
        raise MadangError("collect_address", value=_bare(url)) from error
    if split.scheme not in schemes or not host or "%" in host:
        raise MadangError("collect_address", value=_bare(url))
    if split.password is not None or (split.username is not None and "postgresql" not in schemes):
        raise MadangError("collect_userinfo", host=host)
    if _NUMERIC.fullmatch(host) and not _is_plain_ipv4(
        host
    ):  # 2130706433, 0177.1, 127.1: other ways to write 127.0.0.1
        raise MadangError("collect_address", value=_bare(url))
    return split, host, port if port is not None else _PORTS[split.scheme]


def _is_plain_ipv4(host: str) -> bool:
    try:
        return str(ipaddress.IPv4Address(host)) == host
    except ValueError:
        return False


def _bare(url: str) -> str:
    """An address for a message: without what may be secret."""
    return re.sub(r"//[^/@]*@", "//", _STRANGE.sub("", url)).partition("?")[0][:200]
