"""Fixtures that several test files share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from asking import Make, Naps, sources
from night import Night, night
from servers.arxiv import ArxivStandIn

# How long an example takes says more of the machine than of the code. The same examples
# are tried every time: a test that fails failed before, and fails for everybody.
settings.register_profile(
    "same",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
# Others are looked for by `pytest --hypothesis-profile=other`.
settings.register_profile(
    "other", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("same")


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Night]:
    """Three papers, both stand-ins, an empty store, and a clock at noon."""
    with night(tmp_path) as made:
        yield made


@pytest.fixture
def naps() -> Naps:
    """What a source would have slept."""
    return Naps()


@pytest.fixture
def arxiv() -> Iterator[ArxivStandIn]:
    """A stand-in without papers."""
    with ArxivStandIn() as server:
        yield server


@pytest.fixture
def make(arxiv: ArxivStandIn, naps: Naps) -> Iterator[Make]:
    """Makes sources that ask the stand-in."""
    with sources(arxiv, naps) as build:
        yield build
