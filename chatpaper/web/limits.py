"""How often one address may ask, and who it is that asks."""

from __future__ import annotations

import ipaddress
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

# Addresses that are remembered; who asks from more of them is not one visitor.
MAX_ADDRESSES = 20_000
IPV6_BITS = 64  # what a household or a rented server has as a whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """For how long a slow visitor is waited for, in seconds.

    Attributes:
        headers: Until all headers of a request are there.
        silence: Between two parts of an upload.
        upload: For all of it.
        rest: For the rest of a request that is answered already.
        reading: Until the visitor takes more of an answer.
        idle: Until the next request.
    """

    headers: float = 15.0
    silence: float = 20.0
    upload: float = 600.0
    rest: float = 5.0
    reading: float = 60.0
    idle: float = 15.0


class _Bucket(NamedTuple):
    left: float
    at: float


class Rate:
    """So many an hour for each address, which may be used up at once."""

    def __init__(
        self,
        count: int,
        per_s: float,
        *,
        now: Callable[[], float] = time.monotonic,
        size: int = MAX_ADDRESSES,
    ) -> None:
        """Nobody asked yet.

        Args:
            count: How many, at most at once.
            per_s: Within so many seconds.
            now: Monotonic seconds.
            size: Addresses that are remembered.
        """
        self.count, self._per_s, self._now, self._size = count, per_s, now, size
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Take one; 0 when it was there, else when the next will be."""
        now = self._now()
        bucket = self._buckets.pop(address, _Bucket(self.count, now))
        filled = bucket.left + (now - bucket.at) * self.count / self._per_s
        left = min(float(self.count), filled)
        taken = left >= 1
        self._buckets[address] = _Bucket(left - taken, now)
        while len(self._buckets) > self._size:
            self._buckets.popitem(last=False)
        return 0.0 if taken else (1 - left) * self._per_s / self.count

    def give_back(self, address: str) -> None:
        """Undo a `wait_s` that came to nothing."""
        if (bucket := self._buckets.get(address)) is not None:
            left = min(float(self.count), bucket.left + 1)
            self._buckets[address] = _Bucket(left, bucket.at)


class Places:
    """So many at a time, and fewer of them for one address."""

    def __init__(self, total: int, each: int) -> None:
        """All are free.

        Args:
            total: At a time.
            each: Of them for one address.
        """
        self._total, self._each = total, each
        self._taken: Counter[str] = Counter()

    @property
    def taken(self) -> int:
        """How many are taken."""
        return self._taken.total()

    def is_full(self, address: str) -> bool:
        """Whether there is none for an address."""
        taken = self._taken
        return self.taken >= self._total or taken[address] >= self._each

    @contextmanager
    def taking(self, address: str) -> Iterator[None]:
        """Take a place for the length of a block."""
        self._taken[address] += 1
        try:
            yield
        finally:
            self._taken[address] -= 1
            if not self._taken[address]:
                del self._taken[address]


def is_within(address: str, networks: Sequence[str]) -> bool:
    """Whether an address is one of some, or in one of some networks."""
    found = _address(address)
    return found is not None and any(
        found in ipaddress.ip_network(text, strict=False) for text in networks
    )


def visitor(peer: str, forwarded: Sequence[str], trusted_proxies: Sequence[str]) -> str:
    """The address that a request is counted for.

    `X-Forwarded-For` is read from its end, for as long as those who wrote it are
    trusted: what a visitor wrote into it himself stands before.

    Args:
        peer: Who is connected to us.
        forwarded: Values of the header, in order.
        trusted_proxies: Addresses and networks.
    """
    hops = [hop.strip() for value in forwarded for hop in value.split(",")]
    address = _address(peer)
    while hops and address is not None:
        if not is_within(str(address), trusted_proxies):
            break
        before = _address(hops.pop())
        if before is None:
            break
        address = before
    if address is None:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((address, IPV6_BITS), strict=False))
    return str(address)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as proxies write it, with a port or in brackets too."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)
    return mapped or found
