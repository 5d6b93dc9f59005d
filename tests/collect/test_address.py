"""Who may be asked: the allow-list, and every spelling by which an inner address passes for another."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from pathlib import Path

import pytest

from madang.collect.address import Place, checked
from madang.collect.allowed import Allowed, load_allowed
from madang.messages import MadangError

HOSTS = ("apis.data.go.kr", "*.seoul.go.kr", "openapi.seoul.go.kr:8088", "xn--hu1b30bf3e.kr")
ALLOWED = Allowed(Path("/inbox"), HOSTS)
PUBLIC = "203.252.0.10"  # KAIST's, say


def leading_to(*addresses: str) -> Callable[[str, int], list[str]]:
    """A resolver for which every name leads there."""
    return lambda host, port: list(addresses)


def code(url: str, *addresses: str, allowed: Allowed = ALLOWED) -> str:
    """The code an address is refused with; "" where it is not."""
    try:
        checked(url, allowed, resolve=leading_to(*(addresses or (PUBLIC,))))
    except MadangError as error:
        return error.code
    return ""


def test_an_address_on_the_list_is_pinned_to_where_its_name_leads_now() -> None:
    place = checked("https://APIS.data.go.kr./x?y=1", ALLOWED, resolve=leading_to(PUBLIC, "203.252.0.11"))
    assert place == Place("https", "apis.data.go.kr", 443, PUBLIC, "/x?y=1")
    assert place.named == "apis.data.go.kr"


@pytest.mark.parametrize(
    "url",
    [
        "http://data.seoul.go.kr/a", "http://openapi.seoul.go.kr:8088/a", "https://openapi.seoul.go.kr/a",
        "https://여울구.kr/a",
    ],
)  # fmt: skip
def test_hosts_on_the_list(url: str) -> None:
    allowed = Allowed(Path("/inbox"), (*HOSTS, "여울구.kr".encode("idna").decode()))
    assert code(url, allowed=allowed) == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://seoul.go.kr/", "http://evilseoul.go.kr/", "http://data.seoul.go.kr.evil.com/", "http://data.seoul.go.kr:22/",
        "http://evil.com/?x=apis.data.go.kr", "http://evil.com#@apis.data.go.kr", "http://127.0.0.1/", "http://[::1]/",
        "http://169.254.169.254/", "http://localhost/",
    ],
)  # fmt: skip
def test_hosts_that_are_not(url: str) -> None:
    assert code(url) == "collect_host"


@pytest.mark.parametrize(
    "url",
    ["http://apis.data.go.kr@127.0.0.1/", "http://user:pw@apis.data.go.kr/", "http://a@apis.data.go.kr/"],
)
def test_names_before_an_at_sign(url: str) -> None:
    assert code(url) == "collect_userinfo"


@pytest.mark.parametrize(
    "url",
    [
        "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://0x7f.1/", "http://0/",
        "http://127.0.0.1%2f@apis.data.go.kr\\@evil/", "ftp://apis.data.go.kr/", "file:///etc/passwd", "gopher://apis.data.go.kr/",
        "http:///x", "http://apis.data.go.kr:99999/", "http://apis.data.go.kr\t/", "http://apis.data.go.kr/a\r\nX: y", "",
        "http://[fe80::1%25eth0]/",
    ],
)  # fmt: skip
def test_spellings_that_nobody_needs(url: str) -> None:
    wide = Allowed(Path("/inbox"), ("*.kr", "127.0.0.1", "2130706433", "0", "127.1"))
    assert code(url, allowed=wide) == "collect_address"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
        "224.0.0.1", "239.255.255.250", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2002:a00:1::", "2001:0:4136:e378:8000:63bf:80ff:fffe", "::7f00:1", "2001:db8::1",
    ],
)  # fmt: skip
def test_a_name_on_the_list_that_leads_inside_is_refused(address: str) -> None:
    assert code("http://apis.data.go.kr/", address) == "collect_private"
    assert code("http://apis.data.go.kr/", PUBLIC, address) == "collect_private", (
        "one inner address is enough"
    )


@pytest.mark.parametrize("address", [PUBLIC, "2404:4600:6::1", "::ffff:203.252.0.10", "64:ff9b::cbfc:a"])
def test_public_addresses_are_asked(address: str) -> None:
    assert code("http://apis.data.go.kr/", address) == ""


def test_an_inner_address_is_asked_only_where_it_is_named() -> None:
    inside = Allowed(Path("/inbox"), HOSTS, (ipaddress.ip_network("10.20.0.0/16"),))
    assert code("http://apis.data.go.kr/", "10.20.3.4", allowed=inside) == ""
    assert code("http://apis.data.go.kr/", "::ffff:10.20.3.4", allowed=inside) == ""
    assert code("http://apis.data.go.kr/", "10.21.3.4", allowed=inside) == "collect_private"


def test_a_name_that_leads_nowhere() -> None:
    def nowhere(host: str, port: int) -> list[str]:
        raise OSError

    with pytest.raises(MadangError) as caught:
        checked("http://apis.data.go.kr/", ALLOWED, resolve=nowhere)
    assert caught.value.code == "collect_name"
    assert code("http://apis.data.go.kr/", *[]) == ""


def test_the_message_never_holds_what_may_be_secret() -> None:
    with pytest.raises(MadangError) as caught:
        checked("ftp://user:geheim@apis.data.go.kr/?serviceKey=geheim", ALLOWED, resolve=leading_to(PUBLIC))
    assert "geheim" not in str(caught.value)


def test_without_a_list_nothing_outside_may_be_asked(tmp_path: Path) -> None:
    assert code("http://apis.data.go.kr/", allowed=load_allowed(tmp_path)) == "collect_host"


def test_the_list_is_read_strictly(tmp_path: Path) -> None:
    file = tmp_path / "content" / "collect.toml"
    file.parent.mkdir()
    file.write_text('hosts = ["*.go.kr:8080"]\nprivate = ["10.0.0.0/8"]\nfolders = ["/srv/in"]\n')
    found = load_allowed(tmp_path)
    assert found.host("a.go.kr", 8080)
    assert not found.host("a.go.kr", 80)
    assert found.folder(Path("/srv/in/x"))
    assert found.folder(tmp_path / "inbox")
    assert not found.folder(tmp_path)
    assert not found.folder(Path("/srv/input"))
    for wrong in (
        'hosts = ["http://a"]',
        'private = ["10.0.0.1/8"]',
        "hosts = 3",
        'host = ["a"]',
        'hosts = ["a:0"]',
    ):
        file.write_text(wrong)
        with pytest.raises(MadangError, match="collect.toml"):
            load_allowed(tmp_path)
