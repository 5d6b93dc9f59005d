"""Weight and time of each kind of page over a sample city: what a first visit loads, and how long the server takes.

    python bench/pages.py [scale]

The city is made and deposited at that scale (0.1 unless said), served as `madang up` serves it, and asked by one client that
is signed in. Weight is of the page and of what it names (styles, scripts, pictures), compressed as sent; time is the median of
twenty requests after the first.
"""

from __future__ import annotations

import gzip
import http.client
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from measure import run
from rows_http import Served, our_command, our_environment

SIGN_IN = """
from madang.web.serve import prepare; prepare()
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from madang.web.accounts.models import User
user = User.objects.create_user('bench', None, name='bench', roles='administrator steward analyst')
store = import_module(settings.SESSION_ENGINE).SessionStore()
store.update({SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
              HASH_SESSION_KEY: user.get_session_auth_hash()})
store.save()
print(store.session_key)
"""
NAMED = re.compile(rb'<(?:script|link|img)[^>]+(?:src|href)="(/[^"]+\.(?:js|css|png|svg|woff2))"')


def main(scale: str) -> None:
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as name:
        folder = Path(name) / "w"
        city = ["sample", str(Path(name) / "city"), "--scale", scale, "--deposit"]
        run("-m", "madang", "-w", str(folder), *city)
        environment = {**our_environment(folder), "DJANGO_SETTINGS_MODULE": "madang.web.config.settings"}
        said = subprocess.run(
            [sys.executable, "-c", SIGN_IN], env=environment, check=True, capture_output=True, text=True
        )
        cookie = f"madang_session={said.stdout.split()[-1]}"
        with Served(our_command(folder), environment, "/accounts/login/", "") as site:
            site.headers = {"Cookie": cookie, "Accept-Encoding": "gzip"}
            print(
                f"{'page':40} {'page KB':>8} {'first visit KB':>15} {'files':>6} {'first ms':>9} {'median ms':>10}"
            )
            for address in addresses(folder):
                measure(site, address)


def addresses(folder: Path) -> list[str]:
    """One page of each kind; the dataset is the one with the most rows, the edition the first that is open."""
    from madang.workspace import Workspace

    ws = Workspace.open(folder)
    versions = {each.id: each.latest for each in ws.bank.datasets()}
    largest = max((v.rows, name) for name, v in versions.items() if v)[1]
    edition = next(each for each in ws.releases.editions() if each.state == "open").decision.edition
    data, opened = f"/data/{quote(largest)}/", f"/open/{quote(edition)}/"
    return [
        "/", opened, "/open/sql/", "/data/", "/data/?q=" + quote("주차"), data, f"{data}rows/", f"{data}chart/", f"{data}take/",
        f"{data}problems/", "/data/-/map/", "/deposits/", "/rounds/", "/sources/", "/releases/", "/sql/", "/work/",
        "/accounts/me/", "/audit/", "/api/v1/",
    ]  # fmt: skip


def measure(site: Served, address: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
    times = []
    for _ in range(21):
        began = time.perf_counter()
        body, sent = got(connection, site, address)
        times.append(1000 * (time.perf_counter() - began))
    named = set(NAMED.findall(body))
    rest = sum(got(connection, site, path.decode())[1] for path in named)
    print(
        f"{address[:40]:40} {sent / 1024:8.1f} {(sent + rest) / 1024:15.1f} {len(named):6} {times[0]:9.0f}"
        f" {statistics.median(times[1:]):10.1f}",
        flush=True,
    )


def got(connection: http.client.HTTPConnection, site: Served, path: str) -> tuple[bytes, int]:
    """The body, and how many bytes were sent."""
    connection.request("GET", path, headers=site.headers)
    answer = connection.getresponse()
    sent = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return (gzip.decompress(sent) if answer.headers["Content-Encoding"] == "gzip" else sent), len(sent)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "0.1")
