"""How the stand-in for arXiv goes wrong, and what it remembers of its clients."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """How one answer goes wrong; what is not said stays as it would be.

    Attributes:
        status: In place of 200.
        headers: Added to the answer's.
        body: In place of the answer's, or made from it.
        cut: Sends this share of the body, and then closes the connection.
        unsized: Sends no Content-Length and closes the connection at the end.
        reset: Breaks the connection without an answer.
        hang_s: Silence before the answer; ended early when the server closes.
        drip_s: Silence between each hundredth of the body.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | Callable[[bytes], bytes] | None = None
    cut: float = 1.0
    unsized: bool = False
    reset: bool = False
    hang_s: float = 0.0
    drip_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request: what for, and beside how many others."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    at_once: int
