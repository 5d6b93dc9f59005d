"""What may be reached from here: ``content/collect.toml`` of the workspace. Without it nothing outside may be.

hosts = ["apis.data.go.kr", "*.seoul.go.kr", "openapi.seoul.go.kr:8088"]   # names; other ports than 80 and 443 with the name
private = ["127.0.0.1", "10.20.0.0/16"]    # addresses of this network that names may lead to
folders = ["/srv/inbox"]                    # besides the workspace's own inbox/
ca_file = "/etc/ssl/city-ca.pem"            # a certificate authority of one's own
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path

from madang.declarations.fields import Fields, bad
from madang.messages import MadangError

Address = IPv4Address | IPv6Address
_USUAL_PORTS = (80, 443, 5432)  # of the web, and of PostgreSQL
_HOST = re.compile(r"(\*\.)?[a-z0-9_\-.]+(:\d{1,5})?|\[[0-9a-f:]+\](:\d{1,5})?")


@dataclass(frozen=True)
class Allowed:
    """The allow-list. `inbox` is the workspace's own drop folder, always allowed."""

    inbox: Path
    hosts: tuple[str, ...] = ()
    private: tuple[IPv4Network | IPv6Network, ...] = ()
    folders: tuple[Path, ...] = ()
    ca_file: str = ""

    def host(self, name: str, port: int) -> bool:
        """Whether the host called `name` (lower case, ASCII, no brackets) may be asked on `port`."""
        return is_named(name, port, self.hosts)

    def address(self, ip: Address) -> bool:
        """Whether a connection may go to `ip`: anywhere public, inside only where it is named."""
        plain = inner(ip)
        if any(plain.version == network.version and plain in network for network in self.private):
            return True
        return all(each.is_global and not each.is_multicast for each in {ip, plain})

    def folder(self, path: Path) -> bool:
        """Whether files may be taken from `path` (absolute, links followed)."""
        return any(path == root or root in path.parents for root in (self.inbox, *self.folders))


def is_named(name: str, port: int, entries: Iterable[str]) -> bool:
    """Whether one of the `entries` of a list of hosts means the host called `name` on `port`."""
    shown = f"[{name}]" if ":" in name else name
    for entry in entries:
        said, _, told = entry.rpartition(":") if re.search(r":\d+$", entry) else (entry, "", "")
        if (port != int(told)) if told else (port not in _USUAL_PORTS):
            continue
        if shown == said or (said.startswith("*.") and shown.endswith(said[1:])):
            return True
    return False


def inner(ip: Address) -> Address:
    """The IPv4 address that an IPv6 address stands for, where it does: mapped, 6to4, Teredo, NAT64."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip in ipaddress.ip_network("64:ff9b::/96") or ip in ipaddress.ip_network("::/96"):
        return IPv4Address(int(ip) & 0xFFFFFFFF) if int(ip) > 1 else ip
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else ip)


def load_allowed(workspace: Path) -> Allowed:
    """The allow-list of a workspace. Raises MadangError: ``standard_*`` with file and key, collect_allowed."""
    inbox = (workspace / "inbox").resolve()
    file = workspace / "content" / "collect.toml"
    if not file.is_file():
        return Allowed(inbox)
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise bad("standard_toml", file, "", reason=str(error)) from error
    fields = Fields(table, file, "")
    hosts, private = fields.texts("hosts"), fields.texts("private")
    folders, ca_file = fields.texts("folders"), fields.text("ca_file")
    fields.done()
    for host in hosts:
        check_host(host, file)
    try:
        networks = tuple(ipaddress.ip_network(each) for each in private)
    except ValueError as error:
        raise MadangError("collect_allowed", file=file, key="private", value=error) from error
    return Allowed(inbox, hosts, networks, tuple(Path(each).resolve() for each in folders), ca_file)


def check_host(host: str, file: Path) -> None:
    """Raises MadangError("collect_allowed") for what cannot stand on the list."""
    port = re.search(r":(\d+)$", host)
    if not _HOST.fullmatch(host) or (port and not 0 < int(port[1]) < 65536) or host.startswith("*.*"):
        raise MadangError("collect_allowed", file=file, key="hosts", value=host)
