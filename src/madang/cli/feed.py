"""``madang feed``: the live feed of the sample city."""

from __future__ import annotations

import signal
from types import FrameType

import click

from madang.messages import MadangError, text


@click.command(
    help="지어낸 도시의 실시간 값(비, 하천 수위, 교통, 주차장)을 공공 API처럼 내보냅니다. 공공 API처럼 가끔 틀립니다."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8099, show_default=True, help="0이면 빈 포트.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="표본 도시의 시드.")
@click.option(
    "--trouble", type=click.FloatRange(min=0), default=1.0, show_default=True, help="틀리는 비율의 배수."
)
@click.option("--calm", is_flag=True, help="틀리지 않습니다 (--trouble 0).")
@click.option(
    "--quota",
    type=click.IntRange(min=0),
    default=10_000,
    show_default=True,
    help="인증키 하나가 하루에 부를 수 있는 횟수.",
)
def feed(port: int, seed: int, trouble: float, calm: bool, quota: int) -> None:
    """Serve on this machine until interrupted or told to end."""
    from madang.samplecity.city import Setting
    from madang.samplecity.feed import Feed, Server

    try:
        server = Server(Feed.of(Setting(seed=seed), 0.0 if calm else trouble, quota), port)
    except OSError as error:
        raise MadangError("feed_port", port=port, error=error.strerror or str(error)) from None
    before = signal.signal(signal.SIGTERM, _end)
    try:
        click.echo(text("feed_serving", port=server.port, seed=seed))
        server.serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        click.echo(text("feed_ended"))
    finally:
        signal.signal(signal.SIGTERM, before)
        server.stopping.set()
        server.server_close()


def _end(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


COMMANDS = [feed]
