"""Starting the server."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from madang.messages import MadangError
from madang.web import announce
from madang.web.serve import serve


def test_a_port_that_is_taken_is_said_and_not_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as Granian opens its own
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(MadangError, match=f"{other.getsockname()[1]}번 포트"):
            serve(tmp_path, port=other.getsockname()[1])


class Late(BaseHTTPRequestHandler):
    """A site that answers, if only that there is no such page."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        pass


def waiting(port: int, parent: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(announce.__file__), f"http://127.0.0.1:{port}/", "주소", str(parent)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_the_address_is_said_once_the_pages_answer_and_not_before() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = waiting(port, os.getpid())
    time.sleep(0.7)
    assert process.poll() is None  # nobody answers yet: it waits, and says nothing
    site = HTTPServer(("127.0.0.1", port), Late)
    serving = threading.Thread(target=site.serve_forever)
    serving.start()
    try:
        assert process.communicate(timeout=20)[0] == "주소\n"
    finally:
        site.shutdown()
        serving.join()
        site.server_close()


@pytest.mark.slow
def test_a_server_that_ended_leaves_nobody_waiting() -> None:
    assert waiting(1, parent=1 if os.getpid() != 1 else 2).communicate(timeout=20)[0] == ""
