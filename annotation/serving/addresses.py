"""Which addresses may be called. Pure: no name is looked up here.

An endpoint's address is typed in by a manager, so that the server calls what the manager could not reach: the
classical way into a network. Only public unicast addresses are called, and those of the lab's own network where
the installation allows it; some are never called. Python's `is_private` and `is_global` alone do not do: 3.11
takes 224.0.0.1, NAT64 and 6to4 forms of 169.254.169.254 for global, and 100.64.0.1 for neither.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from yarl import URL

from annotation.serving.errors import Permanent

Address = IPv4Address | IPv6Address

NEVER = [
    *map(ip_network, ("0.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.88.99.0/24", "224.0.0.0/3")),
    *map(ip_network, ("::/128", "fe80::/10", "fec0::/10", "ff00::/8")),
    # The metadata services of clouds that are not at a link-local address: Alibaba, Azure, AWS, Google.
    *map(ip_network, ("100.100.100.200/32", "168.63.129.16/32", "fd00:ec2::254/128", "fd20:ce::254/128")),
]
LAB = [
    *map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")),
    *map(ip_network, ("::1/128", "fc00::/7")),
]
UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")
SYSTEM_PORTS = range(1, 80)
DATABASE_PORTS = frozenset((1433, 1521, 2379, 3306, 5432, 6379, 6380, 6432, 9042, 11211, 26379, 27017))
OTHER_PORTS = frozenset((110, 111, 119, 135, 139, 143, 389, 445, 465, 587, 636, 993, 995, 2049, 2375, 2376, 5672))
"""Ports of services that are not HTTP, and would be sent what they may take for commands."""
ODD = re.compile(r"[\s\\\x00-\x1f\x7f%]")
NUMERIC = re.compile(r"(?:^|\.)(?:\d+|0[xX][0-9a-fA-F]*)\.?$")


class Forbidden(Permanent):
    """The same words for every address that is not called: what is there, and whether, is not told."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is at an address that this installation does not call.")


@lru_cache(maxsize=1024)
def is_open(address: str, allows_private: bool) -> bool:  # noqa: FBT001
    """Whether a numeric address may be connected to."""
    return "%" not in address and all(may_call(one, allows_private) for one in inner(ip_address(address)))


def may_call(address: Address, allows_private: bool) -> bool:  # noqa: FBT001
    if any(address in network for network in NEVER):
        return False
    if any(address in network for network in LAB):
        return allows_private
    return address.is_global and (address.version == 4 or address in UNICAST)


def inner(address: Address) -> Iterator[Address]:
    """Where packets to the address end up: the IPv4 address in an IPv6 one, where there is one."""
    if isinstance(address, IPv4Address):
        yield address
    elif packed := address.ipv4_mapped or address.sixtofour:
        yield packed
    elif address.teredo:
        yield from address.teredo
    elif address in NAT64:
        yield IPv4Address(int(address) & 0xFFFFFFFF)
    else:
        yield address


def checked_url(url: str, *, allows_private: bool) -> URL:
    """The URL as the client's own parser reads it; raises `Permanent` when it may not be called.

    Names are judged by what they are at when they are connected to; addresses are judged here too.
    """
    parsed = parsed_url(url)
    host = parsed.host
    if not host or ODD.search(host):
        raise Permanent("The URL names no server.")
    if parsed.user is not None or parsed.password is not None:
        raise Permanent("The URL must not hold a user or a password; the key has a field of its own.")
    if parsed.query_string or parsed.fragment or url.endswith(("?", "#")):
        raise Permanent("The URL must end with its path: nothing after a ? or a #.")
    if not parsed.port or is_another_service(parsed.port):
        raise Permanent(f"Port {parsed.port} is none of a model server.")
    if is_literal(host) and not is_open(host, allows_private):
        raise Forbidden(host)
    return parsed


def is_another_service(port: int) -> bool:
    return port in SYSTEM_PORTS or port in DATABASE_PORTS or port in OTHER_PORTS


def parsed_url(url: str) -> URL:
    if not re.match(r"https?://", url, re.IGNORECASE) or ODD.search(url.split("/", 3)[2]):
        raise Permanent("The URL must begin with http:// or https:// and the name of a server.")
    if not url.isprintable() or " " in url or "\\" in url:
        raise Permanent("The URL has characters that do not belong there.")
    try:
        return URL(url)
    except ValueError:
        pass
    raise Permanent("This is not a URL.")


def is_literal(host: str) -> bool:
    """Whether the host is an address. Raises `Permanent` for numbers that only some programs read as one."""
    try:
        ip_address(host)
    except ValueError:
        if NUMERIC.search(host) or ":" in host:
            raise Permanent("Write the address as four decimal numbers, or give a name.") from None
        return False
    return True


@lru_cache(maxsize=256)
def call_url(base: URL, path: str) -> URL:
    """The address of a call: `path` under `base`, of which the base may have a part or the whole already.

    `http://host/v1` and `/v1/score` make `http://host/v1/score`, and so does `http://host/v1/score`.
    """
    has = [part for part in base.raw_path.split("/") if part]
    wants = path.strip("/").split("/")
    if has and has[-1] == wants[-1]:
        return base
    shared = max(size for size in range(len(wants) + 1) if has[len(has) - size :] == wants[:size])
    return base.with_path("/" + "/".join(has + wants[shared:]), encoded=True)
