"""The sources of the sample city: paused, and true to `madang feed`."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from madang.cli.sample_cards import write_sources
from madang.collect.origin import load_origins
from madang.collect.run import collect, due
from madang.samplecity.city import Setting
from madang.samplecity.feed import Server
from madang.samplecity.feed_answer import Feed
from madang.workspace import Workspace


@pytest.mark.slow
def test_they_are_paused_and_bring_the_live_values(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    city = Workspace.init(tmp_path / "city", "여울구", synthetic=True)
    write_sources(city)
    found, broken = load_origins(city.folder)
    assert [origin.id for origin in found] == ["live-parking", "live-rain", "live-river"]
    assert (broken, [due(origin, city.folder, city.clock()) for origin in found]) == ([], [False] * 3)
    server = Server(Feed.of(Setting(seed=1, scale=0.05), 0.0))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    monkeypatch.setenv("COLLECT_FEED", "abc")
    try:
        rain = replace(found[1], address=found[1].address.replace("8099", str(server.port)))
        allowed = city.folder / "content" / "collect.toml"
        allowed.write_text(allowed.read_text("utf-8").replace("8099", str(server.port)), encoding="utf-8")
        monkeypatch.setenv("COLLECT_FEED_HOSTS", f"127.0.0.1:{server.port}")
        assert collect(rain, city, by="x").run.outcome == "new"
    finally:
        server.stop()
        thread.join(5)
        server.server_close()
    assert city.bank["live-rain"].latest is not None
    write_sources(city)
    assert str(server.port) in allowed.read_text("utf-8"), "what was changed there is left as it is"
