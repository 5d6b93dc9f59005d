"""The list of hosts in ``content/collect.toml``: whether it bars an address, and writing it; what else stands there is kept."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from madang.bank.durable import disk_errors, write_text
from madang.collect.address import parts_of
from madang.collect.allowed import Allowed, check_host
from madang.collect.origin_text import quoted
from madang.collect.placeholders import filled
from madang.messages import MadangError

_HEAD = "# 수집할 때 닿아도 되는 곳. private(안쪽 주소)과 folders는 서버에서만 고칩니다.\n"


def barred(kind: str, address: str, allowed: Allowed) -> MadangError | None:
    """Why a source with this address would be refused at its first run, where its host is not on the list."""
    if kind == "folder" or address.startswith("sqlite:"):
        return None
    try:
        plain = filled(address, timezone.now(), dict.fromkeys(("page", "size", "first", "last", "key"), "1"))
        _, host, port = parts_of(plain, ("postgresql",) if kind == "sql" else ("http", "https"))
    except MadangError:
        return None  # said where it is saved
    return None if allowed.host(host, port) else MadangError("collect_host", host=host, port=port)


def save_hosts(workspace: Path, before: Allowed, hosts: tuple[str, ...]) -> None:
    """Write the allow-list with these hosts. Raises MadangError: collect_allowed, disk_*."""
    file = workspace / "content" / "collect.toml"
    for host in hosts:
        check_host(host, file)
    lists = {
        "hosts": hosts,
        "private": tuple(map(str, before.private)),
        "folders": tuple(map(str, before.folders)),
    }
    lines = [f"{name} = [{', '.join(map(quoted, values))}]" for name, values in lists.items() if values]
    if before.ca_file:
        lines.append(f"ca_file = {quoted(before.ca_file)}")
    with disk_errors(file):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_text(file, _HEAD + "\n".join(lines) + "\n")
