"""Writes the list of hosts into ``content/collect.toml``; what else stands there is kept."""

from __future__ import annotations

from pathlib import Path

from madang.bank.durable import disk_errors, write_text
from madang.collect.allowed import Allowed, check_host
from madang.collect.origin_text import quoted

_HEAD = "# 수집할 때 닿아도 되는 곳. private(안쪽 주소)과 folders는 서버에서만 고칩니다.\n"


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
