"""Fixtures that several test files share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from asking import Make, Naps, sources
from night import Night, night
from servers.arxiv import ArxivStandIn

# How long an example takes says more of the machine than of the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


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
