"""Starting the server."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from madang.messages import MadangError
from madang.web.serve import serve


def test_a_port_that_is_taken_is_said_and_not_shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as Granian opens its own
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(MadangError, match=f"{other.getsockname()[1]}번 포트"):
            serve(tmp_path, port=other.getsockname()[1])
