"""Names of machines, as the header `Host` says them."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

LOOPBACK: Final = "@loopback"
"""Stands for every name and address by which a machine is called on itself; no machine can be called so."""


def hosts_named(text: str) -> tuple[str, ...]:
    """The names of a list with commas, in small letters. Raises ValueError for what is no name or address of a machine: a scheme,
    a port, a path, a blank in it."""
    names = tuple(one.strip().lower() for one in text.split(",") if one.strip())
    for name in names:
        if _host(name) != name.strip("[]") or not name.strip("[]"):
            raise ValueError(f"{name!r} is no name of a machine")
    return tuple(name.strip("[]") for name in names)


@lru_cache(maxsize=1024)
def is_named(authority: str, names: tuple[str, ...]) -> bool:
    """Says whether `HOST[:PORT]`, as in the header `Host`, is called one of these."""
    host = _host(authority)
    return bool(host) and (host in names or (LOOPBACK in names and _is_loopback(host)))


def _host(authority: str) -> str:
    """The name in it, in small letters; empty where it is none."""
    if not authority or any(letter in authority for letter in "@/\\?# \t,%"):
        return ""
    try:
        found = urlsplit(f"//{authority}")
        port = found.port
    except ValueError:
        return ""
    return (found.hostname or "") if port is None or 0 <= port <= 65535 else ""


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or host.endswith(".localhost") or ip_address(host).is_loopback
    except ValueError:
        return False
